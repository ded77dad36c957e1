/* The voxel grid: every node numbered once and where it belongs, ghosts and halo, checksum, wishes, huge boxes.
   ranks: 1 2 4 */
#include "tests/mesh/leaves_check.h"

static const MPI_Comm world = MPI_COMM_WORLD;

static PetscInt nodes_along(const GridBox *b, int c) { return b->n[c] + !b->periodic[c]; }
static size_t node_at(const GridBox *b, const PetscInt at[3]) {
  const PetscInt n[3] = {nodes_along(b, 0), nodes_along(b, 1), nodes_along(b, 2)};
  return (size_t)(at[0] % n[0]) + (size_t)n[0] * ((size_t)(at[1] % n[1]) + (size_t)n[1] * (size_t)(at[2] % n[2]));
}
static size_t nodes_all(const GridBox *b) {
  return (size_t)nodes_along(b, 0) * (size_t)nodes_along(b, 1) * (size_t)nodes_along(b, 2);
}

static uint8_t *random_labels(const GridBox *box, double density, uint64_t seed) {
  const size_t n = (size_t)box->n[0] * (size_t)box->n[1] * (size_t)box->n[2];
  uint8_t *label = calloc(n, 1);
  for (size_t v = 0; v < n; ++v) {
    const uint64_t h = mix(seed * 1000003 + v);
    label[v] = (double)(h >> 40) < density * 16777216 ? (uint8_t)(1 + (h & 3)) : 0;
  }
  return label;
}

/* Adds 1 in touch [nodes] at the corners of solid voxels of this rank's grid (grid NULL: of all labels), once a node.
 */
static void touch_nodes(const GridBox *box, const uint8_t *label, const Grid *grid, int *touch) {
  for (PetscInt v = 0; v < box->n[0] * box->n[1] * box->n[2]; ++v) {
    const PetscInt at[3] = {v % box->n[0], v / box->n[0] % box->n[1], v / box->n[0] / box->n[1]};
    const int32_t leaf[3] = {(int32_t)at[0] / 8, (int32_t)at[1] / 8, (int32_t)at[2] / 8};
    int rank;
    MPI_Comm_rank(world, &rank);
    if (!label[v] || (grid && grid_owner(grid, leaf) != rank))
      continue;
    for (int a = 0; a < 8; ++a)
      touch[node_at(box, (const PetscInt[3]){at[0] + (a & 1), at[1] + (a >> 1 & 1), at[2] + (a >> 2)})] = 1;
  }
}

static const struct {
  PetscInt n[3];
  bool periodic[3];
  double density;
} boxes[] = {{{20, 13, 9}, {0, 0, 0}, 0.05}, {{16, 8, 24}, {0, 0, 0}, 1},  {{5, 12, 20}, {1, 1, 1}, 0.4},
             {{16, 24, 8}, {1, 1, 1}, 0.02}, {{17, 1, 2}, {1, 1, 1}, 0.9}, {{30, 11, 16}, {0, 1, 0}, 0.2}};
enum { BOXES = 6 };

static Grid *make(int which, bool dealt, GridBox *box, uint8_t **label) {
  Grid *g;
  *box = (GridBox){.voxel_mm = 0.3, .origin = {-1, 2, 5}};
  for (int c = 0; c < 3; ++c)
    box->n[c] = boxes[which].n[c], box->periodic[c] = boxes[which].periodic[c];
  *label = random_labels(box, boxes[which].density, 7);
  Leaves l = leaves_from_dense(world, box, *label, dealt);
  CHECK_OK(grid_create(world, box, &l, 0, NULL, &g));
  CHECK_OK(leaves_free(&l));
  return g;
}

static void place(const GridBox *box, const double x[3], PetscInt at[3]) {
  for (int c = 0; c < 3; ++c) {
    at[c] = (PetscInt)lround((x[c] - box->origin[c]) / box->voxel_mm);
    assert_true(fabs(box->origin[c] + box->voxel_mm * (double)at[c] - x[c]) < 1e-12);
  }
}

