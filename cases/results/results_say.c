/* What runners say, into the record. */
#define _GNU_SOURCE /* vasprintf */
#include "cases/case_file/plain_text.h"
#include "cases/results/results_impl.h"
#include "cases/results/table.h"
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Formats into *text, to be freed. */
static PetscErrorCode format_text(const char *format, va_list arguments, char **text) {
  PetscFunctionBeginUser;
  PetscCheck(vasprintf(text, format, arguments) >= 0, PETSC_COMM_SELF, PETSC_ERR_MEM, "text of a result");
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What stands there already is not said again: several resolutions and variants have their assumptions in common. */
static bool stands_there(const json_t *list, const char *text) {
  size_t i;
  const json_t *said;
  json_array_foreach(list, i, said) if (!strcmp(json_string_value(said), text)) return true;
  return false;
}

static PetscErrorCode append_text(Results *results, const char *list, const char *text) {
  PetscFunctionBeginUser;
  if (stands_there(json_object_get(results->record, list), text))
    PetscFunctionReturn(PETSC_SUCCESS);
  RESULTS_JSON(json_array_append_new(json_object_get(results->record, list), json_text(text)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_progress(Results *results, const char *format, ...) {
  va_list arguments;
  char *text;
  PetscFunctionBeginUser;
  if (results->rank || results->quiet)
    PetscFunctionReturn(PETSC_SUCCESS);
  va_start(arguments, format);
  PetscErrorCode failed = format_text(format, arguments, &text);
  va_end(arguments);
  PetscCall(failed);
  plain_print(stdout, "%8.1f s  %s\n", MPI_Wtime() - results->start, text);
  fflush(stdout);
  free(text);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Formats, appends to a list of the record; *text is to be freed. */
static PetscErrorCode append_format(Results *results, const char *list, const char *format, va_list arguments,
                                    char **text) {
  PetscFunctionBeginUser;
  PetscCall(format_text(format, arguments, text));
  PetscErrorCode failed = append_text(results, list, *text);
  if (failed)
    free(*text);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_warn(Results *results, const char *format, ...) {
  va_list arguments;
  char *text;
  PetscFunctionBeginUser;
  va_start(arguments, format);
  PetscErrorCode failed = append_format(results, "warnings", format, arguments, &text);
  va_end(arguments);
  PetscCall(failed);
  if (!results->rank) {
    fflush(stdout);
    plain_print(stderr, "%s%s\n", strstr(text, ": warning: ") ? "" : "trabecula: warning: ", text);
  }
  free(text);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_incomplete(Results *results, const char *format, ...) {
  va_list arguments;
  char *text;
  PetscFunctionBeginUser;
  va_start(arguments, format);
  PetscErrorCode failed = append_format(results, "warnings", format, arguments, &text);
  va_end(arguments);
  PetscCall(failed);
  RESULTS_JSON(json_object_set_new(results->record, "incomplete", json_text(text)));
  free(text);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_assume(Results *results, const char *format, ...) {
  va_list arguments;
  char *text;
  PetscFunctionBeginUser;
  va_start(arguments, format);
  PetscErrorCode failed = append_format(results, "assumptions", format, arguments, &text);
  va_end(arguments);
  PetscCall(failed);
  free(text);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_verdict(Results *results, VerdictKind kind, const char *format, ...) {
  static const char *const kinds[] = {
      [VERDICT_YES] = "yes", [VERDICT_NO] = "no", [VERDICT_NOT_SHOWN] = "not shown", [VERDICT_NOTE] = "note"};
  va_list arguments;
  char *text;
  PetscFunctionBeginUser;
  va_start(arguments, format);
  PetscErrorCode failed = format_text(format, arguments, &text);
  va_end(arguments);
  PetscCall(failed);
  json_t *verdict = json_pack("{s:s, s:o}", "kind", kinds[kind], "text", json_text(text));
  free(text);
  RESULTS_JSON(json_array_append_new(json_object_get(results->record, "verdicts"), verdict));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_quantity(Results *results, const char *name, double value, const char *unit,
                                double uncertainty) {
  json_t *all = json_object_get(results->record, "quantities");
  PetscFunctionBeginUser;
  PetscCheck(!json_object_get(all, name), results->comm, PETSC_ERR_PLIB, "quantity '%s' is given twice", name);
  json_t *quantity = json_pack("{s:o, s:s, s:o}", "value", results_number(value), "unit", unit ? unit : "",
                               "uncertainty", results_number(uncertainty));
  RESULTS_JSON(json_object_set_new(all, name, quantity));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_solve(Results *results, const SolveInfo *info) {
  PetscFunctionBeginUser;
  json_t *solve = json_pack("{s:o, s:s, s:I, s:I, s:o, s:o, s:o}", "name", json_text(info->name), "model",
                            info->model ? info->model : "", "dofs", (json_int_t)info->dofs, "iterations",
                            (json_int_t)info->iterations, "relative_residual", results_number(info->relative_residual),
                            "setup_s", results_number(info->setup_s), "solve_s", results_number(info->solve_s));
  RESULTS_JSON(json_array_append_new(json_object_get(results->record, "solves"), solve));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static json_int_t whole(const json_t *mesh, const char *key) { return json_integer_value(json_object_get(mesh, key)); }

/* The mesh of the summary: the largest by degrees of freedom, with the largest frame's struts. */
static PetscErrorCode choose_mesh(Results *results) {
  const json_t *meshes = json_object_get(results->record, "meshes"), *mesh, *largest = NULL;
  json_int_t struts = 0;
  size_t i;
  PetscFunctionBeginUser;
  json_array_foreach(meshes, i, mesh) {
    if (!largest || whole(mesh, "dofs") > whole(largest, "dofs") ||
        (whole(mesh, "dofs") == whole(largest, "dofs") && whole(mesh, "voxels") > whole(largest, "voxels")))
      largest = mesh;
    struts = whole(mesh, "struts") > struts ? whole(mesh, "struts") : struts;
  }
  json_t *copy = json_copy((json_t *)largest);
  RESULTS_JSON(!copy || json_object_set_new(copy, "struts", json_integer(struts)));
  RESULTS_JSON(json_object_set_new(results->record, "mesh", copy));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_mesh(Results *results, const MeshFacts *mesh) {
  PetscFunctionBeginUser;
  json_t *fact = json_pack("{s:o, s:I, s:I, s:I, s:I, s:o}", "voxel_mm", results_number(mesh->voxel_mm), "voxels",
                           (json_int_t)mesh->voxels, "nodes", (json_int_t)mesh->nodes, "dofs", (json_int_t)mesh->dofs,
                           "struts", (json_int_t)mesh->struts, "porosity_pct", results_number(mesh->porosity_pct));
  RESULTS_JSON(json_array_append_new(json_object_get(results->record, "meshes"), fact));
  PetscCall(choose_mesh(results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_table(Results *results, const char *title, const char *header) {
  json_t *table;
  PetscFunctionBeginUser;
  PetscCall(table_new(title, header, &table));
  RESULTS_JSON(json_array_append_new(json_object_get(results->record, "tables"), table));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_row(Results *results, const char *format, ...) {
  json_t *tables = json_object_get(results->record, "tables");
  va_list arguments;
  PetscFunctionBeginUser;
  PetscCheck(json_array_size(tables), results->comm, PETSC_ERR_PLIB, "a row without a table");
  va_start(arguments, format);
  PetscErrorCode failed = table_row_list(json_array_get(tables, json_array_size(tables) - 1), format, arguments);
  va_end(arguments);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static json_t *numbers(PetscInt n, const double *value) {
  json_t *list = json_array();
  for (PetscInt i = 0; list && i < n; i++)
    if (json_array_append_new(list, results_number(value[i]))) {
      json_decref(list);
      return NULL;
    }
  return list;
}

static json_t *chart_bars(const Chart *chart) {
  json_t *bars = json_array();
  for (PetscInt i = 0; bars && i < chart->n_bars; i++) {
    json_t *bar =
        json_pack("{s:o, s:o}", "name", json_text(chart->bar_name[i]), "value", results_number(chart->bar_value[i]));
    if (json_array_append_new(bars, bar)) {
      json_decref(bars);
      return NULL;
    }
  }
  return bars;
}

static json_t *chart_series(const ChartSeries *s) {
  return json_pack("{s:o, s:o, s:o, s:o, s:b, s:b}", "name", json_text(s->name ? s->name : ""), "x",
                   numbers(s->n, s->x), "y", numbers(s->n, s->y), "error",
                   s->error ? numbers(s->n, s->error) : json_null(), "line", s->line, "points", s->points);
}

PetscErrorCode results_chart(Results *results, const Chart *chart) {
  PetscFunctionBeginUser;
  PetscCheck(chart->n_series >= 0 && chart->n_series <= CHART_SERIES, results->comm, PETSC_ERR_PLIB,
             "chart '%s' has %" PetscInt_FMT " series", chart->title, chart->n_series);
  json_t *copy = json_pack("{s:o, s:o, s:o, s:b, s:b, s:[], s:o}", "title", json_text(chart->title), "x_label",
                           json_text(chart->x_label ? chart->x_label : ""), "y_label",
                           json_text(chart->y_label ? chart->y_label : ""), "log_x", chart->log_x, "log_y",
                           chart->log_y, "series", "bars", chart_bars(chart));
  RESULTS_JSON(!copy);
  RESULTS_JSON(json_array_append_new(json_object_get(results->record, "charts"), copy));
  for (PetscInt i = 0; i < chart->n_series; i++)
    RESULTS_JSON(json_array_append_new(json_object_get(copy, "series"), chart_series(&chart->series[i])));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_history(Results *results, const char *header) {
  PetscFunctionBeginUser;
  PetscCheck(!json_object_get(results->record, "history"), results->comm, PETSC_ERR_PLIB,
             "the history has two headers");
  json_t *history = json_pack("{s:o, s:[]}", "header", json_text(header), "rows");
  RESULTS_JSON(json_object_set_new(results->record, "history", history));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_history_row(Results *results, PetscInt n, const double *value) {
  json_t *history = json_object_get(results->record, "history");
  PetscInt columns = 1;
  PetscFunctionBeginUser;
  PetscCheck(history, results->comm, PETSC_ERR_PLIB, "a row of a history without header");
  for (const char *h = json_string_value(json_object_get(history, "header")); *h; h++)
    columns += *h == ',';
  PetscCheck(n == columns, results->comm, PETSC_ERR_PLIB,
             "a history row of %" PetscInt_FMT " values under %" PetscInt_FMT " headings", n, columns);
  RESULTS_JSON(json_array_append_new(json_object_get(history, "rows"), numbers(n, value)));
  PetscFunctionReturn(PETSC_SUCCESS);
}
