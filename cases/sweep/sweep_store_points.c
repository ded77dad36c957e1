/* Points of the store: placed, claimed, finished. */
#include "cases/sweep/sweep_store_impl.h"

#include <math.h>
#include <string.h>

/* Runs a statement without rows and frees it. */
static PetscErrorCode run(SweepStore *store, sqlite3_stmt *statement) {
  bool row;
  PetscFunctionBeginUser;
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void bind_text(sqlite3_stmt *statement, int i, const char *text) {
  if (text)
    sqlite3_bind_text(statement, i, text, -1, SQLITE_TRANSIENT);
  else
    sqlite3_bind_null(statement, i);
}

PetscErrorCode sweep_store_unplace(SweepStore *store, SweepRole role) {
  sqlite3_stmt *statement;
  PetscFunctionBeginUser;
  PetscCall(
      sweep_store_prepare(store, "UPDATE point SET place = NULL WHERE role = ?1 AND place IS NOT NULL", &statement));
  bind_text(statement, 1, sweep_role_names[role]);
  PetscCall(run(store, statement));
  if (role == ROLE_POINT)
    store->n_expected = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The SET part of an UPDATE: names now, values in the same order later. */
typedef struct Setter {
  sqlite3_str *sql;
  int n, room;
  struct {
    double number;
    const char *text; /* borrowed; NULL: the number */
  } * value;
} Setter;

static PetscErrorCode setter_add(SweepStore *store, Setter *s, const char *name, const char *kind, const char *unit,
                                 double number, const char *text) {
  const char *sql;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_column(store, name, kind, unit, &sql));
  sqlite3_str_appendf(s->sql, ", \"%w\" = ?", sql);
  if (s->n == s->room) {
    s->room = 2 * s->room + 64;
    PetscCall(PetscRealloc((size_t)s->room * sizeof *s->value, &s->value));
  }
  s->value[s->n].number = number;
  s->value[s->n++].text = text;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode setter_quantities(SweepStore *store, Setter *s, const json_t *quantities) {
  const char *name;
  json_t *quantity;
  PetscFunctionBeginUser;
  json_object_foreach((json_t *)quantities, name, quantity) {
    const char *unit = json_string_value(json_object_get(quantity, "unit"));
    const json_t *value = json_object_get(quantity, "value"), *half = json_object_get(quantity, "uncertainty");
    PetscCall(setter_add(store, s, name, "quantity", unit ? unit : "",
                         json_is_number(value) ? json_number_value(value) : NAN, NULL));
    if (json_is_number(half))
      PetscCall(setter_add(store, s, name, "uncertainty", unit ? unit : "", json_number_value(half), NULL));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode setter_run(SweepStore *store, Setter *s, PetscInt64 id) {
  sqlite3_stmt *statement;
  PetscFunctionBeginUser;
  sqlite3_str_appendf(s->sql, " WHERE id = %lld", (long long)id);
  PetscCheck(!sqlite3_str_errcode(s->sql), PETSC_COMM_SELF, PETSC_ERR_MEM, "statement of a row");
  PetscCall(sweep_store_prepare(store, sqlite3_str_value(s->sql), &statement));
  for (int i = 0; i < s->n; i++)
    if (s->value[i].text)
      bind_text(statement, i + 1, s->value[i].text);
    else
      sqlite3_bind_double(statement, i + 1, s->value[i].number); /* NAN becomes NULL */
  PetscCall(run(store, statement));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void setter_free(Setter *s) {
  sqlite3_free(sqlite3_str_finish(s->sql));
  (void)PetscFree(s->value);
}

/* Axes and what is known of a point into its row. */
static PetscErrorCode set_axes(SweepStore *store, Setter *s, const SweepPlan *plan, const StorePoint *point,
                               PetscInt64 id) {
  PetscFunctionBeginUser;
  sqlite3_str_appendf(s->sql, "UPDATE point SET content = content");
  for (PetscInt a = 0; a < plan->n_axes; a++) {
    const SweepAxis *axis = &plan->axis[a];
    PetscCall(setter_add(store, s, axis->name, "axis", axis->unit, point->value[a],
                         axis->word ? axis->word[(PetscInt)point->value[a]] : NULL));
  }
  PetscCall(setter_quantities(store, s, point->known));
  PetscCall(setter_run(store, s, id));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A row that was skipped or waits is what the sweep now says, and so is a failed one that the sweep now skips; a
   finished one that it now skips is left out. */
#define OPEN "status IN ('waiting', 'skipped') OR (status = 'failed' AND excluded.status = 'skipped')"
static const char place_sql[] =
    "INSERT INTO point(content, place, role, status, why, share, seed) VALUES(?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, -1)) "
    "ON CONFLICT(content) DO UPDATE SET place = iif(excluded.status = 'skipped' AND status = 'done', NULL, "
    "coalesce(place, excluded.place)), role = iif(place IS NULL, excluded.role, role), share = excluded.share, "
    "why = iif(" OPEN ", excluded.why, why), status = iif(" OPEN ", excluded.status, status) "
    "RETURNING id, status IN ('done', 'failed')";

/* A finished row of this content that is not what was written goes. */
static PetscErrorCode refuse_damaged(SweepStore *store, const char *content) {
  sqlite3_stmt *statement;
  bool row = false, holds = true;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_prepare(store, "SELECT id FROM point WHERE content = ?1 AND status IN ('done', 'failed')",
                                &statement));
  bind_text(statement, 1, content);
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  const PetscInt64 id = !failed && row ? sqlite3_column_int64(statement, 0) : 0;
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  if (id)
    PetscCall(sweep_store_seal_holds(store, id, &holds));
  if (!holds)
    PetscCall(sweep_store_refuse(store, id));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode put_row(SweepStore *store, const StorePoint *point, PetscInt64 *id, bool *finished) {
  sqlite3_stmt *statement;
  bool row;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_prepare(store, place_sql, &statement));
  bind_text(statement, 1, point->content);
  sqlite3_bind_int64(statement, 2, point->place);
  bind_text(statement, 3, sweep_role_names[point->role]);
  bind_text(statement, 4, point->skip ? "skipped" : point->why ? "failed" : "waiting");
  bind_text(statement, 5, point->skip ? point->skip : point->why);
  bind_text(statement, 6, point->share);
  sqlite3_bind_int64(statement, 7, point->seed);
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  *id = failed || !row ? 0 : sqlite3_column_int64(statement, 0);
  *finished = *id && sqlite3_column_int(statement, 1);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* For sweep_store_missing. */
static PetscErrorCode expect_row(SweepStore *store, const StorePoint *point) {
  PetscFunctionBeginUser;
  if (point->role != ROLE_POINT || point->skip)
    PetscFunctionReturn(PETSC_SUCCESS);
  if (store->n_expected == store->expected_room) {
    store->expected_room = 2 * store->expected_room + 256;
    PetscCall(PetscRealloc((size_t)store->expected_room * sizeof *store->expected, &store->expected));
  }
  PetscCall(PetscStrncpy(store->expected[store->n_expected++], point->content, CONTENT_TEXT));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_put(SweepStore *store, const SweepPlan *plan, const StorePoint *point) {
  PetscInt64 id;
  bool finished;
  PetscFunctionBeginUser;
  PetscCall(refuse_damaged(store, point->content));
  PetscCall(put_row(store, point, &id, &finished));
  Setter setter = {.sql = sqlite3_str_new(store->db)};
  PetscErrorCode failed = set_axes(store, &setter, plan, point, id);
  setter_free(&setter);
  if (!failed && finished)
    failed = sweep_store_seal_write(store, id);
  if (!failed)
    failed = expect_row(store, point);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_counts(SweepStore *store, SweepCounts *counts) {
  sqlite3_stmt *statement;
  bool row;
  PetscFunctionBeginUser;
  *counts = (SweepCounts){0};
  PetscCall(
      sweep_store_prepare(store,
                          "SELECT count(*) FILTER (WHERE status = 'waiting' AND place IS NOT NULL),"
                          " count(*) FILTER (WHERE status = 'running' AND place IS NOT NULL),"
                          " count(*) FILTER (WHERE status = 'done' AND place IS NOT NULL),"
                          " count(*) FILTER (WHERE status = 'failed' AND place IS NOT NULL),"
                          " count(*) FILTER (WHERE status = 'skipped' AND place IS NOT NULL),"
                          " count(*) FILTER (WHERE status = 'done' AND place IS NULL AND role = 'point') FROM point",
                          &statement));
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  PetscInt *const count[] = {&counts->waiting, &counts->running, &counts->done,
                             &counts->failed,  &counts->skipped, &counts->left_out};
  for (int i = 0; i < 6 && !failed; i++)
    *count[i] = sqlite3_column_int(statement, i);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

void sweep_store_select_axes(const SweepStore *store, const SweepPlan *plan, sqlite3_str *sql) {
  for (PetscInt a = 0; a < plan->n_axes; a++) {
    const StoreColumn *column = sweep_store_find(store, plan->axis[a].name, "axis");
    sqlite3_str_appendf(sql, column ? ", \"%w\"" : ", NULL", column ? column->sql : "");
  }
}

double sweep_store_read_axis(sqlite3_stmt *statement, int i, const SweepAxis *axis) {
  const char *text = (const char *)sqlite3_column_text(statement, i);
  return !text ? NAN : axis->word ? sweep_axis_value(axis, text) : sqlite3_column_double(statement, i);
}

void sweep_store_read_axes(sqlite3_stmt *statement, int first, const SweepPlan *plan, double *value) {
  for (PetscInt a = 0; a < plan->n_axes; a++)
    value[a] = sweep_store_read_axis(statement, first + (int)a, &plan->axis[a]);
}

SweepRole sweep_store_role(const char *name) {
  for (int r = 0; r < ROLES && name; r++)
    if (!strcmp(name, sweep_role_names[r]))
      return (SweepRole)r;
  return ROLE_POINT;
}

/* The next point whose lock is free. */
static PetscErrorCode next_point(SweepStore *store, const SweepPlan *plan, sqlite3_stmt *statement, SweepClaim *claim) {
  bool row;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_step(store, statement, &row));
  while (row && !sweep_store_lock(store, sqlite3_column_int64(statement, 0)))
    PetscCall(sweep_store_step(store, statement, &row));
  if (!row)
    PetscFunctionReturn(PETSC_SUCCESS);
  claim->id = sqlite3_column_int64(statement, 0);
  claim->place = sqlite3_column_int(statement, 1);
  claim->role = sweep_store_role((const char *)sqlite3_column_text(statement, 2));
  const char *content = (const char *)sqlite3_column_text(statement, 3);
  const char *share = (const char *)sqlite3_column_text(statement, 4);
  PetscCall(PetscStrncpy(claim->content, content ? content : "", CONTENT_TEXT));
  PetscCall(PetscStrncpy(claim->share, share ? share : "", CONTENT_TEXT));
  sweep_store_read_axes(statement, 5, plan, claim->value);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode mark_running(SweepStore *store, PetscInt64 id, const char *worker) {
  sqlite3_stmt *statement;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_prepare(store, "UPDATE point SET status = 'running', worker = ?2, why = NULL WHERE id = ?1",
                                &statement));
  sqlite3_bind_int64(statement, 1, id);
  bind_text(statement, 2, worker);
  PetscCall(run(store, statement));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The first waiting point of those that `which` admits: %Q is the share of the last one. */
static PetscErrorCode find_point(SweepStore *store, const SweepPlan *plan, const char *which, const char *share,
                                 SweepClaim *claim) {
  sqlite3_stmt *statement = NULL;
  sqlite3_str *sql = sqlite3_str_new(store->db);
  PetscFunctionBeginUser;
  sqlite3_str_appendf(sql, "SELECT id, place, role, content, share");
  sweep_store_select_axes(store, plan, sql);
  sqlite3_str_appendf(sql, " FROM point WHERE status = 'waiting' AND place IS NOT NULL");
  sqlite3_str_appendf(sql, which, share);
  sqlite3_str_appendf(sql, " ORDER BY place");
  char *text = sqlite3_str_finish(sql);
  PetscErrorCode failed = sweep_store_prepare(store, text, &statement);
  sqlite3_free(text);
  if (!failed)
    failed = next_point(store, plan, statement, claim);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Each of these reads an index in order up to its first row. */
static PetscErrorCode claim_point(SweepStore *store, const SweepPlan *plan, const char *worker, const char *share,
                                  SweepClaim *claim) {
  static const char *const which[] = {" AND share = %Q",
                                      " AND share NOT IN (SELECT share FROM point WHERE status = 'running')", ""};
  PetscFunctionBeginUser;
  for (size_t i = 0; i < sizeof which / sizeof which[0] && !claim->id; i++)
    PetscCall(find_point(store, plan, which[i], share, claim));
  if (claim->id)
    PetscCall(mark_running(store, claim->id, worker));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_claim(SweepStore *store, const SweepPlan *plan, const char *worker, const char *share,
                                 SweepClaim *claim) {
  PetscFunctionBeginUser;
  *claim = (SweepClaim){0};
  PetscCall(sweep_store_begin(store));
  PetscErrorCode failed = claim_point(store, plan, worker, share, claim);
  failed = sweep_store_end(store, failed);
  if (failed && claim->id)
    sweep_store_unlock(store, claim->id);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_give_back(SweepStore *store, PetscInt64 id) {
  sqlite3_stmt *statement;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_prepare(store, "UPDATE point SET status = 'waiting' WHERE id = ?1 AND status = 'running'",
                                &statement));
  sqlite3_bind_int64(statement, 1, id);
  PetscErrorCode failed = run(store, statement);
  sweep_store_unlock(store, id);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const char *member(const json_t *result, const char *key) {
  return json_string_value(json_object_get(result, key));
}

/* SQL has one NULL for what a point does not give and for what it gives without a value. */
static void set_valueless(Setter *s, const json_t *quantities) {
  sqlite3_str *names = sqlite3_str_new(NULL);
  const char *name;
  json_t *quantity;
  json_object_foreach((json_t *)quantities, name, quantity) if (!json_is_number(json_object_get(quantity, "value")))
      sqlite3_str_appendf(names, "%s|", name);
  char *text = sqlite3_str_finish(names);
  sqlite3_str_appendf(s->sql, ", valueless = %Q", text);
  sqlite3_free(text);
}

static PetscErrorCode write_result(SweepStore *store, Setter *s, PetscInt64 id, const json_t *result) {
  static const char *const texts[] = {"status", "why", "missed", "warnings", "program", "machine", "started"};
  static const char *const numbers[] = {"wall_s", "cpu_s"}, *const whole[] = {"ranks", "peak_rss_bytes"};
  PetscFunctionBeginUser;
  sqlite3_str_appendf(s->sql, "UPDATE point SET worker = NULL");
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    sqlite3_str_appendf(s->sql, ", %s = %Q", texts[i], member(result, texts[i]));
  for (int i = 0; i < 2; i++) {
    sqlite3_str_appendf(s->sql, ", %s = %.17g", numbers[i], json_number_value(json_object_get(result, numbers[i])));
    sqlite3_str_appendf(s->sql, ", %s = %lld", whole[i],
                        (long long)json_integer_value(json_object_get(result, whole[i])));
  }
  set_valueless(s, json_object_get(result, "quantities"));
  PetscCall(setter_quantities(store, s, json_object_get(result, "quantities")));
  PetscCall(setter_run(store, s, id));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_finish(SweepStore *store, PetscInt64 id, const json_t *result) {
  PetscFunctionBeginUser;
  PetscCall(sweep_store_begin(store));
  Setter setter = {.sql = sqlite3_str_new(store->db)};
  PetscErrorCode failed = write_result(store, &setter, id, result);
  setter_free(&setter);
  if (!failed)
    failed = sweep_store_seal_write(store, id);
  failed = sweep_store_end(store, failed);
  sweep_store_unlock(store, id);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_merge(SweepStore *store, const char *content, const json_t *result, bool *taken) {
  sqlite3_stmt *statement;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_prepare(store, "SELECT id FROM point WHERE content = ?1 AND status = 'waiting'", &statement));
  bind_text(statement, 1, content);
  PetscErrorCode failed = sweep_store_step(store, statement, taken);
  const PetscInt64 id = failed || !*taken ? 0 : sqlite3_column_int64(statement, 0);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  if (id)
    PetscCall(sweep_store_finish(store, id, result));
  PetscFunctionReturn(PETSC_SUCCESS);
}
