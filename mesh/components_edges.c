/* Pieces that touch across ranks: the lower faces of leaves go to the ranks of the leaves below them. */
#include "mesh/components.h"
#include "mesh/leaf_pieces.h"
#include <stdlib.h>

typedef struct Face { /* pieces on the lower face of a leaf, sent to the owner of the leaf below */
  uint64_t below;
  PetscInt64 axis, piece[FACE]; /* -1: void */
} Face;

/* Rank of the leaf below along axis when that is another rank, else -1. */
static int face_receiver(const Pieces *p, PetscInt l, int axis, int rank, uint64_t *below) {
  int step[3] = {-(axis == 0), -(axis == 1), -(axis == 2)};
  int32_t at[3];
  PetscInt64 position;
  if (!leaf_neighbour(p->box, p->leaves->at[l], step, at))
    return -1;
  *below = morton_key(at);
  position = key_find(p->directory.key, p->directory.n, *below);
  return position < 0 || p->directory.owner[position] == rank ? -1 : p->directory.owner[position];
}

static void face_fill(Pieces *p, PetscInt l, int axis, Face *face) {
  face->axis = axis;
  for (int f = 0; f < FACE; ++f) {
    int v = face_voxel(axis, 0, f);
    face->piece[f] = -1;
    if (p->solid[l][v]) {
      PetscInt root = set_find(p->parent, p->first[l] + p->piece[l][v]);
      face->piece[f] = p->offset + root;
      p->shared[root] = true;
    }
  }
}

/* Faces that touch other ranks' leaves from above go to the owners of those leaves. */
static PetscErrorCode faces_exchange(Pieces *p, PetscInt *n_in, Face **in) {
  PetscMPIInt rank, size, *count;
  PetscInt64 sum = 0;
  MPI_Datatype type;
  uint64_t below;
  Face *out;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(p->comm, &rank));
  PetscCallMPI(MPI_Comm_size(p->comm, &size));
  PetscCall(PetscCalloc1(4 * size + 1, &count)); /* sent, where; received, where */
  for (PetscInt l = 0; l < p->leaves->n; ++l)
    for (int axis = 0; axis < 3; ++axis) {
      int r = face_receiver(p, l, axis, rank, &below);
      if (r >= 0)
        ++count[r];
    }
  PetscCallMPI(MPI_Alltoall(count, 1, MPI_INT, count + 2 * size, 1, MPI_INT, p->comm));
  for (int r = 0; r < size; sum += count[r++])
    count[size + r] = (PetscMPIInt)sum;
  PetscCall(PetscMalloc1(sum, &out));
  for (PetscInt l = 0; l < p->leaves->n; ++l)
    for (int axis = 0; axis < 3; ++axis) {
      int r = face_receiver(p, l, axis, rank, &below);
      if (r < 0)
        continue;
      out[count[size + r]].below = below;
      face_fill(p, l, axis, &out[count[size + r]++]);
    }
  for (int r = 0; r < size; ++r)
    count[size + r] -= count[r];
  sum = 0;
  for (int r = 0; r < size; sum += count[2 * size + r++])
    count[3 * size + r] = (PetscMPIInt)sum;
  PetscCheck(sum < PETSC_MPI_INT_MAX, PETSC_COMM_SELF, PETSC_ERR_SUP, "more than 2^31 leaf faces between ranks");
  *n_in = (PetscInt)sum;
  PetscCall(PetscMalloc1(sum, in));
  PetscCallMPI(MPI_Type_contiguous((PetscMPIInt)sizeof(Face), MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCallMPI(MPI_Alltoallv(out, count, count + size, type, *in, count + 2 * size, count + 3 * size, type, p->comm));
  PetscCallMPI(MPI_Type_free(&type));
  PetscCall(PetscFree(out));
  PetscCall(PetscFree(count));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int edge_compare(const void *x, const void *y) {
  const Edge *p = x, *q = y;
  if (p->a != q->a)
    return p->a < q->a ? -1 : 1;
  return (p->b > q->b) - (p->b < q->b);
}

static PetscInt edges_unique(Edge *edge, PetscInt n) {
  PetscInt kept = 0;
  if (n)
    qsort(edge, (size_t)n, sizeof(Edge), edge_compare);
  for (PetscInt i = 0; i < n; ++i)
    if (!kept || edge_compare(&edge[kept - 1], &edge[i]))
      edge[kept++] = edge[i];
  return kept;
}

PetscErrorCode edges_find(Pieces *p, PetscInt *n_edges, Edge **edges) {
  PetscInt n = 0, room = 4096, n_in = 0;
  Face *in = NULL;
  Edge *edge;
  PetscFunctionBeginUser;
  PetscCall(faces_exchange(p, &n_in, &in));
  PetscCall(PetscMalloc1(room, &edge));
  for (PetscInt i = 0; i < n_in; ++i) {
    PetscInt64 l = key_find(p->key, p->leaves->n, in[i].below);
    int axis = (int)in[i].axis, layer = upper_layer(p->box, p->leaves->at[l], axis);
    if (n + FACE > room) {
      n = edges_unique(edge, n);
      room = 2 * n + FACE > room ? 2 * room : room;
      PetscCall(PetscRealloc((size_t)room * sizeof(Edge), &edge));
    }
    for (int f = 0; f < FACE; ++f) {
      int v = face_voxel(axis, layer, f);
      if (in[i].piece[f] < 0 || !p->solid[l][v])
        continue;
      PetscInt root = set_find(p->parent, p->first[l] + p->piece[l][v]);
      p->shared[root] = true;
      edge[n++] = (Edge){p->offset + root, in[i].piece[f]};
    }
  }
  *n_edges = edges_unique(edge, n);
  *edges = edge;
  PetscCall(PetscFree(in));
  PetscFunctionReturn(PETSC_SUCCESS);
}
