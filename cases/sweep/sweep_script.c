/* The script that sbatch gets. */
#include "cases/sweep/sweep_slurm.h"
#include <math.h>
#include <string.h>

enum {
  TASK_SECONDS = 1500,     /* work of a task: long against its start, short against limits of partitions */
  WARNING_SECONDS = 60,    /* between SLURM's warning and the end of the time */
  SPARE_SECONDS = 300,     /* start of the program, slow file systems */
  SPARE_BYTES = 256 << 20, /* a rank's libraries */
  TRIES_OF_A_POINT = 3,    /* crashes that a point may cost, times the points of a task */
  REQUEUES = 100           /* of one task, against turning round without end */
};
static const double TIME_MARGIN = 2, MEMORY_MARGIN = 1.5;

static PetscInt points_of_a_task(const SlurmPlan *p) {
  if (p->points_per_task > 0)
    return p->points_per_task;
  double points = p->seconds_per_point > 0 ? floor(TASK_SECONDS / p->seconds_per_point) : 100;
  PetscInt least = (p->n_points + SLURM_TASKS - 1) / SLURM_TASKS;
  return (PetscInt)PetscMax(1, PetscMax((double)least, PetscMin(points, (double)p->n_points)));
}

PetscInt slurm_tasks(const SlurmPlan *p) {
  PetscInt each = points_of_a_task(p);
  return (p->n_points + each - 1) / each;
}

SlurmChunk slurm_chunk(const SlurmPlan *p, PetscInt k) {
  PetscInt tasks = slurm_tasks(p), each = p->n_points / tasks, more = p->n_points % tasks;
  return (SlurmChunk){k * each + PetscMin(k, more), each + (k < more)};
}

/* A word of bash. */
static void put_word(FILE *file, const char *text) {
  fputc('\'', file);
  for (; *text; text++)
    if (*text == '\'')
      fputs("'\\''", file);
    else
      fputc(*text, file);
  fputc('\'', file);
}

/* The value of an option behind #SBATCH, which no shell reads: sbatch knows double quotes and backslashes. In names of
   files (pattern) it also replaces what follows a per cent sign. */
static void put_option(FILE *file, const char *name, const char *text, PetscBool pattern) {
  fprintf(file, "#SBATCH --%s=\"", name);
  for (; *text; text++) {
    if (*text == '"' || *text == '\\')
      fputc('\\', file);
    if (*text == '%' && pattern)
      fputc('%', file);
    fputc(*text, file);
  }
  fputs(pattern ? "/slurm/task-%a.log\"\n" : "\"\n", file);
}

/* The lines of the text that are directives of sbatch, or those that are not. */
static void put_lines(FILE *file, const char *text, PetscBool directives) {
  while (text && *text) {
    size_t n = strcspn(text, "\n");
    if (n && (strncmp(text, "#SBATCH", 7) == 0) == directives)
      fprintf(file, "%.*s\n", (int)n, text);
    text += n + (text[n] == '\n');
  }
}

