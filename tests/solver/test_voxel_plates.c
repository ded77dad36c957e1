/* Plates and supports: cantilever, balance of forces and moments, energy, superposition of unit motions, rotated and
   mirrored bodies, frictionless plates, and what is refused.
   ranks: 1 2 */
#include "tests/solver/voxel_build.h"

static const MPI_Comm world = MPI_COMM_WORLD;

static VoxelModel *model_make(const Grid *g, Elasticity one, Elasticity two, double rtol) {
  const VoxelOptions options = {.rtol = rtol, .max_iterations = 400};
  Elasticity c[256] = {{0}};
  VoxelModel *m;
  c[1] = one;
  c[2] = two;
  CHECK_OK(voxel_create(g, c, &options, &m));
  return m;
}

/* Adds force (N) to the nodes in the plane x[axis] = at, as uniform traction on the solid faces: by columns of voxels
   below the plane, a quarter to each corner; the plane is a full rectangle of n voxels with its corner at 0. */
static Vec plane_force(const Grid *g, const VoxelModel *m, int axis, double at, const PetscInt n[3], double fx,
                       double fy, double fz) {
  const double f[3] = {fx, fy, fz}, h = g->box.voxel_mm;
  const int p = (axis + 1) % 3, q = (axis + 2) % 3;
  double(*x)[3];
  PetscScalar *a;
  Vec force;
  CHECK_OK(PetscMalloc1(g->nodes_owned, &x));
  CHECK_OK(grid_node_positions(g, x));
  CHECK_OK(voxel_vector(m, &force));
  CHECK_OK(VecGetArray(force, &a));
  for (PetscInt i = 0; i < g->nodes_owned; ++i) {
    const PetscInt ip = (PetscInt)lround(x[i][p] / h), iq = (PetscInt)lround(x[i][q] / h);
    const double share = ((ip > 0) + (ip < n[p])) * ((iq > 0) + (iq < n[q])) / 4.0 / (double)(n[p] * n[q]);
    for (int c = 0; c < 3 && fabs(x[i][axis] - at) < 1e-6 * h; ++c)
      a[3 * i + c] = share * f[c];
  }
  CHECK_OK(VecRestoreArray(force, &a));
  CHECK_OK(PetscFree(x));
  return force;
}

/* Deflection of a beam 10 x 1 x 1 mm of n voxels a mm under P = 1 N along z spread over the end x = 10 and -1 N over
   the root x = 0, which is held as beam theory does: sections stay plane, but may contract sideways. The deflection is
   the work-conjugate one, sum f u / P. Checks balance and energy on the way. */
static double tip_deflection(int n) {
  const PetscInt voxels[3] = {10 * n, n, n};
  const double lo[3] = {0, 0, 0.5}, hi[3] = {0, 1, 0.5}, left[3] = {0, 0.5, 0}, right[3] = {0, 0.5, 1};
  Body b = body_make(10 * n, n, n, 1.0 / n, 0, 1);
  Grid *g = body_grid(world, &b);
  VoxelModel *m = model_make(g, elasticity_isotropic(1000, 0.3), (Elasticity){0}, 1e-11);
  Grip root[3] = {plane_grip(g, "root", 0, 0, GRIP_X), box_grip(g, "middle", left, right, GRIP_Y),
                  box_grip(g, "neutral axis", lo, hi, GRIP_Z)};
  double still[3][6] = {{0}}, reaction[3][6], energy, residual;
  PetscReal deflection;
  SolveInfo info;
  Vec u, force = plane_force(g, m, 0, 10, voxels, 0, 0, 1), shear = plane_force(g, m, 0, 0, voxels, 0, 0, -1);
  CHECK_OK(VecAXPY(force, 1, shear));
  CHECK_OK(voxel_grips(m, 3, root));
  CHECK_OK(voxel_vector(m, &u));
  CHECK_OK(voxel_solve(m, (const double(*)[6])still, force, u, &info));
  CHECK_OK(VecDot(u, force, &deflection));
  CHECK_OK(voxel_reactions(m, u, force, reaction));
  /* P at (10, 1/2, 1/2), -P at (0, 1/2, 1/2): a couple of 10 N mm about -y */
  const double want[6] = {0, 0, 0, 0, 10, 0};
  for (int c = 0; c < 6; ++c)
    CHECK_BELOW(fabs(reaction[0][c] + reaction[1][c] + reaction[2][c] - want[c]), 1e-8,
                "balance of forces and of moments about the grips' point");
  CHECK_NEAR(reaction[0][4], 10, 1e-8, "the plane section takes the moment");
  CHECK_OK(voxel_energy(m, u, &energy));
  CHECK_NEAR(energy, deflection / 2, 1e-8, "Clapeyron: the strain energy is half the work of the loads");
  CHECK_OK(voxel_residual(m, u, force, &residual));
  CHECK_BELOW(residual, 1e-9, "rtol 1e-11 of the load, and the root's nodal forces are larger than the load");
  CHECK_BELOW(info.relative_residual, 5e-11, "rtol, and round-off: the parts of K u are 1e4 times the load");
  grips_free(3, root);
  CHECK_OK(VecDestroy(&u));
  CHECK_OK(VecDestroy(&force));
  CHECK_OK(VecDestroy(&shear));
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(grid_destroy(&g));
  body_free(&b);
  return deflection;
}

