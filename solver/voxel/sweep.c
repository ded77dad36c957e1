#include "solver/voxel/sweep.h"
#include <string.h>

enum { LATE = 1, EMPTY = 2 };
enum { AHEAD = 24 }; /* leaves, so that memory has time to answer while all of them still fit into a level-2 cache */

/* Whether the leaf holds voxels, and whether some of their nodes are ghosts. */
static bool has_voxels(const Leaf *leaf) {
  uint64_t any[8];
  memcpy(any, leaf->voxel, sizeof any);
  return (any[0] | any[1] | any[2] | any[3] | any[4] | any[5] | any[6] | any[7]) != 0;
}
static bool reads_ghosts(const Grid *g, const Leaf *leaf) {
  bool ghosts = false;
  for (int side = 1; side < 8; ++side)
    ghosts |= leaf->next[side] >= g->n_owned;
  return ghosts && has_voxels(leaf);
}

/* Half of the inner leaves come first, while ghosts are on their way here, half last, while contributions travel. */
static void order_leaves(const Grid *g, Sweep *s) {
  PetscInt outer = 0, inner = 0, n = 0;
  for (PetscInt l = 0; l < g->n_owned; ++l)
    outer += reads_ghosts(g, &g->leaf[l]);
  const PetscInt half = (g->n_owned - outer) / 2;
  s->outer[0] = outer ? half : g->n_owned;
  s->outer[1] = outer ? half + outer : g->n_owned;
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    if (outer && reads_ghosts(g, &g->leaf[l]))
      s->order[half + n++] = l;
    else {
      s->order[inner < half || !outer ? inner : inner + outer] = l;
      ++inner;
    }
  }
}

/* A leaf is late when a rank or a leaf that comes later adds to it. place [n_owned] in the order. */
static void mark_late(const Grid *g, const PetscInt *place, Sweep *s) {
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    if (!has_voxels(&g->leaf[l]))
      s->late[l] |= EMPTY;
    for (int side = 1; side < 8 && !(s->late[l] & EMPTY); ++side) {
      const int32_t to = g->leaf[l].next[side];
      if (to >= 0 && to < g->n_owned && place[l] > place[to])
        s->late[to] |= LATE;
    }
  }
  for (PetscInt i = 0; g->halo.n && i < g->halo.root_start[g->halo.n]; ++i) { /* the leaf that holds the root */
    PetscInt lo = 0, hi = g->n_owned;
    while (hi - lo > 1) {
      const PetscInt mid = (lo + hi) / 2;
      *(g->leaf[mid].base <= g->halo.root[i] ? &lo : &hi) = mid;
    }
    s->late[lo] |= LATE;
  }
}

