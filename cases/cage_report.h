/* What the runner `cage` says: quantities, table, verdicts. */
#ifndef TRABECULA_CASES_CAGE_REPORT_H
#define TRABECULA_CASES_CAGE_REPORT_H

#include "cases/cage_specimen.h"

/* voxel, frame: NULL where there is no such model. */
PetscErrorCode cage_report(const CagePlan *plan, const SpecimenAnswer *voxel, const SpecimenAnswer *frame,
                           Results *results);

#endif
