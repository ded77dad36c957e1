/* Effective constants of periodic bodies.
   ranks: 1 2 */
#include "tests/solver/voxel_build.h"

static const MPI_Comm world = MPI_COMM_WORLD;

static void homogenise(const Grid *g, Elasticity one, Elasticity two, double rtol, double C[6][6], SolveInfo info[6]) {
  const VoxelOptions options = {.rtol = rtol, .max_iterations = 200};
  Elasticity c[256] = {{0}};
  VoxelModel *m;
  c[1] = one, c[2] = two;
  CHECK_OK(voxel_create(g, c, &options, &m));
  CHECK_OK(voxel_homogenise(m, 63, C, info));
  CHECK_OK(voxel_destroy(&m));
}

static void homogeneous_body_is_its_material(void **state) {
  (void)state;
  static const PetscInt n[3][3] = {{5, 12, 20}, {16, 8, 24}, {1, 2, 3}};
  const Elasticity c = elasticity_orthotropic((const double[3]){2e5, 1e5, 3e5}, (const double[3]){6e4, 5e4, 4e4},
                                              (const double[3]){0.3, 0.2, 0.25});
  const double want[6][6] = {{c.C11, c.C12, c.C13}, {c.C12, c.C22, c.C23}, {c.C13, c.C23, c.C33},
                             {0, 0, 0, c.C44},      {0, 0, 0, 0, c.C55},   {0, 0, 0, 0, 0, c.C66}};
  for (int i = 0; i < 3; ++i) {
    Body b = body_make(n[i][0], n[i][1], n[i][2], 0.3, 7, 1);
    Grid *g = body_grid(world, &b);
    double C[6][6];
    SolveInfo info[6];
    homogenise(g, c, (Elasticity){0}, 1e-10, C, info);
    for (int k = 0; k < 36; ++k)
      CHECK_BELOW(fabs(C[k / 6][k % 6] - want[k / 6][k % 6]), 1e-12 * c.C33, "no fluctuation: C is the material's");
    for (int a = 0; a < 6; ++a) {
      assert_string_equal(info[a].model, "voxel");
      assert_true(info[a].iterations == 0 && info[a].relative_residual == 0);
    }
    CHECK_OK(grid_destroy(&g));
    body_free(&b);
  }
}

/* A random medium: what is known of it whatever it looks like. */
static void random_medium_keeps_the_bounds(void **state) {
  (void)state;
  Body b = body_make(12, 20, 16, 0.3, 7, 0), moved = body_make(12, 20, 16, 0.3, 7, 0);
  body_scatter(&b, 1, 2, 77);
  for (PetscInt v = 0; v < 12 * 20 * 16; ++v) /* the window moved across the period */
    moved.label[body_at(&b.box, (v % 12 + 5) % 12, (v / 12 % 20 + 7) % 20, (v / 240 + 3) % 16)] = b.label[v];
  Grid *g = body_grid(world, &b), *h = body_grid(world, &moved);
  const Elasticity soft = elasticity_isotropic(1, 0.3), stiff = elasticity_isotropic(5, 0.2);
  double C[6][6], D[6][6], f = 0;
  SolveInfo info[6];
  for (PetscInt v = 0; v < 12 * 20 * 16; ++v)
    f += (b.label[v] == 2) / (12.0 * 20 * 16);
  homogenise(g, soft, stiff, 1e-10, C, info);
  double loose[6][6], worst = 0;
  homogenise(g, soft, stiff, 1e-3, loose, info);
  for (int a = 0; a < 6; ++a)
    for (int k = 0; k < 6; ++k)
      worst = fmax(worst, fabs(loose[a][k] - C[a][k]));
  CHECK_OK(PetscPrintf(world, "rtol 1e-3: C is off by %.2e\n", worst));
  CHECK_BELOW(worst, 5e-7, "energy form: the error of C is that of u squared, here below (1e-3)^2");
  homogenise(h, soft, stiff, 1e-10, D, info);
  for (int a = 0; a < 6; ++a) {
    const double s = a < 3 ? soft.C11 : soft.C44, t = a < 3 ? stiff.C11 : stiff.C44;
    assert_true(C[a][a] < (1 - f) * s + f * t); /* Voigt */
    CHECK_BELOW(info[a].relative_residual, 1.1e-10, "rtol, measured on the true residual");
    for (int k = 0; k < 6; ++k) {
      CHECK_BELOW(fabs(C[a][k] - C[k][a]), 1e-12, "C is symmetric");
      CHECK_BELOW(fabs(C[a][k] - D[a][k]), 1e-9, "the effective medium has no origin");
    }
  }
  for (int a = 3; a < 6; ++a)
    assert_true(1 / C[a][a] < (1 - f) / soft.C44 + f / stiff.C44); /* Reuss, on one shear: (C^-1)_aa >= 1 / C_aa */
  CHECK_OK(grid_destroy(&g));
  CHECK_OK(grid_destroy(&h));
  body_free(&b);
  body_free(&moved);
}

