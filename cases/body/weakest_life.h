/* Life of the weakest part of many struts spread over ranks. Collective. */
#ifndef TRABECULA_CASES_BODY_WEAKEST_LIFE_H
#define TRABECULA_CASES_BODY_WEAKEST_LIFE_H

#include "materials/fatigue.h"
#include <petscsys.h>

typedef struct WeakestLife {
  double amplitude_MPa, cycles;
} WeakestLife;

/* The cycles that all struts but `share` of the weight (0.01: the weakest percent) endure, and the equivalent
   amplitude, MPa, that belongs to them: life falls with amplitude, so it is a percentile of amplitudes. amplitude [n]
   of strut_fatigue, weight [n] (volume; NULL: every strut counts the same), all ranks together. cycles: INFINITY where
   the amplitude is within the limit: a run-out where the data end; NAN without struts, and where the mean stress
   reaches the strength (amplitude INFINITY): that is no fatigue, and the S-N line says nothing. */
PetscErrorCode weakest_life(MPI_Comm comm, const Fatigue *fatigue, PetscInt n, const float *amplitude,
                            const float *weight, double share, WeakestLife *life);

#endif
