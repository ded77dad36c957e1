/* Power-law fits of Table 2, Student's t, the Hashin-Shtrikman bound. */
#include "materials/gibson_ashby.h"
#include "materials/table2.h"
#include "tests/check.h"

enum { YOUNG_GPA, YIELD, PLATEAU };
typedef int (*Fit)(int, const double *, const double *, PowerFit *);

static PowerFit fit_table2(Fit fit_of, int first, int column) {
  double rho[TABLE2_SAMPLES], y[TABLE2_SAMPLES];
  PowerFit fit;
  for (int i = first; i < TABLE2_SAMPLES; i++) {
    const Table2Sample *s = &table2[i];
    rho[i] = 1 - s->porosity_pct / 100;
    y[i] = column == YOUNG_GPA ? s->young_GPa : column == YIELD ? s->yield_MPa : s->plateau_MPa;
  }
  assert_int_equal(fit_of(TABLE2_SAMPLES - first, rho + first, y + first, &fit), 0);
  return fit;
}

/* Wanted values: independent least squares of Table 2 (numpy polyfit and scipy curve_fit), rounded as printed; a
   negative standard error or R2: not compared. */
static const struct {
  Fit fit;
  int first, column;
  double prefactor, exponent, se, r2;
} wanted[] = {
    {power_fit_log, 0, YOUNG_GPA, 19.80, 2.163, 0.149, 0.986},
    {power_fit_log, 1, YOUNG_GPA, 42.63, 2.567, 0.186, 0.990},
    {power_fit_log, 0, YIELD, 119.0, 1.772, 0.270, 0.935},
    {power_fit_log, 0, PLATEAU, 407.2, 2.152, 0.100, 0.994},
    {power_fit_allometric, 0, YOUNG_GPA, 14.89, 1.889, 0.084, 0.998},
    {power_fit_allometric, 0, YIELD, 79.5, 1.407, 0.142, 0.984},
    {power_fit_allometric, 0, PLATEAU, 355.7, 2.024, 0.042, 0.9996},
    {power_fit_allometric, 1, YOUNG_GPA, 31.2, 2.373, -1, -1},
    {power_fit_allometric, 1, YIELD, 199, 1.976, -1, -1},
    {power_fit_allometric, 1, PLATEAU, 445, 2.172, -1, -1},
};

static void table2_fits(void **state) {
  (void)state;
  const char *source = "least squares of Table 2";
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    PowerFit fit = fit_table2(wanted[i].fit, wanted[i].first, wanted[i].column);
    assert_int_equal(fit.n_points, TABLE2_SAMPLES - wanted[i].first);
    CHECK_NEAR(fit.prefactor, wanted[i].prefactor, wanted[i].se < 0 ? 2e-3 : 7e-4, source);
    CHECK_NEAR(fit.exponent, wanted[i].exponent, 5e-4, source);
    if (wanted[i].se > 0) {
      CHECK_BELOW(fabs(fit.exponent_se - wanted[i].se), 5.1e-4, source);
      CHECK_BELOW(fabs(fit.r2 - wanted[i].r2), wanted[i].r2 > 0.999 ? 5.1e-5 : 5.1e-4, source);
    }
    CHECK_NEAR(fit.exponent_hi - fit.exponent_lo, 2 * student_t_975(fit.n_points - 2) * fit.exponent_se, 1e-12,
               "definition of the interval");
  }
}

/* Both fits find the law that exact data follow, with no error. */
static void exact_law(void **state) {
  (void)state;
  static const Fit fits[] = {power_fit_log, power_fit_allometric};
  static const double rho[] = {0.1, 0.15, 0.3, 0.4, 0.55, 0.8};
  for (int f = 0; f < 2; f++)
    for (double exponent = -1; exponent <= 4; exponent += 0.5) {
      double y[6];
      PowerFit fit;
      for (int i = 0; i < 6; i++)
        y[i] = 186000 * pow(rho[i], exponent);
      assert_int_equal(fits[f](6, rho, y, &fit), 0);
      CHECK_NEAR(fit.prefactor, 186000, 1e-10, "the law it was made from");
      CHECK_BELOW(fabs(fit.exponent - exponent), 1e-10, "the law it was made from");
      CHECK_BELOW(fit.exponent_se, 1e-9, "no scatter, no error");
      CHECK_BELOW(1 - fit.r2, exponent == 0 ? 1 : 1e-12, "no scatter");
    }
}

/* Units of y change the prefactor only; the allometric minimum is one: every neighbour has a larger sum of squares. */
static void scale_and_minimum(void **state) {
  (void)state;
  double rho[TABLE2_SAMPLES], y[TABLE2_SAMPLES], MPa[TABLE2_SAMPLES];
  PowerFit fit, big;
  for (int i = 0; i < TABLE2_SAMPLES; i++) {
    rho[i] = 1 - table2[i].porosity_pct / 100;
    y[i] = table2[i].young_GPa;
    MPa[i] = 1000 * y[i];
  }
  assert_int_equal(power_fit_allometric(TABLE2_SAMPLES, rho, y, &fit), 0);
  assert_int_equal(power_fit_allometric(TABLE2_SAMPLES, rho, MPa, &big), 0);
  CHECK_NEAR(big.exponent, fit.exponent, 1e-9, "y scaled by 1000");
  CHECK_NEAR(big.prefactor, 1000 * fit.prefactor, 1e-9, "y scaled by 1000");
  CHECK_NEAR(big.covariance, 1000 * fit.covariance, 1e-8, "y scaled by 1000");
  double least = 0;
  for (int k = 0; k < 9; k++) {
    double C = fit.prefactor * (1 + 1e-4 * (k % 3 - 1)), n = fit.exponent + 1e-4 * (k / 3 - 1), sum = 0;
    for (int i = 0; i < TABLE2_SAMPLES; i++)
      sum += pow(y[i] - C * pow(rho[i], n), 2);
    if (k == 0 || sum < least)
      least = sum;
    if (k == 4)
      assert_true(sum <= least);
  }
  double sum = 0;
  for (int i = 0; i < TABLE2_SAMPLES; i++)
    sum += pow(y[i] - fit.prefactor * pow(rho[i], fit.exponent), 2);
  assert_true(sum <= least);
}

