/* ranks: 1
   Response surfaces: exact where they can be, with an error that is honest where not, and gradients. */
#include "cases/sweep/sampling.h"
#include "cases/sweep/surface_impl.h"
#include "mesh/random.h"
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>

enum { MOST = 500, D = 3 };

static const double lo[D] = {0.1, 0.1, 0.5}, hi[D] = {0.55, 0.5, 2};
static const bool plain[SURFACE_AXES] = {false}, logs[SURFACE_AXES] = {true, true, true};

typedef struct Function {
  const char *name;
  double (*of)(const double *x);
  double noise; /* relative deviation */
} Function;

static double cubic(const double *x) { return 2 - x[0] + 30 * x[0] * x[0] * x[1] - 5 * x[1] * x[2] + x[2] * x[2]; }
static double power(const double *x) { return 110e3 * pow(x[0], 2.4) * pow(x[1], -0.7); }
static double stiffness(const double *x) { return 110 * pow(x[0], 2.4) * (1 + 0.3 * x[1]); }
static double waves(const double *x) { return sin(9 * x[0]) + exp(-20 * pow(x[1] - 0.3, 2)) + 0.2 * x[2]; }
static double two_modes(const double *x) { return fmin(3 * pow(x[0], 1.3), 9 * pow(x[0], 2.2) / sqrt(0.1 + x[1])); }
static double hinge(const double *x) { return fmax(0, 30 * (x[0] - 0.3) + 10 * (x[1] - 0.3)); }
static double level(const double *x) { return 7 + 0 * x[0]; }

static void points(Sampling method, uint64_t seed, PetscInt n, double *x) {
  sampling_fill(method, seed, (int)n, D, x);
  for (PetscInt i = 0; i < n * D; i++)
    x[i] = lo[i % D] + x[i] * (hi[i % D] - lo[i % D]);
}

static double value_of(const Function *f, const double *x, uint64_t seed, PetscInt i) {
  return f->of(x) * (f->noise > 0 ? 1 + f->noise * random_normal(seed, (uint64_t)i, 1, 4) : 1);
}

static void fit(const Function *f, PetscInt n, const bool *log_axis, Surface *s) {
  static double x[MOST * D], y[MOST];
  points(SAMPLING_SOBOL, 3, n, x);
  for (PetscInt i = 0; i < n; i++)
    y[i] = value_of(f, x + i * D, 5, i);
  CHECK_OK(surface_fit(n, D, x, log_axis, y, s));
  assert_string_equal(s->why, "");
}

static void test_exact(void **state) {
  (void)state;
  static const struct {
    Function f;
    PetscInt n;
    const bool *log_axis;
    const char *form;
  } known[] = {{{"a polynomial", cubic, 0}, 40, plain, "polynomial, degree"},
               {{"a power law", power, 0}, 16, logs, "polynomial of the logarithm, degree 1 1 "},
               {{"a constant", level, 0}, 8, plain, "constant"}};
  static double x[100 * D];
  char form[64];
  for (int k = 0; k < 3; k++) {
    Surface s;
    SurfaceValue v;
    fit(&known[k].f, known[k].n, known[k].log_axis, &s);
    surface_form_text(&s, form, sizeof form);
    assert_non_null(strstr(form, known[k].form));
    assert_true(s.error.max <= 1e-9 * known[k].f.of(lo) && s.error.rms <= s.error.max);
    points(SAMPLING_RANDOM, 9, 100, x);
    for (int i = 0; i < 100; i++) {
      surface_at(&s, x + i * D, &v);
      CHECK_NEAR(v.value, known[k].f.of(x + i * D), 1e-9, "the function itself");
    }
    CHECK_OK(surface_free(&s));
  }
}

