/* How sure the answer about a cage is: its two models beside each other, and the published range of the yield stress.
 */
#ifndef TRABECULA_CASES_RUNNERS_CAGE_SURE_H
#define TRABECULA_CASES_RUNNERS_CAGE_SURE_H

#include "cases/runners/cage_specimen.h"

/* voxel, frame: NULL where there is no such model. With both a table of their differences; always the verdict. */
PetscErrorCode cage_sure(const CagePlan *plan, const SpecimenAnswer *voxel, const SpecimenAnswer *frame,
                         Results *results);

#endif
