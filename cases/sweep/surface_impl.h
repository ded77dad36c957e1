/* The inside of response surfaces: fits of z, scaled to mean 0 and deviation 1, over axes scaled to -1 .. 1. */
#ifndef TRABECULA_CASES_SWEEP_SURFACE_IMPL_H
#define TRABECULA_CASES_SWEEP_SURFACE_IMPL_H

#include "cases/sweep/surface.h"

enum { SURFACE_TERMS = 60, SURFACE_KNOTS = 400 };

typedef struct SurfaceSample {
  PetscInt n, d;
  double *t, *z; /* [n][d], [n] */
} SurfaceSample;

/* Sum of coefficient x product of Legendre polynomials, least squares. */
typedef struct SurfacePolynomial {
  int degree[SURFACE_AXES]; /* terms a with sum of a_k / degree_k <= 1 */
  int n_terms, power[SURFACE_TERMS][SURFACE_AXES];
  double coefficient[SURFACE_TERMS];
  double root[SURFACE_TERMS * SURFACE_TERMS]; /* R of A = Q R, by columns */
  double variance;                            /* of a point about the surface, from the leave-one-out errors */
} SurfacePolynomial;

/* Ordinary kriging. */
typedef struct SurfaceKriging {
  PetscInt n;
  double length[SURFACE_AXES], nugget; /* nugget: part of the variance of the process */
  double *knot, *weight, *root;        /* [n][d], [n], [n][n] Cholesky factor L by columns */
  double variance;                     /* of the process, from the leave-one-out errors */
} SurfaceKriging;

typedef struct SurfaceFit { /* of one sample: error [n] of the leave-one-out predictions, z - prediction */
  double *error, rms;
} SurfaceFit;

/* k of n numbers 0 .. n - 1 in order, chosen by chance, always the same ones. */
void surface_subset(PetscInt n, PetscInt k, PetscInt *index);

/* The degrees with the least leave-one-out error. */
PetscErrorCode surface_polynomial_fit(const SurfaceSample *sample, SurfacePolynomial *p, SurfaceFit *fit);
/* With degrees given: rms INFINITY where the points do not determine all terms. work [n (SURFACE_TERMS + 1)]. */
PetscErrorCode surface_polynomial_solve(const SurfaceSample *sample, double *work, SurfacePolynomial *p,
                                        SurfaceFit *fit);
/* z and its variance at t [d], slope: dz/dt [d]. */
void surface_polynomial_at(const SurfacePolynomial *p, PetscInt d, const double *t, double z[2], double *slope);

/* n at most SURFACE_KNOTS. Lengths and nugget with the greatest likelihood. */
PetscErrorCode surface_kriging_fit(const SurfaceSample *sample, SurfaceKriging *k, SurfaceFit *fit);
/* With lengths and nugget given. */
PetscErrorCode surface_kriging_solve(const SurfaceSample *sample, SurfaceKriging *k, SurfaceFit *fit);
PetscErrorCode surface_kriging_free(SurfaceKriging *k);
void surface_kriging_at(const SurfaceKriging *k, PetscInt d, const double *t, double z[2], double *slope);

#endif
