/* ranks: 1 2
   What a run leaves behind: the files, whole or not at all, their contents, expectations and the exit status. */
#include "cases/results/report.h"
#include "cases/results/results.h"
#include "tests/cases/folder.h"
#include "tests/cases/well_formed.h"
#include <jansson.h>
#include <signal.h>
#include <sys/resource.h>

static const char hostile[] = "<script>alert(1)</script>&\"'";

/* A case by hand, so that no solver runs. */
static const QuantityRow quiet_rows[] = {{"A.frame.E_GPa", "GPa", QUANTITY_FRAME, "of another model", NULL, NULL},
                                         {"{E_MPa,E_MPaa}", "MPa", 0, "one given, one not", NULL, NULL}};
static const QuantityTable quiet_quantities = {2, quiet_rows};
static const Runner quiet_runner = {.name = "test", .help = "a runner of this test", .quantities = &quiet_quantities};

static void case_open(const char *folder, const char *expect, Case *c) {
  char text[1024], file[128];
  snprintf(text, sizeof text, "runner: test\nmodel: both\ntitle: \"%s\"\nsolver: {rtol: 1e-6}\n%s%s\n",
           "<script>alert(1)</script>&'", *expect ? "expect:\n" : "", expect);
  folder_put(folder, "case.yaml", text);
  snprintf(file, sizeof file, "%s/case.yaml", folder);
  *c = (Case){.comm = PETSC_COMM_WORLD, .runner = &quiet_runner, .name = "case", .wants_voxel = 1};
  strcpy(c->file, file);
  CHECK_OK(document_read(PETSC_COMM_WORLD, file, &c->doc));
  const KeyTable tables[] = {answer_keys, solve_keys};
  CHECK_OK(document_check(c->doc, 2, tables));
}

/* Everything that can be said, once. */
static void say_all(Results *r) {
  const double x[] = {0.1, 0.2, NAN}, y[] = {1, 2, 3}, half[] = {0.1, NAN, 0.1}, bar[] = {1, -2};
  const char *const name[] = {"one", hostile};
  CHECK_OK(results_progress(r, "step %d", 1));
  CHECK_OK(results_assume(r, "assumed %s", hostile));
  CHECK_OK(results_mesh(r, &(MeshFacts){0.05, 1000, 2000, 6000, 0, 74.0}));
  CHECK_OK(results_mesh(r, &(MeshFacts){0, 0, 30, 180, 64, 73.9}));
  SolveInfo solve = {"load", "voxel", 6000, 17, 1.0 / 3e9, 0.5, 0.25};
  CHECK_OK(results_solve(r, &solve));
  CHECK_OK(results_quantity(r, "E_MPa", 1.0 / 3, "MPa", 0.01));
  CHECK_OK(results_quantity(r, "A.voxel.E_GPa", 42, "GPa", NAN));
  CHECK_OK(results_quantity(r, "nothing", NAN, "", NAN));
  CHECK_OK(results_verdict(r, VERDICT_YES, "so it is"));
  CHECK_OK(results_verdict(r, VERDICT_NO, "%s", hostile));
  CHECK_OK(results_table(r, hostile, "name|number"));
  CHECK_OK(results_row(r, "%s|%d", hostile, 7));
  Chart lines = {.title = hostile, .x_label = "x", .y_label = "y", .n_series = 1};
  lines.series[0] = (ChartSeries){hostile, 3, x, y, half, true, true};
  CHECK_OK(results_chart(r, &lines));
  CHECK_OK(
      results_chart(r, &(Chart){.title = "bars", .x_label = "x", .n_bars = 2, .bar_name = name, .bar_value = bar}));
  CHECK_OK(results_history(r, "t_s,u_mm"));
  CHECK_OK(results_history_row(r, 2, (const double[]){0.1, 1.0 / 3}));
  CHECK_OK(results_history_row(r, 2, (const double[]){0.2, NAN}));
}

static json_t *load(const char *dir, const char *name) {
  char *text = folder_get(dir, name);
  assert_non_null(text);
  json_t *json = json_loads(text, 0, NULL);
  assert_non_null(json);
  free(text);
  return json;
}

static double number(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  assert_true(json_is_number(value));
  return json_number_value(value);
}

