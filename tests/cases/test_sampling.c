/* ranks: 1
   Points of a sweep: the known sequence, strata, evenness, what seeds and n change, and the way to the axes. */
#include "cases/sweep/sampling.h"
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>

static const Sampling methods[] = {SAMPLING_RANDOM, SAMPLING_LATIN_HYPERCUBE, SAMPLING_SOBOL};

static double *points(Sampling method, uint64_t seed, int n, int dims) {
  double *u = malloc(sizeof *u * (size_t)(n * dims));
  assert_non_null(u);
  sampling_fill(method, seed, n, dims, u);
  return u;
}

/* Rows of the unscrambled sequence in 1024ths. */
static void test_sobol_sequence(void **state) {
  (void)state;
  static const struct {
    int point, value[SAMPLING_DIMS];
  } known[] = {
      {7, {128, 640, 384, 128, 128, 384, 640, 640, 640, 896, 640, 128, 640, 384, 128, 128,
           128, 128, 640, 896, 896, 384, 640, 128, 128, 640, 640, 896, 896, 384, 640, 896}},
      {100, {424, 264, 792, 744, 904, 760, 24, 488, 648, 712, 472, 696, 488, 872, 328, 504,
             696, 760, 856, 344, 776, 408, 8,  504, 24,  8,   968, 680, 248, 744, 728, 424}},
      {777, {709, 959, 167, 281, 651, 365, 195, 781, 357, 331, 763, 713, 393, 485, 583, 527,
             413, 885, 379, 771, 243, 279, 969, 493, 353, 149, 61,  799, 65,  113, 555, 921}},
  };
  double *u = points(SAMPLING_SOBOL, 0, 1024, SAMPLING_DIMS);
  for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
    for (int d = 0; d < SAMPLING_DIMS; d++)
      CHECK_NEAR(u[known[k].point * SAMPLING_DIMS + d] * 1024, (double)known[k].value[d], 1e-5,
                 "scipy 1.10.1, qmc.Sobol(32, scramble=False).random(1024)");
  free(u);
}

/* Every axis has one point in each of n strata: the hypercube for any n, Sobol points, scrambled or not, for 2^k. */
static void test_strata(void **state) {
  (void)state;
  const struct {
    Sampling method;
    uint64_t seed;
    int n, dims;
  } sets[] = {{SAMPLING_LATIN_HYPERCUBE, 1, 100, 5},
              {SAMPLING_LATIN_HYPERCUBE, 7, 1, 2},
              {SAMPLING_LATIN_HYPERCUBE, 3, 5000, 2},
              {SAMPLING_SOBOL, 0, 256, SAMPLING_DIMS},
              {SAMPLING_SOBOL, 11, 512, SAMPLING_DIMS}};
  for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++) {
    double *u = points(sets[s].method, sets[s].seed, sets[s].n, sets[s].dims);
    char *hit = malloc((size_t)sets[s].n);
    for (int d = 0; d < sets[s].dims; d++) {
      memset(hit, 0, (size_t)sets[s].n);
      for (int i = 0; i < sets[s].n; i++) {
        const double x = u[i * sets[s].dims + d];
        assert_true(x > 0 && x < 1);
        hit[(int)(x * sets[s].n)]++;
      }
      for (int i = 0; i < sets[s].n; i++)
        assert_int_equal(hit[i], 1);
    }
    free(hit);
    free(u);
  }
}

/* Sobol points of the first two dimensions, scrambled or not: one in each elementary interval 2^-a x 2^-(m-a)
   (a (0, m, 2)-net). */
static void test_net(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 3; seed++) {
    double *u = points(SAMPLING_SOBOL, seed, 256, 2);
    for (int a = 0; a <= 8; a++) {
      char hit[256] = {0};
      for (int i = 0; i < 256; i++)
        hit[(int)(u[2 * i] * (1 << a)) << (8 - a) | (int)(u[2 * i + 1] * (1 << (8 - a)))]++;
      for (int i = 0; i < 256; i++)
        assert_int_equal(hit[i], 1);
    }
    free(u);
  }
}

static double farthest_apart(int n, int dims, const double *u) {
  double least = INFINITY;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++) {
      double sum = 0;
      for (int d = 0; d < dims; d++)
        sum += pow(u[i * dims + d] - u[j * dims + d], 2);
      least = fmin(least, sum);
    }
  return sqrt(least);
}

