/* Largest face-connected piece against a plain flood fill, on any number of ranks.
   ranks: 1 2 4 */
#include "mesh/leaf_pieces.h"
#include "tests/mesh/leaves_check.h"
#include <stdlib.h>

static const MPI_Comm world = MPI_COMM_WORLD;

static double uniform(unsigned *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return *seed / 4294967296.0;
}

typedef struct Flood {
  PetscInt64 components, largest, solid;
  int winners; /* components as large as the largest */
  uint8_t *kept;
} Flood;

static PetscInt step_to(const GridBox *box, PetscInt v, int axis, int by) {
  PetscInt stride = axis == 0 ? 1 : axis == 1 ? box->n[0] : box->n[0] * box->n[1], at = v / stride % box->n[axis];
  PetscInt next = at + by;
  if (next < 0 || next >= box->n[axis]) {
    if (!box->periodic[axis])
      return -1;
    next = next < 0 ? box->n[axis] - 1 : 0;
  }
  return v + (next - at) * stride;
}

/* The dumb twin: flood fill of the dense box; kept [n] marks the (first) largest piece. */
static Flood flood(const GridBox *box, const uint8_t *label) {
  const PetscInt n = box->n[0] * box->n[1] * box->n[2];
  PetscInt *piece = calloc((size_t)n, sizeof *piece), *stack = malloc((size_t)n * sizeof *stack), best = 0;
  Flood f = {0, 0, 0, 0, calloc((size_t)n, 1)};
  for (PetscInt v = 0; v < n; ++v) {
    PetscInt64 size = 0;
    PetscInt depth = 0;
    f.solid += label[v] != 0;
    if (!label[v] || piece[v])
      continue;
    piece[v] = (PetscInt)++f.components;
    stack[depth++] = v;
    while (depth) {
      PetscInt here = stack[--depth];
      ++size;
      for (int d = 0; d < 6; ++d) {
        PetscInt next = step_to(box, here, d / 2, d % 2 ? 1 : -1);
        if (next < 0 || !label[next] || piece[next])
          continue;
        piece[next] = piece[v];
        stack[depth++] = next;
      }
    }
    f.winners = size > f.largest ? 1 : f.winners + (size == f.largest);
    if (size > f.largest) {
      f.largest = size;
      best = piece[v];
    }
  }
  for (PetscInt v = 0; v < n; ++v)
    f.kept[v] = best && piece[v] == best;
  free(piece);
  free(stack);
  return f;
}

/* The library against the twin; returns the checksum of what is kept. */
static uint64_t compare(const GridBox *box, const uint8_t *label, bool dealt) {
  const PetscInt n = box->n[0] * box->n[1] * box->n[2];
  Leaves leaves = leaves_from_dense(world, box, label, dealt);
  Flood wanted = flood(box, label);
  Components found;
  uint64_t sum;
  uint8_t *dense;
  CHECK_OK(leaves_keep_largest(world, box, 0, &leaves, &found));
  assert_true(found.components == wanted.components);
  assert_true(found.voxels_kept == wanted.largest);
  assert_true(found.voxels_kept + found.voxels_dropped == wanted.solid);
  dense = leaves_dense(world, box, &leaves);
  for (PetscInt v = 0; v < n && wanted.winners == 1; ++v)
    assert_int_equal(dense[v], wanted.kept[v] ? label[v] : 0);
  for (PetscInt l = 0; l < leaves.n; ++l) { /* no empty leaf stays */
    int solid = 0;
    for (int v = 0; v < LEAF_VOXELS; ++v)
      solid += leaves.label[l][v] != 0;
    assert_true(solid > 0);
  }
  sum = leaves_sum(world, &leaves);
  free(dense);
  free(wanted.kept);
  CHECK_OK(leaves_free(&leaves));
  return sum;
}

/* Boxes of several sizes, each with all its directions periodic or not: look at them filled by chance. */
static void random_boxes(uint8_t fill(unsigned run, PetscInt v, unsigned *seed),
                         void look(const GridBox *box, const uint8_t *label, bool dealt)) {
  static const PetscInt n[3][3] = {{25, 17, 30}, {16, 16, 16}, {8, 3, 41}};
  for (unsigned run = 0; run < 24; ++run) {
    GridBox box = {.voxel_mm = 1, .n = {n[run % 3][0], n[run % 3][1], n[run % 3][2]}};
    const PetscInt m = box.n[0] * box.n[1] * box.n[2];
    uint8_t *label = malloc((size_t)m);
    unsigned seed = run;
    for (int c = 0; c < 3; ++c)
      box.periodic[c] = run >> c & 1;
    for (PetscInt v = 0; v < m; ++v)
      label[v] = fill(run, v, &seed);
    look(&box, label, run % 2);
    free(label);
  }
}

