/* One point of a sweep: its cases read, checked, priced and computed. Collective on comm. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_POINT_H
#define TRABECULA_CASES_SWEEP_SWEEP_POINT_H

#include "cases/sweep/sweep_store.h"

typedef struct PointCase {
  int n_set;
  char **set;
  Case c;
  Estimate estimate;
} PointCase;

typedef struct SweepPoint {
  const SweepPlan *plan; /* borrowed */
  MPI_Comm comm;
  PetscInt n; /* cases read */
  PointCase one[SWEEP_CASES];
  char content[CONTENT_TEXT], share[CONTENT_TEXT];
  double seconds, memory_bytes; /* of all cases; the largest, on the ranks of comm */
  PetscInt64 seed;              /* of the draws, else of defects, -1: nothing is random */
  double begin_s, begin_cpu_s;  /* when it was read: what it takes counts from there */
  json_t *known;                /* design.*: measures of the lattice, as in summary.json */
  json_t *constrained;          /* known, axes and estimate.*: what constraints may name */
} SweepPoint;

/* Reads the cases of a point. What a case file or its runner refuses is raised as PETSC_ERR_USER_INPUT; the point is to
   be freed then too. */
PetscErrorCode sweep_point_read(const SweepPlan *plan, MPI_Comm comm, const double *value, SweepRole role,
                                SweepPoint *point);
PetscErrorCode sweep_point_free(SweepPoint *point);
/* The constraint that the point breaks, as the reason to skip it; "" when it breaks none. A name that nothing has is
   refused at the sweep file. */
PetscErrorCode sweep_point_skip(const SweepPoint *point, size_t n, char *reason);

/* Computes the cases. dir (may be NULL): folder for their results, one a case. result (on every rank, owned by the
   caller) as sweep_store_finish takes it; "status" is failed where a case could not do all that was asked. */
PetscErrorCode sweep_point_run(SweepPoint *point, const char *dir, json_t **result);
/* The same for a point that could not even begin, or broke off: why says it. */
PetscErrorCode sweep_failure(const char *why, json_t **result);

/* Of CPU, spent by this process so far. */
double sweep_cpu_seconds(void);

#endif