static void rhombic_dodecahedron_is_cubic(void **state) {
  (void)state;
  Grid *g = lattice_grid(world, 0.7, 16, 0, false);
  double C[6][6];
  SolveInfo info[6];
  homogenise(g, elasticity_isotropic(1, 0.35), (Elasticity){0}, 1e-10, C, info);
  const char *source = "cubic symmetry of the cell";
  for (int a = 1; a < 3; ++a) {
    CHECK_NEAR(C[a][a], C[0][0], 1e-7, source);
    CHECK_NEAR(C[3 + a][3 + a], C[3][3], 1e-7, source);
    CHECK_NEAR(C[0][a], C[1][2], 1e-7, source);
  }
  for (int a = 0; a < 6; ++a)
    for (int k = 3; k < 6; ++k)
      if (a != k)
        CHECK_BELOW(fabs(C[a][k]) / C[0][0], 1e-8, source);
  CHECK_OK(grid_destroy(&g));
}

/* A spherical void of whole voxels in a cube, 1 % of it. */
static void dilute_void(void **state) {
  (void)state;
  enum { N = 32 };
  Body b = body_make(N, N, N, 1.0 / N, 7, 1);
  const double radius = 4.3; /* voxels */
  const VoxelOptions options = {.rtol = 1e-8, .max_iterations = 50};
  double f = 0, C[6][6];
  SolveInfo info[6];
  VoxelModel *m;
  Elasticity c[256] = {{0}};
  for (PetscInt v = 0; v < N * N * N; ++v) {
    const double x = (double)(v % N) - N / 2 + 0.5, y = (double)(v / N % N) - N / 2 + 0.5,
                 z = (double)(v / N / N) - N / 2 + 0.5;
    b.label[v] = x * x + y * y + z * z >= radius * radius;
    f += !b.label[v] / (double)(N * N * N);
  }
  Grid *g = body_grid(world, &b);
  c[1] = elasticity_isotropic(1, 0.3);
  CHECK_OK(voxel_create(g, c, &options, &m));
  CHECK_OK(voxel_homogenise(m, 1, C, info)); /* cubic symmetry: strain xx suffices */
  for (int a = 1; a < 6; ++a)
    assert_true(C[a][a] == 0); /* columns not asked for are left 0 */
  const double E = (C[0][0] - C[1][0]) * (C[0][0] + 2 * C[1][0]) / (C[0][0] + C[1][0]);
  CHECK_OK(PetscPrintf(PETSC_COMM_WORLD, "void fraction %.5f, E %.6f: slope %.4f\n", f, E, (1 - E) / f));
  /* The slope is exact as f goes to 0; a staircase of 4.3 voxels and neighbours at finite distance are worth 1 %. */
  CHECK_NEAR((1 - E) / f, 2.0045, 0.02, "dilute spherical voids, E = 1 - 2.0045 f at nu = 0.3 (Eshelby 1957)");
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(grid_destroy(&g));
  body_free(&b);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(homogeneous_body_is_its_material), cmocka_unit_test(random_medium_keeps_the_bounds),
    cmocka_unit_test(rhombic_dodecahedron_is_cubic), cmocka_unit_test(dilute_void)};
CHECK_MAIN(tests)
