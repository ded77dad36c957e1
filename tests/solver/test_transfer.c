/* Transfer between a grid and its coarser one: trilinear interpolation, against the plain formula on dense boxes, and
   its transpose.
   ranks: 1 2 4 */
#include "solver/voxel/coarsen.h"
#include "solver/voxel/transfer_kernel.h"
#include "tests/solver/voxel_build.h"

static const MPI_Comm world = MPI_COMM_WORLD;

typedef double Field(const GridBox *coarse, const PetscInt at[3], int c);
static double linear(const GridBox *coarse, const PetscInt at[3], int c) {
  (void)coarse;
  return 0.3 * (double)at[c] - 0.2 * (double)at[(c + 1) % 3] + 0.1 * (double)at[(c + 2) % 3] + 1;
}
static double anything(const GridBox *coarse, const PetscInt at[3], int c) {
  double sum = c;
  for (int d = 0; d < 3; ++d)
    sum = 7.3 * sum + (double)(coarse->periodic[d] ? at[d] % coarse->n[d] : at[d]);
  return sin(sum);
}

/* Nodes' indices in the grid. */
static PetscInt (*indices(const Grid *g))[3] {
  PetscInt(*at)[3];
  double(*x)[3];
  CHECK_OK(PetscMalloc1(g->nodes_owned, &x));
  CHECK_OK(PetscMalloc1(g->nodes_owned, &at));
  CHECK_OK(grid_node_positions(g, x));
  for (PetscInt n = 0; n < g->nodes_owned; ++n)
    for (int c = 0; c < 3; ++c)
      at[n][c] = (PetscInt)lround(x[n][c] / g->box.voxel_mm);
  CHECK_OK(PetscFree(x));
  return at;
}

typedef struct Pair {
  Grid *fine;
  Level level;
  Grid *coarse;
  PetscInt (*fine_at)[3], (*coarse_at)[3];
  float *xf, *xc;
} Pair;

static Pair pair_make(const Body *b) {
  Pair p = {.fine = body_grid(world, b)};
  Elasticity c[256] = {{0}};
  Porous porous, next;
  float(*scale)[LEAF_VOXELS];
  c[1] = elasticity_isotropic(1, 0.3);
  CHECK_OK(level_create(p.fine, NULL, p.fine->stiffness_factor, c, ELEMENT_BY_LAW, &p.level));
  CHECK_OK(porous_create(p.fine, c, &porous));
  CHECK_OK(coarsen(&p.level, &porous, c, &p.coarse, &next, &scale));
  CHECK_OK(porous_free(&porous));
  CHECK_OK(porous_free(&next));
  CHECK_OK(PetscFree(scale));
  CHECK_OK(PetscCalloc1(3 * p.fine->nodes_local, &p.xf));
  CHECK_OK(PetscCalloc1(3 * p.coarse->nodes_local, &p.xc));
  p.fine_at = indices(p.fine), p.coarse_at = indices(p.coarse);
  return p;
}

static void pair_free(Pair *p) {
  CHECK_OK(level_free(&p->level));
  CHECK_OK(PetscFree(p->xf));
  CHECK_OK(PetscFree(p->xc));
  CHECK_OK(PetscFree(p->fine_at));
  CHECK_OK(PetscFree(p->coarse_at));
  CHECK_OK(grid_destroy(&p->coarse));
  CHECK_OK(grid_destroy(&p->fine));
}

static void prolong(Pair *p) {
  CHECK_OK(halo_broadcast_float(&p->coarse->halo, p->xc));
  for (PetscInt l = 0; l < p->fine->n_owned; ++l)
    p->level.sweep.kernel->prolong(p->coarse->leaf, p->level.parent[l], &p->fine->leaf[l], p->xc, p->xf);
}

/* Largest difference of the interpolated field from the plain formula, over all ranks. */
static double prolong_error(Pair *p, Field *field) {
  double worst = 0;
  for (PetscInt n = 0; n < p->coarse->nodes_owned; ++n)
    for (int c = 0; c < 3; ++c)
      p->xc[3 * n + c] = (float)field(&p->coarse->box, p->coarse_at[n], c);
  CHECK_OK(PetscMemzero(p->xf, sizeof(float) * 3 * (size_t)p->fine->nodes_local));
  prolong(p);
  for (PetscInt n = 0; n < p->fine->nodes_owned; ++n)
    for (int c = 0; c < 3; ++c) {
      double want = 0;
      for (int a = 0; a < 8; ++a) { /* mean of the coarse nodes around: half to each side of an odd index */
        PetscInt at[3];
        for (int d = 0; d < 3; ++d)
          at[d] = (p->fine_at[n][d] + (a >> d & 1)) / 2;
        want += field(&p->coarse->box, at, c) / 8;
      }
      const double e = fabs(want - p->xf[3 * n + c]);
      worst = e <= worst ? worst : e;
    }
  MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPI_DOUBLE, MPI_MAX, world);
  return worst;
}

