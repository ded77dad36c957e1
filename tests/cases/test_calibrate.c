/* Runner calibrate: the as-printed process on made-up and on Table 2's data, the paper's fits.
   ranks: 1 2 */
#include "tests/cases/answer.h"

#include "cases/runners/calibration.h"

static const char *const text = "runner: calibrate\n"
                                "model: frame\n"
                                "lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0}\n"
                                "resolution: {voxels_per_cell: 24}\n"
                                "materials: {strut: {young_MPa: 186000, poisson: 0.35}}\n";

static void factor(void **state) {
  const double ideal[] = {1, 2, 4, 8}, exact[] = {0.2, 0.4, 0.8, 1.6},
               noisy[] = {0.2 * M_E, 0.4 / M_E, 0.8 * M_E, 1.6 / M_E};
  double predicted[4], lo[4], hi[4];
  (void)state;
  StiffnessFactor f = stiffness_factor(4, ideal, exact), g = stiffness_factor(4, ideal, noisy);
  CHECK_NEAR(f.factor, 0.2, 1e-14, "exact data");
  CHECK_NEAR(f.hi / f.lo, 1, 1e-12, "exact data have no interval");
  CHECK_BELOW(stiffness_leave_one_out(4, ideal, exact, predicted, lo, hi), 1e-12, "exact data");
  CHECK_NEAR(g.factor, 0.2, 1e-14, "deviations of +-1 in ln cancel");
  CHECK_NEAR(g.scatter, sqrt(4. / 3), 1e-14, "sample deviation of +1, -1, +1, -1");
  CHECK_NEAR(g.hi, 0.2 * exp(3.182446 * sqrt(4. / 3) / 2), 1e-6, "t(0.975, 3) = 3.182446");
  /* Without the first, the others' mean in ln is -1/3. */
  double worst = stiffness_leave_one_out(4, ideal, noisy, predicted, lo, hi);
  CHECK_NEAR(predicted[0], 0.2 * exp(-1. / 3), 1e-12, "mean of -1, +1, -1");
  CHECK_NEAR(predicted[1], 0.4 * exp(1. / 3), 1e-12, "mean of +1, +1, -1");
  CHECK_NEAR(worst, exp(4. / 3) - 1, 1e-12, "the second is measured at exp(-1), predicted at exp(1/3)");
  double band = 4.302653 * sqrt(4. / 3) * sqrt(1 + 1. / 3);
  CHECK_NEAR(hi[0] / predicted[0], exp(band), 1e-5, "t(0.975, 2) s sqrt(1 + 1/3), s of -1, +1, -1");
  CHECK_NEAR(lo[0] * hi[0], predicted[0] * predicted[0], 1e-12, "a band in ln");
}

static void series(void **state) {
  (void)state;
  CHECK_NEAR(series_modulus(3, 2), 6, 1e-14, "1/3 + 1/6 = 1/2");
}

/* The fits do not depend on any solver; the process is judged with the frame's moduli. */
static void table_2(void **state) {
  static const struct {
    const char *name;
    double value;
  } fits[] = {{"paper.E.exponent", 2.163},
              {"paper.E.prefactor_GPa", 19.80},
              {"paper.E.r2", 0.986},
              {"paper.E.B-E.exponent", 2.567},
              {"paper.E.B-E.prefactor_GPa", 42.63},
              {"paper.E.B-E.r2", 0.990},
              {"paper.yield.exponent", 1.772},
              {"paper.yield.prefactor_MPa", 119.0},
              {"paper.yield.r2", 0.935},
              {"paper.plateau.exponent", 2.152},
              {"paper.plateau.prefactor_MPa", 407.2},
              {"paper.plateau.r2", 0.994},
              {"paper.E.allometric.exponent", 1.889},
              {"paper.E.allometric.prefactor_GPa", 14.89},
              {"paper.yield.allometric.exponent", 1.407},
              {"paper.plateau.allometric.exponent", 2.024},
              {"paper.E.B-E.allometric.exponent", 2.373},
              {"paper.yield.B-E.allometric.exponent", 1.976},
              {"paper.plateau.B-E.allometric.exponent", 2.172}};
  Answer a;
  (void)state;
  answer_open(text, NULL, &a);
  for (size_t i = 0; i < sizeof fits / sizeof fits[0]; i++)
    CHECK_NEAR(answer_value(&a, fits[i].name), fits[i].value, 1e-3, "independent least squares over Table 2");
  CHECK_NEAR(answer_uncertainty(&a, "paper.E.exponent"), 3.182 * 0.149, 5e-3, "t(0.975, 3) times the standard error");
  CHECK_NEAR(answer_value(&a, "B.frame.E_GPa"), 0.0336 * 186, 0.03, "the converged solid, node zones");
  CHECK_NEAR(answer_value(&a, "ideal.E.exponent"), 2.42, 0.06, "the ideal lattice below a relative density of 0.35");
  CHECK_BELOW(answer_value(&a, "printed.loo_max_error_pct"), 25, "one factor predicts each of B-E");
  double factor_ = answer_value(&a, "printed.stiffness_factor");
  assert_true(factor_ > answer_value(&a, "printed.stiffness_factor_lo") && factor_ > 0.15 && factor_ < 0.25);
  CHECK_NEAR(answer_value(&a, "printed.C.E_GPa"), factor_ * answer_value(&a, "C.frame.E_GPa"), 1e-12, "factor x ideal");
  /* The series compliance is calibrated on A: by construction it gives A back. */
  double E = answer_value(&a, "printed.A.E_GPa"), s = answer_value(&a, "printed.A.series_GPa");
  CHECK_NEAR(1 / (1 / E + 1 / s), 4.71, 1e-12, "Table 2, sample A");
  answer_close(&a);
}

