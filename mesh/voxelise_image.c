#include "mesh/blocks.h"
#include "mesh/voxelise.h"

static void keep_all(const void *context, int n, const double (*centre)[3], const double *half, uint8_t *fate) {
  (void)context, (void)centre, (void)half;
  for (int i = 0; i < n; ++i)
    fate[i] = BLOCK_SPLIT;
}

/* Every value must be a whole number 0..255; each rank looks at its share, all tell of the first that is not. */
static PetscErrorCode image_check_labels(MPI_Comm comm, const Image *image) {
  const PetscInt64 n = (PetscInt64)image->n[0] * image->n[1] * image->n[2];
  PetscInt64 bad = n;
  PetscMPIInt rank, size;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  for (PetscInt64 v = n / size * rank, end = rank + 1 < size ? n / size * (rank + 1) : n; v < end && bad == n; ++v)
    if (!(image->value[v] >= 0 && image->value[v] <= 255 && image->value[v] == floorf(image->value[v])))
      bad = v;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &bad, 1, MPIU_INT64, MPI_MIN, comm));
  PetscCheck(bad == n, comm, PETSC_ERR_USER_INPUT,
             "voxel (%" PetscInt64_FMT ", %" PetscInt64_FMT ", %" PetscInt64_FMT
             ") of the label image is %g: labels must be whole numbers from 0 to 255",
             bad % image->n[0], bad / image->n[0] % image->n[1], bad / image->n[0] / image->n[1],
             (double)image->value[bad]);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode image_box(MPI_Comm comm, const Image *image, GridBox *box) {
  PetscFunctionBeginUser;
  PetscCheck(box->voxel_mm > 0 && box->voxel_mm < HUGE_VAL, comm, PETSC_ERR_USER_INPUT,
             "the voxel edge is %g mm: must be a positive number", box->voxel_mm);
  for (int c = 0; c < 3; ++c) {
    double n = floor(image->n[c] * image->voxel_mm[c] / box->voxel_mm + 0.5);
    PetscCheck(n >= 1 && n <= 8 << 20, comm, PETSC_ERR_USER_INPUT,
               "voxels of %g mm make %g voxels along %c of the image: must lie in [1, %d]", box->voxel_mm, n, "xyz"[c],
               8 << 20);
    box->n[c] = (PetscInt)n;
    box->origin[c] = image->origin[c];
    box->periodic[c] = false;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Index of the image voxel that holds the centre of box voxel i; -1 outside the box. */
static PetscInt64 image_index(const Image *image, const GridBox *box, int axis, PetscInt64 i) {
  PetscInt64 at = (PetscInt64)floor(((double)i + 0.5) * box->voxel_mm / image->voxel_mm[axis]);
  return i < box->n[axis] ? PetscMin(at, (PetscInt64)image->n[axis] - 1) : -1;
}

/* Kernel: labels of one leaf; returns its number of solid voxels. */
static int leaf_sample(const Image *image, const GridBox *box, const int32_t at[3], uint8_t label[LEAF_VOXELS]) {
  PetscInt64 from[3][LEAF_EDGE];
  int solid = 0;
  for (int c = 0; c < 3; ++c)
    for (int i = 0; i < LEAF_EDGE; ++i)
      from[c][i] = image_index(image, box, c, (PetscInt64)LEAF_EDGE * at[c] + i);
  for (int v = 0; v < LEAF_VOXELS; ++v) {
    PetscInt64 x = from[0][v & 7], y = from[1][v >> 3 & 7], z = from[2][v >> 6];
    label[v] = x < 0 || y < 0 || z < 0 ? 0 : (uint8_t)image->value[x + image->n[0] * (y + image->n[1] * z)];
    solid += label[v] != 0;
  }
  return solid;
}

PetscErrorCode voxelise_image(MPI_Comm comm, const Image *image, GridBox *box, Leaves *leaves) {
  PetscInt n, room = 0;
  int32_t(*at)[3];
  PetscFunctionBeginUser;
  PetscCall(image_check_labels(comm, image));
  PetscCall(image_box(comm, image, box));
  *leaves = (Leaves){0};
  PetscCall(blocks_find(comm, box, keep_all, NULL, &n, &at, NULL));
  for (PetscInt l = 0; l < n; ++l) {
    uint8_t label[LEAF_VOXELS];
    if (!leaf_sample(image, box, at[l], label))
      continue;
    if (leaves->n == room) {
      PetscInt kept = leaves->n;
      room = 2 * room + 16;
      PetscCall(leaves_resize(leaves, room));
      leaves->n = kept;
    }
    PetscCall(PetscArraycpy(leaves->label[leaves->n], label, LEAF_VOXELS));
    PetscCall(PetscArraycpy(leaves->at[leaves->n++], at[l], 3));
  }
  PetscCall(PetscFree(at));
  PetscCall(leaves_resize(leaves, leaves->n));
  PetscFunctionReturn(PETSC_SUCCESS);
}