static void cantilever_converges(void **state) {
  (void)state;
  const double want = 4.0312, w[3] = {tip_deflection(2), tip_deflection(4), tip_deflection(8)};
  const double k[3] = {1 / w[0], 1 / w[1], 1 / w[2]};  /* N/mm: the shear that bent elements add stiffens the beam */
  const double limit = 1 / (k[2] - (k[1] - k[2]) / 3); /* Richardson, order 2 */
  CHECK_OK(PetscPrintf(PETSC_COMM_WORLD, "deflections %.5f %.5f %.5f, limit %.5f\n", w[0], w[1], w[2], limit));
  assert_true(w[0] < w[1] && w[1] < w[2] && w[2] < limit);
  CHECK_NEAR((k[0] - k[1]) / (k[1] - k[2]), 4, 0.03, "order 2");
  CHECK_NEAR(limit, want, 0.001, "P L^3 / 3 E I + P L / kappa G A, E 1000, nu 0.3, kappa 5/6: 4 + 0.0312 (Timoshenko)");
}

static Body random_body(PetscInt n, uint64_t seed) { /* two plates of label 2 and a random filling between them */
  Body b = body_make(n, n, n, 0.5, 0, 0);
  for (PetscInt j = 0; j < n; ++j)
    for (PetscInt i = 0; i < n; ++i)
      b.label[body_at(&b.box, i, j, 0)] = b.label[body_at(&b.box, i, j, n - 1)] = 2;
  for (PetscInt k = 0; k < n; ++k)
    b.label[body_at(&b.box, n / 2, n / 3, k)] = 1;
  body_grow(&b, 0.55, 2, seed);
  return b;
}

