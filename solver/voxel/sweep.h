/* One pass of the voxel operator over the leaves of a rank. Each leaf adds its forces to its own nodes and to those of
   its upper neighbours; in the order of the sweep most leaves have all their forces as soon as they have added their
   own, and are handed to a visitor while they are in cache. Ghosts travel while inner leaves are at work. */
#ifndef TRABECULA_SOLVER_VOXEL_SWEEP_H
#define TRABECULA_SOLVER_VOXEL_SWEEP_H

#include "mesh/grid.h"
#include "solver/voxel/leaf_kernel.h"

typedef struct Sweep {
  const Grid *grid;                  /* borrowed */
  const float (*scale)[LEAF_VOXELS]; /* [n_owned] stiffness factors, NULL: 1; borrowed */
  const LeafKernel *kernel;
  PetscInt *order;             /* [n_owned] leaves: inner ones, those that read ghosts, inner ones again */
  PetscInt outer[2];           /* places in order where the leaves that read ghosts begin and end */
  uint8_t *late;               /* [n_owned] 1: complete only at the end of the sweep, 2: without voxels (bits) */
  PetscInt n_late, *late_leaf; /* [n_late] */
} Sweep;

/* Called once for every owned leaf when all its forces are there. The visitor may change what belongs to the nodes of
   this leaf, x included: nobody reads it later in this sweep. */
typedef void SweepVisit(void *context, PetscInt leaf);

/* PETSC_ERR_USER_INPUT when TRABECULA_KERNEL names a kernel that is unknown or does not run here. */
PetscErrorCode sweep_create(const Grid *grid, const float (*scale)[LEAF_VOXELS], Sweep *sweep);
/* y += K x. x [nodes_local][3], whose ghosts are set here; y [nodes_local][3], 0 on entry; its ghosts are 0 on return.
   blocks [256] by label. Collective. */
PetscErrorCode sweep_double(const Sweep *sweep, const BlocksDouble *blocks, double *x, double *y, SweepVisit *visit,
                            void *context);
PetscErrorCode sweep_mixed(const Sweep *sweep, const BlocksDouble *blocks, float *x, double *y, SweepVisit *visit,
                           void *context);
PetscErrorCode sweep_float(const Sweep *sweep, const BlocksFloat *blocks, float *x, float *y, SweepVisit *visit,
                           void *context);
PetscErrorCode sweep_free(Sweep *sweep);

/* Number of nodes of a leaf. */
static inline PetscInt leaf_nodes(const Leaf *leaf) {
  return leaf->row[LEAF_ROWS - 1] + __builtin_popcount(leaf->node[LEAF_ROWS - 1]);
}

#endif
