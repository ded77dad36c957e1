/* ranks: 1
   The table of a sweep: rows that come, are finished, are left out and come again; hostile names; damaged files. */
#include "tests/cases/store.h"

static const char two_axes[] = SWEEP_TWO "axes:\n"
                                         "  porosity_pct: {key: lattice.porosity_pct, values: [60, 70.1]}\n"
                                         "  cell: {key: lattice.cell, values: [octet, diamond, \"it's; DROP\"]}\n";
static const char one_axis[] = SWEEP_TWO "axes: {x: {key: lattice.porosity_pct, from: 1, to: 90, points: 90}}\n";

static json_t *number(double value, const char *unit, double uncertainty) {
  return json_pack("{s:o, s:s, s:o}", "value", isnan(value) ? json_null() : json_real(value), "unit", unit,
                   "uncertainty", isnan(uncertainty) ? json_null() : json_real(uncertainty));
}

static double value_at(const SweepRows *rows, PetscInt r, const char *name) {
  const PetscInt k = rows_column(rows, name);
  if (k < 0)
    fail_msg("no column '%s'", name);
  return rows->value[r * rows->n_columns + k];
}

static void test_rows(void **state) {
  Planned p;
  SweepRows rows;
  (void)state;
  planned_open(two_axes, &p);
  SweepStore *store = store_opened(p.folder), *again;
  CHECK_OK(sweep_store_rows(store, &p.plan, &rows)); /* an empty table */
  assert_true(rows.n == 0 && rows.n_columns == 0);
  CHECK_OK(sweep_store_rows_free(&rows));
  for (int i = 5; i >= 0; i--)
    put(store, &p.plan, i, (const char *[]){"a", "b", "c", "d", "e", "f"}[i], "s");
  counts_are(store, 6, 0, 0, 0, 0, 0);
  for (int i = 0; i < 6; i++) {
    SweepClaim got;
    CHECK_OK(sweep_store_claim(store, &p.plan, "w", "s", &got));
    assert_true(got.id && got.place == i && got.role == ROLE_POINT); /* in the order of the sweep */
    assert_true(got.content[0] == 'a' + i && !got.content[1] && !strcmp(got.share, "s"));
    assert_true(got.value[0] == p.plan.value[i][0] && got.value[1] == p.plan.value[i][1]);
    if (i == 4)
      finish_failed(store, got.id, "it \"broke\"; '); DROP TABLE point; --\nand more");
    else
      finish(store, got.id,
             json_pack("{s:o, s:o}", "y", number(1. / (i + 3), "MPa", i == 1 ? 1. / 7 : NAN), "porosity_pct",
                       number(i == 2 ? NAN : 0.1 * i, "%", NAN)));
  }
  assert_true(claim(store, &p.plan, "w", "s") == 0);
  counts_are(store, 0, 0, 5, 1, 0, 0);
  CHECK_OK(sweep_store_close(&store));

  CHECK_OK(sweep_store_open(p.folder, false, &again));
  CHECK_OK(sweep_store_rows(again, &p.plan, &rows));
  assert_true(rows.n == 6 && rows.n_axes == 2 && rows.n_columns == 3);
  for (int i = 0; i < 6; i++) {
    const SweepRow *row = &rows.row[i];
    assert_true(row->place == i && row->role == ROLE_POINT && row->id && row->wall_s == 0.25 && row->cpu_s == 0.5);
    CHECK_NEAR(row->peak_rss_bytes, 5e9, 0, "more than 32 bits");
    assert_string_equal(row->status, i == 4 ? "failed" : "done");
    assert_true(rows.axis[2 * i] == p.plan.value[i][0] && rows.axis[2 * i + 1] == i % 3);
    assert_true((row->why != NULL) == (i == 4) && !row->missed);
    if (i == 4)
      assert_true(isnan(value_at(&rows, i, "y")));
    else
      CHECK_NEAR(value_at(&rows, i, "y"), 1. / (i + 3), 0, "all digits");
    assert_true(i == 4 || i == 2 || value_at(&rows, i, "porosity_pct") == 0.1 * i); /* the quantity, not the axis */
  }
  assert_string_equal(rows.row[4].why, "it \"broke\"; '); DROP TABLE point; --\nand more");
  assert_true(isnan(value_at(&rows, 2, "porosity_pct")));
  assert_string_equal(rows.row[2].valueless, "porosity_pct|"); /* given, but without a value */
  assert_true(!rows.row[1].valueless && !rows.row[4].valueless);
  for (PetscInt k = 0; k < 3; k++)
    if (!strcmp(rows.column[k].kind, "uncertainty")) {
      CHECK_NEAR(rows.value[1 * 3 + k], 1. / 7, 0, "all digits");
      assert_true(isnan(rows.value[0 * 3 + k]) && !strcmp(rows.column[k].name, "y"));
    }
  assert_string_equal(rows.column[rows_column(&rows, "y")].unit, "MPa");
  CHECK_OK(sweep_store_rows_free(&rows));
  CHECK_OK(sweep_store_close(&again));
  assert_int_equal(store_number(p.folder, "SELECT count(*) FROM point WHERE cell = 'it''s; DROP'"), 2);
  assert_int_equal(store_number(p.folder, "SELECT \"computed.porosity_pct\" * 10 FROM point WHERE content = 'd'"), 3);
  planned_close(&p);
}

