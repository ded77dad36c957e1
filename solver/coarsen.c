#include "solver/coarsen.h"
#include "mesh/directory.h"
#include "solver/transfer_kernel.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COARSEST_NODES = 500 };

/* Modulus of a partly filled coarse voxel goes with fill^FILL_EXPONENT: the plain mean is too stiff for struts thinner
   than a coarse voxel (iteration counts in bench/NOTES.md). */
static const double FILL_EXPONENT = 1.5;

double material_stiffness(const Elasticity *c) {
  return (c->C11 + c->C22 + c->C33 + 2 * (c->C44 + c->C55 + c->C66)) / 9;
}

bool can_coarsen(const GridBox *box, PetscInt64 nodes) {
  if (nodes <= COARSEST_NODES)
    return false;
  for (int c = 0; c < 3; ++c)
    if (box->periodic[c] && (box->n[c] % 2 || box->n[c] < 4))
      return false;
  return true;
}

PetscErrorCode porous_create(const Grid *g, const Elasticity material[256], Porous *p) {
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(g->n_owned, &p->fill));
  PetscCall(PetscCalloc1(g->n_owned, &p->stiffness));
  for (PetscInt l = 0; l < g->n_owned; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (g->label[l][v]) {
        p->fill[l][v] = g->fraction ? g->fraction[l][v] : 1;
        p->stiffness[l][v] = (float)material_stiffness(&material[g->label[l][v]]);
      }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode porous_free(Porous *p) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(p->fill));
  PetscCall(PetscFree(p->stiffness));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Octant { /* what a fine leaf means for the coarse leaf above it: 4 x 4 x 4 coarse voxels */
  uint64_t key;         /* of the coarse leaf */
  int32_t owner;
  uint8_t octant, label[64];
  float fill[64], stiffness[64];
} Octant;

static void octant_fill(const Grid *g, PetscInt l, const Porous *p, Octant *o) {
  for (int w = 0; w < 64; ++w) {
    const int v0 = 2 * (w % 4) + 16 * (w / 4 % 4) + 128 * (w / 16);
    double fill = 0, sum = 0, most = 0;
    o->label[w] = 0;
    for (int a = 0; a < 8; ++a) {
      const int v = v0 + (a & 1) + 8 * (a >> 1 & 1) + 64 * (a >> 2);
      if (!g->label[l][v])
        continue;
      const double part = (double)p->fill[l][v] * p->stiffness[l][v];
      fill += p->fill[l][v];
      sum += part;
      if (part > most) {
        most = part;
        o->label[w] = g->label[l][v];
      }
    }
    o->fill[w] = (float)(fill / 8);
    o->stiffness[w] = fill > 0 ? (float)(sum / fill) : 0;
  }
}

/* Rank that owns a coarse leaf: that of the first fine leaf under it. */
static int32_t coarse_owner(const Grid *g, uint64_t key) {
  PetscInt64 lo = 0, hi = g->n_directory;
  while (lo < hi) {
    const PetscInt64 mid = (lo + hi) / 2;
    if (g->key[mid] >> 3 < key)
      lo = mid + 1;
    else
      hi = mid;
  }
  return g->owner[lo];
}

static int octant_compare(const void *a, const void *b) {
  const Octant *x = a, *y = b;
  if (x->owner != y->owner)
    return x->owner < y->owner ? -1 : 1;
  if (x->key != y->key)
    return x->key < y->key ? -1 : 1;
  return x->octant - y->octant;
}

