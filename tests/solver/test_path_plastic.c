/* Elastoplastic frames: collapse loads of plastic hinge theory, exact struts, steps and their cuts. ranks: 1 2 4 */
#include "solver/frame/fibre_section.h"
#include "tests/solver/path_build.h"

static const double E = 1e5, r = 1, yield = 10; /* yields at a strain of 1e-4: small displacements */
static Curve curve;
static Hardening metal = {.yield_MPa = 10};

static PathOptions plastic_options(void) {
  PathOptions options = line_options(E, 0.3);
  options.hardening = &metal;
  return options;
}

static double hinge_moment(void) { return 4 * r * r * r * yield / 3; }

static void make_path(MPI_Comm comm, Line *line, Graph *graph, const PathOptions *options, PathModel **path) {
  for (PetscInt s = 0; s < line->n; s++)
    line->strut[s][0] = s, line->strut[s][1] = s + 1, line->radius[s] = r;
  *graph = line_graph(line);
  CHECK_OK(path_create(comm, graph, options, path));
}

static void straight(Line *line, PetscInt n, double L) {
  *line = (Line){.n = n};
  for (PetscInt i = 0; i <= n; i++)
    line->x[i][0] = L * (double)i / (double)n;
}

typedef struct Pull { /* curve of one component of a grip's reaction */
  PetscInt grip, n, cuts;
  int component;
  double parameter[1000], force[1000], work, energy;
} Pull;

