/* Voxel bodies for tests: dense arrays on every rank, dealt over the ranks leaf by leaf (the worst cut for halos);
   random connected bodies, lattices, grips on faces. */
#ifndef TRABECULA_TESTS_SOLVER_VOXEL_BUILD_H
#define TRABECULA_TESTS_SOLVER_VOXEL_BUILD_H

#include "mesh/graph.h"
#include "mesh/voxelise.h"
#include "solver/voxel/voxel.h"
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>

typedef struct Body {
  GridBox box;
  uint8_t *label;        /* [n2][n1][n0] */
  float *solid, *factor; /* the same: solid fraction and stiffness factor, maybe one array, or NULL: 1 */
} Body;

static inline double body_random(uint64_t *state) { /* [0, 1), the same on all ranks and machines */
  *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
  return (double)(*state >> 33) / 2147483648.0;
}

static inline size_t body_size(const GridBox *box) { return (size_t)box->n[0] * (size_t)box->n[1] * (size_t)box->n[2]; }

static inline size_t body_at(const GridBox *box, PetscInt i, PetscInt j, PetscInt k) {
  return (size_t)i + (size_t)box->n[0] * ((size_t)j + (size_t)box->n[1] * (size_t)k);
}

/* A box of one label (0: void). */
static inline Body body_make(PetscInt nx, PetscInt ny, PetscInt nz, double voxel_mm, unsigned periodic, uint8_t label) {
  Body b = {.box = {.voxel_mm = voxel_mm, .n = {nx, ny, nz}}};
  for (int c = 0; c < 3; ++c)
    b.box.periodic[c] = periodic >> c & 1;
  b.label = malloc(body_size(&b.box));
  memset(b.label, label, body_size(&b.box));
  return b;
}

static inline void body_free(Body *b) {
  free(b->label);
  if (b->factor != b->solid)
    free(b->factor);
  free(b->solid);
  b->label = NULL, b->solid = b->factor = NULL;
}

/* Every voxel solid with probability density, with labels 1 .. labels mixed at random. */
static inline void body_scatter(Body *b, double density, int labels, uint64_t seed) {
  for (size_t v = 0; v < body_size(&b->box); ++v) {
    const double there = body_random(&seed), which = body_random(&seed);
    b->label[v] = there < density ? (uint8_t)(1 + (int)(labels * which)) : 0;
  }
}

static inline float *body_values(const Body *b, uint64_t seed) {
  float *value = malloc(sizeof(float) * body_size(&b->box));
  for (size_t v = 0; v < body_size(&b->box); ++v)
    value[v] = (float)(0.05 + 0.95 * body_random(&seed));
  return value;
}

/* Partial volumes: the solid fraction is the stiffness factor. */
static inline void body_fractions(Body *b, uint64_t seed) { b->solid = b->factor = body_values(b, seed); }

/* Adds random voxels to the body, each at a face of one that is there, until it fills density of the box. */
static inline void body_grow(Body *b, double density, int labels, uint64_t seed) {
  const GridBox *box = &b->box;
  size_t filled = 0;
  for (size_t v = 0; v < body_size(box); ++v)
    filled += b->label[v] != 0;
  while ((double)filled < density * (double)body_size(box)) {
    PetscInt at[3];
    bool touches = false;
    for (int c = 0; c < 3; ++c)
      at[c] = (PetscInt)(body_random(&seed) * (double)box->n[c]);
    uint8_t *here = &b->label[body_at(box, at[0], at[1], at[2])];
    for (int c = 0; c < 3; ++c)
      for (int s = -1; s < 2; s += 2) {
        PetscInt to[3] = {at[0], at[1], at[2]};
        to[c] += s;
        touches |= to[c] >= 0 && to[c] < box->n[c] && b->label[body_at(box, to[0], to[1], to[2])];
      }
    const double which = body_random(&seed);
    if (*here || !touches)
      continue;
    *here = (uint8_t)(1 + (int)(labels * which));
    ++filled;
  }
}

/* This rank's leaves: leaf number n to rank n mod size. */
static inline Leaves body_leaves(MPI_Comm comm, const Body *b) {
  const GridBox *box = &b->box;
  Leaves l = {0};
  int rank, size, found = 0;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &size);
  for (int32_t z = 0; 8 * z < box->n[2]; ++z)
    for (int32_t y = 0; 8 * y < box->n[1]; ++y)
      for (int32_t x = 0; 8 * x < box->n[0]; ++x) {
        if (found++ % size != rank)
          continue;
        if (!l.n && b->solid)
          CHECK_OK(leaves_add_solid(&l));
        if (!l.n && b->factor == b->solid)
          l.stiffness_factor = l.solid;
        else if (!l.n && b->factor)
          CHECK_OK(leaves_add_stiffness_factor(&l));
        CHECK_OK(leaves_resize(&l, l.n + 1));
        memcpy(l.at[l.n - 1], (const int32_t[3]){x, y, z}, sizeof *l.at);
        for (int v = 0; v < LEAF_VOXELS; ++v) {
          const PetscInt i = 8 * x + v % 8, j = 8 * y + v / 8 % 8, k = 8 * z + v / 64;
          const bool in = i < box->n[0] && j < box->n[1] && k < box->n[2];
          l.label[l.n - 1][v] = in ? b->label[body_at(box, i, j, k)] : 0;
          if (b->solid)
            l.solid[l.n - 1][v] = in ? b->solid[body_at(box, i, j, k)] : 0;
          if (b->factor)
            l.stiffness_factor[l.n - 1][v] = in ? b->factor[body_at(box, i, j, k)] : 0;
        }
      }
  return l;
}