static void unit_motions_superpose(void **state) {
  (void)state;
  Body b = random_body(10, 3);
  Grid *g = body_grid(world, &b);
  VoxelModel *m = model_make(g, elasticity_isotropic(10, 0.3), elasticity_isotropic(30, 0.2), 1e-11);
  Grip grip[2] = {plane_grip(g, "bottom", 2, 0, GRIP_XYZ), plane_grip(g, "top", 2, 5, GRIP_XYZ)};
  double K[6][6], motion[2][6] = {{0}}, reaction[2][6], load[6] = {0.3, -0.2, -2, 1.5, -1, 0}, norm[2];
  const double load_wanted[6] = {0.3, -0.2, -2, 1.5, -1, 0};
  SolveInfo info[6];
  Vec unit[6], sum, direct;
  grip[1].at[0] = 1, grip[1].at[1] = 4; /* a point that is nowhere special */
  CHECK_OK(voxel_grips(m, 2, grip));
  CHECK_OK(voxel_unit_motions(m, 1, unit, K, info));
  motion[1][5] = 0.01; /* the twist is prescribed, the rest is loaded */
  assert_int_equal(grip_balance((const double(*)[6])K, 1u << 5, motion[1], load), 0);
  CHECK_OK(voxel_vector(m, &sum));
  CHECK_OK(voxel_vector(m, &direct));
  CHECK_OK(voxel_superpose(6, motion[1], unit, sum));
  CHECK_OK(voxel_solve(m, (const double(*)[6])motion, NULL, direct, info));
  CHECK_OK(VecNorm(direct, NORM_2, &norm[0]));
  CHECK_OK(voxel_reactions(m, direct, NULL, reaction));
  for (int c = 0; c < 5; ++c)
    CHECK_BELOW(fabs(reaction[1][c] - load_wanted[c]), 2e-6, "the motion of grip_balance brings the load about");
  CHECK_NEAR(reaction[1][5], load[5], 1e-6, "and the reaction it foretells to the prescribed twist");
  for (int c = 0; c < 3; ++c) {
    const int d = (c + 1) % 3, e = (c + 2) % 3;
    CHECK_BELOW(fabs(reaction[0][c] + reaction[1][c]), 1e-8 * 2, "forces balance");
    double moment = reaction[0][3 + c] + reaction[1][3 + c];
    moment += (grip[1].at[d] - grip[0].at[d]) * reaction[1][e] - (grip[1].at[e] - grip[0].at[e]) * reaction[1][d];
    CHECK_BELOW(fabs(moment), 1e-8 * 5, "moments balance about the bottom's point");
  }
  CHECK_OK(VecAXPY(sum, -1, direct));
  CHECK_OK(VecNorm(sum, NORM_2, &norm[1]));
  CHECK_BELOW(norm[1], 1e-6 * norm[0], "superposition: the problem is linear");
  CHECK_OK(VecSet(sum, 0.3)); /* a bad initial guess must lead to the same place */
  CHECK_OK(voxel_solve(m, (const double(*)[6])motion, NULL, sum, info));
  CHECK_OK(VecAXPY(sum, -1, direct));
  CHECK_OK(VecNorm(sum, NORM_2, &norm[1]));
  CHECK_BELOW(norm[1], 1e-6 * norm[0], "the solution does not depend on the guess");
  memset(motion, 0, sizeof motion); /* back to rest from a guess that is not */
  CHECK_OK(voxel_solve(m, (const double(*)[6])motion, NULL, sum, info));
  CHECK_OK(VecNorm(sum, NORM_2, &norm[1]));
  assert_true(norm[1] == 0 && info[0].relative_residual == 0 && info[0].iterations == 0);
  for (int q = 0; q < 6; ++q)
    CHECK_OK(VecDestroy(&unit[q]));
  grips_free(2, grip);
  CHECK_OK(VecDestroy(&sum));
  CHECK_OK(VecDestroy(&direct));
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(grid_destroy(&g));
  body_free(&b);
}

/* Rotated and mirrored bodies, loaded along the axis that the load has become, are as stiff: the material turns too. */
static void orientation_does_not_matter(void **state) {
  (void)state;
  enum { N = 11 };
  Body b = random_body(N, 8);
  double want = 0;
  for (int turn = 0; turn < 4; ++turn) { /* as it is; z to x; z to y; mirrored in x and z */
    Body t = body_make(N, N, N, 0.5, 0, 0);
    const double E[3] = {10, 20, 30}, G[3] = {4, 6, 9}; /* G: yz xz xy */
    const int from = turn == 3 ? 0 : turn;              /* new axis a was axis (a - from) mod 3 */
    double Et[3], Gt[3];
    SolveInfo info;
    for (int a = 0; a < 3; ++a)
      Et[(a + from) % 3] = E[a], Gt[(a + from) % 3] = G[a];
    for (PetscInt v = 0; v < N * N * N; ++v) {
      const PetscInt at[3] = {v % N, v / N % N, v / N / N};
      PetscInt to[3];
      for (int a = 0; a < 3; ++a)
        to[(a + from) % 3] = turn == 3 && a != 1 ? N - 1 - at[a] : at[a];
      t.label[body_at(&t.box, to[0], to[1], to[2])] = b.label[v];
    }
    Grid *g = body_grid(world, &t);
    VoxelModel *m =
        model_make(g, elasticity_orthotropic(Et, Gt, (const double[3]){0, 0, 0}), elasticity_isotropic(30, 0.3), 1e-11);
    const double force = compress_clamped(m, g, (2 + from) % 3, 0.01, &info);
    if (!turn)
      want = force;
    CHECK_NEAR(force, want, 1e-8, "a rigid motion or a mirror of body, material and load changes nothing");
    CHECK_OK(voxel_destroy(&m));
    CHECK_OK(grid_destroy(&g));
    body_free(&t);
  }
  body_free(&b);
}

