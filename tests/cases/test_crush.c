/* Crushing of lattices: symmetry, limits, contact, scatter, refusals. ranks: 1 2 4 */
#include "tests/cases/answer.h"

static const char *const text =
    "runner: compression\n"
    "model: frame\n"
    "lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, porosity_pct: 80}\n"
    "cells: [1, 1, 1]\n"
    "materials: {strut: {young_MPa: 186000, poisson: 0.35, yield_MPa: 331, tangent_MPa: 1000}}\n"
    "load: {strain_pct: -42, plates: {bottom: frictionless, top: cut}, faces: {x-: symmetry, y-: symmetry}}\n"
    "crush: {step_pct: 3, unload: off}\n";

/* The eighth of a block is the block. Across a plane of symmetry only nodes touch, so contact is left out first. */
static void eighth(void **state) {
  static const char *const part[] = {"crush.contact=off", "crush.pieces=1", NULL};
  static const char *const whole[] = {"crush.contact=off", "crush.pieces=1", "cells=[2, 2, 2]",
                                      "load.plates=cut",   "load.faces={}",  NULL};
  static const char *const touching[] = {"cells=[2, 2, 2]", "load.plates=cut", "load.faces={}", NULL};
  static const char *const same[] = {"E_MPa", "yield_MPa", "plateau_MPa", "frame.quasi_elastic_GPa"};
  Answer a, b;
  (void)state;
  answer_open(text, part, &a);
  answer_open(text, whole, &b);
  for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
    CHECK_NEAR(answer_value(&a, same[i]), answer_value(&b, same[i]), 1e-7, "mirror symmetry");
  CHECK_NEAR(4 * answer_value(&a, "reaction_N"), answer_value(&b, "reaction_N"), 1e-7, "mirror symmetry");
  CHECK_NEAR(8 * answer_value(&a, "energy_mJ"), answer_value(&b, "energy_mJ"), 1e-7, "mirror symmetry");
  CHECK_BELOW(answer_value(&b, "energy_balance"), 2e-3, "work of the plates = energy of the struts, trapezoid rule");
  CHECK_BELOW(answer_value(&b, "relative_residual"), 1e-7, "equilibrium of every step");
  CHECK_NEAR(answer_value(&a, "strain_reached_pct"), 42, 1e-12, "asked for");
  answer_close(&a);
  answer_close(&b);
  answer_open(text, NULL, &a);
  answer_open(text, touching, &b);
  CHECK_NEAR(answer_value(&a, "plateau_MPa"), answer_value(&b, "plateau_MPa"), 0.03,
             "mirror symmetry but for struts that touch across it");
  answer_close(&a);
  answer_close(&b);
}

/* Stress goes with the metal where its hardening does, and nothing else is in the way: scale all moduli. */
static void scaling(void **state) {
  static const char *const twice[] = {
      "materials.strut={young_MPa: 372000, poisson: 0.35, yield_MPa: 662, tangent_MPa: 2000}", NULL};
  Answer a, b;
  (void)state;
  answer_open(text, NULL, &a);
  answer_open(text, twice, &b);
  CHECK_NEAR(answer_value(&b, "plateau_MPa"), 2 * answer_value(&a, "plateau_MPa"), 1e-6, "dimensional analysis");
  CHECK_NEAR(answer_value(&b, "yield_MPa"), 2 * answer_value(&a, "yield_MPa"), 1e-6, "dimensional analysis");
  answer_close(&a);
  answer_close(&b);
}

/* Straight columns follow the unstable branch, as lattices without flaws do, and the answer says so. */
static void columns(void **state) {
  static const char *const cubic[] = {"lattice.cell=simple-cubic", "cells=[2, 2, 2]",
                                      "load.plates=clamped",       "load.faces={}",
                                      "load.strain_pct=-5",        NULL};
  static const char *const flawed[] = {"lattice.cell=simple-cubic",
                                       "cells=[2, 2, 2]",
                                       "load.plates=clamped",
                                       "load.faces={}",
                                       "defects.waviness_pct=1",
                                       "load.strain_pct=-25",
                                       NULL};
  static const char *const ideal[] = {"lattice.cell=simple-cubic", "cells=[2, 2, 2]",
                                      "load.plates=clamped",       "load.faces={}",
                                      "load.strain_pct=-25",       NULL};
  Answer a, b;
  (void)state;
  answer_open(text, cubic, &a);
  CHECK_BELOW(fabs(answer_value(&a, "unstable_pct") - 0.2), 0.03,
              "Shanley 1947: at the yield strain 0.178 %, as E_t (pi/4 D/L)^2 is below the yield stress");
  answer_close(&a);
  answer_open(text, NULL, &a);
  assert_true(answer_value(&a, "unstable_pct") == 0); /* null: it never was */
  answer_close(&a);
  answer_open(text, ideal, &a);
  answer_open(text, flawed, &b);
  CHECK_BELOW(answer_value(&b, "reaction_N") / answer_value(&a, "reaction_N"), 0.7, "columns that buckle carry less");
  answer_close(&a);
  answer_close(&b);
}

