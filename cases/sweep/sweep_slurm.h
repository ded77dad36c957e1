/* A sweep as an array job of SLURM: its script, its submission. Local to the calling rank. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_SLURM_H
#define TRABECULA_CASES_SWEEP_SWEEP_SLURM_H

#include <petscsys.h>
#include <stdio.h>

enum { SLURM_TASKS = 1000 }; /* most tasks of an array: SLURM's own default */

/* All borrowed. Paths are absolute. */
typedef struct SlurmPlan {
  const char *program, *sweep_file, *dir; /* dir: the results folder */
  int n_set;
  const char *const *set; /* [n_set]: "key.path=value" */
  PetscInt n_points;
  int ranks;                                    /* of one point */
  double seconds_per_point;                     /* estimate, on its ranks */
  double memory_bytes_per_point;                /* estimate, all ranks */
  const char *partition, *account, *time_limit; /* NULL: the site's default; time_limit: from the estimate */
  const char *lines;                            /* more lines: "#SBATCH ..." go to the head, others before the work */
  PetscInt points_per_task;                     /* 0: tasks of about 25 minutes, at most SLURM_TASKS of them */
  PetscInt at_most;                             /* tasks that run at once; 0: no limit */
} SlurmPlan;

typedef struct SlurmChunk {
  PetscInt first, n; /* points of a task */
} SlurmChunk;

/* Number of tasks, each with one point at least (no points: 0), and the points of task k: they follow one another and
   their numbers differ by one at most. */
PetscInt slurm_tasks(const SlurmPlan *plan);
SlurmChunk slurm_chunk(const SlurmPlan *plan, PetscInt k);

/* User errors: what cannot stand in a script (line feeds in names), more tasks than SLURM_TASKS. */
PetscErrorCode slurm_check(const SlurmPlan *plan);
/* The script, for bash: each array task runs `PROGRAM sweep SWEEP.yaml -o DIR --set ... --task K` on the ranks until
   task_close has said that the task is finished. When SLURM warns that the time is nearly over, the program is told by
   SIGUSR1 and shall end with 75: the task is requeued. 2 and 74 (the disk): errors that would come again, the end.
   Anything else before the task is finished is a crash, and the program is started again, some times. */
PetscErrorCode slurm_script(const SlurmPlan *plan, FILE *file);
/* Writes DIR/slurm/sweep.sbatch and hands it to sbatch; the number of the job goes to job [n] and to DIR/slurm/job.
   The points of the tasks must stand in DIR before. User errors: no sbatch here, or what sbatch says. */
PetscErrorCode slurm_submit(const SlurmPlan *plan, char *job, size_t n);
/* The job that DIR/slurm/job names, if it still waits or runs; else job is "". User errors: SLURM does not answer. */
PetscErrorCode slurm_busy(const char *dir, char *job, size_t n);

#endif
