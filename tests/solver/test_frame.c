/* Linear frames: closed forms, invariance, balance, superposition, refusals. ranks: 1 2 4 */
#include "tests/solver/frame_build.h"

/* An orthogonal matrix without zeros, rows e0 e1 e2. */
static void tilt(double R[3][3]) {
  double a = 0.7, b = 0.4, c = 1.1;
  double Z[3][3] = {{cos(a), -sin(a), 0}, {sin(a), cos(a), 0}, {0, 0, 1}};
  double Y[3][3] = {{cos(b), 0, sin(b)}, {0, 1, 0}, {-sin(b), 0, cos(b)}};
  double X[3][3] = {{1, 0, 0}, {0, cos(c), -sin(c)}, {0, sin(c), cos(c)}};
  for (int i = 0; i < 9; i++) {
    R[i / 3][i % 3] = 0;
    for (int j = 0; j < 9; j++)
      R[i / 3][i % 3] += Z[i / 3][j / 3] * Y[j / 3][j % 3] * X[j % 3][i % 3];
  }
}

static void turn(double R[3][3], const double in[3], double out[3], PetscBool back) {
  for (int i = 0; i < 3; i++) {
    out[i] = 0;
    for (int j = 0; j < 3; j++)
      out[i] += (back ? R[j][i] : R[i][j]) * in[j];
  }
}

