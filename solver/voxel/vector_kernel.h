/* Loops over vectors in single precision, fused so that each value passes memory once. Kernel. Sums are made in double
   precision. */
#ifndef TRABECULA_SOLVER_VOXEL_VECTOR_KERNEL_H
#define TRABECULA_SOLVER_VOXEL_VECTOR_KERNEL_H

#include <stddef.h>

/* D: symmetric 3x3 blocks at n nodes as six arrays, xx yy zz yz xz xy, d [6][n]; b, x, y, r, z [n][3].
   x = tau D b. */
void vector_start(size_t n, float tau, const float *d, const float *b, float *x);
/* x += tau D (b - y), y = 0: one step of relaxation. */
void vector_relax(size_t n, float tau, const float *d, const float *b, float *y, float *x);
/* z = D r; returns r . z. */
double vector_solve(size_t n, const float *d, const float *r, float *z);

/* y = b - y. */
void vector_residual(size_t n, const float *b, float *y);
double vector_dot(size_t n, const float *a, const float *b);
double vector_dot_mixed(size_t n, const float *a, const double *b);
/* t -= a s + b o. */
void vector_orthogonalise(size_t n, float a, const float *s, float b, const float *o, float *t);
/* s = a t, q *= a, t = 0. */
void vector_shift(size_t n, float a, float *t, float *s, float *q);
/* r -= alpha q, q = 0; returns r . r. */
double vector_descend(size_t n, double alpha, double *q, float *r);
/* u += alpha p, p = z + beta p. */
void vector_turn(size_t n, double alpha, double *u, float beta, const float *z, float *p);

#endif
