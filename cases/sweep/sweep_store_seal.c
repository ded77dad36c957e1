/* The seal of a row: a checksum of what a finished row says, written with it and looked at whenever it is read, so that
   a flipped bit, or a value that somebody has changed, is not taken for a result. XXH3, 128 bits: against accidents and
   careless hands, not against forgers. It covers content, status, texts, costs, axes and quantities with their names
   and units; not the place of a row in the sweep, which each start gives anew, and not what `collect` makes of it. */
#include "cases/sweep/sweep_store_impl.h"

#include <string.h>

static const char *const fixed[] = {"content",   "status",  "why",   "missed",        "warnings",
                                    "valueless", "program", "seed",  "machine",       "ranks",
                                    "started",   "wall_s",  "cpu_s", "peak_rss_bytes"};
enum { FIXED = sizeof fixed / sizeof fixed[0] };

void sweep_store_seal_free(SweepStore *store) {
  (void)sqlite3_finalize(store->seal_row);
  store->seal_row = NULL;
  (void)PetscFree(store->sealed);
  store->sealed = NULL;
  store->sealed_room = 0;
}

int sweep_store_seal_select(const SweepStore *store, sqlite3_str *sql) {
  int n = FIXED;
  for (int i = 0; i < FIXED; i++)
    sqlite3_str_appendf(sql, ", %s", fixed[i]);
  for (PetscInt i = 0; i < store->n_columns; i++)
    if (strcmp(store->column[i].kind, "collected")) {
      sqlite3_str_appendf(sql, ", \"%w\"", store->column[i].sql);
      n++;
    }
  return n;
}

int sweep_store_seal_index(const char *name) {
  int i = 0;
  while (i < FIXED && strcmp(fixed[i], name))
    i++;
  return i < FIXED ? i : -1;
}

int sweep_store_seal_column(const SweepStore *store, const StoreColumn *column) {
  int n = FIXED;
  for (PetscInt i = 0; i < store->n_columns && &store->column[i] != column; i++)
    n += strcmp(store->column[i].kind, "collected") != 0;
  return n;
}

