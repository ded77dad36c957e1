/* The operator on a whole grid, leaf by leaf, against a plain assembly over a dense box of nodes: random masks, three
   materials mixed in every row, partial volumes, periodic boxes of awkward edges.
   ranks: 1 2 4 */
#include "solver/voxel/level.h"
#include "tests/solver/voxel_build.h"

static const MPI_Comm world = MPI_COMM_WORLD;

static void materials(Elasticity c[256]) {
  memset(c, 0, 256 * sizeof *c);
  c[1] = elasticity_isotropic(1, 0.3);
  c[2] = elasticity_cubic(5, 2, 3);
  c[3] = elasticity_orthotropic((const double[3]){2, 4, 8}, (const double[3]){1, 2, 0.7},
                                (const double[3]){0.3, 0.1, 0.25});
}

/* Nodes along an axis, and the node that a corner index means. */
static PetscInt nodes_along(const GridBox *b, int c) { return b->n[c] + !b->periodic[c]; }
static size_t node_at(const GridBox *b, PetscInt i, PetscInt j, PetscInt k) {
  const PetscInt n[3] = {nodes_along(b, 0), nodes_along(b, 1), nodes_along(b, 2)};
  return (size_t)(i % n[0]) + (size_t)n[0] * ((size_t)(j % n[1]) + (size_t)n[1] * (size_t)(k % n[2]));
}
static size_t nodes_all(const GridBox *b) {
  return (size_t)nodes_along(b, 0) * (size_t)nodes_along(b, 1) * (size_t)nodes_along(b, 2);
}

static double value(size_t node, int c) { return sin(12.9898 * (double)(3 * node + (size_t)c) + 0.3); }

/* The twin: f = K u over all nodes of the box, voxel by voxel with the plain matrix. */
static double *twin(const Body *b, const Elasticity material[256]) {
  const GridBox *box = &b->box;
  double *f = calloc(3 * nodes_all(box), sizeof *f), K[4][24][24];
  for (int l = 1; l < 4; ++l)
    element_matrix(&material[l], ELEMENT_FULL, box->voxel_mm, K[l]);
  for (PetscInt k = 0; k < box->n[2]; ++k)
    for (PetscInt j = 0; j < box->n[1]; ++j)
      for (PetscInt i = 0; i < box->n[0]; ++i) {
        const size_t v = body_at(box, i, j, k);
        size_t node[8];
        for (int a = 0; a < 8; ++a)
          node[a] = node_at(box, i + (a & 1), j + (a >> 1 & 1), k + (a >> 2));
        for (int r = 0; r < 24 && b->label[v]; ++r)
          for (int s = 0; s < 24; ++s)
            f[3 * node[r / 3] + (size_t)(r % 3)] +=
                (b->factor ? (double)b->factor[v] : 1) * K[b->label[v]][r][s] * value(node[s / 3], s % 3);
      }
  return f;
}

static double *owned_numbers(const Grid *g, size_t **node) {
  double(*x)[3], *u;
  CHECK_OK(PetscMalloc1(g->nodes_owned, &x));
  CHECK_OK(PetscCalloc1(3 * g->nodes_local, &u));
  CHECK_OK(PetscMalloc1(g->nodes_owned, node));
  CHECK_OK(grid_node_positions(g, x));
  for (PetscInt n = 0; n < g->nodes_owned; ++n) {
    PetscInt at[3];
    for (int c = 0; c < 3; ++c)
      at[c] = (PetscInt)lround((x[n][c] - g->box.origin[c]) / g->box.voxel_mm);
    (*node)[n] = node_at(&g->box, at[0], at[1], at[2]);
    for (int c = 0; c < 3; ++c)
      u[3 * n + c] = value((*node)[n], c);
  }
  CHECK_OK(PetscFree(x));
  return u;
}

