/* Driver: see fields_slab.h. */
#include "solver/files/fields_slab.h"
#include <string.h>

static PetscErrorCode bounding_box(SlabPlan *plan) {
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

/* Counts the voxels of the leaves and sorts the leaves by layer. */
static PetscErrorCode list_leaves(SlabPlan *plan) {
  const Grid *grid = plan->grid;
  const PetscInt low = plan->lo[2] / LEAF_EDGE, layers = (plan->lo[2] + plan->n[2] - 1) / LEAF_EDGE - low + 1;
  PetscInt *start;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(layers + 1, &start));
  plan->first[0] = 0;
  for (PetscInt l = 0; l < grid->n_owned; l++) {
    const PetscInt voxels = leaf_voxels(&grid->leaf[l]);
    plan->first[l + 1] = plan->first[l] + voxels;
    if (voxels)
      start[grid->leaf[l].at[2] - low + 1]++;
  }
  for (PetscInt z = 0; z < layers; z++)
    start[z + 1] += start[z];
  for (PetscInt l = 0; l < grid->n_owned; l++)
    if (plan->first[l + 1] > plan->first[l])
      plan->by_layer[start[grid->leaf[l].at[2] - low]++] = l;
  plan->n_listed = start[layers];
  PetscCall(PetscFree(start));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode slab_create(const Grid *grid, SlabPlan *plan) {
  static const PetscInt edge[3] = {SLAB_X, SLAB_Y, SLAB_Z};

  PetscFunctionBeginUser;
  memset(plan, 0, sizeof *plan);
  plan->grid = grid;
  PetscCallMPI(MPI_Comm_size(grid->comm, &plan->size));
  PetscCallMPI(MPI_Comm_rank(grid->comm, &plan->rank));
  PetscCall(bounding_box(plan));
  for (int d = 0; d < 3; d++) {
    plan->edge[d] = PetscMin(edge[d], plan->n[d]);
    plan->chunks[d] = (plan->n[d] + plan->edge[d] - 1) / plan->edge[d];
  }
  PetscCall(PetscMalloc3(grid->n_owned + 1, &plan->first, grid->n_owned, &plan->by_layer, grid->n_owned, &plan->leaf));
  PetscCall(PetscMalloc6(plan->size, &plan->send, plan->size, &plan->receive, plan->size, &plan->send_at, plan->size,
                         &plan->receive_at, plan->size, &plan->send_voxels, plan->size, &plan->receive_voxels));
  PetscCall(list_leaves(plan));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode slab_free(SlabPlan *plan) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(plan->first, plan->by_layer, plan->leaf));
  PetscCall(
      PetscFree6(plan->send, plan->receive, plan->send_at, plan->receive_at, plan->send_voxels, plan->receive_voxels));
  PetscCall(PetscFree2(plan->sent, plan->source));
  PetscCall(PetscFree(plan->received));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscInt slab_strip(const SlabPlan *plan, int rank) {
  return (PetscInt)(((PetscInt64)plan->chunks[1] * rank + plan->size - 1) / plan->size);
}

static int row_owner(const SlabPlan *plan, PetscInt y) {
  return (int)((PetscInt64)(y / plan->edge[1]) * plan->size / plan->chunks[1]);
}

/* Visits the rows of the slab's leaves that lie in it: counts them by receiver, or (fill) notes where each goes;
   send_at moves along then. */
static void visit_rows(SlabPlan *plan, PetscInt z0, PetscBool fill) {
  PetscInt at = 0;
  for (PetscInt i = 0; i < plan->n_leaves; i++) {
    const Leaf *leaf = &plan->grid->leaf[plan->leaf[i]];
    const PetscInt base[3] = {8 * (PetscInt)leaf->at[0] - plan->lo[0], 8 * (PetscInt)leaf->at[1] - plan->lo[1],
                              8 * (PetscInt)leaf->at[2] - plan->lo[2] - z0};
    for (int r = 0; r < LEAF_ROWS; r++) {
      const PetscInt y = base[1] + r % 8, z = base[2] + r / 8;
      const int voxels = __builtin_popcount(leaf->voxel[r]);
      if (voxels && z >= 0 && z < plan->edge[2]) {
        const int to = row_owner(plan, y);
        if (fill) {
          const int row = plan->send_at[to]++;
          plan->sent[row] = (SlabRow){(int32_t)base[0], (int32_t)y, (uint8_t)z, leaf->voxel[r]};
          plan->source[row] = at;
        } else {
          plan->send[to]++;
          plan->send_voxels[to] += voxels;
        }
      }
      at += voxels;
    }
  }
  plan->n_voxels = at;
}

static PetscErrorCode exchange_rows(SlabPlan *plan) {
  MPI_Comm comm = plan->grid->comm;
  MPI_Datatype type;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Alltoall(plan->send_voxels, 1, MPI_INT, plan->receive_voxels, 1, MPI_INT, comm));
  PetscCallMPI(MPI_Alltoall(plan->send, 1, MPI_INT, plan->receive, 1, MPI_INT, comm));
  plan->n_received = 0;
  for (int r = 0; r < plan->size; r++) {
    plan->send_at[r] -= plan->send[r];
    plan->receive_at[r] = (int)plan->n_received;
    plan->n_received += plan->receive[r];
  }
  if (plan->n_received > plan->room_receive) {
    PetscCall(PetscFree(plan->received));
    PetscCall(PetscMalloc1(plan->n_received, &plan->received));
    plan->room_receive = plan->n_received;
  }
  PetscCallMPI(MPI_Type_contiguous((int)sizeof(SlabRow), MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCallMPI(MPI_Alltoallv(plan->sent, plan->send, plan->send_at, type, plan->received, plan->receive,
                             plan->receive_at, type, comm));
  PetscCallMPI(MPI_Type_free(&type));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode slab_place(SlabPlan *plan, PetscInt z0) {
  const Grid *grid = plan->grid;
  const PetscInt n = plan->size, low = plan->lo[2] + z0, high = low + plan->edge[2]; /* voxels low .. high - 1 */

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(plan->send, n));
  PetscCall(PetscArrayzero(plan->send_voxels, n));
  plan->n_leaves = 0;
  for (PetscInt i = 0; i < plan->n_listed; i++) {
    const PetscInt z = LEAF_EDGE * (PetscInt)grid->leaf[plan->by_layer[i]].at[2];
    if (z < high && z + LEAF_EDGE > low)
      plan->leaf[plan->n_leaves++] = plan->by_layer[i];
    if (z >= high)
      break;
  }
  visit_rows(plan, z0, PETSC_FALSE);
  plan->n_sent = 0;
  for (int r = 0; r < n; r++) {
    plan->send_at[r] = (int)plan->n_sent;
    plan->n_sent += plan->send[r];
  }
  if (plan->n_sent > plan->room_send) {
    PetscCall(PetscFree2(plan->sent, plan->source));
    PetscCall(PetscMalloc2(plan->n_sent, &plan->sent, plan->n_sent, &plan->source));
    plan->room_send = plan->n_sent;
  }
  visit_rows(plan, z0, PETSC_TRUE);
  PetscCall(exchange_rows(plan));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A row's voxels, packed, to their places in the chunks from row of chunks `strip` on: runs that stay within a chunk.
   Returns how many there are. */
static int row_spread(const SlabPlan *plan, PetscInt strip, const SlabRow *row, size_t bytes, const char *value,
                      char *dense, bool *touched) {
  const PetscInt ex = plan->edge[0], ey = plan->edge[1];
  const PetscInt first = (row->y / ey - strip) * plan->chunks[0], line = row->y % ey + ey * row->z;
  unsigned mask = row->mask;
  int done = 0;
  while (mask) {
    const int i = __builtin_ctz(mask);
    const PetscInt x = row->x + i, chunk = first + x / ex, left = ex - x % ex;
    const int run = PetscMin(__builtin_ctz(~(mask >> i)), (int)left);
    const size_t to = (size_t)chunk * (size_t)(ex * ey * plan->edge[2]) + (size_t)(line * ex + x % ex);
    memcpy(dense + to * bytes, value + (size_t)done * bytes, (size_t)run * bytes);
    touched[chunk] = true;
    done += run;
    mask &= ~(((1u << run) - 1) << i);
  }
  return done;
}

static PetscErrorCode exchange_values(const SlabPlan *plan, size_t bytes, const char *value, char *packed,
                                      char *received) {
  int *start_send, *start_receive, sent = 0, got = 0;
  MPI_Datatype item;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(plan->size, &start_send, plan->size, &start_receive));
  for (PetscInt i = 0; i < plan->n_sent; i++) {
    const size_t n = bytes * (size_t)__builtin_popcount(plan->sent[i].mask);
    memcpy(packed, value + (size_t)plan->source[i] * bytes, n);
    packed += n;
  }
  for (int r = 0; r < plan->size; r++) {
    start_send[r] = sent;
    start_receive[r] = got;
    sent += plan->send_voxels[r];
    got += plan->receive_voxels[r];
  }
  PetscCallMPI(MPI_Type_contiguous((int)bytes, MPI_BYTE, &item));
  PetscCallMPI(MPI_Type_commit(&item));
  PetscCallMPI(MPI_Alltoallv(packed - (size_t)sent * bytes, plan->send_voxels, start_send, item, received,
                             plan->receive_voxels, start_receive, item, plan->grid->comm));
  PetscCallMPI(MPI_Type_free(&item));
  PetscCall(PetscFree2(start_send, start_receive));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode slab_spread(const SlabPlan *plan, size_t bytes, const char *value, char *dense, bool *touched) {
  const PetscInt strip = slab_strip(plan, plan->rank);
  size_t sent = 0, got = 0;
  char *packed, *received;

  PetscFunctionBeginUser;
  if (plan->size == 1) { /* nothing to send: straight from the leaves */
    for (PetscInt i = 0; i < plan->n_sent; i++)
      row_spread(plan, strip, &plan->sent[i], bytes, value + (size_t)plan->source[i] * bytes, dense, touched);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  for (int r = 0; r < plan->size; r++) {
    sent += (size_t)plan->send_voxels[r];
    got += (size_t)plan->receive_voxels[r];
  }
  PetscCall(PetscMalloc2(sent * bytes, &packed, got * bytes, &received));
  PetscCall(exchange_values(plan, bytes, value, packed, received));
  const char *from = received;
  for (PetscInt i = 0; i < plan->n_received; i++)
    from += bytes * (size_t)row_spread(plan, strip, &plan->received[i], bytes, from, dense, touched);
  PetscCall(PetscFree2(packed, received));
  PetscFunctionReturn(PETSC_SUCCESS);
}
