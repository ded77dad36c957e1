/* Driver: how much full integration locks for a law, as a figure that can be stated beside results: two solves of a
   small cube between clamped plates, with either element. The cube is below the size at which levels are made, so that
   the factorised level is the whole preconditioner and solves end whatever Poisson's ratio. */
#include "solver/voxel/voxel_impl.h"
#include <string.h>

enum { EDGE = VOXEL_LOCKING_EDGE, NODES = (EDGE + 1) * (EDGE + 1) };

static PetscErrorCode cube_create(Grid **grid) {
  const GridBox box = {.voxel_mm = 1, .n = {EDGE, EDGE, EDGE}};
  Leaves leaves = {0};
  PetscFunctionBeginUser;
  PetscCall(leaves_resize(&leaves, 1));
  memset(leaves.at[0], 0, sizeof leaves.at[0]);
  for (int v = 0; v < LEAF_VOXELS; ++v)
    leaves.label[0][v] = v % 8 < EDGE && v / 8 % 8 < EDGE && v / 64 < EDGE;
  PetscCall(grid_create(PETSC_COMM_SELF, &box, &leaves, 0, NULL, grid));
  PetscCall(leaves_free(&leaves));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The nodes of the lower and upper face along z. */
static PetscErrorCode plates_pick(const Grid *grid, PetscInt node[2][NODES], Grip plate[2]) {
  double(*x)[3];
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(grid->nodes_owned, &x));
  PetscCall(grid_node_positions(grid, x));
  for (int k = 0; k < 2; ++k) {
    plate[k] = (Grip){.name = "plate", .node = node[k], .fixed = GRIP_XYZ};
    for (PetscInt i = 0; i < grid->nodes_owned; ++i)
      if (PetscAbsReal(x[i][2] - (k ? EDGE : 0)) < 0.5)
        node[k][plate[k].n++] = i;
  }
  PetscCall(PetscFree(x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Force of the upper plate per displacement. */
static PetscErrorCode cube_stiffness(VoxelModel *m, double *force) {
  const double motion[2][6] = {{0}, {0, 0, 1, 0, 0, 0}};
  double reaction[2][6];
  PetscInt node[2][NODES];
  Grip plate[2];
  SolveInfo info;
  Vec u;
  PetscFunctionBeginUser;
  PetscCall(plates_pick(m->grid, node, plate));
  PetscCall(voxel_grips(m, 2, plate));
  PetscCall(voxel_vector(m, &u));
  PetscErrorCode failed = voxel_solve(m, motion, NULL, u, &info);
  if (!failed)
    failed = voxel_reactions(m, u, NULL, reaction);
  PetscCall(VecDestroy(&u));
  PetscCall(failed);
  *force = reaction[1][2];
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_locking(const Elasticity *law, double *ratio) {
  static const ElementChoice element[2] = {ELEMENT_FULL, ELEMENT_MEAN_DILATATION};
  Elasticity material[256] = {{0}};
  double force[2] = {0, 0};
  Grid *grid;
  PetscErrorCode failed = 0;
  PetscFunctionBeginUser;
  material[1] = elasticity_scaled(*law, 1 / law->C44);
  PetscCall(cube_create(&grid));
  for (int k = 0; k < 2 && !failed; ++k) {
    const VoxelOptions options = {.rtol = 1e-6, .max_iterations = 1000, .element = element[k]};
    VoxelModel *m = NULL;
    failed = voxel_create(grid, material, &options, &m);
    if (!failed)
      failed = cube_stiffness(m, &force[k]);
    PetscCall(voxel_destroy(&m));
  }
  PetscCall(grid_destroy(&grid));
  PetscCall(failed);
  *ratio = force[0] / force[1];
  PetscFunctionReturn(PETSC_SUCCESS);
}

void voxel_laws(const VoxelModel *m, const Elasticity **law, ElementChoice *element) {
  *law = m->material;
  *element = m->options.element;
}
