/* Linear buckling of frames against textbook columns, frames, shafts and plates. ranks: 1 2 4 */
#include "solver/frame/frame_buckling.h"
#include "tests/solver/frame_build.h"

/* A root of f between two ends of different sign. */
static double root(double (*f)(double, double), double parameter, double lo, double hi) {
  double at_lo = f(lo, parameter);
  for (int i = 0; i < 200; i++) {
    double mid = 0.5 * (lo + hi), at = f(mid, parameter);
    if ((at < 0) == (at_lo < 0))
      lo = mid;
    else
      hi = mid;
  }
  return 0.5 * (lo + hi);
}

static const double E = 1000, nu = 0.3;
static double area(double r) { return M_PI * r * r; }
static double inertia(double r) { return M_PI * r * r * r * r / 4; }

/* Lowest factor under nodal forces; grips are held, those in `released` move. */
static double lowest(const Graph *graph, PetscBool timoshenko, PetscInt n_grips, const Grip *grips,
                     const double (*force)[6], const double (*motion)[6], const BucklingOptions *options,
                     BucklingMode *first) {
  FrameModel *model = NULL;
  FrameBuckling *buckling = NULL;
  FrameOptions frame = steel(timoshenko);
  double(*u)[6];
  PetscInt found;
  SolveInfo info;
  CHECK_OK(PetscMalloc1(graph->n_nodes, &u));
  CHECK_OK(frame_create(PETSC_COMM_WORLD, graph, &frame, &model));
  CHECK_OK(frame_grips(model, n_grips, grips));
  CHECK_OK(frame_solve(model, motion, force, u, NULL));
  CHECK_OK(frame_buckling_create(model, options, &buckling));
  CHECK_OK(frame_buckling_solve(buckling, (const double(*)[6])u, &found, first, NULL, &info));
  CHECK_OK(frame_buckling_destroy(&buckling));
  assert_int_equal(found, options->modes);
  CHECK_BELOW(info.relative_residual, options->rtol, "asked for");
  CHECK_OK(frame_destroy(&model));
  CHECK_OK(PetscFree(u));
  return first->factor;
}

/* A column along a skew axis would need skew supports: along x. */
static double column(unsigned root_hold, unsigned tip_hold, PetscInt pieces, double r, PetscBool timoshenko) {
  Small small = {.x = {{0}, {10, 0, 0}}, .strut = {{0, 1}}, .radius = {r}};
  Graph graph = graph_of(&small, 2, 1);
  PetscInt node[2] = {0, 1};
  const Grip grip[2] = {{"root", 1, &node[0], root_hold, {0}}, {"tip", 1, &node[1], tip_hold, {10, 0, 0}}};
  const double force[2][6] = {{0}, {-1}};
  BucklingMode mode[1];
  return lowest(&graph, timoshenko, tip_hold ? 2 : 1, grip, force, NULL, &(BucklingOptions){pieces, 1, 0, 1e-8}, mode);
}

static void test_euler(void **state) {
  (void)state;
  const double r = 0.05, base = M_PI * M_PI * E * inertia(r) / 100;
  const unsigned pinned = GRIP_XYZ | 8, slides = GRIP_Y | GRIP_Z; /* pinned: not about its own axis */
  const struct {
    unsigned root, tip;
    double factor, tolerance[3]; /* for 2, 3, 4 pieces */
  } ends[] = {{GRIP_ALL, 0, 0.25, {1e-3, 2e-4, 1e-4}},
              {pinned, slides, 1, {8e-3, 2e-3, 6e-4}},
              {GRIP_ALL, slides, 2.045748, {2.6e-2, 7e-3, 3e-3}},
              {GRIP_ALL, slides | GRIP_ROTATIONS, 4, {1.4e-2, 2.3e-2, 8e-3}}};
  for (int e = 0; e < 4; e++)
    for (int pieces = 2; pieces <= 4; pieces++) {
      double factor = column(ends[e].root, ends[e].tip, pieces, r, PETSC_FALSE) / base;
      CHECK_NEAR(factor, ends[e].factor, ends[e].tolerance[pieces - 2], "Euler; 2.0457 = 4.493409^2 / pi^2");
      assert_true(factor > ends[e].factor * (1 - 1e-5)); /* a Ritz method is never below */
    }
}

