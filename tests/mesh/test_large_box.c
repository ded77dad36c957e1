/* A box of 1400^3 voxels, more than 2^31: counts, offsets and places stay right. Thin shells, so that it takes seconds.
   ranks: 1 4 */
#include "mesh/grid.h"
#include "tests/mesh/leaves_check.h"

static const MPI_Comm world = MPI_COMM_WORLD;
enum { EDGE = 1400 };
static const GridBox box = {.voxel_mm = 1, .n = {EDGE, EDGE, EDGE}};
static const double middle = 700.3, outer = 690.2, inner = 689;

static void shell_is_meshed(void **state) {
  (void)state;
  const Shape ball = sphere(middle, middle, middle, outer), core = sphere(middle, middle, middle, inner);
  const Part parts[2] = {{1, &ball}, {0, &core}};
  const double wanted = 4 * PETSC_PI / 3 * (pow(outer, 3) - pow(inner, 3));
  double far[6], (*x)[3];
  Components found;
  Leaves leaves;
  Grid *grid;
  CHECK_OK(voxelise(world, &box, 2, parts, PETSC_FALSE, &leaves));
  CHECK_OK(leaves_keep_largest(world, &box, 0, &leaves, &found));
  assert_int_equal(found.voxels_kept + found.voxels_dropped, (PetscInt64)leaves_volume(world, &leaves));
  CHECK_NEAR((double)found.voxels_kept, wanted, 1e-3, "area times thickness; the centres are spread evenly");
  CHECK_OK(leaves_partition(world, &box, &leaves));
  CHECK_OK(grid_create(world, &box, &leaves, 0, NULL, &grid));
  CHECK_OK(leaves_free(&leaves));
  assert_true(grid->voxels_global == found.voxels_kept);
  CHECK_OK(PetscMalloc1(grid->nodes_owned, &x));
  CHECK_OK(grid_node_positions(grid, x));
  for (int i = 0; i < 6; i++)
    far[i] = -HUGE_VAL;
  for (PetscInt n = 0; n < grid->nodes_owned; n++)
    for (int c = 0; c < 3; c++) {
      far[c] = fmax(far[c], x[n][c]);
      far[3 + c] = fmax(far[3 + c], -x[n][c]);
    }
  CHECK_OK(PetscFree(x));
  MPI_Allreduce(MPI_IN_PLACE, far, 6, MPI_DOUBLE, MPI_MAX, world);
  for (int c = 0; c < 3; c++) { /* centres up to middle + outer = 1390.5 and down to middle - outer = 10.1 */
    assert_true(far[c] == 1390 || far[c] == 1391);
    assert_true(far[3 + c] == -10 || far[3 + c] == -11);
  }
  CHECK_OK(grid_destroy(&grid));
}

/* More than 2^31 voxels lie in the corner, nearly all in blocks that are counted whole. */
static void volume_is_matched(void **state) {
  (void)state;
  const Shape corner = sphere(0, 0, 0, 1700);
  const double radius = 1701.25;
  /* the part of a ball of radius R around a corner that a cube of edge EDGE cuts out, by slices */
  double volume = 0, offset;
  const int slices = 2000;
  for (int i = 0; i < slices; i++) {
    const double z = (i + 0.5) * EDGE / slices, r2 = radius * radius - z * z, a = EDGE;
    double area;
    if (r2 >= 2 * a * a)
      area = a * a;
    else if (r2 <= a * a)
      area = PETSC_PI / 4 * r2;
    else {
      const double side = sqrt(r2 - a * a); /* two triangles and the sector between them */
      area = a * side + 0.5 * r2 * (PETSC_PI / 2 - 2 * asin(side / sqrt(r2)));
    }
    volume += area * EDGE / slices;
  }
  assert_true(volume > 2147483648.0);
  CHECK_OK(voxelise_match(world, &box, &corner, volume, &offset, NULL));
  CHECK_NEAR(1700 + offset, radius, 2e-5, "the centres are spread evenly");
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(shell_is_meshed), cmocka_unit_test(volume_is_matched)};
CHECK_MAIN(tests)
