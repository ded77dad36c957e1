/* Elastic frames: snap-through, curved beams, buckling, and the linear frame as the limit of small loads. */
#include "tests/solver/path_build.h"

static Curve curve;

/* A member of the toggle, ends kept from turning: compressed by Q along its first axis and displaced by `across`.
   EI y'''' + Q y'' = 0 gives y' = across (cos kx + tan(kL/2) sin kx - 1)/(2 tan(kL/2)/k - L), k^2 = Q/EI; hyperbolic
   under tension. Returns the force across; bow: half the integral of y'^2. */
static double beam_column(double L, double EI, double Q, double across, double *bow) {
  enum { N = 200 };
  double k = sqrt(fabs(Q) / EI), t = Q > 0 ? tan(k * L / 2) : tanh(k * L / 2), span = 2 * t / k - L;
  *bow = 0;
  for (int i = 0; i <= N; i++) {
    double x = L * i / N, y = Q > 0 ? cos(k * x) + t * sin(k * x) - 1 : cosh(k * x) - t * sinh(k * x) - 1;
    *bow += L / N / 3 * (i == 0 || i == N ? 1 : i % 2 ? 4 : 2) * 0.5 * y * y * across * across / (span * span);
  }
  return Q * across / span;
}

typedef struct Toggle {
  double EA, EI, span, rise;
} Toggle;
enum { HALF = 16 };
static const Toggle toggle = {1.885e6, 9.27e3, 12.943, 0.386};

/* Williams' load on the apex that has come down by w. */
static double williams(double w) {
  const double L = hypot(toggle.span, toggle.rise), sine = toggle.rise / L, cosine = toggle.span / L;
  double euler = M_PI * M_PI * toggle.EI / (L * L), lo = -30 * euler, hi = 3.99 * euler, bow, across = 0;
  for (int it = 0; it < 200; it++) {
    double Q = 0.5 * (lo + hi);
    across = beam_column(L, toggle.EI, Q, w * cosine, &bow);
    if (Q * L / toggle.EA + bow > w * sine)
      hi = Q;
    else
      lo = Q;
  }
  return 2 * (0.5 * (lo + hi) * sine + across * cosine);
}

static void toggle_line(Line *line, double *E) {
  line->n = 2 * HALF;
  *E = line_section(line, toggle.EA, toggle.EI);
  for (PetscInt i = 0; i <= line->n; i++) {
    line->x[i][0] = toggle.span * (double)(i - HALF) / HALF;
    line->x[i][2] = toggle.rise * (1 - fabs(line->x[i][0]) / toggle.span);
  }
}