static double dot3(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/* Cantilever of four struts in a skew direction, loaded at the tip in its own axes: every motion and section force. */
static void test_cantilever(void **state) {
  (void)state;
  enum { N = 4 };
  const double L = 10, r = 0.5, E = 1000, nu = 0.3, load[6] = {3, 1, -2, 0.4, 0.7, -0.5};
  const double A = M_PI * r * r, Iy = A * r * r / 4, G = E / (2 * (1 + nu));
  for (int timoshenko = 0; timoshenko < 2; timoshenko++) {
    double R[3][3], slip = timoshenko ? L * (7 + 6 * nu) / (6 * (1 + nu) * G * A) : 0;
    double force[N + 1][6] = {{0}}, u[N + 1][6], tip[6], reaction[1][6], energy, residual, work = 0;
    Small small;
    Section section[N];
    tilt(R);
    for (int i = 0; i <= N; i++) {
      const double along[3] = {L * (i * i + i) / (N * N + N), 0, 0}; /* unequal struts */
      turn(R, along, small.x[i], PETSC_FALSE);
      if (i < N)
        small.strut[i][0] = i + i % 2, small.strut[i][1] = i + 1 - i % 2, small.radius[i] = r;
    }
    turn(R, load, force[N], PETSC_FALSE);
    turn(R, load + 3, force[N] + 3, PETSC_FALSE);
    Graph graph = graph_of(&small, N + 1, N);
    PetscInt root = 0;
    Grip grip = {.name = "wall", .n = 1, .node = &root, .fixed = GRIP_ALL, .at = {0, 0, 0}};
    FrameModel *model = NULL;
    FrameOptions options = steel(timoshenko);
    options.node_zones = NODE_ZONES_AUTO; /* a straight bar has no lumps: nothing may change */
    SolveInfo info;
    CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
    CHECK_OK(frame_grips(model, 1, &grip));
    CHECK_OK(frame_solve(model, NULL, (const double(*)[6])force, u, &info));
    turn(R, u[N], tip, PETSC_TRUE);
    turn(R, u[N] + 3, tip + 3, PETSC_TRUE);
    const char *source = "Timoshenko cantilever, kappa of Cowper 1966: F L^3/3EI + M L^2/2EI + F L/kappa G A";
    CHECK_NEAR(tip[0], load[0] * L / (E * A), 1e-11, "F L/EA");
    CHECK_NEAR(tip[1], load[1] * (L * L * L / (3 * E * Iy) + slip) + load[5] * L * L / (2 * E * Iy), 1e-11, source);
    CHECK_NEAR(tip[2], load[2] * (L * L * L / (3 * E * Iy) + slip) - load[4] * L * L / (2 * E * Iy), 1e-11, source);
    CHECK_NEAR(tip[3], load[3] * L / (2 * G * Iy), 1e-11, "T L/GJ, J = 2 I");
    CHECK_NEAR(tip[4], load[4] * L / (E * Iy) - load[2] * L * L / (2 * E * Iy), 1e-11, "M L/EI - F L^2/2EI");
    CHECK_NEAR(tip[5], load[5] * L / (E * Iy) + load[1] * L * L / (2 * E * Iy), 1e-11, "M L/EI + F L^2/2EI");
    CHECK_OK(frame_reactions(model, (const double(*)[6])u, reaction));
    double lever[3] = {L, 0, 0}, arm[3];
    turn(R, lever, arm, PETSC_FALSE);
    for (int i = 0; i < 3; i++) {
      int j = (i + 1) % 3, k = (i + 2) % 3;
      double moment = force[N][3 + i] + arm[j] * force[N][k] - arm[k] * force[N][j];
      CHECK_BELOW(fabs(reaction[0][i] + force[N][i]), 1e-11, "the wall holds the load");
      CHECK_BELOW(fabs(reaction[0][3 + i] + moment), 1e-10, "the wall holds its moment");
      work += 0.5 * (force[N][i] * u[N][i] + force[N][3 + i] * u[N][3 + i]);
    }
    CHECK_OK(frame_energy(model, (const double(*)[6])u, &energy));
    CHECK_NEAR(energy, work, 1e-11, "Clapeyron");
    CHECK_OK(frame_residual(model, (const double(*)[6])u, (const double(*)[6])force, &residual));
    CHECK_BELOW(residual, 1e-11, "equilibrium");
    CHECK_BELOW(info.relative_residual, 1e-10, "equilibrium");
    CHECK_OK(frame_sections(model, (const double(*)[6])u, section));
    /* strut 0 runs from root to tip, strut 1 from tip to root: its axis turns round, N and T do not */
    for (int s = 0; s < N; s++) {
      double bend[2], x0 = L * (s * s + s) / (N * N + N), x1 = L * (s * s + 3 * s + 2) / (N * N + N);
      CHECK_NEAR(section[s].N, load[0], 1e-10, "same along the bar");
      CHECK_NEAR(section[s].T, load[3], 1e-10, "same along the bar");
      CHECK_NEAR(hypot(section[s].V2, section[s].V3), hypot(load[1], load[2]), 1e-10, "same along the bar");
      for (int end = 0; end < 2; end++) {
        double d = L - ((end + s) % 2 ? x1 : x0); /* to the tip */
        bend[end] = hypot(load[5] + d * load[1], load[4] - d * load[2]);
        CHECK_NEAR(hypot(section[s].M2[end], section[s].M3[end]), bend[end], 1e-10, "M + F (L - x)");
      }
      double normal = load[0] / A + fmax(bend[0], bend[1]) * r / Iy, shear = load[3] * r / (2 * Iy);
      CHECK_NEAR(section[s].mises, sqrt(normal * normal + 3 * shear * shear), 1e-10, "N/A + M r/Iy, T r/J, von Mises");
    }
    CHECK_OK(frame_destroy(&model));
  }
}

/* Signs of section forces on a bar along x: axis 2 is y, axis 3 is z. */
static void test_section_signs(void **state) {
  (void)state;
  Small small = {.x = {{0, 0, 0}, {2, 0, 0}}, .strut = {{0, 1}}, .radius = {0.1}};
  Graph graph = graph_of(&small, 2, 1);
  PetscInt root = 0;
  Grip grip = {.name = "wall", .n = 1, .node = &root, .fixed = GRIP_ALL};
  FrameOptions options = steel(PETSC_TRUE);
  FrameModel *model = NULL;
  double force[2][6] = {{0}, {-1, 2, 3, 0.25, 0.5, 0.75}}, u[2][6];
  Section s;
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
  CHECK_OK(frame_grips(model, 1, &grip));
  CHECK_OK(frame_solve(model, NULL, (const double(*)[6])force, u, NULL));
  CHECK_OK(frame_sections(model, (const double(*)[6])u, &s));
  const char *source = "forces on the face towards end 1, statics";
  CHECK_NEAR(s.N, -1, 1e-11, source);
  CHECK_NEAR(s.V2, 2, 1e-11, source);
  CHECK_NEAR(s.V3, 3, 1e-11, source);
  CHECK_NEAR(s.T, 0.25, 1e-11, source);
  CHECK_NEAR(s.M2[1], 0.5, 1e-10, source);
  CHECK_NEAR(s.M3[1], 0.75, 1e-10, source);
  CHECK_NEAR(s.M2[0], 0.5 - 3 * 2, 1e-11, "M2 - L V3");
  CHECK_NEAR(s.M3[0], 0.75 + 2 * 2, 1e-11, "M3 + L V2");
  CHECK_OK(frame_destroy(&model));
}

/* Portal with fixed feet, height h, span L, one section, F to the side at both corners; tilted in space. Antisymmetric,
   so that the corner's rotation t meets EI/h of the column, and the beam (24EI/L^3 (v + L t/2) at each corner) in
   series with the column's EA/h; the column's sway u - h t/2 meets 12EI/h^3. For EA = inf it is Kleinlogel's F h^3 (4 +
   6k)/(12EI (1 + 6k)), k = h/L. */
static void test_portal(void **state) {
  (void)state;
  const double h = 5, L = 8, r = 0.3, E = 1000, nu = 0.3, F = 1.5, A = M_PI * r * r, Iy = A * r * r / 4;
  for (int timoshenko = 0; timoshenko < 2; timoshenko++) {
    double R[3][3], kappa = 6 * (1 + nu) / (7 + 6 * nu), shear = timoshenko ? 6 * (1 + nu) * r * r / kappa : 0;
    double a = E * A / h, b = 24 * E * Iy / (L * L * L * (1 + shear / (L * L))), half = L / 2;
    double stiff = E * Iy / h + half * half * a * b / (a + b);
    double sway = F * h * h * h * (1 + shear / (h * h)) / (12 * E * Iy) + F * h * h / (4 * stiff);
    const double plain[4][3] = {{0, 0, 0}, {0, 0, h}, {L, 0, h}, {L, 0, 0}}, side[3] = {F, 0, 0}, across[3] = {0, 1, 0};
    double force[4][6] = {{0}}, u[4][6], motion[3], spin[3], axis[3];
    Small small = {.strut = {{0, 1}, {1, 2}, {3, 2}}, .radius = {r, r, r}};
    Graph graph = graph_of(&small, 4, 3);
    PetscInt feet[2] = {0, 3};
    Grip grip = {.name = "ground", .n = 2, .node = feet, .fixed = GRIP_ALL};
    FrameOptions options = steel(timoshenko);
    FrameModel *model = NULL;
    tilt(R);
    for (int i = 0; i < 4; i++)
      turn(R, plain[i], small.x[i], PETSC_FALSE);
    turn(R, side, force[1], PETSC_FALSE);
    turn(R, side, force[2], PETSC_FALSE);
    turn(R, across, axis, PETSC_FALSE);
    CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
    CHECK_OK(frame_grips(model, 1, &grip));
    CHECK_OK(frame_solve(model, NULL, (const double(*)[6])force, u, NULL));
    for (int i = 1; i <= 2; i++) {
      turn(R, u[i], motion, PETSC_TRUE);
      turn(R, u[i] + 3, spin, PETSC_TRUE);
      CHECK_NEAR(motion[0], sway, 1e-11, "portal, derivation above");
      CHECK_BELOW(fabs(motion[1]), 1e-12, "stays in its plane");
      CHECK_NEAR(spin[1], F * h / (2 * stiff), 1e-11, "portal, derivation above");
      CHECK_NEAR(dot3(u[i] + 3, axis), spin[1], 1e-12, "the same in space");
    }
    CHECK_OK(frame_destroy(&model));
  }
}

/* A block of RD cells between two plates. */
typedef struct Block {
  Graph graph;
  Grip grip[2];
} Block;

static void block_create(PetscInt edge, double strut_mm, Block *block) {
  const PetscInt n[3] = {edge, edge, edge};
  const double origin[3] = {0, 0, 0}, far = (double)edge;
  CHECK_OK(graph_tile(cell_find("rhombic-dodecahedron"), 1, strut_mm, n, origin, PETSC_FALSE, &block->graph));
  for (int g = 0; g < 2; g++) {
    block->grip[g] =
        (Grip){.fixed = GRIP_ALL, .at = {0.5 * far + 0.3, 0.5 * far, g ? far : 0}}; /* off the middle on purpose */
    snprintf(block->grip[g].name, sizeof block->grip[g].name, "%s", g ? "top" : "bottom");
    CHECK_OK(PetscMalloc1(block->graph.n_nodes, &block->grip[g].node));
    for (PetscInt i = 0; i < block->graph.n_nodes; i++)
      if (fabs(block->graph.x[i][2] - block->grip[g].at[2]) < 1e-9)
        block->grip[g].node[block->grip[g].n++] = i;
    assert_true(block->grip[g].n > 0);
  }
}

static void block_free(Block *block) {
  for (int g = 0; g < 2; g++)
    CHECK_OK(PetscFree(block->grip[g].node));
  CHECK_OK(graph_free(&block->graph));
}

static double (*nodal(const Graph *graph))[6] {
  double(*u)[6];
  CHECK_OK(PetscCalloc1(graph->n_nodes, &u));
  return u;
}

static double difference(const Graph *graph, double (*u)[6], double (*v)[6]) {
  double most = 0, size = 0;
  for (PetscInt i = 0; i < graph->n_nodes; i++)
    for (int c = 0; c < 6; c++) {
      most = fmax(most, fabs(u[i][c] - v[i][c]));
      size = fmax(size, fabs(v[i][c]));
    }
  return most / size;
}

static void check_balance(const double (*reaction)[6], const Grip *grip, double size) {
  for (int c = 0; c < 3; c++) {
    int j = (c + 1) % 3, k = (c + 2) % 3;
    double moment = 0;
    for (int g = 0; g < 2; g++)
      moment += reaction[g][3 + c] + grip[g].at[j] * reaction[g][k] - grip[g].at[k] * reaction[g][j];
    CHECK_BELOW(fabs(reaction[0][c] + reaction[1][c]), 1e-9 * size, "forces balance");
    CHECK_BELOW(fabs(moment), 1e-9 * size, "moments balance");
  }
}

/* Unit motions, their stiffness, a superposed load case against a direct solve, and the same on one rank alone. */
static void test_block(void **state) {
  (void)state;
  Block block;
  FrameModel *model = NULL, *alone = NULL;
  FrameOptions options = steel(PETSC_TRUE);
  SolveInfo info[6];
  double K[6][6], (*u[6])[6], (*direct)[6], (*sum)[6], reaction[2][6], energy, work = 0;
  const double motion[2][6] = {{0}, {0.01, -0.02, -0.03, 0.004, 0.005, -0.006}};
  options.node_zones = NODE_ZONES_AUTO;
  block_create(3, 0.2, &block);
  Graph *graph = &block.graph;
  CHECK_OK(frame_create(PETSC_COMM_WORLD, graph, &options, &model));
  CHECK_OK(frame_grips(model, 2, block.grip));
  for (int m = 0; m < 6; m++)
    u[m] = nodal(graph);
  direct = nodal(graph), sum = nodal(graph);
  CHECK_OK(frame_unit_motions(model, 1, u, K, info));
  for (int m = 0; m < 6; m++) {
    CHECK_BELOW(info[m].relative_residual, 1e-10, "equilibrium");
    assert_true(K[m][m] > 0);
    for (int l = 0; l < m; l++)
      CHECK_BELOW(fabs(K[m][l] - K[l][m]), 1e-10 * sqrt(K[m][m] * K[l][l]), "Maxwell-Betti");
  }
  assert_true(info[0].setup_s > 0 && info[1].setup_s == 0);
  CHECK_OK(frame_solve(model, motion, NULL, direct, &info[0]));
  for (PetscInt i = 0; i < graph->n_nodes; i++)
    for (int m = 0; m < 36; m++)
      sum[i][m / 6] += motion[1][m % 6] * u[m % 6][i][m / 6];
  CHECK_BELOW(difference(graph, sum, direct), 1e-10, "superposition");
  CHECK_OK(frame_reactions(model, (const double(*)[6])direct, reaction));
  check_balance((const double(*)[6])reaction, block.grip, fabs(reaction[1][2]));
  for (int m = 0; m < 6; m++) {
    double wanted = 0;
    for (int l = 0; l < 6; l++)
      wanted += K[m][l] * motion[1][l];
    CHECK_NEAR(reaction[1][m], wanted, 1e-8, "stiffness times motion");
    work += 0.5 * reaction[1][m] * motion[1][m];
  }
  CHECK_OK(frame_energy(model, (const double(*)[6])direct, &energy));
  CHECK_NEAR(energy, work, 1e-10, "Clapeyron");
  CHECK_OK(frame_create(PETSC_COMM_SELF, graph, &options, &alone));
  CHECK_OK(frame_grips(alone, 2, block.grip));
  CHECK_OK(frame_solve(alone, motion, NULL, sum, NULL));
  CHECK_BELOW(difference(graph, sum, direct), 1e-10, "any number of ranks");
  CHECK_OK(frame_destroy(&alone));
  CHECK_OK(frame_destroy(&model));
  for (int m = 0; m < 6; m++)
    CHECK_OK(PetscFree(u[m]));
  CHECK_OK(PetscFree(direct));
  CHECK_OK(PetscFree(sum));
  block_free(&block);
}

/* Multigrid instead of the factorisation; nodal loads; a plate that ties translations only. */
static void test_iterative(void **state) {
  (void)state;
  Block block;
  FrameOptions options = steel(PETSC_TRUE);
  SolveInfo info;
  double reaction[2][6], energy, work = 0;
  options.rtol = 1e-9;
  block_create(4, 0.15, &block);
  block.grip[0].fixed = GRIP_XYZ;
  Graph *graph = &block.graph;
  double(*u[2])[6] = {nodal(graph), nodal(graph)}, (*force)[6] = nodal(graph);
  for (PetscInt k = 0; k < block.grip[1].n; k++)
    force[block.grip[1].node[k]][k % 3] = 0.01;
  for (int round = 0; round < 3; round++) { /* factorisation, default multigrid, PETSc's own */
    FrameModel *model = NULL;
    int iterative = round > 0;
    if (iterative)
      CHECK_OK(PetscOptionsSetValue(NULL, "-frame_direct_max_dofs", "0"));
    if (round == 2)
      CHECK_OK(PetscOptionsSetValue(NULL, "-frame_pc_type", "gamg"));
    CHECK_OK(frame_create(PETSC_COMM_WORLD, graph, &options, &model));
    CHECK_OK(frame_grips(model, 1, block.grip));
    CHECK_OK(frame_solve(model, NULL, (const double(*)[6])force, u[iterative], &info));
    CHECK_BELOW(info.relative_residual, 1e-9, "equilibrium");
    CHECK_OK(frame_energy(model, (const double(*)[6])u[iterative], &energy));
    CHECK_OK(frame_reactions(model, (const double(*)[6])u[iterative], reaction));
    CHECK_OK(frame_destroy(&model));
    if (!iterative)
      continue;
    print_message("%d iterations for %d dofs\n", (int)info.iterations, (int)info.dofs);
    CHECK_BELOW((double)info.iterations, 60, "regression band");
    assert_true(info.iterations > 1);
    CHECK_BELOW(difference(graph, u[1], u[0]), 1e-6, "factorisation");
  }
  CHECK_OK(PetscOptionsClearValue(NULL, "-frame_direct_max_dofs"));
  CHECK_OK(PetscOptionsClearValue(NULL, "-frame_pc_type"));
  for (PetscInt i = 0; i < graph->n_nodes; i++)
    work += 0.5 * dot3(force[i], u[1][i]);
  CHECK_NEAR(energy, work, 1e-6, "Clapeyron");
  for (int c = 0; c < 3; c++) {
    double load = 0;
    for (PetscInt i = 0; i < graph->n_nodes; i++)
      load += force[i][c];
    CHECK_NEAR(reaction[0][c], -load, 1e-6, "forces balance");
  }
  CHECK_OK(PetscFree(force));
  CHECK_OK(PetscFree(u[0]));
  CHECK_OK(PetscFree(u[1]));
  block_free(&block);
}

/* Moving everything rigidly strains nothing, with zones or without. */
static void test_rigid_motion(void **state) {
  (void)state;
  Block block;
  double motion[1][6] = {{0.1, 0.2, -0.3, 0.01, 0.02, 0.03}}, energy, wanted[6];
  SolveInfo info;
  block_create(2, 0.25, &block);
  Graph *graph = &block.graph;
  double(*u)[6] = nodal(graph);
  for (int zones = 0; zones < 2; zones++) {
    FrameOptions options = steel(PETSC_TRUE);
    FrameModel *model = NULL;
    options.node_zones = zones ? NODE_ZONES_AUTO : NODE_ZONES_NONE;
    CHECK_OK(frame_create(PETSC_COMM_WORLD, graph, &options, &model));
    CHECK_OK(frame_grips(model, 1, block.grip));
    CHECK_OK(frame_solve(model, (const double(*)[6])motion, NULL, u, &info));
    CHECK_BELOW(info.relative_residual, 1e-10, "rounding");
    CHECK_OK(frame_energy(model, (const double(*)[6])u, &energy));
    CHECK_BELOW(energy, 1e-18, "no strain");
    for (PetscInt i = 0; i < graph->n_nodes; i++) {
      grip_displacement(motion[0], block.grip[0].at, graph->x[i], wanted);
      for (int c = 0; c < 6; c++)
        CHECK_BELOW(fabs(u[i][c] - (c < 3 ? wanted[c] : motion[0][c])), 1e-10, "u + w x d");
    }
    CHECK_OK(frame_destroy(&model));
  }
  CHECK_OK(PetscFree(u));
  block_free(&block);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_cantilever), cmocka_unit_test(test_section_signs),
                                          cmocka_unit_test(test_portal),     cmocka_unit_test(test_block),
                                          cmocka_unit_test(test_iterative),  cmocka_unit_test(test_rigid_motion)};
CHECK_MAIN(tests)
