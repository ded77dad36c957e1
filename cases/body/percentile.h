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

#endif