static const char *const hostile[] = {
    "E_MPa", "e_mpa",     "E_mPa", "status",     "STATUS", "rowid", "_rowid_", "id",       "x",       "X",
    "a\"b",  "a'b",       "a;b",   "a\nb",       "",       "?1",    "@x",      "computed", "where 1", "axis.x",
    "x ±",   "\xc3\xa9t", "%s%n",  "computed.x", "place",  "why",   "a|b",     "a/b",      "--",      "\\"};
enum { HOSTILE = sizeof hostile / sizeof hostile[0] };

static void test_hostile_names(void **state) {
  Planned p;
  SweepRows rows;
  char longest[3][301];
  (void)state;
  planned_open(one_axis, &p);
  SweepStore *store = store_opened(p.folder);
  put(store, &p.plan, 6, "'); DELETE FROM point; --", "'; DROP TABLE point; --");
  const PetscInt64 id = claim(store, &p.plan, "'); DELETE FROM point; --", "' OR 1 --");
  json_t *quantities = json_object();
  for (int i = 0; i < HOSTILE; i++)
    json_object_set_new(quantities, hostile[i], number(i + 0.5, hostile[HOSTILE - 1 - i], i % 2 ? -i : NAN));
  for (int i = 0; i < 3; i++) { /* alike in their first 299 letters */
    memset(longest[i], 'n', 300);
    longest[i][299] = (char)('a' + i);
    longest[i][300] = 0;
    json_object_set_new(quantities, longest[i], number(100 + i, "", 1));
  }
  finish(store, id, quantities);
  CHECK_OK(sweep_store_note(store, "'; DROP TABLE note; --", "\"text\" ' ;"));
  CHECK_OK(sweep_store_note(store, "'; DROP TABLE note; --", "new"));
  char *text;
  CHECK_OK(sweep_store_noted(store, "'; DROP TABLE note; --", &text));
  assert_string_equal(text, "new");
  CHECK_OK(PetscFree(text));
  CHECK_OK(sweep_store_noted(store, "nothing", &text));
  assert_null(text);
  CHECK_OK(sweep_store_rows(store, &p.plan, &rows));
  assert_int_equal(rows.n, 1);
  assert_true(rows.axis[0] == 7);
  assert_string_equal(rows.row[0].content, "'); DELETE FROM point; --");
  assert_int_equal(rows.n_columns, HOSTILE + HOSTILE / 2 + 6);
  for (int i = 0; i < HOSTILE; i++) {
    const PetscInt k = rows_column(&rows, hostile[i]);
    assert_true(rows.value[k] == i + 0.5);
    assert_string_equal(rows.column[k].unit, hostile[HOSTILE - 1 - i]);
  }
  for (int i = 0; i < 3; i++)
    assert_true(value_at(&rows, 0, longest[i]) == 100 + i);
  CHECK_OK(sweep_store_rows_free(&rows));
  CHECK_OK(sweep_store_close(&store));
  planned_close(&p);
}

static void put_skipped(SweepStore *store, const SweepPlan *plan, PetscInt place, const char *content,
                        const char *why) {
  StorePoint point = {.place = place, .value = plan->value[place], .share = "s", .skip = why};
  snprintf(point.content, sizeof point.content, "%s", content);
  CHECK_OK(sweep_store_put(store, plan, &point));
}

