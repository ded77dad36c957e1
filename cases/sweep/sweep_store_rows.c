/* The whole table in memory. */
#include "cases/sweep/sweep_store_impl.h"

#include <math.h>
#include <string.h>

PetscInt rows_column(const SweepRows *rows, const char *name) {
  for (PetscInt i = 0; i < rows->n_columns; i++)
    if (!strcmp(rows->column[i].name, name) && strcmp(rows->column[i].kind, "uncertainty"))
      return i;
  return -1;
}

PetscErrorCode sweep_store_rows_free(SweepRows *rows) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < rows->n; i++) {
    PetscCall(PetscFree(rows->row[i].why));
    PetscCall(PetscFree(rows->row[i].missed));
    PetscCall(PetscFree(rows->row[i].warnings));
    PetscCall(PetscFree(rows->row[i].valueless));
  }
  for (PetscInt i = 0; i < rows->n_columns; i++) {
    PetscCall(PetscFree(rows->column[i].name));
    PetscCall(PetscFree(rows->column[i].unit));
  }
  PetscCall(PetscFree(rows->row));
  PetscCall(PetscFree(rows->column));
  PetscCall(PetscFree(rows->axis));
  PetscCall(PetscFree(rows->value));
  memset(rows, 0, sizeof *rows);
  PetscFunctionReturn(PETSC_SUCCESS);
}

enum { FIXED = 12 };

/* Columns of quantities, and the statement that gives all rows. */
static PetscErrorCode select_all(SweepStore *store, const SweepPlan *plan, SweepRows *rows, sqlite3_stmt **statement) {
  PetscFunctionBeginUser;
  sqlite3_str *sql = sqlite3_str_new(store->db);
  sqlite3_str_appendf(
      sql, "SELECT id, place, role, status, content, why, missed, wall_s, cpu_s, peak_rss_bytes, valueless, warnings");
  sweep_store_select_axes(store, plan, sql);
  PetscErrorCode failed = PETSC_SUCCESS;
  for (PetscInt i = 0; i < store->n_columns && !failed; i++) {
    const StoreColumn *from = &store->column[i];
    if (!strcmp(from->kind, "axis"))
      continue;
    SweepColumn *to = &rows->column[rows->n_columns++];
    failed = PetscStrncpy(to->kind, from->kind, sizeof to->kind);
    if (!failed)
      failed = PetscStrallocpy(from->name, &to->name);
    if (!failed)
      failed = PetscStrallocpy(from->unit, &to->unit);
    sqlite3_str_appendf(sql, ", \"%w\"", from->sql);
  }
  sqlite3_str_appendf(sql, " FROM point WHERE place IS NOT NULL ORDER BY place");
  char *text = sqlite3_str_finish(sql);
  if (!failed)
    failed = sweep_store_prepare(store, text, statement);
  sqlite3_free(text);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode copy_text(sqlite3_stmt *statement, int i, char **text) {
  PetscFunctionBeginUser;
  *text = NULL;
  if (sqlite3_column_type(statement, i) != SQLITE_NULL)
    PetscCall(PetscStrallocpy((const char *)sqlite3_column_text(statement, i), text));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_row(sqlite3_stmt *statement, const SweepPlan *plan, SweepRows *rows) {
  SweepRow *row = &rows->row[rows->n];
  PetscFunctionBeginUser;
  *row = (SweepRow){.id = sqlite3_column_int64(statement, 0), .place = sqlite3_column_int(statement, 1)};
  row->role = sweep_store_role((const char *)sqlite3_column_text(statement, 2));
  PetscCall(PetscStrncpy(row->status, (const char *)sqlite3_column_text(statement, 3), sizeof row->status));
  PetscCall(PetscStrncpy(row->content, (const char *)sqlite3_column_text(statement, 4), sizeof row->content));
  PetscCall(copy_text(statement, 5, &row->why));
  PetscCall(copy_text(statement, 6, &row->missed));
  PetscCall(copy_text(statement, 10, &row->valueless));
  PetscCall(copy_text(statement, 11, &row->warnings));
  row->wall_s = sqlite3_column_double(statement, 7);
  row->cpu_s = sqlite3_column_double(statement, 8);
  row->peak_rss_bytes = sqlite3_column_double(statement, 9);
  sweep_store_read_axes(statement, FIXED, plan, rows->axis + rows->n * plan->n_axes);
  double *value = rows->value + rows->n * rows->n_columns;
  for (PetscInt k = 0; k < rows->n_columns; k++) {
    const int i = FIXED + (int)(plan->n_axes + k);
    value[k] = sqlite3_column_type(statement, i) == SQLITE_NULL ? NAN : sqlite3_column_double(statement, i);
  }
  rows->n++;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_rows(SweepStore *store, const SweepPlan *plan, sqlite3_stmt *statement, SweepRows *rows) {
  PetscInt room = 0;
  bool row;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_step(store, statement, &row));
  while (row) {
    if (rows->n == room) {
      room = 2 * room + 256;
      PetscCall(PetscRealloc((size_t)room * sizeof *rows->row, &rows->row));
      PetscCall(PetscRealloc((size_t)(room * plan->n_axes) * sizeof(double), &rows->axis));
      PetscCall(PetscRealloc((size_t)(room * PetscMax(1, rows->n_columns)) * sizeof(double), &rows->value));
    }
    PetscCall(read_row(statement, plan, rows));
    PetscCall(sweep_store_step(store, statement, &row));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_table(SweepStore *store, const SweepPlan *plan, SweepRows *rows) {
  sqlite3_stmt *statement = NULL;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_columns_read(store));
  rows->n_axes = plan->n_axes;
  PetscCall(PetscCalloc1(store->n_columns + 1, &rows->column));
  PetscErrorCode failed = select_all(store, plan, rows, &statement);
  if (!failed)
    failed = read_rows(store, plan, statement, rows);
  (void)sqlite3_finalize(statement);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_store_rows(SweepStore *store, const SweepPlan *plan, SweepRows *rows) {
  PetscFunctionBeginUser;
  memset(rows, 0, sizeof *rows);
  PetscErrorCode failed = read_table(store, plan, rows);
  if (failed)
    (void)sweep_store_rows_free(rows);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}
