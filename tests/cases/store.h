/* Rows of a sweep's store, for tests. */
#ifndef TRABECULA_TESTS_STORE_H
#define TRABECULA_TESTS_STORE_H

#include "cases/sweep/sweep_store.h"
#include "tests/cases/sweep.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>

static inline SweepStore *store_opened(const char *dir) {
  SweepStore *store;
  CHECK_OK(sweep_store_open(dir, true, &store));
  assert_non_null(store);
  return store;
}

static inline void put(SweepStore *store, const SweepPlan *plan, PetscInt place, const char *content,
                       const char *share) {
  StorePoint point = {.place = place, .value = plan->value[place % plan->n_points]};
  snprintf(point.content, sizeof point.content, "%s", content);
  snprintf(point.share, sizeof point.share, "%s", share);
  CHECK_OK(sweep_store_put(store, plan, &point));
}

/* A finished row; quantities is taken. */
static inline json_t *row_done(json_t *quantities) {
  json_t *result =
      json_pack("{s:s, s:n, s:n, s:o, s:s, s:s, s:s, s:i, s:f, s:f, s:I}", "status", "done", "why", "missed",
                "quantities", quantities, "program", "0.1", "machine", "here", "started", "2026-01-01T00:00:00Z",
                "ranks", 2, "wall_s", 0.25, "cpu_s", 0.5, "peak_rss_bytes", (json_int_t)5000000000);
  assert_non_null(result);
  return result;
}

static inline void finish(SweepStore *store, PetscInt64 id, json_t *quantities) {
  json_t *result = row_done(quantities);
  CHECK_OK(sweep_store_finish(store, id, result));
  json_decref(result);
}

static inline void finish_failed(SweepStore *store, PetscInt64 id, const char *why) {
  json_t *result = row_done(json_object());
  json_object_set_new(result, "status", json_string("failed"));
  json_object_set_new(result, "why", json_string(why));
  CHECK_OK(sweep_store_finish(store, id, result));
  json_decref(result);
}

static inline PetscInt64 claim(SweepStore *store, const SweepPlan *plan, const char *worker, const char *share) {
  SweepClaim got;
  CHECK_OK(sweep_store_claim(store, plan, worker, share, &got));
  return got.id;
}

static inline void counts_are(SweepStore *store, int waiting, int running, int done, int failed, int skipped,
                              int left_out) {
  SweepCounts c;
  CHECK_OK(sweep_store_counts(store, &c));
  if (c.waiting != waiting || c.running != running || c.done != done || c.failed != failed || c.skipped != skipped ||
      c.left_out != left_out)
    fail_msg("waiting %d running %d done %d failed %d skipped %d left out %d", (int)c.waiting, (int)c.running,
             (int)c.done, (int)c.failed, (int)c.skipped, (int)c.left_out);
}

/* What SQLite itself says of the file, by another connection. */
static inline int store_number(const char *dir, const char *sql) {
  char file[128];
  sqlite3 *db;
  sqlite3_stmt *statement;
  snprintf(file, sizeof file, "%s/sweep.db", dir);
  assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
    fail_msg("%s: %s", sql, sqlite3_errmsg(db));
  assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
  const int number = sqlite3_column_int(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return number;
}

/* The same as a statement. */
static inline void store_execute(const char *dir, const char *sql) {
  char file[128];
  sqlite3 *db;
  snprintf(file, sizeof file, "%s/sweep.db", dir);
  assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
  if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
    fail_msg("%s: %s", sql, sqlite3_errmsg(db));
  sqlite3_close(db);
}

/* The bytes of the file, to be freed; returns how many. */
static inline size_t store_bytes(const char *dir, char **bytes) {
  char file[128];
  struct stat info;
  snprintf(file, sizeof file, "%s/sweep.db", dir);
  assert_int_equal(stat(file, &info), 0);
  *bytes = malloc((size_t)info.st_size);
  FILE *f = fopen(file, "r");
  assert_int_equal(fread(*bytes, 1, (size_t)info.st_size, f), info.st_size);
  fclose(f);
  return (size_t)info.st_size;
}

#endif
