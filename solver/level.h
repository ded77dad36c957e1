/* One level of the multigrid: equal cubes with a label and a stiffness factor each, and the operator on them in single
   precision. The finest level also serves the operator in double precision. */
#ifndef TRABECULA_SOLVER_LEVEL_H
#define TRABECULA_SOLVER_LEVEL_H

#include "materials/elasticity.h"
#include "mesh/grid.h"
#include "solver/leaf_kernel.h"

typedef struct Level {
  const Grid *grid;            /* borrowed on the finest level */
  Grid *own_grid;              /* NULL on the finest level */
  float (*scale)[LEAF_VOXELS]; /* [n_owned] stiffness factors; NULL: 1. Borrowed from the grid (fractions) on the finest
                                  level */
  BlocksFloat *blocks;         /* [256] by label, for cubes of this level's size */
  double (*diagonal)[3];       /* [256] diagonal of the element matrix by label */
  uint8_t *fixed;              /* [nodes_owned] bits of the components held at 0 */
  PetscInt n_fixed_dofs;
  int32_t *fixed_dof;      /* [n_fixed_dofs] 3 node + component */
  float *spring;           /* [nodes_owned][3] stiffness to the ground, N/mm, or NULL */
  float *inverse_diagonal; /* [nodes_owned][3] */
  float lambda;            /* upper estimate of the largest eigenvalue of D^-1 K */
  float *x, *b, *work;     /* [nodes_local][3] */
  float *p;                /* [nodes_owned][3] */
  int32_t *parent;         /* [n_owned] local leaf of the next coarser grid that covers this leaf */
} Level;

/* Blocks and work arrays for a grid whose materials are given; own: the level frees the grid. Then level_fix, then
 * level_finish. */
PetscErrorCode level_create(const Grid *grid, Grid *own, float (*scale)[LEAF_VOXELS], const Elasticity material[256],
                            Level *level);
/* Copies fixed [nodes_owned]; takes over spring (may be NULL). */
PetscErrorCode level_fix(Level *level, const uint8_t *fixed, float *spring);
/* Diagonal and eigenvalue estimate (Lanczos from a start vector that does not depend on the ranks). Collective.
 */
PetscErrorCode level_finish(Level *level);
/* y = K x on free components, 0 on fixed ones; x [nodes_local][3] gets its ghosts here; y [nodes_local][3]. Collective.
 */
PetscErrorCode level_apply(Level *level, float *x, float *y);
PetscErrorCode level_free(Level *level);

static inline void level_zero_fixed(const Level *level, float *x) {
  for (PetscInt i = 0; i < level->n_fixed_dofs; ++i)
    x[level->fixed_dof[i]] = 0;
}

#endif
