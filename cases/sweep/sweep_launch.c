#define _GNU_SOURCE /* sched_getaffinity */
#include "cases/sweep/sweep_launch.h"

#include "cases/case_file/error.h"
#include "cases/results/whole_file.h"
#include "cases/sweep/sweep_choose.h"
#include "cases/sweep/sweep_work.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_JOBS = 256, IDLE_STARTS = 3, KILLED_STARTS = 20, POLL_MS = 50, GRACE_S = 10, ABORTED = 2 /* error.h */ };

typedef struct Worker {
  pid_t pid; /* 0: none */
  char name[160], log[PETSC_MAX_PATH_LEN];
} Worker;

typedef struct Watch {
  SweepLaunch *launch;
  Worker worker[MOST_JOBS];
  char name[128];                     /* begins the names of all workers */
  char **argv, **environment, *bytes; /* bytes: of the environment */
  int idle, killed;  /* workers that ended, or were killed, one after the other with no point done or to blame */
  PetscInt finished; /* points at the last look */
  double told;
  bool broken, looked; /* looked: at the columns of the first finished point */
  char why[512];
} Watch;

static volatile sig_atomic_t told_to_stop; /* the signal; handlers take no context */

static void note_signal(int number) { told_to_stop = number; }

int sweep_cores(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
}

/* The environment that this program was started with: MPI adds to its own what must not reach programs that it starts.
   Ranks that share the machine's cores are not bound to them, and give way while they wait. A rank alone needs no
   daemon of MPI beside it. *bytes: what it borrows. */
static char **make_environment(bool alone, bool crowded, char **bytes) {
  char *ours[6] = {"OMPI_MCA_hwloc_base_binding_policy=none", "OMPI_MCA_rmaps_base_oversubscribe=1",
                   "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1"};
  size_t n_ours = 4;
  if (alone)
    ours[n_ours++] = "OMPI_MCA_ess_singleton_isolated=1";
  else if (crowded)
    ours[n_ours++] = "OMPI_MCA_mpi_yield_when_idle=1";
  size_t n = 0, room = 1 << 16, used = 0;
  char *text = malloc(room);
  int file = open("/proc/self/environ", O_RDONLY | O_CLOEXEC);
  for (ssize_t got; text && file >= 0 && (got = read(file, text + used, room - used)) > 0;)
    if ((used += (size_t)got) == room)
      text = realloc(text, room *= 2);
  if (file >= 0)
    close(file);
  *bytes = text;
  char **environment = text ? calloc(used + n_ours + 1, sizeof *environment) : NULL;
  if (!environment)
    return NULL;
  for (size_t at = 0; at < used; at += strlen(text + at) + 1)
    environment[n++] = text + at;
  for (size_t i = 0; i < n_ours; i++) {
    bool given = false;
    for (size_t k = 0; k < n && !given; k++)
      given = !strncmp(environment[k], ours[i], strcspn(ours[i], "=") + 1);
    if (!given)
      environment[n++] = ours[i];
  }
  return environment;
}

/* [mpirun -q -n R] PROGRAM sweep FILE -o DIR [--set S]... --worker NAME: the last is filled in by start(). */
static char **make_command(const SweepLaunch *launch) {
  static char program[PETSC_MAX_PATH_LEN], ranks[16];
  const Case *c = launch->plan->c;
  char **argv = calloc((size_t)c->n_set * 2 + 16, sizeof *argv);
  int n = 0;
  ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
  if (!argv || length <= 0)
    return NULL;
  program[length] = 0;
  snprintf(ranks, sizeof ranks, "%d", launch->ranks);
  if (launch->ranks > 1) {
    static char *const mpirun[] = {"mpirun", "-q", "-n"};
    for (int i = 0; i < 3; i++)
      argv[n++] = mpirun[i];
    argv[n++] = ranks;
  }
  argv[n++] = program;
  argv[n++] = "sweep";
  argv[n++] = (char *)c->file;
  argv[n++] = "-o";
  argv[n++] = (char *)launch->dir;
  for (int i = 0; i < c->n_set; i++) {
    argv[n++] = "--set";
    argv[n++] = c->set[i];
  }
  argv[n++] = "--worker";
  return argv;
}

