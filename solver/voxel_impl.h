/* Inside of the voxel model; only for solver/voxel*.c. */
#ifndef TRABECULA_SOLVER_VOXEL_IMPL_H
#define TRABECULA_SOLVER_VOXEL_IMPL_H

#include "solver/multigrid.h"
#include "solver/voxel.h"

typedef struct Tie { /* one tied component of an owned node */
  int32_t dof;       /* 3 node + component */
  int32_t grip;
  double x[3]; /* mm, position of the node */
} Tie;

struct VoxelModel {
  const Grid *grid; /* borrowed */
  VoxelOptions options;
  Elasticity material[256];
  BlocksDouble *blocks; /* [256] */
  Multigrid mg;
  PetscInt n_grips, n_ties;
  Grip *grip; /* [n_grips], without node lists */
  Tie *tie;
  bool ready;     /* the multigrid knows what is fixed */
  double setup_s; /* spent since the last solve was reported */
  double *x, *y;  /* [nodes_local][3], when this rank has ghosts */
  KSP ksp;
  Vec rhs, step;
};

/* y = K u over owned nodes, tied components included. */
PetscErrorCode voxel_apply(VoxelModel *model, Vec u, Vec y);
/* Solves K step = rhs (rhs is 0 on tied components) to |r| <= target; adds the cost to info. */
PetscErrorCode voxel_krylov(VoxelModel *model, double target, SolveInfo *info);
PetscErrorCode voxel_prepare(VoxelModel *model);

#endif