/* Plates without friction on a block of two layered halves side by side: uniaxial stress, exactly. */
static void frictionless_plates_measure_young(void **state) {
  (void)state;
  Body b = body_make(7, 6, 9, 0.5, 0, 1);
  Grid *g = body_grid(world, &b);
  const double young[3] = {10, 20, 30};
  VoxelModel *m =
      model_make(g, elasticity_orthotropic(young, (const double[3]){4, 5, 6}, (const double[3]){0.3, 0.2, 0.25}),
                 (Elasticity){0}, 1e-12);
  for (int axis = 0; axis < 3; ++axis) {
    const int p = (axis + 1) % 3, q = (axis + 2) % 3;
    const double height = 0.5 * (double)b.box.n[axis], area = 0.25 * (double)(b.box.n[p] * b.box.n[q]);
    Grip grip[4] = {plane_grip(g, "bottom", axis, 0, 1u << axis), plane_grip(g, "top", axis, height, 1u << axis),
                    plane_grip(g, "symmetry", p, 0, 1u << p), plane_grip(g, "symmetry", q, 0, 1u << q)};
    double motion[4][6] = {{0}}, reaction[4][6];
    SolveInfo info;
    Vec u;
    motion[1][axis] = -0.01 * height;
    CHECK_OK(voxel_grips(m, 4, grip));
    CHECK_OK(voxel_vector(m, &u));
    CHECK_OK(voxel_solve(m, (const double(*)[6])motion, NULL, u, &info));
    CHECK_OK(voxel_reactions(m, u, NULL, reaction));
    CHECK_NEAR(-reaction[1][axis] / area / 0.01, young[axis], 1e-10, "E = stress over strain under uniaxial stress");
    for (int k = 2; k < 4; ++k)
      CHECK_BELOW(fabs(reaction[k][k == 2 ? p : q]), 1e-10, "the symmetry planes hold nothing");
    grips_free(4, grip);
    CHECK_OK(VecDestroy(&u));
  }
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(grid_destroy(&g));
  body_free(&b);
}

/* Two voxels between clamped plates: on the first coarse grid every node is held, which the cycle must survive. */
static void thin_sheet_between_plates(void **state) {
  (void)state;
  for (int axis = 0; axis < 3; axis += 2) {
    PetscInt n[3] = {40, 40, 40};
    n[axis] = 2;
    Body b = body_make(n[0], n[1], n[2], 0.5, 0, 1);
    Grid *g = body_grid(world, &b);
    VoxelModel *m = model_make(g, elasticity_isotropic(10, 0), (Elasticity){0}, 1e-10);
    SolveInfo info;
    CHECK_NEAR(compress_clamped(m, g, axis, 0.01, &info), 10 * 0.01 * 20 * 20, 1e-9, "E strain area where nu = 0");
    CHECK_OK(voxel_destroy(&m));
    CHECK_OK(grid_destroy(&g));
    body_free(&b);
  }
}

/* A loose rtol, but forces that must balance: the solver goes on until they do. */
static void equilibrium_is_reached(void **state) {
  (void)state;
  Body b = random_body(12, 21);
  Grid *g = body_grid(world, &b);
  Elasticity c[256] = {{0}};
  double relative[2];
  PetscInt iterations[2];
  c[1] = elasticity_isotropic(10, 0.3), c[2] = elasticity_isotropic(30, 0.2);
  for (int strict = 0; strict < 2; ++strict) {
    const VoxelOptions options = {.rtol = 1e-2, .max_iterations = 100, .equilibrium = strict ? 1e-9 : 0};
    Grip grip[2] = {plane_grip(g, "bottom", 2, 0, GRIP_XYZ), plane_grip(g, "top", 2, 6, GRIP_XYZ)};
    double motion[2][6] = {{0}};
    VoxelModel *m;
    SolveInfo info;
    Vec u;
    motion[1][2] = -0.1;
    CHECK_OK(voxel_create(g, c, &options, &m));
    CHECK_OK(voxel_grips(m, 2, grip));
    CHECK_OK(voxel_vector(m, &u));
    CHECK_OK(voxel_solve(m, (const double(*)[6])motion, NULL, u, &info));
    CHECK_OK(voxel_residual(m, u, NULL, &relative[strict]));
    iterations[strict] = info.iterations;
    grips_free(2, grip);
    CHECK_OK(VecDestroy(&u));
    CHECK_OK(voxel_destroy(&m));
  }
  assert_true(relative[0] > 1e-4 && iterations[1] > iterations[0]);
  CHECK_BELOW(relative[1], 1e-9, "VoxelOptions.equilibrium: out-of-balance forces over reactions");
  CHECK_OK(grid_destroy(&g));
  body_free(&b);
}

