/* Points of a store to tasks of SLURM and back. Local to one process. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_CLUSTER_H
#define TRABECULA_CASES_SWEEP_SWEEP_CLUSTER_H

#include "cases/results/results.h"
#include "cases/sweep/sweep_place.h"

typedef struct SweepCluster {
  const SweepPlan *plan;
  const char *dir;
  int ranks; /* of one point */
} SweepCluster;

/* `--slurm --dry-run`: the script for the points of that price, to standard output. */
PetscErrorCode cluster_show(const SweepCluster *cluster, const SweepPrice *price);
typedef struct ClusterRows {
  PetscInt taken, refused; /* new in the store; damaged, or not what a task writes: their points are computed again */
} ClusterRows;

/* Rows that tasks have written into the store. */
PetscErrorCode cluster_merge(const SweepCluster *cluster, SweepStore *store, ClusterRows *rows);
/* The job that still works on the points of the store; "" where there is none. */
PetscErrorCode cluster_busy(const SweepCluster *cluster, char *job, size_t n);
/* Merges, then removes points and rows of the tasks, so that points that failed may be computed again. User error: the
   job still runs. */
PetscErrorCode cluster_forget(const SweepCluster *cluster, SweepStore *store);
/* Hands all points that wait to tasks of a new job. No other job may work on them. */
PetscErrorCode cluster_submit(const SweepCluster *cluster, SweepStore *store, const SweepPrice *price, char *job,
                              size_t n);

#endif