/* Finished rows count when the sweep asks for them, and only then. */
static void test_contents_come_and_go(void **state) {
  Planned p;
  SweepRows rows;
  PetscInt n;
  (void)state;
  planned_open(one_axis, &p);
  SweepStore *store = store_opened(p.folder);
  put(store, &p.plan, 0, "a", "s");
  put(store, &p.plan, 1, "b", "s");
  put(store, &p.plan, 2, "c", "s");
  put_skipped(store, &p.plan, 3, "d", "too thin");
  finish(store, claim(store, &p.plan, "w", "s"), json_pack("{s:o}", "y", number(1, "", NAN)));
  finish_failed(store, claim(store, &p.plan, "w", "s"), "broke");
  counts_are(store, 1, 0, 1, 1, 1, 0);

  CHECK_OK(sweep_store_unplace(store, ROLE_CHOSEN)); /* no row has that role */
  counts_are(store, 1, 0, 1, 1, 1, 0);
  CHECK_OK(sweep_store_unplace(store, ROLE_POINT));
  counts_are(store, 0, 0, 0, 0, 0, 1);
  assert_true(claim(store, &p.plan, "w", "s") == 0); /* what waits but is not placed is not computed */
  CHECK_OK(sweep_store_retry_failed(store, &n));
  assert_int_equal(n, 0);

  put(store, &p.plan, 5, "a", "s"); /* the same content elsewhere */
  put(store, &p.plan, 4, "b", "s");
  put(store, &p.plan, 3, "e", "s");
  put(store, &p.plan, 6, "a", "s"); /* and once more: the first place counts */
  put(store, &p.plan, 7, "d", "s"); /* the constraint is gone */
  counts_are(store, 2, 0, 1, 1, 0, 0);
  CHECK_OK(sweep_store_rows(store, &p.plan, &rows));
  assert_true(rows.n == 4 && rows.row[2].place == 5 && rows.row[2].content[0] == 'a');
  assert_true(value_at(&rows, 2, "y") == 1 && !rows.row[3].why);
  CHECK_OK(sweep_store_rows_free(&rows));

  CHECK_OK(sweep_store_unplace(store, ROLE_POINT));
  put_skipped(store, &p.plan, 0, "a", "done, but not wanted");
  put_skipped(store, &p.plan, 1, "b", "failed, and not wanted");
  counts_are(store, 0, 0, 0, 0, 1, 1);
  CHECK_OK(sweep_store_unplace(store, ROLE_POINT));
  put(store, &p.plan, 0, "a", "s");
  counts_are(store, 0, 0, 1, 0, 0, 0);

  StorePoint chosen = {.place = 90, .role = ROLE_CHOSEN, .content = "a", .share = "s", .value = p.plan.value[0]};
  CHECK_OK(sweep_store_put(store, &p.plan, &chosen)); /* a point of the sweep is the chosen design: it stays a point */
  strcpy(chosen.content, "z");
  CHECK_OK(sweep_store_put(store, &p.plan, &chosen));
  CHECK_OK(sweep_store_rows(store, &p.plan, &rows));
  assert_true(rows.n == 2 && rows.row[0].role == ROLE_POINT && rows.row[1].role == ROLE_CHOSEN);
  CHECK_OK(sweep_store_rows_free(&rows));
  CHECK_OK(sweep_store_close(&store));
  planned_close(&p);
}

static void test_merge(void **state) {
  Planned p;
  bool taken;
  (void)state;
  planned_open(one_axis, &p);
  SweepStore *store = store_opened(p.folder);
  put(store, &p.plan, 0, "a", "s");
  json_t *result = row_done(json_pack("{s:o}", "y", number(2, "", NAN)));
  CHECK_OK(sweep_store_merge(store, "b", result, &taken));
  assert_false(taken);
  CHECK_OK(sweep_store_merge(store, "a' OR '1", result, &taken));
  assert_false(taken);
  CHECK_OK(sweep_store_merge(store, "a", result, &taken));
  assert_true(taken);
  CHECK_OK(sweep_store_merge(store, "a", result, &taken)); /* a twin's row: the first counts */
  assert_false(taken);
  counts_are(store, 0, 0, 1, 0, 0, 0);
  json_decref(result);
  CHECK_OK(sweep_store_close(&store));
  planned_close(&p);
}

/* The sweep file has other axes than the store was filled with: words that are gone, an axis that is new. */
static void test_other_axes(void **state) {
  Planned p, q;
  SweepRows rows;
  (void)state;
  planned_open(two_axes, &p);
  planned_open(SWEEP_TWO "axes:\n"
                         "  cell: {key: lattice.cell, values: [diamond, kelvin]}\n"
                         "  new: {key: cage.height_mm, values: [1]}\n",
               &q);
  SweepStore *store = store_opened(p.folder);
  put(store, &p.plan, 0, "a", "s");
  put(store, &p.plan, 1, "b", "s");
  CHECK_OK(sweep_store_rows(store, &q.plan, &rows));
  assert_true(rows.n == 2 && isnan(rows.axis[0]) && rows.axis[2] == 0 && isnan(rows.axis[1]) && isnan(rows.axis[3]));
  CHECK_OK(sweep_store_rows_free(&rows));
  assert_int_equal(store_number(p.folder, "SELECT count(*) FROM \"column\""), 2); /* reading makes no column */
  CHECK_OK(sweep_store_close(&store));
  planned_close(&q);
  planned_close(&p);
}

