#include "cases/case_file/interrupt.h"
#include "cases/case_file/version.h"
#include "cases/results/own_files.h"
#include "cases/results/results_impl.h"
#include "cases/results/table.h"
#include <math.h>
#include <string.h>
#include <time.h>

json_t *results_number(double value) { return isfinite(value) ? json_real(value) : json_null(); }

double results_value(const json_t *number) { return json_is_number(number) ? json_number_value(number) : NAN; }

PetscErrorCode results_agree(MPI_Comm comm, char *why) {
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Bcast(why, 512, MPI_CHAR, 0, comm));
  PetscCheck(!why[0], comm, PETSC_ERR_USER_INPUT, "%s", why);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A word as a shell reads it back. */
static void append_quoted(char *line, size_t n, const char *word) {
  size_t at = strlen(line);
  bool plain = *word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%")];
  at += (size_t)snprintf(line + at, n - at, plain ? " " : " '");
  for (const char *c = word; *c && at + 6 < n; c++)
    at += (size_t)snprintf(line + at, n - at, !plain && *c == '\'' ? "'\\''" : "%c", *c);
  if (!plain && at + 2 < n)
    snprintf(line + at, n - at, "'");
}

/* The command that does the same again. */
static void command_line(const Results *results, PetscMPIInt ranks, char *line, size_t n) {
  const Case *c = results->c;
  line[0] = 0;
  if (ranks > 1)
    snprintf(line, n, "mpirun -n %d ", (int)ranks);
  strncat(line, "trabecula run", n - strlen(line) - 1);
  append_quoted(line, n, c->file);
  for (int i = 0; i < c->n_set; i++) {
    strncat(line, " --set", n - strlen(line) - 1);
    append_quoted(line, n, c->set[i]);
  }
  strncat(line, " -o", n - strlen(line) - 1);
  append_quoted(line, n, results->dir);
}

static PetscErrorCode record_program(Results *results) {
  PetscInt major, minor, sub;
  PetscMPIInt ranks;
  char petsc[64], line[2 * PETSC_MAX_PATH_LEN + 1024], date[32];
  time_t now = time(NULL);
  struct tm utc;
  PetscFunctionBeginUser;
  PetscCall(PetscGetVersionNumber(&major, &minor, &sub, NULL));
  PetscCall(
      PetscSNPrintf(petsc, sizeof petsc, "%" PetscInt_FMT ".%" PetscInt_FMT ".%" PetscInt_FMT, major, minor, sub));
  PetscCallMPI(MPI_Comm_size(results->comm, &ranks));
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
  command_line(results, ranks, line, sizeof line);
  json_t *program = json_pack("{s:s, s:s, s:i}", "version", trabecula_version, "petsc", petsc, "ranks", (int)ranks);
  RESULTS_JSON(json_object_set_new(results->record, "program", program));
  RESULTS_JSON(json_object_set_new(results->record, "date", json_string(date)));
  RESULTS_JSON(json_object_set_new(results->record, "command", json_text(line)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode record_begin(Results *results) {
  const Case *c = results->c;
  const char *title = "", *model = "";
  PetscFunctionBeginUser;
  if (document_has(c->doc, "title"))
    PetscCall(document_text(c->doc, "title", &title));
  if (document_has(c->doc, "model"))
    PetscCall(document_text(c->doc, "model", &model));
  results->record =
      json_pack("{s:o, s:o, s:o, s:s, s:s, s:s}", "case", json_text(c->name), "file", json_text(c->file), "title",
                json_text(title), "runner", c->runner->name, "runner_help", c->runner->help, "model", model);
  RESULTS_JSON(!results->record);
  PetscCall(record_program(results));
  static const char *const lists[] = {"assumptions", "warnings", "verdicts", "tables", "charts",
                                      "meshes",      "solves",   "expect",   "skipped"};
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
    RESULTS_JSON(json_object_set_new(results->record, lists[i], json_array()));
  RESULTS_JSON(json_object_set_new(results->record, "quantities", json_object()));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_create(const Case *c, const char *dir, PetscBool quiet, Results **out) {
  Results *results;
  char why[512] = "";
  PetscFunctionBeginUser;
  *out = NULL;
  PetscCheck(!dir || strlen(dir) + 64 < PETSC_MAX_PATH_LEN, c->comm, PETSC_ERR_USER_INPUT,
             "the name of the output folder is too long");
  PetscCall(PetscNew(&results));
  *results = (Results){.c = c, .comm = c->comm, .quiet = quiet, .start = MPI_Wtime(), .claim = -1};
  if (dir)
    PetscCall(PetscStrncpy(results->dir, dir, sizeof results->dir));
  for (size_t n = strlen(results->dir); n > 1 && results->dir[n - 1] == '/'; n--)
    results->dir[n - 1] = 0;
  PetscCallMPI(MPI_Comm_rank(c->comm, &results->rank));
  if (!results->rank && dir)
    (void)stage_make(results, why, sizeof why);
  PetscCallMPI(MPI_Bcast(results->stage, PETSC_MAX_PATH_LEN, MPI_CHAR, 0, c->comm));
  PetscErrorCode failed = results_agree(c->comm, why);
  if (!failed)
    failed = record_begin(results);
  if (failed) {
    folder_release(results->dir, results->claim);
    json_decref(results->record);
    (void)PetscFree(results);
  }
  PetscCall(failed);
  *out = results;
  if (!results->rank && !quiet)
    results_print_header(results->record, stdout);
  if (results->dir[0] && !c->runner->is_sweep)
    failed = checkpoint_begin(results);
  if (failed)
    PetscCall(results_destroy(out));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_destroy(Results **results) {
  PetscFunctionBeginUser;
  if (!*results)
    PetscFunctionReturn(PETSC_SUCCESS);
  if (!(*results)->rank && (*results)->dir[0]) {
    folder_release((*results)->dir, (*results)->claim);
    interrupt_clean(); /* does nothing after results_finish */
  }
  json_decref((*results)->record);
  PetscCall(PetscFree(*results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode results_path(Results *results, const char *file, char *path) {
  PetscFunctionBeginUser;
  path[0] = 0;
  if (results->dir[0])
    PetscCall(PetscSNPrintf(path, PETSC_MAX_PATH_LEN, "%s/%s", results->stage, file));
  PetscFunctionReturn(PETSC_SUCCESS);
}
