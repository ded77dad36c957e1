/* Rank 0 joins the pieces that touch across ranks and picks the largest component. */
#include "mesh/components.h"
#include "mesh/leaf_pieces.h"
#include <stdlib.h>

typedef struct Root { /* a piece of one rank as rank 0 sees it */
  PetscInt64 piece, voxels, lowest;
} Root;

static int root_compare(const void *x, const void *y) {
  const Root *p = x, *q = y;
  return (p->piece > q->piece) - (p->piece < q->piece);
}

/* Does a come before b: more voxels, or as many and a lower first one. */
static bool root_larger(const Root *a, const Root *b) {
  return a->voxels != b->voxels ? a->voxels > b->voxels : a->lowest < b->lowest;
}

/* What rank 0 must know of this rank: the pieces that touch others, and the largest of those that do not. */
static PetscErrorCode roots_list(Pieces *p, PetscInt *n_roots, Root **roots, PetscInt64 *n_pieces) {
  PetscInt n = 0, room = 1;
  Root best = {-1, 0, 0}, *root;
  PetscFunctionBeginUser;
  *n_pieces = 0;
  for (PetscInt i = 0; i < p->first[p->leaves->n]; ++i)
    room += p->shared[i];
  PetscCall(PetscMalloc1(room, &root));
  for (PetscInt l = 0; l < p->leaves->n; ++l) {
    PetscInt64 position = -1;
    for (PetscInt i = p->first[l]; i < p->first[l + 1]; ++i) {
      int v = 0;
      if (p->parent[i] != i)
        continue;
      ++*n_pieces;
      if (!p->shared[i] && p->voxels[i] <= best.voxels)
        continue; /* later leaves come later in the curve: no tie can win */
      if (position < 0)
        position = key_find(p->directory.key, p->directory.n, p->key[l]);
      while (!p->solid[l][v] || p->first[l] + p->piece[l][v] != i)
        ++v;
      Root found = {p->offset + i, p->voxels[i], LEAF_VOXELS * position + v};
      if (p->shared[i])
        root[n++] = found;
      else
        best = found;
    }
  }
  if (best.voxels)
    root[n++] = best;
  *n_roots = n;
  *roots = root;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Gathers records of `bytes` bytes on rank 0. */
static PetscErrorCode gather(MPI_Comm comm, PetscInt n, const void *mine, size_t bytes, PetscInt64 *n_all, void **all) {
  PetscMPIInt rank, size, count, *counts;
  MPI_Datatype type;
  PetscInt64 total = 0;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMPIIntCast(n, &count));
  PetscCall(PetscCalloc1(2 * size, &counts));
  PetscCallMPI(MPI_Allgather(&count, 1, MPI_INT, counts, 1, MPI_INT, comm));
  for (int r = 0; r < size; ++r) {
    counts[size + r] = (PetscMPIInt)total;
    total += counts[r];
    PetscCheck(total < PETSC_MPI_INT_MAX, comm, PETSC_ERR_SUP, "more than 2^31 pieces touch other ranks");
  }
  *n_all = total;
  *all = NULL;
  if (rank == 0)
    PetscCall(PetscMalloc((size_t)total * bytes, all));
  PetscCallMPI(MPI_Type_contiguous((PetscMPIInt)bytes, MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCallMPI(MPI_Gatherv(mine, count, type, *all, counts, counts + size, type, 0, comm));
  PetscCallMPI(MPI_Type_free(&type));
  PetscCall(PetscFree(counts));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscInt root_index(const Root *root, PetscInt64 n, PetscInt64 piece) {
  const Root wanted = {piece, 0, 0}, *found = bsearch(&wanted, root, (size_t)n, sizeof(Root), root_compare);
  return (PetscInt)(found - root);
}

/* Rank 0: joins the pieces; winner [n] becomes the pieces of the largest component; returns how many joins there were.
 */
static PetscErrorCode roots_join(PetscInt64 n, Root *root, PetscInt64 n_edges, const Edge *edge, PetscInt64 *joins,
                                 PetscInt64 *n_winner, PetscInt64 *winner) {
  PetscInt *parent, best = 0;
  PetscFunctionBeginUser;
  *joins = *n_winner = 0;
  PetscCall(PetscMalloc1(n, &parent));
  if (n)
    qsort(root, (size_t)n, sizeof(Root), root_compare);
  for (PetscInt i = 0; i < n; ++i)
    parent[i] = i;
  for (PetscInt64 e = 0; e < n_edges; ++e) {
    PetscInt a = set_find(parent, root_index(root, n, edge[e].a));
    PetscInt b = set_find(parent, root_index(root, n, edge[e].b));
    *joins += a != b;
    set_join(parent, a, b);
  }
  for (PetscInt i = 0; i < n; ++i) {
    PetscInt r = set_find(parent, i);
    if (r == i)
      continue;
    root[r].voxels += root[i].voxels;
    root[r].lowest = PetscMin(root[r].lowest, root[i].lowest);
  }
  for (PetscInt i = 0; i < n; ++i)
    if (parent[i] == i && root_larger(&root[i], &root[best]))
      best = i;
  for (PetscInt i = 0; i < n; ++i)
    if (set_find(parent, i) == best)
      winner[(*n_winner)++] = root[i].piece;
  PetscCall(PetscFree(parent));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode winner_find(Pieces *p, PetscInt64 *components, PetscInt64 *n_winner, PetscInt64 **winner) {
  PetscInt n_edges = 0, n_roots = 0;
  PetscInt64 all_edges, all_roots, pieces = 0, joins = 0;
  PetscMPIInt rank;
  Edge *edge = NULL;
  Root *root = NULL;
  void *edges, *roots;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(p->comm, &rank));
  PetscCall(edges_find(p, &n_edges, &edge));
  PetscCall(roots_list(p, &n_roots, &root, &pieces));
  PetscCall(gather(p->comm, n_edges, edge, sizeof(Edge), &all_edges, &edges));
  PetscCall(gather(p->comm, n_roots, root, sizeof(Root), &all_roots, &roots));
  PetscCall(PetscFree(edge));
  PetscCall(PetscFree(root));
  PetscCall(PetscMalloc1(all_roots, winner));
  if (rank == 0)
    PetscCall(roots_join(all_roots, roots, all_edges, edges, &joins, n_winner, *winner));
  PetscCallMPI(MPI_Bcast(n_winner, 1, MPIU_INT64, 0, p->comm));
  PetscCallMPI(MPI_Bcast(*winner, (PetscMPIInt)*n_winner, MPIU_INT64, 0, p->comm));
  pieces -= joins;
  PetscCallMPI(MPI_Allreduce(&pieces, components, 1, MPIU_INT64, MPI_SUM, p->comm));
  PetscCall(PetscFree(edges));
  PetscCall(PetscFree(roots));
  PetscFunctionReturn(PETSC_SUCCESS);
}
