#include "cases/body/weakest_life.h"

#include "cases/body/percentile.h"

#include <math.h>

PetscErrorCode weakest_life(MPI_Comm comm, const Fatigue *fatigue, PetscInt n, const float *amplitude,
                            const float *weight, double share, WeakestLife *life) {
  PetscFunctionBeginUser;
  PetscCall(percentile(comm, n, amplitude, weight, NULL, 0, 1 - share, &life->amplitude_MPa));
  life->cycles = isnan(life->amplitude_MPa) ? NAN : fatigue_life(fatigue, life->amplitude_MPa);
  PetscFunctionReturn(PETSC_SUCCESS);
}
