#include "cases/sweep/sampling.h"
#include "mesh/random.h"
#include <math.h>

enum { BITS = 32, DEGREE = 7, MOST_DRAWS = 32 };
/* One purpose for each use of random numbers, apart from those of mesh/defects.c. */
enum { PURPOSE_RANDOM = 101, PURPOSE_ORDER, PURPOSE_JITTER, PURPOSE_SCRAMBLE };

/* Dimensions 2 .. 32 of the file new-joe-kuo-6.21201 of S. Joe and F. Y. Kuo (2008, "Constructing Sobol sequences with
   better two-dimensional projections", SIAM J. Sci. Comput. 30, 2635): primitive polynomial in binary, leading and
   last coefficient included, and the first direction numbers m. */
static const struct {
  uint32_t polynomial, m[DEGREE];
} sobol[SAMPLING_DIMS - 1] = {
    {3, {1}},
    {7, {1, 3}},
    {11, {1, 3, 1}},
    {13, {1, 1, 1}},
    {19, {1, 1, 3, 3}},
    {25, {1, 3, 5, 13}},
    {37, {1, 1, 5, 5, 17}},
    {41, {1, 1, 5, 5, 5}},
    {47, {1, 1, 7, 11, 19}},
    {55, {1, 1, 5, 1, 1}},
    {59, {1, 1, 1, 3, 11}},
    {61, {1, 3, 5, 5, 31}},
    {67, {1, 3, 3, 9, 7, 49}},
    {91, {1, 1, 1, 15, 21, 21}},
    {97, {1, 3, 1, 13, 27, 49}},
    {103, {1, 1, 1, 15, 7, 5}},
    {109, {1, 3, 1, 15, 13, 25}},
    {115, {1, 1, 5, 5, 19, 61}},
    {131, {1, 3, 7, 11, 23, 15, 103}},
    {137, {1, 3, 7, 13, 13, 15, 69}},
    {143, {1, 1, 3, 13, 7, 35, 63}},
    {145, {1, 3, 5, 9, 1, 25, 53}},
    {157, {1, 3, 1, 13, 9, 35, 107}},
    {167, {1, 3, 1, 5, 27, 61, 31}},
    {171, {1, 1, 5, 11, 19, 41, 61}},
    {185, {1, 3, 5, 3, 3, 13, 69}},
    {191, {1, 1, 7, 13, 1, 19, 1}},
    {193, {1, 3, 7, 5, 13, 19, 59}},
    {203, {1, 1, 3, 9, 25, 29, 41}},
    {211, {1, 3, 5, 13, 23, 1, 55}},
    {213, {1, 3, 7, 3, 13, 59, 17}},
};

/* Direction numbers of one dimension as binary fractions (Bratley and Fox 1988, Algorithm 659). */
static void directions(int dim, uint32_t v[BITS]) {
  int degree = 0;
  if (dim)
    while (sobol[dim - 1].polynomial >> (degree + 1))
      degree++;
  for (int k = 0; k < BITS; k++) {
    if (!dim || k < degree) {
      v[k] = (dim ? sobol[dim - 1].m[k] : 1) << (BITS - 1 - k);
      continue;
    }
    v[k] = v[k - degree] ^ (v[k - degree] >> degree);
    for (int j = 1; j < degree; j++)
      if (sobol[dim - 1].polynomial >> (degree - j) & 1)
        v[k] ^= v[k - j];
  }
}

/* Owen's scrambling: every bit is flipped or not by a coin that belongs to the bits before it. */
static uint32_t scramble(uint32_t x, uint64_t seed, int dim) {
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  uint32_t flips = 0, coin[4];
  for (int k = 0; k < BITS; k++) {
    const uint32_t counter[4] = {k ? x >> (BITS - k) : 0, (uint32_t)k, (uint32_t)dim, PURPOSE_SCRAMBLE};
    philox(counter, key, coin);
    flips |= (coin[0] & 1) << (BITS - 1 - k);
  }
  return x ^ flips;
}