static PetscErrorCode check_line(const char *what, const char *text, const char *forbidden) {
  PetscFunctionBeginUser;
  PetscCheck(!text || !text[strcspn(text, forbidden)], PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "the %s '%.300s' has a line feed or a backslash in it, which SLURM's scripts cannot hold", what, text);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode slurm_check(const SlurmPlan *p) {
  PetscFunctionBeginUser;
  PetscCall(check_line("results folder", p->dir, "\n\r\\"));
  PetscCall(check_line("sweep file", p->sweep_file, "\n\r"));
  PetscCall(check_line("partition", p->partition, "\n\r\\"));
  PetscCall(check_line("account", p->account, "\n\r\\"));
  PetscCall(check_line("time limit", p->time_limit, "\n\r\\"));
  PetscInt tasks = slurm_tasks(p);
  PetscCheck(tasks <= SLURM_TASKS, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "%" PetscInt_FMT " points are %" PetscInt_FMT " tasks of %" PetscInt_FMT ", more than the %d of an array "
             "job: take %" PetscInt_FMT " points a task or more",
             p->n_points, tasks, p->points_per_task, SLURM_TASKS, (p->n_points + SLURM_TASKS - 1) / SLURM_TASKS);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void put_job_name(const SlurmPlan *p, FILE *file) {
  const char *base = strrchr(p->sweep_file, '/');
  put_option(file, "job-name", base ? base + 1 : p->sweep_file, PETSC_FALSE);
}

static void put_head(const SlurmPlan *p, FILE *file) {
  double points = (double)slurm_chunk(p, 0).n;
  double minutes = ceil((TIME_MARGIN * points * p->seconds_per_point + SPARE_SECONDS) / 300) * 5;
  double memory = ceil((MEMORY_MARGIN * p->memory_bytes_per_point / p->ranks + SPARE_BYTES) / (64 << 20)) * 64;
  fputs("#!/bin/bash\n", file);
  put_job_name(p, file);
  fprintf(file, "#SBATCH --array=0-%" PetscInt_FMT, slurm_tasks(p) - 1);
  if (p->at_most > 0)
    fprintf(file, "%%%" PetscInt_FMT, p->at_most);
  fprintf(file, "\n#SBATCH --ntasks=%d\n#SBATCH --cpus-per-task=1\n#SBATCH --mem-per-cpu=%.0fM\n", p->ranks, memory);
  if (p->time_limit)
    put_option(file, "time", p->time_limit, PETSC_FALSE);
  else
    fprintf(file, "#SBATCH --time=%.0f\n", minutes);
  fprintf(file, "#SBATCH --signal=B:USR1@%d\n#SBATCH --requeue\n#SBATCH --open-mode=append\n", WARNING_SECONDS);
  put_option(file, "output", p->dir, PETSC_TRUE);
  if (p->partition)
    put_option(file, "partition", p->partition, PETSC_FALSE);
  if (p->account)
    put_option(file, "account", p->account, PETSC_FALSE);
  put_lines(file, p->lines, PETSC_TRUE);
}

/* srun starts ranks; a program alone needs none, so that it runs whatever its MPI thinks of srun. */
static void put_command(const SlurmPlan *p, FILE *file) {
  fputs("\ncommand=(", file);
  if (p->ranks > 1)
    fputs("srun --kill-on-bad-exit=1 ", file);
  put_word(file, p->program);
  fputs(" sweep ", file);
  put_word(file, p->sweep_file);
  fputs(" -o ", file);
  put_word(file, p->dir);
  for (int i = 0; i < p->n_set; i++) {
    fputs(" --set ", file);
    put_word(file, p->set[i]);
  }
  fputs(" --task \"$SLURM_ARRAY_TASK_ID\")\nfinished=", file);
  put_word(file, p->dir);
  fputs("/slurm/finished-$SLURM_ARRAY_TASK_ID\n", file);
}

/* Comes first. Signals go on to the program, and none is lost: one that comes between two programs, or before the new
   one can take it, ends the turn all the same. */
static const char traps[] =
    "\n"
    "# One task of a sweep: points one after the other, each row to the disk as it comes. Written by trabecula.\n"
    "told=\n"
    "child=\n"
    "trap 'told=USR1; signalled=1; [ -z \"$child\" ] || kill -USR1 \"$child\" 2>/dev/null' USR1\n"
    "trap 'told=TERM; signalled=1; [ -z \"$child\" ] || kill -TERM \"$child\" 2>/dev/null' TERM\n";

/* What follows the command: starts and requeues are set. */
static const char work[] =
    "self=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID # one task's SLURM_JOB_ID is the number of the whole array\n"
    "running() { [ \"$(squeue -h -j \"$self\" -o %T)\" = RUNNING ]; }\n"
    "\n"
    "# A program that crashed is started again: it knows which point it was in, and gives that one up at last.\n"
    "# Only the file tells that all is done: srun may end with 0 and have started nothing.\n"
    "echo \"task $SLURM_ARRAY_TASK_ID of job $SLURM_ARRAY_JOB_ID on $(hostname), start ${SLURM_RESTART_COUNT:-0}\"\n"
    "for ((start = 0; start < starts; start++)); do\n"
    "  status=75\n"
    "  [ -z \"$told\" ] || break\n"
    "  \"${command[@]}\" &\n"
    "  child=$!\n"
    "  [ -z \"$told\" ] || kill -\"$told\" \"$child\" 2>/dev/null\n"
    "  while\n"
    "    signalled=\n"
    "    wait \"$child\"\n"
    "    status=$?\n"
    "    [ \"$signalled\" ] # then wait returned for the signal\n"
    "  do :; done\n"
    "  child=\n"
    "  case $status in\n"
    "  2 | 74 | 75 | 126 | 127) break ;;\n"
    "  esac\n"
    "  [ ! -e \"$finished\" ] || break\n"
    "  echo \"the program ended with status $status before the task was finished\"\n"
    "  running || break\n"
    "  sleep 2\n"
    "done\n"
    "\n"
    "# 75: the time is nearly over. Another turn, unless SLURM has stopped the task or put it back by itself.\n"
    "if [ \"$status\" -eq 75 ] && running; then\n"
    "  if [ \"${SLURM_RESTART_COUNT:-0}\" -lt \"$requeues\" ]; then\n"
    "    scontrol requeue \"$self\"\n"
    "  else\n"
    "    echo \"put back $requeues times and no more; 'trabecula sweep --slurm' submits what is missing\"\n"
    "  fi\n"
    "fi\n"
    "[ \"$status\" -ne 0 ] || [ -e \"$finished\" ] || status=1\n"
    "exit \"$status\"\n";

PetscErrorCode slurm_script(const SlurmPlan *p, FILE *file) {
  PetscFunctionBeginUser;
  PetscCall(slurm_check(p));
  put_head(p, file);
  fputs(traps, file);
  put_lines(file, p->lines, PETSC_FALSE);
  fputs("export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1\n"
        "[ \"$(id -u)\" -ne 0 ] || export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1\n",
        file);
  if (p->ranks > 1)
    fputs("export SLURM_MPI_TYPE=${SLURM_MPI_TYPE:-pmix}\n", file);
  put_command(p, file);
  fprintf(file, "starts=%" PetscInt_FMT " requeues=%d\n\n%s", 1 + TRIES_OF_A_POINT * slurm_chunk(p, 0).n, REQUEUES,
          work);
  PetscCheck(!ferror(file), PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "the script");
  PetscFunctionReturn(PETSC_SUCCESS);
}
