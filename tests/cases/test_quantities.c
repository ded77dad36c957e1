/* ranks: 1
   The table of quantities against the runs: what every runner gives, with one model and with both, stands in it once,
   with its unit, as given (answer.h looks); names of expectations are refused, skipped or checked accordingly. */
#include "tests/cases/answer.h"

#define METAL "materials: {strut: {young_MPa: 100000, poisson: 0.3, yield_MPa: 300}}\n"
#define BARE "materials: {strut: {young_MPa: 100000, poisson: 0.3}}\n"
#define LATTICE "lattice: {cell: rhombic-dodecahedron, cell_mm: 1, strut_mm: 0.3}\n"
static const char cell[] = "runner: unit-cell\n" LATTICE BARE "resolution: {voxels_per_cell: [8, 16]}\n";
static const char block[] = "runner: compression\n" LATTICE METAL "cells: [1, 1, 2]\n"
                            "resolution: {voxels_per_cell: 12}\n";
static const char bar[] = "runner: bending\n" LATTICE METAL "resolution: {voxels_per_cell: 8}\n"
                          "specimen: {width_mm: 2, depth_mm: 2, length_mm: 8}\nload: {span_mm: 6}\n";
static const char cage[] = "runner: cage\nlattice: {cell: rhombic-dodecahedron, cell_mm: 2, strut_mm: 0.6}\n"
                           "resolution: {voxels_per_cell: 8}\ncage: {diameter_mm: 5, height_mm: 4}\n"
                           "loads: {push: {compression_N: 10}, bend: {flexion_Nm: 0.01}}\n";
static const char table2[] = "runner: calibrate\nlattice: {cell: rhombic-dodecahedron, cell_mm: 1}\n"
                             "materials: {strut: tantalum-sebm}\nspecimen: {cells: [2, 2, 2]}\n"
                             "resolution: {voxels_per_cell: [24]}\n";
static const char fatigued[] = "materials={strut: {young_MPa: 1e5, poisson: 0.3, yield_MPa: 300, yield_range_MPa: "
                               "[200, 400], fatigue_limit_MPa: 100, fatigue_cycles: 1e7, fatigue_slope_k: 6}}";
static const char samples[] = "monte_carlo={samples: 3}", defects[] = "defects={diameter_scatter_pct: 5}";

static void test_every_runner(void **state) {
  (void)state;
  const struct {
    const char *text, *set[8];
  } run[] = {
      {cell, {"model=voxel"}},
      {cell, {"model=frame"}},
      {cell, {"model=both"}},
      {cell, {"model=both", "resolution.voxels_per_cell=8"}},
      {block, {"model=voxel"}},
      {block, {"model=both"}},
      {block, {"model=frame", samples, defects}},
      {block, {"model=frame", "load.strain_pct=-8", "crush.step_pct=2", samples, defects}},
      {block, {"model=both", "load.strain_pct=-6", "crush.step_pct=2"}},
      {bar, {"model=both"}},
      {bar, {"model=frame", "materials={strut: {young_MPa: 1e5, poisson: 0.3}}"}},
      {cage, {"model=both", fatigued, "buckling={modes: 1}", "fatigue={case: push, R: 10}"}},
      {cage, {"model=frame", fatigued, "buckling={modes: 1}", "fatigue={from: none, to: bend}", samples, defects}},
      {cage, {"model=voxel", "materials={strut: {young_MPa: 1e5, poisson: 0.3}}"}},
      {table2, {"model=both", "strength=off"}},
  };
  for (size_t i = 0; i < sizeof run / sizeof run[0]; i++) {
    Answer answer;
    answer_open(run[i].text, run[i].set, &answer);
    assert_true(json_object_size(json_object_get(answer.summary, "quantities")) > 5);
    answer_close(&answer);
  }
}

