/* trabecula run, trabecula check. */
#include "cases/body/build.h"
#include "cases/case_file/plain_text.h"
#include "cases/command/command.h"
#include "cases/results/own_files.h"
#include "cases/results/results.h"
#include "cases/results/say.h"
#include "cases/results/table.h"
#include "cases/sweep/sweep_tell.h"
#include <string.h>
#include <unistd.h>

static PetscErrorCode finish_run(const Case *c, Results *results, int *status) {
  PetscFunctionBeginUser;
  PetscCall(c->runner->run(c, results));
  PetscCall(results_finish(results, status));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The estimate goes first: it finds the mistakes that can be found before any work, and runs that cannot fit. */
static PetscErrorCode run_case(const Case *c, const Arguments *a, int *status) {
  char dir[PETSC_MAX_PATH_LEN];
  Estimate estimate = {0};
  Results *results;
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(dir, sizeof dir, "out/%s", c->name));
  PetscCall(c->runner->estimate(c, &estimate));
  PetscCall(build_refuse_memory(c, &estimate));
  PetscCall(results_create(c, a->out ? a->out : dir, a->quiet, &results));
  PetscErrorCode failed = finish_run(c, results, status);
  PetscCall(results_destroy(&results));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A run that failed or was refused leaves no results of an earlier one as if they were its own. */
static void after_failure(const Case *c, const Arguments *a) {
  char dir[PETSC_MAX_PATH_LEN], why[512];
  PetscMPIInt rank = 0;
  int claim;
  bool moved;
  (void)MPI_Comm_rank(c->comm, &rank);
  if (rank || !c->name[0] ||
      snprintf(dir, sizeof dir, "%s%s", a->out ? "" : "out/", a->out ? a->out : c->name) >= (int)sizeof dir ||
      access(dir, W_OK) || folder_claim(dir, &claim, why, sizeof why))
    return; /* no folder, or another run is at work there */
  if (own_set_aside(dir, &moved, why, sizeof why))
    plain_print(stderr, "trabecula: warning: %s\n", why);
  else if (own_has_earlier(dir))
    plain_print(stderr, "trabecula: warning: the results of the last good run are now in '%s/earlier'\n", dir);
  folder_release(dir, claim);
}

static PetscErrorCode run(MPI_Comm comm, const Arguments *a, int *status) {
  Case c;
  PetscFunctionBeginUser;
  PetscErrorCode failed = case_read(comm, a->operand[0], a->n_set, (char **)a->set, &c);
  if (!failed)
    failed = run_case(&c, a, status);
  if (failed)
    after_failure(&c, a);
  PetscCall(case_free(&c));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode print_estimate(const Case *c, const Estimate *e) {
  const struct {
    const char *name;
    double value;
    void (*say)(double, size_t, char *);
  } row[] = {{"voxels", e->voxels, say_count},
             {"degrees of freedom, voxels", e->voxel_dofs, say_count},
             {"struts", e->struts, say_count},
             {"degrees of freedom, frame", e->frame_dofs, say_count},
             {"memory, all ranks", e->memory_bytes, say_bytes},
             {"time on these ranks", e->seconds, say_seconds}};
  PetscMPIInt ranks;
  json_t *table;
  char text[64];
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(c->comm, &ranks));
  PetscCall(table_new("", "to expect|about", &table));
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    if (row[i].value <= 0 && row[i].say == say_count)
      continue; /* no such model */
    row[i].say(row[i].value, sizeof text, text);
    PetscCall(table_row(table, "%s|%s", row[i].name, text));
  }
  plain_print(stdout, "%s is good: runner %s, %d %s\n\n", c->file, c->runner->name, (int)ranks,
              ranks == 1 ? "rank" : "ranks");
  table_print(table, stdout);
  json_decref(table);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The expectations that this case cannot check; the run says the same. */
static PetscErrorCode print_skipped(const Case *c) {
  PetscMPIInt rank;
  PetscInt n = 0;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(c->comm, &rank));
  if (document_has(c->doc, "expect"))
    PetscCall(document_count(c->doc, "expect", &n));
  for (PetscInt i = 0, skipped = 0; i < n; i++) {
    const char *name;
    char why[256];
    PetscCall(document_member(c->doc, "expect", i, &name));
    PetscCall(quantities_skip(c, name, sizeof why, why));
    if (why[0] && !rank)
      plain_print(stdout, "%s  SKIPPED %s: %s\n", skipped++ ? "" : "\nExpectations\n", name, why);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode check_case(const Case *c) {
  PetscMPIInt rank;
  Estimate estimate = {0};
  PetscFunctionBeginUser;
  if (c->runner->is_sweep) {
    PetscCall(sweep_check(c));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(c->runner->estimate(c, &estimate));
  PetscCall(build_refuse_memory(c, &estimate));
  PetscCallMPI(MPI_Comm_rank(c->comm, &rank));
  if (!rank)
    PetscCall(print_estimate(c, &estimate));
  PetscCall(print_skipped(c));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode check(MPI_Comm comm, const Arguments *a, int *status) {
  Case c;
  PetscFunctionBeginUser;
  *status = 0;
  PetscCall(case_read(comm, a->operand[0], a->n_set, (char **)a->set, &c));
  PetscErrorCode failed = check_case(&c);
  PetscCall(case_free(&c));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Command command_run = {"run", "CASE.yaml", "computes a case; results in DIR (default: out/CASE)",
                             1,     1,           COMMAND_OUT | COMMAND_SET | COMMAND_QUIET,
                             0,     {{0}},       run};
const Command command_check = {
    "check", "CASE.yaml", "finds mistakes; says voxels, memory and time to expect", 1, 1, COMMAND_SET, 0, {{0}}, check};