/* Octants of the owned leaves with voxels, sent to the owners of the coarse leaves; sorted by key. */
static PetscErrorCode octants_send(const Grid *g, const Porous *p, PetscInt *n_out, Octant **out) {
  PetscMPIInt size, *count;
  PetscInt n = 0;
  PetscInt64 total = 0;
  Octant *mine;
  MPI_Datatype type;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(g->comm, &size));
  PetscCall(PetscCalloc1(4 * size, &count));
  PetscCall(PetscMalloc1(g->n_owned, &mine));
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    uint64_t any[8];
    memcpy(any, g->leaf[l].voxel, 64);
    if (!(any[0] | any[1] | any[2] | any[3] | any[4] | any[5] | any[6] | any[7]))
      continue;
    Octant *o = &mine[n++];
    o->key = morton_key(g->leaf[l].at) >> 3;
    o->octant = (uint8_t)(morton_key(g->leaf[l].at) & 7);
    o->owner = coarse_owner(g, o->key);
    ++count[o->owner];
    octant_fill(g, l, p, o);
  }
  if (n)
    qsort(mine, (size_t)n, sizeof(Octant), octant_compare);
  PetscCallMPI(MPI_Alltoall(count, 1, MPI_INT, count + size, 1, MPI_INT, g->comm));
  for (int r = 0; r < size; ++r) {
    count[2 * size + r] = r ? count[2 * size + r - 1] + count[r - 1] : 0;
    count[3 * size + r] = (PetscMPIInt)total;
    total += count[size + r];
  }
  PetscCall(PetscMalloc1(total, out));
  PetscCallMPI(MPI_Type_contiguous((PetscMPIInt)sizeof(Octant), MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCallMPI(MPI_Alltoallv(mine, count, count + 2 * size, type, *out, count + size, count + 3 * size, type, g->comm));
  PetscCallMPI(MPI_Type_free(&type));
  PetscCall(PetscFree(mine));
  PetscCall(PetscFree(count));
  if (total)
    qsort(*out, (size_t)total, sizeof(Octant), octant_compare);
  *n_out = (PetscInt)total;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Coarse leaves and their fill and stiffness, in ascending key. */
static PetscErrorCode octants_merge(PetscInt n, const Octant *o, Leaves *leaves, Porous *p) {
  PetscFunctionBeginUser;
  memset(leaves, 0, sizeof *leaves);
  for (PetscInt i = 0; i < n; ++i)
    leaves->n += !i || o[i].key != o[i - 1].key;
  PetscCall(PetscCalloc1(leaves->n, &leaves->at));
  PetscCall(PetscCalloc1(leaves->n, &leaves->label));
  PetscCall(PetscCalloc1(leaves->n, &p->fill));
  PetscCall(PetscCalloc1(leaves->n, &p->stiffness));
  for (PetscInt i = 0, l = -1; i < n; ++i) {
    if (!i || o[i].key != o[i - 1].key)
      ++l;
    morton_at(o[i].key, leaves->at[l]);
    const int v0 = 4 * (o[i].octant & 1) + 32 * (o[i].octant >> 1 & 1) + 256 * (o[i].octant >> 2);
    for (int w = 0; w < 64; ++w) {
      const int v = v0 + w % 4 + 8 * (w / 4 % 4) + 64 * (w / 16);
      leaves->label[l][v] = o[i].label[w];
      p->fill[l][v] = o[i].fill[w];
      p->stiffness[l][v] = o[i].stiffness[w];
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Coarse nodes that the nodes of a fine leaf interpolate from, as wishes for the coarse leaves that hold them. */
static void leaf_wishes(const GridBox *box, const Leaf *fine, PetscInt *n, NodeWish *wish) {
  bool want[5][5][5] = {{{false}}};
  NodeWish side[8];
  unsigned used = 0;
  memset(side, 0, sizeof side);
  for (int v = 0; v < LEAF_VOXELS; ++v) {
    const int i = v % 8, j = v / 8 % 8, k = v / 64;
    if (!(fine->node[v / 8] >> i & 1))
      continue;
    for (int a = 0; a < 8; ++a)
      want[(k + (a >> 2)) / 2][(j + (a >> 1 & 1)) / 2][(i + (a & 1)) / 2] = true;
  }
  for (int q = 0; q < 125; ++q) {
    const int at[3] = {q % 5, q / 5 % 5, q / 25};
    int s = 0, place[3];
    if (!want[at[2]][at[1]][at[0]])
      continue;
    for (int c = 0; c < 3; ++c) {
      const PetscInt64 left = box->n[c] - (PetscInt64)8 * (fine->at[c] / 2);
      const int extent = box->periodic[c] && left < 8 ? (int)left : 8;
      place[c] = 4 * (fine->at[c] & 1) + at[c];
      if (place[c] == extent) {
        place[c] = 0;
        s |= 1 << c;
      }
    }
    side[s].node[place[1] + 8 * place[2]] |= (uint8_t)(1u << place[0]);
    used |= 1u << s;
  }
  for (int s = 0; s < 8; ++s) {
    if (!(used >> s & 1))
      continue;
    for (int c = 0; c < 3; ++c) {
      const int32_t at = fine->at[c] / 2;
      const bool wrap = box->periodic[c] && (PetscInt64)8 * (at + 1) >= box->n[c];
      side[s].at[c] = s >> c & 1 ? (wrap ? 0 : at + 1) : at;
    }
    wish[(*n)++] = side[s];
  }
}

PetscErrorCode coarsen(Level *fine, const Porous *porous, const Elasticity material[256], Grid **coarse, Porous *cp,
                       float (**scale)[LEAF_VOXELS]) {
  const Grid *g = fine->grid;
  GridBox box = g->box;
  Leaves leaves;
  Porous sorted;
  Octant *octant = NULL;
  NodeWish *wish = NULL;
  PetscInt n = 0, n_wish = 0;
  PetscMPIInt size;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(g->comm, &size));
  box.voxel_mm *= 2;
  for (int c = 0; c < 3; ++c)
    box.n[c] = (box.n[c] + 1) / 2;
  PetscCall(octants_send(g, porous, &n, &octant));
  PetscCall(octants_merge(n, octant, &leaves, &sorted));
  PetscCall(PetscFree(octant));
  if (size > 1) {
    PetscCall(PetscMalloc1(8 * g->n_owned, &wish));
    for (PetscInt l = 0; l < g->n_owned; ++l)
      leaf_wishes(&box, &g->leaf[l], &n_wish, wish);
  }
  PetscCall(grid_create(g->comm, &box, &leaves, n_wish, wish, coarse));
  PetscCall(PetscFree(wish));
  /* the grid also has leaves without voxels: copy by place */
  PetscCall(PetscCalloc1((*coarse)->n_owned, &cp->fill));
  PetscCall(PetscCalloc1((*coarse)->n_owned, &cp->stiffness));
  PetscCall(PetscCalloc1((*coarse)->n_owned, scale));
  for (PetscInt i = 0; i < leaves.n; ++i) {
    const PetscInt l = grid_local_leaf(*coarse, leaves.at[i]);
    memcpy(cp->fill[l], sorted.fill[i], sizeof sorted.fill[i]);
    memcpy(cp->stiffness[l], sorted.stiffness[i], sizeof sorted.stiffness[i]);
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (leaves.label[i][v])
        (*scale)[l][v] = (float)(sorted.stiffness[i][v] * pow(sorted.fill[i][v], FILL_EXPONENT) /
                                 material_stiffness(&material[leaves.label[i][v]]));
  }
  PetscCall(leaves_free(&leaves));
  PetscCall(porous_free(&sorted));
  PetscCall(PetscFree(fine->parent));
  PetscCall(PetscMalloc1(g->n_owned, &fine->parent));
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    const int32_t at[3] = {g->leaf[l].at[0] / 2, g->leaf[l].at[1] / 2, g->leaf[l].at[2] / 2};
    fine->parent[l] = (int32_t)grid_local_leaf(*coarse, at);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Calls visit for every owned fine node and each coarse node it interpolates from: weight is the interpolation weight.
 */
typedef void NodePair(const Level *fine, PetscInt node, int32_t coarse, float weight, void *context);
static PetscErrorCode pairs_visit(const Level *fine, const Grid *coarse, NodePair *visit, void *context) {
  const Grid *g = fine->grid;
  PetscFunctionBeginUser;
  for (PetscInt l = 0, node = 0; l < g->n_owned; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      const int at[3] = {v % 8, v / 8 % 8, v / 64};
      if (!(g->leaf[l].node[v / 8] >> v % 8 & 1))
        continue;
      const int odd = (at[0] & 1) | (at[1] & 1) << 1 | (at[2] & 1) << 2;
      const float weight = 1.0f / (float)(1 << __builtin_popcount((unsigned)odd));
      for (int a = 0; a < 8; ++a) {
        if (a & ~odd)
          continue;
        const int q[3] = {at[0] / 2 + (a & 1), at[1] / 2 + (a >> 1 & 1), at[2] / 2 + (a >> 2)};
        const int32_t n = octant_node(coarse->leaf, fine->parent[l], &g->leaf[l], q);
        PetscCheck(n >= 0, PETSC_COMM_SELF, PETSC_ERR_PLIB, "coarse node missing");
        visit(fine, node, n, weight, context);
      }
      ++node;
    }
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Supports { /* over the local coarse nodes, [][3] */
  float *place;           /* 0: no fine node in this place, 1: a free one, 2: a fixed one */
  float *spring;
  float *outside; /* over the owned fine nodes: weight of the coarse nodes around without a fine node in their place */
} Supports;

static void visit_place(const Level *fine, PetscInt node, int32_t coarse, float weight, void *context) {
  Supports *s = context;
  for (int c = 0; c < 3 && weight == 1; ++c)
    s->place[3 * coarse + c] += fine->fixed[node] >> c & 1 ? 2 : 1;
}

static void visit_outside(const Level *fine, PetscInt node, int32_t coarse, float weight, void *context) {
  Supports *s = context;
  (void)fine;
  if (s->place[3 * coarse] < 0.5f)
    s->outside[node] += weight;
}

static void visit_spring(const Level *fine, PetscInt node, int32_t coarse, float weight, void *context) {
  Supports *s = context;
  const bool outside = s->place[3 * coarse] < 0.5f;
  if (s->outside[node] > 0)
    weight = outside ? weight / s->outside[node] : 0;
  for (int c = 0; c < 3; ++c) {
    const float d = fine->inverse_diagonal[3 * node + c];
    if (fine->fixed[node] >> c & 1)
      s->spring[3 * coarse + c] += d > 0 ? weight / d : 0;
    else if (fine->spring)
      s->spring[3 * coarse + c] += weight * fine->spring[3 * node + c];
  }
}

PetscErrorCode coarsen_fixed(const Level *fine, const Grid *coarse, uint8_t *fixed, float *spring) {
  Supports s;
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc3(3 * coarse->nodes_local, &s.place, 3 * coarse->nodes_local, &s.spring, fine->grid->nodes_owned,
                         &s.outside));
  PetscCall(pairs_visit(fine, coarse, visit_place, &s));
  PetscCall(halo_add_float(&coarse->halo, s.place));
  PetscCall(halo_broadcast_float(&coarse->halo, s.place));
  PetscCall(pairs_visit(fine, coarse, visit_outside, &s));
  PetscCall(pairs_visit(fine, coarse, visit_spring, &s));
  PetscCall(halo_add_float(&coarse->halo, s.spring));
  for (PetscInt i = 0; i < coarse->nodes_owned; ++i) {
    fixed[i] = 0;
    for (int c = 0; c < 3; ++c)
      if (s.place[3 * i + c] > 1.5f)
        fixed[i] |= (uint8_t)(1u << c);
  }
  PetscCall(PetscMemcpy(spring, s.spring, sizeof(float) * 3 * (size_t)coarse->nodes_owned));
  PetscCall(PetscFree3(s.place, s.spring, s.outside));
  PetscFunctionReturn(PETSC_SUCCESS);
}