/* Both grips move alike: no reactions to compare with, and yet the solve ends, with the body moved rigidly. */
static void rigid_motion_needs_no_reactions(void **state) {
  (void)state;
  Body b = random_body(12, 21);
  Grid *g = body_grid(world, &b);
  Elasticity c[256] = {{0}};
  const VoxelOptions options = {.rtol = 1e-8, .max_iterations = 100, .equilibrium = 1e-7};
  Grip grip[2] = {plane_grip(g, "bottom", 2, 0, GRIP_XYZ), plane_grip(g, "top", 2, 6, GRIP_XYZ)};
  double motion[2][6] = {{0, 0, 0.5}, {0, 0, 0.5}}, energy;
  PetscReal lowest;
  VoxelModel *m;
  SolveInfo info;
  Vec u, z;
  c[1] = elasticity_isotropic(10, 0.3), c[2] = elasticity_isotropic(30, 0.2);
  CHECK_OK(voxel_create(g, c, &options, &m));
  CHECK_OK(voxel_grips(m, 2, grip));
  CHECK_OK(voxel_vector(m, &u));
  CHECK_OK(voxel_solve(m, (const double(*)[6])motion, NULL, u, &info));
  CHECK_OK(voxel_energy(m, u, &energy));
  CHECK_BELOW(fabs(energy), 1e-18, "a rigid motion stores no energy");
  CHECK_OK(VecDuplicate(u, &z));
  CHECK_OK(VecCopy(u, z));
  CHECK_OK(VecShift(z, -0.5));
  CHECK_OK(VecPointwiseMult(z, z, u)); /* 0 along z, where u = 0.5, and along x and y, where u = 0 */
  CHECK_OK(VecNorm(z, NORM_INFINITY, &lowest));
  CHECK_BELOW(lowest, 1e-9, "every node moves as the grips do");
  grips_free(2, grip);
  CHECK_OK(VecDestroy(&u));
  CHECK_OK(VecDestroy(&z));
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(grid_destroy(&g));
  body_free(&b);
}

/* call must be refused as a user mistake in words that hold `word`. */
#define CHECK_SAYS(call, word) CHECK_FAILS_SAYING(call, PETSC_ERR_USER_INPUT, word)

static void free_motions_are_named(void **state) {
  (void)state;
  Body b = body_make(6, 8, 10, 0.5, 0, 1);
  Grid *g = body_grid(world, &b);
  VoxelModel *m = model_make(g, elasticity_isotropic(10, 0.3), (Elasticity){0}, 1e-8);
  Vec u;
  SolveInfo info;
  double still[1][6] = {{0}};
  CHECK_OK(voxel_vector(m, &u));
  CHECK_SAYS(voxel_solve(m, (const double(*)[6])still, NULL, u, &info), "no support");
  static const char *const along[3] = {"translation along x", "translation along y", "translation along z"};
  for (int axis = 0; axis < 3; ++axis) { /* a face that may slide along one of its edges */
    Grip slide = plane_grip(g, "face", (axis + 1) % 3, 0, GRIP_XYZ & ~(1u << axis));
    CHECK_SAYS(voxel_grips(m, 1, &slide), along[axis]);
    grips_free(1, &slide);
  }
  static const char *const about[3] = {"rotation about x", "rotation about y", "rotation about z"};
  for (int axis = 0; axis < 3; ++axis) { /* an edge is a hinge */
    const double lo[3] = {0, 0, 0};
    double hi[3] = {0, 0, 0};
    hi[axis] = 100;
    Grip hinge = box_grip(g, "edge", lo, hi, GRIP_XYZ);
    CHECK_SAYS(voxel_grips(m, 1, &hinge), about[axis]);
    grips_free(1, &hinge);
  }
  Grip nowhere = plane_grip(g, "plate beside", 2, 99, GRIP_XYZ);
  CHECK_SAYS(voxel_grips(m, 1, &nowhere), "plate beside");
  grips_free(1, &nowhere);
  CHECK_SAYS(voxel_grips(m, 0, NULL), "free");
  CHECK_OK(VecDestroy(&u));
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(grid_destroy(&g));
  body_free(&b);
}

