/* The METIS cut: nothing lost, balanced, compact, the same whatever the ranks were before.
   ranks: 1 2 4 */
#include "mesh/directory.h"
#include "tests/mesh/leaves_check.h"
#include <stdlib.h>

static const MPI_Comm world = MPI_COMM_WORLD;

static void check_sorted(const Leaves *leaves) {
  for (PetscInt l = 1; l < leaves->n; ++l)
    assert_true(morton_key(leaves->at[l - 1]) < morton_key(leaves->at[l]));
}

static double own_volume(const Leaves *leaves) { return leaves_volume(PETSC_COMM_SELF, leaves); }

/* Face neighbours on different ranks over all face neighbours. */
static double cut_share(const GridBox *box, Leaves *leaves) {
  Directory directory;
  double cut[2] = {0, 0};
  CHECK_OK(directory_create(world, leaves, &directory));
  for (PetscInt64 i = 0; i < directory.n; ++i)
    for (int axis = 0; axis < 3; ++axis) {
      const int step[3] = {axis == 0, axis == 1, axis == 2};
      int32_t at[3], next[3];
      morton_at(directory.key[i], at);
      assert_true(morton_key(at) == directory.key[i]);
      if (!leaf_neighbour(box, at, step, next))
        continue;
      PetscInt64 other = key_find(directory.key, directory.n, morton_key(next));
      cut[0] += other >= 0 && directory.owner[other] != directory.owner[i];
      cut[1] += other >= 0;
    }
  CHECK_OK(directory_free(&directory));
  return cut[0] / cut[1];
}

static void ball_is_cut(void **state) {
  (void)state;
  const GridBox box = {.voxel_mm = 1, .n = {100, 90, 110}};
  const Shape ball = sphere(50, 45, 55, 44);
  const Part part = {3, &ball};
  for (int partial = 0; partial < 2; ++partial) {
    Leaves leaves;
    uint64_t before;
    double total, most;
    int size;
    MPI_Comm_size(world, &size);
    CHECK_OK(voxelise(world, &box, 1, &part, partial, &leaves));
    before = leaves_sum(world, &leaves);
    CHECK_OK(leaves_partition(world, &box, &leaves));
    assert_true(leaves_sum(world, &leaves) == before);
    check_sorted(&leaves);
    assert_true(!partial || leaves.solid);
    total = leaves_volume(world, &leaves);
    most = own_volume(&leaves);
    MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPI_DOUBLE, MPI_MAX, world);
    CHECK_BELOW(most, 1.08 * total / size, "METIS: 3 % imbalance allowed; a leaf's constant cost shifts a little more");
    CHECK_BELOW(cut_share(&box, &leaves), size == 1 ? 0 : 0.25, "a ball of 11 leaves across cut into two or four");
    if (leaves.n) {
      leaves.label[0][0] ^= 1; /* the fault that the sum must notice */
      assert_true(leaves_sum(PETSC_COMM_SELF, &leaves) != 0);
    }
    assert_true(leaves_sum(world, &leaves) != before);
    CHECK_OK(leaves_free(&leaves));
  }
}

/* A rank knows only one of the two arrays, another both as one, another none: all have both afterwards, with the same
   values. */
