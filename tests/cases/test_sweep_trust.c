/* ranks: 1
   Stores and rows that are not what the program wrote: flipped bits, other tables, triggers, views, values changed by
   hand. They may be refused, or mended where the rows say enough; they are never believed, and nothing crashes. */
#include "cases/case_file/error.h"
#include "cases/sweep/sweep_row.h"
#include "tests/cases/store.h"

static const char axes[] = SWEEP_TWO "axes: {x: {key: lattice.porosity_pct, from: 1, to: 90, points: 90}}\n";

enum { ROWS = 6 };

static double value_of(int i) { return 1. / (i + 3); }

static json_t *quantities(int i) {
  return json_pack("{s:{s:f, s:s, s:f}}", "y", "value", value_of(i), "unit", "MPa", "uncertainty", 0.125);
}

/* A store of ROWS finished points, of which the last has failed, in one file. */
static void fill(const char *dir, const SweepPlan *plan) {
  SweepStore *store = store_opened(dir);
  for (int i = 0; i < ROWS; i++) {
    char content[CONTENT_TEXT];
    snprintf(content, sizeof content, "content %d", i);
    put(store, plan, i, content, "share");
    const PetscInt64 id = claim(store, plan, "worker", "share");
    if (i == ROWS - 1)
      finish_failed(store, id, "it broke");
    else
      finish(store, id, quantities(i));
  }
  CHECK_OK(sweep_store_close(&store));
}

static void put_bytes(const char *dir, const char *bytes, size_t n) {
  static const char *const tails[] = {"-wal", "-shm", "-journal", ""};
  char file[128];
  for (int i = 0; i < 4; i++) {
    snprintf(file, sizeof file, "%s/sweep.db%s", dir, tails[i]);
    unlink(file);
  }
  FILE *f = fopen(file, "w");
  assert_int_equal(fwrite(bytes, 1, n, f), n);
  fclose(f);
}

/* Tables that are not ours, each made in a good store. */
static void test_strange_tables(void **state) {
  static const char *const sql[] = {
      "CREATE TRIGGER t AFTER UPDATE ON point BEGIN DELETE FROM point; END",
      "CREATE TRIGGER t AFTER INSERT ON note BEGIN UPDATE point SET y = 42; END",
      "CREATE VIEW v AS SELECT * FROM point",
      "CREATE TABLE other(x)",
      "CREATE INDEX other ON point(y)",
      "DROP INDEX point_place",
      "ALTER TABLE point ADD COLUMN other REAL",
      "ALTER TABLE point ADD COLUMN other REAL AS (y * 2)",
      "INSERT INTO \"column\" VALUES('z', 'quantity', '', 'z')",
      "DELETE FROM \"column\" WHERE name = 'y'",
      "UPDATE \"column\" SET sql = 'z' WHERE kind = 'quantity'",
      "UPDATE \"column\" SET kind = 'other' WHERE kind = 'quantity'",
      "UPDATE point SET id = -id",
      "ALTER TABLE point RENAME TO p; CREATE VIEW point AS SELECT * FROM p",
      "ALTER TABLE note RENAME TO n; CREATE VIEW note AS SELECT * FROM n",
      "DROP TABLE note; CREATE VIRTUAL TABLE note USING fts5(name, text)",
  };
  Planned p;
  (void)state;
  planned_open(axes, &p);
  fill(p.folder, &p.plan);
  store_execute(p.folder, "PRAGMA journal_mode = DELETE");
  char *good, *bytes, *back;
  const size_t n_good = store_bytes(p.folder, &good);
  for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++) {
    put_bytes(p.folder, good, n_good);
    store_execute(p.folder, sql[i]);
    const size_t n = store_bytes(p.folder, &bytes);
    for (int create = 0; create < 2; create++) {
      SweepStore *store;
      ErrorReport report = {.kept = PETSC_TRUE, .own = PETSC_TRUE};
      CHECK_OK(PetscPushErrorHandler(error_handler, &report));
      PetscErrorCode failed = sweep_store_open(p.folder, create, &store);
      CHECK_OK(PetscPopErrorHandler());
      if (!failed || store || !strstr(report.text, "sweep.db: error: "))
        fail_msg("%s: believed, or '%s'", sql[i], report.text);
    }
    assert_int_equal(store_bytes(p.folder, &back), n);
    assert_memory_equal(back, bytes, n);
    free(back);
    free(bytes);
  }
  free(good);
  planned_close(&p);
}

