#include "mesh/grid.h"
#include "mesh/directory.h"
#include <stdlib.h>
#include <string.h>

/* Spreads the low 21 bits of v three apart. */
static uint64_t spread(uint64_t v) {
  v &= 0x1fffff;
  v = (v | v << 32) & 0x1f00000000ffffULL;
  v = (v | v << 16) & 0x1f0000ff0000ffULL;
  v = (v | v << 8) & 0x100f00f00f00f00fULL;
  v = (v | v << 4) & 0x10c30c30c30c30c3ULL;
  v = (v | v << 2) & 0x1249249249249249ULL;
  return v;
}

uint64_t morton_key(const int32_t at[3]) {
  return spread((uint64_t)at[0]) | spread((uint64_t)at[1]) << 1 | spread((uint64_t)at[2]) << 2;
}

int grid_owner(const Grid *g, const int32_t at[3]) {
  PetscInt64 d = key_find(g->key, g->n_directory, morton_key(at));
  return d < 0 ? -1 : g->owner[d];
}

/* Owned leaves are sorted by key, ghost leaves by (owner, key). */
static PetscInt leaf_search(const Leaf *leaf, PetscInt lo, PetscInt hi, uint64_t key) {
  PetscInt end = hi;
  while (lo < hi) {
    PetscInt mid = (lo + hi) / 2;
    if (morton_key(leaf[mid].at) < key)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo < end && morton_key(leaf[lo].at) == key ? lo : -1;
}

PetscInt grid_local_leaf(const Grid *g, const int32_t at[3]) {
  uint64_t key = morton_key(at);
  PetscInt found = leaf_search(g->leaf, 0, g->n_owned, key);
  for (int k = 0; found < 0 && k < g->halo.n; ++k)
    found = leaf_search(g->leaf, g->ghost_leaf[k], g->ghost_leaf[k + 1], key);
  return found;
}

/* Coordinate of the leaf that holds node `extent` of leaf at along axis: the next one, or the first of a periodic axis.
 */
static int32_t next_coordinate(const GridBox *box, int axis, int32_t at) {
  return box->periodic[axis] && (PetscInt64)8 * (at + 1) >= box->n[axis] ? 0 : at + 1;
}

static void leaf_place(const GridBox *box, Leaf *leaf, const int32_t at[3]) {
  for (int c = 0; c < 3; ++c) {
    PetscInt64 left = box->n[c] - (PetscInt64)8 * at[c];
    leaf->at[c] = at[c];
    leaf->extent[c] = (uint8_t)(box->periodic[c] && left < 8 ? left : 8);
  }
}

/* Node masks that the voxels of a leaf touch in itself and its seven upper neighbours: mask [8][64]; returns the bits
 * of those touched. */
static unsigned leaf_touch(const Leaf *leaf, uint8_t mask[8][LEAF_ROWS]) {
  unsigned touched = 0;
  memset(mask, 0, 8 * LEAF_ROWS);
  for (int k = 0; k < 8; ++k)
    for (int j = 0; j < 8; ++j) {
      unsigned row = leaf->voxel[j + 8 * k];
      if (!row)
        continue;
      unsigned nodes = row | row << 1, inside = nodes & ((1u << leaf->extent[0]) - 1u);
      unsigned beyond = nodes >> leaf->extent[0] & 1u;
      for (int dk = 0; dk < 2; ++dk)
        for (int dj = 0; dj < 2; ++dj) {
          int ny = j + dj == leaf->extent[1], nz = k + dk == leaf->extent[2];
          int r = (ny ? 0 : j + dj) + 8 * (nz ? 0 : k + dk), side = 2 * ny + 4 * nz;
          mask[side][r] |= (uint8_t)inside;
          if (inside)
            touched |= 1u << side;
          if (beyond) {
            mask[side + 1][r] |= 1;
            touched |= 1u << (side + 1);
          }
        }
    }
  return touched;
}

static void neighbour_at(const GridBox *box, const int32_t at[3], int side, int32_t out[3]) {
  for (int c = 0; c < 3; ++c)
    out[c] = side >> c & 1 ? next_coordinate(box, c, at[c]) : at[c];
}

typedef struct Entry { /* of the directory while it is made */
  uint64_t key;
  int32_t owner, has_voxels;
} Entry;

static int entry_compare(const void *a, const void *b) {
  const Entry *x = a, *y = b;
  if (x->key != y->key)
    return x->key < y->key ? -1 : 1;
  if (x->has_voxels != y->has_voxels)
    return y->has_voxels - x->has_voxels;
  return (x->owner > y->owner) - (x->owner < y->owner);
}

/* Gathers the entries of all ranks, sorts them and keeps one a key: that with voxels, else that of the lowest rank. */
static PetscErrorCode directory_gather(MPI_Comm comm, PetscInt n, const Entry *mine, PetscInt64 *n_all, Entry **all) {
  PetscMPIInt size, bytes, *count, *start;
  MPI_Datatype type;
  PetscInt64 total = 0, kept = 0;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMalloc2(size, &count, size, &start));
  PetscCall(PetscMPIIntCast(n, &bytes));
  PetscCallMPI(MPI_Allgather(&bytes, 1, MPI_INT, count, 1, MPI_INT, comm));
  for (int r = 0; r < size; ++r) {
    start[r] = (PetscMPIInt)total;
    total += count[r];
  }
  PetscCheck(total < PETSC_MPI_INT_MAX, comm, PETSC_ERR_ARG_OUTOFRANGE, "the grid has more than 2^31 leaves");
  PetscCall(PetscMalloc1(total, all));
  PetscCallMPI(MPI_Type_contiguous((PetscMPIInt)sizeof(Entry), MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCallMPI(MPI_Allgatherv(mine, bytes, type, *all, count, start, type, comm));
  PetscCallMPI(MPI_Type_free(&type));
  PetscCall(PetscFree2(count, start));
  if (total)
    qsort(*all, (size_t)total, sizeof(Entry), entry_compare);
  for (PetscInt64 i = 0; i < total; ++i) {
    const bool known = kept && (*all)[kept - 1].key == (*all)[i].key;
    PetscCheck(!known || !(*all)[i].has_voxels, comm, PETSC_ERR_PLIB, "a leaf is there twice");
    if (!known)
      (*all)[kept++] = (*all)[i];
  }
  *n_all = kept;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Owned leaves with voxels, unsorted: masks from labels; entries for them and for the leaves that only get nodes. */
static PetscErrorCode directory_make(Grid *g, const Leaves *leaves) {
  Entry *mine, *all = NULL;
  PetscInt n = 0, room = 8 * leaves->n + 1;
  bool outside = false, any_outside;
  PetscMPIInt rank;
  PetscInt64 n_all = 0;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(g->comm, &rank));
  PetscCall(PetscMalloc1(room, &mine));
  for (PetscInt l = 0; l < leaves->n; ++l) {
    uint8_t mask[8][LEAF_ROWS];
    Leaf leaf = {0};
    leaf_place(&g->box, &leaf, leaves->at[l]);
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (leaves->label[l][v]) {
        leaf.voxel[v / 8] |= (uint8_t)(1u << v % 8);
        for (int c = 0; c < 3; ++c)
          outside |= leaf.at[c] < 0 || (PetscInt64)8 * leaf.at[c] + (v >> 3 * c & 7) >= g->box.n[c];
      }
    unsigned touched = leaf_touch(&leaf, mask);
    for (int side = 0; side < 8; ++side) {
      int32_t at[3];
      if (!(touched >> side & 1))
        continue;
      neighbour_at(&g->box, leaf.at, side, at);
      mine[n++] = (Entry){morton_key(at), rank, side == 0};
    }
  }
  PetscCallMPI(MPI_Allreduce(&outside, &any_outside, 1, MPI_C_BOOL, MPI_LOR, g->comm));
  PetscCheck(!any_outside, g->comm, PETSC_ERR_PLIB, "a solid voxel lies outside the box");
  PetscCall(directory_gather(g->comm, n, mine, &n_all, &all));
  PetscCall(PetscFree(mine));
  PetscCheck(n_all, g->comm, PETSC_ERR_USER_INPUT, "the mesh is empty: no voxel is solid");
  g->n_directory = n_all;
  PetscCall(PetscMalloc2(n_all, &g->key, n_all, &g->owner));
  for (PetscInt64 i = 0; i < n_all; ++i) {
    g->key[i] = all[i].key;
    g->owner[i] = all[i].owner;
    g->n_owned += all[i].owner == rank;
  }
  PetscCall(PetscFree(all));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Places the owned leaves in the order of the directory and copies what the voxels are. */
static PetscErrorCode leaves_place(Grid *g, const Leaves *leaves) {
  PetscMPIInt rank;
  PetscInt l = 0;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(g->comm, &rank));
  PetscCall(PetscCalloc1(g->n_owned, &g->leaf));
  PetscCall(PetscCalloc1(g->n_owned, &g->label));
  const bool one = leaves->solid == leaves->stiffness_factor;
  if (leaves->solid) /* never NULL then, on any rank */
    PetscCall(PetscCalloc1(PetscMax(g->n_owned, 1), &g->solid));
  if (leaves->stiffness_factor && !one)
    PetscCall(PetscCalloc1(PetscMax(g->n_owned, 1), &g->stiffness_factor));
  if (one)
    g->stiffness_factor = g->solid;
  for (PetscInt64 d = 0; d < g->n_directory; ++d)
    if (g->owner[d] == rank) {
      int32_t at[3];
      morton_at(g->key[d], at);
      leaf_place(&g->box, &g->leaf[l++], at);
    }
  for (PetscInt i = 0; i < leaves->n; ++i) {
    l = leaf_search(g->leaf, 0, g->n_owned, morton_key(leaves->at[i]));
    if (l < 0)
      continue; /* a leaf without a solid voxel */
    memcpy(g->label[l], leaves->label[i], LEAF_VOXELS);
    if (g->solid)
      memcpy(g->solid[l], leaves->solid[i], sizeof g->solid[l]);
    if (g->stiffness_factor && !one)
      memcpy(g->stiffness_factor[l], leaves->stiffness_factor[i], sizeof g->stiffness_factor[l]);
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (g->label[l][v]) {
        g->leaf[l].voxel[v / 8] |= (uint8_t)(1u << v % 8);
        ++g->voxels_owned;
      }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Request { /* nodes wanted of one leaf of another rank */
  uint64_t key;
  int32_t owner;
  uint8_t node[LEAF_ROWS];
} Request;

static int request_compare(const void *a, const void *b) {
  const Request *x = a, *y = b;
  if (x->owner != y->owner)
    return x->owner < y->owner ? -1 : 1;
  return (x->key > y->key) - (x->key < y->key);
}

/* Marks the nodes that own voxels touch in own leaves; what is touched or wished in others' becomes requests, merged
 * and sorted. */
static PetscErrorCode nodes_touch(Grid *g, PetscInt n_wish, const NodeWish *wish, PetscInt *n_out, Request **out) {
  PetscMPIInt rank;
  PetscInt n = 0, kept = 0, room = n_wish + 64;
  Request *q;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(g->comm, &rank));
  PetscCall(PetscMalloc1(room, &q));
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    uint8_t mask[8][LEAF_ROWS];
    unsigned touched = leaf_touch(&g->leaf[l], mask);
    for (int side = 0; side < 8; ++side) {
      int32_t at[3];
      if (!(touched >> side & 1))
        continue;
      neighbour_at(&g->box, g->leaf[l].at, side, at);
      const int owner = grid_owner(g, at);
      if (owner == rank) {
        Leaf *to = &g->leaf[leaf_search(g->leaf, 0, g->n_owned, morton_key(at))];
        for (int r = 0; r < LEAF_ROWS; ++r)
          to->node[r] |= mask[side][r];
        continue;
      }
      if (n + n_wish + 1 >= room) {
        room *= 2;
        PetscCall(PetscRealloc(sizeof(Request) * (size_t)room, &q));
      }
      q[n].key = morton_key(at);
      q[n].owner = owner;
      memcpy(q[n++].node, mask[side], LEAF_ROWS);
    }
  }
  for (PetscInt w = 0; w < n_wish; ++w) {
    const int owner = grid_owner(g, wish[w].at);
    if (owner == rank)
      continue;
    PetscCheck(owner >= 0, PETSC_COMM_SELF, PETSC_ERR_PLIB, "wish for a leaf that does not exist");
    q[n].key = morton_key(wish[w].at);
    q[n].owner = owner;
    memcpy(q[n++].node, wish[w].node, LEAF_ROWS);
  }
  qsort(q, (size_t)n, sizeof(Request), request_compare);
  for (PetscInt i = 0; i < n; ++i) {
    if (kept && q[kept - 1].key == q[i].key)
      for (int r = 0; r < LEAF_ROWS; ++r)
        q[kept - 1].node[r] |= q[i].node[r];
    else
      q[kept++] = q[i];
  }
  *n_out = kept;
  *out = q;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Sends the requests to the owners: received [start[size]] in the order of the asking ranks. */
static PetscErrorCode requests_send(MPI_Comm comm, PetscInt n, const Request *q, PetscMPIInt *count_out,
                                    PetscMPIInt *count_in, Request **received) {
  PetscMPIInt size, *start;
  MPI_Datatype type;
  PetscInt64 total = 0;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscCalloc1(2 * size, &start));
  PetscCall(PetscArrayzero(count_out, size));
  for (PetscInt i = 0; i < n; ++i)
    ++count_out[q[i].owner];
  PetscCallMPI(MPI_Alltoall(count_out, 1, MPI_INT, count_in, 1, MPI_INT, comm));
  for (int r = 0; r + 1 < size; ++r)
    start[r + 1] = start[r] + count_out[r];
  for (int r = 0; r < size; ++r) {
    start[size + r] = (PetscMPIInt)total;
    total += count_in[r];
  }
  PetscCall(PetscMalloc1(total, received));
  PetscCallMPI(MPI_Type_contiguous((PetscMPIInt)sizeof(Request), MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCallMPI(MPI_Alltoallv(q, count_out, start, type, *received, count_in, start + size, type, comm));
  PetscCallMPI(MPI_Type_free(&type));
  PetscCall(PetscFree(start));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscInt leaf_number(Leaf *leaf, PetscInt base) {
  PetscInt n = 0;
  leaf->base = (int32_t)base;
  for (int r = 0; r < LEAF_ROWS; ++r) {
    leaf->row[r] = (uint16_t)n;
    n += __builtin_popcount(leaf->node[r]);
  }
  return base + n;
}

/* Ghost leaves behind the owned ones, their nodes numbered behind the owned nodes. */
static PetscErrorCode ghosts_place(Grid *g, PetscInt n, const Request *q) {
  PetscInt node = g->nodes_owned;
  PetscFunctionBeginUser;
  g->n_local = g->n_owned + n;
  PetscCall(PetscRealloc(sizeof(Leaf) * (size_t)PetscMax(g->n_local, 1), &g->leaf));
  for (PetscInt i = 0; i < n; ++i) {
    Leaf *leaf = &g->leaf[g->n_owned + i];
    int32_t at[3];
    morton_at(q[i].key, at);
    memset(leaf, 0, sizeof *leaf);
    leaf_place(&g->box, leaf, at);
    memcpy(leaf->node, q[i].node, LEAF_ROWS);
    node = leaf_number(leaf, node);
  }
  g->nodes_local = node;
  PetscCheck(3 * (PetscInt64)node < PETSC_MAX_INT && 3 * (PetscInt64)node < INT32_MAX, PETSC_COMM_SELF,
             PETSC_ERR_USER_INPUT, "more than 2^31 degrees of freedom on one rank: use more ranks");
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Neighbours are the ranks asked of or asking; asked and asking count the requests sent and received (in) by rank. */
static PetscErrorCode halo_make(Grid *g, const PetscMPIInt *asked, const Request *in, const PetscMPIInt *asking) {
  Halo *h = &g->halo;
  PetscMPIInt size;
  PetscInt sent = 0, got = 0, roots = 0, room = 0;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(g->comm, &size));
  h->comm = g->comm;
  for (int r = 0; r < size; ++r) {
    h->n += asked[r] || asking[r];
    room += asking[r];
  }
  PetscCall(PetscMalloc1(h->n, &h->rank));
  PetscCall(PetscCalloc1(h->n + 1, &h->root_start));
  PetscCall(PetscCalloc1(h->n + 1, &h->ghost_start));
  PetscCall(PetscCalloc1(h->n + 1, &g->ghost_leaf));
  PetscCall(PetscMalloc1(2 * h->n, &h->request));
  PetscCall(PetscMalloc1(room * LEAF_VOXELS, &h->root));
  for (int r = 0, k = 0; r < size; ++r) {
    if (!asked[r] && !asking[r])
      continue;
    h->rank[k] = r;
    h->root_start[k] = roots;
    g->ghost_leaf[k] = g->n_owned + sent;
    h->ghost_start[k] = asked[r] ? g->leaf[g->n_owned + sent].base : (k ? h->ghost_start[k] : g->nodes_owned);
    sent += asked[r];
    g->ghost_leaf[k + 1] = g->n_owned + sent;
    h->ghost_start[k + 1] = sent < g->n_local - g->n_owned ? g->leaf[g->n_owned + sent].base : g->nodes_local;
    for (PetscInt i = 0; i < asking[r]; ++i, ++got) {
      const Leaf *leaf = &g->leaf[leaf_search(g->leaf, 0, g->n_owned, in[got].key)];
      for (int v = 0; v < LEAF_VOXELS; ++v)
        if (in[got].node[v / 8] >> v % 8 & 1)
          h->root[roots++] = leaf_node(leaf, v % 8, v / 8 % 8, v / 64);
    }
    h->root_start[++k] = roots;
  }
  PetscCall(PetscRealloc(sizeof(int32_t) * (size_t)PetscMax(roots, 1), &h->root));
  PetscCall(PetscMalloc(3 * sizeof(double) * (size_t)PetscMax(roots, 1), &h->buffer));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode nodes_number(Grid *g, PetscInt n_wish, const NodeWish *wish) {
  PetscMPIInt size, *asked, *asking;
  Request *q = NULL, *in = NULL;
  PetscInt n = 0, total = 0, node = 0;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(g->comm, &size));
  PetscCall(PetscMalloc2(size, &asked, size, &asking));
  PetscCall(nodes_touch(g, n_wish, wish, &n, &q));
  PetscCall(requests_send(g->comm, n, q, asked, asking, &in));
  for (int r = 0; r < size; ++r)
    total += asking[r];
  for (PetscInt i = 0; i < total; ++i) {
    Leaf *leaf = &g->leaf[leaf_search(g->leaf, 0, g->n_owned, in[i].key)];
    for (int r = 0; r < LEAF_ROWS; ++r)
      leaf->node[r] |= in[i].node[r];
  }
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    node = leaf_number(&g->leaf[l], node);
    PetscCheck(node < INT32_MAX / 3, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
               "more than 2^31 degrees of freedom on one rank: use more ranks");
  }
  g->nodes_owned = node;
  PetscCall(ghosts_place(g, n, q));
  PetscCall(halo_make(g, asked, in, asking));
  for (PetscInt l = 0; l < g->n_local; ++l)
    for (int side = 0; side < 8; ++side) {
      int32_t at[3];
      neighbour_at(&g->box, g->leaf[l].at, side, at);
      g->leaf[l].next[side] = side ? (int32_t)grid_local_leaf(g, at) : (int32_t)l;
    }
  PetscCall(PetscFree(q));
  PetscCall(PetscFree(in));
  PetscCall(PetscFree2(asked, asking));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode grid_create(MPI_Comm comm, const GridBox *box, const Leaves *leaves, PetscInt n_wish,
                           const NodeWish *wish, Grid **grid) {
  Grid *g;
  PetscInt64 mine[2], before[2] = {0, 0}, all[2];
  PetscFunctionBeginUser;
  PetscCall(PetscNew(&g));
  g->comm = comm;
  g->box = *box;
  PetscCall(directory_make(g, leaves));
  PetscCall(leaves_place(g, leaves));
  PetscCall(nodes_number(g, n_wish, wish));
  mine[0] = g->nodes_owned;
  mine[1] = g->voxels_owned;
  PetscCallMPI(MPI_Exscan(mine, before, 2, MPIU_INT64, MPI_SUM, comm));
  PetscCallMPI(MPI_Allreduce(mine, all, 2, MPIU_INT64, MPI_SUM, comm));
  g->first_node = before[0];
  g->first_voxel = before[1];
  g->nodes_global = all[0];
  g->voxels_global = all[1];
  *grid = g;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode grid_destroy(Grid **grid) {
  Grid *g = *grid;
  PetscFunctionBeginUser;
  if (!g)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(halo_free(&g->halo));
  PetscCall(PetscFree(g->ghost_leaf));
  PetscCall(PetscFree2(g->key, g->owner));
  PetscCall(PetscFree(g->leaf));
  PetscCall(PetscFree(g->label));
  if (g->stiffness_factor == g->solid)
    g->stiffness_factor = NULL;
  PetscCall(PetscFree(g->solid));
  PetscCall(PetscFree(g->stiffness_factor));
  PetscCall(PetscFree(*grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}