static void nodes_are_numbered_once(void **state) {
  (void)state;
  for (int run = 0; run < 2 * BOXES; ++run) {
    GridBox box;
    uint8_t *label;
    Grid *g = make(run / 2, run % 2, &box, &label);
    int *want = calloc(nodes_all(&box), sizeof *want), *count = calloc(nodes_all(&box), sizeof *count);
    double(*x)[3] = malloc(sizeof *x * (size_t)(g->nodes_owned + 1));
    PetscInt64 total = 0;
    PetscInt n = 0;
    touch_nodes(&box, label, NULL, want);
    CHECK_OK(grid_node_positions(g, x));
    for (PetscInt i = 0; i < g->nodes_owned; ++i) {
      PetscInt at[3];
      place(&box, x[i], at);
      for (int c = 0; c < 3; ++c)
        assert_true(at[c] < nodes_along(&box, c));
      ++count[node_at(&box, at)];
    }
    for (PetscInt l = 0; l < g->n_owned; ++l) {
      const Leaf *leaf = &g->leaf[l];
      assert_true(!l || morton_key(leaf[-1].at) < morton_key(leaf->at));
      for (int v = 0; v < LEAF_VOXELS; ++v) {
        assert_true((leaf->voxel[v / 8] >> v % 8 & 1) == (g->label[l][v] != 0));
        if (!(leaf->node[v / 8] >> v % 8 & 1))
          continue;
        assert_int_equal(leaf_node(leaf, v % 8, v / 8 % 8, v / 64), n);
        const double corner[3] = {8 * leaf->at[0] + v % 8, 8 * leaf->at[1] + v / 8 % 8, 8 * leaf->at[2] + v / 64};
        for (int c = 0; c < 3; ++c)
          assert_true(fabs(box.origin[c] + 0.3 * corner[c] - x[n][c]) < 1e-12);
        ++n;
      }
    }
    assert_int_equal(n, g->nodes_owned);
    MPI_Allreduce(MPI_IN_PLACE, count, (int)nodes_all(&box), MPI_INT, MPI_SUM, world);
    for (size_t i = 0; i < nodes_all(&box); ++i) {
      assert_int_equal(count[i], want[i]);
      total += want[i];
    }
    assert_true(total == g->nodes_global);
    PetscInt64 before = 0, mine = g->nodes_owned;
    MPI_Scan(&mine, &before, 1, MPIU_INT64, MPI_SUM, world);
    assert_true(g->first_node == before - mine);
    free(want), free(count), free(x), free(label);
    CHECK_OK(grid_destroy(&g));
  }
}

static void voxels_are_where_they_were(void **state) {
  (void)state;
  for (int which = 0; which < BOXES; ++which) {
    GridBox box;
    uint8_t *label, *mark;
    Grid *g = make(which, true, &box, &label);
    const int all = (int)(box.n[0] * box.n[1] * box.n[2]);
    double(*x)[3] = malloc(sizeof *x * (size_t)(g->voxels_owned + 1)), density, solid = 0;
    uint8_t *own = malloc((size_t)g->voxels_owned + 1);
    mark = calloc((size_t)all, 1);
    CHECK_OK(grid_voxel_centres(g, x, own));
    for (PetscInt v = 0; v < g->voxels_owned; ++v) {
      PetscInt at[3];
      for (int c = 0; c < 3; ++c)
        x[v][c] -= 0.15; /* half an edge: the lower corner */
      place(&box, x[v], at);
      mark[at[0] + box.n[0] * (at[1] + box.n[1] * at[2])] += own[v];
    }
    MPI_Allreduce(MPI_IN_PLACE, mark, all, MPI_UINT8_T, MPI_SUM, world);
    assert_memory_equal(mark, label, (size_t)all);
    for (int v = 0; v < all; ++v)
      solid += label[v] != 0;
    assert_true((double)g->voxels_global == solid);
    CHECK_OK(grid_relative_density(g, &density));
    CHECK_NEAR(density, solid / all, 1e-14, "solid voxels over all");
    free(x), free(own), free(label), free(mark);
    CHECK_OK(grid_destroy(&g));
  }
}

