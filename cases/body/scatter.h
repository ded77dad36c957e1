/* Statistics of specimens that differ by chance (a Monte Carlo set, or measured ones). Kernel: no PETSc, no MPI. How a
   runner makes the set: cases/body/build_defects.h. A value that a sample does not have must be left out by the caller.
 */
#ifndef TRABECULA_CASES_BODY_SCATTER_H
#define TRABECULA_CASES_BODY_SCATTER_H

typedef struct Scatter { /* NAN: n does not allow it */
  int n;
  double mean, min, max;      /* n >= 1 */
  double deviation, error;    /* standard deviation of the specimens, of the mean (n >= 2) */
  double mean_lo, mean_hi;    /* 95 % interval of the mean: mean -+ t s / sqrt n (n >= 2) */
  double next_lo, next_hi;    /* 95 % prediction interval of one more specimen, if they are normally distributed:
                                 mean -+ t s sqrt(1 + 1/n) (n >= 2) */
  double pct5, median, pct95; /* at rank p (n + 1), linear between ranks: n >= 19, n >= 1, n >= 19 */
} Scatter;

/* Sorts value [n] in place. */
void scatter_of(int n, double *value, Scatter *scatter);

#endif
