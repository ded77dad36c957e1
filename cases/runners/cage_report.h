/* What the runner `cage` says: quantities, table, verdicts. */
#ifndef TRABECULA_CASES_RUNNERS_CAGE_REPORT_H
#define TRABECULA_CASES_RUNNERS_CAGE_REPORT_H

#include "cases/runners/cage_specimen.h"

/* The stiffness of a load as it is told: N m/deg where it turns the plate, else N/mm. */
double cage_stiffness(const CageLoad *load, const LoadAnswer *answer);
const char *cage_stiffness_name(const CageLoad *load);
const char *cage_stiffness_unit(const CageLoad *load);

/* voxel, frame: NULL where there is no such model. */
PetscErrorCode cage_report(const CagePlan *plan, const SpecimenAnswer *voxel, const SpecimenAnswer *frame,
                           Results *results);

#endif
