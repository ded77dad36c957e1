/* Cholesky factors of symmetric positive definite blocks of a node's six degrees of freedom. Kernel. */
#ifndef TRABECULA_SOLVER_FRAME_BLOCK6_H
#define TRABECULA_SOLVER_FRAME_BLOCK6_H

#include <stdbool.h>

/* a [6][6], lower triangle read; l [21]: lower triangle row by row, its diagonal inverted. False: a pivot is not
   positive against its own diagonal entry (1e-14 of it: rounding). */
bool block6_factor(const double a[36], double l[21]);
/* b := a^-1 b for n right-hand sides stored [n][6]. */
void block6_solve(const double l[21], int n, double *b);
/* What the elimination of the block takes from those it is bound to: s [6m][6m] = -b a^-1 b^T, symmetric to the last
   bit; b [6m][6], m <= BLOCK6_MOST, is overwritten. */
enum { BLOCK6_MOST = 4 };
void block6_schur(const double l[21], int m, double *b, double *s);

#endif
