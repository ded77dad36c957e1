/* Solves are what they say: layers whose stiffness differs by up to 1e14, between plates and periodic, give the closed
   form or an error; the error names values of keys that accept what was reached, and those values do.
   ranks: 1 2 */
#include "tests/solver/voxel_build.h"

static const MPI_Comm world = MPI_COMM_WORLD;
enum { N = 8, SOFT = 1 }; /* voxels an edge; soft layers */

static Body layers(unsigned periodic) {
  Body b = body_make(N, N, N, 0.5, periodic, 1);
  for (PetscInt k = 4; k < 4 + SOFT; ++k)
    memset(&b.label[body_at(&b.box, 0, 0, k)], 2, N * N);
  return b;
}

typedef struct Answer {
  PetscErrorCode code;
  char said[CHECK_SAID];
  double value; /* force per unit strain and area, or C33, MPa */
  PetscInt iterations;
} Answer;

/* Between plates without friction, Poisson's ratio 0: layers in series. */
static Answer press(const VoxelOptions *options, double soft) {
  Body b = layers(0);
  Grid *g = body_grid(world, &b);
  Elasticity c[256] = {{0}};
  Answer a = {.value = 0};
  double motion[4][6] = {{0}}, reaction[4][6];
  const double height = 0.5 * N;
  Grip grip[4] = {plane_grip(g, "bottom", 2, 0, GRIP_Z), plane_grip(g, "top", 2, height, GRIP_Z),
                  point_grip(g, "pin", (const double[3]){0, 0, 0}, GRIP_X | GRIP_Y),
                  point_grip(g, "second pin", (const double[3]){height, 0, 0}, GRIP_Y)};
  VoxelModel *m;
  SolveInfo info;
  Vec u;
  motion[1][2] = -0.01 * height;
  c[1] = elasticity_isotropic(1e5, 0);
  c[2] = elasticity_isotropic(soft, 0);
  CHECK_OK(voxel_create(g, c, options, &m));
  CHECK_OK(voxel_grips(m, 4, grip));
  CHECK_OK(voxel_vector(m, &u));
  CHECK_CATCH(voxel_solve(m, (const double(*)[6])motion, NULL, u, &info), a.code, a.said);
  if (!a.code) {
    CHECK_OK(voxel_reactions(m, u, NULL, reaction));
    a.value = -reaction[1][2] / (height * height * 0.01);
    a.iterations = info.iterations;
  }
  grips_free(4, grip);
  CHECK_OK(VecDestroy(&u));
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(grid_destroy(&g));
  body_free(&b);
  return a;
}

static Answer homogenise(const VoxelOptions *options, double soft) {
  Body b = layers(7);
  Grid *g = body_grid(world, &b);
  Elasticity c[256] = {{0}};
  Answer a = {.value = 0};
  double C[6][6];
  VoxelModel *m;
  SolveInfo info[6];
  c[1] = elasticity_isotropic(1e5, 0);
  c[2] = elasticity_isotropic(soft, 0);
  CHECK_OK(voxel_create(g, c, options, &m));
  CHECK_CATCH(voxel_homogenise(m, 4, C, info), a.code, a.said);
  if (!a.code)
    a.value = C[2][2], a.iterations = info[2].iterations;
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(grid_destroy(&g));
  body_free(&b);
  return a;
}

typedef Answer Solve(const VoxelOptions *options, double soft);

/* Every contrast: the closed form, or an error with the number of the contrast. Returns how many were solved. */
static int right_or_refused(Solve *solve) {
  const VoxelOptions options = {.rtol = 1e-10, .max_iterations = 200, .equilibrium = 5e-7};
  int solved = 0;
  for (int e = 0; e <= 14; e += 2) {
    const double soft = 1e5 * pow(10, -e), want = N / ((N - SOFT) / 1e5 + SOFT / soft);
    const Answer a = solve(&options, soft);
    if (!a.code) {
      CHECK_NEAR(a.value, want, 1e-5, "layers in series: height over the sum of thickness over modulus");
      ++solved;
      continue;
    }
    assert_int_equal(a.code, PETSC_ERR_NOT_CONVERGED);
    if (!strstr(a.said, "solver.equilibrium") || !strstr(a.said, "differ in stiffness by a factor"))
      fail_msg("the error says '%s'", a.said);
  }
  return solved;
}

static void contrast_is_solved_or_refused(void **state) {
  (void)state;
  assert_true(right_or_refused(press) >= 4);
  assert_true(right_or_refused(homogenise) >= 4);
}

/* The value behind a key in an error. */
static double value_of(const char *said, const char *key, double otherwise) {
  const char *at = strstr(said, "what accepts this:");
  at = at ? strstr(at, key) : NULL;
  return at ? strtod(at + strlen(key), NULL) : otherwise;
}

/* What the error says accepts the solution does, with as many iterations. */
static void named_values_accept(void **state) {
  (void)state;
  for (PetscInt most = 1; most <= 4; ++most) {
    VoxelOptions options = {.rtol = 1e-10, .max_iterations = most, .equilibrium = 5e-7};
    const Answer a = press(&options, 1e3);
    assert_int_equal(a.code, PETSC_ERR_NOT_CONVERGED);
    if (strstr(a.said, "for any key"))
      continue;
    options.rtol = value_of(a.said, "solver.rtol: ", options.rtol);
    options.equilibrium = value_of(a.said, "solver.equilibrium: ", options.equilibrium);
    const Answer b = press(&options, 1e3);
    if (b.code)
      fail_msg("after '%s' those values are refused: '%s'", a.said, b.said);
  }
}

/* Near 0.5 the reason is named. */
static void incompressible_is_named(void **state) {
  (void)state;
  const VoxelOptions options = {.rtol = 1e-10, .max_iterations = 20, .equilibrium = 5e-7};
  Body b = body_make(12, 12, 12, 1, 0, 3);
  Grid *g = body_grid(world, &b);
  Elasticity c[256] = {{0}};
  Grip grip[2] = {plane_grip(g, "bottom", 2, 0, GRIP_XYZ), plane_grip(g, "top", 2, 12, GRIP_XYZ)};
  double motion[2][6] = {{0}, {0, 0, -0.1}};
  VoxelModel *m;
  SolveInfo info;
  Vec u;
  c[3] = elasticity_isotropic(1, 0.4999);
  CHECK_OK(voxel_create(g, c, &options, &m));
  CHECK_OK(voxel_grips(m, 2, grip));
  CHECK_OK(voxel_vector(m, &u));
  CHECK_FAILS_SAYING(voxel_solve(m, (const double(*)[6])motion, NULL, u, &info), PETSC_ERR_NOT_CONVERGED,
                     "label 3 is nearly incompressible");
  grips_free(2, grip);
  CHECK_OK(VecDestroy(&u));
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(grid_destroy(&g));
  body_free(&b);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(contrast_is_solved_or_refused),
                                          cmocka_unit_test(named_values_accept),
                                          cmocka_unit_test(incompressible_is_named)};
CHECK_MAIN(tests)
