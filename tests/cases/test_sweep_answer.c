/* ranks: 1 2
   What a sweep answers, on a table of cages made up from power laws: the design that follows from them by hand, its
   sensitivities, wishes that contradict, and tables that hold little. */
#include "cases/results/results.h"
#include "cases/sweep/sampling.h"
#include "cases/sweep/sweep_answer.h"
#include "mesh/random.h"
#include "tests/cases/folder.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { N = 240, AXES = 4, COLUMNS = 5, TA = 0, TI = 1, PEEK = 2 };
enum { E_GPA, MARGIN, APERTURE, RESORBED, DENSITY };

static const Runner quiet_runner = {.name = "test", .help = "a runner of this test"};
static const char *const metals[] = {"tantalum", "titanium", "peek"};
static const double young_GPa[] = {186, 110, 3.6}, yield_MPa[] = {331, 900, 100};

static const AnswerAxis axes[AXES] = {{"metal", "", ANSWER_WORD, 3, metals},
                                      {"porosity_pct", "%", ANSWER_LINEAR, 0, NULL},
                                      {"strut_mm", "mm", ANSWER_LOG, 0, NULL},
                                      {"seed", "", ANSWER_CHANCE, 0, NULL}};
static const AnswerColumn columns[COLUMNS] = {
    {"cage_E_GPa", "GPa"}, {"margin_yield", ""}, {"aperture_um", "um"}, {"resorbed_pct", "%"}, {"solid", ""}};

/* Gibson-Ashby with the exponents 2.4 and 1.5; cells of 1.5 struts over the root of the density. */
static void cage(int metal, double porosity_pct, double strut_mm, double value[COLUMNS]) {
  const double rho = 1 - porosity_pct / 100;
  value[E_GPA] = young_GPa[metal] * pow(rho, 2.4);
  value[MARGIN] = yield_MPa[metal] * pow(rho, 1.5) / 10;
  value[APERTURE] = 1000 * strut_mm * (1.05 / sqrt(rho) - 1);
  value[RESORBED] = 100 / (1 + pow(2 / value[E_GPA], 1.5));
  value[DENSITY] = 1;
}

typedef struct Made {
  double at[N * AXES], value[N * COLUMNS];
  AnswerTable table;
} Made;

/* Sobol points, a third for each metal in turn or all of one; 1 % noise; every 40th point failed. */
static void make(int only, Made *made) {
  double u[N * 2];
  sampling_fill(SAMPLING_SOBOL, 1, N, 2, u);
  for (int i = 0; i < N; i++) {
    double *at = made->at + i * AXES, *value = made->value + i * COLUMNS;
    at[0] = only >= 0 ? only : i % 3;
    at[1] = 45 + 45 * u[2 * i];
    at[2] = sampling_log(0.15, 0.6, u[2 * i + 1]);
    at[3] = i;
    cage((int)at[0], at[1], at[2], value);
    for (int c = 0; c < DENSITY; c++)
      value[c] *= i % 40 == 7 ? NAN : 1 + 0.01 * random_normal(1, (uint64_t)i, (uint32_t)c, 4);
  }
  made->table = (AnswerTable){N, AXES, COLUMNS, axes, made->at, columns, made->value};
}

static void wish_for(PetscInt column, const char *text, AnswerWish *wish) {
  char why[512];
  assert_true(wish_parse(text, &wish->wish, why, sizeof why));
  wish->column = column;
}