static void check_summary(const char *dir) {
  json_t *summary = load(dir, "summary.json"), *quantities = json_object_get(summary, "quantities");
  const json_t *e = json_object_get(quantities, "E_MPa"), *mesh = json_object_get(summary, "mesh");
  int ranks;
  MPI_Comm_size(PETSC_COMM_WORLD, &ranks);
  assert_true(number(e, "value") == 1.0 / 3); /* 17 digits give the same double again */
  assert_string_equal(json_string_value(json_object_get(e, "unit")), "MPa");
  assert_true(number(e, "uncertainty") == 0.01);
  assert_true(json_is_null(json_object_get(json_object_get(quantities, "nothing"), "value")));
  assert_true(json_is_null(json_object_get(json_object_get(quantities, "A.voxel.E_GPa"), "uncertainty")));
  assert_int_equal(json_object_size(quantities), 3);
  assert_true(number(mesh, "voxels") == 1000 && number(mesh, "dofs") == 6000);
  assert_true(number(mesh, "struts") == 64); /* of the frame, beside the larger voxel model */
  const json_t *solve = json_array_get(json_object_get(summary, "solves"), 0);
  assert_true(number(solve, "iterations") == 17 && number(solve, "relative_residual") == 1.0 / 3e9);
  assert_true(number(json_object_get(summary, "program"), "ranks") == ranks);
  assert_true(number(json_object_get(summary, "cost"), "peak_rss_bytes") > 1e6 * ranks);
  static const char *const keys[] = {"case", "program", "mesh", "solves", "quantities", "expect", "cost"};
  assert_int_equal(json_object_size(summary), 7);
  for (int i = 0; i < 7; i++)
    assert_non_null(json_object_get(summary, keys[i]));
  json_decref(summary);
}

static void check_report(const char *dir) {
  char *text = folder_get(dir, "report.html");
  assert_non_null(text);
  well_formed(text);
  assert_null(strstr(text, "<script"));
  assert_non_null(strstr(text, "Content-Security-Policy"));
  assert_null(strstr(text, "http://www.w3.org/1999")); /* nothing to be fetched but the name space of SVG */
  assert_null(strstr(text, "https://"));
  assert_null(strstr(text, "src="));
  assert_non_null(strstr(text, "so it is"));
  assert_non_null(strstr(text, "<svg"));
  free(text);
}

/* report.html from report.json alone is the same page. */
static void check_rewrite(const char *dir) {
  json_t *record = load(dir, "report.json");
  char *first = folder_get(dir, "report.html"), *again = NULL;
  size_t n = 0;
  FILE *file = open_memstream(&again, &n);
  assert_int_equal(report_write(record, file), 0);
  fclose(file);
  assert_string_equal(first, again);
  free(first);
  free(again);
  json_decref(record);
}

static void test_files(void **state) {
  char folder[64], dir[128], path[PETSC_MAX_PATH_LEN], *text;
  Case c;
  Results *r;
  int status = -1;
  (void)state;
  folder_open(folder);
  case_open(folder, "", &c);
  snprintf(dir, sizeof dir, "%s/new/deep/", folder);
  CHECK_OK(results_create(&c, dir, PETSC_TRUE, &r));
  say_all(r);
  CHECK_OK(results_path(r, "fields.vtkhdf", path));
  if (!folder_rank()) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
  }
  CHECK_OK(results_finish(r, &status));
  CHECK_OK(results_destroy(&r));
  MPI_Barrier(PETSC_COMM_WORLD); /* rank 0 has released the folder */
  assert_null(r);
  assert_int_equal(status, 0);
  assert_int_equal(folder_count(dir), 7); /* and the list of them; no temporary folder, no probe */
  MPI_Barrier(PETSC_COMM_WORLD);          /* both have looked */
  check_summary(dir);
  check_report(dir);
  check_rewrite(dir);
  text = folder_get(dir, "history.csv");
  assert_string_equal(text, "t_s,u_mm\n0.1,0.3333333333333333\n0.2,nan\n");
  free(text);
  text = folder_get(dir, "case.resolved.yaml");
  assert_non_null(strstr(text, "max_iterations"));
  free(text);
  text = folder_get(dir, "fields.vtkhdf");
  assert_non_null(text);
  free(text);
  CHECK_OK(case_free(&c));
  folder_close(folder);
}

