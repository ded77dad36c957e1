/* ranks: 1 2
   Case files: what is read, what is refused and with which words. */
#include "cases/case_file/case.h"
#include "tests/cases/folder.h"

static const char good[] = "runner: unit-cell\n"
                           "model: both\n"
                           "lattice: {cell: rhombic-dodecahedron, cell_mm: 1, strut_mm: 0.2}\n"
                           "resolution: {voxels_per_cell: 16}\n"
                           "materials: {strut: {young_MPa: 1000, poisson: 0.3}}\n";

/* Reads folder/case.yaml of that text, with n assignments. */
static PetscErrorCode read_text(const char *text, int n_set, char **set, Case *c) {
  char path[64], file[96];
  folder_open(path);
  folder_put(path, "first.case.yaml", text);
  snprintf(file, sizeof file, "%s/first.case.yaml", path);
  PetscErrorCode code = case_read(PETSC_COMM_WORLD, file, n_set, set, c);
  folder_close(path);
  return code;
}

/* The runner's own row goes before the common one. */
static double row_default(const Runner *runner, const char *path) {
  const KeyTable tables[] = {runner->keys, answer_keys, solve_keys};
  for (int t = 0; t < 3; t++)
    for (int i = 0; i < tables[t].n; i++)
      if (!strcmp(tables[t].row[i].path, path))
        return atof(tables[t].row[i].fallback);
  return NAN;
}

static void test_good(void **state) {
  Case c;
  double rtol;
  PetscInt iterations;
  (void)state;
  CHECK_OK(read_text(good, 0, NULL, &c));
  assert_string_equal(c.name, "first.case");
  assert_string_equal(c.runner->name, "unit-cell");
  assert_true(c.wants_voxel && c.wants_frame);
  CHECK_OK(document_number(c.doc, "solver.rtol", &rtol));
  CHECK_NEAR(rtol, row_default(c.runner, "solver.rtol"), 1e-12, "default in the key table");
  CHECK_OK(document_integer(c.doc, "solver.max_iterations", &iterations));
  assert_true(iterations > 0);
  CHECK_OK(case_free(&c));
}

static void test_model(void **state) {
  static const struct {
    const char *assignment;
    int voxel, frame;
  } row[] = {{"model=voxel", 1, 0}, {"model=frame", 0, 1}, {"model=both", 1, 1}};
  (void)state;
  for (int i = 0; i < 3; i++) {
    Case c;
    char assignment[32], *set[] = {assignment};
    strcpy(assignment, row[i].assignment);
    CHECK_OK(read_text(good, 1, set, &c));
    assert_int_equal(!!c.wants_voxel, row[i].voxel);
    assert_int_equal(!!c.wants_frame, row[i].frame);
    CHECK_OK(case_free(&c));
  }
}

static void test_refused(void **state) {
  static const struct {
    const char *assignment, *says;
  } row[] = {
      {"runner=unitcell", "did you mean 'unit-cell'"},
      {"runner=nothing-like-it", "trabecula list cases"},
      {"runner.x=1", "key 'runner' = {...}: must be a text"},
      {"lattice.cell.x=1", "key 'cell' has no member 'x' to set"},
      {"modle=frame", "did you mean 'model'"},
      {"model=frames", "did you mean 'frame'"},
      {"solver.rtol=0", "must lie in"},
      {"solver.rtol=nan", "solver.rtol"},
      {"solver.rtl=1e-6", "did you mean 'rtol'"},
      {"solver.max_iterations=1.5", "integer"},
      {"expect.E.value=1", "'expect.E.source' is missing"},
      {"expect={E: {value: 1, source: x}}", "value and rtol go together"},
      {"expect={E: {rtol: 1, source: x}}", "value and rtol go together"},
      {"expect={E: {value: 1, rtol: 0.1, hi: 2, source: x}}", "not both"},
      {"expect={E: {source: x}}", "neither"},
      {"expect={E: {value: 0, rtol: 0.1, source: x}}", "give lo and hi"},
      {"expect={E: {lo: 2, hi: 1, source: x}}", "lo = 2 is above hi = 1"},
      {"expect={E: {valeu: 1, rtol: 0.1, source: x}}", "did you mean 'value'"},
      {"expect={A.voxel.E_GPa: {value: 1, source: x}}", "'A.voxel.E_GPa': value and rtol go together"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    Case c;
    char assignment[128], *set[] = {assignment};
    strcpy(assignment, row[i].assignment);
    CHECK_SAYS(read_text(good, 1, set, &c), row[i].says);
  }
}

/* A file without runner, one that is no mapping, and none at all: the message names the file. */
static void test_files(void **state) {
  Case c;
  (void)state;
  CHECK_SAYS(read_text("model: both\n", 0, NULL, &c), "'runner' is missing");
  CHECK_SAYS(read_text("- 1\n- 2\n", 0, NULL, &c), "first.case.yaml:1:1: error: ");
  CHECK_SAYS(read_text("", 0, NULL, &c), "first.case.yaml");
  CHECK_SAYS(case_read(PETSC_COMM_WORLD, "/nowhere/at/all.yaml", 0, NULL, &c), "/nowhere/at/all.yaml");
}

/* The rows that users see must be complete: every key has a help text, every runner a name of its own. */
static void test_tables(void **state) {
  (void)state;
  for (int i = 0; i < n_runners; i++) {
    assert_true(runners[i]->help && *runners[i]->help && runners[i]->estimate && runners[i]->run);
    for (int k = 0; k < i; k++)
      assert_string_not_equal(runners[i]->name, runners[k]->name);
    for (int k = 0; k < runners[i]->keys.n; k++) {
      const KeyRow *row = &runners[i]->keys.row[k];
      if (!row->help || !*row->help)
        fail_msg("runner %s: key %s has no help", runners[i]->name, row->path);
    }
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_good),  cmocka_unit_test(test_model),  cmocka_unit_test(test_refused),
    cmocka_unit_test(test_files), cmocka_unit_test(test_tables),
};
CHECK_MAIN(tests)
