/* Many specimens with defects, compressed as frames: mean, scatter and interval of every quantity. */
#ifndef TRABECULA_CASES_RUNNERS_COMPRESSION_SCATTER_H
#define TRABECULA_CASES_RUNNERS_COMPRESSION_SCATTER_H

#include "cases/runners/compression_plan.h"

/* Collective. Specimens are those of the set plan->seed (specimens_run),  shared out over the ranks. Quantities
   NAME.mean (with the half width of its 95 % interval), NAME.deviation, NAME.lo and NAME.hi (95 % prediction interval
   of one more specimen), a table, and a verdict. A curve that ends early makes the run incomplete. */
PetscErrorCode compression_scatter(const Case *c, const CompressionPlan *plan, Results *results);

#endif
