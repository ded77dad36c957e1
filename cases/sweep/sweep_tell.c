#include "cases/sweep/sweep_tell.h"

#include "cases/results/say.h"
#include "cases/results/table.h"
#include "cases/sweep/sweep_choose.h"
#include "cases/sweep/sweep_launch.h"
#include <math.h>
#include <string.h>

static PetscErrorCode print_price(const SweepPlan *plan, const SweepPrice *price) {
  const double row_bytes = 4000; /* of the store, measured */
  const int cores = sweep_cores();
  json_t *table;
  char text[64];
  PetscFunctionBeginUser;
  PetscCall(table_new("", "to expect|about", &table));
  PetscCall(table_row(table, "points to compute|%" PetscInt_FMT, price->points));
  PetscCall(table_row(table, "skipped by constraints|%" PetscInt_FMT, price->skipped));
  PetscCall(table_row(table, "refused|%" PetscInt_FMT, price->refused));
  PetscCall(table_row(table, "core-hours|%.3g", price->seconds / 3600));
  say_seconds(price->seconds / cores, sizeof text, text);
  PetscCall(table_row(table, "time on %d %s, a point on each|%s", cores, cores == 1 ? "core" : "cores", text));
  say_seconds(price->dearest_s, sizeof text, text);
  PetscCall(table_row(table, "dearest point, on one core|%s", text));
  say_bytes(price->memory_bytes, sizeof text, text);
  PetscCall(table_row(table, "memory of the largest point|%s", text));
  if (price->confirmations) {
    say_seconds(price->confirm_s, sizeof text, text);
    PetscCall(table_row(table, "dearest confirmation of a design, on one core|%s", text));
    say_bytes(price->confirm_bytes, sizeof text, text);
    PetscCall(table_row(table, "memory of the largest confirmation|%s", text));
  }
  say_bytes(row_bytes * (double)plan->n_points, sizeof text, text);
  PetscCall(table_row(table, "disk, for the table|%s", text));
  printf("%s is good: a sweep of %" PetscInt_FMT " points\n\n", plan->c->file, plan->n_points);
  table_print(table, stdout);
  json_decref(table);
  if (price->refused)
    printf("\nthe first that is refused: %s\n", price->first_refusal);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_check(const Case *c) {
  SweepPlan plan;
  SweepPrice price;
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(c->comm, &rank));
  PetscCall(sweep_plan_create(c, &plan));
  PetscErrorCode failed = PETSC_SUCCESS;
  if (!rank)
    failed = sweep_place(&plan, NULL, &price);
  if (!failed && !rank)
    failed = print_price(&plan, &price);
  PetscCall(sweep_plan_free(&plan));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode print_failures(const SweepPlan *plan, const SweepRows *rows) {
  json_t *table;
  char text[256];
  PetscFunctionBeginUser;
  PetscCall(table_new("\nFailed", "point|where|why", &table));
  for (PetscInt r = 0; r < rows->n; r++) {
    char number[24];
    if (strcmp(rows->row[r].status, "failed"))
      continue;
    snprintf(number, sizeof number, "%" PetscInt_FMT, rows->row[r].place);
    sweep_point_text(plan, rows->axis + r * rows->n_axes, sizeof text, text);
    PetscCall(table_cells(table, (const char *const[]){number, text, rows->row[r].why ? rows->row[r].why : ""}));
  }
  if (json_array_size(json_object_get(table, "rows")))
    table_print(table, stdout);
  json_decref(table);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_status(const SweepPlan *plan, SweepStore *store, const char *dir) {
  SweepCounts counts;
  SweepRows rows;
  double cpu_s = 0;
  char text[64];
  PetscFunctionBeginUser;
  PetscCall(sweep_store_counts(store, &counts));
  PetscCall(sweep_store_rows(store, plan, &rows));
  for (PetscInt r = 0; r < rows.n; r++)
    cpu_s += rows.row[r].cpu_s;
  say_seconds(cpu_s, sizeof text, text);
  printf("%s: %" PetscInt_FMT " done, %" PetscInt_FMT " running, %" PetscInt_FMT " waiting, %" PetscInt_FMT
         " failed, %" PetscInt_FMT " skipped; %s of computing\n",
         dir, counts.done, counts.running, counts.waiting, counts.failed, counts.skipped, text);
  if (counts.left_out)
    printf("%" PetscInt_FMT " further finished rows belong to other base cases, axes or versions and do not count\n",
           counts.left_out);
  PetscErrorCode failed = print_failures(plan, &rows);
  PetscCall(sweep_store_rows_free(&rows));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

enum { SHOWN_COLUMNS = 16, SHOWN_ROWS = 60, LINE = 2048 };

static void append(char *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void append(char *line, const char *format, ...) {
  const size_t used = strlen(line);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line + used, LINE - used, format, arguments);
  va_end(arguments);
}

/* cage_E_MPa says MPa itself, porosity_pct %. */
static bool names_unit(const char *name, const char *unit) {
  const char *end = strrchr(name, '_');
  return end && (!strcmp(end + 1, unit) || (!strcmp(end, "_pct") && !strcmp(unit, "%")));
}

static PetscErrorCode tell_row(const SweepPlan *plan, const SweepRows *rows, PetscInt r, PetscInt n,
                               const PetscInt *column, Results *results) {
  char line[LINE] = "";
  PetscFunctionBeginUser;
  append(line, "%" PetscInt_FMT, rows->row[r].place);
  for (PetscInt a = 0; a < plan->n_axes; a++) {
    const double x = rows->axis[r * rows->n_axes + a];
    if (plan->axis[a].word && !isnan(x))
      append(line, "|%s", plan->axis[a].word[(PetscInt)x]);
    else
      append(line, "|%.6g", x);
  }
  for (PetscInt i = 0; i < n; i++) {
    const double x = rows->value[r * rows->n_columns + column[i]];
    if (isnan(x))
      append(line, "|-");
    else
      append(line, "|%.4g", x);
  }
  PetscCall(results_row(results, "%s", line));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode tell_troubles(const SweepPlan *plan, const SweepRows *rows, const char *status, const char *title,
                                    Results *results) {
  const PetscInt most = 20;
  PetscInt n = 0;
  char text[256];
  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < rows->n; r++) {
    if (strcmp(rows->row[r].status, status))
      continue;
    if (!n++)
      PetscCall(results_table(results, title, "point|where|why"));
    sweep_point_text(plan, rows->axis + r * rows->n_axes, sizeof text, text);
    for (char *c = rows->row[r].why; c && *c; c++)
      if (*c == '|')
        *c = '/';
    if (n <= most)
      PetscCall(results_row(results, "%" PetscInt_FMT "|%s|%s", rows->row[r].place, text,
                            rows->row[r].why ? rows->row[r].why : ""));
  }
  if (n > most)
    PetscCall(results_row(results, "...||%" PetscInt_FMT " more in points.csv", n - most));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What the cases of finished points had to say of themselves: how many, and the first of them. */
static PetscErrorCode tell_remarks(const SweepRows *rows, bool missed, Results *results) {
  PetscInt n = 0, first = 0;
  PetscFunctionBeginUser;
  for (PetscInt r = rows->n - 1; r >= 0; r--) {
    const SweepRow *row = &rows->row[r];
    if (row->role != ROLE_POINT || strcmp(row->status, "done") || !(missed ? row->missed : row->warnings))
      continue;
    n++;
    first = r;
  }
  if (n)
    PetscCall(results_warn(results, "%" PetscInt_FMT " %s (column %s); the first, point %" PetscInt_FMT ": %s", n,
                           missed ? "points missed expectations of their cases" : "points gave warnings",
                           missed ? "missed" : "warnings", rows->row[first].place,
                           missed ? rows->row[first].missed : rows->row[first].warnings));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_tell_points(const SweepPlan *plan, const SweepRows *rows, Results *results) {
  PetscInt column[SHOWN_COLUMNS], n = sweep_shown_columns(plan, rows, SHOWN_COLUMNS, column), told = 0;
  char line[LINE] = "point";
  PetscFunctionBeginUser;
  for (PetscInt a = 0; a < plan->n_axes; a++)
    append(line, "|%s", plan->axis[a].name);
  for (PetscInt i = 0; i < n; i++) {
    const SweepColumn *shown = &rows->column[column[i]];
    append(line, "|%s", shown->name);
    if (shown->unit[0] && strcmp(shown->unit, "-") && !names_unit(shown->name, shown->unit))
      append(line, " %s", shown->unit);
  }
  PetscCall(results_table(results, "Points", line));
  for (PetscInt r = 0; r < rows->n; r++) {
    if (strcmp(rows->row[r].status, "done") || rows->row[r].role != ROLE_POINT)
      continue;
    if (told++ < SHOWN_ROWS)
      PetscCall(tell_row(plan, rows, r, n, column, results));
  }
  if (told > SHOWN_ROWS)
    PetscCall(results_assume(results,
                             "the table shows %d of %" PetscInt_FMT " points; all, with all columns, stand in "
                             "points.csv and in sweep.db",
                             SHOWN_ROWS, told));
  PetscCall(tell_remarks(rows, true, results));
  PetscCall(tell_remarks(rows, false, results));
  PetscCall(tell_troubles(plan, rows, "skipped", "Skipped", results));
  PetscCall(tell_troubles(plan, rows, "failed", "Failed", results));
  PetscFunctionReturn(PETSC_SUCCESS);
}
