/* The axes of a sweep and its points: inside of the plan, for sweep_plan.c. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_AXES_H
#define TRABECULA_CASES_SWEEP_SWEEP_AXES_H

#include "cases/sweep/sweep_plan.h"

/* Fills in axes and points of a plan whose cases are known. */
PetscErrorCode sweep_axes_read(SweepPlan *plan);
/* The cases that take the assignment "key=value", or "CASE:key=value" where k is -1, else only case k; none, or no
   assignment: an error at `where` of the sweep file. */
PetscErrorCode sweep_set_cases(const SweepPlan *plan, const char *where, PetscInt k, const char *text, unsigned *cases);
/* The texts of a list, or one text as a list of one; none where the key is absent. */
PetscErrorCode sweep_texts(const Case *c, const char *path, PetscInt room, PetscInt *n, const char **text);
/* Names of cases, axes and columns head columns; refuses those that could not. */
PetscErrorCode sweep_check_name(const Case *c, const char *section, const char *name);

#endif