static PetscErrorCode add_bytes(SweepStore *store, size_t *used, size_t n, const void *bytes) {
  PetscFunctionBeginUser;
  if (*used + n > store->sealed_room) {
    store->sealed_room = 2 * (*used + n) + 1024;
    PetscCall(PetscRealloc(store->sealed_room, &store->sealed));
  }
  if (n)
    memcpy(store->sealed + *used, bytes, n);
  *used += n;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Label, type, size and bytes of one value; nothing of NULL, so that new columns leave old rows as they are. */
static PetscErrorCode add_value(SweepStore *store, sqlite3_stmt *statement, int i, size_t n_label, const void *label,
                                size_t *used) {
  const int type = sqlite3_column_type(statement, i);
  int64_t whole = 0, n = sizeof whole;
  double real = 0;
  const void *bytes = &whole;
  PetscFunctionBeginUser;
  if (type == SQLITE_NULL)
    PetscFunctionReturn(PETSC_SUCCESS);
  if (type == SQLITE_INTEGER)
    whole = sqlite3_column_int64(statement, i);
  else if (type == SQLITE_FLOAT) {
    real = sqlite3_column_double(statement, i);
    bytes = &real;
  } else {
    bytes = sqlite3_column_blob(statement, i);
    n = bytes ? sqlite3_column_bytes(statement, i) : 0;
  }
  const int64_t head[2] = {type, n};
  PetscCall(add_bytes(store, used, n_label, label));
  PetscCall(add_bytes(store, used, sizeof head, head));
  PetscCall(add_bytes(store, used, (size_t)n, bytes));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_seal_of(SweepStore *store, sqlite3_stmt *statement, int first, char seal[CONTENT_TEXT]) {
  Content content = {0};
  size_t used = 0;
  int at = first + FIXED;
  PetscFunctionBeginUser;
  for (int i = 0; i < FIXED; i++)
    PetscCall(add_value(store, statement, first + i, strlen(fixed[i]) + 1, fixed[i], &used));
  for (PetscInt i = 0; i < store->n_columns; i++)
    if (strcmp(store->column[i].kind, "collected"))
      PetscCall(add_value(store, statement, at++, sizeof(Content), &store->column[i].label, &used));
  content_add(&content, used, store->sealed);
  content_text(&content, seal);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The statement that reads one row for its seal; made again when there are other columns. */
static PetscErrorCode prepare_row(SweepStore *store) {
  PetscFunctionBeginUser;
  if (store->seal_row && store->seal_columns == store->n_columns)
    PetscFunctionReturn(PETSC_SUCCESS);
  (void)sqlite3_finalize(store->seal_row);
  store->seal_row = NULL;
  sqlite3_str *sql = sqlite3_str_new(store->db);
  sqlite3_str_appendall(sql, "SELECT seal");
  (void)sweep_store_seal_select(store, sql);
  sqlite3_str_appendall(sql, " FROM point WHERE id = ?1");
  char *text = sqlite3_str_finish(sql);
  PetscErrorCode failed = text ? sweep_store_prepare(store, text, &store->seal_row) : PETSC_ERR_MEM;
  sqlite3_free(text);
  PetscCall(failed);
  store->seal_columns = store->n_columns;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The seal that row id has, and the one that it should have. */
static PetscErrorCode read_seals(SweepStore *store, PetscInt64 id, char has[CONTENT_TEXT], char should[CONTENT_TEXT]) {
  bool row = false;
  PetscFunctionBeginUser;
  PetscCall(prepare_row(store));
  sqlite3_bind_int64(store->seal_row, 1, id);
  PetscErrorCode failed = sweep_store_step(store, store->seal_row, &row);
  has[0] = should[0] = 0;
  if (!failed && row) {
    const char *seal = (const char *)sqlite3_column_text(store->seal_row, 0);
    snprintf(has, CONTENT_TEXT, "%s", seal ? seal : "");
    failed = sweep_store_seal_of(store, store->seal_row, 1, should);
  }
  (void)sqlite3_reset(store->seal_row);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_seal_write(SweepStore *store, PetscInt64 id) {
  sqlite3_stmt *statement;
  char has[CONTENT_TEXT], should[CONTENT_TEXT];
  bool row;
  PetscFunctionBeginUser;
  PetscCall(read_seals(store, id, has, should));
  if (!strcmp(has, should))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(sweep_store_prepare(store, "UPDATE point SET seal = ?2 WHERE id = ?1", &statement));
  sqlite3_bind_int64(statement, 1, id);
  sqlite3_bind_text(statement, 2, should, -1, SQLITE_STATIC);
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_seal_holds(SweepStore *store, PetscInt64 id, bool *holds) {
  char has[CONTENT_TEXT], should[CONTENT_TEXT];
  PetscFunctionBeginUser;
  PetscCall(read_seals(store, id, has, should));
  *holds = has[0] && !strcmp(has, should);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_refuse(SweepStore *store, PetscInt64 id) {
  char sql[64];
  PetscFunctionBeginUser;
  snprintf(sql, sizeof sql, "DELETE FROM point WHERE id = %lld", (long long)id);
  PetscCall(sweep_store_execute(store, sql));
  store->n_refused++;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The next row from id on that is finished, or has no status that there is; *id 0: none. */
static PetscErrorCode next_finished(SweepStore *store, PetscInt64 *id, bool *finished) {
  sqlite3_stmt *statement;
  bool row = false;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_prepare(store,
                                "SELECT id, status IN ('done', 'failed') FROM point NOT INDEXED WHERE id > ?1 AND"
                                " status NOT IN ('waiting', 'running', 'skipped') ORDER BY id LIMIT 1",
                                &statement));
  sqlite3_bind_int64(statement, 1, *id);
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  *id = !failed && row ? sqlite3_column_int64(statement, 0) : 0;
  *finished = *id && sqlite3_column_int(statement, 1);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_refuse_rows(SweepStore *store) {
  bool finished, holds;
  PetscFunctionBeginUser;
  for (PetscInt64 id = 0;;) {
    PetscCall(next_finished(store, &id, &finished));
    if (!id)
      break;
    holds = false;
    if (finished)
      PetscCall(sweep_store_seal_holds(store, id, &holds));
    if (!holds)
      PetscCall(sweep_store_refuse(store, id));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscInt sweep_store_refused(const SweepStore *store) { return store->n_refused; }
