/* ranks: 1
   A chosen design that misses a bound when it is computed or confirmed gives way to the best computed design that meets
   all of them; where there is none the answer is no. */
#include "cases/sweep/sweep_choose.h"
#include "tests/cases/sweep.h"
#include <math.h>

enum { N = 6 };

/* Points 10, 20, ... 60 of x; strength falls with x and is wanted at least 1.5; weight falls too and is minimal. */
static const char text[] = SWEEP_ONE "axes: {x: {key: lattice.porosity_pct, values: [10, 20, 30, 40, 50, 60]}}\n"
                                     "collect: {strength: {of: cage_E_MPa}, weight: {of: cage_E_MPa}}\n"
                                     "choose: {strength: \">= 1.5\", weight: minimal}\n"
                                     "confirm: {set: [model=voxel]}\n";
static const char *const names[2] = {"strength", "weight"};
static const double strength[N] = {1.9, 1.8, 1.7, 1.6, 1.4, 1.3}, weight[N] = {6, 5, 4, 3, 2, 1};

static void put_row(SweepRows *rows, SweepRole role, const char *content, double x, double s, double w) {
  SweepRow *row = &rows->row[rows->n];
  *row = (SweepRow){.id = rows->n + 1, .place = rows->n, .role = role, .status = "done"};
  snprintf(row->content, sizeof row->content, "%s", content);
  rows->axis[rows->n] = x;
  rows->value[2 * rows->n] = s;
  rows->value[2 * rows->n++ + 1] = w;
}

/* The points, and a chosen design at x = 45 of that strength. */
static void begin(double chosen, SweepRows *rows, SweepChoice *choice) {
  const PetscInt room = 3 * N;
  memset(rows, 0, sizeof *rows);
  CHECK_OK(PetscCalloc1(room, &rows->row));
  CHECK_OK(PetscCalloc1(2, &rows->column));
  CHECK_OK(PetscMalloc1(room, &rows->axis));
  CHECK_OK(PetscMalloc1(2 * room, &rows->value));
  rows->n_axes = 1;
  rows->n_columns = 2;
  for (int k = 0; k < 2; k++) {
    strcpy(rows->column[k].kind, "quantity");
    CHECK_OK(PetscStrallocpy(names[k], &rows->column[k].name));
    CHECK_OK(PetscStrallocpy("", &rows->column[k].unit));
  }
  for (int i = 0; i < N; i++) {
    char content[16];
    snprintf(content, sizeof content, "point %d", i);
    put_row(rows, ROLE_POINT, content, 10. * (i + 1), strength[i], weight[i]);
  }
  put_row(rows, ROLE_CHOSEN, "chosen", 45, chosen, 2.5);
  *choice = (SweepChoice){.made = true, .holds = true, .value = {45}, .content = {"chosen", ""}};
  choice->design = (SweepDesign){.point = -1, .holds = true, .expected = {1.502, 2.5}, .error = {0.0016, 0.1}};
}

static bool judged(const Planned *p, const SweepRows *rows, bool confirmed, SweepChoice *choice) {
  bool again;
  CHECK_OK(sweep_judge(&p->plan, rows, confirmed, choice, &again));
  return again;
}

static void test_gives_way(void **state) {
  Planned p;
  SweepRows rows;
  SweepChoice choice;
  (void)state;
  planned_open(text, &p);
  begin(1.501, &rows, &choice); /* it holds: nothing changes */
  assert_false(judged(&p, &rows, false, &choice));
  assert_true(choice.holds && choice.n_gave_way == 0 && choice.value[0] == 45);
  CHECK_OK(sweep_store_rows_free(&rows));

  begin(1.499, &rows, &choice);
  assert_true(judged(&p, &rows, false, &choice));
  assert_true(choice.holds && choice.n_gave_way == 1 && choice.value[0] == 40); /* the lightest that holds */
  assert_true(choice.design.point >= 0 && choice.design.expected[0] == 1.6 && choice.design.error[0] == 0);
  assert_non_null(strstr(choice.gave_way[0].words, "x = 45 as computed has strength = 1.499, which is not >= 1.5"));
  assert_non_null(
      strstr(choice.gave_way[0].words, "gives way to the best computed design that meets every bound, x = 40"));
  strcpy(choice.content[0], "point 3");
  assert_false(judged(&p, &rows, false, &choice)); /* and it holds */

  /* Its confirmation misses the bound, and so does that of the next; the third one holds. */
  for (int i = 3; i >= 2; i--) {
    snprintf(choice.content[0], CONTENT_TEXT, "point %d", i);
    snprintf(choice.content[1], CONTENT_TEXT, "confirm %d", i);
    put_row(&rows, ROLE_CONFIRM, choice.content[1], 10. * (i + 1), 1.45, 0); /* light, but no design */
    assert_true(judged(&p, &rows, true, &choice));
    assert_true(choice.value[0] == 10. * i && !choice.content[0][0]);
  }
  strcpy(choice.content[0], "point 1");
  strcpy(choice.content[1], "confirm 1");
  put_row(&rows, ROLE_CONFIRM, "confirm 1", 20, 1.55, 5);
  assert_false(judged(&p, &rows, true, &choice));
  assert_true(choice.holds && choice.n_gave_way == 3 && choice.value[0] == 20);
  assert_non_null(strstr(choice.gave_way[1].words, "as confirmed has strength = 1.45"));
  CHECK_OK(sweep_store_rows_free(&rows));
  planned_close(&p);
}

