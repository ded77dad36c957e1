/* Rank 0 joins the pieces that touch across ranks and picks the largest component, or all that both plates touch. */
#include "mesh/components.h"
#include "mesh/leaf_pieces.h"
#include <stdlib.h>

typedef struct Root { /* a piece of one rank as rank 0 sees it */
  PetscInt64 piece, voxels, lowest;
  Reach reach; /* where there are plates */
} Root;

enum { BOTH_PLATES = 3 };

static int root_compare(const void *x, const void *y) {
  const Root *p = x, *q = y;
  return (p->piece > q->piece) - (p->piece < q->piece);
}

/* Does a come before b: more voxels, or as many and a lower first one. */
static bool root_larger(const Root *a, const Root *b) {
  return a->voxels != b->voxels ? a->voxels > b->voxels : a->lowest < b->lowest;
}

/* What rank 0 must know of this rank: the pieces that touch others, and of those that do not the largest, or all that
   both plates touch. */
static PetscErrorCode roots_list(Pieces *p, PetscInt *n_roots, Root **roots, PetscInt64 *n_pieces) {
  PetscInt n = 0, room = 1;
  Root best = {.piece = -1}, *root;
  PetscFunctionBeginUser;
  *n_pieces = 0;
  for (PetscInt i = 0; i < p->first[p->leaves->n]; ++i)
    room += p->shared[i] || (p->plates && p->parent[i] == i && p->reach[i].touch == BOTH_PLATES);
  PetscCall(PetscMalloc1(room, &root));
  for (PetscInt l = 0; l < p->leaves->n; ++l) {
    PetscInt64 position = -1;
    for (PetscInt i = p->first[l]; i < p->first[l + 1]; ++i) {
      int v = 0;
      if (p->parent[i] != i)
        continue;
      ++*n_pieces;
      const bool held = p->plates && p->reach[i].touch == BOTH_PLATES;
      if (!p->shared[i] && !held && (p->plates || p->voxels[i] <= best.voxels))
        continue; /* later leaves come later in the curve: no tie can win */
      if (position < 0)
        position = key_find(p->directory.key, p->directory.n, p->key[l]);
      while (!p->solid[l][v] || p->first[l] + p->piece[l][v] != i)
        ++v;
      Root found = {.piece = p->offset + i, .voxels = p->voxels[i], .lowest = LEAF_VOXELS * position + v};
      if (p->plates)
        found.reach = p->reach[i];
      if (p->shared[i] || held)
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
  const Root wanted = {.piece = piece}, *found = bsearch(&wanted, root, (size_t)n, sizeof(Root), root_compare);
  return (PetscInt)(found - root);
}

typedef struct Choice {                /* of rank 0 */
  PetscInt64 joins, n_winner, *winner; /* winner [n_winner]: pieces that are kept */
  PetscInt64 n_region;
  Region *region; /* [n_region] what they make up */
} Choice;

static void region_add(const Root *root, bool plates, Choice *choice) {
  Region *region = &choice->region[choice->n_region++];
  *region = (Region){.voxels = root->voxels};
  for (int c = 0; c < 3 && plates; ++c) {
    region->lo[c] = root->reach.lo[c];
    region->hi[c] = root->reach.hi[c];
    for (int end = 0; end < 2; ++end)
      region->foot[end][c] = root->reach.foot[end][c];
  }
}

/* Sums up the roots of each set in that of the set. */
static void roots_gather(const Plates *plates, PetscInt64 n, PetscInt *parent, Root *root) {
  for (PetscInt i = 0; i < n; ++i) {
    const PetscInt r = set_find(parent, i);
    if (r == i)
      continue;
    root[r].voxels += root[i].voxels;
    root[r].lowest = PetscMin(root[r].lowest, root[i].lowest);
    if (plates)
      reach_join(plates, &root[i].reach, &root[r].reach);
  }
}

static int lowest_compare(const void *x, const void *y) {
  const Root *a = *(const Root *const *)x, *b = *(const Root *const *)y;
  return (a->lowest > b->lowest) - (a->lowest < b->lowest);
}

/* Regions in the order of their first voxels, which no rank has a part in. */
static PetscErrorCode regions_list(const Plates *plates, PetscInt64 n, const PetscInt *parent, const Root *root,
                                   PetscInt best, Choice *choice) {
  const Root **kept;
  PetscInt m = 0;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &kept));
  for (PetscInt i = 0; i < n; ++i)
    if (parent[i] == i && (plates ? root[i].reach.touch == BOTH_PLATES : i == best))
      kept[m++] = &root[i];
  if (m)
    qsort(kept, (size_t)m, sizeof *kept, lowest_compare);
  for (PetscInt i = 0; i < m; ++i)
    region_add(kept[i], plates != NULL, choice);
  PetscCall(PetscFree(kept));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Rank 0: joins the pieces and chooses what is kept. */
static PetscErrorCode roots_join(const Plates *plates, PetscInt64 n, Root *root, PetscInt64 n_edges, const Edge *edge,
                                 Choice *choice) {
  PetscInt *parent, best = 0;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &parent));
  if (n)
    qsort(root, (size_t)n, sizeof(Root), root_compare);
  for (PetscInt i = 0; i < n; ++i)
    parent[i] = i;
  for (PetscInt64 e = 0; e < n_edges; ++e) {
    PetscInt a = set_find(parent, root_index(root, n, edge[e].a));
    PetscInt b = set_find(parent, root_index(root, n, edge[e].b));
    choice->joins += a != b;
    set_join(parent, a, b);
  }
  roots_gather(plates, n, parent, root);
  for (PetscInt i = 0; i < n; ++i)
    if (parent[i] == i && root_larger(&root[i], &root[best]))
      best = i;
  PetscCall(regions_list(plates, n, parent, root, best, choice));
  for (PetscInt i = 0; i < n; ++i) {
    const PetscInt r = set_find(parent, i);
    if (plates ? root[r].reach.touch == BOTH_PLATES : r == best)
      choice->winner[choice->n_winner++] = root[i].piece;
  }
  PetscCall(PetscFree(parent));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode regions_share(MPI_Comm comm, PetscInt64 n, Region *mine, Region **region) {
  PetscMPIInt count;
  MPI_Datatype type;
  PetscFunctionBeginUser;
  PetscCall(PetscMPIIntCast((PetscInt)n, &count));
  PetscCall(PetscMalloc1(n, region));
  PetscCall(PetscArraycpy(*region, mine, mine ? n : 0));
  PetscCallMPI(MPI_Type_contiguous((PetscMPIInt)sizeof(Region), MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCallMPI(MPI_Bcast(*region, count, type, 0, comm));
  PetscCallMPI(MPI_Type_free(&type));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode winner_find(Pieces *p, PetscInt64 *n_winner, PetscInt64 **winner, Components *found, Region **region) {
  PetscInt n_edges = 0, n_roots = 0;
  PetscInt64 all_edges, all_roots, pieces = 0;
  PetscMPIInt rank;
  Edge *edge = NULL;
  Root *root = NULL;
  void *edges, *roots;
  Choice choice = {.n_winner = 0};
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(p->comm, &rank));
  PetscCall(edges_find(p, &n_edges, &edge));
  PetscCall(roots_list(p, &n_roots, &root, &pieces));
  PetscCall(gather(p->comm, n_edges, edge, sizeof(Edge), &all_edges, &edges));
  PetscCall(gather(p->comm, n_roots, root, sizeof(Root), &all_roots, &roots));
  PetscCall(PetscFree(edge));
  PetscCall(PetscFree(root));
  PetscCall(PetscMalloc1(all_roots, &choice.winner));
  if (rank == 0) {
    PetscCall(PetscMalloc1(all_roots, &choice.region));
    PetscCall(roots_join(p->plates, all_roots, roots, all_edges, edges, &choice));
  }
  PetscCallMPI(MPI_Bcast(&choice.n_winner, 1, MPIU_INT64, 0, p->comm));
  PetscCallMPI(MPI_Bcast(&choice.n_region, 1, MPIU_INT64, 0, p->comm));
  PetscCallMPI(MPI_Bcast(choice.winner, (PetscMPIInt)choice.n_winner, MPIU_INT64, 0, p->comm));
  if (region)
    PetscCall(regions_share(p->comm, choice.n_region, choice.region, region));
  PetscCall(PetscFree(choice.region));
  *n_winner = choice.n_winner;
  *winner = choice.winner;
  found->kept = choice.n_region;
  pieces -= choice.joins;
  PetscCallMPI(MPI_Allreduce(&pieces, &found->components, 1, MPIU_INT64, MPI_SUM, p->comm));
  PetscCall(PetscFree(edges));
  PetscCall(PetscFree(roots));
  PetscFunctionReturn(PETSC_SUCCESS);
}
