#include "cases/sweep/sweep_work.h"

#include "cases/case_file/error.h"
#include "cases/case_file/interrupt.h"
#include "cases/results/whole_file.h"
#include "cases/sweep/sweep_point.h"
#include "cases/sweep/sweep_row.h"
#include "cases/sweep/sweep_task.h"
#include "solver/files/keep.h"
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

typedef struct Work {
  MPI_Comm comm;
  PetscMPIInt rank;
  const SweepPlan *plan;
  const char *dir;
} Work;

typedef enum Outcome { OUTCOME_ROW, OUTCOME_REFUSED, OUTCOME_FAILED, OUTCOME_DISK, OUTCOME_STOPPED } Outcome;

bool work_is_disk(const char *why) {
  static const int numbers[] = {ENOSPC, EDQUOT, EIO, EROFS};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
    if (strstr(why, strerror(numbers[i])))
      return true;
  return false;
}

/* Where the results of a point stand while it is computed; "" where none are wanted: nothing is kept, and it is over
   before there is anything to continue from. */
static void point_folder(const Work *work, const SweepPoint *point, size_t n, char *folder) {
  const double long_s = 60;
  folder[0] = 0;
  if (work->plan->keep != KEEP_NONE || point->seconds > long_s)
    snprintf(folder, n, "%s/points/%s", work->dir, point->content);
}

