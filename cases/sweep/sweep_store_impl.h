/* The inside of the store, for sweep_store*.c only. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_STORE_IMPL_H
#define TRABECULA_CASES_SWEEP_SWEEP_STORE_IMPL_H

#include "cases/sweep/sweep_store.h"
#include <sqlite3.h>

typedef struct StoreColumn { /* of table point, beside the fixed ones */
  char *name, *kind, *unit, *sql;
} StoreColumn;

struct SweepStore {
  char file[PETSC_MAX_PATH_LEN], lock[PETSC_MAX_PATH_LEN];
  sqlite3 *db;
  int locks; /* the open DIR/sweep.lock: byte id is locked while a process works on the point */
  PetscInt n_columns, room;
  StoreColumn *column;
};

/* Raises what SQLite says. */
#define STORE_CALL(store, call)                                                                                        \
  PetscCheck((call) == SQLITE_OK, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s: error: %s", (store)->file,               \
             sqlite3_errmsg((store)->db))

PetscErrorCode sweep_store_execute(SweepStore *store, const char *sql);
PetscErrorCode sweep_store_prepare(SweepStore *store, const char *sql, sqlite3_stmt **statement);
/* One step; *row tells whether there is a row. A statement that gives none is reset. */
PetscErrorCode sweep_store_step(SweepStore *store, sqlite3_stmt *statement, bool *row);

/* sweep_store_columns.c */
PetscErrorCode sweep_store_columns_read(SweepStore *store);
PetscErrorCode sweep_store_columns_free(SweepStore *store);
/* NULL: there is none. */
const StoreColumn *sweep_store_find(const SweepStore *store, const char *name, const char *kind);
/* The SQL name of a column, made when it is new (inside a transaction). kind: axis | quantity | uncertainty. */
PetscErrorCode sweep_store_column(SweepStore *store, const char *name, const char *kind, const char *unit,
                                  const char **sql);

/* sweep_store_points.c. ", axis, axis": the axes of a plan as columns of a SELECT, NULL for those that the store does
   not have; read back from column `first` on. */
void sweep_store_select_axes(const SweepStore *store, const SweepPlan *plan, sqlite3_str *sql);
void sweep_store_read_axes(sqlite3_stmt *statement, int first, const SweepPlan *plan, double *value);
SweepRole sweep_store_role(const char *name);

/* Locks byte id of the lock file, if nobody has it. */
bool sweep_store_lock(SweepStore *store, PetscInt64 id);
void sweep_store_unlock(SweepStore *store, PetscInt64 id);

#endif
