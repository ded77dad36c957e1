/* One level of the multigrid: equal cubes with a label and a stiffness factor each, and the operator on them in single
   precision. The finest level also serves the operator in double precision. */
#ifndef TRABECULA_SOLVER_VOXEL_LEVEL_H
#define TRABECULA_SOLVER_VOXEL_LEVEL_H

#include "materials/elasticity.h"
#include "mesh/grid.h"
#include "solver/voxel/leaf_block.h"
#include "solver/voxel/sweep.h"

typedef struct Level {
  const Grid *grid;            /* borrowed on the finest level */
  Grid *own_grid;              /* NULL on the finest level */
  float (*scale)[LEAF_VOXELS]; /* [n_owned] stiffness factors; NULL: 1. Borrowed from the grid on the finest
                                  level */
  Sweep sweep;
  BlocksFloat *blocks; /* [256] by label, for cubes of this level's size */
  double (*corner)[6]; /* [256] by label, 3x3 block of the element matrix at corner 0: xx yy zz yz xz xy; at other
                          corners the shears change sign with the reflections */
  uint8_t *fixed;      /* [nodes_owned] bits of the components held at 0 */
  PetscInt n_fixed_dofs;
  int32_t *fixed_dof;    /* [n_fixed_dofs] 3 node + component, ascending */
  PetscInt *fixed_start; /* [n_owned + 1] of the nodes of each leaf, into fixed_dof */
  float *spring;         /* [nodes_owned][3] stiffness to the ground, N/mm, or NULL: none */
  float *inverse_block;  /* [nodes_owned][6] inverse of each node's 3x3 block of K, xx yy zz yz xz xy, leaf by leaf: the
                            n nodes from base on are the [6][n] from 6 base on. A fixed component is coupled to no other
                            there, and has 0 after level_hold */
  float lambda;          /* upper estimate of the largest eigenvalue of D^-1 K, D the 3x3 blocks */
  float *x, *work;       /* [nodes_local][3] each, one behind the other: together they hold as many doubles. work is 0
                            between calls */
  float *b;              /* [nodes_local][3] */
  int32_t *parent;       /* [n_owned] local leaf of the next coarser grid that covers this leaf */
} Level;

/* Blocks and work arrays for a grid whose materials are given; own: the level frees the grid. Then level_fix, then
 * level_finish. */
PetscErrorCode level_create(const Grid *grid, Grid *own, float (*scale)[LEAF_VOXELS], const Elasticity material[256],
                            ElementChoice element, Level *level);
/* Copies fixed [nodes_owned]; takes over spring (may be NULL). */
PetscErrorCode level_fix(Level *level, const uint8_t *fixed, float *spring);
/* Blocks and eigenvalue estimate (Lanczos from a start vector that does not depend on the ranks). Collective. */
PetscErrorCode level_finish(Level *level);
/* Takes the fixed components out of the smoother: their inverse blocks, until then those of the free body, become 0. */
void level_hold(Level *level);
/* The forces of a leaf that a sweep of this level has completed in work: adds those of the springs at x, clears those
   on fixed components. For visitors. */
void level_complete(const Level *level, PetscInt leaf);
/* y = K x on free components, 0 on fixed ones; x, y [nodes_local][3]. Collective. */
PetscErrorCode level_apply(Level *level, float *x, float *y);
PetscErrorCode level_free(Level *level);

/* Of component c of a node of leaf l. */
static inline float level_inverse_diagonal(const Level *level, PetscInt l, PetscInt node, int c) {
  const Leaf *leaf = &level->grid->leaf[l];
  return level
      ->inverse_block[6 * (size_t)leaf->base + (size_t)c * (size_t)leaf_nodes(leaf) + (size_t)(node - leaf->base)];
}

static inline void level_zero_fixed(const Level *level, float *x) {
  for (PetscInt i = 0; i < level->n_fixed_dofs; ++i)
    x[level->fixed_dof[i]] = 0;
}

#endif