/* Each closed form against as many fits as there are points, with the same degrees, lengths and nugget. */
static void test_leave_one_out(void **state) {
  (void)state;
  enum { N = 30 };
  static double t[N * D], z[N], rest_t[N * D], rest_z[N], work[N * (SURFACE_TERMS + 1)], closed[2][N], rest_error[N];
  SurfaceSample all = {N, D, t, z}, rest = {N - 1, D, rest_t, rest_z};
  SurfaceFit fits[2] = {{closed[0], 0}, {closed[1], 0}}, rest_fit = {rest_error, 0};
  static SurfacePolynomial p, other;
  SurfaceKriging k = {.length = {0.7, 1.5, 4}, .nugget = 1e-3}, fresh = k;
  double at[2], slope[D], sum[2] = {0};

  sampling_fill(SAMPLING_LATIN_HYPERCUBE, 1, N, D, t);
  for (int i = 0; i < N; i++) {
    z[i] = waves(t + i * D);
    for (int j = 0; j < D; j++)
      t[i * D + j] = 2 * t[i * D + j] - 1;
  }
  CHECK_OK(surface_polynomial_fit(&all, &p, &fits[0]));
  assert_true(p.n_terms > 4);
  CHECK_OK(surface_kriging_solve(&all, &k, &fits[1]));
  for (int left = 0; left < N; left++) {
    for (int i = 0, j = 0; i < N; i++)
      if (i != left) {
        memcpy(rest_t + j * D, t + i * D, D * sizeof *t);
        rest_z[j++] = z[i];
      }
    other = p;
    CHECK_OK(surface_polynomial_solve(&rest, work, &other, &rest_fit));
    surface_polynomial_at(&other, D, t + left * D, at, slope);
    CHECK_NEAR(closed[0][left], z[left] - at[0], 1e-8, "a fit without the point");
    CHECK_OK(surface_kriging_solve(&rest, &fresh, &rest_fit));
    surface_kriging_at(&fresh, D, t + left * D, at, slope);
    CHECK_NEAR(closed[1][left], z[left] - at[0], 1e-6, "kriging without the point");
    CHECK_OK(surface_kriging_free(&fresh));
    for (int form = 0; form < 2; form++)
      sum[form] += pow(closed[form][left], 2);
  }
  for (int form = 0; form < 2; form++)
    CHECK_NEAR(fits[form].rms, sqrt(sum[form] / N), 1e-12, "root mean square");
  CHECK_OK(surface_kriging_free(&k));
}

/* The error told, against fresh points (with their noise); and how many lie within one standard error. */
static void test_honest(void **state) {
  (void)state;
  static const Function functions[] = {{"stiffness with noise", stiffness, 0.02}, {"waves", waves, 0},
                                       {"waves with noise", waves, 0.02},         {"two modes", two_modes, 0},
                                       {"two modes with noise", two_modes, 0.02}, {"a hinge", hinge, 0}};
  enum { FRESH = 500 };
  static double x[FRESH * D];
  points(SAMPLING_RANDOM, 9, FRESH, x);
  for (size_t k = 0; k < sizeof functions / sizeof functions[0]; k++)
    for (int n = 60; n <= 480; n *= 2) {
      double squares = 0, within = 0;
      Surface s;
      SurfaceValue v;
      fit(&functions[k], n, plain, &s);
      for (int i = 0; i < FRESH; i++) {
        surface_at(&s, x + i * D, &v);
        const double off = value_of(&functions[k], x + i * D, 6, i) - v.value;
        squares += off * off;
        within += fabs(off) <= v.error;
      }
      const double ratio = s.error.rms / sqrt(squares / FRESH);
      if (!(ratio > 0.5 && (ratio < 2 || s.error.range_pct < 0.05))) /* leaving out a corner is harder than any point */
        fail_msg("%s, %d points: error told %.3g of the true one", functions[k].name, n, ratio);
      if (!(within > 0.5 * FRESH && within < 0.97 * FRESH))
        fail_msg("%s, %d points: %.0f %% within a standard error", functions[k].name, n, 100 * within / FRESH);
      if (n > 400)
        CHECK_BELOW(s.error.range_pct, 2.0, "such functions from hundreds of points");
      CHECK_OK(surface_free(&s));
    }
}