static void test_engesser(void **state) {
  (void)state;
  const double r = 1, euler = M_PI * M_PI * E * inertia(r) / 100, G = E / (2 * (1 + nu));
  const double slip = euler * (7 + 6 * nu) / (6 * (1 + nu) * G * area(r));
  double factor = column(GRIP_XYZ | 8, GRIP_Y | GRIP_Z, 8, r, PETSC_TRUE);
  CHECK_NEAR(factor, euler / (1 + slip), 1e-3, "Engesser 1891: P_E / (1 + P_E / kappa G A)");
  assert_true(slip > 0.05);
}

static void test_shaft(void **state) {
  (void)state;
  const double r = 0.05, EI = E * inertia(r), GJ = EI / (1 + nu);
  Small small = {.x = {{0}, {10, 0, 0}}, .strut = {{0, 1}}, .radius = {r}};
  Graph graph = graph_of(&small, 2, 1);
  PetscInt node[2] = {0, 1};
  const Grip clamped[2] = {{"root", 1, &node[0], GRIP_ALL, {0}}, {"tip", 1, &node[1], GRIP_ALL, {10, 0, 0}}};
  const double motion[2][6] = {{0}, {0, 0, 0, 10 / GJ}};
  BucklingMode mode[1];
  double torque = lowest(&graph, PETSC_FALSE, 2, clamped, NULL, motion, &(BucklingOptions){8, 1, 0, 1e-8}, mode);
  CHECK_NEAR(torque, 2 * 4.493409 * EI / 10, 5e-3, "Greenhill 1883, ends clamped: 8.987 EI/L");
  CHECK_BELOW(mode->at_nodes, 1e-12, "between the ends");
  const Grip fork[2] = {{"root", 1, &node[0], GRIP_XYZ | 8, {0}}, {"tip", 1, &node[1], 8 | GRIP_Y | GRIP_Z, {0}}};
  const double bent[2][6] = {{0, 0, 0, 0, 1, 0}, {0, 0, 0, 0, -1, 0}};
  double moment = lowest(&graph, PETSC_FALSE, 2, fork, bent, NULL, &(BucklingOptions){16, 1, 0, 1e-8}, mode);
  CHECK_NEAR(moment, M_PI * sqrt(EI * GJ) / 10, 5e-3,
             "lateral-torsional buckling, displacements before neglected: pi sqrt(EI GJ) / L");
}

static double portal_hinged(double kh, double stiffness) { return kh * sin(kh) - 6 * stiffness * cos(kh); }
static double portal_clamped(double kh, double stiffness) { return kh * cos(kh) + 6 * stiffness * sin(kh); }
static double roorda(double kl, double unused) {
  (void)unused;
  return kl * kl * sin(kl) + 3 * (sin(kl) - kl * cos(kl));
}