/* A result that SQLite cannot take leaves the point as it was. */
static void test_too_many_columns(void **state) {
  Planned p;
  char name[16];
  PetscInt n;
  (void)state;
  planned_open(one_axis, &p);
  SweepStore *store = store_opened(p.folder);
  put(store, &p.plan, 0, "a", "s");
  const PetscInt64 id = claim(store, &p.plan, "w", "s");
  json_t *quantities = json_object();
  for (int i = 0; i < 2100; i++) {
    snprintf(name, sizeof name, "q%d", i);
    json_object_set_new(quantities, name, number(i, "", NAN));
  }
  json_t *result = row_done(quantities);
  CHECK_SAYS(sweep_store_finish(store, id, result), "too many columns");
  json_decref(result);
  counts_are(store, 0, 1, 0, 0, 0, 0);
  CHECK_OK(sweep_store_release(store, NULL, &n));
  assert_int_equal(n, 1);
  finish(store, claim(store, &p.plan, "w", "s"), json_pack("{s:o}", "q1", number(1, "", NAN)));
  counts_are(store, 0, 0, 1, 0, 0, 0);
  CHECK_OK(sweep_store_close(&store));
  assert_int_equal(store_number(p.folder, "SELECT count(*) FROM \"column\""), 2);
  planned_close(&p);
}

/* The file is what it was. */
static void refused(const char *dir, const char *bytes, size_t n, const char *part) {
  char file[128];
  SweepStore *store;
  snprintf(file, sizeof file, "%s/sweep.db", dir);
  for (int create = 0; create < 2; create++) {
    FILE *f = fopen(file, "w");
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
    CHECK_SAYS(sweep_store_open(dir, create, &store), part);
    assert_null(store);
    char *back = malloc(n + 1);
    f = fopen(file, "r");
    assert_int_equal(fread(back, 1, n + 1, f), n);
    fclose(f);
    assert_memory_equal(back, bytes, n);
    free(back);
  }
  unlink(file);
}

static void test_damaged_files(void **state) {
  Planned p;
  SweepStore *store;
  char *bytes, text[8192];
  size_t n;
  (void)state;
  planned_open(one_axis, &p);
  CHECK_OK(sweep_store_open(p.folder, false, &store));
  assert_null(store);
  memset(text, 'x', sizeof text);
  refused(p.folder, text, sizeof text, "sweep.db: error: file is not a database");

  store_execute(p.folder, "CREATE TABLE diary(text); INSERT INTO diary VALUES('dear')");
  n = store_bytes(p.folder, &bytes);
  refused(p.folder, bytes, n, "no store of a sweep");
  free(bytes);

  store = store_opened(p.folder);
  put(store, &p.plan, 0, "a", "s");
  CHECK_OK(sweep_store_close(&store));
  store_execute(p.folder, "PRAGMA journal_mode = DELETE");
  n = store_bytes(p.folder, &bytes);
  bytes[60] ^= 1; /* of the four of user_version */
  refused(p.folder, bytes, n, "another version of the program");
  bytes[60] ^= 1;
  memset(bytes + 100, 0x5a, n - 100); /* the head is good, the rest is not */
  refused(p.folder, bytes, n, "sweep.db: error: database disk image is malformed");
  free(bytes);
  planned_close(&p);
}

/* A sweep that came to nothing leaves no files; one that has a point keeps them. */
static void test_discarded(void **state) {
  Planned p;
  SweepStore *store = NULL;
  (void)state;
  planned_open(one_axis, &p);
  CHECK_OK(sweep_store_discard(&store));
  store = store_opened(p.folder);
  CHECK_OK(sweep_store_begin(store));
  put(store, &p.plan, 0, "a", "s");
  CHECK_OK(sweep_store_rollback(store));
  CHECK_OK(sweep_store_discard(&store));
  assert_null(store);
  assert_int_equal(folder_count(p.folder), 1); /* the sweep file */
  store = store_opened(p.folder);
  put(store, &p.plan, 0, "a", "s");
  CHECK_OK(sweep_store_unplace(store, ROLE_POINT));
  CHECK_OK(sweep_store_discard(&store));
  assert_int_equal(store_number(p.folder, "SELECT count(*) FROM point"), 1);
  planned_close(&p);
  CHECK_SAYS(sweep_store_open("/proc/nowhere", true, &store), "/proc/nowhere/sweep.lock");
  assert_null(store);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_rows),          cmocka_unit_test(test_hostile_names),
    cmocka_unit_test(test_merge),         cmocka_unit_test(test_contents_come_and_go),
    cmocka_unit_test(test_other_axes),    cmocka_unit_test(test_too_many_columns),
    cmocka_unit_test(test_damaged_files), cmocka_unit_test(test_discarded),
};
CHECK_MAIN(tests)
