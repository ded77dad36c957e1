/* Disconnected regions of a distributed set of voxels: the largest one, or all that two plates hold, is kept. Pieces
   are found inside each leaf, joined inside each rank, and only what touches another rank, or may be kept, goes to rank
   0, which joins the rest. */
#include "mesh/components.h"
#include "mesh/leaf_pieces.h"

int face_voxel(int axis, int at, int f) {
  static const int step[3] = {1, LEAF_EDGE, FACE};
  return at * step[axis] + f % LEAF_EDGE * step[(axis + 1) % 3] + f / LEAF_EDGE * step[(axis + 2) % 3];
}

int upper_layer(const GridBox *box, const int32_t at[3], int axis) {
  return (int)PetscMin(LEAF_EDGE, box->n[axis] - (PetscInt64)LEAF_EDGE * at[axis]) - 1;
}

static PetscErrorCode pieces_create(Pieces *p, float least) {
  const Leaves *leaves = p->leaves;
  PetscInt n = leaves->n;
  PetscInt64 mine;
  PetscFunctionBeginUser;
  PetscCall(directory_create(p->comm, p->leaves, &p->directory));
  PetscCall(PetscMalloc1(n, &p->key));
  PetscCall(PetscMalloc1(n, &p->solid));
  PetscCall(PetscMalloc1(n, &p->piece));
  PetscCall(PetscMalloc1(n + 1, &p->first));
  p->first[0] = 0;
  for (PetscInt l = 0; l < n; ++l) {
    p->key[l] = morton_key(leaves->at[l]);
    for (int v = 0; v < LEAF_VOXELS; ++v)
      p->solid[l][v] = leaves->label[l][v] && !(leaves->solid && leaves->solid[l][v] < least);
    p->first[l + 1] = p->first[l] + leaf_pieces(p->solid[l], p->piece[l]);
  }
  mine = p->first[n];
  PetscCall(PetscMalloc1(mine, &p->parent));
  PetscCall(PetscCalloc1(mine, &p->voxels));
  PetscCall(PetscCalloc1(mine, &p->shared));
  if (p->plates)
    PetscCall(PetscMalloc1(mine, &p->reach));
  for (PetscInt i = 0; i < mine; ++i)
    p->parent[i] = i;
  p->offset = 0;
  PetscCallMPI(MPI_Exscan(&mine, &p->offset, 1, MPIU_INT64, MPI_SUM, p->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode pieces_free(Pieces *p) {
  PetscFunctionBeginUser;
  PetscCall(directory_free(&p->directory));
  PetscCall(PetscFree(p->key));
  PetscCall(PetscFree(p->solid));
  PetscCall(PetscFree(p->piece));
  PetscCall(PetscFree(p->first));
  PetscCall(PetscFree(p->parent));
  PetscCall(PetscFree(p->voxels));
  PetscCall(PetscFree(p->shared));
  PetscCall(PetscFree(p->reach));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void reach_start(Reach *r) {
  *r = (Reach){.touch = 0};
  for (int c = 0; c < 3; ++c) {
    r->lo[c] = PETSC_MAX_INT;
    r->hi[c] = -1;
  }
}

/* Whether a lies further out than b along the axis; ties by the other axes, so that the choice is that of no rank. */
static bool outer(const PetscInt a[3], const PetscInt b[3], int axis, int end) {
  for (int c = 0; c < 3; ++c) {
    const int k = (axis + c) % 3;
    if (a[k] != b[k])
      return end ? a[k] > b[k] : a[k] < b[k];
  }
  return false;
}

static void foot_add(const PetscInt at[3], int axis, Reach *r) {
  for (int end = 0; end < 2; ++end)
    if (!(r->touch & 1) || outer(at, r->foot[end], axis, end))
      for (int c = 0; c < 3; ++c)
        r->foot[end][c] = at[c];
}

void reach_add(const Plates *plates, const GridBox *box, const PetscInt at[3], Reach *r) {
  const unsigned touch = plates->touch(plates->context, box, at);
  for (int c = 0; c < 3; ++c) {
    r->lo[c] = PetscMin(r->lo[c], at[c]);
    r->hi[c] = PetscMax(r->hi[c], at[c]);
  }
  if (touch & 1)
    foot_add(at, plates->across, r);
  r->touch |= touch;
}

void reach_join(const Plates *plates, const Reach *other, Reach *r) {
  for (int c = 0; c < 3; ++c) {
    r->lo[c] = PetscMin(r->lo[c], other->lo[c]);
    r->hi[c] = PetscMax(r->hi[c], other->hi[c]);
  }
  for (int end = 0; end < 2 && other->touch & 1; ++end) {
    foot_add(other->foot[end], plates->across, r);
    r->touch |= 1;
  }
  r->touch |= other->touch;
}

/* What the roots reach. */
static void pieces_reach(Pieces *p) {
  for (PetscInt i = 0; i < p->first[p->leaves->n]; ++i)
    reach_start(&p->reach[i]);
  for (PetscInt l = 0; l < p->leaves->n; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      const PetscInt in[3] = {v & 7, v >> 3 & 7, v >> 6};
      PetscInt at[3];
      if (!p->solid[l][v])
        continue;
      for (int c = 0; c < 3; ++c)
        at[c] = LEAF_EDGE * (PetscInt)p->leaves->at[l][c] + in[c];
      reach_add(p->plates, p->box, at, &p->reach[set_find(p->parent, p->first[l] + p->piece[l][v])]);
    }
}

/* Joins across the faces between leaves of this rank and counts the voxels of the roots. */
static void pieces_join(Pieces *p) {
  const Leaves *leaves = p->leaves;
  for (PetscInt l = 0; l < leaves->n; ++l)
    for (int axis = 0; axis < 3; ++axis) {
      int step[3] = {axis == 0, axis == 1, axis == 2}, layer = upper_layer(p->box, leaves->at[l], axis);
      int32_t at[3];
      PetscInt64 up =
          leaf_neighbour(p->box, leaves->at[l], step, at) ? key_find(p->key, leaves->n, morton_key(at)) : -1;
      for (int f = 0; up >= 0 && f < FACE; ++f) {
        int v = face_voxel(axis, layer, f), w = face_voxel(axis, 0, f);
        if (p->solid[l][v] && p->solid[up][w])
          set_join(p->parent, p->first[l] + p->piece[l][v], p->first[up] + p->piece[up][w]);
      }
    }
  for (PetscInt l = 0; l < leaves->n; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (p->solid[l][v])
        ++p->voxels[set_find(p->parent, p->first[l] + p->piece[l][v])];
  if (p->plates)
    pieces_reach(p);
}

/* solid becomes what belongs to the kept pieces; counts what does not. */
static PetscErrorCode pieces_choose(Pieces *p, PetscInt64 n_winner, const PetscInt64 *winner, PetscInt64 *dropped) {
  PetscInt n = p->first[p->leaves->n];
  bool *keep;
  PetscFunctionBeginUser;
  *dropped = 0;
  PetscCall(PetscCalloc1(n, &keep));
  for (PetscInt64 i = 0; i < n_winner; ++i)
    if (winner[i] >= p->offset && winner[i] < p->offset + n)
      keep[winner[i] - p->offset] = true;
  for (PetscInt l = 0; l < p->leaves->n; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      if (!p->solid[l][v])
        continue;
      p->solid[l][v] = keep[set_find(p->parent, p->first[l] + p->piece[l][v])];
      *dropped += !p->solid[l][v];
    }
  PetscCall(PetscFree(keep));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Clears the voxels that are not kept and drops the leaves that are left empty. Returns the voxels kept, and the solid
   of the others in whole voxels. */
static PetscErrorCode pieces_drop(Pieces *p, PetscInt64 *kept, double *dropped) {
  Leaves *leaves = p->leaves;
  PetscInt full = 0;
  PetscFunctionBeginUser;
  *kept = 0;
  *dropped = 0;
  for (PetscInt l = 0; l < leaves->n; ++l) {
    PetscInt64 before = *kept;
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      *kept += p->solid[l][v];
      if (!p->solid[l][v] && leaves->label[l][v])
        *dropped += leaves->solid ? (double)leaves->solid[l][v] : 1;
      if (!p->solid[l][v])
        leaf_clear_voxel(leaves, l, v);
    }
    if (*kept == before)
      continue;
    if (full != l)
      leaf_copy(leaves, full, leaves, l);
    ++full;
  }
  PetscCall(leaves_resize(leaves, full));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* region NULL: not wanted. */
static PetscErrorCode keep(Pieces *p, float least, Components *found, Region **region) {
  PetscInt64 n_winner = 0, *winner, count[2], all[2];
  double dropped;
  PetscFunctionBeginUser;
  PetscCall(pieces_create(p, least));
  pieces_join(p);
  PetscCall(winner_find(p, &n_winner, &winner, found, region));
  PetscCall(pieces_choose(p, n_winner, winner, &count[1]));
  PetscCall(PetscFree(winner));
  if (least > 0 && p->leaves->solid)
    PetscCall(slivers_keep(p, least));
  PetscCall(pieces_drop(p, &count[0], &dropped));
  PetscCall(pieces_free(p));
  PetscCallMPI(MPI_Allreduce(count, all, 2, MPIU_INT64, MPI_SUM, p->comm));
  PetscCallMPI(MPI_Allreduce(&dropped, &found->solid_dropped, 1, MPI_DOUBLE, MPI_SUM, p->comm));
  found->voxels_kept = all[0];
  found->voxels_dropped = all[1];
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode leaves_keep_largest(MPI_Comm comm, const GridBox *box, float least, Leaves *leaves, Components *found) {
  Pieces p = {.comm = comm, .box = box, .leaves = leaves};
  PetscFunctionBeginUser;
  PetscCall(keep(&p, least, found, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode leaves_keep_held(MPI_Comm comm, const GridBox *box, float least, const Plates *plates, Leaves *leaves,
                                Components *found, Region **region) {
  Pieces p = {.comm = comm, .box = box, .leaves = leaves, .plates = plates};
  PetscFunctionBeginUser;
  PetscCall(keep(&p, least, found, region));
  PetscFunctionReturn(PETSC_SUCCESS);
}