/* What the question does not hang on has a default: a cell of any size has the same moduli, and is computed. */
static void test_defaults(void **state) {
  (void)state;
  static const char plain[] = "runner: unit-cell\nlattice: {cell: rhombic-dodecahedron, porosity_pct: 74}\n" BARE;
  const char *const sets[][4] = {{"model=frame"}, {"model=frame", "lattice.cell_mm=2.5"}};
  double E[2];
  for (int i = 0; i < 2; i++) {
    Answer answer;
    answer_open(plain, sets[i], &answer);
    E[i] = answer_value(&answer, "E100_over_Es");
    answer_close(&answer);
  }
  CHECK_NEAR(E[0], E[1], 1e-9, "moduli over that of the solid do not depend on the size of the cell");
  Answer voxels;
  answer_open("runner: compression\n" LATTICE METAL "cells: [1, 1, 1]\n", (const char *const[]){"model=voxel", NULL},
              &voxels);
  const json_t *mesh = json_object_get(voxels.summary, "mesh");
  CHECK_NEAR(json_number_value(json_object_get(mesh, "voxel_mm")), 1. / 20, 1e-12,
             "6 voxels across a strut of 0.3 mm, a whole number along a cell of 1 mm");
  answer_close(&voxels);
}

/* Every pattern of every runner expands, and no name comes from two rows. */
static void test_rows(void **state) {
  (void)state;
  static const char *const text[] = {cell, block, bar, table2};
  for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
    char folder[64], file[128];
    Case c;
    PetscInt n;
    QuantityName *names;
    folder_open(folder);
    folder_put(folder, "case.yaml", text[i]);
    snprintf(file, sizeof file, "%s/case.yaml", folder);
    CHECK_OK(case_read(PETSC_COMM_WORLD, file, 0, NULL, &c));
    CHECK_OK(quantity_names(&c, &n, &names));
    for (PetscInt k = 0; k < n; k++)
      if (quantity_find(n - k - 1, names + k + 1, names[k].name))
        fail_msg("'%s' has two rows", names[k].name);
    assert_true(n > c.runner->quantities->n);
    CHECK_OK(PetscFree(names));
    CHECK_OK(case_free(&c));
    folder_close(folder);
  }
}

/* What becomes of an expectation: refused before any work, skipped with the reason, checked. */
static void test_expectations(void **state) {
  (void)state;
  const struct {
    const char *text, *name, *model, *says; /* says: of the refusal, or of the reason to skip; NULL: checked */
    bool refused;
  } row[] = {
      {cell, "E100_over_Ez", "both", "did you mean 'E100_over_Es'?", true},
      {cell, "frame.E100_over_Es", "frame", "model: frame does not give it", false},
      {cell, "voxel.order", "frame", "voxel or both does", false},
      {cell, "E100_over_Es", "frame", NULL, false},
      {cage, "push.margin_yeild", "frame", "did you mean 'push.margin_yield'?", true},
      {cage, "pull.margin_yield", "frame", "did you mean 'push.margin_yield'?", true},
      {cage, "push.buckling_factor", "frame", "buckling.modes is 0", false},
      {cage, "frame.push.turn_deg", "both", NULL, false},
      {block, "plateau_MPa", "frame", "the response is elastic", false},
      {block, "frame.E_MPa.mean", "frame", "monte_carlo.samples", false},
      {block, "something_else_altogether", "frame", "list quantities compression", true},
      {table2, "ideal.yield.exponent", "voxel", "model: voxel does not give it", false},
  };
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    char folder[64], file[128], expect[256], model[32], why[256];
    char *set[] = {model, expect, (char *)fatigued};
    Case c;
    folder_open(folder);
    folder_put(folder, "case.yaml", row[i].text);
    snprintf(file, sizeof file, "%s/case.yaml", folder);
    snprintf(model, sizeof model, "model=%s", row[i].model);
    snprintf(expect, sizeof expect, "expect={%s: {lo: 0, source: x}}", row[i].name);
    if (row[i].refused)
      CHECK_SAYS(case_read(PETSC_COMM_WORLD, file, 3, set, &c), row[i].says);
    else {
      CHECK_OK(case_read(PETSC_COMM_WORLD, file, 3, set, &c));
      CHECK_OK(quantities_skip(&c, row[i].name, sizeof why, why));
      if (row[i].says ? !strstr(why, row[i].says) : why[0])
        fail_msg("%s: '%s'", row[i].name, why);
      CHECK_OK(case_free(&c));
    }
    folder_close(folder);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_runner), cmocka_unit_test(test_rows),
                                          cmocka_unit_test(test_defaults), cmocka_unit_test(test_expectations)};
CHECK_MAIN(tests)