static PetscErrorCode apex_load(PathModel *path, const PathPoint *point, void *context, PetscBool *stop) {
  double *force = context;
  PetscFunctionBeginUser;
  PetscCall(watch(path, point, &curve, stop));
  force[curve.n - 1] = -point->reaction[1][2];
  curve.work = point->work;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void test_toggle_displaced(void **state) {
  (void)state;
  static double force[2000];
  Line line;
  Graph graph;
  PathModel *path;
  PathOutcome outcome;
  PetscInt ends[2] = {0, 2 * HALF}, apex = HALF;
  double E, most = 0;
  int falls = 0;
  toggle_line(&line, &E);
  PathOptions options = line_options(E, 0.3);
  line_path(&line, &graph, &options, &path);
  Grip grips[2] = {{.name = "walls", .n = 2, .node = ends, .fixed = GRIP_ALL},
                   {.name = "apex", .n = 1, .node = &apex, .fixed = GRIP_XYZ}};
  const double motion[2][6] = {{0}, {0, 0, -0.7, 0, 0, 0}};
  CHECK_OK(path_load(path, 2, grips, motion, NULL));
  curve = (Curve){.node = apex};
  PathSteps steps = {.to = 1, .first = 0.02, .least = 1e-4, .most = 0.02, .max_steps = 200};
  CHECK_OK(path_follow(path, &steps, apex_load, force, &outcome));
  assert_true(outcome.reached);
  for (PetscInt i = 0; i < curve.n; i++) {
    double want = williams(-curve.u[i][2]);
    CHECK_NEAR(force[i], want, 0.01, "Williams 1964: beam-columns with bowing, solved here");
    most = falls ? most : force[i];
    falls += i && force[i] < force[i - 1];
  }
  CHECK_NEAR(most, 34, 0.05, "Williams 1964: the toggle snaps at about 34 lb");
  assert_true(falls > 3 && falls < curve.n / 2);
  CHECK_NEAR(curve.work, curve.energy, 5e-3, "work of the apex = energy of the beams, trapezoid rule");
  CHECK_OK(path_destroy(&path));
}

static void test_toggle_arc(void **state) {
  (void)state;
  static double force[LINE_NODES][6];
  Line line;
  Graph graph;
  PathModel *path;
  PathOutcome outcome;
  PetscInt ends[2] = {0, 2 * HALF}, apex = HALF;
  double E;
  int falls = 0;
  toggle_line(&line, &E);
  PathOptions options = line_options(E, 0.3);
  line_path(&line, &graph, &options, &path);
  Grip grips = {.name = "walls", .n = 2, .node = ends, .fixed = GRIP_ALL};
  force[apex][2] = -1;
  CHECK_OK(path_load(path, 1, &grips, NULL, (const double(*)[6])force));
  curve = (Curve){.node = apex};
  PathSteps steps = {.control = PATH_ARC, .to = 60, .first = 2, .least = 0.01, .most = 3, .max_steps = 400};
  CHECK_OK(path_follow(path, &steps, watch, &curve, &outcome));
  assert_true(outcome.reached);
  for (PetscInt i = 0; i < curve.n; i++) {
    CHECK_NEAR(curve.parameter[i], williams(-curve.u[i][2]), 0.01, "Williams 1964, along the arc");
    falls += i && curve.parameter[i] < curve.parameter[i - 1];
  }
  assert_true(falls > 2 && falls < curve.n / 2);
  CHECK_NEAR(curve.work, curve.energy, 5e-3, "work of the load = energy of the beams, trapezoid rule");
  CHECK_OK(path_destroy(&path));
}

/* Reach the loads at 1, and at -1, in one step each; u is half the difference of the node watched, so that what is
   quadratic in small loads drops out. */
static void odd_part(PathModel *path, double u[6]) {
  PathOutcome outcome;
  for (int side = 1; side >= -1; side -= 2) {
    PathSteps steps = {.to = side, .first = 1, .least = 1, .most = 1, .max_steps = 1};
    CHECK_OK(path_reset(path));
    curve.n = 0;
    CHECK_OK(path_follow(path, &steps, watch, &curve, &outcome));
    assert_true(outcome.reached);
    for (int c = 0; c < 6; c++)
      u[c] = side > 0 ? 0.5 * curve.u[0][c] : u[c] - 0.5 * curve.u[0][c];
  }
}

/* MacNeal and Harder's quarter circle, root at (R, 0), in a circular section of the bending stiffness of that plane;
   the other stiffness of the real section is told by the axial one and by Poisson's ratio. */
static void curved_tip(double EA, double EI, double poisson, const double load[3], double u[3], double reaction[6]) {
  enum { N = 16 };
  static double force[LINE_NODES][6];
  Line line = {.n = N};
  Graph graph;
  PathModel *path;
  FrameModel *frame;
  PetscInt root = 0;
  const double R = 4.22, E = line_section(&line, EA, EI), small = 0.01;
  double linear[LINE_NODES][6], held[1][6], odd[6], size;
  for (PetscInt i = 0; i <= N; i++) {
    double angle = M_PI / 2 * (double)i / N;
    line.x[i][0] = R * cos(angle), line.x[i][1] = R * sin(angle);
  }
  PathOptions options = line_options(E, poisson);
  options.frame.rtol = 1e-8;
  Grip grip = {.name = "root", .n = 1, .node = &root, .fixed = GRIP_ALL, .at = {R, 0, 0}};
  for (int c = 0; c < 3; c++)
    force[N][c] = small * load[c];
  line_path(&line, &graph, &options, &path);
  CHECK_OK(path_load(path, 1, &grip, NULL, (const double(*)[6])force));
  curve = (Curve){.node = N};
  odd_part(path, odd);
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options.frame, &frame));
  CHECK_OK(frame_grips(frame, 1, &grip));
  CHECK_OK(frame_solve(frame, NULL, (const double(*)[6])force, linear, NULL));
  CHECK_OK(frame_reactions(frame, (const double(*)[6])linear, held));
  size = fabs(linear[N][0]) + fabs(linear[N][1]) + fabs(linear[N][2]);
  for (int c = 0; c < 3; c++) {
    u[c] = linear[N][c] / small;
    CHECK_BELOW(fabs(odd[c] - linear[N][c]), 1e-6 * size, "a small step of the path = the linear frame");
  }
  for (int c = 0; c < 6; c++)
    reaction[c] = held[0][c] / small;
  CHECK_OK(frame_destroy(&frame));
  CHECK_OK(path_destroy(&path));
}

