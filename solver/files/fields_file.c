/* Driver: voxel fields as a VTKHDF image. The bounding box of the solid is written in slabs of as many layers as a
   chunk has; inside a slab each rank fills and deflates the chunks of a few rows of chunks, so no rank ever holds the
   whole box, and rank 0 writes them: it has nothing else to do with them, and HDF5 nothing to select or to pack. Values
   stand as PointData at the voxel centres, because VTK 9.1 does not read CellData of images. */
#include "solver/files/fields_file.h"
#include "solver/files/fields_slab.h"
#include "solver/files/vtkhdf.h"
#include "solver/files/zero_deflate.h"
#include <string.h>

enum { SIZES_TAG = 21, CHUNKS_TAG = 22 };

/* What the grid itself says of its voxels; the latter two where they are not 1 everywhere. */
enum { LABEL, SOLID, FACTOR, N_OWN };

typedef struct Array { /* one data set: items of a fixed size, one a voxel */
  VtkhdfSet set;
  char name[64];
  size_t bytes;
  char *value; /* [room] of the slab's leaves */
} Array;

typedef struct Image {
  Vtkhdf v;
  SlabPlan plan;
  PetscInt n, n_fields; /* arrays; the last n_fields of them come from the source */
  PetscInt own[N_OWN];  /* where the arrays of the grid stand, -1: nowhere */
  Array *array;
  float **value;    /* [n_fields] into the arrays */
  PetscInt room;    /* voxels */
  size_t most;      /* bytes of the largest item */
  char *dense;      /* this rank's chunks of one array */
  bool *touched;    /* [chunks of this rank's strips] */
  uint8_t *packed;  /* one row of chunks, deflated */
  PetscInt64 *size; /* [chunks in x] their lengths there; 0: void */
} Image;

static PetscInt my_strips(const SlabPlan *plan) {
  return slab_strip(plan, plan->rank + 1) - slab_strip(plan, plan->rank);
}

static size_t chunk_items(const SlabPlan *plan) {
  return (size_t)plan->edge[0] * (size_t)plan->edge[1] * (size_t)plan->edge[2];
}

static PetscErrorCode describe(const SlabPlan *plan, const char *name, const char *unit, PetscInt components,
                               Array *a) {
  const VtkhdfSet set = {
      .name = a->name,
      .unit = unit,
      .type = H5T_NATIVE_FLOAT,
      .n_dims = components > 1 ? 4 : 3,
      .dims = {(hsize_t)plan->n[2], (hsize_t)plan->n[1], (hsize_t)plan->n[0], (hsize_t)components},
      .chunk = {(hsize_t)plan->edge[2], (hsize_t)plan->edge[1], (hsize_t)plan->edge[0], (hsize_t)components}};
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(a->name, sizeof a->name, "PointData/%s", name));
  a->set = set;
  a->bytes = sizeof(float) * (size_t)components;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const char *const own_names[N_OWN] = {"label", "solid_fraction", "stiffness_factor"};

