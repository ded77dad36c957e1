/* The whole table in memory. */
#include "cases/sweep/sweep_store_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

PetscInt rows_own_column(const SweepRows *rows, const char *name) {
  for (PetscInt i = 0; i < rows->n_columns; i++)
    if (!strcmp(rows->column[i].name, name) && strcmp(rows->column[i].kind, "uncertainty"))
      return i;
  return -1;
}

PetscInt rows_column(const SweepRows *rows, const char *name) {
  PetscInt found = rows_own_column(rows, name);
  for (PetscInt i = 0; i < rows->n_columns && found < 0; i++)
    if (strcmp(rows->column[i].kind, "uncertainty") && column_is_alias(&rows->cases, name, rows->column[i].name))
      found = i;
  return found;
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

enum { FIRST = 4 }; /* id, place, role, seal; then what the seal covers */

/* Where things stand in the statement. */
typedef struct Layout {
  int axis[SWEEP_AXES]; /* -1: the store does not have it */
  int *column;          /* [rows->n_columns] */
} Layout;

/* Columns of quantities, and where they and the axes stand. */
static PetscErrorCode lay_out(const SweepStore *store, const SweepPlan *plan, SweepRows *rows, Layout *layout) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < store->n_columns; i++) {
    const StoreColumn *from = &store->column[i];
    if (!strcmp(from->kind, "axis") || !strcmp(from->kind, "collected"))
      continue;
    layout->column[rows->n_columns] = FIRST + sweep_store_seal_column(store, from);
    SweepColumn *to = &rows->column[rows->n_columns++];
    PetscCall(PetscStrncpy(to->kind, from->kind, sizeof to->kind));
    PetscCall(PetscStrallocpy(from->name, &to->name));
    PetscCall(PetscStrallocpy(from->unit, &to->unit));
  }
  for (PetscInt a = 0; a < plan->n_axes; a++) {
    const StoreColumn *axis = sweep_store_find(store, plan->axis[a].name, "axis");
    layout->axis[a] = axis ? FIRST + sweep_store_seal_column(store, axis) : -1;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode select_all(SweepStore *store, sqlite3_stmt **statement) {
  PetscFunctionBeginUser;
  sqlite3_str *sql = sqlite3_str_new(store->db);
  sqlite3_str_appendall(sql, "SELECT id, place, role, seal");
  (void)sweep_store_seal_select(store, sql);
  sqlite3_str_appendall(sql, " FROM point WHERE place IS NOT NULL ORDER BY place");
  char *text = sqlite3_str_finish(sql);
  PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_MEM, "statement of all rows");
  PetscErrorCode failed = sweep_store_prepare(store, text, statement);
  sqlite3_free(text);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const char *text_of(sqlite3_stmt *statement, const char *name) {
  return (const char *)sqlite3_column_text(statement, FIRST + sweep_store_seal_index(name));
}

static double number_of(sqlite3_stmt *statement, const char *name) {
  return sqlite3_column_double(statement, FIRST + sweep_store_seal_index(name));
}

static PetscErrorCode copy_text(sqlite3_stmt *statement, const char *name, char **text) {
  const char *from = text_of(statement, name);
  PetscFunctionBeginUser;
  *text = NULL;
  if (from)
    PetscCall(PetscStrallocpy(from, text));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A finished row that is not what was written is there, but says nothing. */
static PetscErrorCode check_seal(SweepStore *store, sqlite3_stmt *statement, SweepRows *rows, SweepRow *row) {
  const char *has = (const char *)sqlite3_column_text(statement, 3);
  char should[CONTENT_TEXT];
  PetscFunctionBeginUser;
  if (strcmp(row->status, "done") && strcmp(row->status, "failed"))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(sweep_store_seal_of(store, statement, FIRST, should));
  if (has && !strcmp(has, should))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscStrncpy(row->status, "damaged", sizeof row->status));
  rows->n_damaged++;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_row(SweepStore *store, const SweepPlan *plan, sqlite3_stmt *statement, const Layout *layout,
                               SweepRows *rows) {
  SweepRow *row = &rows->row[rows->n];
  PetscFunctionBeginUser;
  const char *status = text_of(statement, "status"), *content = text_of(statement, "content");
  *row = (SweepRow){.id = sqlite3_column_int64(statement, 0), .place = sqlite3_column_int(statement, 1)};
  row->role = sweep_store_role((const char *)sqlite3_column_text(statement, 2));
  PetscCall(PetscStrncpy(row->status, status ? status : "", sizeof row->status));
  PetscCall(PetscStrncpy(row->content, content ? content : "", sizeof row->content));
  PetscCall(copy_text(statement, "why", &row->why));
  PetscCall(copy_text(statement, "missed", &row->missed));
  PetscCall(copy_text(statement, "valueless", &row->valueless));
  PetscCall(copy_text(statement, "warnings", &row->warnings));
  row->wall_s = number_of(statement, "wall_s");
  row->cpu_s = number_of(statement, "cpu_s");
  row->peak_rss_bytes = number_of(statement, "peak_rss_bytes");
  PetscCall(check_seal(store, statement, rows, row));
  const bool damaged = !strcmp(row->status, "damaged");
  for (PetscInt a = 0; a < plan->n_axes; a++)
    rows->axis[rows->n * plan->n_axes + a] =
        layout->axis[a] < 0 ? NAN : sweep_store_read_axis(statement, layout->axis[a], &plan->axis[a]);
  for (PetscInt k = 0; k < rows->n_columns; k++) {
    const int i = layout->column[k];
    rows->value[rows->n * rows->n_columns + k] =
        damaged || sqlite3_column_type(statement, i) == SQLITE_NULL ? NAN : sqlite3_column_double(statement, i);
  }
  rows->n++;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_rows(SweepStore *store, const SweepPlan *plan, sqlite3_stmt *statement, const Layout *layout,
                                SweepRows *rows) {
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
    PetscCall(read_row(store, plan, statement, layout, rows));
    PetscCall(sweep_store_step(store, statement, &row));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_table(SweepStore *store, const SweepPlan *plan, SweepRows *rows) {
  sqlite3_stmt *statement = NULL;
  Layout layout;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_columns_read(store));
  rows->n_axes = plan->n_axes;
  rows->cases = plan->names;
  PetscCall(PetscCalloc1(store->n_columns + 1, &rows->column));
  PetscCall(PetscMalloc1(store->n_columns + 1, &layout.column));
  PetscErrorCode failed = lay_out(store, plan, rows, &layout);
  if (!failed)
    failed = select_all(store, &statement);
  if (!failed)
    failed = read_rows(store, plan, statement, &layout, rows);
  (void)sqlite3_finalize(statement);
  PetscCall(PetscFree(layout.column));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Columns and rows of one moment: other programs may be at work. */
PetscErrorCode sweep_store_rows(SweepStore *store, const SweepPlan *plan, SweepRows *rows) {
  const bool alone = sqlite3_get_autocommit(store->db);
  PetscFunctionBeginUser;
  memset(rows, 0, sizeof *rows);
  if (alone)
    PetscCall(sweep_store_execute(store, "BEGIN"));
  PetscErrorCode failed = read_table(store, plan, rows);
  if (alone)
    (void)sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
  if (failed)
    (void)sweep_store_rows_free(rows);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int by_text(const void *a, const void *b) { return strcmp(a, b); }

PetscErrorCode sweep_store_missing(const SweepStore *store, const SweepRows *rows, PetscInt *missing) {
  char(*content)[CONTENT_TEXT];
  size_t n = 0;
  PetscFunctionBeginUser;
  *missing = 0;
  PetscCall(PetscMalloc1(rows->n + 1, &content));
  for (PetscInt r = 0; r < rows->n; r++)
    if (!strcmp(rows->row[r].status, "done") || !strcmp(rows->row[r].status, "failed"))
      PetscCall(PetscStrncpy(content[n++], rows->row[r].content, CONTENT_TEXT));
  qsort(content, n, sizeof *content, by_text);
  for (PetscInt i = 0; i < store->n_expected; i++)
    *missing += !bsearch(store->expected[i], content, n, sizeof *content, by_text);
  PetscCall(PetscFree(content));
  PetscFunctionReturn(PETSC_SUCCESS);
}