/* A second run into the same folder: what only the first one gave goes, what the user put there stays, and so does
   nothing of a run that was killed outright. */
static void test_again(void **state) {
  char folder[64], dir[128], stale[512], host[128] = "", path[PETSC_MAX_PATH_LEN];
  Case c;
  Results *r;
  int status;
  (void)state;
  folder_open(folder);
  case_open(folder, "", &c);
  snprintf(dir, sizeof dir, "%s/out", folder);
  CHECK_OK(results_create(&c, dir, PETSC_TRUE, &r));
  say_all(r);
  CHECK_OK(results_path(r, "first.vtkhdf", path));
  if (!folder_rank())
    fclose(fopen(path, "w"));
  CHECK_OK(results_finish(r, &status));
  CHECK_OK(results_destroy(&r));
  MPI_Barrier(PETSC_COMM_WORLD); /* rank 0 has released the folder */
  assert_int_equal(folder_count(dir), 7);
  MPI_Barrier(PETSC_COMM_WORLD); /* both have looked */
  folder_put(dir, "mine.txt", "of the user");
  assert_int_equal(gethostname(host, sizeof host - 1), 0);
  snprintf(stale, sizeof stale, "%s/.partial-%s-%d", dir, host, 1 << 30); /* above any process number of Linux */
  if (!folder_rank())
    assert_int_equal(mkdir(stale, 0777), 0);
  folder_put(stale, "half.vtkhdf", "half");
  CHECK_OK(results_create(&c, dir, PETSC_TRUE, &r));
  CHECK_OK(results_finish(r, &status));
  CHECK_OK(results_destroy(&r));
  MPI_Barrier(PETSC_COMM_WORLD); /* rank 0 has released the folder */
  assert_int_equal(folder_count(stale), -1);
  assert_int_equal(folder_count(dir), 6); /* the case, two of the report, the summary, the list, mine.txt; no history */
  char *text = folder_get(dir, "mine.txt");
  assert_string_equal(text, "of the user");
  free(text);
  CHECK_OK(case_free(&c));
  folder_close(folder);
}

/* Values that meet and miss; the bounds; NAN never passes. */
static void test_expectations(void **state) {
  static const struct {
    const char *expect;
    int status;
  } row[] = {
      {"  E_MPa: {value: 0.3333, rtol: 0.001, source: s}", 0},
      {"  E_MPa: {value: 0.3333, rtol: 0.00001, source: s}", 1},
      {"  A.voxel.E_GPa: {lo: 41, hi: 43, source: s}", 0},
      {"  A.voxel.E_GPa: {lo: 42.5, source: s}", 1},
      {"  A.voxel.E_GPa: {hi: 41.5, source: s}", 1},
      {"  nothing: {lo: -1e300, source: s}", 1},
      {"  A.frame.E_GPa: {value: 1, rtol: 0.1, source: s}", 0}, /* a model that this case does not run */
      {"  E_MPa: {value: 0.3333, rtol: 0.001, source: s}\n  nothing: {value: 1, rtol: 1, source: s}", 1},
  };
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    char folder[64], dir[128];
    Case c;
    Results *r;
    int status = -1;
    folder_open(folder);
    case_open(folder, row[i].expect, &c);
    snprintf(dir, sizeof dir, "%s/out", folder);
    CHECK_OK(results_create(&c, dir, PETSC_TRUE, &r));
    say_all(r);
    CHECK_OK(results_finish(r, &status));
    CHECK_OK(results_destroy(&r));
    if (status != row[i].status)
      fail_msg("%s: status %d, wanted %d", row[i].expect, status, row[i].status);
    json_t *summary = load(dir, "summary.json");
    const json_t *list = json_object_get(summary, "expect");
    int missed = 0;
    for (size_t k = 0; k < json_array_size(list); k++)
      missed += json_is_false(json_object_get(json_array_get(list, k), "pass"));
    assert_int_equal(missed, row[i].status);
    json_decref(summary);
    CHECK_OK(case_free(&c));
    folder_close(folder);
  }
}