/* Columns 0-1 and 3-2 of height 10, beam 1-2 of length 8. */
static void test_portal(void **state) {
  (void)state;
  const double r = 0.05, h = 10, beam_r = 0.06, stiffness = pow(beam_r / r, 4) * h / 8;
  Small small = {
      .x = {{0}, {0, h, 0}, {8, h, 0}, {8, 0, 0}}, .strut = {{0, 1}, {1, 2}, {2, 3}}, .radius = {r, beam_r, r}};
  Graph graph = graph_of(&small, 4, 3);
  PetscInt feet[2] = {0, 3}, all[4] = {0, 1, 2, 3};
  const double force[4][6] = {{0}, {0, -1}, {0, -1}, {0}};
  BucklingMode mode[2];
  for (int clamped = 0; clamped < 2; clamped++) {
    const Grip grip[2] = {{"feet", 2, feet, clamped ? GRIP_ALL : GRIP_XYZ, {0}}, {"plane", 4, all, 4 | 8 | 16, {0}}};
    double kh =
        clamped ? root(portal_clamped, stiffness, M_PI / 2, M_PI) : root(portal_hinged, stiffness, 0.1, M_PI / 2);
    double factor = lowest(&graph, PETSC_FALSE, 2, grip, force, NULL, &(BucklingOptions){3, 2, 0, 1e-8}, mode);
    CHECK_NEAR(factor, kh * kh * E * inertia(r) / (h * h), 3e-3,
               "sway of a portal frame: kh tan kh = 6 k (hinged), tan kh / kh = -1/(6 k) (clamped), k = I_b h / I_c L");
    assert_true(mode[0].at_nodes > 0.9 && mode[1].factor > mode[0].factor);
  }
}

static void test_roorda(void **state) {
  (void)state;
  const double r = 0.02, L = 10;
  Small small = {.x = {{0}, {0, L, 0}, {L, L, 0}}, .strut = {{0, 1}, {1, 2}}, .radius = {r, r}};
  Graph graph = graph_of(&small, 3, 2);
  PetscInt ends[2] = {0, 2}, all[3] = {0, 1, 2};
  const Grip grip[2] = {{"ends", 2, ends, GRIP_XYZ, {0}}, {"plane", 3, all, 4 | 8 | 16, {0}}};
  const double force[3][6] = {{0}, {0, -1}, {0}};
  BucklingMode mode[1];
  double kl = root(roorda, 0, 3.2, 4.4);
  double factor = lowest(&graph, PETSC_FALSE, 2, grip, force, NULL, &(BucklingOptions){3, 1, 0, 1e-8}, mode);
  CHECK_NEAR(factor, kl * kl * E * inertia(r) / (L * L), 5e-3,
             "right-angle frame of Roorda and Koiter: 1.407 pi^2 EI/L^2");
}

static double lever_column(double kl, double height) { return kl * height * sin(kl) - cos(kl); }

/* A column under a plate that stands free: the plate is a rigid lever under its load. */
static void test_plate(void **state) {
  (void)state;
  const double r = 0.05, L = 10;
  Small small = {.x = {{0}, {0, 0, L}}, .strut = {{0, 1}}, .radius = {r}};
  Graph graph = graph_of(&small, 2, 1);
  PetscInt node[2] = {0, 1};
  for (int high = 0; high < 2; high++) {
    const Grip grip[2] = {{"ground", 1, &node[0], GRIP_ALL, {0}},
                          {"plate", 1, &node[1], GRIP_ALL, {0, 0, L + 4 * high}}};
    const double motion[2][6] = {{0}, {0, 0, -L / (E * area(r))}};
    BucklingMode mode[1];
    double kl = root(lever_column, 0.4 * high, 0.1, M_PI / 2);
    double factor = lowest(&graph, PETSC_FALSE, 2, grip, NULL, motion, &(BucklingOptions){3, 1, 2, 1e-8}, mode);
    CHECK_NEAR(factor, kl * kl * E * inertia(r) / (L * L), 1e-3, "column with a rigid lever on top: cot kL = k h");
    assert_true(mode->at_nodes > 0.99);
  }
}

