#include "cases/percentile.h"

#include <math.h>
#include <string.h>

/* Weight of the values that take part and do not exceed limit. */
static double weight_below(PetscInt n, const float *value, const float *weight, const uint16_t *region, unsigned want,
                           float limit) {
  double sum = 0;
  for (PetscInt i = 0; i < n; i++)
    if ((!region || (region[i] & want) == want) && value[i] <= limit)
      sum += weight ? weight[i] : 1;
  return sum;
}

PetscErrorCode percentile(MPI_Comm comm, PetscInt n, const float *value, const float *weight, const uint16_t *region,
                          unsigned want, double fraction, double *result) {
  uint32_t lo = 0, hi = 0x7f7fffff; /* non-negative floats are ordered as their bits: 0 .. FLT_MAX */
  double all = weight_below(n, value, weight, region, want, INFINITY);
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &all, 1, MPI_DOUBLE, MPI_SUM, comm));
  *result = NAN;
  if (all == 0)
    PetscFunctionReturn(PETSC_SUCCESS);
  while (lo < hi) {
    uint32_t middle = lo + (hi - lo) / 2;
    float limit;
    memcpy(&limit, &middle, sizeof limit);
    double sum = weight_below(n, value, weight, region, want, limit);
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, comm));
    if (sum >= fraction * all * (1 - 1e-12))
      hi = middle;
    else
      lo = middle + 1;
  }
  float found;
  memcpy(&found, &hi, sizeof found);
  *result = found;
  PetscFunctionReturn(PETSC_SUCCESS);
}
