/* What a crushed lattice says: the table of ISO 13314, the curve, and in words. */
#ifndef TRABECULA_CASES_RUNNERS_CRUSH_REPORT_H
#define TRABECULA_CASES_RUNNERS_CRUSH_REPORT_H

#include "cases/runners/crush.h"

/* Quantities with a prefix ("", "frame.") of one curve. */
PetscErrorCode crush_quantities(const char *prefix, const CrushAnswer *answer, Results *results);
/* Table, chart, history, assumptions and verdicts; a curve that ends early makes the run incomplete. porosity_pct:
   nominal; specimen: cells [3]. */
PetscErrorCode crush_report(const CrushPlan *plan, const CrushAnswer *answer, double porosity_pct,
                            const PetscInt specimen[3], Results *results);
/* What the model of crushing takes for granted. */
PetscErrorCode crush_assume(const CrushPlan *plan, Results *results);

#endif
