/* Runner bending: the beam formulas, planes of symmetry, a short bar as voxels and as a frame.
   ranks: 1 2 */
#include "tests/cases/answer.h"

#include "cases/runners/bending_model.h"

static const char *const text = "runner: bending\n"
                                "model: both\n"
                                "lattice: {cell: rhombic-dodecahedron, cell_mm: 2.5, porosity_pct: 73.92}\n"
                                "specimen: {width_mm: 5, depth_mm: 5, length_mm: 40}\n"
                                "load: {span_mm: 35}\n"
                                "resolution: {voxels_per_cell: 16}\n"
                                "materials: {strut: {young_MPa: 186000, poisson: 0.35, yield_MPa: 331}}\n";

static void formulas(void **state) {
  const Bar bar = {10, 10, 60}, slender = {10, 10, 1e5};
  (void)state;
  CHECK_NEAR(bar_force(&bar, 48), 533.333333, 1e-8, "2 sigma b d^2/(3 L), L = 60 mm");
  CHECK_NEAR(bar_force(&(Bar){10, 10, 50}, 48), 640, 1e-12, "2 sigma b d^2/(3 L), L = 50 mm");
  CHECK_NEAR(bar_stress(&bar, bar_force(&bar, 48)), 48, 1e-14, "inverse");
  /* Timoshenko: F/delta = 48EI/L^3 / (1 + 12EI/(kappa G A L^2)). */
  double E = 1000, G = 400, inertia = 10000. / 12, ratio = 12 * E * inertia / (5. / 6 * G * 100 * 3600);
  CHECK_NEAR(bar_shear_ratio(&bar, E / G), ratio, 1e-12, "12EI/(kappa G A L^2)");
  CHECK_NEAR(bar_modulus(&bar, 48 * E * inertia / pow(60, 3) / (1 + ratio)) * (1 + ratio), E, 1e-12,
             "E is found again");
  CHECK_BELOW(bar_shear_ratio(&slender, 2.5), 1e-6, "no shear in a slender bar");
  CHECK_NEAR(hinge_density(48, 407.2, 2.152), 0.3066, 1e-3, "(32/407.2)^(1/2.152)");
  CHECK_NEAR(hinge_density(48, 119.0, 1.772), 0.4767, 1e-3, "(32/119)^(1/1.772)");
}

static void mirrors(void **state) {
  BendingPlan plan = {.design = {.cell = cell_find("rhombic-dodecahedron"), .cell_mm = 2}};
  (void)state;
  assert_true(bending_mirror(&plan, 0, 0) && bending_mirror(&plan, 1, 1) && bending_mirror(&plan, 0, 40));
  assert_false(bending_mirror(&plan, 0, 0.5)); /* a quarter of the cell */
  plan.design.cell = cell_find("diamond");
  assert_false(bending_mirror(&plan, 0, 0)); /* glide planes, no mirrors */
  plan.design.cell = cell_find("body-centred-cubic");
  assert_true(bending_mirror(&plan, 0, 0) && bending_mirror(&plan, 0, 1));
}

/* A bar of two cells by two has no bulk: its bending modulus is near that of the periodic cell, not on it. */
static void bar(void **state) {
  static const char *const models[] = {"voxel", "frame"};
  char name[64];
  Answer a;
  (void)state;
  answer_open(text, NULL, &a);
  for (int m = 0; m < 2; m++) {
#define VALUE(quantity) (snprintf(name, sizeof name, "%s." quantity, models[m]), answer_value(&a, name))
    double corrected = VALUE("E_f_corrected_GPa"), modulus = VALUE("E_f_GPa"), cell = VALUE("E100_GPa");
    CHECK_NEAR(corrected, cell, 0.12, "beam theory with the constants of the periodic cell");
    assert_true(corrected > modulus);
    CHECK_NEAR(modulus, pow(35, 3) * VALUE("stiffness_N_per_mm") / (4 * pow(5, 4)) * 1e-3, 1e-12, "L^3 m/(4bd^3)");
    CHECK_BELOW(VALUE("energy_balance"), 1e-6, "Clapeyron");
    CHECK_BELOW(VALUE("balance"), 1e-5, "statics");
    CHECK_NEAR(VALUE("elastic_limit_MPa"), 48 * 331 / VALUE("mises_MPa"), 1e-12, "linear: stress scales with load");
  }
  CHECK_NEAR(answer_value(&a, "span_mm"), 35, 1e-12, "14 cells: rows of nodes lie under the rollers");
  CHECK_NEAR(answer_value(&a, "hinge.plateau.density"), 0.3066, 1e-3, "(32/407.2)^(1/2.152)");
  answer_close(&a);
}

/* Of the bar that was computed, beside the design's: whole cells have the design's porosity, others their struts'. */
static void specimen(void **state) {
  const char *const whole[] = {"model=frame", NULL}, *const cut[] = {"lattice.cell=simple-cubic",
                                                                     "specimen.depth_mm=5.5",
                                                                     "resolution.voxels_per_cell=20",
                                                                     "materials.strut.density_t_per_mm3=4.43e-9", NULL};
  Answer a;
  (void)state;
  answer_open(text, whole, &a);
  CHECK_NEAR(answer_value(&a, "porosity_pct"), 73.92, 1e-6, "whole cells");
  CHECK_NEAR(answer_value(&a, "design_porosity_pct"), 73.92, 1e-6, "the design's");
  CHECK_NEAR(answer_value(&a, "strut_mm"), 0.4439, 1e-3, "of the design: nothing scatters");
  answer_close(&a);
  answer_open(text, cut, &a);
  CHECK_BELOW(fabs(answer_value(&a, "frame.porosity_pct") - answer_value(&a, "voxel.porosity_pct")), 0.3,
              "specimen_facts.h, points");
  assert_true(fabs(answer_value(&a, "frame.porosity_pct") - answer_value(&a, "design_porosity_pct")) > 0.5);
  CHECK_NEAR(answer_value(&a, "frame.mass_g") / answer_value(&a, "voxel.mass_g"),
             (100 - answer_value(&a, "frame.porosity_pct")) / (100 - answer_value(&a, "voxel.porosity_pct")), 1e-9,
             "one volume, one density");
  answer_close(&a);
}

static void mistakes(void **state) {
  static const struct {
    const char *set, *part;
  } wrong[] = {{"load.span_mm=50", "must not exceed"},
               {"lattice.cell=diamond", "not symmetric"},
               {"specimen.width_mm=6", "not symmetric"},
               {"specimen.depth_mm=5.03", "whole number"}};
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    const char *const set[] = {wrong[i].set, NULL};
    answer_refused(text, set, wrong[i].part);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(formulas), cmocka_unit_test(mirrors),  cmocka_unit_test(bar),
    cmocka_unit_test(specimen), cmocka_unit_test(mistakes),
};
CHECK_MAIN(tests)
