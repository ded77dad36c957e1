/* trabecula report: rewrites report.html from report.json. */
#include "cases/case_file/plain_text.h"
#include "cases/command/command.h"
#include "cases/results/own_files.h"
#include "cases/results/report.h"
#include "cases/results/results_impl.h"

static int write_report(FILE *file, void *record) { return report_write(record, file); }

/* Rank 0. why "" when good. */
static void rewrite(const char *dir, char *why, size_t n) {
  char path[PETSC_MAX_PATH_LEN];
  json_error_t error;
  if (snprintf(path, sizeof path, "%s/report.json", dir) >= (int)sizeof path) {
    snprintf(why, n, "the name of the folder is too long");
    return;
  }
  json_t *record = json_load_file(path, 0, &error);
  if (!record && error.line < 0)
    snprintf(why, n, "'%.200s' is no folder of results: %s", dir, error.text);
  else if (!record)
    snprintf(why, n, "%.200s:%d:%d: error: %s", path, error.line, error.column, error.text);
  else if (!json_is_string(json_object_get(record, "case")) || !json_is_object(json_object_get(record, "quantities")))
    snprintf(why, n, "'%.200s' is no report of this program", path);
  else
    (void)own_replace(dir, "report.html", write_report, record, why, n);
  json_decref(record);
}

static PetscErrorCode report(MPI_Comm comm, const Arguments *a, int *status) {
  char why[512] = "";
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  *status = 0;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank)
    rewrite(a->operand[0], why, sizeof why);
  PetscCall(results_agree(comm, why));
  if (!rank)
    plain_print(stdout, "%s/report.html is written\n", a->operand[0]);
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Command command_report = {"report", "DIR", "writes report.html again from the results in DIR", 1, 1, 0, 0,
                                {{0}},    report};