/* What is believed of a store that was opened: only what was written. */
static int believed(SweepStore *store, const SweepPlan *plan) {
  SweepRows rows;
  ErrorReport report = {.kept = PETSC_TRUE, .own = PETSC_TRUE};
  int n = 0;
  CHECK_OK(PetscPushErrorHandler(error_handler, &report));
  PetscErrorCode failed = sweep_store_rows(store, plan, &rows);
  CHECK_OK(PetscPopErrorHandler());
  if (failed)
    return 0;
  const PetscInt y = rows_column(&rows, "y");
  for (PetscInt r = 0; r < rows.n; r++) {
    const SweepRow *row = &rows.row[r];
    if (strcmp(row->status, "done"))
      continue;
    const int i = row->content[0] ? row->content[8] - '0' : -1;
    assert_true(i >= 0 && i < ROWS - 1 && y >= 0 && rows.value[r * rows.n_columns + y] == value_of(i));
    assert_true(rows.axis[r] == plan->value[i][0]);
    n++;
  }
  CHECK_OK(sweep_store_rows_free(&rows));
  return n;
}

/* A bit flipped, here and there in the whole file. */
static void test_flipped_bits(void **state) {
  enum { STRIDE = 211, OF_DATA = 17 };
  Planned p;
  char *good;
  int refused = 0, all = 0, tries = 0;
  (void)state;
  planned_open(axes, &p);
  fill(p.folder, &p.plan);
  store_execute(p.folder, "PRAGMA journal_mode = DELETE");
  const size_t n = store_bytes(p.folder, &good);
  for (size_t i = 0; i < n; i++) {
    if (!good[i] && i % STRIDE) /* pages are nearly empty: more of the bytes that hold something are tried */
      continue;
    if (good[i] && i % OF_DATA)
      continue;
    ErrorReport report = {.kept = PETSC_TRUE, .own = PETSC_TRUE};
    SweepStore *store;
    good[i] ^= (char)(1 << i % 8);
    put_bytes(p.folder, good, n);
    good[i] ^= (char)(1 << i % 8);
    CHECK_OK(PetscPushErrorHandler(error_handler, &report));
    PetscErrorCode failed = sweep_store_open(p.folder, true, &store);
    CHECK_OK(PetscPopErrorHandler());
    tries++;
    refused += failed != PETSC_SUCCESS;
    if (!failed)
      all += believed(store, &p.plan) == ROWS - 1;
    CHECK_OK(sweep_store_close(&store));
  }
  printf("%d bits flipped: %d stores refused, %d with all rows, the others with fewer\n", tries, refused, all);
  assert_true(tries > 200 && refused > 0 && all > 0 && refused + all < tries);
  free(good);
  planned_close(&p);
}

/* Every way by which the same sweep, started again, meets a finished row that was changed: it is computed again. */
static void test_changed_rows(void **state) {
  static const char *const sql[] = {
      "UPDATE point SET y = y * 2 WHERE content = 'content 1'",
      "UPDATE point SET \"y ±\" = NULL WHERE content = 'content 1'",
      "UPDATE point SET x = 80 WHERE content = 'content 1'",
      "UPDATE point SET status = 'failed' WHERE content = 'content 1'",
      "UPDATE point SET seal = NULL WHERE content = 'content 1'",
      "UPDATE point SET missed = 'E_MPa' WHERE content = 'content 1'",
      "UPDATE point SET valueless = 'y|', y = NULL WHERE content = 'content 1'",
      "UPDATE point SET status = 'done', y = 5 WHERE content = 'content 5'",
  };
  Planned p;
  (void)state;
  planned_open(axes, &p);
  for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++) {
    SweepRows rows;
    fill(p.folder, &p.plan);
    store_execute(p.folder, sql[i]);
    SweepStore *store = store_opened(p.folder);
    CHECK_OK(sweep_store_rows(store, &p.plan, &rows));
    assert_int_equal(rows.n_damaged, 1);
    CHECK_OK(sweep_store_rows_free(&rows));
    CHECK_OK(sweep_store_begin(store));
    CHECK_OK(sweep_store_unplace(store, ROLE_POINT));
    for (int k = 0; k < ROWS; k++) {
      char content[CONTENT_TEXT];
      snprintf(content, sizeof content, "content %d", k);
      put(store, &p.plan, k, content, "share");
    }
    CHECK_OK(sweep_store_commit(store));
    assert_int_equal(sweep_store_refused(store), 1);
    const bool was_failed = strstr(sql[i], "content 5") != NULL;
    counts_are(store, 1, 0, ROWS - 2 + was_failed, !was_failed, 0, 0);
    finish(store, claim(store, &p.plan, "w", ""), quantities(1));
    CHECK_OK(sweep_store_rows(store, &p.plan, &rows));
    assert_int_equal(rows.n_damaged, 0);
    CHECK_OK(sweep_store_rows_free(&rows));
    store_execute(p.folder, "DELETE FROM point; DELETE FROM note");
    CHECK_OK(sweep_store_discard(&store));
    assert_int_equal(folder_count(p.folder), 1);
  }
  planned_close(&p);
}

