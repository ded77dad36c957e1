/* The coarsest level of the multigrid: assembled and factorised, the same on every rank. */
#ifndef TRABECULA_SOLVER_VOXEL_COARSEST_H
#define TRABECULA_SOLVER_VOXEL_COARSEST_H

#include "solver/voxel/level.h"
#include <petscksp.h>

/* Without any fixed component (a periodic body) the first node is held: right-hand sides without resultant are then
 * solved up to a translation. */
PetscErrorCode coarsest_create(Level *level, const Elasticity material[256], ElementChoice element, KSP *ksp, Vec *b,
                               Vec *x);
PetscErrorCode coarsest_solve(Level *level, KSP ksp, Vec b, Vec x); /* level->b to level->x */
PetscErrorCode coarsest_destroy(KSP *ksp, Vec *b, Vec *x);

#endif