/* About the percolation threshold of the simple cubic lattice, 0.3116. */
static uint8_t fill_near_threshold(unsigned run, PetscInt v, unsigned *seed) {
  return uniform(seed) < 0.24 + 0.006 * run ? (uint8_t)(1 + v % 3) : 0;
}

static void compare_only(const GridBox *box, const uint8_t *label, bool dealt) { compare(box, label, dealt); }

static void random_voxels(void **state) {
  (void)state;
  random_boxes(fill_near_threshold, compare_only);
}

/* Voxels of label 3 are slivers: those that touch the largest piece of the others stay, and count in none. */
static void compare_slivers(const GridBox *box, const uint8_t *label, bool dealt) {
  const PetscInt n = box->n[0] * box->n[1] * box->n[2];
  Leaves leaves = leaves_from_dense(world, box, label, dealt);
  uint8_t *strong = malloc((size_t)n), *dense;
  PetscInt64 kept = 0;
  Components found;
  for (PetscInt v = 0; v < n; ++v)
    strong[v] = label[v] == 3 ? 0 : label[v];
  const Flood wanted = flood(box, strong);
  CHECK_OK(PetscMalloc1(PetscMax(leaves.n, 1), &leaves.solid));
  for (PetscInt l = 0; l < leaves.n; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v)
      leaves.solid[l][v] = leaves.label[l][v] == 3 ? 0.19F : 0.2F * leaves.label[l][v];
  CHECK_OK(leaves_keep_largest(world, box, 0.2F, &leaves, &found));
  assert_true(wanted.winners == 1); /* else the boxes are not good ones */
  assert_true(found.components == wanted.components);
  assert_true(found.voxels_dropped == wanted.solid - wanted.largest);
  dense = leaves_dense(world, box, &leaves);
  for (PetscInt v = 0; v < n; ++v) {
    bool stays = wanted.kept[v];
    for (int d = 0; d < 6 && label[v] == 3; ++d) {
      PetscInt next = step_to(box, v, d / 2, d % 2 ? 1 : -1);
      stays |= next >= 0 && wanted.kept[next];
    }
    assert_int_equal(dense[v], stays ? label[v] : 0);
    kept += stays;
  }
  assert_true(found.voxels_kept == kept && kept > wanted.largest);
  free(dense);
  free(strong);
  free(wanted.kept);
  CHECK_OK(leaves_free(&leaves));
}

static uint8_t fill_with_slivers(unsigned run, PetscInt v, unsigned *seed) {
  (void)run, (void)v;
  return uniform(seed) < 0.7 ? (uint8_t)(1 + 3 * uniform(seed)) : 0;
}

/* Plates at the two ends of the box along z. */
static unsigned touch_ends(const void *context, const GridBox *box, const PetscInt at[3]) {
  (void)context;
  return (at[2] == 0 ? 1u : 0) | (at[2] == box->n[2] - 1 ? 2u : 0);
}

/* The dumb twin: kept [n] marks all regions that reach both ends; the numbers of regions and of those kept. */
static uint8_t *flood_held(const GridBox *box, const uint8_t *label, PetscInt64 *regions, PetscInt64 *held) {
  const PetscInt n = box->n[0] * box->n[1] * box->n[2], layer = box->n[0] * box->n[1];
  uint8_t *kept = calloc((size_t)n, 1), *seen = calloc((size_t)n, 1);
  PetscInt *stack = malloc((size_t)n * sizeof *stack);
  *regions = *held = 0;
  for (PetscInt v = 0; v < n; ++v) {
    PetscInt last = 0;
    unsigned touch = 0;
    if (!label[v] || seen[v])
      continue;
    ++*regions;
    seen[v] = 1;
    stack[last++] = v;
    for (PetscInt i = 0; i < last; ++i) { /* the list of the region is the queue as well */
      touch |= (stack[i] < layer ? 1u : 0) | (stack[i] >= n - layer ? 2u : 0);
      for (int d = 0; d < 6; ++d) {
        const PetscInt next = step_to(box, stack[i], d / 2, d % 2 ? 1 : -1);
        if (next >= 0 && label[next] && !seen[next]) {
          seen[next] = 1;
          stack[last++] = next;
        }
      }
    }
    *held += touch == 3;
    for (PetscInt i = 0; i < last; ++i)
      kept[stack[i]] = touch == 3;
  }
  free(seen);
  free(stack);
  return kept;
}

