/* Slivers that share a face with what is kept, in their own leaf or in one of the six around it, on whatever rank. */
#include "mesh/components.h"
#include <petscsf.h>

enum { SIDES = 6 }; /* below and above along each axis: 2 axis + upper */

typedef uint64_t Face[SIDES]; /* bit f: voxel f of that face is kept */

static const int stride[3] = {1, LEAF_EDGE, FACE};

static int along(int v, int axis) { return v / stride[axis] % LEAF_EDGE; }

static void face_fill(const Pieces *p, PetscInt l, Face face) {
  for (int s = 0; s < SIDES; ++s) {
    int layer = s % 2 ? upper_layer(p->box, p->leaves->at[l], s / 2) : 0;
    face[s] = 0;
    for (int f = 0; f < FACE; ++f)
      face[s] |= (uint64_t)p->solid[l][face_voxel(s / 2, layer, f)] << f;
  }
}

/* Position of each leaf of the directory among those of its rank, which holds them in the same order. */
static PetscErrorCode positions_find(const Pieces *p, PetscInt **position) {
  const Directory *d = &p->directory;
  PetscMPIInt size;
  PetscInt *next;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(p->comm, &size));
  PetscCall(PetscCalloc1(size, &next));
  PetscCall(PetscMalloc1(d->n, position));
  for (PetscInt64 i = 0; i < d->n; ++i)
    (*position)[i] = next[d->owner[i]]++;
  PetscCall(PetscFree(next));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Who holds the faces that the leaves of this rank look at: remote [n], of side[n] = 6 leaf + side. */
static PetscErrorCode faces_list(const Pieces *p, PetscInt *n, PetscInt **side, PetscSFNode **remote) {
  const Directory *d = &p->directory;
  PetscInt *position;
  PetscFunctionBeginUser;
  *n = 0;
  PetscCall(positions_find(p, &position));
  PetscCall(PetscMalloc1(SIDES * p->leaves->n, side));
  PetscCall(PetscMalloc1(SIDES * p->leaves->n, remote));
  for (PetscInt l = 0; l < p->leaves->n; ++l)
    for (int s = 0; s < SIDES; ++s) {
      int step[3] = {0, 0, 0};
      int32_t at[3];
      step[s / 2] = s % 2 ? 1 : -1;
      PetscInt64 i = leaf_neighbour(p->box, p->leaves->at[l], step, at) ? key_find(d->key, d->n, morton_key(at)) : -1;
      if (i < 0)
        continue;
      (*side)[*n] = SIDES * l + s;
      (*remote)[(*n)++] = (PetscSFNode){.rank = d->owner[i], .index = SIDES * position[i] + (s ^ 1)};
    }
  PetscCall(PetscFree(position));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* around [leaves]: the faces of the neighbours that touch those of each leaf; void where there is no neighbour. */
static PetscErrorCode faces_fetch(const Pieces *p, Face *around) {
  PetscInt n, *side;
  PetscSFNode *remote;
  PetscSF sf;
  Face *face;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(p->leaves->n, &face));
  for (PetscInt l = 0; l < p->leaves->n; ++l)
    face_fill(p, l, face[l]);
  PetscCall(faces_list(p, &n, &side, &remote));
  PetscCall(PetscSFCreate(p->comm, &sf));
  PetscCall(PetscSFSetGraph(sf, SIDES * p->leaves->n, n, side, PETSC_OWN_POINTER, remote, PETSC_OWN_POINTER));
  PetscCall(PetscSFBcastBegin(sf, MPI_UINT64_T, face, around, MPI_REPLACE));
  PetscCall(PetscSFBcastEnd(sf, MPI_UINT64_T, face, around, MPI_REPLACE));
  PetscCall(PetscSFDestroy(&sf));
  PetscCall(PetscFree(face));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether voxel v of a leaf shares a face with a kept one; around: faces of the leaves around. */
static bool touches(const uint8_t solid[LEAF_VOXELS], const int upper[3], const Face around, int v) {
  for (int axis = 0; axis < 3; ++axis) {
    int at = along(v, axis), f = along(v, (axis + 1) % 3) + LEAF_EDGE * along(v, (axis + 2) % 3);
    if (at > 0 ? solid[v - stride[axis]] : around[2 * axis] >> f & 1)
      return true;
    if (at < upper[axis] ? solid[v + stride[axis]] : around[2 * axis + 1] >> f & 1)
      return true;
  }
  return false;
}

PetscErrorCode slivers_keep(Pieces *p, float least) {
  const Leaves *leaves = p->leaves;
  Face *around;
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(leaves->n, &around));
  PetscCall(faces_fetch(p, around));
  for (PetscInt l = 0; l < leaves->n; ++l) {
    uint8_t sliver[LEAF_VOXELS];
    int upper[3];
    for (int axis = 0; axis < 3; ++axis)
      upper[axis] = upper_layer(p->box, leaves->at[l], axis);
    for (int v = 0; v < LEAF_VOXELS; ++v)
      sliver[v] = leaves->label[l][v] && leaves->solid[l][v] < least && touches(p->solid[l], upper, around[l], v);
    for (int v = 0; v < LEAF_VOXELS; ++v)
      p->solid[l][v] |= sliver[v];
  }
  PetscCall(PetscFree(around));
  PetscFunctionReturn(PETSC_SUCCESS);
}