/* A quantity that the run turns out not to have: the expectation is missed, the results are there. */
static void test_unknown_quantity(void **state) {
  char folder[64], dir[128];
  Case c;
  Results *r;
  int status;
  (void)state;
  folder_open(folder);
  case_open(folder, "  E_MPaa: {value: 1, rtol: 0.1, source: s}", &c);
  snprintf(dir, sizeof dir, "%s/out", folder);
  CHECK_OK(results_create(&c, dir, PETSC_TRUE, &r));
  say_all(r);
  CHECK_OK(results_finish(r, &status));
  assert_int_equal(status, 1);
  CHECK_OK(results_destroy(&r));
  MPI_Barrier(PETSC_COMM_WORLD);
  json_t *summary = load(dir, "summary.json");
  const json_t *entry = json_array_get(json_object_get(summary, "expect"), 0);
  assert_true(json_is_null(json_object_get(entry, "value")) && json_is_false(json_object_get(entry, "pass")));
  json_decref(summary);
  MPI_Barrier(PETSC_COMM_WORLD);
  CHECK_OK(case_free(&c));
  folder_close(folder);
}

/* results_destroy without results_finish: what was made goes, what was there stays. */
static void test_abandoned(void **state) {
  char folder[64], dir[128];
  Case c;
  Results *r;
  (void)state;
  folder_open(folder);
  case_open(folder, "", &c);
  snprintf(dir, sizeof dir, "%s/a/b/c", folder);
  CHECK_OK(results_create(&c, dir, PETSC_TRUE, &r));
  MPI_Barrier(PETSC_COMM_WORLD);
  assert_int_equal(folder_count(dir), 2); /* the stage and the claim */
  MPI_Barrier(PETSC_COMM_WORLD);
  say_all(r);
  CHECK_OK(results_destroy(&r));
  MPI_Barrier(PETSC_COMM_WORLD);
  assert_int_equal(folder_count(folder), 1); /* case.yaml */
  MPI_Barrier(PETSC_COMM_WORLD);
  CHECK_OK(results_create(&c, folder, PETSC_TRUE, &r));
  CHECK_OK(results_destroy(&r));
  MPI_Barrier(PETSC_COMM_WORLD);
  assert_int_equal(folder_count(folder), 1);
  CHECK_OK(case_free(&c));
  folder_close(folder);
}

static void test_unwritable(void **state) {
  char folder[64], dir[128];
  Case c;
  Results *r = NULL;
  (void)state;
  folder_open(folder);
  case_open(folder, "", &c);
  snprintf(dir, sizeof dir, "%s/case.yaml/out", folder); /* a file where a folder should be */
  CHECK_SAYS(results_create(&c, dir, PETSC_TRUE, &r), "case.yaml");
  assert_null(r);
  CHECK_SAYS(results_create(&c, "/proc/nothing/here", PETSC_TRUE, &r), "cannot create folder '/proc/nothing'");
  CHECK_OK(case_free(&c));
  folder_close(folder);
}

/* A disk that fills up, by way of the limit on the size of files: an error that names the file, and no file. */
static void test_full(void **state) {
  char folder[64], dir[128];
  Case c;
  Results *r;
  int status;
  struct rlimit old, small;
  (void)state;
  folder_open(folder);
  case_open(folder, "", &c);
  snprintf(dir, sizeof dir, "%s/out", folder);
  CHECK_OK(results_create(&c, dir, PETSC_TRUE, &r));
  say_all(r);
  void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
  small = old;
  small.rlim_cur = 1500; /* history.csv and the case fit, report.json does not */
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  Heard heard = {"", 0};
  PetscPushErrorHandler(folder_hear, &heard);
  PetscErrorCode code = results_finish(r, &status);
  PetscPopErrorHandler();
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
  signal(SIGXFSZ, before);
  assert_int_equal(code, PETSC_ERR_USER_INPUT);
  assert_non_null(strstr(heard.text, "out/report.json': File too large"));
  CHECK_OK(results_destroy(&r));
  MPI_Barrier(PETSC_COMM_WORLD);
  assert_int_equal(folder_count(dir), -1);
  CHECK_OK(case_free(&c));
  folder_close(folder);
}

