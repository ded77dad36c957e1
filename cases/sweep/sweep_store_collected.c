/* The columns of `collect` in the store, for those who query sweep.db. They follow from the others, are written anew
   each time, and neither sealed nor read back. */
#include "cases/sweep/sweep_store_impl.h"

#include <string.h>

/* Columns of an earlier `collect` must not stay with old values. */
static PetscErrorCode clear(SweepStore *store) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < store->n_columns; i++) {
    if (strcmp(store->column[i].kind, "collected"))
      continue;
    char *sql = sqlite3_mprintf("UPDATE point SET \"%w\" = NULL WHERE \"%w\" IS NOT NULL", store->column[i].sql,
                                store->column[i].sql);
    PetscErrorCode failed = sql ? sweep_store_execute(store, sql) : PETSC_ERR_MEM;
    sqlite3_free(sql);
    PetscCall(failed);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Its unit may be another than that of an earlier `collect`. */
static PetscErrorCode write_unit(SweepStore *store, const char *name, const char *unit) {
  PetscFunctionBeginUser;
  char *sql = sqlite3_mprintf("UPDATE \"column\" SET unit = %Q WHERE name = %Q AND kind = 'collected' AND unit <> %Q",
                              unit, name, unit);
  PetscErrorCode failed = sql ? sweep_store_execute(store, sql) : PETSC_ERR_MEM;
  sqlite3_free(sql);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_column(SweepStore *store, const SweepRows *rows, PetscInt k) {
  sqlite3_stmt *statement = NULL;
  const char *sql;
  bool row;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_column(store, rows->column[k].name, "collected", rows->column[k].unit, &sql));
  PetscCall(write_unit(store, rows->column[k].name, rows->column[k].unit));
  char *update = sqlite3_mprintf("UPDATE point SET \"%w\" = ?2 WHERE id = ?1", sql);
  PetscErrorCode failed = update ? sweep_store_prepare(store, update, &statement) : PETSC_ERR_MEM;
  sqlite3_free(update);
  for (PetscInt r = 0; r < rows->n && !failed; r++) {
    sqlite3_bind_int64(statement, 1, rows->row[r].id);
    sqlite3_bind_double(statement, 2, rows->value[r * rows->n_columns + k]); /* NAN becomes NULL */
    failed = sweep_store_step(store, statement, &row);
  }
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_all(SweepStore *store, const SweepPlan *plan, const SweepRows *rows) {
  PetscFunctionBeginUser;
  PetscCall(clear(store));
  for (PetscInt i = 0; i < plan->n_collect; i++) {
    const PetscInt k = rows_own_column(rows, plan->collect[i].name);
    if (k >= 0)
      PetscCall(write_column(store, rows, k));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_collected(SweepStore *store, const SweepPlan *plan, const SweepRows *rows) {
  PetscFunctionBeginUser;
  PetscCall(sweep_store_begin(store));
  PetscErrorCode failed = write_all(store, plan, rows);
  failed = sweep_store_end(store, failed);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}
