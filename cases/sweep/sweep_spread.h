/* How far the quantities of a sweep scatter over its draws and seeds. Local to one process. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_SPREAD_H
#define TRABECULA_CASES_SWEEP_SWEEP_SPREAD_H

#include "cases/results/results.h"
#include "cases/sweep/sweep_store.h"

/* An axis that is the seed of something else: it makes scatter, no trend. */
bool sweep_axis_is_seed(const SweepAxis *axis);
/* Into results, for every point of the axes that are neither drawn nor seeds (at most SPREADS of them): mean, deviation
   and percentiles of the shown columns over all draws and seeds there. Nothing where there are none. */
enum { SPREADS = 12 };
PetscErrorCode sweep_tell_spread(const SweepPlan *plan, const SweepRows *rows, Results *results);

#endif