/* Four columns under one plate sway together. */
static void test_plate_of_four(void **state) {
  (void)state;
  const double r = 0.02, L = 10;
  Small small = {.x = {{0}, {5, 0, 0}, {0, 5, 0}, {5, 5, 0}, {0, 0, L}, {5, 0, L}, {0, 5, L}, {5, 5, L}},
                 .strut = {{0, 4}, {1, 5}, {6, 2}, {3, 7}},
                 .radius = {r, r, r, r}};
  Graph graph = graph_of(&small, 8, 4);
  PetscInt node[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  const Grip grip[2] = {{"ground", 4, node, GRIP_ALL, {0}}, {"plate", 4, node + 4, GRIP_ALL, {2.5, 2.5, L}}};
  const double motion[2][6] = {{0}, {0, 0, -L / (4 * E * area(r))}};
  BucklingMode mode[3];
  double factor = lowest(&graph, PETSC_TRUE, 2, grip, NULL, motion, &(BucklingOptions){3, 3, 2, 1e-8}, mode);
  CHECK_NEAR(factor, 4 * M_PI * M_PI * E * inertia(r) / (L * L), 2e-3, "guided columns: pi^2 EI/L^2 each");
  CHECK_NEAR(mode[1].factor, factor, 1e-5, "the same in both directions");
  CHECK_NEAR(lowest(&graph, PETSC_TRUE, 2, grip, NULL, motion, &(BucklingOptions){4, 1, 0, 1e-8}, mode), 4 * factor,
             1e-2, "the plate held: clamped columns");
}

static void test_refusals(void **state) {
  (void)state;
  Small small = {.x = {{0}, {10, 0, 0}}, .strut = {{0, 1}}, .radius = {0.1}};
  Graph graph = graph_of(&small, 2, 1);
  PetscInt node[2] = {0, 1}, found;
  const Grip grip[2] = {{"root", 1, &node[0], GRIP_ALL, {0}}, {"tip", 1, &node[1], GRIP_Y, {10, 0, 0}}};
  const BucklingOptions plain = {2, 2, 0, 1e-6}, loose = {2, 2, 2, 1e-6}, whole = {0, 2, 0, 1e-6};
  FrameModel *model = NULL;
  FrameBuckling *buckling = NULL;
  FrameOptions frame = steel(PETSC_TRUE);
  const double pull[2][6] = {{0}, {1}}, push[2][6] = {{0}, {-1}};
  double u[2][6], none[2][6] = {{0}}, mode[2][2][6];
  BucklingMode first[2];
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &frame, &model));
  CHECK_FAILS(frame_buckling_create(model, &plain, &buckling), PETSC_ERR_ORDER);
  CHECK_OK(frame_grips(model, 2, grip));
  CHECK_FAILS(frame_buckling_create(model, &loose, &buckling), PETSC_ERR_ARG_WRONG);
  CHECK_FAILS(frame_buckling_create(model, &whole, &buckling), PETSC_ERR_ARG_OUTOFRANGE);
  CHECK_OK(frame_buckling_create(model, &plain, &buckling));
  CHECK_REFUSED(frame_buckling_solve(buckling, (const double(*)[6])none, &found, first, NULL, NULL));
  CHECK_OK(frame_solve(model, NULL, pull, u, NULL));
  CHECK_OK(frame_buckling_solve(buckling, (const double(*)[6])u, &found, first, NULL, NULL));
  assert_int_equal(found, 0); /* a column that is pulled */
  CHECK_OK(frame_solve(model, NULL, push, u, NULL));
  CHECK_OK(frame_buckling_solve(buckling, (const double(*)[6])u, &found, first, mode[0], NULL));
  assert_int_equal(found, 2);
  CHECK_NEAR(fabs(mode[0][1][2]), 1, 1e-9, "the free direction of the tip: a mode of 1 mm there");
  CHECK_BELOW(fabs(mode[0][1][1]), 1e-12, "the held direction");
  CHECK_OK(frame_buckling_destroy(&buckling));
  CHECK_OK(frame_destroy(&model));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_euler),         cmocka_unit_test(test_engesser),
                                          cmocka_unit_test(test_shaft),         cmocka_unit_test(test_portal),
                                          cmocka_unit_test(test_roorda),        cmocka_unit_test(test_plate),
                                          cmocka_unit_test(test_plate_of_four), cmocka_unit_test(test_refusals)};
CHECK_MAIN(tests)