/* The eight corners of every owned voxel, found through next[], carry their own place; broadcast gave it to ghosts. */
static void ghosts_are_where_they_belong(void **state) {
  (void)state;
  for (int run = 0; run < 2 * BOXES; ++run) {
    GridBox box;
    uint8_t *label;
    Grid *g = make(run / 2, run % 2, &box, &label);
    double(*x)[3] = calloc((size_t)g->nodes_local + 1, sizeof *x);
    float(*xf)[3] = calloc((size_t)g->nodes_local + 1, sizeof *xf);
    CHECK_OK(grid_node_positions(g, x));
    for (PetscInt i = 0; i < g->nodes_owned; ++i)
      for (int c = 0; c < 3; ++c)
        xf[i][c] = (float)x[i][c];
    CHECK_OK(halo_broadcast_double(&g->halo, &x[0][0]));
    CHECK_OK(halo_broadcast_float(&g->halo, &xf[0][0]));
    for (PetscInt l = 0; l < g->n_owned; ++l)
      for (int corner = 0; corner < 8 * LEAF_VOXELS; ++corner) {
        const int v = corner / 8, at[3] = {v % 8, v / 8 % 8, v / 64};
        int to[3], side = 0;
        if (!g->label[l][v])
          continue;
        for (int c = 0; c < 3; ++c) {
          to[c] = at[c] + (corner >> c & 1);
          if (to[c] == g->leaf[l].extent[c])
            to[c] = 0, side |= 1 << c;
        }
        assert_true(g->leaf[l].next[side] >= 0);
        const Leaf *leaf = &g->leaf[g->leaf[l].next[side]];
        assert_true(leaf->node[to[1] + 8 * to[2]] >> to[0] & 1);
        const int32_t n = leaf_node(leaf, to[0], to[1], to[2]);
        for (int c = 0; c < 3; ++c) {
          const PetscInt index = 8 * g->leaf[l].at[c] + at[c] + (corner >> c & 1);
          const double want = box.origin[c] + 0.3 * (double)(index % nodes_along(&box, c));
          assert_true(fabs(x[n][c] - want) < 1e-12 && fabs((double)xf[n][c] - want) < 1e-5);
        }
      }
    free(x), free(xf), free(label);
    CHECK_OK(grid_destroy(&g));
  }
}

/* Ones on all local nodes, added up at the owners: one for the owner, one for every other rank whose voxels touch. */
static void halo_adds_every_ghost_once(void **state) {
  (void)state;
  for (int run = 0; run < 2 * BOXES; ++run) {
    GridBox box;
    uint8_t *label;
    Grid *g = make(run / 2, run % 2, &box, &label);
    const size_t all = nodes_all(&box);
    int *mine = calloc(all, sizeof *mine), *ranks = calloc(all, sizeof *ranks);
    double(*x)[3] = malloc(sizeof *x * (size_t)(g->nodes_owned + 1));
    double *d = malloc(3 * sizeof *d * (size_t)(g->nodes_local + 1));
    float *f = malloc(3 * sizeof *f * (size_t)(g->nodes_local + 1));
    for (PetscInt i = 0; i < 3 * g->nodes_local; ++i)
      d[i] = f[i] = 1;
    touch_nodes(&box, label, g, mine);
    MPI_Allreduce(mine, ranks, (int)all, MPI_INT, MPI_SUM, world);
    CHECK_OK(grid_node_positions(g, x));
    CHECK_OK(halo_add_double(&g->halo, d));
    CHECK_OK(halo_add_float(&g->halo, f));
    for (PetscInt i = 0; i < g->nodes_owned; ++i) {
      PetscInt at[3];
      place(&box, x[i], at);
      const size_t n = node_at(&box, at);
      for (int c = 0; c < 3; ++c) {
        assert_true(d[3 * i + c] == 1 + ranks[n] - mine[n]);
        assert_true(f[3 * i + c] == 1 + ranks[n] - mine[n]);
      }
    }
    free(mine), free(ranks), free(x), free(d), free(f), free(label);
    CHECK_OK(grid_destroy(&g));
  }
}

