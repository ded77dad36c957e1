#include "cases/sweep/sweep_slurm.h"
#include "cases/results/whole_file.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* What a command said: the beginnings of its stdout and stderr, and how it ended. */
typedef struct Said {
  char out[512], err[512];
  int status; /* as of waitpid */
} Said;

/* A job's environment is that of sbatch. What tells this process of its own MPI and its own job must not get there. */
static PetscBool stays(const char *variable) {
  static const char *const kept[] = {"SLURM_CONF=", "SLURM_MPI_TYPE="}, *const dropped[] = {
                                                                            "SLURM_",       "PMIX_",
                                                                            "PMI_",         "ORTE_",
                                                                            "OMPI_COMM_",   "OMPI_UNI",
                                                                            "OMPI_APP",     "OMPI_MCA_orte_",
                                                                            "OMPI_MCA_ess", "OMPI_MCA_pmix"};
  for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
    if (!strncmp(variable, kept[i], strlen(kept[i])))
      return PETSC_TRUE;
  for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++)
    if (!strncmp(variable, dropped[i], strlen(dropped[i])))
      return PETSC_FALSE;
  return PETSC_TRUE;
}

static char **own_environment(void) {
  size_t n = 0, k = 0;
  while (environ[n])
    n++;
  char **list = malloc((n + 1) * sizeof *list);
  if (!list)
    return NULL;
  for (size_t i = 0; i < n; i++)
    if (stays(environ[i]))
      list[k++] = environ[i];
  list[k] = NULL;
  return list;
}

static void read_back(FILE *file, char *text, size_t n) {
  rewind(file);
  text[fread(text, 1, n - 1, file)] = 0;
}

static int run_into(char *const argv[], char *const *environment, FILE *out, FILE *err, Said *said) {
  posix_spawn_file_actions_t actions;
  pid_t pid;
  int bad = posix_spawn_file_actions_init(&actions);
  if (bad)
    return bad;
  bad = posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
  if (!bad)
    bad = posix_spawn_file_actions_adddup2(&actions, fileno(err), STDERR_FILENO);
  if (!bad)
    bad = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (!bad)
    bad = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environment);
  posix_spawn_file_actions_destroy(&actions);
  while (!bad && waitpid(pid, &said->status, 0) < 0)
    if (errno != EINTR)
      bad = errno;
  return bad;
}

/* Runs argv with stdout and stderr in files, so that no pipe can fill. Returns 0 or an errno: it could not be run. */
static int run_command(char *const argv[], Said *said) {
  FILE *out = tmpfile(), *err = tmpfile();
  char **environment = own_environment();
  int bad = !out || !err || !environment ? ENOMEM : run_into(argv, environment, out, err, said);
  if (!bad) {
    read_back(out, said->out, sizeof said->out);
    read_back(err, said->err, sizeof said->err);
  }
  free(environment);
  if (out)
    fclose(out);
  if (err)
    fclose(err);
  return bad;
}

static PetscErrorCode run_slurm(char *const argv[], Said *said) {
  PetscFunctionBeginUser;
  int bad = run_command(argv, said);
  PetscCheck(bad != ENOENT, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "there is no %s here: --slurm works where SLURM's commands do, else take --jobs N", argv[0]);
  PetscCheck(!bad, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "cannot run %s: %s", argv[0], strerror(bad));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The first line, without "sbatch: error: ". */
static const char *first_line(Said *said) {
  char *text = said->err, *error = strstr(text, "error: ");
  if (error)
    text = error + strlen("error: ");
  text[strcspn(text, "\n")] = 0;
  return text[0] ? text : "no reason given";
}

static int write_script(FILE *file, void *context) { return slurm_script(context, file) ? EIO : 0; }

static int write_job(FILE *file, void *job) { return fprintf(file, "%s\n", (const char *)job) < 0 ? errno : 0; }

static PetscErrorCode write_in(const char *dir, const char *name, int (*body)(FILE *, void *), const void *context) {
  char folder[PETSC_MAX_PATH_LEN], why[512];
  size_t made;
  PetscFunctionBeginUser;
  PetscCheck(snprintf(folder, sizeof folder, "%s/slurm", dir) < (int)sizeof folder - 64, PETSC_COMM_SELF,
             PETSC_ERR_USER_INPUT, "the name of the results folder '%.300s' is too long", dir);
  PetscCheck(!folder_make(folder, &made, why, sizeof why), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s", why);
  PetscCheck(!whole_file_write(folder, name, body, (void *)context, why, sizeof why), PETSC_COMM_SELF,
             PETSC_ERR_USER_INPUT, "%s", why);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode slurm_submit(const SlurmPlan *plan, char *job, size_t n) {
  char script[PETSC_MAX_PATH_LEN];
  Said said = {"", "", 0};
  PetscFunctionBeginUser;
  PetscCall(slurm_check(plan));
  PetscCall(write_in(plan->dir, "sweep.sbatch", write_script, plan));
  snprintf(script, sizeof script, "%s/slurm/sweep.sbatch", plan->dir);
  PetscCall(run_slurm((char *[]){"sbatch", "--parsable", script, NULL}, &said));
  PetscCheck(WIFEXITED(said.status) && !WEXITSTATUS(said.status), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "sbatch refuses '%.300s': %s", script, first_line(&said));
  size_t length = strspn(said.out, "0123456789");
  PetscCheck(length && length < n, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "sbatch gave no number of a job: '%.100s'",
             said.out);
  memcpy(job, said.out, length);
  job[length] = 0;
  PetscCall(write_in(plan->dir, "job", write_job, job));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode slurm_busy(const char *dir, char *job, size_t n) {
  char path[PETSC_MAX_PATH_LEN], number[32] = "";
  Said said = {"", "", 0};
  PetscFunctionBeginUser;
  job[0] = 0;
  if (snprintf(path, sizeof path, "%s/slurm/job", dir) >= (int)sizeof path)
    PetscFunctionReturn(PETSC_SUCCESS);
  FILE *file = fopen(path, "r");
  if (!file)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscBool good = fgets(number, sizeof number, file) ? PETSC_TRUE : PETSC_FALSE;
  fclose(file);
  number[strspn(number, "0123456789")] = 0;
  if (!good || !number[0])
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(run_slurm((char *[]){"squeue", "--noheader", "--format=%i", "--jobs", number, NULL}, &said));
  if (WIFEXITED(said.status) && !WEXITSTATUS(said.status) && said.out[strspn(said.out, " \n")])
    snprintf(job, n, "%s", number);
  else if (said.status && !strstr(said.err, "Invalid job id")) /* SLURM forgets jobs some minutes after their end */
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "squeue does not tell whether job %s still runs: %s", number,
            first_line(&said));
  PetscFunctionReturn(PETSC_SUCCESS);
}
