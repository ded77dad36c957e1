/* How much a cage scatters: many specimens with defects, as frames. */
#ifndef TRABECULA_CASES_RUNNERS_CAGE_SCATTER_H
#define TRABECULA_CASES_RUNNERS_CAGE_SCATTER_H

#include "cases/runners/cage_specimen.h"

/* Collective. Of plan->samples specimens the modulus, of each load case stiffness, margin to yield and lowest buckling
   factor, and the margins to endurance, as far as the plan asks for them: what specimens_report tells, and the verdict.
 */
PetscErrorCode cage_scatter(const Case *c, const CagePlan *plan, Results *results);

#endif
