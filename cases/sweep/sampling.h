/* The points of a sweep in the unit cube, and their way to the axes. Kernels: plain C; the same on every machine. */
#ifndef TRABECULA_CASES_SWEEP_SAMPLING_H
#define TRABECULA_CASES_SWEEP_SAMPLING_H

#include <stdint.h>

enum { SAMPLING_DIMS = 32 };

typedef enum Sampling {
  SAMPLING_RANDOM,          /* independent points */
  SAMPLING_LATIN_HYPERCUBE, /* one point in each of the n strata of every axis (McKay, Beckman and Conover 1979), the
                               farthest apart of several draws (Johnson, Moore and Ylvisaker 1990) */
  SAMPLING_SOBOL            /* the sequence with the direction numbers of Joe and Kuo 2008; seed 0: as it is, else with
                               the nested scrambling of Owen 1995 */
} Sampling;

/* u [n][dims], all in (0, 1), dims at most SAMPLING_DIMS. A larger n begins with the same points for random and Sobol
   points, not for a Latin hypercube, whose strata depend on n. The first point of the unscrambled Sobol sequence is
   the corner of the cube; n a power of two fills the cube most evenly. */
void sampling_fill(Sampling method, uint64_t seed, int n, int dims, double *u);

/* The value of an axis at u in (0, 1). Uniform in the logarithm between lo and hi, both positive. */
double sampling_log(double lo, double hi, double u);
/* Normally distributed, cut off beyond mean +- limit deviations (limit > 0). */
double sampling_normal(double mean, double deviation, double limit, double u);
/* x such that a standard normal number is below it with probability p in (0, 1). */
double normal_quantile(double p);
/* The probability that a standard normal number is below x. */
double normal_below(double x);

#endif
