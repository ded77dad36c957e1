#include "mesh/voxelise.h"
#include "mesh/blocks.h"
#include "mesh/leaf_fill.h"

typedef struct Solid {
  PetscInt n_parts;
  const Part *parts;
} Solid;

/* A block may hold solid when some part reaches it that no later carving part takes away whole. */
static void solid_test(const void *context, int n, const double (*centre)[3], const double *half, uint8_t *fate) {
  const Solid *solid = context;
  for (int i = 0; i < n; ++i)
    fate[i] = BLOCK_DROP;
  for (PetscInt p = 0; p < solid->n_parts; ++p) {
    const Part *part = &solid->parts[p];
    double d[BLOCK_BATCH];
    part->shape->distance(part->shape, n, centre, d);
    for (int i = 0; i < n; ++i)
      if (part->label && d[i] <= half[i])
        fate[i] = BLOCK_SPLIT;
      else if (!part->label && d[i] < -half[i])
        fate[i] = BLOCK_DROP;
  }
}

/* Fills the candidate leaves in place and drops the empty ones. */
static PetscErrorCode leaves_fill(const GridBox *box, const Solid *solid, Leaves *leaves) {
  uint8_t *state;
  PetscInt kept = 0;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(solid->n_parts, &state));
  for (PetscInt l = 0; l < leaves->n; ++l) {
    float *filled = leaves->solid ? leaves->solid[kept] : NULL;
    for (int c = 0; c < 3; ++c)
      leaves->at[kept][c] = leaves->at[l][c];
    if (leaf_fill(box, leaves->at[kept], solid->n_parts, solid->parts, state, leaves->label[kept], filled))
      ++kept;
  }
  PetscCall(PetscFree(state));
  PetscCall(leaves_resize(leaves, kept));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxelise(MPI_Comm comm, const GridBox *box, PetscInt n_parts, const Part *parts,
                        PetscBool partial_volume, Leaves *leaves) {
  const Solid solid = {n_parts, parts};
  PetscFunctionBeginUser;
  *leaves = (Leaves){0};
  PetscCall(blocks_find(comm, box, solid_test, &solid, &leaves->n, &leaves->at, NULL));
  PetscCall(PetscMalloc1(PetscMax(leaves->n, 1), &leaves->label));
  if (partial_volume)
    PetscCall(PetscMalloc1(PetscMax(leaves->n, 1), &leaves->solid));
  leaves->stiffness_factor = leaves->solid;
  PetscCall(leaves_fill(box, &solid, leaves));
  PetscFunctionReturn(PETSC_SUCCESS);
}
