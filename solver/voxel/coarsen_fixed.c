/* How a coarser grid is held: see coarsen.h. */
#include "solver/voxel/coarsen.h"
#include "solver/voxel/transfer_kernel.h"

typedef struct Supports { /* over the local coarse nodes, [][3] */
  float *place;           /* 0: no fine node in this place, 1: a free one, 2: a fixed one */
  float *spring;
} Supports;

/* The fine nodes that a coarse node coincides with: those of even place. */
static PetscErrorCode places_mark(const Level *fine, const Grid *coarse, float *place) {
  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < fine->grid->n_owned; ++l) {
    const Leaf *leaf = &fine->grid->leaf[l];
    for (int v = 0; v < LEAF_VOXELS; v += v % 8 < 6 ? 2 : v / 8 % 8 < 6 ? 10 : 74) {
      const int at[3] = {v % 8, v / 8 % 8, v / 64}, q[3] = {at[0] / 2, at[1] / 2, at[2] / 2};
      if (!(leaf->node[v / 8] >> at[0] & 1))
        continue;
      const int32_t n = octant_node(coarse->leaf, fine->parent[l], leaf, q);
      PetscCheck(n >= 0, PETSC_COMM_SELF, PETSC_ERR_PLIB, "coarse node missing");
      const uint8_t fixed = fine->fixed[leaf_node(leaf, at[0], at[1], at[2])];
      for (int c = 0; c < 3; ++c)
        place[3 * (size_t)n + c] += fixed >> c & 1 ? 2 : 1;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static bool node_held(const Level *fine, PetscInt node) {
  const float *k = fine->spring ? fine->spring + 3 * (size_t)node : NULL;
  return fine->fixed[node] || (k && (k[0] != 0 || k[1] != 0 || k[2] != 0));
}

/* Parts of the node's own springs and of the stiffness that its fixed components stand for. */
static void add_springs(const Level *fine, PetscInt l, PetscInt node, const float part[2], float *spring) {
  for (int c = 0; c < 3; ++c) {
    const float d = level_inverse_diagonal(fine, l, node, c);
    if (fine->fixed[node] >> c & 1)
      spring[c] += d > 0 ? part[1] / d : 0;
    else if (fine->spring)
      spring[c] += part[0] * fine->spring[3 * (size_t)node + (size_t)c];
  }
}

/* A plane held between two planes of coarse nodes pulls on the nodes inside the body too, not only on those beyond it:
   the cut coarse voxels alone are far too soft. Part of the interpolated stiffness that those inside take. */
static const float INSIDE = 0.5f;

/* Shares the springs of a held node out to the coarse nodes it interpolates from: to those without a fine node in their
   place, if there are any, else to all by their interpolation weights. */
static PetscErrorCode node_support(const Level *fine, const Grid *coarse, PetscInt l, int v, PetscInt node,
                                   Supports *s) {
  const int at[3] = {v % 8, v / 8 % 8, v / 64}, odd = (at[0] & 1) | (at[1] & 1) << 1 | (at[2] & 1) << 2;
  const float weight = 1.0f / (float)(1 << __builtin_popcount((unsigned)odd));
  int32_t around[8];
  float outside = 0;
  int n = 0;
  PetscFunctionBeginUser;
  for (int a = 0; a < 8; ++a) {
    if (a & ~odd)
      continue;
    const int q[3] = {at[0] / 2 + (a & 1), at[1] / 2 + (a >> 1 & 1), at[2] / 2 + (a >> 2)};
    around[n] = octant_node(coarse->leaf, fine->parent[l], &fine->grid->leaf[l], q);
    PetscCheck(around[n] >= 0, PETSC_COMM_SELF, PETSC_ERR_PLIB, "coarse node missing");
    outside += s->place[3 * (size_t)around[n++]] < 0.5f ? weight : 0;
  }
  for (int i = 0; i < n; ++i) {
    const bool cut = outside > 0, is_outside = s->place[3 * (size_t)around[i]] < 0.5f;
    const float share = !cut ? weight : is_outside ? weight / outside : 0;
    const float part[2] = {share, cut && !is_outside ? INSIDE * weight : share};
    add_springs(fine, l, node, part, s->spring + 3 * (size_t)around[i]);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode springs_make(const Level *fine, const Grid *coarse, Supports *s) {
  const Grid *g = fine->grid;
  PetscFunctionBeginUser;
  for (PetscInt l = 0, node = 0; l < g->n_owned; ++l)
    for (int r = 0; r < LEAF_ROWS; ++r)
      for (unsigned row = g->leaf[l].node[r]; row; row &= row - 1, ++node)
        if (node_held(fine, node))
          PetscCall(node_support(fine, coarse, l, 8 * r + __builtin_ctz(row), node, s));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode coarsen_fixed(const Level *fine, const Grid *coarse, uint8_t *fixed, float *spring) {
  const size_t local = 3 * (size_t)coarse->nodes_local;
  Supports s;
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(local, &s.place, local, &s.spring));
  PetscCall(places_mark(fine, coarse, s.place));
  PetscCall(halo_add_float(&coarse->halo, s.place));
  PetscCall(halo_broadcast_float(&coarse->halo, s.place));
  PetscCall(springs_make(fine, coarse, &s));
  PetscCall(halo_add_float(&coarse->halo, s.spring));
  for (PetscInt i = 0; i < coarse->nodes_owned; ++i) {
    fixed[i] = 0;
    for (int c = 0; c < 3; ++c)
      if (s.place[3 * (size_t)i + c] > 1.5f)
        fixed[i] |= (uint8_t)(1u << c);
  }
  PetscCall(PetscArraycpy(spring, s.spring, 3 * (size_t)coarse->nodes_owned));
  PetscCall(PetscFree2(s.place, s.spring));
  PetscFunctionReturn(PETSC_SUCCESS);
}
