/* Workers of a sweep on this machine: started, watched, started again. Local to one process. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_LAUNCH_H
#define TRABECULA_CASES_SWEEP_SWEEP_LAUNCH_H

#include "cases/results/results.h"
#include "cases/sweep/sweep_store.h"

typedef struct SweepLaunch {
  const SweepPlan *plan;
  SweepStore *store;
  Results *results; /* hears of progress */
  const char *dir;
  int jobs, ranks; /* points at once; processes that compute each */
  /* Totals, to begin with 0. */
  PetscInt deaths; /* of workers that were killed or crashed */
  double cpu_s;    /* of workers and all that they started */
} SweepLaunch;

/* Works until no point waits. Workers whose program dies are replaced: their point is tried again, and failed after
   plan->attempts deaths. *status 0; 75 when told to stop by SIGINT, SIGTERM or SIGUSR1: workers are then stopped
   and their points wait again. What ends all workers alike (no mpirun, a full disk) is PETSC_ERR_USER_INPUT. */
PetscErrorCode sweep_launch(SweepLaunch *launch, int *status);

/* Cores that this process may use. */
int sweep_cores(void);

#endif