static void bad_input_is_refused(void **state) {
  (void)state;
  Body b = random_body(10, 5), p = body_make(8, 8, 8, 1, 7, 1);
  Grid *g = body_grid(world, &b), *periodic = body_grid(world, &p);
  const VoxelOptions options = {.rtol = 1e-8, .max_iterations = 3};
  Elasticity c[256] = {{0}};
  VoxelModel *m = NULL;
  SolveInfo info;
  c[1] = elasticity_isotropic(10, 0.3);
  CHECK_SAYS(voxel_create(g, c, &options, &m), "label 2"); /* no material */
  CHECK_OK(voxel_destroy(&m));
  const Elasticity bad[3] = {elasticity_cubic(1, 1.2, 0.5), elasticity_cubic(1, 0.3, -0.5),
                             elasticity_cubic(1, NAN, 0.5)};
  for (int i = 0; i < 3; ++i) {
    c[2] = bad[i];
    CHECK_SAYS(voxel_create(g, c, &options, &m), "label 2 has no positive definite stiffness");
    CHECK_OK(voxel_destroy(&m));
  }
  c[2] = c[1];
  CHECK_OK(voxel_create(g, c, &options, &m));
  Grip grip[2] = {plane_grip(g, "bottom", 2, 0, GRIP_XYZ), plane_grip(g, "top", 2, 5, GRIP_XYZ)};
  double motion[2][6] = {{0}};
  Vec u;
  motion[1][2] = 1;
  CHECK_OK(voxel_grips(m, 2, grip));
  CHECK_OK(voxel_vector(m, &u));
  CHECK_FAILS_SAYING(voxel_solve(m, (const double(*)[6])motion, NULL, u, &info), PETSC_ERR_NOT_CONVERGED,
                     "3 iterations");
  motion[1][2] = NAN;
  CHECK_OK(VecZeroEntries(u));
  CHECK_SAYS(voxel_solve(m, (const double(*)[6])motion, NULL, u, &info), "not finite");
  double C[6][6];
  SolveInfo infos[6];
  CHECK_SAYS(voxel_homogenise(m, 63, C, infos), "periodic");
  grips_free(2, grip);
  CHECK_OK(VecDestroy(&u));
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(voxel_create(periodic, c, &options, &m));
  Grip face = plane_grip(periodic, "face", 2, 0, GRIP_XYZ);
  CHECK_SAYS(voxel_grips(m, 1, &face), "periodic");
  grips_free(1, &face);
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(grid_destroy(&g));
  CHECK_OK(grid_destroy(&periodic));
  body_free(&b);
  body_free(&p);
}

static void other_materials_on_the_same_grid(void **state) {
  (void)state;
  Body b = random_body(10, 3);
  Grid *g = body_grid(world, &b);
  const Elasticity soft = elasticity_isotropic(10, 0.3), stiff = elasticity_isotropic(30, 0.2);
  VoxelModel *m = model_make(g, soft, soft, 1e-10), *fresh = model_make(g, stiff, soft, 1e-10);
  Elasticity c[256] = {{0}};
  SolveInfo info;
  const double before = compress_clamped(m, g, 2, 0.01, &info);
  c[1] = stiff, c[2] = soft;
  CHECK_OK(voxel_materials(m, c));
  const double after = compress_clamped(m, g, 2, 0.01, &info);
  assert_true(after > 1.2 * before);
  CHECK_NEAR(after, compress_clamped(fresh, g, 2, 0.01, &info), 1e-9, "a model made with these materials");
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(voxel_destroy(&fresh));
  CHECK_OK(grid_destroy(&g));
  body_free(&b);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(cantilever_converges),
                                          cmocka_unit_test(unit_motions_superpose),
                                          cmocka_unit_test(orientation_does_not_matter),
                                          cmocka_unit_test(frictionless_plates_measure_young),
                                          cmocka_unit_test(thin_sheet_between_plates),
                                          cmocka_unit_test(equilibrium_is_reached),
                                          cmocka_unit_test(rigid_motion_needs_no_reactions),
                                          cmocka_unit_test(free_motions_are_named),
                                          cmocka_unit_test(bad_input_is_refused),
                                          cmocka_unit_test(other_materials_on_the_same_grid)};
CHECK_MAIN(tests)