static PetscErrorCode read_and_run(const Work *work, const SweepClaim *claim, bool *begun, json_t **result) {
  SweepPoint point;
  char folder[PETSC_MAX_PATH_LEN];
  PetscFunctionBeginUser;
  *begun = false;
  bool other = false; /* a value that its axis does not have */
  for (PetscInt a = 0; a < work->plan->n_axes; a++)
    other = other || isnan(claim->value[a]);
  memset(&point, 0, sizeof point);
  PetscErrorCode failed =
      other ? PETSC_SUCCESS : sweep_point_read(work->plan, work->comm, claim->value, claim->role, &point);
  if (!failed && strcmp(point.content, claim->content))
    failed = PetscError(work->comm, __LINE__, PETSC_FUNCTION_NAME, __FILE__, PETSC_ERR_ARG_WRONGSTATE,
                        PETSC_ERROR_INITIAL, "a file of the sweep was changed while it ran: start it again");
  if (!failed) {
    *begun = true;
    for (PetscInt k = 0; k < point.n; k++)
      if (!point.one[k].c.cache_dir[0])
        PetscCall(PetscSNPrintf(point.one[k].c.cache_dir, PETSC_MAX_PATH_LEN, "%s/cache", work->dir));
    point_folder(work, &point, sizeof folder, folder);
    failed = sweep_point_run(&point, folder[0] ? folder : NULL, result);
  }
  PetscErrorCode freed = sweep_point_free(&point);
  PetscCall(failed);
  PetscCall(freed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Folders of points that are not kept go; they may hold what a stopped run continues from, until there is a row. */
static void tidy(const Work *work, const SweepClaim *claim, const json_t *result) {
  char folder[PETSC_MAX_PATH_LEN];
  const bool failed = strcmp(json_string_value(json_object_get(result, "status")), "done") != 0;
  if (work->plan->keep == KEEP_ALL || (work->plan->keep == KEEP_FAILED && failed))
    return;
  snprintf(folder, sizeof folder, "%s/points/%s", work->dir, claim->content);
  folder_remove(folder);
}

/* Computes a point. *result: its row, NULL for OUTCOME_DISK (then report says why) and OUTCOME_STOPPED. */
static PetscErrorCode compute(const Work *work, const SweepClaim *claim, ErrorReport *report, json_t **result,
                              Outcome *outcome) {
  bool begun;
  PetscFunctionBeginUser;
  *report = (ErrorReport){.kept = PETSC_TRUE};
  *result = NULL;
  *outcome = OUTCOME_ROW;
  PetscCall(PetscPushErrorHandler(error_handler, report));
  PetscErrorCode failed = read_and_run(work, claim, &begun, result);
  if (failed)
    error_meet(report);
  PetscCall(PetscPopErrorHandler());
  if (failed) {
    const char *why = report->text;
    char line[sizeof report->text];
    PetscCallMPI(MPI_Bcast(report->text, sizeof report->text, MPI_CHAR, 0, work->comm));
    *outcome = failed == KEEP_STOPPED                                    ? OUTCOME_STOPPED
               : failed == PETSC_ERR_ARG_WRONGSTATE || work_is_disk(why) ? OUTCOME_DISK
               : begun                                                   ? OUTCOME_FAILED
                                                                         : OUTCOME_REFUSED;
    error_line(why, sizeof line, line);
    if (*outcome == OUTCOME_FAILED || *outcome == OUTCOME_REFUSED)
      PetscCall(sweep_failure(line, result));
  }
  if (*result && !work->rank)
    tidy(work, claim, *result);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether another point may follow in this program, else with what it ends; the same on all ranks. After an error in
   the midst of a computation memory is lost: a fresh program takes over. */
static PetscErrorCode goes_on(const Work *work, Outcome outcome, const ErrorReport *report, bool *more, int *status) {
  int asked = interrupt_asked(), any;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(&asked, &any, 1, MPI_INT, MPI_MAX, work->comm));
  *status = outcome == OUTCOME_DISK ? WORK_BROKEN : any || outcome == OUTCOME_STOPPED ? WORK_STOPPED : WORK_DONE;
  if (outcome == OUTCOME_DISK && !work->rank)
    fprintf(stderr, "%s\n", report->text);
  *more = outcome <= OUTCOME_REFUSED && !any;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What the first rank asks of the store. */
typedef struct Desk {
  const char *worker;
  SweepStore *store;
  SweepClaim claim;
  json_t *result; /* row of the claim, NULL: it is given back */
} Desk;

static PetscErrorCode open_store(const Work *work, Desk *desk) {
  PetscFunctionBeginUser;
  PetscCall(sweep_store_open(work->dir, false, &desk->store));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode claim_point(const Work *work, Desk *desk) {
  char share[CONTENT_TEXT];
  PetscFunctionBeginUser;
  memcpy(share, desk->claim.share, sizeof share);
  PetscCall(sweep_store_claim(desk->store, work->plan, desk->worker, share, &desk->claim));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode end_point(const Work *work, Desk *desk) {
  (void)work;
  PetscFunctionBeginUser;
  if (desk->result)
    PetscCall(sweep_store_finish(desk->store, desk->claim.id, desk->result));
  else
    PetscCall(sweep_store_give_back(desk->store, desk->claim.id));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Does it on the first rank. *broken on all: the store cannot, which is printed. */
static PetscErrorCode ask_store(const Work *work, PetscErrorCode (*what)(const Work *, Desk *), Desk *desk,
                                bool *broken) {
  ErrorReport report = {.kept = PETSC_TRUE, .own = PETSC_TRUE};
  int failed = 0;
  PetscFunctionBeginUser;
  if (!work->rank) {
    PetscCall(PetscPushErrorHandler(error_handler, &report));
    failed = what(work, desk) != PETSC_SUCCESS;
    PetscCall(PetscPopErrorHandler());
  }
  if (failed)
    fprintf(stderr, "%s\n", report.text);
  PetscCallMPI(MPI_Bcast(&failed, 1, MPI_INT, 0, work->comm));
  *broken = failed;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One point of the store. */
static PetscErrorCode next_of_store(const Work *work, Desk *desk, bool *more, int *status) {
  ErrorReport report;
  Outcome outcome;
  bool broken = false;
  PetscFunctionBeginUser;
  PetscCall(ask_store(work, claim_point, desk, &broken));
  PetscCallMPI(MPI_Bcast(&desk->claim, sizeof desk->claim, MPI_BYTE, 0, work->comm));
  *more = !broken && desk->claim.id;
  *status = broken ? WORK_BROKEN : WORK_DONE;
  if (!*more)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(compute(work, &desk->claim, &report, &desk->result, &outcome));
  PetscErrorCode failed = ask_store(work, end_point, desk, &broken);
  json_decref(desk->result);
  desk->result = NULL;
  PetscCall(failed);
  PetscCall(goes_on(work, outcome, &report, more, status));
  if (broken) {
    *more = false;
    *status = WORK_BROKEN;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Ranks outlive an mpirun that is killed by some seconds, and could take further points. */
static void end_with_launcher(MPI_Comm comm) {
  PetscMPIInt size;
  MPI_Comm_size(comm, &size);
  if (size > 1)
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

PetscErrorCode sweep_work_store(MPI_Comm comm, const SweepPlan *plan, const char *dir, const char *worker,
                                int *status) {
  Work work = {.comm = comm, .plan = plan, .dir = dir};
  Desk desk = {.worker = worker};
  bool more = true, broken = false;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &work.rank));
  end_with_launcher(comm);
  interrupt_wait(true); /* to the end of the program: a short point is finished first */
  PetscErrorCode failed = ask_store(&work, open_store, &desk, &broken);
  int found = broken || desk.store;
  PetscCallMPI(MPI_Bcast(&found, 1, MPI_INT, 0, comm));
  PetscCheck(found, comm, PETSC_ERR_USER_INPUT, "'%s' holds no sweep: `trabecula sweep` makes it", dir);
  if (broken)
    *status = WORK_BROKEN;
  while (!failed && !broken && more)
    failed = next_of_store(&work, &desk, &more, status);
  (void)sweep_store_close(&desk.store);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The axes of a point as they stand in a task file. */
static PetscErrorCode read_claim(const SweepPlan *plan, const json_t *point, SweepClaim *claim) {
  const char *role = json_string_value(json_object_get(point, "role")),
             *key = json_string_value(json_object_get(point, "key"));
  const json_t *axes = json_object_get(point, "axes");
  PetscFunctionBeginUser;
  *claim = (SweepClaim){.role = ROLE_POINT};
  for (int r = 0; r < ROLES; r++)
    if (role && !strcmp(role, sweep_role_names[r]))
      claim->role = (SweepRole)r;
  PetscCall(PetscStrncpy(claim->content, key ? key : "", sizeof claim->content));
  for (PetscInt a = 0; a < plan->n_axes; a++) {
    const char *text = json_string_value(json_object_get(axes, plan->axis[a].name));
    claim->value[a] = text ? sweep_axis_value(&plan->axis[a], text) : NAN;
    PetscCheck(!isnan(claim->value[a]), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
               "the sweep file has other axes than when its tasks were submitted: submit it again");
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode next_of_task(const Work *work, Task *task, PetscInt i, bool *more, int *status) {
  ErrorReport report;
  Outcome outcome;
  json_t *result;
  SweepClaim claim = {0};
  int mine = 0; /* 1: compute, 2: it has killed too many */
  PetscFunctionBeginUser;
  if (!work->rank && !task->point[i].done) {
    mine = task->point[i].tries < work->plan->attempts ? 1 : 2;
    PetscCall(read_claim(work->plan, task->point[i].point, &claim));
    if (mine == 1)
      PetscCall(task_begin(task, i));
  }
  PetscCallMPI(MPI_Bcast(&mine, 1, MPI_INT, 0, work->comm));
  if (!mine)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCallMPI(MPI_Bcast(&claim, sizeof claim, MPI_BYTE, 0, work->comm));
  if (mine == 1)
    PetscCall(compute(work, &claim, &report, &result, &outcome));
  else {
    outcome = OUTCOME_ROW;
    report.text[0] = 0;
    PetscCall(sweep_failure("the program was killed each time it computed this point (out of memory?)", &result));
  }
  PetscErrorCode failed = PETSC_SUCCESS;
  if (!work->rank && result) {
    const bool sealed = !json_object_set_new(result, "key", json_string(claim.content)) && sweep_row_seal(result);
    failed = sealed ? task_finish(task, i, result) : PETSC_ERR_MEM;
  } else if (!work->rank)
    failed = task_leave(task, i);
  json_decref(result);
  PetscCall(failed);
  PetscCall(goes_on(work, outcome == OUTCOME_FAILED ? OUTCOME_REFUSED : outcome, &report, more, status));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_work_task(MPI_Comm comm, const SweepPlan *plan, const char *dir, PetscInt number, int *status) {
  Work work = {.comm = comm, .plan = plan, .dir = dir};
  Task *task = NULL;
  PetscInt n = 0;
  bool more = true;
  PetscFunctionBeginUser;
  *status = WORK_DONE;
  interrupt_wait(true);
  PetscCallMPI(MPI_Comm_rank(comm, &work.rank));
  PetscErrorCode failed = work.rank ? PETSC_SUCCESS : task_open(dir, number, &task);
  if (!failed && !work.rank)
    n = task->n;
  PetscCall(failed);
  PetscCallMPI(MPI_Bcast(&n, 1, MPIU_INT, 0, comm));
  for (PetscInt i = 0; i < n && more && !failed; i++)
    failed = next_of_task(&work, task, i, &more, status);
  if (task)
    PetscCall(task_close(&task));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}