/* The answer as the report has it. */
static json_t *answer(const AnswerTable *table, PetscInt m, const AnswerWish *wish, SweepDesign *design) {
  char folder[64], file[128], dir[128], report[160];
  int status;
  Results *results;
  folder_open(folder);
  folder_put(folder, "case.yaml", "runner: test\n");
  snprintf(file, sizeof file, "%s/case.yaml", folder);
  snprintf(dir, sizeof dir, "%s/out", folder);
  Case c = {.comm = PETSC_COMM_WORLD, .runner = &quiet_runner, .name = "case"};
  strcpy(c.file, file);
  CHECK_OK(document_read(PETSC_COMM_WORLD, file, &c.doc));
  const KeyTable tables[] = {answer_keys, solve_keys};
  CHECK_OK(document_check(c.doc, 2, tables));
  CHECK_OK(results_create(&c, dir, PETSC_TRUE, &results));
  CHECK_OK(sweep_answer(table, m, wish, results, design));
  CHECK_OK(results_finish(results, &status));
  CHECK_OK(results_destroy(&results));
  CHECK_OK(document_destroy(&c.doc));
  MPI_Barrier(PETSC_COMM_WORLD);
  snprintf(report, sizeof report, "%s/report.json", dir);
  json_t *record = json_load_file(report, 0, NULL);
  assert_non_null(record);
  folder_close(folder);
  return record;
}

static double quantity(const json_t *record, const char *name, const char *what) {
  const json_t *q = json_object_get(json_object_get(record, "quantities"), name);
  if (!q)
    fail_msg("there is no quantity '%s'", name);
  return json_number_value(json_object_get(q, what));
}

/* The rows of the table whose title begins so. */
static const json_t *rows_of(const json_t *record, const char *title) {
  const json_t *table;
  size_t i;
  json_array_foreach(json_object_get(record, "tables"), i, table) {
    if (!strncmp(json_string_value(json_object_get(table, "title")), title, strlen(title)))
      return json_object_get(table, "rows");
  }
  fail_msg("there is no table '%s'", title);
  return NULL;
}

static const char *cell(const json_t *rows, size_t row, size_t column) {
  const char *text = json_string_value(json_array_get(json_array_get(rows, row), column));
  assert_non_null(text);
  return text;
}

static int verdicts(const json_t *record, const char *kind, const char *part) {
  const json_t *verdict;
  size_t i;
  int found = 0;
  json_array_foreach(json_object_get(record, "verdicts"), i, verdict) found +=
      !strcmp(json_string_value(json_object_get(verdict, "kind")), kind) &&
      strstr(json_string_value(json_object_get(verdict, "text")), part);
  return found;
}

/* Least resorption is least stiffness: 1 GPa. Titanium has a margin of 4.8 there, tantalum 1.26 and would need 2.08 GPa
   for 2; peek is never as stiff as 1 GPa. */
