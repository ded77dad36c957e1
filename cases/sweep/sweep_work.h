/* Programs that work on the points of a sweep, one after the other. Collective on comm, whose ranks compute each point
   together. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_WORK_H
#define TRABECULA_CASES_SWEEP_SWEEP_WORK_H

#include "cases/sweep/sweep_plan.h"

/* Exit status of a worker, by which whoever started it knows what to do. */
enum {
  WORK_DONE = 0,    /* no point waits, or a fresh program is wanted after a point that failed */
  WORK_BROKEN = 74, /* EX_IOERR: store or disk cannot take results; what is wrong was printed */
  WORK_STOPPED = 75 /* EX_TEMPFAIL: told to stop; the point waits again */
};

/* Whether an error is one of the disk, for which no point is to blame. */
bool work_is_disk(const char *why);

/* Takes points from the store in dir until none waits. */
PetscErrorCode sweep_work_store(MPI_Comm comm, const SweepPlan *plan, const char *dir, const char *worker, int *status);
/* Takes the points of a task of a cluster (sweep_task.h). */
PetscErrorCode sweep_work_task(MPI_Comm comm, const SweepPlan *plan, const char *dir, PetscInt task, int *status);

#endif
