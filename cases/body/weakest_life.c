/* Life of the weakest struts.
   How: a percentile of the equivalent amplitudes, then the S-N line of materials/fatigue.c.
   Where: cases/runners/cage_fatigue.c reports it. */
#include "cases/body/weakest_life.h"

#include "cases/body/percentile.h"

#include <float.h>
#include <math.h>

PetscErrorCode weakest_life(MPI_Comm comm, const Fatigue *fatigue, PetscInt n, const float *amplitude,
                            const float *weight, double share, WeakestLife *life) {
  PetscFunctionBeginUser;
  PetscCall(percentile(comm, n, amplitude, weight, NULL, 0, 1 - share, &life->amplitude_MPa));
  if (life->amplitude_MPa >= (double)FLT_MAX) /* a percentile is a number */
    life->amplitude_MPa = INFINITY;
  life->cycles = isfinite(life->amplitude_MPa) ? fatigue_life(fatigue, life->amplitude_MPa) : NAN;
  PetscFunctionReturn(PETSC_SUCCESS);
}