/* Rows that vanish while a sweep is at work, and columns that another program makes. */
static void test_missing_rows(void **state) {
  Planned p;
  SweepRows rows;
  PetscInt missing;
  (void)state;
  planned_open(axes, &p);
  fill(p.folder, &p.plan);
  SweepStore *store = store_opened(p.folder), *other = store_opened(p.folder);
  put(other, &p.plan, 10, "other", "share");
  finish(other, claim(other, &p.plan, "w", ""), json_pack("{s:{s:f, s:s}}", "new", "value", 1., "unit", ""));
  CHECK_OK(sweep_store_begin(store));
  CHECK_OK(sweep_store_unplace(store, ROLE_POINT));
  put(store, &p.plan, 0, "content 0", "share");
  put(store, &p.plan, 1, "content 1", "share");
  put(store, &p.plan, 2, "other", "share");
  CHECK_OK(sweep_store_commit(store));
  assert_int_equal(sweep_store_refused(store), 0);
  CHECK_OK(sweep_store_rows(store, &p.plan, &rows));
  CHECK_OK(sweep_store_missing(store, &rows, &missing));
  assert_true(rows.n == 3 && !missing && !rows.n_damaged);
  CHECK_OK(sweep_store_rows_free(&rows));
  store_execute(p.folder,
                "DELETE FROM point WHERE content = 'other'; UPDATE point SET y = 1 WHERE content = 'content 0'");
  CHECK_OK(sweep_store_rows(store, &p.plan, &rows));
  CHECK_OK(sweep_store_missing(store, &rows, &missing));
  assert_true(rows.n == 2 && missing == 2 && rows.n_damaged == 1);
  CHECK_OK(sweep_store_rows_free(&rows));
  CHECK_OK(sweep_store_close(&store));
  CHECK_OK(sweep_store_close(&other));
  planned_close(&p);
}

/* A sweep that is refused does not take away the empty store of another that begins in the same folder. */
static void test_discarded_beside_another(void **state) {
  Planned p;
  (void)state;
  planned_open(axes, &p);
  SweepStore *one = store_opened(p.folder), *other = store_opened(p.folder);
  CHECK_OK(sweep_store_discard(&one));
  put(other, &p.plan, 0, "a", "s");
  assert_int_equal(store_number(p.folder, "SELECT count(*) FROM point"), 1);
  store_execute(p.folder, "DELETE FROM point");
  CHECK_OK(sweep_store_discard(&other));
  assert_int_equal(folder_count(p.folder), 1); /* the sweep file */
  planned_close(&p);
}

static json_t *row_of_task(void) {
  json_t *row = row_done(quantities(1));
  json_object_set_new(row, "key", json_string("content 1"));
  assert_true(sweep_row_seal(row));
  return row;
}

/* As text: a row with part of it changed does not hold; with its seal made anew it does, unless it is no row. */
static void test_rows_of_tasks(void **state) {
  static const struct {
    const char *member, *json;
    bool is_row;
  } changes[] = {
      {"status", "\"failed\"", true},
      {"status", "\"DONE\"", false},
      {"status", "1", false},
      {"why", "\"because\"", true},
      {"why", "[]", false},
      {"quantities", "{}", true},
      {"quantities", "[]", false},
      {"quantities", "{\"y\": 1}", false},
      {"quantities", "{\"y\": {\"value\": \"1\", \"unit\": \"\"}}", false},
      {"quantities", "{\"y\": {\"value\": 1, \"unit\": 2}}", false},
      {"wall_s", "\"1\"", false},
      {"ranks", "1.5", false},
      {"machine", "null", false},
      {"key", "null", false},
      {"program", "{}", false},
  };
  (void)state;
  json_t *row = row_of_task();
  assert_true(sweep_row_holds(row));
  char *text = json_dumps(row, JSON_COMPACT | JSON_REAL_PRECISION(17));
  json_t *back = json_loads(text, 0, NULL);
  assert_true(sweep_row_holds(back));
  for (size_t i = 0; text[i]; i++) { /* a digit or letter changed anywhere */
    const char was = text[i];
    text[i] ^= 1;
    json_t *changed = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    if (changed && !json_equal(changed, row))
      assert_false(sweep_row_holds(changed));
    json_decref(changed);
    text[i] = was;
  }
  free(text);
  json_decref(back);
  json_decref(row);
  for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
    row = row_of_task();
    json_object_set_new(row, changes[i].member, json_loads(changes[i].json, JSON_DECODE_ANY, NULL));
    assert_false(sweep_row_holds(row));
    assert_true(sweep_row_seal(row));
    if (sweep_row_holds(row) != changes[i].is_row)
      fail_msg("%s: %s", changes[i].member, changes[i].json);
    json_decref(row);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_strange_tables), cmocka_unit_test(test_flipped_bits),
    cmocka_unit_test(test_changed_rows),   cmocka_unit_test(test_missing_rows),
    cmocka_unit_test(test_rows_of_tasks),  cmocka_unit_test(test_discarded_beside_another),
};
CHECK_MAIN(tests)
