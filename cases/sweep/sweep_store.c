/* The store of a sweep as SQLite has it: statements, transactions, locks of points, notes. sweep_store_open.c opens and
   makes it, sweep_store_seal.c says whether a row is what was written. */
#define _GNU_SOURCE /* locks of open files */
#include "cases/sweep/sweep_store_impl.h"

#include <fcntl.h>
#include <string.h>

const char *const sweep_role_names[ROLES] = {"point", "chosen", "confirm"};

PetscErrorCode sweep_store_execute(SweepStore *store, const char *sql) {
  PetscFunctionBeginUser;
  STORE_CALL(store, sqlite3_exec(store->db, sql, NULL, NULL, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_prepare(SweepStore *store, const char *sql, sqlite3_stmt **statement) {
  PetscFunctionBeginUser;
  STORE_CALL(store, sqlite3_prepare_v2(store->db, sql, -1, statement, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_step(SweepStore *store, sqlite3_stmt *statement, bool *row) {
  PetscFunctionBeginUser;
  const int code = sqlite3_step(statement);
  *row = code == SQLITE_ROW;
  if (code != SQLITE_ROW) {
    STORE_CALL(store, code == SQLITE_DONE ? SQLITE_OK : code);
    STORE_CALL(store, sqlite3_reset(statement));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

bool sweep_store_lock(SweepStore *store, PetscInt64 id) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = id, .l_len = 1};
  return !fcntl(store->locks, F_OFD_SETLK, &lock);
}

void sweep_store_unlock(SweepStore *store, PetscInt64 id) {
  struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = id, .l_len = 1};
  (void)fcntl(store->locks, F_OFD_SETLK, &lock);
}

PetscErrorCode sweep_store_number(SweepStore *store, const char *sql, PetscInt64 *number) {
  sqlite3_stmt *statement;
  bool row;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_prepare(store, sql, &statement));
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  *number = failed ? 0 : sqlite3_column_int64(statement, 0);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_begin(SweepStore *store) {
  PetscFunctionBeginUser;
  PetscCall(sweep_store_execute(store, "BEGIN IMMEDIATE"));
  PetscCall(sweep_store_columns_read(store)); /* other programs may have made some */
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_commit(SweepStore *store) {
  PetscFunctionBeginUser;
  const int code = sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
  if (code != SQLITE_OK) {
    char why[256];
    snprintf(why, sizeof why, "%s", sqlite3_errmsg(store->db));
    (void)sweep_store_rollback(store);
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s: error: %s", store->file, why);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* After an error: some end the transaction by themselves. */
PetscErrorCode sweep_store_rollback(SweepStore *store) {
  PetscFunctionBeginUser;
  if (!sqlite3_get_autocommit(store->db))
    (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
  sweep_store_seal_free(store);
  PetscCall(sweep_store_columns_read(store)); /* columns that were being made are gone */
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_end(SweepStore *store, PetscErrorCode failed) {
  if (!failed)
    return sweep_store_commit(store);
  (void)sweep_store_rollback(store);
  return failed;
}

PetscErrorCode sweep_store_note(SweepStore *store, const char *name, const char *text) {
  sqlite3_stmt *statement;
  bool row;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_prepare(store, "INSERT INTO note VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET text = ?2",
                                &statement));
  sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
  sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_noted(SweepStore *store, const char *name, char **text) {
  sqlite3_stmt *statement;
  bool row = false;
  PetscFunctionBeginUser;
  *text = NULL;
  PetscCall(sweep_store_prepare(store, "SELECT text FROM note WHERE name = ?1", &statement));
  sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
  PetscErrorCode failed = sweep_store_step(store, statement, &row);
  if (!failed && row)
    failed = PetscStrallocpy((const char *)sqlite3_column_text(statement, 0), text);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}
