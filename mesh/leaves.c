/* The arrays of Leaves: made, resized, copied and freed in one place, because the solid fraction and the stiffness
   factor may be one array. First station of every voxel: voxelisers fill them, the cut over the ranks moves them,
   grid_create copies them. */
#include "mesh/leaves.h"
#include <string.h>

static bool shared(const Leaves *leaves) { return leaves->solid && leaves->stiffness_factor == leaves->solid; }

/* Room for n leaves; never NULL, because an array says by being there that there are such values. */
static PetscErrorCode array_resize(PetscInt n, float (**array)[LEAF_VOXELS]) {
  PetscFunctionBeginUser;
  PetscCall(PetscRealloc((size_t)PetscMax(n, 1) * sizeof **array, array));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode leaves_resize(Leaves *leaves, PetscInt n) {
  const size_t room = (size_t)PetscMax(n, 1);
  const bool one = shared(leaves);
  PetscFunctionBeginUser;
  PetscCall(PetscRealloc(room * sizeof *leaves->at, &leaves->at));
  PetscCall(PetscRealloc(room * sizeof *leaves->label, &leaves->label));
  if (leaves->solid)
    PetscCall(array_resize(n, &leaves->solid));
  if (one)
    leaves->stiffness_factor = leaves->solid;
  else if (leaves->stiffness_factor)
    PetscCall(array_resize(n, &leaves->stiffness_factor));
  leaves->n = n;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode leaves_create_like(const Leaves *others, PetscInt n, Leaves *leaves) {
  PetscFunctionBeginUser;
  *leaves = (Leaves){0};
  if (others->solid)
    PetscCall(array_resize(n, &leaves->solid));
  if (shared(others))
    leaves->stiffness_factor = leaves->solid;
  else if (others->stiffness_factor)
    PetscCall(array_resize(n, &leaves->stiffness_factor));
  PetscCall(leaves_resize(leaves, n));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* An array that is 1 in the voxels that are there. */
static PetscErrorCode array_of_ones(const Leaves *leaves, float (**array)[LEAF_VOXELS]) {
  PetscFunctionBeginUser;
  PetscCall(array_resize(leaves->n, array));
  for (PetscInt l = 0; l < leaves->n; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v)
      (*array)[l][v] = leaves->label[l][v] ? 1 : 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode leaves_add_solid(Leaves *leaves) {
  PetscFunctionBeginUser;
  if (!leaves->solid)
    PetscCall(array_of_ones(leaves, &leaves->solid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode leaves_add_stiffness_factor(Leaves *leaves) {
  PetscFunctionBeginUser;
  if (shared(leaves)) {
    leaves->stiffness_factor = NULL;
    PetscCall(array_resize(leaves->n, &leaves->stiffness_factor));
    memcpy(leaves->stiffness_factor, leaves->solid, (size_t)leaves->n * sizeof *leaves->solid);
  } else if (!leaves->stiffness_factor)
    PetscCall(array_of_ones(leaves, &leaves->stiffness_factor));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode leaves_agree(MPI_Comm comm, Leaves *leaves) {
  const bool none = !leaves->solid && !leaves->stiffness_factor;
  PetscMPIInt mine[3] = {leaves->solid != NULL, leaves->stiffness_factor != NULL, !none && !shared(leaves)}, any[3];
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(mine, any, 3, MPI_INT, MPI_MAX, comm));
  if (any[0])
    PetscCall(leaves_add_solid(leaves));
  if (any[2] && any[1])
    PetscCall(leaves_add_stiffness_factor(leaves));
  else if (any[1])
    leaves->stiffness_factor = leaves->solid;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode leaves_free(Leaves *leaves) {
  PetscFunctionBeginUser;
  if (shared(leaves))
    leaves->stiffness_factor = NULL;
  PetscCall(PetscFree(leaves->at));
  PetscCall(PetscFree(leaves->label));
  PetscCall(PetscFree(leaves->solid));
  PetscCall(PetscFree(leaves->stiffness_factor));
  leaves->n = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

void leaf_copy(Leaves *to, PetscInt t, const Leaves *from, PetscInt f) {
  memcpy(to->at[t], from->at[f], sizeof *to->at);
  memcpy(to->label[t], from->label[f], sizeof *to->label);
  if (from->solid)
    memcpy(to->solid[t], from->solid[f], sizeof *to->solid);
  if (from->stiffness_factor && !shared(from))
    memcpy(to->stiffness_factor[t], from->stiffness_factor[f], sizeof *to->stiffness_factor);
}

void leaf_clear_voxel(Leaves *leaves, PetscInt l, int v) {
  leaves->label[l][v] = 0;
  if (leaves->solid)
    leaves->solid[l][v] = 0;
  if (leaves->stiffness_factor)
    leaves->stiffness_factor[l][v] = 0;
}