static void test_curved_beam(void **state) {
  (void)state;
  const double R = 4.22, E = 1e7, G = E / 2.5, EA = E * 0.2 * 0.1, inner = E * 0.1 * pow(0.2, 3) / 12,
               outer = E * 0.2 * pow(0.1, 3) / 12,
               GJ = G * 0.2 * pow(0.1, 3) / 3 * (1 - 0.63 * 0.5 + 0.052 * pow(0.5, 5));
  const double in[3] = {0, 1, 0}, out[3] = {0, 0, 1};
  double u[3], reaction[6];
  curved_tip(EA, inner, 0.25, in, u, reaction);
  CHECK_NEAR(u[1], 0.08734, 0.02, "MacNeal and Harder 1985, curved beam, in the plane");
  CHECK_NEAR(u[1], M_PI / 4 * R * (R * R / inner + 1 / EA), 0.005, "Castigliano: M = F R sin t, N = F sin t");
  CHECK_BELOW(fabs(reaction[1] + 1) + fabs(reaction[0]), 1e-7, "the root holds the load");
  CHECK_BELOW(fabs(reaction[5] - R), 1e-6, "moment of the load, F R");
  curved_tip(EA, outer, outer / GJ - 1, out, u, reaction);
  CHECK_NEAR(u[2], 0.5022, 0.01, "MacNeal and Harder 1985, curved beam, out of the plane");
  CHECK_NEAR(u[2], pow(R, 3) * (M_PI / 4 / outer + (3 * M_PI / 4 - 2) / GJ), 0.005, "Castigliano");
}

/* Sway buckling of the portal frame of equal columns and beam with fixed feet: tan(kh)/kh = -1/6. */
static void test_portal(void **state) {
  (void)state;
  static double force[LINE_NODES][6];
  Line line = {.n = 3};
  Graph graph;
  PathModel *path;
  PathOutcome outcome;
  const double h = 100, EI = 1000, E = line_section(&line, 4 * EI, EI); /* radius 1 */
  const double corner[4][3] = {{0, 0, 0}, {0, 0, h}, {h, 0, h}, {h, 0, 0}};
  double lo = M_PI / 2 + 1e-9, hi = M_PI, critical;
  for (int it = 0; it < 100; it++) {
    double k = 0.5 * (lo + hi);
    if (tan(k) / k < -1. / 6)
      lo = k;
    else
      hi = k;
  }
  critical = lo * lo * EI / (h * h);
  CHECK_NEAR(critical, 7.379 * EI / (h * h), 1e-3, "Timoshenko and Gere 1961, sway of the portal: kh = 2.716");
  for (int i = 0; i < 4; i++)
    for (int c = 0; c < 3; c++)
      line.x[i][c] = corner[i][c];
  PetscInt feet[2] = {0, 3};
  Grip grip = {.name = "feet", .n = 2, .node = feet, .fixed = GRIP_ALL};
  PathOptions options = line_options(E, 0.3);
  options.pieces = 8;
  line_path(&line, &graph, &options, &path);
  force[1][2] = force[2][2] = -critical;
  force[1][0] = 2e-4 * critical; /* imperfection */
  CHECK_OK(path_load(path, 1, &grip, NULL, (const double(*)[6])force));
  curve = (Curve){.node = 1};
  PathSteps steps = {.control = PATH_ARC, .to = 1.02, .first = 0.2, .least = 1e-4, .most = 20, .max_steps = 60};
  CHECK_OK(path_follow(path, &steps, watch, &curve, &outcome));
  double plateau = 0;
  for (PetscInt i = 0; i < curve.n && curve.u[i][0] < 0.08 * h; i++)
    plateau = curve.u[i][0] > 0.04 * h ? curve.parameter[i] : plateau;
  CHECK_NEAR(plateau, 1, 0.01, "the columns sway at the root of the characteristic equation");
  CHECK_OK(path_destroy(&path));
}

typedef struct Buckle {
  double N, load; /* smallest compression with a negative pivot, largest without */
} Buckle;

