/* How long a cage lasts: fatigue of its struts under a load that goes to and fro between two load cases. */
#ifndef TRABECULA_CASES_RUNNERS_CAGE_FATIGUE_H
#define TRABECULA_CASES_RUNNERS_CAGE_FATIGUE_H

#include "cases/body/frame_body.h"
#include "cases/runners/cage_specimen.h"

/* Key section fatigue into plan->fatigue; the loads and the material of the plan must be there. Refused at their keys:
   no frame, neither or both of {from, to} and {case, R}, unknown load cases, ends that do not differ; at the material:
   no fatigue data, no strength that the correction wants. */
PetscErrorCode cage_fatigue_read(const Case *c, CagePlan *plan);
/* Collective. After the motions of the loads: answer->fatigue, and of every strut the use of endurance (1: just
   endured), use [n_struts] on every rank. Shows other load cases in body. */
PetscErrorCode cage_fatigue_answer(const CagePlan *plan, FrameBody *body, SpecimenAnswer *answer, float *use);
/* Quantities fatigue.*, a table and the verdict. */
PetscErrorCode cage_fatigue_report(const CagePlan *plan, const SpecimenAnswer *frame, Results *results);

#endif