/* A run that could not do all: its files are there, the status is 2 even where expectations are met. */
static void test_incomplete(void **state) {
  char folder[64], dir[128];
  Case c;
  Results *r;
  int status = 0;
  (void)state;
  folder_open(folder);
  case_open(folder, "", &c);
  snprintf(dir, sizeof dir, "%s/out", folder);
  CHECK_OK(results_create(&c, dir, PETSC_TRUE, &r));
  say_all(r);
  CHECK_OK(results_incomplete(r, "the curve ends at %g %%", 12.5));
  CHECK_OK(results_finish(r, &status));
  assert_int_equal(status, 2);
  CHECK_OK(results_destroy(&r));
  MPI_Barrier(PETSC_COMM_WORLD);
  assert_true(folder_count(dir) > 3);
  MPI_Barrier(PETSC_COMM_WORLD); /* both have looked */
  CHECK_OK(case_free(&c));
  folder_close(folder);
}

/* Mistakes of a runner's author. */
static void test_misuse(void **state) {
  char folder[64], dir[128];
  Case c;
  Results *r;
  (void)state;
  folder_open(folder);
  case_open(folder, "", &c);
  snprintf(dir, sizeof dir, "%s/out", folder);
  CHECK_OK(results_create(&c, dir, PETSC_TRUE, &r));
  PetscPushErrorHandler(check_quiet_, NULL);
  assert_int_equal(results_row(r, "no table"), PETSC_ERR_PLIB);
  CHECK_OK(results_table(r, "t", "a|b"));
  assert_int_equal(results_row(r, "one cell"), PETSC_ERR_PLIB);
  CHECK_OK(results_quantity(r, "twice", 1, "", NAN));
  assert_int_equal(results_quantity(r, "twice", 1, "", NAN), PETSC_ERR_PLIB);
  assert_int_equal(results_history_row(r, 1, (const double[]){1}), PETSC_ERR_PLIB);
  CHECK_OK(results_history(r, "a,b"));
  assert_int_equal(results_history_row(r, 1, (const double[]){1}), PETSC_ERR_PLIB);
  PetscPopErrorHandler();
  CHECK_OK(results_destroy(&r));
  CHECK_OK(case_free(&c));
  folder_close(folder);
}

/* A report.json from elsewhere may hold anything: the page stays well-formed and nothing crashes. */
static void test_odd_records(void **state) {
  static const char *const text[] = {
      "{}",
      "{\"title\": 7, \"tables\": [1, {\"header\": [\"a\", 2], \"rows\": [[], 3, [null, \"x\", \"y\"]]}]}",
      "{\"charts\": [{}, 4, {\"series\": [{\"x\": [1, null, \"a\"], \"y\": [1], \"error\": [], \"line\": true, "
      "\"points\": true}, 5], \"log_x\": true}, {\"bars\": [{}, {\"name\": \"<b>\", \"value\": \"x\"}]}]}",
      "{\"expect\": [{}, 1, {\"name\": \"<i>\", \"lo\": \"x\"}], \"quantities\": {\"<u>\": 3, \"b\": {\"unit\": 4}}}",
      "{\"verdicts\": [3, {\"kind\": \"yes\"}], \"warnings\": [1, \"<p>\"], \"assumptions\": [{}, \"&\"]}",
      "{\"meshes\": [{}, 2], \"solves\": [{}, 2], \"cost\": 1, \"program\": [], \"resolved\": \"</pre><script>\"}",
  };
  (void)state;
  for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
    json_t *record = json_loads(text[i], 0, NULL);
    char *page = NULL;
    size_t n = 0;
    assert_non_null(record);
    FILE *file = open_memstream(&page, &n);
    assert_int_equal(report_write(record, file), 0);
    fclose(file);
    well_formed(page);
    assert_null(strstr(page, "<script"));
    free(page);
    json_decref(record);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_files),        cmocka_unit_test(test_again),
    cmocka_unit_test(test_expectations), cmocka_unit_test(test_unknown_quantity),
    cmocka_unit_test(test_abandoned),    cmocka_unit_test(test_unwritable),
    cmocka_unit_test(test_full),         cmocka_unit_test(test_misuse),
    cmocka_unit_test(test_incomplete),   cmocka_unit_test(test_odd_records),
};
CHECK_MAIN(tests)