static void test_seeds(void **state) {
  (void)state;
  enum { N = 64, D = 3 };
  for (size_t m = 0; m < sizeof methods / sizeof methods[0]; m++) {
    double *a = points(methods[m], 5, N, D), *again = points(methods[m], 5, N, D), *b = points(methods[m], 6, N, D),
           *more = points(methods[m], 5, 2 * N, D);
    int same = 0, kept = 0;
    for (int i = 0; i < N * D; i++) {
      assert_true(a[i] == again[i]);
      same += a[i] == b[i];
      kept += a[i] == more[i];
    }
    assert_int_equal(same, 0);
    assert_int_equal(kept, methods[m] == SAMPLING_LATIN_HYPERCUBE ? 0 : N * D);
    if (methods[m] == SAMPLING_LATIN_HYPERCUBE)
      assert_true(farthest_apart(N, D, a) > 0.075); /* the median of single draws is 0.056 */
    free(a);
    free(again);
    free(b);
    free(more);
  }
}

/* Error of the mean of a product over the cube, whose exact mean is 1; root mean square over seeds. */
static double integration_error(Sampling method, int n) {
  enum { D = 5, SEEDS = 12 };
  double squares = 0;
  for (uint64_t seed = 1; seed <= SEEDS; seed++) {
    double sum = 0, *u = points(method, seed, n, D);
    for (int i = 0; i < n; i++) {
      double product = 1;
      for (int d = 0; d < D; d++)
        product *= 1 + (u[i * D + d] - 0.5) / (d + 1);
      sum += product;
    }
    squares += pow(sum / n - 1, 2);
    free(u);
  }
  return sqrt(squares / SEEDS);
}

static void test_integration(void **state) {
  (void)state;
  double random = log(integration_error(SAMPLING_RANDOM, 4096) / integration_error(SAMPLING_RANDOM, 64)) / log(64);
  double sobol = log(integration_error(SAMPLING_SOBOL, 4096) / integration_error(SAMPLING_SOBOL, 64)) / log(64);
  CHECK_NEAR(random, -0.5, 0.4, "the error of random points falls as n^-1/2");
  CHECK_BELOW(sobol, -1.0, "that of scrambled nets nearly as n^-3/2 (Owen 1997)");
  CHECK_BELOW(integration_error(SAMPLING_LATIN_HYPERCUBE, 256), 0.3 * integration_error(SAMPLING_RANDOM, 256),
              "a hypercube removes the error of all additive parts (Stein 1987)");
  CHECK_BELOW(integration_error(SAMPLING_SOBOL, 256), 0.1 * integration_error(SAMPLING_RANDOM, 256),
              "an even set is better than a random one");
}

static void test_axes(void **state) {
  (void)state;
  static const double p[] = {1e-10, 1e-3, 0.0201, 0.3, 0.975},
                      x[] = {-6.361340902404056, -3.090232306167813, -2.051687935298697, -0.5244005127080409,
                             1.959963984540054};
  for (int i = 0; i < 5; i++) {
    CHECK_NEAR(normal_quantile(p[i]), x[i], 1e-13, "scipy 1.10.1, special.ndtri");
    CHECK_NEAR(normal_below(x[i]), p[i], 1e-12, "its inverse");
  }
  for (double u = 0.001; u < 1; u += 0.001) {
    assert_true(fabs(normal_quantile(u) + normal_quantile(1 - u)) < 1e-12);
    assert_true(fabs(sampling_normal(3, 2, 1.5, u) - 3) < 2 * 1.5);
  }
  CHECK_NEAR(sampling_normal(3, 2, 1.5, 0.5), 3, 1e-12, "the mean lies in the middle");
  CHECK_NEAR(sampling_normal(0, 1, 2, 0.25), normal_quantile(normal_below(-2) + 0.25 * erf(M_SQRT2)), 1e-12,
             "a quarter of the probability between the cuts");
  CHECK_NEAR(sampling_log(0.1, 10, 0.5), 1, 1e-12, "the geometric mean");
  CHECK_NEAR(sampling_log(0.1, 10, 0.25), pow(10, -0.5), 1e-12, "even in the logarithm");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_sobol_sequence), cmocka_unit_test(test_strata),      cmocka_unit_test(test_net),
    cmocka_unit_test(test_seeds),          cmocka_unit_test(test_integration), cmocka_unit_test(test_axes),
};
CHECK_MAIN(tests)
