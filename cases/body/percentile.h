/* Percentiles of values spread over ranks. Collective. */
#ifndef TRABECULA_CASES_BODY_PERCENTILE_H
#define TRABECULA_CASES_BODY_PERCENTILE_H

#include <petscsys.h>
#include <stdint.h>

/* The smallest of the n values (non-negative, all ranks together) that at least `fraction` of the weight does not
   exceed; exact, independent of the ranks. region NULL: all values take part, else those with every bit of want.
   weight NULL: all equal. NAN when nothing takes part. */
PetscErrorCode percentile(MPI_Comm comm, PetscInt n, const float *value, const float *weight, const uint16_t *region,
                          unsigned want, double fraction, double *result);

/* The same of values that are made when they are wanted and need not fit into memory together: of item i, at most room
   of them, with their weights; returns how many. least: smaller values need not be right, as long as they stay smaller
   (0: all are wanted). Several fractions at once. */
typedef struct PercentileSource {
  PetscInt n, room;
  PetscInt (*make)(const void *context, PetscInt i, float least, float *value, float *weight);
  const void *context;
} PercentileSource;
PetscErrorCode percentiles_made(MPI_Comm comm, const PercentileSource *source, int n, const double *fraction,
                                double *result);

#endif