static uint64_t sum_of(MPI_Comm comm, const GridBox *box, const uint8_t *label, bool dealt) {
  Leaves l = leaves_from_dense(comm, box, label, dealt);
  Grid *g;
  uint64_t sum;
  CHECK_OK(grid_create(comm, box, &l, 0, NULL, &g));
  CHECK_OK(grid_checksum(g, &sum));
  CHECK_OK(leaves_free(&l));
  CHECK_OK(grid_destroy(&g));
  return sum;
}

static void checksum_knows_the_body_not_the_ranks(void **state) {
  (void)state;
  for (int which = 0; which < BOXES; ++which) {
    GridBox box;
    uint8_t *label;
    Grid *g = make(which, false, &box, &label);
    const size_t n = (size_t)(box.n[0] * box.n[1] * box.n[2]);
    uint64_t sum;
    size_t v = 0;
    CHECK_OK(grid_checksum(g, &sum));
    CHECK_OK(grid_destroy(&g));
    assert_true(sum == sum_of(world, &box, label, true));
    assert_true(sum == sum_of(PETSC_COMM_SELF, &box, label, false));
    while (!label[v])
      ++v;
    label[v] ^= 8;
    assert_true(sum != sum_of(world, &box, label, true));
    label[v] ^= 8;
    for (size_t w = 0; w < n; ++w)
      if (!label[w]) { /* the voxel moves */
        label[w] = label[v], label[v] = 0;
        assert_true(sum != sum_of(world, &box, label, true));
        break;
      }
    free(label);
  }
}

/* Every rank wishes for all nodes of all leaves, twice, its own included. */
static void wishes_come_true(void **state) {
  (void)state;
  GridBox box;
  uint8_t *label;
  Grid *g = make(0, true, &box, &label), *wide;
  NodeWish *wish = calloc((size_t)(2 * g->n_directory), sizeof *wish);
  Leaves l = leaves_from_dense(world, &box, label, true);
  int rank;
  MPI_Comm_rank(world, &rank);
  for (PetscInt64 d = 0; d < g->n_directory; ++d) {
    NodeWish *w = &wish[2 * d];
    for (int c = 0; c < 3; ++c)
      for (int bit = 0; bit < 21; ++bit)
        w->at[c] |= (int32_t)(g->key[d] >> (3 * bit + c) & 1) << bit;
    if (g->owner[d] == rank)
      memcpy(w->node, g->leaf[grid_local_leaf(g, w->at)].node, sizeof w->node);
    MPI_Bcast(w->node, sizeof w->node, MPI_BYTE, g->owner[d], world);
    w[1] = w[0];
  }
  CHECK_OK(grid_create(world, &box, &l, (PetscInt)(2 * g->n_directory), wish, &wide));
  assert_true(wide->nodes_local == wide->nodes_global && wide->nodes_owned == g->nodes_owned);
  double(*x)[3] = calloc((size_t)wide->nodes_local, sizeof *x);
  CHECK_OK(grid_node_positions(wide, x));
  CHECK_OK(halo_broadcast_double(&wide->halo, &x[0][0]));
  for (PetscInt64 d = 0; d < g->n_directory; ++d) {
    const PetscInt at = grid_local_leaf(wide, wish[2 * d].at);
    assert_true(at >= 0);
    assert_memory_equal(wide->leaf[at].node, wish[2 * d].node, LEAF_ROWS);
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (wish[2 * d].node[v / 8] >> v % 8 & 1) {
        const int32_t n = leaf_node(&wide->leaf[at], v % 8, v / 8 % 8, v / 64);
        const double want = box.origin[2] + 0.3 * (8 * wish[2 * d].at[2] + v / 64);
        assert_true(fabs(x[n][2] - want) < 1e-12);
      }
  }
  free(wish), free(x), free(label);
  CHECK_OK(leaves_free(&l));
  CHECK_OK(grid_destroy(&wide));
  CHECK_OK(grid_destroy(&g));
}