static PetscErrorCode image_create(const Grid *grid, PetscInt n, const Field *fields, Image *image) {
  SlabPlan *plan = &image->plan;

  PetscFunctionBeginUser;
  memset(image, 0, sizeof *image);
  PetscCall(slab_create(grid, plan));
  image->n_fields = n;
  const bool there[N_OWN] = {true, grid->solid != NULL, grid->stiffness_factor != NULL};
  for (int a = 0; a < N_OWN; a++)
    image->own[a] = there[a] ? image->n++ : -1;
  const PetscInt first = image->n;
  image->n += n;
  PetscCall(PetscCalloc2(image->n, &image->array, n, &image->value));
  for (int a = 0; a < N_OWN; a++)
    if (there[a])
      PetscCall(describe(plan, own_names[a], "1", 1, &image->array[image->own[a]]));
  image->array[LABEL].set.type = H5T_NATIVE_UINT8;
  image->array[LABEL].bytes = 1;
  for (PetscInt f = 0; f < n; f++)
    PetscCall(describe(plan, fields[f].name, fields[f].unit, fields[f].components, &image->array[first + f]));
  for (PetscInt a = 0; a < image->n; a++)
    image->most = PetscMax(image->most, image->array[a].bytes);
  const size_t chunks = (size_t)my_strips(plan) * (size_t)plan->chunks[0], items = chunk_items(plan);
  PetscCall(PetscCalloc1(chunks * items * image->most, &image->dense));
  PetscCall(PetscCalloc1(chunks, &image->touched));
  PetscCall(PetscMalloc1((size_t)plan->chunks[0] * zero_deflate_bound(items * image->most), &image->packed));
  PetscCall(PetscMalloc1(plan->chunks[0], &image->size));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode image_free(Image *image) {
  PetscFunctionBeginUser;
  for (PetscInt a = 0; a < image->n; a++)
    PetscCall(PetscFree(image->array[a].value));
  PetscCall(PetscFree2(image->array, image->value));
  PetscCall(PetscFree(image->dense));
  PetscCall(PetscFree(image->touched));
  PetscCall(PetscFree(image->packed));
  PetscCall(PetscFree(image->size));
  PetscCall(slab_free(&image->plan));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Labels, solid fractions and stiffness factors of the slab's leaves. */
static void own_values(const Image *image) {
  const SlabPlan *plan = &image->plan;
  const Grid *grid = plan->grid;
  uint8_t *label = (uint8_t *)image->array[LABEL].value;
  float *solid = grid->solid ? (float *)image->array[image->own[SOLID]].value : NULL;
  float *factor = grid->stiffness_factor ? (float *)image->array[image->own[FACTOR]].value : NULL;
  PetscInt n = 0;
  for (PetscInt i = 0; i < plan->n_leaves; i++)
    for (int v = 0; v < LEAF_VOXELS; v++) {
      const PetscInt l = plan->leaf[i];
      if (!(grid->leaf[l].voxel[v / 8] >> v % 8 & 1))
        continue;
      if (solid)
        solid[n] = grid->solid[l][v];
      if (factor)
        factor[n] = grid->stiffness_factor[l][v];
      label[n++] = grid->label[l][v];
    }
}

static PetscErrorCode slab_values(Image *image, PetscInt z0, FieldSource *source, void *context) {
  SlabPlan *plan = &image->plan;

  PetscFunctionBeginUser;
  PetscCall(slab_place(plan, z0));
  if (plan->n_voxels > image->room)
    for (PetscInt a = 0; a < image->n; a++) {
      PetscCall(PetscFree(image->array[a].value));
      PetscCall(PetscMalloc1((size_t)plan->n_voxels * image->array[a].bytes, &image->array[a].value));
    }
  image->room = PetscMax(image->room, plan->n_voxels);
  for (PetscInt f = 0; f < image->n_fields; f++)
    image->value[f] = (float *)image->array[image->n - image->n_fields + f].value;
  own_values(image);
  PetscCall(source(context, plan->n_leaves, plan->leaf, image->value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Deflates one of this rank's rows of chunks and clears it for the next array; returns the length of all. */
static size_t strip_deflate(Image *image, PetscInt strip, size_t bytes) {
  const SlabPlan *plan = &image->plan;
  const size_t chunk = chunk_items(plan) * bytes;
  size_t length = 0;
  for (PetscInt x = 0; x < plan->chunks[0]; x++) {
    const size_t c = (size_t)(strip * plan->chunks[0] + x);
    image->size[x] = 0;
    if (!image->touched[c])
      continue;
    char *from = image->dense + c * chunk;
    image->size[x] = (PetscInt64)zero_deflate(chunk, (const uint8_t *)from, image->packed + length);
    memset(from, 0, chunk);
    image->touched[c] = false;
    length += (size_t)image->size[x];
  }
  return length;
}

/* Rank 0: writes a row of chunks. */
static void strip_write(Image *image, const Array *a, PetscInt z0, PetscInt strip) {
  const SlabPlan *plan = &image->plan;
  const uint8_t *from = image->packed;
  for (PetscInt x = 0; x < plan->chunks[0]; x++) {
    const hsize_t offset[4] = {(hsize_t)z0, (hsize_t)(strip * plan->edge[1]), (hsize_t)(x * plan->edge[0]), 0};
    if (image->size[x])
      vtkhdf_chunk(&image->v, &a->set, offset, (size_t)image->size[x], from);
    from += image->size[x];
  }
}

/* One array of a slab: every rank deflates, rank 0 takes one row of chunks after the other. */
static PetscErrorCode slab_write(Image *image, const Array *a, PetscInt z0) {
  const SlabPlan *plan = &image->plan;
  MPI_Comm comm = plan->grid->comm;
  const PetscInt first = slab_strip(plan, plan->rank);

  PetscFunctionBeginUser;
  PetscCall(slab_spread(plan, a->bytes, a->value, image->dense, image->touched));
  for (PetscInt s = 0; s < my_strips(plan); s++) {
    const size_t length = strip_deflate(image, s, a->bytes);
    if (plan->rank == 0) {
      strip_write(image, a, z0, first + s);
      continue;
    }
    PetscMPIInt bytes;
    PetscCall(PetscMPIIntCast((PetscInt)length, &bytes));
    PetscCallMPI(MPI_Send(image->size, (int)plan->chunks[0], MPIU_INT64, 0, SIZES_TAG, comm));
    PetscCallMPI(MPI_Send(image->packed, bytes, MPI_BYTE, 0, CHUNKS_TAG, comm));
  }
  for (int r = 1; plan->rank == 0 && r < plan->size; r++)
    for (PetscInt s = slab_strip(plan, r); s < slab_strip(plan, r + 1); s++) {
      PetscInt64 length = 0;
      PetscCallMPI(MPI_Recv(image->size, (int)plan->chunks[0], MPIU_INT64, r, SIZES_TAG, comm, MPI_STATUS_IGNORE));
      for (PetscInt x = 0; x < plan->chunks[0]; x++)
        length += image->size[x];
      PetscCallMPI(MPI_Recv(image->packed, (int)length, MPI_BYTE, r, CHUNKS_TAG, comm, MPI_STATUS_IGNORE));
      strip_write(image, a, z0, s);
    }
  PetscCall(vtkhdf_settle(&image->v));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_image(Image *image, FieldSource *source, void *context) {
  const SlabPlan *plan = &image->plan;
  const GridBox *box = &plan->grid->box;
  const double spacing[3] = {box->voxel_mm, box->voxel_mm, box->voxel_mm};
  const double direction[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  Vtkhdf *v = &image->v;
  double origin[3];
  int extent[6];

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    origin[d] = box->origin[d] + ((double)plan->lo[d] + 0.5) * box->voxel_mm;
    extent[2 * d] = 0;
    extent[2 * d + 1] = (int)plan->n[d] - 1;
  }
  PetscCall(vtkhdf_attribute(v, "WholeExtent", H5T_NATIVE_INT, 6, extent));
  PetscCall(vtkhdf_attribute(v, "Origin", H5T_NATIVE_DOUBLE, 3, origin));
  PetscCall(vtkhdf_attribute(v, "Spacing", H5T_NATIVE_DOUBLE, 3, spacing));
  PetscCall(vtkhdf_attribute(v, "Direction", H5T_NATIVE_DOUBLE, 9, direction));
  PetscCall(vtkhdf_group(v, "PointData"));
  for (PetscInt a = 0; a < image->n; a++)
    PetscCall(vtkhdf_create(v, &image->array[a].set));
  for (PetscInt z0 = 0; z0 < plan->n[2]; z0 += plan->edge[2]) {
    PetscCall(slab_values(image, z0, source, context));
    for (PetscInt a = 0; a < image->n; a++)
      PetscCall(slab_write(image, &image->array[a], z0));
  }
  for (PetscInt a = 0; a < image->n; a++)
    PetscCall(vtkhdf_close_set(v, &image->array[a].set));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode fields_stream_voxels(const char *file, const Grid *grid, PetscInt n, const Field *fields,
                                    FieldSource *source, void *context) {
  Image image;

  PetscFunctionBeginUser;
  if (!file[0])
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(image_create(grid, n, fields, &image));
  PetscErrorCode code = vtkhdf_open(grid->comm, file, "ImageData", VTKHDF_CHUNKS, &image.v);
  if (!code)
    code = write_image(&image, source, context);
  PetscCall(image_free(&image));
  PetscCall(code);
  PetscCall(vtkhdf_finish(&image.v));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Whole { /* fields that are there as a whole */
  PetscInt n;
  const Field *fields;
  PetscInt *first; /* [n_owned + 1] voxels before each leaf */
} Whole;

static PetscErrorCode whole_values(void *context, PetscInt n_leaves, const PetscInt *leaf, float *const *value) {
  const Whole *whole = context;

  PetscFunctionBeginUser;
  for (PetscInt f = 0; f < whole->n; f++) {
    const size_t components = (size_t)whole->fields[f].components;
    float *to = value[f];
    for (PetscInt i = 0; i < n_leaves; i++) {
      const size_t from = components * (size_t)whole->first[leaf[i]];
      const size_t count = components * (size_t)(whole->first[leaf[i] + 1] - whole->first[leaf[i]]);
      memcpy(to, whole->fields[f].value + from, count * sizeof(float));
      to += count;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode fields_write_voxels(const char *file, const Grid *grid, PetscInt n, const Field *fields) {
  Whole whole = {n, fields, NULL};

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(grid->n_owned + 1, &whole.first));
  whole.first[0] = 0;
  for (PetscInt l = 0; l < grid->n_owned; l++)
    whole.first[l + 1] = whole.first[l] + leaf_voxels(&grid->leaf[l]);
  PetscErrorCode code = fields_stream_voxels(file, grid, n, fields, whole_values, &whole);
  PetscCall(PetscFree(whole.first));
  PetscCall(code);
  PetscFunctionReturn(PETSC_SUCCESS);
}