static inline Grid *body_grid(MPI_Comm comm, const Body *b) {
  Grid *grid;
  Leaves l = body_leaves(comm, b);
  CHECK_OK(grid_create(comm, &b->box, &l, 0, NULL, &grid));
  CHECK_OK(leaves_free(&l));
  return grid;
}

/* Rhombic dodecahedra of edge 1 mm: side: cells along each edge (0: one periodic cell), voxels a cell edge, partial
   volumes or not. Without them the struts are offset until the voxels fill what the porosity leaves. */
static inline Grid *lattice_grid(MPI_Comm comm, double porosity, int voxels, int side, bool partial) {
  const Cell *cell = cell_find("rhombic-dodecahedron");
  const int n = voxels * (side ? side : 1);
  GridBox unit = {.voxel_mm = 1.0 / voxels, .n = {voxels, voxels, voxels}, .periodic = {1, 1, 1}}, box = unit;
  double lo = 0, hi = cell->volume_limit, offset = 0;
  Shape *shape;
  Graph graph;
  Grid *grid;
  Leaves leaves = {0};
  Components found;
  for (int step = 0; step < 60; ++step) {
    const double s = (lo + hi) / 2;
    *(cell->volume2 * s * s - cell->volume3 * s * s * s < 1 - porosity ? &lo : &hi) = s;
  }
  CHECK_OK(graph_periodic(cell, 1, lo, &graph));
  CHECK_OK(shape_struts(&graph, 0, &shape));
  if (!partial)
    CHECK_OK(voxelise_match(comm, &unit, shape, 1 - porosity, &offset, NULL));
  CHECK_OK(shape_destroy(&shape));
  CHECK_OK(shape_struts(&graph, offset, &shape));
  for (int c = 0; c < 3 && side; ++c)
    box.n[c] = n, box.periodic[c] = false;
  const Part part = {1, shape};
  CHECK_OK(voxelise(comm, &box, 1, &part, partial, &leaves));
  CHECK_OK(leaves_keep_largest(comm, &box, 0, &leaves, &found));
  CHECK_OK(leaves_partition(comm, &box, &leaves));
  CHECK_OK(grid_create(comm, &box, &leaves, 0, NULL, &grid));
  CHECK_OK(leaves_free(&leaves));
  CHECK_OK(shape_destroy(&shape));
  CHECK_OK(graph_free(&graph));
  return grid;
}

/* The owned nodes for which all of lo <= x <= hi, as a grip about at (0: the origin). */
static inline Grip box_grip(const Grid *grid, const char *name, const double lo[3], const double hi[3],
                            unsigned fixed) {
  Grip g = {.fixed = fixed};
  const double small = 1e-6 * grid->box.voxel_mm;
  double(*x)[3];
  snprintf(g.name, sizeof g.name, "%s", name);
  CHECK_OK(PetscMalloc1(grid->nodes_owned, &x));
  CHECK_OK(PetscMalloc1(grid->nodes_owned, &g.node));
  CHECK_OK(grid_node_positions(grid, x));
  for (PetscInt i = 0; i < grid->nodes_owned; ++i) {
    bool in = true;
    for (int c = 0; c < 3; ++c)
      in &= x[i][c] >= lo[c] - small && x[i][c] <= hi[c] + small;
    if (in)
      g.node[g.n++] = i;
  }
  CHECK_OK(PetscFree(x));
  return g;
}

/* The nodes in the plane x[axis] = at, which is also where the reference point lies. */
static inline Grip plane_grip(const Grid *grid, const char *name, int axis, double at, unsigned fixed) {
  double lo[3] = {-HUGE_VAL, -HUGE_VAL, -HUGE_VAL}, hi[3] = {HUGE_VAL, HUGE_VAL, HUGE_VAL};
  lo[axis] = hi[axis] = at;
  Grip g = box_grip(grid, name, lo, hi, fixed);
  g.at[axis] = at;
  return g;
}

static inline Grip point_grip(const Grid *grid, const char *name, const double x[3], unsigned fixed) {
  Grip g = box_grip(grid, name, x, x, fixed);
  memcpy(g.at, x, sizeof g.at);
  return g;
}

static inline void grips_free(int n, Grip *grip) {
  for (int i = 0; i < n; ++i)
    CHECK_OK(PetscFree(grip[i].node));
}

/* Clamps both ends along axis and moves the upper one by -strain times the height: the force on it, N. */
static inline double compress_clamped(VoxelModel *m, const Grid *grid, int axis, double strain, SolveInfo *info) {
  const double height = grid->box.voxel_mm * (double)grid->box.n[axis];
  Grip grip[2] = {plane_grip(grid, "bottom", axis, 0, GRIP_XYZ), plane_grip(grid, "top", axis, height, GRIP_XYZ)};
  double motion[2][6] = {{0}}, reaction[2][6];
  Vec u;
  motion[1][axis] = -strain * height;
  CHECK_OK(voxel_grips(m, 2, grip));
  CHECK_OK(voxel_vector(m, &u));
  CHECK_OK(voxel_solve(m, (const double(*)[6])motion, NULL, u, info));
  CHECK_OK(voxel_reactions(m, u, NULL, reaction));
  CHECK_OK(VecDestroy(&u));
  grips_free(2, grip);
  return -reaction[1][axis];
}

#endif