/* Largest difference from the twin over the largest force, the worst of all ranks. */
static double difference(const Grid *g, const size_t *node, const double *f, const double *want) {
  double most[2] = {0, 0};
  for (PetscInt n = 0; n < g->nodes_owned; ++n)
    for (int c = 0; c < 3; ++c) {
      const double d = fabs(f[3 * n + c] - want[3 * node[n] + (size_t)c]);
      most[0] = d <= most[0] ? most[0] : d; /* keeps a NAN */
    }
  for (size_t i = 0; i < 3 * nodes_all(&g->box); ++i)
    most[1] = fmax(most[1], fabs(want[i]));
  MPI_Allreduce(MPI_IN_PLACE, &most[0], 1, MPI_DOUBLE, MPI_MAX, world);
  return most[0] / most[1];
}

/* Keeps the forces of a leaf and spoils its displacements, which nobody may read any more. */
typedef struct Taken {
  const Grid *grid;
  double *ud, *yd, *f;
  float *us, *ys;
} Taken;

static void visit_take(void *context, PetscInt l) {
  Taken *t = context;
  const Leaf *leaf = &t->grid->leaf[l];
  for (PetscInt i = 3 * leaf->base; i < 3 * (leaf->base + leaf_nodes(leaf)); ++i) {
    t->f[i] = t->yd ? t->yd[i] : (double)t->ys[i];
    if (t->yd) {
      t->ud[i] = NAN;
      t->yd[i] = 0;
    } else {
      t->us[i] = NAN;
      t->ys[i] = 0;
    }
  }
}

static void in_double(const Grid *g, const Elasticity material[256], const double *u, double *f) {
  BlocksDouble *blocks = calloc(256, sizeof *blocks);
  Taken t = {.grid = g, .f = f};
  Sweep sweep;
  for (int l = 1; l < 4; ++l) {
    ElementBlocks e;
    element_blocks(&material[l], ELEMENT_FULL, g->box.voxel_mm, &e);
    memcpy(blocks[l].b, e.b, sizeof e.b);
  }
  CHECK_OK(PetscCalloc2(3 * g->nodes_local, &t.ud, 3 * g->nodes_local, &t.yd));
  CHECK_OK(PetscArraycpy(t.ud, u, 3 * (size_t)g->nodes_owned));
  CHECK_OK(sweep_create(g, (const float(*)[LEAF_VOXELS])g->stiffness_factor, &sweep));
  CHECK_OK(sweep_double(&sweep, blocks, t.ud, t.yd, visit_take, &t));
  for (PetscInt i = 0; i < 3 * g->nodes_local; ++i)
    assert_true(t.yd[i] == 0);
  CHECK_OK(sweep_free(&sweep));
  CHECK_OK(PetscFree2(t.ud, t.yd));
  free(blocks);
}

static void in_single(const Grid *g, const Elasticity material[256], const double *u, double *f) {
  Level level;
  uint8_t *fixed = calloc((size_t)g->nodes_owned + 1, 1);
  Taken t = {.grid = g, .f = f};
  float *y;
  CHECK_OK(level_create(g, NULL, g->stiffness_factor, material, ELEMENT_BY_LAW, &level));
  CHECK_OK(level_fix(&level, fixed, NULL));
  CHECK_OK(PetscCalloc3(3 * g->nodes_local, &t.us, 3 * g->nodes_local, &t.ys, 3 * g->nodes_local, &y));
  for (PetscInt i = 0; i < 3 * g->nodes_owned; ++i)
    t.us[i] = (float)u[i];
  CHECK_OK(level_apply(&level, t.us, y));
  CHECK_OK(sweep_float(&level.sweep, level.blocks, t.us, t.ys, visit_take, &t));
  for (PetscInt i = 0; i < 3 * g->nodes_owned; ++i)
    assert_true(f[i] == (double)y[i] && t.ys[i] == 0);
  CHECK_OK(PetscFree3(t.us, t.ys, y));
  CHECK_OK(level_free(&level));
  free(fixed);
}