/* |<P x, r> - <x, R r>| / (|P x| |r|). */
static double transpose_error(Pair *p) {
  double sum[4] = {0};
  float *r, *b;
  uint64_t seed = 11 + (uint64_t)p->fine->first_node;
  CHECK_OK(PetscCalloc2(3 * p->fine->nodes_local, &r, 3 * p->coarse->nodes_local, &b));
  for (PetscInt i = 0; i < 3 * p->fine->nodes_owned; ++i)
    r[i] = (float)(body_random(&seed) - 0.5);
  for (PetscInt i = 0; i < 3 * p->coarse->nodes_owned; ++i)
    p->xc[i] = (float)(body_random(&seed) - 0.5);
  CHECK_OK(PetscMemzero(p->xf, sizeof(float) * 3 * (size_t)p->fine->nodes_local));
  prolong(p);
  for (PetscInt l = 0; l < p->fine->n_owned; ++l)
    p->level.sweep.kernel->restrict_(p->coarse->leaf, p->level.parent[l], &p->fine->leaf[l], r, b);
  CHECK_OK(halo_add_float(&p->coarse->halo, b));
  for (PetscInt i = 0; i < 3 * p->fine->nodes_owned; ++i) {
    sum[0] += (double)p->xf[i] * r[i];
    sum[2] += (double)p->xf[i] * p->xf[i];
    sum[3] += (double)r[i] * r[i];
  }
  for (PetscInt i = 0; i < 3 * p->coarse->nodes_owned; ++i)
    sum[1] += (double)p->xc[i] * b[i];
  MPI_Allreduce(MPI_IN_PLACE, sum, 4, MPI_DOUBLE, MPI_SUM, world);
  CHECK_OK(PetscFree2(r, b));
  return fabs(sum[0] - sum[1]) / sqrt(sum[2] * sum[3]);
}

static const struct {
  PetscInt n[3];
  unsigned periodic;
  double density;
} bodies[] = {{{20, 13, 9}, 0, 0.3},  {{33, 8, 17}, 0, 1},   {{16, 16, 16}, 0, 0.05}, {{24, 12, 20}, 7, 0.3},
              {{40, 4, 10}, 7, 0.02}, {{8, 16, 36}, 7, 0.5}, {{12, 9, 20}, 5, 0.5},   {{4, 6, 8}, 7, 0.5}};

static void transfer_is_trilinear(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; ++i) {
    Body b = body_make(bodies[i].n[0], bodies[i].n[1], bodies[i].n[2], 0.5, bodies[i].periodic, 0);
    body_scatter(&b, bodies[i].density, 1, 3 + i);
    Pair p = pair_make(&b);
    if (!bodies[i].periodic)
      CHECK_BELOW(prolong_error(&p, linear), 1e-5, "trilinear interpolation keeps linear fields (values about 10)");
    CHECK_BELOW(prolong_error(&p, anything), 5e-7, "mean of the coarse nodes around");
    CHECK_BELOW(transpose_error(&p), 2e-7, "restriction is the transpose, in single precision");
    pair_free(&p);
    body_free(&b);
  }
}

/* Coarse voxels are solid where a child is, and no coarse node is missing, whatever the ranks. */
static void coarse_grid_is_right(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; ++i) {
    Body b = body_make(bodies[i].n[0], bodies[i].n[1], bodies[i].n[2], 0.5, bodies[i].periodic, 0);
    body_scatter(&b, bodies[i].density, 1, 3 + i);
    Body c = body_make((b.box.n[0] + 1) / 2, (b.box.n[1] + 1) / 2, (b.box.n[2] + 1) / 2, 1, bodies[i].periodic, 0);
    Pair p = pair_make(&b);
    for (PetscInt k = 0; k < b.box.n[2]; ++k)
      for (PetscInt j = 0; j < b.box.n[1]; ++j)
        for (PetscInt l = 0; l < b.box.n[0]; ++l)
          c.label[body_at(&c.box, l / 2, j / 2, k / 2)] |= b.label[body_at(&b.box, l, j, k)];
    Grid *want = body_grid(world, &c);
    uint64_t got_sum, want_sum;
    CHECK_OK(grid_checksum(want, &want_sum));
    CHECK_OK(grid_checksum(p.coarse, &got_sum));
    assert_true(got_sum == want_sum);
    CHECK_OK(grid_destroy(&want));
    pair_free(&p);
    body_free(&b);
    body_free(&c);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(transfer_is_trilinear),
                                          cmocka_unit_test(coarse_grid_is_right)};
CHECK_MAIN(tests)
