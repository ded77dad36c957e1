/* The spread of a sweep over its draws and seeds: for every point of the other axes, of finished points only. */
#include "cases/sweep/sweep_spread.h"
#include "tests/cases/sweep.h"
#include <jansson.h>
#include <stdlib.h>

static const char text[] = SWEEP_ONE "axes:\n"
                                     "  metal: {key: materials.strut, values: [peek, tantalum-sebm]}\n"
                                     "  seed: {key: defects.seed, from: 1, to: 3, step: 1}\n"
                                     "  yield_MPa: {key: materials.strut.yield_MPa, between: [100, 200]}\n"
                                     "sample: {points: 7}\n"
                                     "table: [E_MPa]\n";
enum { AXES = 3, DRAWS = 21 };

/* 1, 2, ... 21 for the first metal, ten times that for the second. */
static double value_of(PetscInt r) { return (r < DRAWS ? 1. : 10.) * (double)(r % DRAWS + 1); }

static void make_rows(const SweepPlan *plan, SweepRows *rows) {
  const PetscInt n = plan->n_points + 2;
  *rows = (SweepRows){.n = n, .n_axes = AXES, .n_columns = 1};
  CHECK_OK(PetscCalloc1(n, &rows->row));
  CHECK_OK(PetscCalloc1(1, &rows->column));
  CHECK_OK(PetscMalloc1(n * AXES, &rows->axis));
  CHECK_OK(PetscMalloc1(n, &rows->value));
  strcpy(rows->column[0].kind, "quantity");
  CHECK_OK(PetscStrallocpy("E_MPa", &rows->column[0].name));
  CHECK_OK(PetscStrallocpy("MPa", &rows->column[0].unit));
  for (PetscInt r = 0; r < n; r++) {
    const PetscInt p = r < plan->n_points ? r : 0;
    rows->row[r].role = r == plan->n_points ? ROLE_CHOSEN : ROLE_POINT;
    strcpy(rows->row[r].status, r > plan->n_points ? "failed" : "done");
    memcpy(rows->axis + r * AXES, plan->value[p], AXES * sizeof(double));
    rows->value[r] = r < plan->n_points ? value_of(r) : 1e6; /* neither a chosen design nor a failed point counts */
  }
}

/* The tables that it tells; the caller frees. */
static json_t *told(const char *sweep, Planned *p, SweepRows *rows) {
  char dir[128], report[160];
  int status;
  Results *results;
  planned_open(sweep, p);
  make_rows(&p->plan, rows);
  snprintf(dir, sizeof dir, "%s/out", p->folder);
  CHECK_OK(results_create(&p->c, dir, PETSC_TRUE, &results));
  CHECK_OK(sweep_tell_spread(&p->plan, rows, results));
  CHECK_OK(results_finish(results, &status));
  CHECK_OK(results_destroy(&results));
  snprintf(report, sizeof report, "%s/report.json", dir);
  json_t *record = json_load_file(report, 0, NULL), *tables = json_incref(json_object_get(record, "tables"));
  json_decref(record);
  CHECK_OK(sweep_store_rows_free(rows));
  planned_close(p);
  return tables;
}

static void test_spread(void **state) {
  static const char *const wanted[2][11] = {
      {"metal = peek", "E_MPa", "MPa", "21", "11", "6.2", "1", "1.1", "11", "20.9", "21"},
      {"metal = tantalum-sebm", "E_MPa", "MPa", "21", "110", "62", "10", "11", "110", "209", "210"}};
  Planned p;
  SweepRows rows;
  (void)state;
  json_t *tables = told(text, &p, &rows), *lines = json_object_get(json_array_get(tables, 0), "rows");
  assert_int_equal(json_array_size(tables), 1);
  assert_int_equal(json_array_size(lines), 2);
  for (size_t i = 0; i < 2; i++) /* of 1 .. n: deviation sqrt(n (n + 1) / 12), percentiles at p (n + 1) */
    for (size_t k = 0; k < 11; k++)
      assert_string_equal(json_string_value(json_array_get(json_array_get(lines, i), k)), wanted[i][k]);
  json_decref(tables);
}

/* Nothing is told where nothing is drawn, and not of hundreds of places. */
static void test_silent(void **state) {
  static const char *const silent[] = {
      SWEEP_ONE "axes:\n"
                "  metal: {key: materials.strut, values: [peek, tantalum-sebm]}\n"
                "  load: {key: loads.compression.compression_N, values: [1, 2, 3]}\n"
                "  cell: {key: lattice.cell_mm, values: [1, 2, 3, 4, 5, 6, 7]}\n"
                "table: [E_MPa]\n",
      SWEEP_ONE
      "axes:\n"
      "  seed: {key: defects.seed, values: [1, 2, 3]}\n"
      "  load: {key: loads.compression.compression_N, values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]}\n"
      "  metal: {key: materials.strut, values: [peek]}\n"
      "table: [E_MPa]\n"};
  Planned p;
  SweepRows rows;
  (void)state;
  for (int i = 0; i < 2; i++) {
    json_t *tables = told(silent[i], &p, &rows);
    assert_int_equal(json_array_size(tables), 0);
    json_decref(tables);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_spread), cmocka_unit_test(test_silent)};
CHECK_MAIN(tests)