/* Box and outermost voxels at the lower plate of the regions, as one sum over all: whatever their order. */
static void check_regions(const GridBox *box, const uint8_t *dense, PetscInt64 n, const Region *region) {
  PetscInt64 voxels = 0, solid = 0;
  for (PetscInt64 r = 0; r < n; ++r) {
    const Region *g = &region[r];
    voxels += g->voxels;
    assert_true(g->lo[2] == 0 && g->hi[2] == box->n[2] - 1);
    for (int end = 0; end < 2; ++end) {
      assert_true(g->foot[end][2] == 0 && dense[g->foot[end][0] + box->n[0] * g->foot[end][1]]);
      for (int c = 0; c < 2; ++c)
        assert_true(g->foot[end][c] >= g->lo[c] && g->foot[end][c] <= g->hi[c]);
    }
    assert_true(g->foot[0][0] <= g->foot[1][0]);
  }
  for (PetscInt v = 0; v < box->n[0] * box->n[1] * box->n[2]; ++v)
    solid += dense[v] != 0;
  assert_true(voxels == solid);
}

static int several; /* boxes in which more than one region was held */

static void compare_held(const GridBox *box, const uint8_t *label, bool dealt) {
  const Plates plates = {.touch = touch_ends, .across = 0};
  Leaves leaves = leaves_from_dense(world, box, label, dealt);
  PetscInt64 regions, held;
  uint8_t *wanted = flood_held(box, label, &regions, &held), *dense;
  Components found;
  Region *region;
  CHECK_OK(leaves_keep_held(world, box, 0, &plates, &leaves, &found, &region));
  assert_true(found.components == regions && found.kept == held);
  assert_true((double)found.voxels_dropped == found.solid_dropped);
  dense = leaves_dense(world, box, &leaves);
  for (PetscInt v = 0; v < box->n[0] * box->n[1] * box->n[2]; ++v)
    assert_int_equal(dense[v], wanted[v] ? label[v] : 0);
  check_regions(box, dense, found.kept, region);
  several += held > 1;
  free(dense);
  free(wanted);
  CHECK_OK(PetscFree(region));
  CHECK_OK(leaves_free(&leaves));
}

/* Columns that stand alone, with gaps and bridges by chance. */
static uint8_t fill_columns(unsigned run, PetscInt v, unsigned *seed) {
  static const PetscInt nx[3] = {25, 16, 8}, ny[3] = {17, 16, 3};
  const PetscInt i = v % nx[run % 3], j = v / nx[run % 3] % ny[run % 3];
  const double column = i % 3 == 1 && j % 3 == 1 ? 0.99 : 0.15;
  return uniform(seed) < column ? (uint8_t)(1 + v % 3) : 0;
}

static void held_by_both(void **state) {
  (void)state;
  several = 0;
  random_boxes(fill_columns, compare_held);
  assert_true(several > 5);
  random_boxes(fill_near_threshold, compare_held);
}

static void slivers(void **state) {
  (void)state;
  random_boxes(fill_with_slivers, compare_slivers);
}

static void checkerboard(void **state) {
  (void)state;
  const GridBox box = {.voxel_mm = 1, .n = {24, 40, 16}, .periodic = {true, true, true}};
  uint8_t *label = malloc(24 * 40 * 16), piece[LEAF_VOXELS];
  Leaves leaves;
  Components found;
  for (int v = 0; v < 24 * 40 * 16; ++v)
    label[v] = (v + v / 24 + v / 24 / 40) % 2;
  compare(&box, label, false);
  leaves = leaves_from_dense(world, &box, label, true);
  for (PetscInt l = 0; l < leaves.n; ++l)
    assert_int_equal(leaf_pieces(leaves.label[l], piece), 256);
  CHECK_OK(leaves_keep_largest(world, &box, 0, &leaves, &found));
  assert_true(found.components == 24 * 40 * 8 && found.voxels_kept == 1);
  for (PetscInt l = 0; l < leaves.n; ++l) /* the tie goes to the lowest voxel */
    assert_true(leaves.at[l][0] == 0 && leaves.at[l][1] == 0 && leaves.at[l][2] == 0 && leaves.label[l][1]);
  CHECK_OK(leaves_free(&leaves));
  free(label);
}