/* Contact can only add; before anything touches it is not felt. */
static void contact(void **state) {
  static const char *const off[] = {"crush.contact=off", "load.strain_pct=-65", NULL}, *const on[] = {
                                                                                           "load.strain_pct=-65", NULL};
  Answer a, b;
  (void)state;
  answer_open(text, on, &a);
  answer_open(text, off, &b);
  CHECK_NEAR(answer_value(&a, "yield_MPa"), answer_value(&b, "yield_MPa"), 1e-9, "nothing touches at yield");
  assert_true(answer_value(&a, "energy_mJ") > 1.01 * answer_value(&b, "energy_mJ"));
  answer_close(&a);
  answer_close(&b);
}

static void loop(void **state) {
  static const char *const set[] = {"crush.unload=on", NULL};
  Answer a;
  (void)state;
  answer_open(text, set, &a);
  double elastic = answer_value(&a, "elastic_gradient_GPa") * 1000;
  CHECK_NEAR(elastic, answer_value(&a, "E_MPa"), 0.15, "unloading is elastic, little deformed");
  answer_close(&a);
}

static void scatter(void **state) {
  static const char *const set[] = {"load.strain_pct=-1",
                                    "load.faces={}",
                                    "load.plates=clamped",
                                    "cells=[2, 2, 2]",
                                    "defects={diameter_scatter_pct: 10, missing_pct: 3}",
                                    "monte_carlo.samples=6",
                                    NULL};
  static const char *const first[] = {"load.strain_pct=-1",
                                      "load.faces={}",
                                      "load.plates=clamped",
                                      "cells=[2, 2, 2]",
                                      "defects={diameter_scatter_pct: 10, missing_pct: 3, seed: 3}",
                                      NULL};
  Answer a, b;
  (void)state;
  answer_open(text, set, &a);
  answer_open(text, first, &b);
  double mean = answer_value(&a, "frame.E_MPa.mean"), s = answer_value(&a, "frame.E_MPa.deviation");
  double lo = answer_value(&a, "frame.E_MPa.lo"), hi = answer_value(&a, "frame.E_MPa.hi");
  assert_true(s > 0 && lo < mean && mean < hi);
  CHECK_NEAR(hi - lo, 2 * 2.570582 * s * sqrt(1 + 1. / 6), 1e-6, "t(0.975, 5) s sqrt(1 + 1/n) both ways");
  double third = answer_value(&b, "E_MPa");
  assert_true(third > lo && third < hi); /* the specimen with the third seed is one of them */
  answer_close(&a);
  answer_close(&b);
}

static void mistakes(void **state) {
  static const struct {
    const char *set, *part;
  } wrong[] = {{"materials.strut={young_MPa: 1000, poisson: 0.3}", "yield_MPa"},
               {"monte_carlo.samples=5", "would be alike"},
               {"materials.strut={young_MPa: 1000, poisson: 0.3, yield_MPa: 5, tangent_MPa: -3}", "tangent_MPa"}};
  static const char *const voxel[] = {"model=voxel", "resolution.voxels_per_cell=16", "load.response=elastoplastic",
                                      NULL};
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    const char *const set[] = {wrong[i].set, NULL};
    answer_refused(text, set, wrong[i].part);
  }
  answer_refused(text, voxel, "only a frame is followed");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(eighth), cmocka_unit_test(scaling), cmocka_unit_test(columns), cmocka_unit_test(contact),
    cmocka_unit_test(loop),   cmocka_unit_test(scatter), cmocka_unit_test(mistakes)};
CHECK_MAIN(tests)