static void test_gradient(void **state) {
  (void)state;
  static const struct {
    Function f;
    SurfaceForm form;
  } known[] = {{{"power", stiffness, 0}, SURFACE_POLYNOMIAL},
               {{"hinge", hinge, 0}, SURFACE_KRIGING},
               {{"two modes", two_modes, 0}, SURFACE_KRIGING}};
  static double x[20 * D];
  points(SAMPLING_RANDOM, 4, 20, x);
  for (int k = 0; k < 3; k++)
    for (int log_axes = 0; log_axes < 2; log_axes++) {
      Surface s;
      SurfaceValue v, up, down;
      fit(&known[k].f, 80, log_axes ? logs : plain, &s);
      assert_int_equal(s.form, known[k].form);
      for (int i = 0; i < 20; i++) {
        surface_at(&s, x + i * D, &v);
        for (int j = 0; j < D; j++) {
          double there[D], h = 1e-4;
          memcpy(there, x + i * D, sizeof there);
          there[j] += h;
          surface_at(&s, there, &up);
          there[j] -= 2 * h;
          surface_at(&s, there, &down);
          const double slope = (up.value - down.value) / (2 * h), size = s.value_hi - s.value_lo;
          CHECK_BELOW(fabs(v.gradient[j] - slope), 1e-5 * fabs(slope) + 1e-5 * size, "central difference");
        }
      }
      CHECK_OK(surface_free(&s));
    }
}

/* What has no value is left out; too few points; axes that do not vary; the box. */
static void test_odd_data(void **state) {
  (void)state;
  enum { N = 24 };
  static double x[N * D], y[N], few_x[N * D], few_y[N];
  Surface s, few;
  SurfaceValue v, w;
  int kept = 0;
  points(SAMPLING_SOBOL, 3, N, x);
  for (int i = 0; i < N; i++) {
    x[i * D + 2] = 1.5;
    y[i] = i % 5 == 1 ? NAN : i % 7 == 3 ? INFINITY : stiffness(x + i * D);
    if (isfinite(y[i])) {
      memcpy(few_x + kept * D, x + i * D, D * sizeof *x);
      few_y[kept++] = y[i];
    }
  }
  CHECK_OK(surface_fit(N, D, x, plain, y, &s));
  CHECK_OK(surface_fit(kept, D, few_x, plain, few_y, &few));
  assert_int_equal(s.n_points, kept);
  const double inside[D] = {0.3, 0.3, 1.5}, beside[D] = {0.3, 0.3, 1.6}, beyond[D] = {0.7, 0.3, 1.5};
  surface_at(&s, inside, &v);
  surface_at(&few, inside, &w);
  assert_true(v.value == w.value && v.error == w.error && v.error > 0 && !v.outside);
  assert_true(v.gradient[2] == 0);
  CHECK_NEAR(v.value, stiffness(inside), 0.02, "the function");
  surface_at(&s, beside, &v);
  assert_true(v.outside);
  surface_at(&s, beyond, &v);
  assert_true(v.outside);
  surface_at(&s, x, &v);
  assert_false(v.outside);
  CHECK_OK(surface_free(&s));
  CHECK_OK(surface_free(&few));
  CHECK_OK(surface_fit(5, D, few_x, plain, few_y, &few));
  assert_string_equal(few.why, "a surface over 2 axes takes 6 points, there are 5");
  surface_at(&few, inside, &v);
  assert_true(few.form == SURFACE_NONE && isnan(v.value));
  CHECK_OK(surface_free(&few));
  CHECK_OK(surface_fit(6, D, few_x, plain, few_y, &few));
  assert_string_equal(few.why, "");
  CHECK_OK(surface_free(&few));
  CHECK_OK(surface_fit(0, D, few_x, plain, few_y, &few));
  assert_non_null(strstr(few.why, "there are 0"));
  CHECK_OK(surface_free(&few));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_exact),    cmocka_unit_test(test_leave_one_out), cmocka_unit_test(test_honest),
    cmocka_unit_test(test_gradient), cmocka_unit_test(test_odd_data),
};
CHECK_MAIN(tests)
