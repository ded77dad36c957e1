/* Sets of specimens of different seeds are independent, specimen by specimen and strut by strut.
   ranks: 1 2 */
#include "tests/cases/answer.h"

#include "cases/body/specimens.h"
#include "cases/runners/compression_plan.h"
#include "mesh/random.h"

enum { SEEDS = 3, SAMPLES = 6, ALL = SEEDS * SAMPLES, STRUTS = 2000 };

static PetscErrorCode mean_radius(void *context, const Graph *graph, double *value) {
  (void)context;
  value[0] = 0;
  for (PetscInt s = 0; s < graph->n_struts; s++)
    value[0] += graph->radius[s] / (double)graph->n_struts;
  return PETSC_SUCCESS;
}

/* A sweep over seeds of sets of six: eighteen specimens, no two alike. */
static void no_two_alike(void **state) {
  static const char *const text = "runner: compression\nmodel: frame\n"
                                  "lattice: {cell: rhombic-dodecahedron, cell_mm: 1, porosity_pct: 75}\n"
                                  "cells: [2, 2, 2]\nmaterials: {strut: {young_MPa: 1000, poisson: 0.3}}\n"
                                  "defects: {diameter_scatter_pct: 10}\nmonte_carlo: {samples: 6}\n";
  const SpecimenColumn column = {"", ""};
  const Specimens set = {SAMPLES, 1, &column, mean_radius, NULL};
  double value[ALL];
  char folder[64], file[128], dir[128];
  CompressionPlan plan;
  Results *results;
  Case c;
  (void)state;
  folder_open(folder);
  folder_put(folder, "case.yaml", text);
  snprintf(file, sizeof file, "%s/case.yaml", folder);
  snprintf(dir, sizeof dir, "%s/out", folder);
  CHECK_OK(case_read(PETSC_COMM_WORLD, file, 0, NULL, &c));
  CHECK_OK(results_create(&c, dir, PETSC_TRUE, &results));
  CHECK_OK(compression_plan(&c, NULL, &plan));
  LatticeBody body = compression_body(&plan);
  for (int seed = 0; seed < SEEDS; seed++) {
    body.seed = (uint64_t)seed + 1;
    CHECK_OK(specimens_run(&c, &set, &body, results, value + seed * SAMPLES));
  }
  for (int i = 0; i < ALL; i++)
    for (int j = 0; j < i; j++)
      if (fabs(value[i] - value[j]) < 1e-12)
        fail_msg("specimen %d of seed %d is specimen %d of seed %d", i % SAMPLES, 1 + i / SAMPLES, j % SAMPLES,
                 1 + j / SAMPLES);
  CHECK_OK(results_destroy(&results));
  CHECK_OK(case_free(&c));
  folder_close(folder);
}

/* The draws of struts in any two specimens, of one set or of two, are not correlated: |r| sqrt(n) is normal; the
   largest of 153 pairs exceeds 4.5 once in a thousand times. Nor with a sweep's draws of the same seed. */
static void not_correlated(void **state) {
  static double z[ALL + 1][STRUTS];
  (void)state;
  for (int i = 0; i < ALL; i++)
    for (int s = 0; s < STRUTS; s++)
      z[i][s] = random_normal(random_specimen((uint64_t)(i / SAMPLES) + 1, (uint32_t)(i % SAMPLES)), (uint64_t)s, 3, 9);
  for (int s = 0; s < STRUTS; s++)
    z[ALL][s] = random_normal(1, (uint64_t)s, 101, 9);
  for (int i = 0; i <= ALL; i++)
    for (int j = 0; j < i; j++) {
      double r = 0;
      for (int s = 0; s < STRUTS; s++)
        r += z[i][s] * z[j][s] / sqrt(STRUTS);
      CHECK_BELOW(fabs(r), 4.5, "independent normal draws");
    }
  assert_true(random_specimen(7, 0) == 7); /* the specimen of defects.seed is the first of its set */
}

static const char *const block =
    "runner: compression\nmodel: both\n"
    "lattice: {cell: rhombic-dodecahedron, cell_mm: 1, porosity_pct: 73.92}\n"
    "cells: [3, 3, 3]\nmaterials: {strut: {young_MPa: 1000, poisson: 0.3}}\n"
    "resolution: {voxels_per_cell: 16, surface: partial}\nload: {axis: z, strain_pct: -0.1}\nsolver: {rtol: 1e-4}\n";

/* The porosity is that of the specimen: the frame's against the voxels', which see every defect. */
static void own_porosity(void **state) {
  static const struct {
    const char *set;
    double least; /* points of porosity from the design's */
  } specimen[] = {{"defects={horizontal_pct: 30}", 5}, {"defects={missing_pct: 12, seed: 3}", 2}, {"", 0}};
  (void)state;
  for (size_t i = 0; i < sizeof specimen / sizeof specimen[0]; i++) {
    const char *bore[] = {"lattice={cell: rhombic-dodecahedron, cell_mm: 1, strut_mm: 0.25, bore: 0.3}",
                          "defects={diameter_scatter_pct: 20}", "cells=[2, 2, 2]",
                          "resolution={voxels_per_cell: 24, surface: partial}", NULL};
    const char *plain[] = {specimen[i].set, NULL};
    Answer a;
    answer_open(block, i == 2 ? bore : plain, &a);
    const double frame = answer_value(&a, "frame.porosity_pct"), voxel = answer_value(&a, "voxel.porosity_pct");
    CHECK_BELOW(fabs(frame - voxel), i == 2 ? 0.5 : 0.15, "points of porosity: the same specimen");
    assert_true(i == 2 || fabs(frame - answer_value(&a, "design_porosity_pct")) > specimen[i].least);
    answer_close(&a);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(no_two_alike), cmocka_unit_test(not_correlated),
                                          cmocka_unit_test(own_porosity)};
CHECK_MAIN(tests)
