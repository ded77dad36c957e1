/* Points whose worker died, and those that failed. */
#include "cases/sweep/sweep_store_impl.h"

/* The next running point from id on whose lock is free: it is then held here. *id 0: none. */
static PetscErrorCode next_orphan(SweepStore *store, const char *but, PetscInt64 *id) {
  sqlite3_stmt *statement;
  PetscInt64 found = 0;
  bool row;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_prepare(store,
                                "SELECT id FROM point WHERE status = 'running' AND id > ?1"
                                " AND (?2 IS NULL OR substr(worker, 1, length(?2)) IS NOT ?2) ORDER BY id",
                                &statement));
  sqlite3_bind_int64(statement, 1, *id);
  sqlite3_bind_text(statement, 2, but, -1, SQLITE_STATIC); /* NULL stays NULL */
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  while (!failed && row && !found) {
    if (sweep_store_lock(store, sqlite3_column_int64(statement, 0)))
      found = sqlite3_column_int64(statement, 0);
    else
      failed = sweep_store_step(store, statement, &row);
  }
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  *id = found;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode release_all(SweepStore *store, const char *but, PetscInt *n) {
  PetscFunctionBeginUser;
  for (PetscInt64 id = 0;;) {
    PetscCall(next_orphan(store, but, &id));
    if (!id)
      break;
    PetscCall(sweep_store_give_back(store, id));
    ++*n;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_release(SweepStore *store, const char *but, PetscInt *n) {
  PetscFunctionBeginUser;
  *n = 0;
  PetscCall(sweep_store_begin(store)); /* no worker is then between its lock and its row */
  PetscErrorCode failed = release_all(store, but, n);
  failed = sweep_store_end(store, failed);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode count_death(SweepStore *store, const char *worker, PetscInt attempts, bool final, const char *why,
                                  PetscInt64 *id) {
  sqlite3_stmt *statement;
  bool row, over = false;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_prepare(store,
                                "UPDATE point SET crashes = crashes + 1, worker = NULL, why = ?4,"
                                " status = iif(?3 OR crashes + 1 >= ?2, 'failed', 'waiting')"
                                " WHERE status = 'running' AND worker = ?1 RETURNING id, status = 'failed'",
                                &statement));
  sqlite3_bind_text(statement, 1, worker, -1, SQLITE_STATIC);
  sqlite3_bind_int64(statement, 2, attempts);
  sqlite3_bind_int(statement, 3, final);
  sqlite3_bind_text(statement, 4, why, -1, SQLITE_STATIC);
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  *id = failed || !row ? 0 : sqlite3_column_int64(statement, 0);
  if (!failed && row) {
    over = sqlite3_column_int(statement, 1);
    failed = sweep_store_step(store, statement, &row); /* the update ends with the last row */
  }
  (void)sqlite3_finalize(statement);
  if (!failed && over)
    failed = sweep_store_seal_write(store, *id);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_died(SweepStore *store, const char *worker, PetscInt attempts, bool final, const char *why,
                                PetscInt64 *id) {
  PetscFunctionBeginUser;
  PetscCall(sweep_store_begin(store));
  PetscErrorCode failed = count_death(store, worker, attempts, final, why, id);
  failed = sweep_store_end(store, failed);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_retry_failed(SweepStore *store, PetscInt *n) {
  PetscFunctionBeginUser;
  PetscCall(sweep_store_execute(store, "UPDATE point SET status = 'waiting', why = NULL, crashes = 0"
                                       " WHERE status = 'failed' AND place IS NOT NULL"));
  *n = sqlite3_changes(store->db);
  PetscFunctionReturn(PETSC_SUCCESS);
}
