/* What a sweep says: its price, its state, its table. Local to one process. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_TELL_H
#define TRABECULA_CASES_SWEEP_SWEEP_TELL_H

#include "cases/results/results.h"
#include "cases/sweep/sweep_place.h"

/* `trabecula check`: reads and prices every point. Collective. */
PetscErrorCode sweep_check(const Case *c);
/* `--status`: counts, and every failure with its reason. */
PetscErrorCode sweep_status(const SweepPlan *plan, SweepStore *store, const char *dir);
/* The table of points and what was skipped or failed, into results. */
PetscErrorCode sweep_tell_points(const SweepPlan *plan, const SweepRows *rows, Results *results);
#endif
