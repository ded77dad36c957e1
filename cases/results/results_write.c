/* The files of a finished run. */
#include "cases/case_file/plain_text.h"
#include "cases/results/own_files.h"
#include "cases/results/report.h"
#include "cases/results/results_impl.h"
#include "cases/results/table.h"
#include "cases/results/whole_file.h"
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

static int write_json(FILE *file, void *json) {
  if (json_dumpf(json, file, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) || fputc('\n', file) == EOF)
    return errno ? errno : EIO;
  return 0;
}

static int write_report(FILE *file, void *record) { return report_write(record, file); }

static int write_resolved(FILE *file, void *text) { return fputs(text, file) < 0 ? errno : 0; }

static int write_history(FILE *file, void *history) {
  size_t i, k;
  const json_t *row, *value;
  fprintf(file, "%s\n", json_string_value(json_object_get(history, "header")));
  json_array_foreach(json_object_get(history, "rows"), i, row) {
    json_array_foreach(row, k, value) {
      if (k)
        fputc(',', file);
      char text[NUMBER_ROOM] = "nan";
      if (json_is_number(value))
        number_text(json_number_value(value), text);
      fputs(text, file);
    }
    fputc('\n', file);
  }
  return 0; /* whole_file_write looks at the stream */
}

/* The part of the record that other programs read. */
static json_t *summary(const json_t *record) {
  static const char *const keys[] = {"case", "program", "mesh", "solves", "quantities", "expect", "cost"};
  json_t *out = json_object();
  for (size_t i = 0; out && i < sizeof keys / sizeof keys[0]; i++) {
    json_t *value = json_object_get(record, keys[i]);
    if (json_object_set(out, keys[i], value ? value : json_null())) {
      json_decref(out);
      return NULL;
    }
  }
  return out;
}

/* Into the stage; errors name the place where the file was to be. */
static int stage_file(const Results *results, const char *name, int (*body)(FILE *, void *), void *context, char *why,
                      size_t n) {
  int bad = whole_file_write(results->stage, name, body, context, why, n);
  if (bad)
    snprintf(why, n, "cannot write '%.300s/%s': %s", results->dir, name, strerror(bad));
  return bad;
}

int results_write(Results *results, char *why, size_t n) {
  json_t *record = results->record, *history = json_object_get(record, "history");
  const char *resolved = json_string_value(json_object_get(record, "resolved"));
  json_t *short_form = summary(record);
  if (!short_form) {
    snprintf(why, n, "out of memory for summary.json");
    return ENOMEM;
  }
  int bad = stage_list(results);
  if (bad)
    snprintf(why, n, "cannot read '%.300s': %s", results->dir, strerror(bad));
  if (!bad && history)
    bad = stage_file(results, "history.csv", write_history, history, why, n);
  if (!bad && resolved)
    bad = stage_file(results, "case.resolved.yaml", write_resolved, (void *)resolved, why, n);
  if (!bad)
    bad = stage_file(results, "report.json", write_json, record, why, n);
  if (!bad)
    bad = stage_file(results, "report.html", write_report, record, why, n);
  if (!bad)
    bad = stage_file(results, "summary.json", write_json, short_form, why, n);
  json_decref(short_form);
  if (!bad)
    bad = own_write(results->stage, why, n);
  return bad ? bad : stage_publish(results, why, n);
}

static PetscErrorCode record_resolved(Results *results) {
  char *text = NULL;
  size_t n = 0;
  PetscFunctionBeginUser;
  FILE *file = open_memstream(&text, &n);
  PetscCheck(file, PETSC_COMM_SELF, PETSC_ERR_MEM, "resolved case");
  PetscErrorCode failed = document_write(results->c->doc, file);
  int bad = fclose(file);
  json_t *json = bad || failed ? NULL : json_text(text);
  free(text);
  PetscCall(failed);
  RESULTS_JSON(bad || json_object_set_new(results->record, "resolved", json));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode record_cost(Results *results) {
  struct rusage usage;
  double wall_s = MPI_Wtime() - results->start;
  PetscFunctionBeginUser;
  PetscCheck(!getrusage(RUSAGE_SELF, &usage), PETSC_COMM_SELF, PETSC_ERR_SYS, "getrusage failed");
  long long mine = (long long)usage.ru_maxrss * 1024, all; /* Linux counts KiB */
  PetscCallMPI(MPI_Allreduce(&mine, &all, 1, MPI_LONG_LONG, MPI_SUM, results->comm));
  json_t *cost = json_pack("{s:f, s:I}", "wall_s", wall_s, "peak_rss_bytes", (json_int_t)all);
  RESULTS_JSON(json_object_set_new(results->record, "cost", cost));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Completes the record and writes what is to be written. */
static PetscErrorCode complete(Results *results, int *status) {
  char why[512] = "";
  int missed;
  PetscFunctionBeginUser;
  PetscCall(results_expect(results, &missed));
  PetscCall(record_resolved(results));
  PetscCall(record_cost(results));
  if (!results->rank && results->dir[0])
    (void)results_write(results, why, sizeof why);
  PetscCall(results_agree(results->comm, why));
  PetscCall(checkpoint_remove(results));
  *status = json_object_get(results->record, "incomplete") ? 2 : missed ? 1 : 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_collect(Results *results, json_t **out, int *status) {
  PetscFunctionBeginUser;
  PetscCall(complete(results, status));
  *out = summary(results->record);
  json_t *incomplete = json_object_get(results->record, "incomplete");
  RESULTS_JSON(!*out || json_object_set(*out, "incomplete", incomplete ? incomplete : json_null()));
  RESULTS_JSON(json_object_set(*out, "warnings", json_object_get(results->record, "warnings")));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_finish(Results *results, int *status) {
  PetscFunctionBeginUser;
  PetscCall(complete(results, status));
  const char *incomplete = json_string_value(json_object_get(results->record, "incomplete"));
  if (!results->rank)
    PetscCall(results_print(results, results->quiet ? stderr : stdout));
  if (!results->rank && incomplete)
    plain_print(stderr, "%s: error: %s\n", results->c->file, incomplete);
  PetscFunctionReturn(PETSC_SUCCESS);
}