/* Small specimens: strengths of the samples, their order, their bands, and that no rank changes them. */
static void strength(void **state) {
  static const char *const set[] = {
      "materials.strut={young_MPa: 186000, poisson: 0.35, yield_MPa: 331, yield_range_MPa: "
      "[180, 614], tangent_MPa: 1000}",
      "specimen.cells=[2, 2, 2]", "crush.step_pct=4", "crush.unload=off", NULL};
  static const char *const samples = "ABCDE";
  double yield[5], plateau[5];
  Answer a;
  (void)state;
  answer_open(text, set, &a);
  for (int s = 0; s < 5; s++) {
    char name[64];
    snprintf(name, sizeof name, "%c.frame.yield_MPa", samples[s]);
    yield[s] = answer_value(&a, name);
    snprintf(name, sizeof name, "%c.frame.plateau_MPa", samples[s]);
    plateau[s] = answer_value(&a, name);
    assert_true(plateau[s] > yield[s] && (!s || plateau[s] < plateau[s - 1]));
    snprintf(name, sizeof name, "%c.frame.plateau_lo_MPa", samples[s]);
    double lo = answer_value(&a, name);
    snprintf(name, sizeof name, "%c.frame.plateau_hi_MPa", samples[s]);
    double hi = answer_value(&a, name);
    assert_true(lo < plateau[s] && plateau[s] < hi);
    /* Plastic collapse is at most proportional to the metal's yield stress where it hardens. */
    assert_true(lo / plateau[s] >= 180. / 331 && hi / plateau[s] <= 614. / 331);
  }
  /* Hinges at the ends of the struts without node zones are a lower bound; zones shorten the lever, hardening adds. */
  double x = 0.11407 / 2 / (sqrt(3) / 4), hinges = 2 * sqrt(6) * x * x * x * 331;
  assert_true(yield[4] > hinges && plateau[4] < 2.5 * hinges);
  CHECK_NEAR(answer_value(&a, "ideal.plateau.exponent"), 2.0, 0.15, "between 1.5 of hinges and 2.15 measured");
  CHECK_NEAR(answer_value(&a, "C.implied.plateau_metal_MPa"), 331 * pow(10.19 / plateau[2], 1.4), 0.15,
             "strength grows less than the metal's yield stress, because hardening stays");
  answer_close(&a);
}

static void voxels(void **state) {
  static const char *const set[] = {"model=voxel", "resolution.surface=softened", NULL};
  Answer a;
  (void)state;
  answer_open(text, set, &a);
  CHECK_NEAR(answer_value(&a, "A.voxel.E_GPa"), 0.227 * 186, 0.1, "converged solid; 24 softened voxels a cell");
  CHECK_NEAR(answer_value(&a, "E.voxel.E_GPa"), 0.0051 * 186, 0.1, "converged solid; 24 softened voxels a cell");
  CHECK_NEAR(answer_value(&a, "D.voxel.porosity_pct"), 86.94, 1e-3, "Table 2, sample D");
  answer_close(&a);
}

static void mistakes(void **state) {
  static const char *const two[] = {"lattice.strut_mm=0.2", NULL}, *const few[] = {"model=voxel",
                                                                                   "resolution.voxels_per_cell=16",
                                                                                   NULL};
  (void)state;
  answer_refused(text, two, "exactly one of");
  answer_refused(text, few, "voxels across a strut");
  static const char *const on[] = {"strength=on", NULL}, *const wrong[] = {"strength=on", "model=voxel", NULL},
                           *const pair[] = {"strength=on", "materials.strut=tantalum-sebm", "specimen.cells=[2, 2]",
                                            NULL};
  answer_refused(text, on, "yield_MPa");
  answer_refused(text, wrong, "only frames are crushed");
  answer_refused(text, pair, "three are needed");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(factor),   cmocka_unit_test(series), cmocka_unit_test(table_2),
    cmocka_unit_test(strength), cmocka_unit_test(voxels), cmocka_unit_test(mistakes),
};
CHECK_MAIN(tests)