static PetscErrorCode pulled(PathModel *path, const PathPoint *point, void *context, PetscBool *stop) {
  Pull *pull = context;
  PetscFunctionBeginUser;
  (void)path, (void)stop;
  PetscCheck(pull->n < 1000, PETSC_COMM_SELF, PETSC_ERR_PLIB, "curve is full");
  pull->parameter[pull->n] = point->parameter;
  pull->force[pull->n++] = point->reaction[pull->grip][pull->component];
  pull->work = point->work, pull->energy = point->energy;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* To the end in such steps; minus the last vertical force of grip 1. */
static double follow(PathModel *path, double step, Pull *pull) {
  PathOutcome outcome;
  const PathSteps steps = {.to = 1, .first = step, .least = step / 1024, .most = step, .max_steps = 900};
  *pull = (Pull){.grip = 1, .component = 2};
  CHECK_OK(path_follow(path, &steps, pulled, pull, &outcome));
  assert_true(outcome.reached);
  pull->cuts = outcome.cuts;
  CHECK_OK(path_destroy(&path));
  return -pull->force[pull->n - 1];
}

/* Beam of two struts whose middle is pushed; its far end clamped or on a roller. Force when pushed to the end. */
static double pushed_beam(MPI_Comm comm, PetscBool clamped, double push, double step, Pull *pull) {
  Line line;
  Graph graph;
  PathModel *path;
  PetscInt node[3] = {0, 1, 2};
  const double L = 40;
  straight(&line, 2, L);
  PathOptions options = plastic_options();
  make_path(comm, &line, &graph, &options, &path);
  Grip grips[3] = {{.name = "wall", .n = 1, .node = &node[0], .fixed = GRIP_ALL},
                   {.name = "punch", .n = 1, .node = &node[1], .fixed = GRIP_Z},
                   {.name = "far end", .n = 1, .node = &node[2], .fixed = clamped ? GRIP_ALL & ~GRIP_X : GRIP_Z}};
  const double motion[3][6] = {{0}, {0, 0, -push}, {0}};
  CHECK_OK(path_load(path, 3, grips, motion, NULL));
  return follow(path, step, pull);
}

static void test_beams(void **state) {
  (void)state;
  Pull pull;
  CHECK_NEAR(pushed_beam(PETSC_COMM_WORLD, PETSC_TRUE, 0.1, 0.1, &pull), 8 * hinge_moment() / 40, 0.01,
             "clamped beam, three hinges: 8 M_p/L");
  CHECK_NEAR(pull.work, pull.energy, 0.01, "work of the punch = energy of the beams, trapezoid rule");
  CHECK_NEAR(pushed_beam(PETSC_COMM_WORLD, PETSC_FALSE, 0.1, 0.1, &pull), 6 * hinge_moment() / 40, 0.01,
             "propped cantilever, two hinges: 6 M_p/L");
}

static PetscErrorCode far_enough(PathModel *path, const PathPoint *point, void *context, PetscBool *stop) {
  PetscFunctionBeginUser;
  PetscCall(watch(path, point, context, stop));
  const double *u = curve.u[curve.n - 1];
  *stop = (PetscBool)(fabs(u[0]) + fabs(u[2]) > 0.8);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Portal frame, fixed feet, height and span l: load factor on the way to collapse under a sideways and a middle load.
 */
static double portal(double sideways, double middle) {
  static double force[LINE_NODES][6];
  Line line = {.n = 4};
  Graph graph;
  PathModel *path;
  PathOutcome outcome;
  PetscInt feet[2] = {0, 4};
  const double l = 60, at[5][3] = {{0, 0, 0}, {0, 0, l}, {l / 2, 0, l}, {l, 0, l}, {l, 0, 0}};
  for (int i = 0; i < 5; i++)
    for (int c = 0; c < 3; c++)
      line.x[i][c] = at[i][c];
  PathOptions options = plastic_options();
  make_path(PETSC_COMM_WORLD, &line, &graph, &options, &path);
  Grip grip = {.name = "feet", .n = 2, .node = feet, .fixed = GRIP_ALL};
  force[1][0] = sideways * hinge_moment() / l;
  force[2][2] = -middle * hinge_moment() / l;
  CHECK_OK(path_load(path, 1, &grip, NULL, (const double(*)[6])force));
  curve = (Curve){.node = 2};
  PathSteps steps = {.control = PATH_ARC, .to = 20, .first = 0.5, .least = 1e-4, .most = 1e3, .max_steps = 100};
  CHECK_OK(path_follow(path, &steps, far_enough, &curve, &outcome));
  assert_true(outcome.reached);
  CHECK_OK(path_destroy(&path));
  return curve.parameter[curve.n - 1];
}

static void test_portal(void **state) {
  (void)state;
  CHECK_NEAR(portal(0, 1), 8, 0.01, "beam mechanism: V l/4 = 2 M_p");
  CHECK_NEAR(portal(1, 0), 4, 0.01, "sway mechanism: H l = 4 M_p");
  CHECK_NEAR(portal(1, 2), 3, 0.01, "combined mechanism: V l/2 + H l = 6 M_p");
}

/* One strut between clamped ends of which one moves: exact curves. */
static void pull_strut(const double motion[6], int component, const Hardening *hardening, double back, Pull *pull) {
  Line line;
  Graph graph;
  PathModel *path;
  PathOutcome outcome;
  PetscInt node[2] = {0, 1};
  straight(&line, 1, 8);
  PathOptions options = plastic_options();
  options.hardening = hardening;
  options.duration_s = 2;
  make_path(PETSC_COMM_WORLD, &line, &graph, &options, &path);
  Grip grips[2] = {{.name = "wall", .n = 1, .node = &node[0], .fixed = GRIP_ALL},
                   {.name = "jaw", .n = 1, .node = &node[1], .fixed = GRIP_ALL, .at = {8, 0, 0}}};
  double motions[2][6] = {{0}};
  for (int c = 0; c < 6; c++)
    motions[1][c] = motion[c];
  CHECK_OK(path_load(path, 2, grips, (const double(*)[6])motions, NULL));
  *pull = (Pull){.grip = 1, .component = component};
  PathSteps steps = {.to = 1, .first = 0.01, .least = 1e-3, .most = 0.05, .max_steps = 400};
  CHECK_OK(path_follow(path, &steps, pulled, pull, &outcome));
  assert_true(outcome.reached);
  steps.to = back;
  CHECK_OK(path_follow(path, &steps, pulled, pull, &outcome));
  assert_true(outcome.reached);
  CHECK_OK(path_destroy(&path));
}

static void test_tension(void **state) {
  (void)state;
  const Hardening bilinear = {.yield_MPa = yield, .linear_MPa = 2000};
  const double Et = E * 2000 / (E + 2000), A = M_PI * r * r, most = 1e-3;
  Pull pull;
  pull_strut((const double[6]){8 * most}, 0, &bilinear, 0.9, &pull);
  for (PetscInt i = 0; i < pull.n; i++) {
    double strain = most * pull.parameter[i], first = yield / E, plastic = yield + Et * (strain - first);
    PetscBool back = (PetscBool)(i && pull.parameter[i] < pull.parameter[i - 1]);
    if (!back)
      CHECK_NEAR(pull.force[i], A * (strain < first ? E * strain : plastic), 1e-9, "bilinear stress-strain curve");
    else
      CHECK_NEAR(pull.force[i - 1] - pull.force[i], A * E * most * (pull.parameter[i - 1] - pull.parameter[i]), 1e-7,
                 "unloading with Young's modulus");
  }
  assert_true(pull.parameter[pull.n - 1] == 0.9);
}

static void test_rate(void **state) {
  (void)state;
  const Hardening fast = {.yield_MPa = yield, .linear_MPa = 100, .rate_per_s = 0.01, .rate_exponent = 4};
  const double most = 1e-2;
  Pull pull;
  pull_strut((const double[6]){8 * most}, 0, &fast, 0.99, &pull);
  PetscInt last = 0;
  while (pull.parameter[last] < 1)
    last++;
  double alpha = most - pull.force[last] / (M_PI * r * r) / E;
  CHECK_NEAR(pull.force[last], M_PI * r * r * (yield + 100 * alpha) * (1 + pow(most / 2 / 0.01, 0.25)), 1e-3,
             "Cowper and Symonds 1957: sigma_y (1 + (rate/D)^(1/q))");
}

static void test_torsion(void **state) {
  (void)state;
  const double G = E / 2.6, first = yield / sqrt(3) / (G * r), full = 2 * M_PI * r * r * r * yield / sqrt(3) / 3;
  Pull pull;
  pull_strut((const double[6]){0, 0, 0, 8 * 10 * first}, 3, &metal, 0.95, &pull);
  for (PetscInt i = 0; i < pull.n && pull.parameter[i] >= (i ? pull.parameter[i - 1] : 0); i++) {
    double ratio = 1 / (10 * pull.parameter[i]), slope = FIBRE_LEAST_SLOPE * (10 * pull.parameter[i] - 1);
    double want = ratio >= 1 ? G * M_PI / 2 * r * r * r * first / ratio / r * r : full * (1 - pow(ratio, 3) / 4);
    CHECK_BELOW(fabs(pull.force[i] - want), (0.012 + slope) * full, "elastoplastic torsion of the circle, closed form");
  }
}

/* Bending with hardening: the slope after a turn is the elastic one. */
static void test_unloading(void **state) {
  (void)state;
  const Hardening hard = {.yield_MPa = yield, .linear_MPa = 3000};
  Pull pull;
  pull_strut((const double[6]){0, 0, 0.05}, 2, &hard, 0.95, &pull);
  PetscInt turn = 0;
  while (turn + 1 < pull.n && pull.parameter[turn + 1] > pull.parameter[turn])
    turn++;
  double elastic = pull.force[0] / pull.parameter[0], now = pull.force[turn] - pull.force[turn - 1],
         back = (pull.force[turn] - pull.force[turn + 1]) / (pull.parameter[turn] - pull.parameter[turn + 1]);
  CHECK_NEAR(elastic, 12 * E * M_PI / 4 / 512 * 0.05, 1e-4, "12 EI/L^3");
  CHECK_BELOW(now / (pull.parameter[turn] - pull.parameter[turn - 1]), 0.3 * elastic, "the strut has yielded");
  CHECK_NEAR(back, elastic, 2e-3, "unloading is elastic");
}

/* The same on all ranks together as on each alone: sums are made in the order of the struts. */
static void test_ranks(void **state) {
  (void)state;
  Pull all, own;
  pushed_beam(PETSC_COMM_WORLD, PETSC_TRUE, 0.2, 0.1, &all);
  pushed_beam(PETSC_COMM_SELF, PETSC_TRUE, 0.2, 0.1, &own);
  assert_int_equal(all.n, own.n);
  for (PetscInt i = 0; i < all.n; i++)
    CHECK_NEAR(all.force[i], own.force[i], 1e-12, "any number of ranks gives the same path");
}

/* A space frame whose head is pushed and turned, so that forces do not grow in proportion. */
static double space_frame(MPI_Comm comm, double size, double step, Pull *pull) {
  Line line = {.n = 4};
  Graph graph;
  PathModel *path;
  PetscInt end[2] = {0, 4};
  const double x[5][3] = {{0, 0, 0}, {12, 0, 4}, {16, 12, 8}, {4, 16, 12}, {0, 8, 24}};
  for (int i = 0; i < 5; i++)
    for (int c = 0; c < 3; c++)
      line.x[i][c] = x[i][c];
  PathOptions options = plastic_options();

  make_path(comm, &line, &graph, &options, &path);
  Grip grips[2] = {{.name = "foot", .n = 1, .node = &end[0], .fixed = GRIP_ALL},
                   {.name = "head", .n = 1, .node = &end[1], .fixed = GRIP_ALL, .at = {0, 8, 24}}};
  const double motion[2][6] = {{0}, {0.1 * size, 0, -0.5 * size, 0.02 * size, 0, 0.02 * size}};
  CHECK_OK(path_load(path, 2, grips, motion, NULL));
  return follow(path, step, pull);
}

/* Implicit Euler: of the first order where stresses turn; a step too large is cut and ends in the same place. */
static void test_steps(void **state) {
  (void)state;
  Pull pull;
  double force[4];
  for (int k = 0; k < 4; k++) {
    force[k] = space_frame(PETSC_COMM_SELF, 1, 1. / (16 << k), &pull);
    assert_int_equal(pull.cuts, 0);
  }
  for (int k = 0; k < 2; k++)
    CHECK_BELOW(fabs(force[k + 1] - force[k + 2]), fabs(force[k] - force[k + 1]) / 1.8, "halved steps halve the error");
  CHECK_NEAR(force[0], force[3], 5e-4, "16 steps are near the limit");
  double whole = space_frame(PETSC_COMM_SELF, 16, 0.02, &pull);
  CHECK_NEAR(pull.work, pull.energy, 0.03, "work of the head = energy of the beams, trapezoid rule");
  double cut = space_frame(PETSC_COMM_SELF, 16, 1, &pull);
  assert_true(pull.cuts > 0);
  CHECK_NEAR(cut, whole, 0.05, "a step that was too large is cut");
}

/* A cantilever under a dead moment of twice M_p: the path ends near M_p and the model stays at its last good point,
   from where it can be unloaded. */
static void test_stuck(void **state) {
  (void)state;
  static double force[LINE_NODES][6];
  Line line;
  Graph graph;
  PathModel *path;
  PathOutcome outcome;
  PetscInt root = 0;
  double u[LINE_NODES][6];
  straight(&line, 2, 40);
  PathOptions options = plastic_options();
  make_path(PETSC_COMM_WORLD, &line, &graph, &options, &path);
  Grip grip = {.name = "root", .n = 1, .node = &root, .fixed = GRIP_ALL};
  force[2][4] = 2 * hinge_moment();
  CHECK_OK(path_load(path, 1, &grip, NULL, (const double(*)[6])force));
  curve = (Curve){.node = 2};
  PathSteps steps = {.to = 1, .first = 0.1, .least = 0.01, .most = 0.1, .max_steps = 100};
  CHECK_OK(path_follow(path, &steps, watch, &curve, &outcome));
  assert_false(outcome.reached);
  assert_true(outcome.cuts > 0 && outcome.why[0]);
  CHECK_OK(path_displacement(path, u));
  for (int c = 0; c < 6; c++)
    assert_true(u[2][c] == curve.u[curve.n - 1][c]);
  double top = curve.parameter[curve.n - 1], turn = u[2][4];
  CHECK_BELOW(top, 0.6, "M_p is at 0.5, less what hardens");
  steps.to = 0.9 * top;
  CHECK_OK(path_follow(path, &steps, watch, &curve, &outcome));
  assert_true(outcome.reached);
  CHECK_OK(path_displacement(path, u));
  CHECK_NEAR(turn - u[2][4], 0.1 * top * force[2][4] * 40 / (E * M_PI / 4), 1e-3, "unloading from the last good point");
  CHECK_OK(path_destroy(&path));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_beams),   cmocka_unit_test(test_portal), cmocka_unit_test(test_tension),
    cmocka_unit_test(test_torsion), cmocka_unit_test(test_rate),   cmocka_unit_test(test_unloading),
    cmocka_unit_test(test_ranks),   cmocka_unit_test(test_steps),  cmocka_unit_test(test_stuck)};
CHECK_MAIN(tests)
