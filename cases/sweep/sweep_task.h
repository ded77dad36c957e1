/* The files by which tasks of a cluster take points and give rows back, safe on NFS and Lustre: no database, no locks.
   DIR/slurm/points-TASK.jsonl: the points of a task, one JSON object with the text member "key" a line; written whole.
   DIR/slurm/rows-TASK.N.jsonl: what the N-th process that worked on the task has to tell, one JSON object a line:
     {"begin": KEY}   it starts a point,
     {"key": KEY, ...}   the row of a finished point,
     {"left": KEY}   it was told to stop and leaves the point to the next process.
   DIR/slurm/finished-TASK: empty; every point of the task has a row.
   Each process creates a file of its own and only appends, so two that work on the same task by mistake never write to
   the same file. A line counts once its line feed is there. All local to the calling rank. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_TASK_H
#define TRABECULA_CASES_SWEEP_SWEEP_TASK_H

#include <jansson.h>
#include <petscsys.h>
#include <stdbool.h>

typedef struct TaskPoint {
  json_t *point; /* owned by the task */
  const char *key;
  PetscBool done; /* a row of it is there */
  int tries;      /* processes that began it and vanished without a row: crashed or killed */
} TaskPoint;

typedef struct Task {
  PetscInt n;
  TaskPoint *point;              /* [n], in the order of the file */
  char path[PETSC_MAX_PATH_LEN]; /* own file of rows */
  char finished[PETSC_MAX_PATH_LEN];
  int file;
  long long size; /* bytes of whole lines in it */
} Task;

typedef struct TaskCount {
  PetscInt rows;       /* points told */
  PetscInt twice;      /* rows of points that had one already */
  PetscInt unreadable; /* whole lines that are no JSON object */
} TaskCount;

/* Writes the points of a task: points is an array of objects with the text member "key". Makes DIR/slurm. No
   process may work on an older task of this number. */
PetscErrorCode task_write(const char *dir, PetscInt task, const json_t *points);
/* Reads the points and what earlier processes told, and creates this process's own file. User errors: no such task, a
   file that cannot be read or written. */
PetscErrorCode task_open(const char *dir, PetscInt task, Task **t);
/* Tell, before the work on point i; after it (row has the member "key" of the point, and stays the caller's); instead
   of it. On return the line is on the disk; after an error the file holds whole lines only. */
PetscErrorCode task_begin(Task *t, PetscInt i);
PetscErrorCode task_finish(Task *t, PetscInt i, const json_t *row);
PetscErrorCode task_leave(Task *t, PetscInt i);
/* Closes and frees; notes that the task is finished if all points are done. */
PetscErrorCode task_close(Task **t);

/* Calls take for the first row of every point in all files of DIR/slurm (tasks, their processes and lines in rising
   order); the row stays owned here. count may be NULL. No folder: no rows. An error of take ends it. */
PetscErrorCode task_merge(const char *dir, PetscErrorCode (*take)(const json_t *row, void *context), void *context,
                          TaskCount *count);

#endif
