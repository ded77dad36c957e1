/* Loops over vectors in single precision, fused so that each value passes memory once. Kernel. Sums are made in double
   precision. */
#ifndef TRABECULA_SOLVER_VECTOR_KERNEL_H
#define TRABECULA_SOLVER_VECTOR_KERNEL_H

#include <stddef.h>

/* x = tau d b. */
void vector_start(size_t n, float tau, const float *d, const float *b, float *x);
/* x += tau d (b - y), y = 0: one step of relaxation. */
void vector_relax(size_t n, float tau, const float *d, const float *b, float *y, float *x);
/* y = b - y. */
void vector_residual(size_t n, const float *b, float *y);
double vector_dot(size_t n, const float *a, const float *b);
double vector_dot_mixed(size_t n, const float *a, const double *b);
/* r -= alpha q, q = 0; returns r . r. */
double vector_descend(size_t n, double alpha, double *q, float *r);
/* u += alpha p, p = z + beta p. */
void vector_turn(size_t n, double alpha, double *u, float beta, const float *z, float *p);

#endif