static PetscErrorCode pivots(PathModel *path, const PathPoint *point, void *context, PetscBool *stop) {
  Buckle *b = context;
  double N = -point->reaction[1][2];
  PetscFunctionBeginUser;
  (void)path;
  if (point->negative_pivots)
    b->N = N, *stop = PETSC_TRUE;
  else
    b->load = N;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Compression at which the straight strut between clamped ends loses its stability, over Euler's load. */
static double euler_ratio(PetscInt pieces) {
  Line line = {.n = 1};
  Graph graph;
  PathModel *path;
  PathOutcome outcome;
  PetscInt end[2] = {0, 1};
  const double L = 100, EI = 1000, E = line_section(&line, 4 * EI, EI), critical = 4 * M_PI * M_PI * EI / (L * L);
  line.x[0][0] = line.x[0][1] = line.x[0][2] = line.x[1][0] = line.x[1][1] = 0;
  line.x[1][2] = L;
  PathOptions options = line_options(E, 0.3);
  options.pieces = pieces;
  line_path(&line, &graph, &options, &path);
  Grip grips[2] = {{.name = "foot", .n = 1, .node = &end[0], .fixed = GRIP_ALL},
                   {.name = "head", .n = 1, .node = &end[1], .fixed = GRIP_ALL}};
  const double motion[2][6] = {{0}, {0, 0, -2 * critical * L / (4 * EI), 0, 0, 0}};
  CHECK_OK(path_load(path, 2, grips, motion, NULL));
  Buckle buckle = {0};
  PathSteps steps = {.to = 1, .first = 1e-3, .least = 1e-4, .most = 1e-3, .max_steps = 2000};
  CHECK_OK(path_follow(path, &steps, pivots, &buckle, &outcome));
  CHECK_OK(path_destroy(&path));
  return buckle.N > 0 ? 0.5 * (buckle.N + buckle.load) / critical : INFINITY;
}

/* Two pieces have a node that can move aside; the bow of the axis gives the axial force its lever in each. */
static void test_euler(void **state) {
  (void)state;
  assert_true(isinf(euler_ratio(1))); /* no node that could move aside */
  for (PetscInt pieces = 2; pieces <= 8; pieces *= 2)
    CHECK_NEAR(euler_ratio(pieces), 1, 0.003, "Euler: 4 pi^2 EI/L^2 between clamped ends, steps of 0.2 % of it");
}

/* A skew bend of thick struts, with every option: what the linear frame says. */
static void test_small(void **state) {
  (void)state;
  for (int k = 0; k < 16; k++) {
    static double force[LINE_NODES][6];
    Line line = {.n = 4};
    Graph graph;
    PathModel *path;
    FrameModel *frame;
    PetscInt end[2] = {0, 4};
    const double x[5][3] = {{0, 0, 0}, {3, 0, 1}, {4, 3, 2}, {1, 4, 3}, {0, 2, 6}};
    double u[LINE_NODES][6], held[2][6], odd[6], size = 0, taper[4] = {0.1, -0.15, 0.1, 0.05},
                                                 bore[4] = {0.5, 0, 0.5, 0.8};
    for (int i = 0; i < 5; i++)
      for (int c = 0; c < 3; c++)
        line.x[i][c] = x[i][c];
    line_section(&line, 4, 0.16); /* radius 0.4 */
    PathOptions options = line_options(1000, 0.3);
    options.frame.timoshenko = (PetscBool)(k & 1);
    options.frame.node_zones = k & 2 ? NODE_ZONES_AUTO : NODE_ZONES_NONE;
    options.frame.rtol = 1e-8;
    options.pieces = k & 4 ? 3 : 1;
    graph = line_graph(&line);
    graph.taper = k & 8 ? taper : NULL;
    graph.bore = k & 8 ? bore : NULL;
    Grip grips[2] = {{.name = "foot", .n = 1, .node = &end[0], .fixed = GRIP_ALL},
                     {.name = "head", .n = 1, .node = &end[1], .fixed = GRIP_XYZ, .at = {0, 2, 6}}};
    const double motion[2][6] = {{0}, {1e-4, -2e-4, 3e-4}};
    force[2][0] = 1e-3, force[1][4] = 2e-3, force[4][5] = 1e-3;
    CHECK_OK(path_create(PETSC_COMM_WORLD, &graph, &options, &path));
    CHECK_OK(path_load(path, 2, grips, motion, (const double(*)[6])force));
    CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options.frame, &frame));
    CHECK_OK(frame_grips(frame, 2, grips));
    CHECK_OK(frame_solve(frame, motion, (const double(*)[6])force, u, NULL));
    CHECK_OK(frame_reactions(frame, (const double(*)[6])u, held));
    for (PetscInt i = 0; i < 5; i++)
      for (int c = 0; c < 6; c++)
        size = PetscMax(size, fabs(u[i][c]));
    for (PetscInt i = 1; i < 5; i++) {
      curve = (Curve){.node = i};
      odd_part(path, odd);
      for (int c = 0; c < 6; c++)
        CHECK_BELOW(fabs(odd[c] - u[i][c]), (k & 8 ? 1e-5 : 1e-6) * size, /* five points along a taper */
                    "small loads: the linear frame, whatever the options");
    }
    CHECK_OK(frame_destroy(&frame));
    CHECK_OK(path_destroy(&path));
  }
}

