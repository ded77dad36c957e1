/* The points of a sweep into its store. Local to one process, which is alone on its communicator. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_PLACE_H
#define TRABECULA_CASES_SWEEP_SWEEP_PLACE_H

#include "cases/sweep/sweep_store.h"

typedef struct SweepPrice { /* of the points that are to be computed, on one rank */
  PetscInt points, skipped, refused;
  double seconds, dearest_s, memory_bytes; /* of all; of the dearest point; of the largest one */
  PetscInt confirmations;                  /* points whose confirmation was priced, as if they were chosen */
  double confirm_s, confirm_bytes;         /* the dearest, the largest of them */
  char first_refusal[512], confirm_refusal[512];
} SweepPrice;

/* Reads every point of the plan and prices it, and refuses names of columns that no point can give; store (may be NULL)
   then holds them all, and no others are placed. When all points are refused, or `confirm` for all of them, so is the
   sweep, in the words of the first. */
PetscErrorCode sweep_place(const SweepPlan *plan, SweepStore *store, SweepPrice *price);
/* One further point: the chosen design, or its confirmation (design 0, 1, ...: of those that were tried); its price,
   and the content of its row, which may be there already. */
PetscErrorCode sweep_place_one(const SweepPlan *plan, SweepStore *store, SweepRole role, PetscInt design,
                               const double *value, SweepPrice *price, char content[CONTENT_TEXT]);

#endif