/* 4096^3 voxels are 2^36; five full leaves of them, one at the far corner and two that touch at an edge. */
static void box_may_be_huge(void **state) {
  (void)state;
  static const int32_t at[5][3] = {{0, 0, 0}, {511, 511, 511}, {511, 0, 255}, {200, 300, 400}, {201, 301, 400}};
  int rank, size;
  MPI_Comm_rank(world, &rank);
  MPI_Comm_size(world, &size);
  for (int periodic = 0; periodic < 2; ++periodic) {
    GridBox box = {.voxel_mm = 0.001, .n = {4096, 4096, 4096}, .periodic = {periodic, periodic, periodic}};
    Leaves l = {0};
    Grid *g;
    double density, far[3] = {0, 0, 0};
    for (int i = 0; i < 5; ++i) {
      if (i % size != rank)
        continue;
      CHECK_OK(leaves_resize(&l, l.n + 1));
      memcpy(l.at[l.n - 1], at[i], sizeof *at);
      memset(l.label[l.n - 1], 1, LEAF_VOXELS);
    }
    CHECK_OK(grid_create(world, &box, &l, 0, NULL, &g));
    CHECK_OK(leaves_free(&l));
    assert_true(g->voxels_global == 5 * 512);
    /* two leaves share an edge of nine nodes; across the period the first and the far corner share a node */
    assert_true(g->nodes_global == 5 * 729 - 9 - periodic);
    CHECK_OK(grid_relative_density(g, &density));
    CHECK_NEAR(density, 5 * 512 / 68719476736.0, 1e-14, "2560 voxels of 2^36");
    double(*x)[3] = malloc(sizeof *x * (size_t)(g->nodes_owned + 1));
    CHECK_OK(grid_node_positions(g, x));
    for (PetscInt i = 0; i < g->nodes_owned; ++i)
      for (int c = 0; c < 3; ++c)
        far[c] = fmax(far[c], x[i][c]);
    MPI_Allreduce(MPI_IN_PLACE, far, 3, MPI_DOUBLE, MPI_MAX, world);
    for (int c = 0; c < 3; ++c)
      CHECK_NEAR(far[c], periodic ? 4.095 : 4.096, 1e-12, "the last node; node 4096 is node 0 across a period");
    free(x);
    CHECK_OK(grid_destroy(&g));
  }
}

static void nonsense_is_refused(void **state) {
  (void)state;
  const GridBox box = {.voxel_mm = 1, .n = {16, 16, 16}};
  Leaves l = {0}, twice = {0};
  Grid *g = NULL;
  CHECK_REFUSED(grid_create(world, &box, &l, 0, NULL, &g));
  CHECK_OK(leaves_resize(&l, 1));
  memset(l.at[0], 0, sizeof *l.at);
  memset(l.label[0], 0, LEAF_VOXELS);
  CHECK_REFUSED(grid_create(world, &box, &l, 0, NULL, &g)); /* a leaf, but void */
  CHECK_OK(leaves_resize(&twice, 2));
  memset(twice.at, 0, 2 * sizeof *twice.at);
  memset(twice.label, 1, 2 * sizeof *twice.label);
  CHECK_FAILS(grid_create(world, &box, &twice, 0, NULL, &g),
              PETSC_ERR_PLIB); /* the same leaf again: whose voxels would it be? */
  const GridBox low = {.voxel_mm = 1, .n = {16, 16, 7}};
  CHECK_OK(leaves_resize(&twice, 1));
  CHECK_FAILS(grid_create(PETSC_COMM_SELF, &low, &twice, 0, NULL, &g),
              PETSC_ERR_PLIB); /* its eighth layer sticks out */
  CHECK_OK(leaves_free(&l));
  CHECK_OK(leaves_free(&twice));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(nodes_are_numbered_once),
                                          cmocka_unit_test(voxels_are_where_they_were),
                                          cmocka_unit_test(ghosts_are_where_they_belong),
                                          cmocka_unit_test(halo_adds_every_ghost_once),
                                          cmocka_unit_test(checksum_knows_the_body_not_the_ranks),
                                          cmocka_unit_test(wishes_come_true),
                                          cmocka_unit_test(box_may_be_huge),
                                          cmocka_unit_test(nonsense_is_refused)};
CHECK_MAIN(tests)
