/* A cage at one resolution or several, and the interval of the mesh on its headline numbers. */
#ifndef TRABECULA_CASES_RUNNERS_CAGE_INTERVAL_H
#define TRABECULA_CASES_RUNNERS_CAGE_INTERVAL_H

#include "cases/runners/cage_specimen.h"

/* Voxels at every resolution of the plan: *answer is that of the finest, its intervals filled; several resolutions give
   a table. Collective. */
PetscErrorCode cage_voxels_at(const Case *c, const CagePlan *plan, Results *results, SpecimenAnswer *answer);
/* The intervals of level [n - 1], the finest of n meshes of the plan (coarsest first; frames: n is 1). Kernel. */
void cage_interval(const CagePlan *plan, Mesh mesh, PetscInt n, SpecimenAnswer *level);

#endif
