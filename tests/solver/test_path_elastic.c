/* Elastic frames in large displacements: known answers, energy, snap-through and snap-back. ranks: 1 2 4 */
#include "tests/solver/path_build.h"

static Curve curve;

/* Elastica: a moment 2 pi EI/L bends a cantilever into a full circle. */
static void test_elastica(void **state) {
  (void)state;
  static double force[LINE_NODES][6];
  Line line = {.n = 12};
  Graph graph;
  PathModel *path;
  PathOutcome outcome;
  PetscInt root = 0;
  const double L = 12, EI = 50, E = line_section(&line, 1e5, EI);
  for (PetscInt i = 0; i <= line.n; i++)
    line.x[i][0] = L * (double)i / (double)line.n;
  PathOptions options = line_options(E, 0.3);
  line_path(&line, &graph, &options, &path);
  Grip grip = {.name = "root", .n = 1, .node = &root, .fixed = GRIP_ALL};
  for (int i = 0; i < LINE_NODES; i++)
    for (int c = 0; c < 6; c++)
      force[i][c] = 0;
  force[line.n][4] = 2 * M_PI * EI / L;
  CHECK_OK(path_load(path, 1, &grip, NULL, (const double(*)[6])force));
  curve = (Curve){.node = line.n};
  PathSteps steps = {.to = 1, .first = 0.05, .least = 1e-3, .most = 0.1, .max_steps = 200};
  CHECK_OK(path_follow(path, &steps, watch, &curve, &outcome));
  assert_true(outcome.reached);
  const double *u = curve.u[curve.n - 1];
  CHECK_BELOW(fabs(u[0] + L), 1e-6 * L, "elastica: the tip of the closed circle is at the root");
  CHECK_BELOW(fabs(u[2]), 1e-6 * L, "elastica");
  CHECK_BELOW(fabs(u[1]), 1e-6 * L, "plane bending");
  CHECK_NEAR(curve.energy, 2 * M_PI * M_PI * EI / L, 1e-6, "energy of the circle, M^2 L/2EI");
  CHECK_NEAR(curve.work, curve.energy, 2e-3, "work of the moment, trapezoid rule");
  CHECK_OK(path_destroy(&path));
}

/* Bathe and Bolourchi 1979: eighth of a circle of radius 100, section 1 x 1, E 1e7, nu 0, tip load out of plane. */
static void test_bend(void **state) {
  (void)state;
  static double force[LINE_NODES][6];
  Line line = {.n = 16};
  Graph graph;
  PathModel *path;
  PathOutcome outcome;
  PetscInt root = 0;
  const double E = line_section(&line, 1e7, 1e7 / 12);
  for (PetscInt i = 0; i <= line.n; i++) {
    double angle = M_PI / 4 * (double)i / (double)line.n;
    line.x[i][0] = 100 * sin(angle), line.x[i][1] = 100 * (1 - cos(angle));
  }
  PathOptions options = line_options(E, 0);
  line_path(&line, &graph, &options, &path);
  Grip grip = {.name = "root", .n = 1, .node = &root, .fixed = GRIP_ALL};
  force[line.n][2] = 600;
  CHECK_OK(path_load(path, 1, &grip, NULL, (const double(*)[6])force));
  curve = (Curve){.node = line.n};
  PathSteps steps = {.to = 1, .first = 0.1, .least = 1e-3, .most = 0.2, .max_steps = 100};
  CHECK_OK(path_follow(path, &steps, watch, &curve, &outcome));
  assert_true(outcome.reached);
  const double *u = curve.u[curve.n - 1], *x = line.x[line.n];
  const double tip[3] = {47.2, 15.9, 53.4}, move = sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]);
  CHECK_BELOW(
      hypot(hypot(x[0] + u[0] - tip[0], x[1] + u[1] - tip[1]), u[2] - tip[2]), 0.01 * move,
      "Bathe and Bolourchi 1979: tip at (15.9, 47.2, 53.4), within 1 % of its way; published solutions with beams "
      "spread over 15.6 .. 15.9");
  CHECK_OK(path_destroy(&path));
}

/* Lee's frame: column and beam of 120, hinged, load at a fifth of the beam; its path turns back in load and
 * displacement. */
static void test_lee(void **state) {
  (void)state;
  enum { HALF = 10 };
  static double force[LINE_NODES][6];
  Line line = {.n = 2 * HALF};
  Graph graph;
  PathModel *path;
  PathOutcome outcome;
  const double L = 120, E = line_section(&line, 720 * 6., 720 * 2.);
  for (PetscInt i = 0; i <= line.n; i++) {
    line.x[i][2] = i < HALF ? L * (double)i / HALF : L;
    line.x[i][0] = i < HALF ? 0 : L * (double)(i - HALF) / HALF;
  }
  PetscInt hinge[2] = {0, line.n}, plane[LINE_NODES];
  for (PetscInt i = 0; i <= line.n; i++)
    plane[i] = i;
  Grip grips[2] = {{.name = "hinges", .n = 2, .node = hinge, .fixed = GRIP_XYZ},
                   {.name = "plane", .n = line.n + 1, .node = plane, .fixed = GRIP_Y | 8 | 32}};
  PathOptions options = line_options(E, 0.3);
  line_path(&line, &graph, &options, &path);
  force[HALF + HALF / 5][2] = -1;
  CHECK_OK(path_load(path, 2, grips, NULL, (const double(*)[6])force));
  curve = (Curve){.node = HALF + HALF / 5};
  PathSteps steps = {.control = PATH_ARC, .to = 2.2, .first = 0.1, .least = 1e-4, .most = 0.4, .max_steps = 400};
  CHECK_OK(path_follow(path, &steps, watch, &curve, &outcome));
  double limit = 0, low = 0, back = 0, deepest = 0;
  for (PetscInt i = 1; i + 1 < curve.n; i++) {
    const double *p = curve.parameter + i;
    if (limit == 0 && p[0] > p[-1] && p[0] > p[1]) { /* parabola through the three points */
      double a = p[-1] - p[0], b = p[1] - p[0];
      limit = p[0] - (b - a) * (b - a) / (8 * (a + b));
    }
    low = PetscMin(low, p[0]);
    deepest = PetscMax(deepest, -curve.u[i][2]);
    back = PetscMax(back, deepest + curve.u[i][2]);
  }
  CHECK_NEAR(limit, 1.8557, 0.01, "Lee, Manuel and Rossow 1968: first limit load 1.8557");
  CHECK_NEAR(low, -0.95, 0.08, "the load reverses to about half the limit load before it rises again");
  assert_true(back > 5); /* the displacement under the load turned back: snap-back */
  assert_true(outcome.reached);
  CHECK_NEAR(curve.work, curve.energy, 0.03, "work of the load = energy of the beams, trapezoid rule");
  CHECK_OK(path_destroy(&path));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_elastica), cmocka_unit_test(test_bend),
                                          cmocka_unit_test(test_lee)};
CHECK_MAIN(tests)