/* In the order of the Gray code (Antonov and Saleev 1979), as in the program of Joe and Kuo. */
static void sobol_fill(uint64_t seed, int n, int dims, double *u) {
  uint32_t v[BITS];
  for (int d = 0; d < dims; d++) {
    directions(d, v);
    for (int i = 0; i < n; i++) {
      uint32_t x = 0, gray = (uint32_t)i ^ ((uint32_t)i >> 1);
      for (int k = 0; gray >> k; k++)
        x ^= gray >> k & 1 ? v[k] : 0;
      u[(int64_t)i * dims + d] = ((seed ? scramble(x, seed, d) : x) + 0.5) / 4294967296.0;
    }
  }
}

static void random_fill(uint64_t seed, int n, int dims, double *u) {
  for (int i = 0; i < n; i++)
    for (int d = 0; d < dims; d++)
      u[(int64_t)i * dims + d] = random_uniform(seed, (uint64_t)i << 32 | (uint32_t)d, PURPOSE_RANDOM);
}

static void hypercube_draw(uint64_t seed, int draw, int n, int dims, double *u) {
  for (int d = 0; d < dims; d++) {
    const uint64_t stream = ((uint64_t)draw << 8 | (uint32_t)d) << 32;
    for (int i = 0; i < n; i++)
      u[(int64_t)i * dims + d] = (i + random_uniform(seed, stream | (uint32_t)i, PURPOSE_JITTER)) / n;
    for (int i = n - 1; i > 0; i--) { /* Fisher and Yates */
      const int j = (int)(random_uniform(seed, stream | (uint32_t)i, PURPOSE_ORDER) * (i + 1));
      double *a = &u[(int64_t)i * dims + d], *b = &u[(int64_t)j * dims + d], swap = *a;
      *a = *b;
      *b = swap;
    }
  }
}

static double smallest_distance(int n, int dims, const double *u) {
  double least = INFINITY;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++) {
      double sum = 0;
      for (int d = 0; d < dims; d++) {
        const double step = u[(int64_t)i * dims + d] - u[(int64_t)j * dims + d];
        sum += step * step;
      }
      least = fmin(least, sum);
    }
  return least;
}

/* As many draws as 10 million distances allow. */
static void hypercube_fill(uint64_t seed, int n, int dims, double *u) {
  const double allowed = 1e7 / ((double)n * n);
  const int draws = allowed < 1 ? 1 : allowed > MOST_DRAWS ? MOST_DRAWS : (int)allowed;
  int best = 0;
  double farthest = -1;
  for (int draw = 0; draw < draws && draws > 1; draw++) {
    hypercube_draw(seed, draw, n, dims, u);
    const double distance = smallest_distance(n, dims, u);
    if (distance > farthest) {
      farthest = distance;
      best = draw;
    }
  }
  hypercube_draw(seed, best, n, dims, u);
}

void sampling_fill(Sampling method, uint64_t seed, int n, int dims, double *u) {
  if (method == SAMPLING_SOBOL)
    sobol_fill(seed, n, dims, u);
  else if (method == SAMPLING_LATIN_HYPERCUBE)
    hypercube_fill(seed, n, dims, u);
  else
    random_fill(seed, n, dims, u);
}

double sampling_log(double lo, double hi, double u) { return lo * pow(hi / lo, u); }

double sampling_normal(double mean, double deviation, double limit, double u) {
  const double below = normal_below(-limit);
  return mean + deviation * normal_quantile(below + u * (1 - 2 * below));
}

double normal_below(double x) { return 0.5 * erfc(-x * M_SQRT1_2); }

/* Abramowitz and Stegun 1964, 26.2.23 (error below 4.5e-4), then two steps of Halley on erfc. */
double normal_quantile(double p) {
  const double tail = fmin(p, 1 - p), t = sqrt(-2 * log(tail));
  double x = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (int step = 0; step < 2; step++) { /* the upper tail beyond x, so that nothing cancels */
    const double newton = (normal_below(-x) - tail) * sqrt(2 * M_PI) * exp(0.5 * x * x);
    x += newton / (1 - 0.5 * x * newton);
  }
  return p < 0.5 ? -x : x;
}
