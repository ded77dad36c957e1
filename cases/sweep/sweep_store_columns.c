/* Columns of the store: made when a quantity is met for the first time. */
#include "cases/sweep/sweep_store_impl.h"

#include <string.h>
#include <strings.h>

static PetscErrorCode remember(SweepStore *store, const char *name, const char *kind, const char *unit,
                               const char *sql) {
  PetscFunctionBeginUser;
  if (store->n_columns == store->room) {
    store->room = 2 * store->room + 64;
    PetscCall(PetscRealloc((size_t)store->room * sizeof *store->column, &store->column));
  }
  StoreColumn *column = &store->column[store->n_columns++];
  PetscCall(PetscStrallocpy(name, &column->name));
  PetscCall(PetscStrallocpy(kind, &column->kind));
  PetscCall(PetscStrallocpy(unit, &column->unit));
  PetscCall(PetscStrallocpy(sql, &column->sql));
  column->label = (Content){0};
  content_add_text(&column->label, name);
  content_add_text(&column->label, kind);
  content_add_text(&column->label, unit);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode forget(SweepStore *store) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < store->n_columns; i++) {
    PetscCall(PetscFree(store->column[i].name));
    PetscCall(PetscFree(store->column[i].kind));
    PetscCall(PetscFree(store->column[i].unit));
    PetscCall(PetscFree(store->column[i].sql));
  }
  store->n_columns = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_columns_free(SweepStore *store) {
  PetscFunctionBeginUser;
  PetscCall(forget(store));
  PetscCall(PetscFree(store->column));
  PetscFunctionReturn(PETSC_SUCCESS);
}

const char *sweep_store_type(const char *kind) { return strcmp(kind, "axis") ? "REAL" : "ANY"; }

static bool is_kind(const char *kind) {
  static const char *const kinds[] = {"axis", "quantity", "uncertainty", "collected"};
  for (size_t i = 0; kind && i < sizeof kinds / sizeof kinds[0]; i++)
    if (!strcmp(kind, kinds[i]))
      return true;
  return false;
}

static PetscErrorCode read_all(SweepStore *store, sqlite3_stmt *statement) {
  bool row;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_step(store, statement, &row));
  while (row) {
    const char *text[4];
    for (int i = 0; i < 4; i++)
      text[i] = (const char *)sqlite3_column_text(statement, i);
    PetscCheck(text[0] && is_kind(text[1]) && text[2] && text[3], PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
               "%s: error: its list of columns is damaged: take another folder with -o", store->file);
    PetscCall(remember(store, text[0], text[1], text[2], text[3]));
    PetscCall(sweep_store_step(store, statement, &row));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_columns_read(SweepStore *store) {
  sqlite3_stmt *statement;
  PetscFunctionBeginUser;
  PetscCall(forget(store));
  PetscCall(sweep_store_prepare(store, "SELECT name, kind, unit, sql FROM \"column\" ORDER BY rowid", &statement));
  PetscErrorCode failed = read_all(store, statement);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

const StoreColumn *sweep_store_find(const SweepStore *store, const char *name, const char *kind) {
  for (PetscInt i = 0; i < store->n_columns; i++)
    if (!strcmp(store->column[i].name, name) && !strcmp(store->column[i].kind, kind))
      return &store->column[i];
  return NULL;
}

/* Names of SQL are the same in capital letters and small ones. */
static bool is_taken(const SweepStore *store, const char *sql) {
  static const char *const fixed[] = {"id",      "content",        "place",     "role",  "status",  "why",
                                      "missed",  "warnings",       "valueless", "share", "crashes", "worker",
                                      "program", "seed",           "machine",   "ranks", "started", "wall_s",
                                      "cpu_s",   "peak_rss_bytes", "seal",      "rowid", "oid",     "_rowid_"};
  for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
    if (!strcasecmp(fixed[i], sql))
      return true;
  for (PetscInt i = 0; i < store->n_columns; i++)
    if (!strcasecmp(store->column[i].sql, sql))
      return true;
  return false;
}

/* A name that SQL does not have yet: porosity_pct may be an axis and a quantity. */
static char *new_name(const SweepStore *store, const char *name, const char *kind) {
  const char *tail = strcmp(kind, "uncertainty") ? "" : " ±",
             *head = strcmp(kind, "quantity") && strcmp(kind, "uncertainty") ? kind : "computed";
  char *sql = sqlite3_mprintf("%s%s", name, tail);
  for (int i = 1; sql && is_taken(store, sql); i++) {
    sqlite3_free(sql);
    sql = i == 1 ? sqlite3_mprintf("%s.%s%s", head, name, tail) : sqlite3_mprintf("%s.%d.%s%s", head, i, name, tail);
  }
  return sql;
}

static PetscErrorCode make(SweepStore *store, const char *name, const char *kind, const char *unit) {
  PetscFunctionBeginUser;
  char *sql = new_name(store, name, kind);
  char *line = sqlite3_mprintf("ALTER TABLE point ADD COLUMN " COLUMN_FORMAT ";"
                               "INSERT INTO \"column\" VALUES(%Q, %Q, %Q, %Q)",
                               sql, sweep_store_type(kind), name, kind, unit, sql);
  PetscErrorCode failed = sql && line ? sweep_store_execute(store, line) : PETSC_ERR_MEM;
  if (!failed)
    failed = remember(store, name, kind, unit, sql);
  const bool made = sql && line;
  sqlite3_free(line);
  sqlite3_free(sql);
  PetscCheck(made, PETSC_COMM_SELF, PETSC_ERR_MEM, "name of a column");
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_column(SweepStore *store, const char *name, const char *kind, const char *unit,
                                  const char **sql) {
  PetscFunctionBeginUser;
  const StoreColumn *column = sweep_store_find(store, name, kind);
  if (!column) { /* another program may have made it */
    PetscCall(sweep_store_columns_read(store));
    column = sweep_store_find(store, name, kind);
  }
  if (!column) {
    PetscCall(make(store, name, kind, unit));
    column = sweep_store_find(store, name, kind);
  }
  *sql = column->sql;
  PetscFunctionReturn(PETSC_SUCCESS);
}
