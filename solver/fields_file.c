/* Driver: voxel fields as a VTKHDF image. The bounding box of the solid is written in slabs of SLAB voxels; inside a
   slab each rank holds the dense strip of a few rows of chunks, so chunks are never shared and no rank ever holds the
   whole box. Values stand as PointData at the voxel centres, because VTK 9.1 does not read CellData of images. */
#include "solver/fields_file.h"
#include "solver/vtkhdf.h"

#include <string.h>

enum { SLAB = 8, CHUNK_Y = 32, CHUNK_X = 64 };

typedef struct Array { /* one data set: items of a fixed size, one a owned voxel */
  VtkhdfSet set;
  const void *value;
  size_t bytes;
} Array;

typedef struct Plan { /* which voxels of this rank go where, slab by slab */
  const Grid *grid;
  int size, rank;
  PetscInt *first;     /* [n_owned + 1] voxels before each leaf */
  PetscInt lo[3];      /* lowest solid voxel */
  PetscInt n[3];       /* extent of the bounding box, voxels */
  PetscInt strips;     /* rows of chunks in y */
  int *send, *receive; /* [size] items in this slab */
  int *send_at, *receive_at;
  int *next;        /* [size] */
  PetscInt *source; /* owned voxel of each item sent, by rank */
  int32_t *target;  /* its place in the strip of the receiver */
  int32_t *place;   /* the same for the items received */
  PetscInt room_send, room_receive;
} Plan;