/* Covariance against the change of the fit with its data: cov = sum (dp/dy)(dq/dy) s^2 for a linear problem. */
static void log_covariance(void **state) {
  (void)state;
  static const double rho[] = {0.12, 0.13, 0.17, 0.26, 0.54};
  double y[5] = {0.17, 0.23, 0.49, 1.28, 4.71}, dp[5], dn[5], sum = 0, mean = 0, sse = 0;
  PowerFit fit, up;
  assert_int_equal(power_fit_log(5, rho, y, &fit), 0);
  for (int i = 0; i < 5; i++) {
    double keep = y[i], h = 1e-6;
    y[i] = keep * exp(h);
    assert_int_equal(power_fit_log(5, rho, y, &up), 0);
    dp[i] = (log(up.prefactor) - log(fit.prefactor)) / h;
    dn[i] = (up.exponent - fit.exponent) / h;
    y[i] = keep;
    sse += pow(log(y[i]) - log(fit.prefactor) - fit.exponent * log(rho[i]), 2);
  }
  for (int i = 0; i < 5; i++) {
    sum += dp[i] * dn[i] * sse / 3;
    mean += dn[i] * dn[i] * sse / 3;
  }
  CHECK_NEAR(fit.covariance, sum, 1e-6, "propagation of equal errors in ln y");
  CHECK_NEAR(fit.exponent_se, sqrt(mean), 1e-6, "propagation of equal errors in ln y");
}

static void no_fit(void **state) {
  (void)state;
  static const Fit fits[] = {power_fit_log, power_fit_allometric};
  PowerFit fit;
  for (int f = 0; f < 2; f++) {
    assert_int_equal(fits[f](2, (double[]){0.1, 0.2}, (double[]){1, 2}, &fit), 1);
    assert_int_equal(fits[f](3, (double[]){0.1, 0.2, 0.3}, (double[]){1, -2, 3}, &fit), 1);
    assert_int_equal(fits[f](3, (double[]){0.1, 0, 0.3}, (double[]){1, 2, 3}, &fit), 1);
    assert_int_equal(fits[f](3, (double[]){0.1, NAN, 0.3}, (double[]){1, 2, 3}, &fit), 1);
    assert_int_equal(fits[f](3, (double[]){0.2, 0.2, 0.2}, (double[]){1, 2, 3}, &fit), 1);
  }
}

static void student(void **state) {
  (void)state;
  static const struct {
    int dof;
    double t;
  } row[] = {{1, 12.7062}, {2, 4.30265},  {3, 3.18245},  {4, 2.77645},   {5, 2.57058},
             {9, 2.26216}, {10, 2.22814}, {30, 2.04227}, {120, 1.97993}, {1000000, 1.95996}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    CHECK_NEAR(student_t_975(row[i].dof), row[i].t, 2e-5, "Abramowitz and Stegun, Table 26.10");
  CHECK_NEAR(student_t_975(1), tan(0.475 * M_PI), 1e-13, "Cauchy distribution");
  assert_true(isnan(student_t_975(0)));
}

static void hashin_shtrikman(void **state) {
  (void)state;
  static const double bound[TABLE2_SAMPLES] = {0.375, 0.150, 0.0913, 0.0700, 0.0638};
  for (int i = 0; i < TABLE2_SAMPLES; i++)
    CHECK_BELOW(fabs(hashin_shtrikman_young(1 - table2[i].porosity_pct / 100, 0.35) - bound[i]),
                i < 2 ? 5.1e-4 : 5.1e-5, "Hashin and Shtrikman 1963 at Table 2's densities, rounded");
  for (double nu = -0.5; nu < 0.5; nu += 0.1) {
    CHECK_NEAR(hashin_shtrikman_young(1, nu), 1, 1e-14, "no pores");
    assert_true(hashin_shtrikman_young(0, nu) == 0);
    for (double rho = 0.05; rho < 1; rho += 0.05)
      assert_true(hashin_shtrikman_young(rho, nu) < rho); /* below the Voigt bound */
  }
  /* few pores: E/E_s = 1 - slope f; spherical voids attain the bound to first order, 2.0045 at nu 0.3 */
  CHECK_NEAR((1 - hashin_shtrikman_young(1 - 1e-6, 0.3)) / 1e-6, 2.0045, 1e-4,
             "dilute spherical voids, 3 (1 - nu) (9 + 5 nu) / (2 (7 - 5 nu))");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(table2_fits),      cmocka_unit_test(exact_law), cmocka_unit_test(scale_and_minimum),
    cmocka_unit_test(log_covariance),   cmocka_unit_test(no_fit),    cmocka_unit_test(student),
    cmocka_unit_test(hashin_shtrikman),
};
CHECK_MAIN(tests)