/* Differences of the double and the single operator from the twin of `other`. */
static void compare(const Body *body, const Body *other, double error[2]) {
  Elasticity c[256];
  size_t *node;
  Grid *g = body_grid(world, body);
  double *u = owned_numbers(g, &node), *f, *want;
  materials(c);
  want = twin(other, c);
  CHECK_OK(PetscCalloc1(3 * g->nodes_local, &f));
  in_double(g, c, u, f);
  error[0] = difference(g, node, f, want);
  in_single(g, c, u, f);
  error[1] = difference(g, node, f, want);
  CHECK_OK(PetscFree(u));
  CHECK_OK(PetscFree(f));
  CHECK_OK(PetscFree(node));
  CHECK_OK(grid_destroy(&g));
  free(want);
}

static const struct {
  PetscInt n[3];
  unsigned periodic;
  double density;
} bodies[] = {{{20, 12, 5}, 0, 0.5},  {{9, 17, 8}, 0, 0.2},  {{16, 16, 16}, 0, 1},  {{5, 12, 20}, 7, 0.5},
              {{20, 5, 12}, 7, 0.9},  {{12, 20, 5}, 7, 0.1}, {{8, 16, 3}, 7, 0.6},  {{2, 1, 9}, 7, 0.7},
              {{24, 10, 11}, 1, 0.5}, {{7, 9, 16}, 4, 0.5},  {{11, 12, 13}, 2, 0.5}};

static void kernel_is_the_twin(void) {
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; ++i)
    for (int partial = 0; partial < 2; ++partial) {
      Body b = body_make(bodies[i].n[0], bodies[i].n[1], bodies[i].n[2], 0.7, bodies[i].periodic, 0);
      double error[2];
      body_scatter(&b, bodies[i].density, 3, 17 + i);
      if (partial)
        body_fractions(&b, 5 + i);
      compare(&b, &b, error);
      CHECK_BELOW(error[0], 1e-13, "the twin: same sums in another order, double");
      CHECK_BELOW(error[1], 1e-5, "the twin: same sums in another order, single");
      body_free(&b);
    }
}

/* Every instruction set that this machine has, forced as a user would. */
static void kernels_are_the_twin(void **state) {
  int run = 0;
  (void)state;
  for (int k = 0; k < LEAF_KERNELS; ++k) {
    const LeafKernel *kernel = leaf_kernel_row(k);
    setenv("TRABECULA_KERNEL", kernel->name, 1);
    if (!kernel->runs()) {
      Sweep sweep;
      Body b = body_make(3, 3, 3, 1, 0, 1);
      Grid *g = body_grid(world, &b);
      CHECK_REFUSED(sweep_create(g, NULL, &sweep));
      CHECK_OK(grid_destroy(&g));
      body_free(&b);
      print_message("kernel %s: not on this machine\n", kernel->name);
      continue;
    }
    assert_ptr_equal(leaf_kernel_choose(), kernel);
    kernel_is_the_twin();
    ++run;
  }
  setenv("TRABECULA_KERNEL", "abacus", 1);
  assert_null(leaf_kernel_choose());
  unsetenv("TRABECULA_KERNEL");
  assert_non_null(leaf_kernel_choose());
  assert_true(run > 0);
}

/* What the comparison is worth: a wrong label, a voxel too few and a neglected fraction must show. */
static void faults_are_seen(void **state) {
  (void)state;
  for (int fault = 0; fault < 3; ++fault) {
    Body b = body_make(12, 20, 13, 0.7, 7, 0), other = body_make(12, 20, 13, 0.7, 7, 0);
    double error[2];
    body_scatter(&b, 0.7, 3, 99);
    body_scatter(&other, 0.7, 3, 99);
    size_t v = body_size(&b.box) / 2;
    while (!b.label[v])
      ++v;
    if (fault == 0)
      other.label[v] = (uint8_t)(1 + b.label[v] % 3);
    else if (fault == 1)
      other.label[v] = 0;
    else
      body_fractions(&other, 1);
    compare(&b, &other, error);
    assert_true(error[0] > 1e-3 && error[1] > 1e-3);
    body_free(&b);
    body_free(&other);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(kernels_are_the_twin), cmocka_unit_test(faults_are_seen)};
CHECK_MAIN(tests)
