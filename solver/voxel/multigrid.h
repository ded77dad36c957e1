/* Geometric multigrid on equal cubes: Chebyshev smoothing on the 3x3 blocks of the nodes, trilinear transfer, one
   V-cycle in single precision; the coarsest level is factorised. A symmetric preconditioner whose action does not
   depend on the number of ranks (to round-off). */
#ifndef TRABECULA_SOLVER_VOXEL_MULTIGRID_H
#define TRABECULA_SOLVER_VOXEL_MULTIGRID_H

#include "solver/voxel/level.h"
#include <petscksp.h>

enum { MULTIGRID_LEVELS = 24 };

typedef struct Multigrid {
  int n;                 /* levels, 0 the finest */
  ElementChoice element; /* of the finest level */
  Level level[MULTIGRID_LEVELS];
  KSP coarsest;
  Vec coarse_b, coarse_x;
} Multigrid;

PetscErrorCode multigrid_create(const Grid *grid, const Elasticity material[256], ElementChoice element, Multigrid *mg);
/* Components held at 0 on the finest level, [nodes_owned]; rebuilds what depends on them. Collective. */
PetscErrorCode multigrid_fix(Multigrid *mg, const Elasticity material[256], const uint8_t *fixed);
/* level[0].x = M level[0].b over owned nodes; b, which must be 0 on fixed components and of a size that single
   precision holds with room to spare, is kept. Collective. */
PetscErrorCode multigrid_cycle(Multigrid *mg);
PetscErrorCode multigrid_free(Multigrid *mg);

#endif
