/* Order of convergence by a manufactured solution: u = a sin(pi x) sin(pi y) sin(pi z) in the unit cube, held at 0 on
   all faces, under the body force that belongs to it.
   ranks: 1 2 */
#include "tests/solver/voxel_build.h"

static const MPI_Comm world = MPI_COMM_WORLD;
static const double amplitude[3] = {1, 0.5, -0.3}, poisson = 0.3;

static void displacement(const double x[3], double u[3]) {
  for (int c = 0; c < 3; ++c)
    u[c] = amplitude[c] * sin(PETSC_PI * x[0]) * sin(PETSC_PI * x[1]) * sin(PETSC_PI * x[2]);
}

/* f = -(lambda + mu) grad div u - mu laplace u (Navier), E = 1. */
static void body_force(const double x[3], double f[3]) {
  const double mu = 0.5 / (1 + poisson), lambda = poisson / ((1 + poisson) * (1 - 2 * poisson)),
               pi2 = PETSC_PI * PETSC_PI;
  double s[3], c[3], u[3];
  displacement(x, u);
  for (int d = 0; d < 3; ++d)
    s[d] = sin(PETSC_PI * x[d]), c[d] = cos(PETSC_PI * x[d]);
  for (int i = 0; i < 3; ++i) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    const double grad_div = pi2 * (-u[i] + amplitude[j] * c[i] * c[j] * s[k] + amplitude[k] * c[i] * c[k] * s[j]);
    f[i] = -(lambda + mu) * grad_div + 3 * mu * pi2 * u[i];
  }
}

static double shape(int a, const double t[3]) {
  double n = 1;
  for (int c = 0; c < 3; ++c)
    n *= a >> c & 1 ? t[c] : 1 - t[c];
  return n;
}

/* Numbers of the nodes of the box on every rank: value[3 node + c] of a Vec, as a dense array. */
static void dense(const Grid *g, Vec v, PetscInt n, double *value, bool put) {
  double(*x)[3];
  PetscScalar *a;
  CHECK_OK(PetscMalloc1(g->nodes_owned, &x));
  CHECK_OK(grid_node_positions(g, x));
  CHECK_OK(VecGetArray(v, &a));
  for (PetscInt i = 0; i < g->nodes_owned; ++i) {
    PetscInt at = 0;
    for (int c = 2; c >= 0; --c)
      at = at * (n + 1) + (PetscInt)lround(x[i][c] * (double)n);
    for (int c = 0; c < 3; ++c)
      *(put ? &a[3 * i + c] : &value[3 * at + c]) = put ? value[3 * at + c] : a[3 * i + c];
  }
  CHECK_OK(VecRestoreArray(v, &a));
  CHECK_OK(PetscFree(x));
  if (!put)
    MPI_Allreduce(MPI_IN_PLACE, value, (int)(3 * (n + 1) * (n + 1) * (n + 1)), MPI_DOUBLE, MPI_SUM, world);
}

/* Loops over 2x2x2 Gauss points of all voxels: adds the consistent forces of body_force to value (error NULL), or sums
   |u_h - u|^2 of the nodal values. Gauss points are exact for cubics: the quadrature error is of higher order. */
static void quadrature(PetscInt n, double *value, double *error) {
  const double h = 1.0 / (double)n, gauss = 0.5 / sqrt(3.0);
  for (PetscInt e = 0; e < n * n * n; ++e)
    for (int q = 0; q < 8; ++q) {
      const PetscInt at[3] = {e % n, e / n % n, e / n / n};
      double t[3], x[3], f[3], u[3], sum[3] = {0, 0, 0};
      for (int c = 0; c < 3; ++c) {
        t[c] = 0.5 + (q >> c & 1 ? gauss : -gauss);
        x[c] = h * ((double)at[c] + t[c]);
      }
      body_force(x, f);
      displacement(x, u);
      for (int a = 0; a < 8; ++a) {
        const PetscInt node = at[0] + (a & 1) + (n + 1) * (at[1] + (a >> 1 & 1) + (n + 1) * (at[2] + (a >> 2)));
        for (int c = 0; c < 3; ++c) {
          sum[c] += shape(a, t) * value[3 * node + c];
          if (!error)
            value[3 * node + c] += shape(a, t) * f[c] * h * h * h / 8;
        }
      }
      for (int c = 0; error && c < 3; ++c)
        *error += (sum[c] - u[c]) * (sum[c] - u[c]) * h * h * h / 8;
    }
}

static double solution_error(PetscInt n) {
  const VoxelOptions options = {.rtol = 1e-9, .max_iterations = 100};
  Body b = body_make(n, n, n, 1.0 / (double)n, 0, 1);
  Grid *g = body_grid(world, &b);
  Elasticity c[256] = {{0}};
  VoxelModel *m;
  SolveInfo info;
  Grip wall[6];
  double still[6][6] = {{0}}, error = 0, *value = calloc((size_t)(3 * (n + 1) * (n + 1) * (n + 1)), sizeof *value);
  Vec u, force;
  c[1] = elasticity_isotropic(1, poisson);
  CHECK_OK(voxel_create(g, c, &options, &m));
  for (int i = 0; i < 6; ++i)
    wall[i] = plane_grip(g, "wall", i / 2, i % 2, GRIP_XYZ);
  CHECK_OK(voxel_grips(m, 6, wall));
  CHECK_OK(voxel_vector(m, &u));
  CHECK_OK(voxel_vector(m, &force));
  quadrature(n, value, NULL);
  dense(g, force, n, value, true);
  CHECK_OK(voxel_solve(m, (const double(*)[6])still, force, u, &info));
  memset(value, 0, sizeof *value * (size_t)(3 * (n + 1) * (n + 1) * (n + 1)));
  dense(g, u, n, value, false);
  quadrature(n, value, &error);
  free(value);
  grips_free(6, wall);
  CHECK_OK(VecDestroy(&u));
  CHECK_OK(VecDestroy(&force));
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(grid_destroy(&g));
  body_free(&b);
  return sqrt(error);
}

static void order_is_two(void **state) {
  (void)state;
  double error[3];
  for (int i = 0; i < 3; ++i)
    error[i] = solution_error(8 << i);
  CHECK_OK(PetscPrintf(PETSC_COMM_WORLD, "L2 errors %.3e %.3e %.3e, orders %.3f %.3f\n", error[0], error[1], error[2],
                       log2(error[0] / error[1]), log2(error[1] / error[2])));
  CHECK_BELOW(fabs(log2(error[0] / error[1]) - 2), 0.1, "trilinear elements: L2 error of order h^2 (Aubin-Nitsche)");
  CHECK_BELOW(fabs(log2(error[1] / error[2]) - 2), 0.1, "trilinear elements: L2 error of order h^2 (Aubin-Nitsche)");
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(order_is_two)};
CHECK_MAIN(tests)
