/* The inside of the store, for sweep_store*.c only. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_STORE_IMPL_H
#define TRABECULA_CASES_SWEEP_SWEEP_STORE_IMPL_H

#include "cases/sweep/sweep_store.h"
#include <sqlite3.h>

typedef struct StoreColumn { /* of table point, beside the fixed ones */
  char *name, *kind, *unit, *sql;
  Content label; /* of name, kind and unit */
} StoreColumn;

struct SweepStore {
  char file[PETSC_MAX_PATH_LEN], lock[PETSC_MAX_PATH_LEN];
  sqlite3 *db;
  int locks; /* the open DIR/sweep.lock: byte id is locked while a process works on the point */
  PetscInt n_columns, room;
  StoreColumn *column;
  sqlite3_stmt *seal_row; /* reads a row for its seal, when there were that many columns */
  PetscInt seal_columns, n_refused;
  PetscInt n_expected, expected_room;
  char (*expected)[CONTENT_TEXT]; /* [n_expected]: contents of the points that were placed, but for those to skip */
  char *sealed;                   /* [sealed_room]: bytes of a row */
  size_t sealed_room;
};

/* Raises what SQLite says. */
#define STORE_CALL(store, call)                                                                                        \
  PetscCheck((call) == SQLITE_OK, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s: error: %s", (store)->file,               \
             sqlite3_errmsg((store)->db))

PetscErrorCode sweep_store_execute(SweepStore *store, const char *sql);
PetscErrorCode sweep_store_prepare(SweepStore *store, const char *sql, sqlite3_stmt **statement);
/* One step; *row tells whether there is a row. A statement that gives none is reset. */
PetscErrorCode sweep_store_step(SweepStore *store, sqlite3_stmt *statement, bool *row);
/* The number that a statement gives. */
PetscErrorCode sweep_store_number(SweepStore *store, const char *sql, PetscInt64 *number);

/* Ends a transaction: commits, or where something has failed rolls back and returns that. */
PetscErrorCode sweep_store_end(SweepStore *store, PetscErrorCode failed);

/* sweep_store_columns.c */
PetscErrorCode sweep_store_columns_read(SweepStore *store);
PetscErrorCode sweep_store_columns_free(SweepStore *store);
/* NULL: there is none. */
const StoreColumn *sweep_store_find(const SweepStore *store, const char *name, const char *kind);
/* A column as ALTER TABLE takes it, and its type by its kind. */
#define COLUMN_FORMAT "\"%w\" %s"
const char *sweep_store_type(const char *kind);
/* The SQL name of a column, made when it is new (inside a transaction). kind: axis | quantity | uncertainty |
   collected. */
PetscErrorCode sweep_store_column(SweepStore *store, const char *name, const char *kind, const char *unit,
                                  const char **sql);

/* sweep_store_points.c. ", axis, axis": the axes of a plan as columns of a SELECT, NULL for those that the store does
   not have; read back from column `first` on. */
void sweep_store_select_axes(const SweepStore *store, const SweepPlan *plan, sqlite3_str *sql);
void sweep_store_read_axes(sqlite3_stmt *statement, int first, const SweepPlan *plan, double *value);
double sweep_store_read_axis(sqlite3_stmt *statement, int i, const SweepAxis *axis);
SweepRole sweep_store_role(const char *name);

/* sweep_store_seal.c. ", name, name": what a seal covers, as columns of a SELECT (returns how many). Where a fixed
   column of that name, and one of axes and quantities, stands among them. */
int sweep_store_seal_select(const SweepStore *store, sqlite3_str *sql);
int sweep_store_seal_index(const char *name);
int sweep_store_seal_column(const SweepStore *store, const StoreColumn *column);
/* The seal of what stands from column `first` of the statement on. */
PetscErrorCode sweep_store_seal_of(SweepStore *store, sqlite3_stmt *statement, int first, char seal[CONTENT_TEXT]);
/* Of row id: writes it; whether the row is what was written. */
PetscErrorCode sweep_store_seal_write(SweepStore *store, PetscInt64 id);
PetscErrorCode sweep_store_seal_holds(SweepStore *store, PetscInt64 id, bool *holds);
void sweep_store_seal_free(SweepStore *store);
/* Takes a row away (inside a transaction), all finished ones whose seal does not hold: they are computed again. */
PetscErrorCode sweep_store_refuse(SweepStore *store, PetscInt64 id);
PetscErrorCode sweep_store_refuse_rows(SweepStore *store);

/* Locks byte id of the lock file, if nobody has it. */
bool sweep_store_lock(SweepStore *store, PetscInt64 id);
void sweep_store_unlock(SweepStore *store, PetscInt64 id);

#endif