static int verdicts(const json_t *summary, const char *kind, const char *part) {
  const json_t *verdict;
  size_t i;
  int n = 0;
  json_array_foreach(json_object_get(summary, "verdicts"), i, verdict) n +=
      !strcmp(json_string_value(json_object_get(verdict, "kind")), kind) &&
      strstr(json_string_value(json_object_get(verdict, "text")), part);
  return n;
}

static double quantity(const json_t *summary, const char *name) {
  const json_t *value = json_object_get(json_object_get(json_object_get(summary, "quantities"), name), "value");
  assert_true(json_is_number(value));
  return json_number_value(value);
}

/* What is said at the end: of one design either yes or no. */
static json_t *told(const Planned *p, const SweepRows *rows, SweepChoice *choice) {
  Results *results;
  char dir[80], file[96];
  int status;
  snprintf(dir, sizeof dir, "%s/out", p->folder);
  snprintf(file, sizeof file, "%s/report.json", dir);
  CHECK_OK(results_create(&p->c, dir, PETSC_TRUE, &results));
  CHECK_OK(sweep_tell_chosen(&p->plan, rows, results, choice));
  CHECK_OK(results_finish(results, &status));
  CHECK_OK(results_destroy(&results));
  json_t *summary = json_load_file(file, 0, NULL);
  assert_non_null(summary);
  return summary;
}

static void test_words(void **state) {
  Planned p;
  SweepRows rows;
  SweepChoice choice;
  (void)state;
  planned_open(text, &p);
  begin(1.499, &rows, &choice);
  assert_true(judged(&p, &rows, false, &choice));
  strcpy(choice.content[0], "point 3");
  json_t *summary = told(&p, &rows, &choice);
  assert_true(choice.holds && !verdicts(summary, "no", ""));
  assert_int_equal(verdicts(summary, "yes", "strength >= 1.5: 1.6 computed"), 1);
  assert_int_equal(verdicts(summary, "yes", "x = 40 meets every bound"), 1);
  assert_int_equal(verdicts(summary, "note", "x = 45 as computed has strength = 1.499"), 1);
  assert_true(quantity(summary, "chosen.axis.x") == 40 && quantity(summary, "chosen.strength") == 1.6);
  assert_true(quantity(summary, "choose.gave_way") == 1 && quantity(summary, "choose.feasible") == 1);
  json_decref(summary);
  CHECK_OK(sweep_store_rows_free(&rows));

  begin(1.499, &rows, &choice); /* no point is strong enough */
  for (int i = 0; i < N; i++)
    rows.value[2 * i] = 1;
  assert_false(judged(&p, &rows, false, &choice));
  assert_true(!choice.holds && choice.n_gave_way == 1 && choice.value[0] == 45);
  assert_non_null(strstr(choice.gave_way[0].words, "no other computed design meets every bound"));
  summary = told(&p, &rows, &choice);
  assert_true(!verdicts(summary, "yes", ""));
  assert_int_equal(verdicts(summary, "no", "strength >= 1.5: 1.499 computed"), 1);
  assert_true(quantity(summary, "choose.feasible") == 0);
  json_decref(summary);
  CHECK_OK(sweep_store_rows_free(&rows));

  begin(1.6, &rows, &choice); /* it could not be computed, or gives no value */
  rows.value[2 * N + 1] = NAN;
  assert_true(judged(&p, &rows, false, &choice) && choice.value[0] == 40);
  CHECK_OK(sweep_store_rows_free(&rows));
  begin(1.6, &rows, &choice);
  strcpy(rows.row[N].status, "failed");
  assert_true(judged(&p, &rows, false, &choice) && choice.value[0] == 40);
  CHECK_OK(sweep_store_rows_free(&rows));
  planned_close(&p);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_gives_way),
    cmocka_unit_test(test_words),
};
CHECK_MAIN(tests)