typedef struct Turned {
  double u[6], reaction[6];
} Turned;

static PetscErrorCode last_reaction(PathModel *path, const PathPoint *point, void *context, PetscBool *stop) {
  Turned *turned = context;
  PetscFunctionBeginUser;
  PetscCall(watch(path, point, &curve, stop));
  PetscCall(PetscArraycpy(turned->reaction, point->reaction[1], 6));
  PetscCall(PetscArraycpy(turned->u, curve.u[curve.n - 1], 6));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* An elastic bend whose head is moved and turned far by a grip with its point at `at`. */
static Turned turn_head(const double at[3], const double motion[6]) {
  Line line = {.n = 4};
  Graph graph;
  PathModel *path;
  PathOutcome outcome;
  PetscInt end[2] = {0, 4};
  const double x[5][3] = {{0, 0, 0}, {3, 0, 1}, {4, 3, 2}, {1, 4, 3}, {0, 2, 6}};
  Turned turned;
  for (int i = 0; i < 5; i++)
    for (int c = 0; c < 3; c++)
      line.x[i][c] = x[i][c];
  line_section(&line, 4, 0.0016);
  PathOptions options = line_options(1000, 0.3);
  line_path(&line, &graph, &options, &path);
  Grip grips[2] = {{.name = "foot", .n = 1, .node = &end[0], .fixed = GRIP_ALL},
                   {.name = "head", .n = 1, .node = &end[1], .fixed = GRIP_ALL, .at = {at[0], at[1], at[2]}}};
  double motions[2][6] = {{0}};
  for (int c = 0; c < 6; c++)
    motions[1][c] = motion[c];
  CHECK_OK(path_load(path, 2, grips, (const double(*)[6])motions, NULL));
  curve = (Curve){.node = 2};
  PathSteps steps = {.to = 1, .first = 0.05, .least = 1e-3, .most = 0.05, .max_steps = 100};
  CHECK_OK(path_follow(path, &steps, last_reaction, &turned, &outcome));
  assert_true(outcome.reached);
  CHECK_NEAR(curve.work, curve.energy, 0.02, "work of the grip = energy of the beams, trapezoid rule");
  CHECK_OK(path_destroy(&path));
  return turned;
}

/* A plate that turns about a far point carries its node along a circle: the same end by another way. */
static void test_turning(void **state) {
  (void)state;
  const double head[3] = {0, 2, 6}, far[3] = {2, -1, 7}, turn[3] = {0.5, 0.3, -0.4}, move[3] = {0.2, -0.3, -0.5};
  double w2 = 0, w = 0, there[3], lever[3], motion[6];
  for (int c = 0; c < 3; c++) {
    w2 += turn[c] * turn[c];
    w += turn[c] * (head[c] - far[c]);
  }
  const double a = sqrt(w2);
  for (int c = 0; c < 3; c++) { /* Rodrigues */
    int i = (c + 1) % 3, j = (c + 2) % 3;
    double arm = head[c] - far[c], across = turn[i] * (head[j] - far[j]) - turn[j] * (head[i] - far[i]);
    lever[c] = cos(a) * arm + sin(a) / a * across + (1 - cos(a)) / w2 * w * turn[c];
    there[c] = move[c] + lever[c] - arm;
    motion[3 + c] = turn[c];
  }
  for (int c = 0; c < 3; c++)
    motion[c] = move[c];
  Turned one = turn_head(far, motion);
  for (int c = 0; c < 3; c++)
    motion[c] = there[c];
  Turned other = turn_head(head, motion);
  for (int c = 0; c < 6; c++) {
    int i = (c + 1) % 3, j = (c + 2) % 3;
    double more = c < 3 ? 0 : lever[i] * other.reaction[j] - lever[j] * other.reaction[i];
    CHECK_BELOW(fabs(one.u[c] - other.u[c]), 1e-6, "an elastic frame does not know the way");
    CHECK_BELOW(fabs(one.reaction[c] - other.reaction[c] - more), 1e-6 * fabs(one.reaction[2]),
                "forces are the same, moments are about the moved point");
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_toggle_displaced), cmocka_unit_test(test_toggle_arc), cmocka_unit_test(test_curved_beam),
    cmocka_unit_test(test_portal),           cmocka_unit_test(test_euler),      cmocka_unit_test(test_small),
    cmocka_unit_test(test_turning)};
CHECK_MAIN(tests)
