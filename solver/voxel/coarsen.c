#include "solver/voxel/coarsen.h"
#include "mesh/directory.h"
#include "solver/voxel/transfer_kernel.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COARSEST_NODES = 500 };

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

/* The powers of the mean, and back. */
static float mean_power(float stiffness) {
  const float root = cbrtf(stiffness);
  return root * root;
}
static float mean_stiffness(float power) { return power * sqrtf(power); }

PetscErrorCode porous_create(const Grid *g, const Elasticity material[256], Porous *p) {
  PetscFunctionBeginUser;
  memset(p, 0, sizeof *p);
  p->finest = g->stiffness_factor;
  for (int l = 0; l < 256; ++l)
    p->of_label[l] = mean_power((float)material_stiffness(&material[l]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode porous_free(Porous *p) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(p->power));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Octant { /* what a fine leaf means for the coarse leaf above it: 4 x 4 x 4 coarse voxels */
  uint64_t key;         /* of the fine leaf */
  uint8_t label[64];
  float power[64];
} Octant;

/* Label and power of the coarse voxel over the fine voxels from v0 on. */
static void voxel_merge(const uint8_t *label, const float power[LEAF_VOXELS], int v0, int w, Octant *o) {
  float sum = 0, most = 0;
  o->label[w] = 0;
  for (int a = 0; a < 8; ++a) {
    const int v = v0 + (a & 1) + 8 * (a >> 1 & 1) + 64 * (a >> 2);
    if (!label[v])
      continue;
    sum += power[v];
    if (power[v] > most) {
      most = power[v];
      o->label[w] = label[v];
    }
  }
  o->power[w] = sum / 8;
}

static void octant_fill(const Grid *g, PetscInt l, const Porous *p, Octant *o) {
  float finest[LEAF_VOXELS];
  for (int v = 0; v < LEAF_VOXELS && !p->power; ++v) {
    const float factor = p->finest ? p->finest[l][v] : 1;
    finest[v] = p->of_label[g->label[l][v]] * (factor != 1 ? mean_power(factor) : 1);
  }
  o->key = morton_key(g->leaf[l].at);
  for (int w = 0; w < 64; ++w)
    voxel_merge(g->label[l], p->power ? p->power[l] : finest, 2 * (w % 4) + 16 * (w / 4 % 4) + 128 * (w / 16), w, o);
}

/* Ranks that own the coarse leaves above the owned leaves with voxels, else -1: that of the first fine leaf under it.
 */
static void coarse_owners(const Grid *g, int32_t *owner) {
  PetscInt64 d = 0;
  for (PetscInt l = 0; l < g->n_owned; ++l) { /* leaves and directory ascend alike */
    const uint64_t key = morton_key(g->leaf[l].at) >> 3;
    while (g->key[d] >> 3 < key)
      ++d;
    owner[l] = leaf_voxels(&g->leaf[l]) ? g->owner[d] : -1;
  }
}

/* Octants for other ranks, sent to them; those received, by sender and then by key. */
static PetscErrorCode octants_send(const Grid *g, const Porous *p, const int32_t *owner, PetscInt *n_in, Octant **in) {
  PetscMPIInt rank, size, *count;
  PetscInt64 sent = 0, total = 0;
  Octant *out;
  MPI_Datatype type;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(g->comm, &rank));
  PetscCallMPI(MPI_Comm_size(g->comm, &size));
  PetscCall(PetscCalloc1(4 * size, &count));
  for (PetscInt l = 0; l < g->n_owned; ++l)
    if (owner[l] >= 0 && owner[l] != rank)
      ++count[owner[l]];
  PetscCallMPI(MPI_Alltoall(count, 1, MPI_INT, count + size, 1, MPI_INT, g->comm));
  for (int r = 0; r < size; ++r) {
    count[2 * size + r] = (PetscMPIInt)sent;
    count[3 * size + r] = (PetscMPIInt)total;
    sent += count[r];
    total += count[size + r];
  }
  PetscCall(PetscMalloc1(sent, &out));
  PetscCall(PetscMalloc1(total, in));
  for (PetscInt l = 0; l < g->n_owned; ++l)
    if (owner[l] >= 0 && owner[l] != rank)
      octant_fill(g, l, p, &out[count[2 * size + owner[l]]++]);
  for (int r = 0; r < size; ++r)
    count[2 * size + r] -= count[r];
  PetscCallMPI(MPI_Type_contiguous((PetscMPIInt)sizeof(Octant), MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCallMPI(MPI_Alltoallv(out, count, count + 2 * size, type, *in, count + size, count + 3 * size, type, g->comm));
  PetscCallMPI(MPI_Type_free(&type));
  PetscCall(PetscFree(out));
  PetscCall(PetscFree(count));
  *n_in = (PetscInt)total;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int key_compare(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* Keys of the coarse leaves of this rank, ascending. */
static PetscErrorCode coarse_keys(const Grid *g, const int32_t *owner, PetscInt n_in, const Octant *in, PetscInt *n,
                                  uint64_t **key) {
  PetscMPIInt rank;
  PetscInt all = 0, kept = 0;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(g->comm, &rank));
  PetscCall(PetscMalloc1(g->n_owned + n_in, key));
  for (PetscInt l = 0; l < g->n_owned; ++l)
    if (owner[l] == rank)
      (*key)[all++] = morton_key(g->leaf[l].at) >> 3;
  for (PetscInt i = 0; i < n_in; ++i)
    (*key)[all++] = in[i].key >> 3;
  if (n_in)
    qsort(*key, (size_t)all, sizeof **key, key_compare);
  for (PetscInt i = 0; i < all; ++i)
    if (!kept || (*key)[kept - 1] != (*key)[i])
      (*key)[kept++] = (*key)[i];
  *n = kept;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Coarse leaves before they are a grid: in ascending key, with what they are filled with. */
typedef struct Coarse {
  uint64_t *key;
  Leaves leaves;
  Porous porous;
} Coarse;

static void octant_place(const Octant *o, Coarse *c) {
  const PetscInt64 l = key_find(c->key, c->leaves.n, o->key >> 3);
  const int v0 = 4 * (int)(o->key & 1) + 32 * (int)(o->key >> 1 & 1) + 256 * (int)(o->key >> 2 & 1);
  for (int w = 0; w < 64; ++w) {
    const int v = v0 + w % 4 + 8 * (w / 4 % 4) + 64 * (w / 16);
    c->leaves.label[l][v] = o->label[w];
    c->porous.power[l][v] = o->power[w];
  }
}

static PetscErrorCode coarse_make(const Grid *g, const Porous *p, Coarse *c) {
  int32_t *owner;
  Octant *in = NULL;
  PetscInt n_in = 0;
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  memset(c, 0, sizeof *c);
  PetscCallMPI(MPI_Comm_rank(g->comm, &rank));
  PetscCall(PetscMalloc1(g->n_owned, &owner));
  coarse_owners(g, owner);
  PetscCall(octants_send(g, p, owner, &n_in, &in));
  PetscCall(coarse_keys(g, owner, n_in, in, &c->leaves.n, &c->key));
  PetscCall(PetscMalloc1(c->leaves.n, &c->leaves.at));
  PetscCall(PetscCalloc1(c->leaves.n, &c->leaves.label));
  PetscCall(PetscCalloc1(c->leaves.n, &c->porous.power));
  for (PetscInt l = 0; l < c->leaves.n; ++l)
    morton_at(c->key[l], c->leaves.at[l]);
  for (PetscInt l = 0; l < g->n_owned; ++l)
    if (owner[l] == rank) {
      Octant o;
      octant_fill(g, l, p, &o);
      octant_place(&o, c);
    }
  for (PetscInt i = 0; i < n_in; ++i)
    octant_place(&in[i], c);
  PetscCall(PetscFree(in));
  PetscCall(PetscFree(owner));
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

/* Wishes of all owned leaves, where other ranks may have the nodes. */
static PetscErrorCode wishes_make(const Grid *g, const GridBox *box, PetscInt *n, NodeWish **wish) {
  PetscMPIInt rank, size;
  PetscInt room = 0;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(g->comm, &rank));
  PetscCallMPI(MPI_Comm_size(g->comm, &size));
  *n = 0;
  *wish = NULL;
  for (PetscInt l = 0; size > 1 && l < g->n_owned; ++l) {
    if (*n + 8 > room) {
      room = 2 * room + 64;
      PetscCall(PetscRealloc(sizeof(NodeWish) * (size_t)room, wish));
    }
    leaf_wishes(box, &g->leaf[l], n, *wish);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The grid also has leaves without voxels: copies what belongs to the voxels by place, in one pass over both. */
static PetscErrorCode coarse_copy(const Grid *coarse, const Coarse *c, const Elasticity material[256], Porous *porous,
                                  float (**scale)[LEAF_VOXELS]) {
  float solid[256];
  PetscInt l = 0;
  PetscFunctionBeginUser;
  memset(porous, 0, sizeof *porous);
  for (int label = 0; label < 256; ++label)
    solid[label] = (float)material_stiffness(&material[label]);
  PetscCall(PetscCalloc1(coarse->n_owned, &porous->power));
  PetscCall(PetscCalloc1(coarse->n_owned, scale));
  for (PetscInt i = 0; i < c->leaves.n; ++i) {
    while (morton_key(coarse->leaf[l].at) != c->key[i])
      ++l;
    memcpy(porous->power[l], c->porous.power[i], sizeof *porous->power);
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (c->leaves.label[i][v])
        (*scale)[l][v] = mean_stiffness(porous->power[l][v]) / solid[c->leaves.label[i][v]];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode coarsen(Level *fine, const Porous *porous, const Elasticity material[256], Grid **coarse, Porous *cp,
                       float (**scale)[LEAF_VOXELS]) {
  const Grid *g = fine->grid;
  GridBox box = g->box;
  NodeWish *wish = NULL;
  PetscInt n_wish = 0;
  Coarse c;
  PetscFunctionBeginUser;
  box.voxel_mm *= 2;
  for (int d = 0; d < 3; ++d)
    box.n[d] = (box.n[d] + 1) / 2;
  PetscCall(coarse_make(g, porous, &c));
  PetscCall(wishes_make(g, &box, &n_wish, &wish));
  PetscCall(grid_create(g->comm, &box, &c.leaves, n_wish, wish, coarse));
  PetscCall(PetscFree(wish));
  PetscCall(coarse_copy(*coarse, &c, material, cp, scale));
  PetscCall(leaves_free(&c.leaves));
  PetscCall(porous_free(&c.porous));
  PetscCall(PetscFree(c.key));
  PetscCall(PetscFree(fine->parent));
  PetscCall(PetscMalloc1(g->n_owned, &fine->parent));
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    const int32_t at[3] = {g->leaf[l].at[0] / 2, g->leaf[l].at[1] / 2, g->leaf[l].at[2] / 2};
    fine->parent[l] = (int32_t)grid_local_leaf(*coarse, at);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