static void test_cage(void **state) {
  (void)state;
  static Made made;
  AnswerWish wish[4];
  SweepDesign design;
  double truth[COLUMNS];
  make(-1, &made);
  wish_for(E_GPA, "within [1, 3]", &wish[0]);
  wish_for(MARGIN, ">= 2", &wish[1]);
  wish_for(RESORBED, "minimal", &wish[2]);
  wish_for(APERTURE, "within [400, 700]", &wish[3]);
  json_t *record = answer(&made.table, 4, wish, &design);

  assert_true(design.holds && design.point == -1 && design.at[0] == TI);
  cage(TI, design.at[1], design.at[2], truth);
  CHECK_NEAR(truth[E_GPA], 1.02, 0.03, "the least stiffness, with one standard error to spare");
  assert_true(truth[MARGIN] > 2 && truth[APERTURE] > 396 && truth[APERTURE] < 707);
  CHECK_NEAR(truth[RESORBED], 100 / (1 + pow(2 / 1.02, 1.5)), 0.03, "resorption there");
  for (int w = 0; w < 4; w++)
    CHECK_BELOW(fabs(design.expected[w] - truth[wish[w].column]), 3 * design.error[w], "the error told is honest");

  assert_true(quantity(record, "choose.porosity_pct", "value") == design.at[1]);
  assert_true(quantity(record, "choose.cage_E_GPa", "value") == design.expected[0]);
  assert_true(quantity(record, "choose.cage_E_GPa", "uncertainty") == design.error[0]);
  CHECK_BELOW(quantity(record, "surface.cage_E_GPa.error_pct", "value"), 2, "1 % noise of the values");
  assert_int_equal(verdicts(record, "note", "probability"), 3); /* yes or no comes when it is computed */
  assert_int_equal(verdicts(record, "yes", ""), 0);
  assert_int_equal(verdicts(record, "no", ""), 0);
  assert_int_equal(verdicts(record, "note", "metal = titanium"), 1);

  const json_t *rows = rows_of(record, "Sensitivity");
  assert_int_equal(json_array_size(rows), 4 * 2);
  assert_string_equal(cell(rows, 0, 0), "cage_E_GPa within [1, 3] GPa");
  assert_string_equal(cell(rows, 0, 1), "porosity_pct, %");
  CHECK_NEAR(atof(cell(rows, 0, 3)), -2.4 * design.at[1] / (100 - design.at[1]), 0.1, "d ln E / d ln porosity");
  CHECK_NEAR(atof(cell(rows, 0, 5)), 100 * (1 - pow(3. / 110, 1 / 2.4)), 0.01, "where titanium has 3 GPa");
  CHECK_NEAR(atof(cell(rows, 7, 3)), 1, 0.05, "the aperture is proportional to the strut");

  rows = rows_of(record, "Response surfaces");
  assert_int_equal(json_array_size(rows), COLUMNS * 3);
  assert_string_equal(cell(rows, 1, 0), "cage_E_GPa, GPa: titanium");
  assert_string_equal(cell(rows, 14, 7), "constant");
  rows = rows_of(record, "Best designs");
  assert_true(json_array_size(rows) >= 5 && json_array_size(rows) <= 15);
  assert_string_equal(cell(rows, 0, 0), "chosen, by the surfaces");
  assert_string_equal(cell(rows, 0, 1), "titanium");
  assert_int_equal(json_array_size(rows_of(record, "Wishes")), 4);
  assert_int_equal(json_array_size(json_object_get(record, "charts")), 4);
  json_decref(record);
}

/* Peek cannot be stiff and open at once; the nearest design is told, and which wishes do it. */
static void test_contradiction(void **state) {
  (void)state;
  static Made made;
  AnswerWish wish[3];
  SweepDesign design;
  make(PEEK, &made);
  wish_for(E_GPA, ">= 0.5", &wish[0]);
  wish_for(APERTURE, ">= 500", &wish[1]);
  wish_for(APERTURE, "maximal", &wish[2]);
  json_t *record = answer(&made.table, 3, wish, &design);
  assert_false(design.holds);
  assert_true(quantity(record, "choose.feasible", "value") == 0);
  assert_int_equal(verdicts(record, "note", "no computed point meets both: cage_E_GPa >= 0.5 GPa, and"), 1);
  assert_true(verdicts(record, "no", "") >= 1);
  assert_int_equal(verdicts(record, "note", "does not meet all wishes"), 1);
  json_decref(record);
}

/* Without wishes, and with words as the only axis. */
static void test_little(void **state) {
  (void)state;
  static Made made;
  AnswerWish wish;
  SweepDesign design;
  make(-1, &made);
  json_t *record = answer(&made.table, 0, NULL, NULL);
  assert_int_equal(json_array_size(json_object_get(record, "tables")), 1);
  assert_int_equal(json_array_size(json_object_get(record, "charts")), COLUMNS);
  json_decref(record);

  const double at[] = {0, 1, 2};
  made.table.n_points = 3;
  made.table.n_axes = 1;
  made.table.at = at;
  wish_for(MARGIN, "maximal", &wish);
  record = answer(&made.table, 1, &wish, &design);
  double best = -INFINITY;
  PetscInt which = -1;
  for (PetscInt i = 0; i < 3; i++)
    if (made.value[i * COLUMNS + MARGIN] > best) {
      best = made.value[i * COLUMNS + MARGIN];
      which = i;
    }
  assert_true(design.point == which && design.holds && design.expected[0] == best);
  assert_int_equal(json_array_size(json_object_get(record, "charts")), 0);
  json_decref(record);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_cage),
    cmocka_unit_test(test_contradiction),
    cmocka_unit_test(test_little),
};
CHECK_MAIN(tests)
