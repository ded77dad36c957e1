/* trabecula sweep. */
#include "cases/body/build.h"
#include "cases/command/command.h"
#include "cases/results/results.h"
#include "cases/results/whole_file.h"
#include "cases/sweep/sweep_choose.h"
#include "cases/sweep/sweep_cluster.h"
#include "cases/sweep/sweep_export.h"
#include "cases/sweep/sweep_launch.h"
#include "cases/sweep/sweep_place.h"
#include "cases/sweep/sweep_point.h"
#include "cases/sweep/sweep_spread.h"
#include "cases/sweep/sweep_tell.h"
#include "cases/sweep/sweep_work.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { JOBS, RANKS, STATUS, RETRY, EXPORT, SLURM, DRY_RUN, WORKER, TASK, N_OPTIONS };

typedef struct Sweep {
  const Arguments *a;
  const SweepPlan *plan;
  char dir[PETSC_MAX_PATH_LEN];
  size_t made; /* the part of dir that was there before */
  SweepStore *store;
  int gathered; /* how often rows of tasks were merged */
  Results *results;
  SweepLaunch launch;
  SweepCluster cluster;
  SweepPrice price;
  SweepChoice choice;
} Sweep;

static PetscErrorCode read_count(const char *option, const char *text, int least, int most, int *count) {
  char *end;
  PetscFunctionBeginUser;
  const long n = strtol(text, &end, 10);
  PetscCheck(end != text && !*end && n >= least && n <= most, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "%s %.100s: must be a whole number from %d to %d", option, text, least, most);
  *count = (int)n;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A warning: into the results, or where nothing is computed to stderr. */
static PetscErrorCode warn_refused(const Sweep *s, PetscInt n, const char *what) {
  PetscFunctionBeginUser;
  if (n && s->results)
    PetscCall(results_warn(s->results, "%" PetscInt_FMT " %s", n, what));
  else if (n)
    fprintf(stderr, "trabecula: warning: %" PetscInt_FMT " %s\n", n, what);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Rows of tasks of a cluster into the store; then what waits. */
static PetscErrorCode gather(Sweep *s, SweepCounts *counts) {
  ClusterRows rows;
  PetscFunctionBeginUser;
  PetscCall(cluster_merge(&s->cluster, s->store, &rows));
  if (rows.taken && s->results)
    PetscCall(results_progress(s->results, "%" PetscInt_FMT " points came from tasks of a cluster", rows.taken));
  if (!s->gathered++)
    PetscCall(warn_refused(s, rows.refused,
                           "rows of tasks of a cluster are damaged, or not what a task writes: they "
                           "are refused, their points are computed again"));
  PetscCall(sweep_store_counts(s->store, counts));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Points to tasks of a cluster; *status 0 when they were handed over now, 75 when an earlier job is still at them. */
static PetscErrorCode hand_over(Sweep *s, const SweepCounts *counts, char *job, size_t n, int *status) {
  PetscFunctionBeginUser;
  *status = job[0] ? WORK_STOPPED : 0;
  if (!job[0])
    PetscCall(cluster_submit(&s->cluster, s->store, &s->price, job, n));
  printf("%s: %" PetscInt_FMT " points done, %" PetscInt_FMT " %s job %s; the same command gathers what is done%s\n",
         s->plan->c->file, counts->done, counts->waiting, *status ? "with" : "handed to", job,
         *status ? " (status 75)" : "");
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Computes what waits, if anything does. *over: nothing waits any more; else the sweep ends here, with *status. */
static PetscErrorCode compute(Sweep *s, bool *over, int *status) {
  SweepCounts counts;
  char job[64] = "";
  PetscFunctionBeginUser;
  PetscCall(gather(s, &counts));
  *status = 0;
  if (s->a->value[SLURM] && counts.waiting + counts.running) {
    PetscCall(cluster_busy(&s->cluster, job, sizeof job));
    PetscCall(gather(s, &counts)); /* the job may have ended in between */
  }
  *over = !(counts.waiting + counts.running);
  if (*over)
    PetscFunctionReturn(PETSC_SUCCESS);
  if (s->a->value[SLURM]) {
    PetscCall(hand_over(s, &counts, job, sizeof job, status));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(sweep_launch(&s->launch, status));
  *over = !*status;
  if (*over)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(sweep_store_counts(s->store, &counts));
  fprintf(stderr, "%s: stopped: %" PetscInt_FMT " points done, %" PetscInt_FMT " wait; the same command goes on\n",
          s->plan->c->file, counts.done, counts.waiting + counts.running);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* No more points at once than fit into the memory, by the estimate of the largest. */
static PetscErrorCode limit_jobs(Sweep *s) {
  const double most = floor(build_node_memory() / PetscMax(1, s->price.memory_bytes));
  PetscFunctionBeginUser;
  if (most >= s->launch.jobs)
    PetscFunctionReturn(PETSC_SUCCESS);
  s->launch.jobs = (int)PetscMax(1, most);
  PetscCall(results_warn(s->results, "the largest point takes about %.3g GB: %d at once, for more the memory is short",
                         1e-9 * s->price.memory_bytes, s->launch.jobs));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode place(Sweep *s) {
  SweepCounts counts;
  PetscInt retried = 0;
  char text[64];
  PetscFunctionBeginUser;
  PetscCall(sweep_place(s->plan, s->store, &s->price));
  PetscCall(warn_refused(s, sweep_store_refused(s->store),
                         "finished rows of the store are not what was written (their "
                         "checksum differs): they are refused and computed again"));
  if (!s->a->value[SLURM])
    PetscCall(limit_jobs(s));
  if (s->a->value[RETRY]) {
    PetscCall(cluster_forget(&s->cluster, s->store)); /* else the rows that failed would come back */
    PetscCall(sweep_store_retry_failed(s->store, &retried));
  }
  PetscCall(sweep_store_counts(s->store, &counts));
  snprintf(text, sizeof text, "%d at once", s->launch.jobs);
  PetscCall(results_progress(s->results,
                             "%" PetscInt_FMT " points: %" PetscInt_FMT " to compute, %s%s; %" PetscInt_FMT
                             " done before, %" PetscInt_FMT " failed, %" PetscInt_FMT " skipped",
                             s->plan->n_points, counts.waiting + counts.running, text,
                             s->launch.ranks > 1 ? " on several ranks each" : "", counts.done, counts.failed,
                             counts.skipped));
  if (counts.left_out)
    PetscCall(results_warn(s->results,
                           "%" PetscInt_FMT " finished points of %s/sweep.db belong to another base case, "
                           "other axes or another version of the program: they are left out, not mixed in",
                           counts.left_out, s->dir));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What all this took, and how much of it was not the points'. */
static PetscErrorCode tell_cost(Sweep *s, const SweepRows *rows, double begin_cpu) {
  SweepCounts counts;
  double points_cpu = 0;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_counts(s->store, &counts));
  for (PetscInt r = 0; r < rows->n; r++)
    points_cpu += rows->row[r].cpu_s;
  PetscCall(results_quantity(s->results, "points.done", (double)counts.done, "", NAN));
  PetscCall(results_quantity(s->results, "points.failed", (double)counts.failed, "", NAN));
  PetscCall(results_quantity(s->results, "points.skipped", (double)counts.skipped, "", NAN));
  PetscCall(results_quantity(s->results, "points.cpu_s", points_cpu, "s", NAN));
  PetscCall(results_quantity(s->results, "sweep.cpu_s", sweep_cpu_seconds() - begin_cpu + s->launch.cpu_s, "s", NAN));
  PetscCall(results_quantity(s->results, "sweep.deaths", (double)s->launch.deaths, "", NAN));
  if (counts.failed)
    PetscCall(results_verdict(s->results, VERDICT_NO,
                              "%" PetscInt_FMT " of %" PetscInt_FMT
                              " points failed; their rows say why, `--retry failed` tries them again",
                              counts.failed, counts.failed + counts.done));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All rows with their collected columns. */
static PetscErrorCode read_rows(const Sweep *s, SweepRows *rows) {
  PetscFunctionBeginUser;
  PetscCall(sweep_store_rows(s->store, s->plan, rows));
  PetscErrorCode failed = sweep_rows_collect(s->plan, rows);
  if (failed)
    (void)sweep_store_rows_free(rows);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Every point of the plan must have a finished row: the table is not believed without. */
static PetscErrorCode check_complete(const Sweep *s, const SweepRows *rows) {
  PetscInt missing;
  PetscFunctionBeginUser;
  PetscCall(sweep_store_missing(s->store, rows, &missing));
  PetscCheck(!missing, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "%s/sweep.db: error: %" PetscInt_FMT " of %" PetscInt_FMT
             " points of the sweep have no sound row, though all were computed: something else has changed the store; "
             "the same command computes them again",
             s->dir, missing, s->plan->n_points);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode choose(Sweep *s) {
  SweepRows rows;
  PetscFunctionBeginUser;
  PetscCall(read_rows(s, &rows));
  PetscErrorCode failed = check_complete(s, &rows);
  if (!failed)
    failed = sweep_tell_points(s->plan, &rows, s->results);
  if (!failed)
    failed = sweep_tell_spread(s->plan, &rows, s->results);
  if (!failed)
    failed = sweep_choose(s->plan, &rows, s->results, &s->choice);
  PetscCall(sweep_store_rows_free(&rows));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode judge(Sweep *s, bool confirmed, bool *again) {
  SweepRows rows;
  PetscFunctionBeginUser;
  PetscCall(read_rows(s, &rows));
  PetscErrorCode failed = sweep_judge(s->plan, &rows, confirmed, &s->choice, again);
  PetscCall(sweep_store_rows_free(&rows));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The chosen design, and what is to confirm it, are two further points; so is each design that another gives way to. */
static PetscErrorCode compute_chosen(Sweep *s, bool *over, int *status) {
  static const SweepRole role[2] = {ROLE_CHOSEN, ROLE_CONFIRM};
  SweepChoice *choice = &s->choice;
  bool again = choice->made && choice->holds;
  PetscFunctionBeginUser;
  while (again && *over) {
    again = false;
    for (int j = 0; j < (s->plan->n_confirm ? 2 : 1) && *over && choice->holds && !again; j++) {
      PetscCall(results_progress(s->results, j ? "the chosen design, as confirm: asks for it" : "the chosen design"));
      PetscCall(sweep_place_one(s->plan, s->store, role[j], choice->n_gave_way, choice->value, &s->price,
                                choice->content[j]));
      PetscCall(compute(s, over, status));
      if (*over)
        PetscCall(judge(s, j, &again));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode tell(Sweep *s, double begin_cpu) {
  SweepRows rows;
  char file[PETSC_MAX_PATH_LEN];
  PetscFunctionBeginUser;
  PetscCall(read_rows(s, &rows));
  PetscErrorCode failed = sweep_store_collected(s->store, s->plan, &rows);
  if (!failed)
    failed = sweep_tell_chosen(s->plan, &rows, s->results, &s->choice);
  if (!failed)
    failed = tell_cost(s, &rows, begin_cpu);
  if (!failed)
    failed = results_path(s->results, "points.csv", file);
  if (!failed)
    failed = sweep_export(s->plan, &rows, file);
  PetscCall(sweep_store_rows_free(&rows));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run_sweep(Sweep *s, int *status) {
  SweepCounts counts;
  const double begin_cpu = sweep_cpu_seconds();
  bool over;
  PetscFunctionBeginUser;
  PetscCall(place(s));
  PetscCall(compute(s, &over, status));
  if (over)
    PetscCall(choose(s));
  if (over)
    PetscCall(compute_chosen(s, &over, status));
  if (!over)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(tell(s, begin_cpu));
  PetscCall(sweep_store_counts(s->store, &counts));
  PetscCall(results_finish(s->results, status));
  if (!*status && (counts.failed || (s->choice.made && !s->choice.holds)))
    *status = 1;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What asks the store only. */
static PetscErrorCode ask(Sweep *s, int *status) {
  SweepRows rows;
  SweepCounts counts;
  PetscFunctionBeginUser;
  *status = 0;
  PetscCall(sweep_store_open(s->dir, false, &s->store));
  PetscCheck(s->store, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "'%s' holds no sweep: `trabecula sweep %s` makes it",
             s->dir, s->plan->c->file);
  PetscCall(gather(s, &counts));
  if (s->a->value[STATUS])
    PetscCall(sweep_status(s->plan, s->store, s->dir));
  if (s->a->value[EXPORT]) {
    PetscCall(read_rows(s, &rows));
    PetscCall(warn_refused(s, rows.n_damaged,
                           "finished rows of the store are not what was written (their checksum "
                           "differs): their status is 'damaged', they have no values"));
    PetscErrorCode failed = sweep_export(s->plan, &rows, s->a->value[EXPORT]);
    PetscCall(sweep_store_rows_free(&rows));
    PetscCall(failed);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode open_and_run(Sweep *s, int *status) {
  char why[512];
  PetscFunctionBeginUser;
  s->cluster = (SweepCluster){.plan = s->plan, .dir = s->dir, .ranks = s->launch.ranks};
  if (s->a->value[STATUS] || s->a->value[EXPORT]) {
    PetscCall(ask(s, status));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCheck(!s->a->value[DRY_RUN] || s->a->value[SLURM], PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "--dry-run shows the script of --slurm: give both; `trabecula check` prices a sweep");
  if (s->a->value[DRY_RUN]) {
    PetscCall(sweep_place(s->plan, NULL, &s->price));
    PetscCall(cluster_show(&s->cluster, &s->price));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCheck(!s->a->value[RETRY] || !strcmp(s->a->value[RETRY], "failed"), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "--retry %.100s: must be failed", s->a->value[RETRY]);
  PetscCheck(!folder_make(s->dir, &s->made, why, sizeof why), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s", why);
  PetscCall(sweep_store_open(s->dir, true, &s->store));
  PetscCall(results_create(s->plan->c, s->dir, s->a->quiet, &s->results));
  s->launch = (SweepLaunch){.plan = s->plan,
                            .store = s->store,
                            .results = s->results,
                            .dir = s->dir,
                            .jobs = s->launch.jobs,
                            .ranks = s->launch.ranks};
  PetscCall(run_sweep(s, status));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode alone(const Case *c, const Arguments *a, const SweepPlan *plan, int *status) {
  Sweep s = {.a = a, .plan = plan};
  PetscMPIInt size;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(c->comm, &size));
  PetscCheck(size == 1, c->comm, PETSC_ERR_USER_INPUT,
             "a sweep starts its programs itself: run it without mpirun, and give the ranks of each point by --ranks");
  PetscCall(PetscSNPrintf(s.dir, sizeof s.dir, "out/%s", c->name));
  if (a->out)
    PetscCall(PetscStrncpy(s.dir, a->out, sizeof s.dir));
  s.launch.ranks = 1;
  if (a->value[RANKS])
    PetscCall(read_count("--ranks", a->value[RANKS], 1, 100000, &s.launch.ranks));
  s.launch.jobs = PetscMax(1, sweep_cores() / s.launch.ranks);
  if (a->value[JOBS])
    PetscCall(read_count("--jobs", a->value[JOBS], 1, 256, &s.launch.jobs));
  s.made = strlen(s.dir);
  PetscErrorCode failed = open_and_run(&s, status);
  (void)results_destroy(&s.results);
  (void)(failed ? sweep_store_discard(&s.store) : sweep_store_close(&s.store));
  if (failed)
    folder_unmake(s.dir, s.made);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode planned(const Case *c, const Arguments *a, const SweepPlan *plan, int *status) {
  int task = 0;
  PetscFunctionBeginUser;
  PetscCheck((!a->value[WORKER] && !a->value[TASK]) || a->out, c->comm, PETSC_ERR_USER_INPUT,
             "--worker and --task need -o DIR");
  if (a->value[WORKER])
    PetscCall(sweep_work_store(c->comm, plan, a->out, a->value[WORKER], status));
  else if (a->value[TASK]) {
    PetscCall(read_count("--task", a->value[TASK], 0, 100000, &task));
    PetscCall(sweep_work_task(c->comm, plan, a->out, task, status));
  } else
    PetscCall(alone(c, a, plan, status));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode with_case(const Case *c, const Arguments *a, int *status) {
  SweepPlan plan;
  PetscFunctionBeginUser;
  if (!c->runner->is_sweep)
    PetscCall(document_error(c->doc, "runner", "key 'runner' = %s: this is no sweep; `trabecula run %s` computes it",
                             c->runner->name, c->file));
  PetscCall(sweep_plan_create(c, &plan));
  PetscErrorCode failed = planned(c, a, &plan, status);
  PetscCall(sweep_plan_free(&plan));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode sweep(MPI_Comm comm, const Arguments *a, int *status) {
  Case c;
  PetscFunctionBeginUser;
  PetscCall(case_read(comm, a->operand[0], a->n_set, (char **)a->set, &c));
  PetscErrorCode failed = with_case(&c, a, status);
  PetscCall(case_free(&c));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Command command_sweep = {
    "sweep",
    "SWEEP.yaml",
    "computes many points of other cases, chooses a design; goes on where it was",
    1,
    1,
    COMMAND_OUT | COMMAND_SET | COMMAND_QUIET,
    N_OPTIONS,
    {[JOBS] = {"--jobs", "N", "points at once, as far as memory goes (default: cores / ranks)"},
     [RANKS] = {"--ranks", "R", "processes that compute each point (default: 1)"},
     [STATUS] = {"--status", NULL, "how far it is, what failed and why; computes nothing"},
     [RETRY] = {"--retry", "failed", "computes the points that failed once more"},
     [EXPORT] = {"--export", "FILE", "writes the table as it is now to FILE.csv or FILE.h5; computes nothing"},
     [SLURM] = {"--slurm", NULL, "hands the points to an array job of SLURM; the same command later gathers them"},
     [DRY_RUN] = {"--dry-run", NULL, "with --slurm: shows the script, submits nothing"},
     [WORKER] = {"--worker", "NAME", "takes points of DIR until none waits; sweep starts such workers by itself"},
     [TASK] = {"--task", "K", "computes the points of task K of an array job; the job's script says this"}},
    sweep};
