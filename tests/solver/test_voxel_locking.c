/* Locking near Poisson's ratio 0.5: a cube between clamped plates with full integration and with mean dilatation, and
   what each label gets by law.
   ranks: 1 2 */
#include "tests/solver/voxel_build.h"

static const MPI_Comm world = MPI_COMM_WORLD;

/* Force on a cube of n^3 voxels and edge 4 mm, E = 10 MPa, that clamped plates press by 1 %. */
static double pressed_cube(PetscInt n, double poisson, ElementChoice element, SolveInfo *info) {
  const VoxelOptions options = {.rtol = 1e-10, .max_iterations = 500, .equilibrium = 5e-7, .element = element};
  Body b = body_make(n, n, n, 4.0 / (double)n, 0, 7);
  Grid *g = body_grid(world, &b);
  Elasticity c[256] = {{0}};
  VoxelModel *m;
  c[7] = elasticity_isotropic(10, poisson);
  CHECK_OK(voxel_create(g, c, &options, &m));
  const double force = compress_clamped(m, g, 2, 0.01, info);
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(grid_destroy(&g));
  body_free(&b);
  return force;
}

static void nearly_incompressible_does_not_lock(void **state) {
  (void)state;
  static const char *const source = "independent program, 8-node B-bar brick, 8^3 elements";
  static const char *const locked = "independent program, 8-node full integration, 8^3 elements";
  SolveInfo info;
  CHECK_NEAR(pressed_cube(8, 0.49, ELEMENT_MEAN_DILATATION, &info), 1.987, 3e-4, source);
  CHECK_NEAR(pressed_cube(8, 0.49, ELEMENT_BY_LAW, &info), 1.987, 3e-4, source);
  CHECK_NEAR(pressed_cube(8, 0.499, ELEMENT_BY_LAW, &info), 2.009, 3e-4, source);
  CHECK_NEAR(pressed_cube(8, 0.49, ELEMENT_FULL, &info), 2.465, 3e-4, locked);
  CHECK_NEAR(pressed_cube(8, 0.499, ELEMENT_FULL, &info), 6.294, 3e-4, locked);
  const double full = pressed_cube(8, 0.4, ELEMENT_FULL, &info);
  CHECK_NEAR(pressed_cube(8, 0.4, ELEMENT_BY_LAW, &info), full, 0, "up to 0.4 the element is full integration");
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(nearly_incompressible_does_not_lock)};
CHECK_MAIN(tests)