PetscErrorCode sweep_create(const Grid *g, const float (*scale)[LEAF_VOXELS], Sweep *s) {
  PetscInt *place;
  PetscFunctionBeginUser;
  memset(s, 0, sizeof *s);
  s->grid = g;
  s->scale = scale;
  s->kernel = leaf_kernel_choose();
  PetscCheck(s->kernel, g->comm, PETSC_ERR_USER_INPUT,
             "TRABECULA_KERNEL names no kernel that runs on this machine: avx512, avx2 or portable");
  PetscCall(PetscMalloc1(g->n_owned, &s->order));
  PetscCall(PetscCalloc1(g->n_owned, &s->late));
  PetscCall(PetscMalloc1(g->n_owned, &place));
  order_leaves(g, s);
  for (PetscInt p = 0; p < g->n_owned; ++p)
    place[s->order[p]] = p;
  mark_late(g, place, s);
  PetscCall(PetscFree(place));
  for (PetscInt l = 0; l < g->n_owned; ++l)
    s->n_late += s->late[l] & LATE;
  PetscCall(PetscMalloc1(s->n_late, &s->late_leaf));
  s->n_late = 0;
  for (PetscInt l = 0; l < g->n_owned; ++l)
    if (s->late[l] & LATE)
      s->late_leaf[s->n_late++] = l;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static inline void prefetch(const char *from, size_t bytes) {
  for (size_t i = 0; i < bytes; i += 64)
    __builtin_prefetch(from + i, 0, 2);
}

/* Nodes first .. first + n - 1 of both vectors; sizes of their values. */
static inline void nodes_prefetch(int32_t first, int32_t n, const char *x, size_t xsize, const char *y, size_t ysize) {
  prefetch(x + 3 * xsize * (size_t)first, 3 * xsize * (size_t)n);
  prefetch(y + 3 * ysize * (size_t)first, 3 * ysize * (size_t)n);
}

/* Fetches the values of the leaf AHEAD places after p, and of the rows of those upper neighbours of the next leaf that
   are still farther away. */
static inline void leaf_prefetch(const Sweep *s, PetscInt p, const char *x, size_t xsize, const char *y, size_t ysize) {
  const Grid *g = s->grid;
  if (p + AHEAD < g->n_owned) {
    const Leaf *leaf = &g->leaf[s->order[p + AHEAD]];
    nodes_prefetch(leaf->base, (int32_t)leaf_nodes(leaf), x, xsize, y, ysize);
  }
  if (p + 1 >= g->n_owned)
    return;
  const Leaf *leaf = &g->leaf[s->order[p + 1]];
  for (int side = 1; side < 5; side *= 2) {
    const Leaf *next = &g->leaf[leaf->next[side]];
    if (leaf->next[side] < leaf - g->leaf + AHEAD)
      continue;
    if (side == 2)
      for (int k = 0; k < LEAF_ROWS; k += LEAF_EDGE)
        nodes_prefetch(next->base + next->row[k], __builtin_popcount(next->node[k]), x, xsize, y, ysize);
    else
      nodes_prefetch(next->base, side == 1 ? (int32_t)leaf_nodes(next) : next->row[8], x, xsize, y, ysize);
  }
}

#define SWEEP(NAME, BLOCKS, INPUT, REAL)                                                                               \
  static void part_##NAME(const Sweep *s, const PetscInt range[2], const BLOCKS *blocks, const INPUT *x, REAL *y,      \
                          SweepVisit *visit, void *context) {                                                          \
    const Grid *g = s->grid;                                                                                           \
    for (PetscInt p = range[0]; p < range[1]; ++p) {                                                                   \
      const PetscInt l = s->order[p];                                                                                  \
      leaf_prefetch(s, p, (const char *)x, sizeof(INPUT), (const char *)y, sizeof(REAL));                              \
      if (!(s->late[l] & EMPTY))                                                                                       \
        s->kernel->multiply_##NAME(g->leaf, &g->leaf[l], g->label[l], s->scale ? s->scale[l] : NULL, blocks, x, y);    \
      if (!(s->late[l] & LATE))                                                                                        \
        visit(context, l);                                                                                             \
    }                                                                                                                  \
  }                                                                                                                    \
  PetscErrorCode sweep_##NAME(const Sweep *s, const BLOCKS *blocks, INPUT *x, REAL *y, SweepVisit *visit,              \
                              void *context) {                                                                         \
    const Grid *g = s->grid;                                                                                           \
    const PetscInt part[3][2] = {{0, s->outer[0]}, {s->outer[0], s->outer[1]}, {s->outer[1], g->n_owned}};             \
    PetscFunctionBeginUser;                                                                                            \
    PetscCall(halo_broadcast_start_##INPUT(&g->halo, x));                                                              \
    part_##NAME(s, part[0], blocks, x, y, visit, context);                                                             \
    PetscCall(halo_broadcast_finish(&g->halo));                                                                        \
    part_##NAME(s, part[1], blocks, x, y, visit, context);                                                             \
    PetscCall(halo_add_start_##REAL(&g->halo, y));                                                                     \
    part_##NAME(s, part[2], blocks, x, y, visit, context);                                                             \
    PetscCall(halo_add_finish_##REAL(&g->halo, y));                                                                    \
    for (PetscInt i = 0; i < s->n_late; ++i)                                                                           \
      visit(context, s->late_leaf[i]);                                                                                 \
    PetscCall(                                                                                                         \
        PetscMemzero(y + 3 * (size_t)g->nodes_owned, sizeof(REAL) * 3 * (size_t)(g->nodes_local - g->nodes_owned)));   \
    PetscFunctionReturn(PETSC_SUCCESS);                                                                                \
  }
SWEEP(double, BlocksDouble, double, double)
SWEEP(mixed, BlocksDouble, float, double)
SWEEP(float, BlocksFloat, float, float)

PetscErrorCode sweep_free(Sweep *s) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(s->order));
  PetscCall(PetscFree(s->late));
  PetscCall(PetscFree(s->late_leaf));
  PetscFunctionReturn(PETSC_SUCCESS);
}