static PetscErrorCode bounding_box(Plan *plan) {
  const Grid *grid = plan->grid;
  PetscInt low[6], all[6]; /* lower corner and minus the upper one: one reduction */

  PetscFunctionBeginUser;
  for (int d = 0; d < 6; d++)
    low[d] = PETSC_MAX_INT;
  for (PetscInt l = 0; l < grid->n_owned; l++)
    for (int r = 0; r < LEAF_ROWS; r++) {
      unsigned row = grid->leaf[l].voxel[r];
      if (!row)
        continue;
      const int32_t *at = grid->leaf[l].at;
      PetscInt from[3] = {8 * at[0] + __builtin_ctz(row), 8 * at[1] + r % 8, 8 * at[2] + r / 8};
      PetscInt to[3] = {8 * at[0] + 31 - __builtin_clz(row), from[1], from[2]};
      for (int d = 0; d < 3; d++) {
        low[d] = PetscMin(low[d], from[d]);
        low[3 + d] = PetscMin(low[3 + d], -to[d]);
      }
    }
  PetscCallMPI(MPI_Allreduce(low, all, 6, MPIU_INT, MPI_MIN, grid->comm));
  for (int d = 0; d < 3; d++) {
    plan->lo[d] = all[d];
    plan->n[d] = -all[3 + d] - all[d] + 1;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode plan_create(const Grid *grid, Plan *plan) {
  PetscFunctionBeginUser;
  memset(plan, 0, sizeof *plan);
  plan->grid = grid;
  PetscCallMPI(MPI_Comm_size(grid->comm, &plan->size));
  PetscCallMPI(MPI_Comm_rank(grid->comm, &plan->rank));
  PetscCall(bounding_box(plan));
  plan->strips = (plan->n[1] + CHUNK_Y - 1) / CHUNK_Y;
  PetscCall(PetscMalloc1(grid->n_owned + 1, &plan->first));
  PetscCall(PetscMalloc5(plan->size, &plan->send, plan->size, &plan->receive, plan->size, &plan->send_at, plan->size,
                         &plan->receive_at, plan->size, &plan->next));
  plan->first[0] = 0;
  for (PetscInt l = 0; l < grid->n_owned; l++) {
    PetscInt voxels = 0;
    for (int r = 0; r < LEAF_ROWS; r++)
      voxels += __builtin_popcount(grid->leaf[l].voxel[r]);
    plan->first[l + 1] = plan->first[l] + voxels;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode plan_free(Plan *plan) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(plan->first));
  PetscCall(PetscFree5(plan->send, plan->receive, plan->send_at, plan->receive_at, plan->next));
  PetscCall(PetscFree2(plan->source, plan->target));
  PetscCall(PetscFree(plan->place));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Strips are dealt out in runs: rank r holds strips first_strip(r) .. first_strip(r+1)-1. */
static PetscInt first_strip(const Plan *plan, int rank) {
  return (PetscInt)(((PetscInt64)plan->strips * rank + plan->size - 1) / plan->size);
}

static int strip_owner(const Plan *plan, PetscInt y) {
  return (int)((PetscInt64)(y / CHUNK_Y) * plan->size / plan->strips);
}

/* Visits the voxels of this rank in the slab z0 .. z1-1 (inside the box); counts them by receiver, or (fill) notes
   where each goes. */
static void visit_slab(Plan *plan, PetscInt z0, PetscInt z1, PetscBool fill) {
  const Grid *grid = plan->grid;
  for (PetscInt l = 0; l < grid->n_owned; l++) {
    const Leaf *leaf = &grid->leaf[l];
    PetscInt base[3], voxel = plan->first[l];
    for (int d = 0; d < 3; d++)
      base[d] = 8 * (PetscInt)leaf->at[d] - plan->lo[d];
    if (base[2] >= z1 || base[2] + 8 <= z0)
      continue;
    for (int r = 0; r < LEAF_ROWS; r++) {
      PetscInt y = base[1] + r % 8, z = base[2] + r / 8;
      unsigned row = leaf->voxel[r];
      int voxels = __builtin_popcount(row);
      if (row && z >= z0 && z < z1) {
        int to = strip_owner(plan, y);
        PetscInt y0 = first_strip(plan, to) * CHUNK_Y;
        PetscInt y1 = PetscMin(first_strip(plan, to + 1) * CHUNK_Y, plan->n[1]);
        PetscInt line = ((z - z0) * (y1 - y0) + y - y0) * plan->n[0] + base[0];
        for (int i = 0, v = 0; fill && i < 8; i++)
          if (row >> i & 1) {
            plan->source[plan->next[to]] = voxel + v++;
            plan->target[plan->next[to]++] = (int32_t)(line + i);
          }
        if (!fill)
          plan->send[to] += voxels;
      }
      voxel += voxels;
    }
  }
}

static PetscErrorCode plan_slab(Plan *plan, PetscInt z0, PetscInt z1) {
  PetscInt n_send = 0, n_receive = 0;

  PetscFunctionBeginUser;
  memset(plan->send, 0, (size_t)plan->size * sizeof *plan->send);
  visit_slab(plan, z0, z1, PETSC_FALSE);
  PetscCallMPI(MPI_Alltoall(plan->send, 1, MPI_INT, plan->receive, 1, MPI_INT, plan->grid->comm));
  for (int r = 0; r < plan->size; r++) {
    plan->send_at[r] = plan->next[r] = (int)n_send;
    plan->receive_at[r] = (int)n_receive;
    n_send += plan->send[r];
    n_receive += plan->receive[r];
  }
  if (n_send > plan->room_send) {
    PetscCall(PetscFree2(plan->source, plan->target));
    PetscCall(PetscMalloc2(n_send, &plan->source, n_send, &plan->target));
    plan->room_send = n_send;
  }
  if (n_receive > plan->room_receive) {
    PetscCall(PetscFree(plan->place));
    PetscCall(PetscMalloc1(n_receive, &plan->place));
    plan->room_receive = n_receive;
  }
  visit_slab(plan, z0, z1, PETSC_TRUE);
  PetscCallMPI(MPI_Alltoallv(plan->target, plan->send, plan->send_at, MPI_INT32_T, plan->place, plan->receive,
                             plan->receive_at, MPI_INT32_T, plan->grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One slab of one array: send the items to the holders of the strips, spread them out, write the strips. */
static PetscErrorCode write_slab(Vtkhdf *v, const Plan *plan, const Array *a, PetscInt z0, PetscInt z1) {
  PetscInt y0 = PetscMin(first_strip(plan, plan->rank) * CHUNK_Y, plan->n[1]);
  PetscInt y1 = PetscMin(first_strip(plan, plan->rank + 1) * CHUNK_Y, plan->n[1]);
  PetscInt n_send = plan->send_at[plan->size - 1] + plan->send[plan->size - 1];
  PetscInt n_receive = plan->receive_at[plan->size - 1] + plan->receive[plan->size - 1];
  hsize_t start[4] = {(hsize_t)z0, (hsize_t)y0, 0, 0};
  hsize_t count[4] = {(hsize_t)(z1 - z0), (hsize_t)(y1 - y0), (hsize_t)plan->n[0], a->set.dims[3]};
  char *packed, *received, *strip;
  MPI_Datatype item;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2((size_t)n_send * a->bytes, &packed, (size_t)n_receive * a->bytes, &received));
  PetscCall(PetscCalloc1((size_t)((z1 - z0) * (y1 - y0)) * (size_t)plan->n[0] * a->bytes, &strip));
  for (PetscInt i = 0; i < n_send; i++)
    memcpy(packed + (size_t)i * a->bytes, (const char *)a->value + (size_t)plan->source[i] * a->bytes, a->bytes);
  PetscCallMPI(MPI_Type_contiguous((int)a->bytes, MPI_BYTE, &item));
  PetscCallMPI(MPI_Type_commit(&item));
  PetscCallMPI(MPI_Alltoallv(packed, plan->send, plan->send_at, item, received, plan->receive, plan->receive_at, item,
                             plan->grid->comm));
  PetscCallMPI(MPI_Type_free(&item));
  for (PetscInt i = 0; i < n_receive; i++)
    memcpy(strip + (size_t)plan->place[i] * a->bytes, received + (size_t)i * a->bytes, a->bytes);
  PetscErrorCode code = vtkhdf_write(v, &a->set, start, count, strip);
  PetscCall(PetscFree2(packed, received));
  PetscCall(PetscFree(strip));
  PetscCall(code);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void describe(const Plan *plan, const char *name, const char *unit, PetscInt components, Array *a) {
  const VtkhdfSet set = {.name = name,
                         .unit = unit,
                         .type = H5T_NATIVE_FLOAT,
                         .n_dims = components > 1 ? 4 : 3,
                         .dims = {(hsize_t)plan->n[2], (hsize_t)plan->n[1], (hsize_t)plan->n[0], (hsize_t)components},
                         .chunk = {SLAB, CHUNK_Y, CHUNK_X, (hsize_t)components}};
  a->set = set;
  a->bytes = sizeof(float) * (size_t)components;
}

static PetscErrorCode write_image(Vtkhdf *v, Plan *plan, PetscInt n, Array *array) {
  const GridBox *box = &plan->grid->box;
  const double spacing[3] = {box->voxel_mm, box->voxel_mm, box->voxel_mm};
  const double direction[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
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
  for (PetscInt a = 0; a < n; a++)
    PetscCall(vtkhdf_create(v, &array[a].set));
  for (PetscInt z0 = 0; z0 < plan->n[2]; z0 += SLAB) {
    PetscInt z1 = PetscMin(z0 + SLAB, plan->n[2]);
    PetscCall(plan_slab(plan, z0, z1));
    for (PetscInt a = 0; a < n; a++)
      PetscCall(write_slab(v, plan, &array[a], z0, z1));
  }
  for (PetscInt a = 0; a < n; a++)
    PetscCall(vtkhdf_close_set(v, &array[a].set));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode labels_and_fractions(const Grid *grid, uint8_t *label, float *fraction) {
  PetscInt n = 0;

  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < grid->n_owned; l++)
    for (int r = 0; r < LEAF_ROWS; r++)
      for (int i = 0; i < 8; i++)
        if (grid->leaf[l].voxel[r] >> i & 1) {
          if (fraction)
            fraction[n] = grid->fraction[l][i + 8 * r];
          label[n++] = grid->label[l][i + 8 * r];
        }
  PetscCheck(n == grid->voxels_owned, PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "%" PetscInt_FMT " voxels in the leaves, %" PetscInt_FMT " in the grid", n, grid->voxels_owned);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode fields_write_voxels(const char *file, const Grid *grid, PetscInt n, const Field *fields) {
  Vtkhdf v;
  Plan plan;
  Array *array;
  uint8_t *label;
  float *fraction = NULL;
  char(*name)[64];
  PetscInt arrays = 0;

  PetscFunctionBeginUser;
  PetscCall(plan_create(grid, &plan));
  PetscCall(PetscMalloc3(n + 2, &array, n + 2, &name, grid->voxels_owned, &label));
  if (grid->fraction)
    PetscCall(PetscMalloc1(grid->voxels_owned, &fraction));
  PetscCall(labels_and_fractions(grid, label, fraction));
  for (PetscInt f = -2; f < n; f++) {
    Array *a = &array[arrays];
    if (f == -1 && !grid->fraction)
      continue;
    const char *what = f == -2 ? "label" : f == -1 ? "solid_fraction" : fields[f].name;
    PetscCall(PetscSNPrintf(name[arrays], sizeof name[0], "PointData/%s", what));
    describe(&plan, name[arrays], f < 0 ? "1" : fields[f].unit, f < 0 ? 1 : fields[f].components, a);
    a->value = f == -2 ? (const void *)label : f == -1 ? (const void *)fraction : (const void *)fields[f].value;
    if (f == -2) {
      a->set.type = H5T_NATIVE_UINT8;
      a->bytes = 1;
    }
    arrays++;
  }
  PetscErrorCode code = vtkhdf_open(grid->comm, file, "ImageData", &v);
  if (!code)
    code = write_image(&v, &plan, arrays, array);
  PetscCall(PetscFree(fraction));
  PetscCall(PetscFree3(array, name, label));
  PetscCall(plan_free(&plan));
  PetscCall(code);
  PetscCall(vtkhdf_finish(&v));
  PetscFunctionReturn(PETSC_SUCCESS);
}