static void arrays_agree(void **state) {
  (void)state;
  const GridBox box = {.voxel_mm = 1, .n = {40, 36, 44}};
  const Shape ball = sphere(20, 18, 22, 17);
  Leaves leaves;
  int rank;
  MPI_Comm_rank(world, &rank);
  for (int kind = 0; kind < 3; ++kind) { /* partial volumes; and a factor of its own everywhere; on one rank alone */
    CHECK_OK(voxelise(world, &box, 1, &(Part){3, &ball}, PETSC_TRUE, &leaves));
    if (kind == 1 || (kind == 2 && rank == 0))
      CHECK_OK(leaves_add_stiffness_factor(&leaves));
    for (PetscInt l = 0; kind == 1 && l < leaves.n; ++l)
      for (int v = 0; v < LEAF_VOXELS; ++v)
        leaves.stiffness_factor[l][v] *= leaves.solid[l][v];
    const uint64_t before = leaves_sum(world, &leaves);
    CHECK_OK(leaves_partition(world, &box, &leaves));
    assert_true(leaves_sum(world, &leaves) == before);
    assert_true(leaves.solid && leaves.stiffness_factor);
    assert_true((leaves.solid == leaves.stiffness_factor) == (kind == 0));
    CHECK_OK(leaves_free(&leaves));
  }
  CHECK_OK(voxelise(world, &box, 1, &(Part){3, &ball}, PETSC_FALSE, &leaves));
  const uint64_t whole = leaves_sum(world, &leaves);
  int size;
  MPI_Comm_size(world, &size);
  if (rank == 0)
    CHECK_OK(leaves_add_stiffness_factor(&leaves));
  if (rank == 1)
    CHECK_OK(leaves_add_solid(&leaves));
  CHECK_OK(leaves_partition(world, &box, &leaves));
  assert_true(leaves_sum(world, &leaves) == whole);
  assert_true(leaves.stiffness_factor && (size == 1 || leaves.solid) && leaves.solid != leaves.stiffness_factor);
  CHECK_OK(leaves_free(&leaves));
}

static void start_does_not_matter(void **state) {
  (void)state;
  enum { N = 40 };
  const GridBox box = {.voxel_mm = 1, .n = {N, N, N}, .periodic = {true, false, true}};
  uint8_t *label = malloc(N * N * N);
  Leaves leaves[2];
  for (int v = 0; v < N * N * N; ++v)
    label[v] = (uint8_t)(v % 7 < 5 && (v / N / 13) % 3 ? 1 + v % 5 : 0);
  for (int dealt = 0; dealt < 2; ++dealt) {
    leaves[dealt] = leaves_from_dense(world, &box, label, dealt);
    CHECK_OK(leaves_partition(world, &box, &leaves[dealt]));
    check_sorted(&leaves[dealt]);
  }
  assert_int_equal(leaves[0].n, leaves[1].n);
  assert_true(leaves_sum(PETSC_COMM_SELF, &leaves[0]) == leaves_sum(PETSC_COMM_SELF, &leaves[1]));
  CHECK_OK(leaves_free(&leaves[0]));
  CHECK_OK(leaves_free(&leaves[1]));
  free(label);
}

static void fewer_leaves_than_ranks(void **state) {
  (void)state;
  for (int n = 8; n <= 24; n += 8) {
    const GridBox box = {.voxel_mm = 1, .n = {n, 8, 8}, .periodic = {true, true, true}};
    const Shape ball = sphere(n / 2, 4, 4, 40);
    const Part part = {1, &ball};
    Leaves leaves;
    Grid *grid;
    CHECK_OK(voxelise(world, &box, 1, &part, n == 16, &leaves));
    CHECK_OK(leaves_partition(world, &box, &leaves));
    assert_true(leaves_volume(world, &leaves) == 64.0 * n);
    CHECK_OK(grid_create(world, &box, &leaves, 0, NULL, &grid));
    assert_true(grid->nodes_global == 64 * n && grid->voxels_global == 64 * n);
    CHECK_OK(grid_destroy(&grid));
    CHECK_OK(leaves_free(&leaves));
  }
}

static void nothing(void **state) {
  (void)state;
  const GridBox box = {.voxel_mm = 1, .n = {8, 8, 8}};
  Leaves leaves = {0};
  CHECK_OK(leaves_partition(world, &box, &leaves));
  assert_int_equal(leaves.n, 0);
  CHECK_OK(leaves_free(&leaves));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(ball_is_cut),
    cmocka_unit_test(arrays_agree),
    cmocka_unit_test(start_does_not_matter),
    cmocka_unit_test(fewer_leaves_than_ranks),
    cmocka_unit_test(nothing),
};
CHECK_MAIN(tests)