/* One voxel wide, through every leaf and back: one piece that crosses the ranks hundreds of times. */
static void snake(void **state) {
  (void)state;
  enum { N = 32 };
  const GridBox box = {.voxel_mm = 1, .n = {N, N, N}};
  uint8_t *label = calloc(N * N * N, 1);
  for (int k = 0; k < N; k += 2)
    for (int j = 0; j < N; j += 2) {
      for (int i = 0; i < N; ++i)
        label[i + N * (j + N * k)] = 1;
      if (j + 2 < N)
        label[(j / 2 + k / 2) % 2 * (N - 1) + N * (j + 1 + N * k)] = 1;
    }
  for (int k = 1; k < N; k += 2)
    label[N * ((k / 2 % 2 ? 0 : N - 2) + N * k)] = 2;
  label[5 + N * (5 + N * 5)] = 9; /* an island */
  Flood f = flood(&box, label);
  assert_true(f.components == 2);
  free(f.kept);
  compare(&box, label, true);
  compare(&box, label, false);
  free(label);
}

static void periodic_joins(void **state) {
  (void)state;
  GridBox box = {.voxel_mm = 1, .n = {20, 11, 9}};
  uint8_t *label = calloc(20 * 11 * 9, 1);
  for (int i = 0; i < 20; ++i)
    label[i + 20 * (5 + 11 * 4)] = i < 4 || i >= 17; /* two ends of one rod */
  for (int i = 8; i < 13; ++i)
    label[i + 20 * (5 + 11 * 4)] = 1; /* and a longer middle */
  for (int periodic = 0; periodic < 2; ++periodic) {
    Leaves leaves = leaves_from_dense(world, &box, label, false);
    Components found;
    box.periodic[0] = periodic;
    CHECK_OK(leaves_keep_largest(world, &box, 0, &leaves, &found));
    assert_true(found.components == (periodic ? 2 : 3) && found.voxels_kept == (periodic ? 7 : 5));
    CHECK_OK(leaves_free(&leaves));
  }
  free(label);
}

static void ranks_do_not_matter(void **state) {
  (void)state;
  const GridBox box = {.voxel_mm = 1, .n = {33, 25, 20}, .periodic = {false, true, false}};
  uint8_t *label = malloc(33 * 25 * 20);
  Leaves one;
  Components found;
  unsigned seed = 9;
  for (int v = 0; v < 33 * 25 * 20; ++v)
    label[v] = uniform(&seed) < 0.3;
  uint64_t dealt = compare(&box, label, true), runs = compare(&box, label, false);
  one = leaves_from_dense(PETSC_COMM_SELF, &box, label, false);
  CHECK_OK(leaves_keep_largest(PETSC_COMM_SELF, &box, 0, &one, &found));
  assert_true(dealt == runs && runs == leaves_sum(PETSC_COMM_SELF, &one));
  CHECK_OK(leaves_free(&one));
  free(label);
}

static void fractions_follow(void **state) {
  (void)state;
  const GridBox box = {.voxel_mm = 1, .n = {40, 20, 20}};
  const Shape big = sphere(10, 10, 10, 6), small = sphere(30, 10, 10, 4);
  const Part parts[2] = {{1, &small}, {2, &big}};
  Leaves leaves, alone;
  Components found;
  CHECK_OK(voxelise(world, &box, 2, parts, PETSC_TRUE, &leaves));
  CHECK_OK(voxelise(world, &box, 1, parts + 1, PETSC_TRUE, &alone));
  CHECK_OK(leaves_keep_largest(world, &box, 0, &leaves, &found));
  assert_true(found.components == 2);
  assert_true(leaves_sum(world, &leaves) == leaves_sum(world, &alone));
  CHECK_OK(leaves_free(&leaves));
  CHECK_OK(leaves_free(&alone));
}

static void nothing(void **state) {
  (void)state;
  const GridBox box = {.voxel_mm = 1, .n = {40, 20, 20}};
  Leaves leaves = {0};
  Components found;
  CHECK_OK(leaves_keep_largest(world, &box, 0, &leaves, &found));
  assert_true(found.components == 0 && found.voxels_kept == 0 && found.voxels_dropped == 0);
  CHECK_OK(leaves_free(&leaves));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(random_voxels),
    cmocka_unit_test(checkerboard),
    cmocka_unit_test(snake),
    cmocka_unit_test(periodic_joins),
    cmocka_unit_test(ranks_do_not_matter),
    cmocka_unit_test(fractions_follow),
    cmocka_unit_test(nothing),
    cmocka_unit_test(slivers),
    cmocka_unit_test(held_by_both),
};
CHECK_MAIN(tests)
