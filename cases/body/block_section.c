/* How much of a block of voxels its plates hold: areas of the solid, layer by layer along the load. An end face that is
   uneven is held by a few voxels only, and the modulus is then that of the end. */
#include "cases/body/block.h"
#include <math.h>

/* Solid of each layer across the axis, in whole voxels. */
static PetscErrorCode layers_fill(const Grid *grid, int axis, double *layer) {
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(layer, grid->box.n[axis]));
  for (PetscInt l = 0; l < grid->n_owned; l++)
    for (int v = 0; v < LEAF_VOXELS; v++) {
      const int in[3] = {v & 7, v >> 3 & 7, v >> 6};
      if (grid->leaf[l].voxel[v / 8] >> v % 8 & 1)
        layer[LEAF_EDGE * grid->leaf[l].at[axis] + in[axis]] += grid->solid ? (double)grid->solid[l][v] : 1;
    }
  for (PetscInt i = 0; i < grid->box.n[axis]; i += 1 << 20)
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, layer + i, (PetscMPIInt)PetscMin(1 << 20, grid->box.n[axis] - i),
                               MPI_DOUBLE, MPI_SUM, grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode block_sections(const BlockLoad *load, const Grid *grid, double held_pct[2]) {
  const int axis = load->axis;
  const double h = grid->box.voxel_mm, slack = 1e-6 * h;
  double *layer, most = 0, held[2] = {0, 0};

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(grid->box.n[axis], &layer));
  PetscCall(layers_fill(grid, axis, layer));
  for (PetscInt i = 0; i < grid->box.n[axis]; i++) {
    const double low = grid->box.origin[axis] + (double)i * h, high = low + h;
    most = fmax(most, layer[i]);
    if (low <= load->lo[axis] + load->embed_mm + slack)
      held[0] = fmax(held[0], layer[i]);
    if (high >= load->hi[axis] - load->embed_mm - slack)
      held[1] = fmax(held[1], layer[i]);
  }
  PetscCall(PetscFree(layer));
  for (int upper = 0; upper < 2; upper++)
    held_pct[upper] = 100 * held[upper] / most;
  PetscFunctionReturn(PETSC_SUCCESS);
}