/* In the child: only what may follow a fork of a program with threads. */
static void become(const Watch *watch, int in, int log, pid_t parent) {
  /* A parent that is killed takes its workers with it; mpirun needs a moment to end its ranks. */
  prctl(PR_SET_PDEATHSIG, watch->launch->ranks > 1 ? SIGTERM : SIGKILL);
  if (getppid() != parent)
    _exit(WORK_STOPPED);
  setpgid(0, 0); /* what the terminal sends is for the parent to pass on */
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  signal(SIGUSR1, SIG_DFL);
  if (dup2(in, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
    _exit(127);
  if (in > 2)
    close(in);
  if (log > 2)
    close(log);
  execvpe(watch->argv[0], watch->argv, watch->environment);
  dprintf(2, "trabecula: error: cannot start '%s': %s\n", watch->argv[0], strerror(errno));
  _exit(127);
}

static PetscErrorCode start(Watch *watch, Worker *worker) {
  int n = 0;
  char folder[PETSC_MAX_PATH_LEN + 8], why[512];
  size_t made;
  const pid_t parent = getpid();
  PetscFunctionBeginUser;
  snprintf(folder, sizeof folder, "%s/log", watch->launch->dir); /* each time: another sweep may have removed it */
  PetscCheck(!folder_make(folder, &made, why, sizeof why), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s", why);
  while (strcmp(watch->argv[n], "--worker"))
    n++;
  watch->argv[n + 1] = worker->name;
  const int in = open("/dev/null", O_RDONLY), log = open(worker->log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  PetscCheck(in >= 0 && log >= 0, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "cannot write '%s': %s", worker->log,
             strerror(errno));
  const pid_t pid = fork();
  if (!pid)
    become(watch, in, log, parent);
  const int bad = errno;
  close(in);
  close(log);
  PetscCheck(pid > 0, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "cannot start a worker: %s", strerror(bad));
  worker->pid = pid;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The last line of a log that tells an error, else the first with words, such as mpirun's; else "". */
static void read_error(const char *log, size_t n, char *why) {
  char line[2048];
  FILE *file = fopen(log, "r");
  why[0] = 0;
  while (file && fgets(line, sizeof line, file))
    if (strstr(line, "error: "))
      error_line(line, n, why);
    else if (!why[0] && isalpha((unsigned char)line[0]) && strncmp(line, "trabecula: ", strlen("trabecula: ")))
      snprintf(why, n, "%.*s", (int)strcspn(line, "\n"), line);
  if (file)
    fclose(file);
}

/* What the end of a worker means for its point and for the others. mpirun tells the signal that killed a rank as
   128 + number. */
static PetscErrorCode bury(Watch *watch, Worker *worker, int how) {
  SweepLaunch *launch = watch->launch;
  char said[400], why[512];
  PetscInt64 id = 0;
  PetscFunctionBeginUser;
  const int code = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
  read_error(worker->log, sizeof said, said);
  if (code == WORK_DONE || code == WORK_STOPPED) {
    watch->idle++;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (code == WORK_BROKEN || (code == ABORTED && work_is_disk(said))) {
    watch->broken = true;
    snprintf(watch->why, sizeof watch->why, "%s",
             said[0] ? said : "a worker could not write its results: is the disk full?");
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  launch->deaths++;
  const bool killed = code > 128;
  if (killed)
    snprintf(why, sizeof why, "the program was killed (signal %d, %s)%s", code - 128, strsignal(code - 128),
             code == 128 + SIGKILL ? ": out of memory?" : "");
  else
    snprintf(why, sizeof why, "%s", said[0] ? said : "the program ended without a word");
  PetscCall(sweep_store_died(launch->store, worker->name, launch->plan->attempts, !killed, why, &id));
  if (id) { /* attempts are limited for each point */
    PetscCall(results_progress(launch->results, "a worker died: %s", why));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  snprintf(watch->why, sizeof watch->why, "%s", why);
  if (killed)
    watch->killed++;
  else
    watch->idle++;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A worker that has ended, or NULL. */
static Worker *reap_one(Watch *watch, int *how) {
  pid_t pid;
  struct rusage usage;
  while ((pid = wait4(-1, how, WNOHANG, &usage)) > 0)
    for (int i = 0; i < watch->launch->jobs; i++)
      if (watch->worker[i].pid == pid) {
        watch->launch->cpu_s += (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                                1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
        watch->worker[i].pid = 0;
        return &watch->worker[i];
      }
  return NULL;
}

static PetscErrorCode reap(Watch *watch) {
  int how;
  PetscFunctionBeginUser;
  for (Worker *worker; (worker = reap_one(watch, &how));)
    PetscCall(bury(watch, worker, how));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int living(const Watch *watch) {
  int n = 0;
  for (int i = 0; i < watch->launch->jobs; i++)
    n += watch->worker[i].pid > 0;
  return n;
}

/* However they end: no point is to blame. */
static void stop_workers(Watch *watch) {
  const struct timespec moment = {0, POLL_MS * 1000000L};
  int how;
  for (int i = 0; i < watch->launch->jobs; i++)
    if (watch->worker[i].pid > 0)
      kill(watch->worker[i].pid, SIGTERM);
  for (int tries = 0; living(watch) && tries < GRACE_S * 1000 / POLL_MS; tries++) {
    while (reap_one(watch, &how))
      ;
    nanosleep(&moment, NULL);
  }
  for (int i = 0; i < watch->launch->jobs; i++)
    if (watch->worker[i].pid > 0) {
      kill(-watch->worker[i].pid, SIGKILL);
      waitpid(watch->worker[i].pid, NULL, 0);
      watch->worker[i].pid = 0;
    }
}

/* A wish for nothing is told while there is something to save. */
static PetscErrorCode look_at_wishes(Watch *watch) {
  const SweepLaunch *launch = watch->launch;
  SweepRows rows;
  PetscFunctionBeginUser;
  watch->looked = true;
  PetscCall(sweep_store_rows(launch->store, launch->plan, &rows));
  PetscErrorCode failed = sweep_warn_wishes(launch->plan, &rows, launch->results);
  PetscCall(sweep_store_rows_free(&rows));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A line of progress at most every second; what is left is guessed from what was done. */
static PetscErrorCode tell(Watch *watch, const SweepCounts *counts, double begin, PetscInt before) {
  const PetscInt over = counts->done + counts->failed;
  const double now = MPI_Wtime();
  char left[48] = "";
  PetscFunctionBeginUser;
  if (over == watch->finished)
    PetscFunctionReturn(PETSC_SUCCESS);
  watch->finished = over;
  watch->idle = watch->killed = 0;
  if (counts->done && !watch->looked)
    PetscCall(look_at_wishes(watch));
  if (now < watch->told + 1 && counts->waiting + counts->running)
    PetscFunctionReturn(PETSC_SUCCESS);
  watch->told = now;
  const double seconds =
      (now - begin) / (double)PetscMax(1, over - before) * (double)(counts->waiting + counts->running);
  if (counts->waiting + counts->running)
    snprintf(left, sizeof left, ", about %.3g %s left", seconds < 100 ? seconds : seconds / 60,
             seconds < 100 ? "s" : "min");
  PetscCall(results_progress(watch->launch->results, "%" PetscInt_FMT " of %" PetscInt_FMT " points done%s%s",
                             counts->done, counts->done + counts->failed + counts->waiting + counts->running,
                             counts->failed ? ", some failed" : "", left));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode watch_all(Watch *watch) {
  SweepLaunch *launch = watch->launch;
  const struct timespec moment = {0, POLL_MS * 1000000L};
  const double begin = MPI_Wtime();
  double looked = 0;
  SweepCounts counts = {0};
  PetscInt before = -1, n;
  PetscFunctionBeginUser;
  while (!told_to_stop && !watch->broken) {
    const int alive = living(watch);
    PetscCall(reap(watch));
    if (living(watch) < alive || MPI_Wtime() > looked + 0.25) {
      looked = MPI_Wtime();
      if (living(watch) < launch->jobs)
        PetscCall(sweep_store_release(launch->store, living(watch) ? watch->name : NULL, &n));
      PetscCall(sweep_store_counts(launch->store, &counts));
      if (before < 0)
        before = watch->finished = counts.done + counts.failed;
      PetscCall(tell(watch, &counts, begin, before));
      if (!counts.waiting && !counts.running && !living(watch))
        break;
      PetscCheck(watch->idle < launch->jobs + IDLE_STARTS && watch->killed < launch->jobs + KILLED_STARTS,
                 PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "the workers of the sweep end without doing anything: %s",
                 watch->why[0] ? watch->why : "see the files in its folder log/");
      for (int i = 0; i < launch->jobs && living(watch) < counts.waiting + counts.running && counts.waiting; i++)
        if (!watch->worker[i].pid)
          PetscCall(start(watch, &watch->worker[i]));
    }
    nanosleep(&moment, NULL);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode prepare(Watch *watch) {
  SweepLaunch *launch = watch->launch;
  char host[96] = "";
  PetscFunctionBeginUser;
  launch->jobs = PetscMin(launch->jobs, MOST_JOBS);
  watch->argv = make_command(launch);
  watch->environment =
      make_environment(launch->ranks == 1, launch->jobs * launch->ranks > sweep_cores(), &watch->bytes);
  PetscCheck(watch->argv && watch->environment, PETSC_COMM_SELF, PETSC_ERR_MEM, "command of the workers");
  gethostname(host, sizeof host - 1);
  snprintf(watch->name, sizeof watch->name, "%s-%ld-", host, (long)getpid());
  for (int i = 0; i < launch->jobs; i++) {
    Worker *worker = &watch->worker[i];
    snprintf(worker->name, sizeof worker->name, "%s%d", watch->name, i + 1);
    PetscCall(PetscSNPrintf(worker->log, sizeof worker->log, "%s/log/worker-%s.txt", launch->dir, worker->name));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void remove_silent_logs(const Watch *watch) {
  char folder[PETSC_MAX_PATH_LEN + 8];
  for (int i = 0; i < watch->launch->jobs; i++) {
    FILE *file = fopen(watch->worker[i].log, "r");
    if (file && fgetc(file) == EOF)
      unlink(watch->worker[i].log);
    if (file)
      fclose(file);
  }
  snprintf(folder, sizeof folder, "%s/log", watch->launch->dir);
  rmdir(folder); /* where nothing is in it */
}

PetscErrorCode sweep_launch(SweepLaunch *launch, int *status) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGUSR1};
  struct sigaction action = {.sa_handler = note_signal}, old[3];
  char cache[PETSC_MAX_PATH_LEN + 8];
  Watch *watch;
  PetscInt n;
  PetscFunctionBeginUser;
  PetscCall(PetscNew(&watch));
  watch->launch = launch;
  PetscCall(prepare(watch));
  for (int i = 0; i < 3; i++)
    sigaction(numbers[i], &action, &old[i]);
  PetscErrorCode failed = watch_all(watch);
  stop_workers(watch);
  for (int i = 0; i < 3; i++)
    sigaction(numbers[i], &old[i], NULL);
  PetscErrorCode released = sweep_store_release(launch->store, NULL, &n);
  remove_silent_logs(watch);
  snprintf(cache, sizeof cache, "%s/cache", launch->dir);
  whole_file_tidy(cache);
  const bool broken = watch->broken;
  char why[512];
  snprintf(why, sizeof why, "%s", watch->why);
  free(watch->argv);
  free(watch->environment);
  free(watch->bytes);
  PetscCall(PetscFree(watch));
  PetscCall(failed);
  PetscCheck(!broken, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s", why);
  PetscCall(released);
  *status = told_to_stop ? WORK_STOPPED : 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}
