/* Periodic layers of two isotropic materials: effective constants in closed form, layers normal to each axis in turn.
   ranks: 1 2 */
#include "tests/solver/voxel_build.h"

static const MPI_Comm world = MPI_COMM_WORLD;

/* Two halves of E = 1, nu = 0.35 and E = 0.1, nu = 0.30; normal to the layers is 3. Backus (1962), J. Geophys. Res. 67,
   4427, Eq. 13 with C11 = lambda + 2 mu: C33 = <1/C11>^-1, C44 = <1/mu>^-1, C66 = <mu>,
   C13 = <lambda/C11> C33, C11 = <4 mu (lambda + mu)/C11> + <lambda/C11>^2 C33. */
static const double C11 = 0.6828177560, C33 = 0.2483963423, C44 = 0.0696864111, C66 = 0.2044159544;
static const char *const source = "Backus (1962), J. Geophys. Res. 67, 4427";

static void layers_are_backus(void **state) {
  (void)state;
  const double lambda[2] = {0.35 / (1.35 * 0.3), 0.1 * 0.3 / (1.3 * 0.4)}, mu[2] = {0.5 / 1.35, 0.05 / 1.3};
  const double ratio = 0.5 * (lambda[0] / (lambda[0] + 2 * mu[0]) + lambda[1] / (lambda[1] + 2 * mu[1]));
  for (int normal = 0; normal < 3; ++normal) {
    const VoxelOptions options = {.rtol = 1e-10, .max_iterations = 200};
    PetscInt n[3] = {4, 4, 4};
    n[normal] = 12;
    Body b = body_make(n[0], n[1], n[2], 0.5, 7, 0);
    for (PetscInt v = 0; v < n[0] * n[1] * n[2]; ++v) {
      const PetscInt at[3] = {v % n[0], v / n[0] % n[1], v / n[0] / n[1]};
      b.label[v] = at[normal] < 6 ? 1 : 2;
    }
    Grid *g = body_grid(world, &b);
    Elasticity c[256] = {{0}};
    VoxelModel *m;
    SolveInfo info[6];
    double C[6][6];
    c[1] = elasticity_isotropic(1, 0.35);
    c[2] = elasticity_isotropic(0.1, 0.30);
    CHECK_OK(voxel_create(g, c, &options, &m));
    CHECK_OK(voxel_homogenise(m, 63, C, info));
    const int p = (normal + 1) % 3, q = (normal + 2) % 3;
    CHECK_NEAR(C[normal][normal], C33, 1e-8, source);
    CHECK_NEAR(C[p][p], C11, 1e-8, source);
    CHECK_NEAR(C[q][q], C11, 1e-8, source);
    CHECK_NEAR(C[3 + p][3 + p], C44, 1e-8, source); /* shear of the planes that hold the normal: 3 + other axis */
    CHECK_NEAR(C[3 + q][3 + q], C44, 1e-8, source);
    CHECK_NEAR(C[3 + normal][3 + normal], C66, 1e-8, source);
    CHECK_NEAR(C[p][normal], ratio * C33, 1e-8, source);
    CHECK_NEAR(C[q][normal], ratio * C33, 1e-8, source);
    CHECK_NEAR(C[p][q], C11 - 2 * C66, 1e-8, "isotropic in the plane of the layers");
    for (int i = 0; i < 6; ++i)
      for (int j = 0; j < 6; ++j) {
        CHECK_BELOW(fabs(C[i][j] - C[j][i]), 1e-12, "C is symmetric");
        if (i != j && (i > 2 || j > 2))
          CHECK_BELOW(fabs(C[i][j]), 1e-10, "no coupling of shears: orthotropic");
      }
    CHECK_OK(voxel_destroy(&m));
    CHECK_OK(grid_destroy(&g));
    body_free(&b);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(layers_are_backus)};
CHECK_MAIN(tests)
