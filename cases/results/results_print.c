/* What stands on the terminal before and after a run. */
#include "cases/case_file/plain_text.h"
#include "cases/results/results_impl.h"
#include "cases/results/table.h"
#include <string.h>

static const char *text(const json_t *object, const char *key) {
  const char *value = json_string_value(json_object_get(object, key));
  return value ? value : "";
}

void results_print_header(const json_t *record, FILE *file) {
  const json_t *program = json_object_get(record, "program");
  int ranks = (int)json_integer_value(json_object_get(program, "ranks"));
  const char *model = text(record, "model");
  fprintf(file, "Trabecula %s  case %s  runner %s%s%s  %d %s\n", text(program, "version"), text(record, "file"),
          text(record, "runner"), model[0] ? "  model " : "", model, ranks, ranks == 1 ? "rank" : "ranks");
  if (*text(record, "title"))
    fprintf(file, "%s\n", text(record, "title"));
  fflush(file);
}

static PetscErrorCode print_quantities(const json_t *record, FILE *file) {
  const char *name;
  json_t *table, *quantity;
  PetscFunctionBeginUser;
  PetscCall(table_new("Quantities", "name|value|unit|\u00b1", &table));
  json_object_foreach(json_object_get(record, "quantities"), name, quantity) {
    const json_t *value = json_object_get(quantity, "value"), *half = json_object_get(quantity, "uncertainty");
    char number[32] = "\u2013", width[32] = "";
    if (json_is_number(value))
      snprintf(number, sizeof number, "%.6g", json_number_value(value));
    if (json_is_number(half))
      snprintf(width, sizeof width, "%.2g", json_number_value(half));
    PetscCall(table_row(table, "%s|%s|%s|%s", name, number, text(quantity, "unit"), width));
  }
  fputc('\n', file);
  table_print(table, file);
  json_decref(table);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void print_verdicts(const json_t *record, FILE *file) {
  size_t i;
  const json_t *verdict, *all = json_object_get(record, "verdicts");
  if (json_array_size(all))
    fputs("\nVerdicts\n", file);
  json_array_foreach(all, i, verdict) {
    const char *kind = text(verdict, "kind");
    fprintf(file, "  %-9s  %s\n",
            !strcmp(kind, "yes")         ? "YES"
            : !strcmp(kind, "no")        ? "NO"
            : !strcmp(kind, "not shown") ? "NOT SHOWN"
                                         : "note",
            text(verdict, "text"));
  }
}

static void print_expectation(const json_t *entry, FILE *file) {
  const json_t *value = json_object_get(entry, "value"), *wanted = json_object_get(entry, "wanted");
  const json_t *lo = json_object_get(entry, "lo"), *hi = json_object_get(entry, "hi");
  fprintf(file, "  %s  %s = ", json_is_true(json_object_get(entry, "pass")) ? "PASS  " : "MISSED", text(entry, "name"));
  if (json_is_number(value))
    fprintf(file, "%.6g, wanted ", json_number_value(value));
  else
    fputs("no number, wanted ", file);
  if (json_is_number(wanted)) {
    double w = json_number_value(wanted), v = json_number_value(value);
    fprintf(file, "%.6g \u00b1 %.3g %%", w, 100 * json_number_value(json_object_get(entry, "rtol")));
    if (json_is_number(value) && w != 0)
      fprintf(file, " (off by %+.2g %%)", 100 * (v - w) / w);
  } else if (lo && hi)
    fprintf(file, "%.6g to %.6g", json_number_value(lo), json_number_value(hi));
  else
    fprintf(file, "%s %.6g", lo ? "at least" : "at most", json_number_value(lo ? lo : hi));
  fprintf(file, "  [%s]\n", text(entry, "source"));
}

/* Quiet: missed ones only. */
static void print_expectations(const json_t *record, PetscBool quiet, FILE *file) {
  size_t i;
  const json_t *entry, *all = json_object_get(record, "expect");
  if ((json_array_size(all) || json_array_size(json_object_get(record, "skipped"))) && !quiet)
    fputs("\nExpectations\n", file);
  json_array_foreach(json_object_get(record, "skipped"), i, entry) if (!quiet)
      fprintf(file, "  SKIPPED %s: %s\n", text(entry, "name"), text(entry, "why"));
  json_array_foreach(all, i, entry) if (!quiet || !json_is_true(json_object_get(entry, "pass")))
      print_expectation(entry, file);
}

PetscErrorCode results_print(const Results *results, FILE *file) {
  const json_t *record = results->record, *tables = json_object_get(record, "tables"), *table;
  const json_t *cost = json_object_get(record, "cost"), *program = json_object_get(record, "program");
  int ranks = (int)json_integer_value(json_object_get(program, "ranks"));
  size_t i;
  PetscFunctionBeginUser;
  if (results->quiet) {
    print_expectations(record, PETSC_TRUE, file);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  json_array_foreach(tables, i, table) {
    fputc('\n', file);
    table_print(table, file);
  }
  if (!json_array_size(tables))
    PetscCall(print_quantities(record, file));
  print_verdicts(record, file);
  print_expectations(record, PETSC_FALSE, file);
  plain_print(file, "\nReport %s/report.html  (%.1f s, peak memory %.0f MB on %d %s)\n", results->dir,
              json_number_value(json_object_get(cost, "wall_s")),
              json_number_value(json_object_get(cost, "peak_rss_bytes")) / 1e6, ranks, ranks == 1 ? "rank" : "ranks");
  fflush(file);
  PetscFunctionReturn(PETSC_SUCCESS);
}
