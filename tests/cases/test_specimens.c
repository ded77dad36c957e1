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

static const struct CMUnitTest tests[] = {cmocka_unit_test(no_two_alike), cmocka_unit_test(not_correlated)};
CHECK_MAIN(tests)
