/* Contact kernel: nearest points against every case of the box, forces and tangents against differences, parallel
   struts, plates that slide and stick, Newton. */
#include "solver/frame/contact.h"
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>

typedef struct Pose {
  double x[4][3]; /* a's ends, b's ends */
} Pose;

static const double RADII = 0.2;
static const ContactLaw LAW = {.stiffness = 5000, .band = 0.004};

static double uniform(void) { return rand() / (double)RAND_MAX; }
static bool push(const Pose *pose, ContactPair *pair) {
  return contact_capsules(&LAW, pose->x, pose->x + 2, RADII, pair);
}

/* kind 0: anyhow, 1: nearly parallel, 2: parallel, 3: a's length is 0. Lengths about 1, sometimes much shorter. */
static Pose random_pose(int kind, double spread) {
  Pose pose;
  const double tilt = kind == 0 ? 2 : kind == 1 ? 0.05 : 0, part = uniform() < 0.3 ? 0.2 : 1;
  double u[3];
  for (int k = 0; k < 3; k++) {
    u[k] = uniform() - 0.5;
    pose.x[0][k] = spread * (uniform() - 0.5);
    pose.x[2][k] = spread * (uniform() - 0.5);
  }
  for (int k = 0; k < 3; k++) {
    pose.x[1][k] = pose.x[0][k] + (kind == 3 ? 0 : u[k]);
    pose.x[3][k] = pose.x[2][k] + part * (u[k] + tilt * (uniform() - 0.5));
  }
  return pose;
}

static double distance_at(const Pose *pose, double s, double t) {
  double d = 0;
  for (int k = 0; k < 3; k++) {
    const double c =
        pose->x[0][k] + s * (pose->x[1][k] - pose->x[0][k]) - pose->x[2][k] - t * (pose->x[3][k] - pose->x[2][k]);
    d += c * c;
  }
  return sqrt(d);
}

/* The best of all cases: each share at 0, at 1 or free, found by the slopes of the squared distance. */
static double distance_by_cases(const Pose *pose) {
  double A = 0, B = 0, C = 0, p = 0, q = 0, least = HUGE_VAL;
  for (int k = 0; k < 3; k++) {
    const double u = pose->x[1][k] - pose->x[0][k], v = pose->x[3][k] - pose->x[2][k],
                 c = pose->x[0][k] - pose->x[2][k];
    A += u * u, B += u * v, C += v * v, p -= u * c, q += v * c;
  }
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      double s = i, t = j; /* 2: free */
      if (i == 2 && j == 2)
        s = (p * C + q * B) / (A * C - B * B), t = (q * A + p * B) / (A * C - B * B);
      else if (i == 2)
        s = (p + B * t) / A;
      else if (j == 2)
        t = (q + B * s) / C;
      if (s >= 0 && s <= 1 && t >= 0 && t <= 1)
        least = fmin(least, distance_at(pose, s, t));
    }
  return least;
}

static void nearest_points_are_nearest(void **state) {
  (void)state;
  for (int trial = 0; trial < 40000; trial++) {
    const Pose pose = random_pose(trial % 4, 1.5);
    double share[2];
    const double d = contact_segments(pose.x, pose.x + 2, share);
    CHECK_NEAR(d, distance_at(&pose, share[0], share[1]), 1e-9, "the distance is that of the points named");
    CHECK_BELOW(fabs(d - distance_by_cases(&pose)), d > 0.01 ? 1e-10 : 1e-6, "the least of all nine cases of the box");
  }
}

static void parallel_segments_touch_in_the_middle(void **state) {
  (void)state;
  const double a[2][3] = {{0, 0, 0}, {1, 0, 0}}, b[2][3] = {{1.6, 0.3, 0}, {0.6, 0.3, 0}};
  const double point[2][3] = {{0.25, 2, 0}, {0.25, 2, 0}};
  double share[2];
  ContactPair pair;
  CHECK_NEAR(contact_segments(a, b, share), 0.3, 1e-11, "parallel lines");
  CHECK_NEAR(share[0], 0.8, 1e-4, "middle of the overlap from 0.6 to 1");
  CHECK_NEAR(share[1], 0.8, 1e-4, "the same point, counted from the other side");
  assert_true(contact_capsules(&LAW, a, b, 0.4, &pair));
  CHECK_NEAR(pair.share[0], 0.8, 1e-2, "so with the rounding, which pulls it towards both middles alike");
  CHECK_NEAR(contact_segments(a, point, share), 2, 1e-11, "a point over a segment");
  CHECK_NEAR(share[0], 0.25, 1e-10, "its foot");
  CHECK_NEAR(contact_segments(point, point, share), 0, 0, "a point and itself");
}

static void crossing_struts_follow_the_law(void **state) {
  (void)state;
  const double b = LAW.band, k = LAW.stiffness;
  const struct {
    double p, energy, force, stiffness;
  } row[] = {{-0.01, 0, 0, 0},
             {0.5 * b, k * b * b / 48, k * b / 8, k / 2},
             {b, k * b * b / 6, k * b / 2, k},
             {10 * b, k * b * b * (9.5 * 9.5 / 2 + 1. / 24), 9.5 * k * b, k}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const double z = RADII - row[i].p, low[2][3] = {{-0.5, 0, 0}, {0.5, 0, 0}}, up[2][3] = {{0, -0.5, z}, {0, 0.5, z}};
    ContactPair pair;
    const bool touch = contact_capsules(&LAW, low, up, RADII, &pair);
    assert_true(touch == (row[i].p > 0));
    CHECK_NEAR(pair.penetration, row[i].p, 1e-12, "radii minus distance");
    CHECK_NEAR(pair.energy, row[i].energy, 1e-11, "penalty law of contact.h");
    if (touch) {
      CHECK_NEAR(pair.force[2], row[i].force / 2, 1e-11, "half the force on each end: it pushes the lower strut down");
      CHECK_NEAR(pair.force[11], -row[i].force / 2, 1e-11, "and the upper one up, dE/dx being what holds them");
      CHECK_NEAR(pair.tangent[2][2] + 2 * pair.tangent[2][5] + pair.tangent[5][5], row[i].stiffness, 1e-11,
                 "E'' when the lower strut is lifted");
    }
  }
  CHECK_NEAR(contact_stiffness(186000, 0.3, 0.1), 186000 * 0.1 * 0.8630, 1e-4, "pi/(4 (1 - 0.3^2)) = 0.8630");
}

static void contact_comes_hardly_late(void **state) {
  (void)state;
  double latest = 0;
  for (int trial = 0; trial < 20000; trial++) {
    const Pose pose = random_pose(trial % 4, 0.8);
    double share[2];
    ContactPair pair;
    if (!push(&pose, &pair))
      continue;
    const double late = RADII - contact_segments(pose.x, pose.x + 2, share) - pair.penetration;
    assert_true(late > -1e-6 * RADII);
    if (pair.penetration < 0.1 * RADII)
      latest = fmax(latest, late);
  }
  CHECK_BELOW(latest, 1.12 * CONTACT_ROUNDING / 4 * RADII, "contact.h: at most rounding/4 of the radii at the onset");
  assert_true(latest > 0.01 * CONTACT_ROUNDING * RADII);
}

enum { INTERIOR, END, ENDS, KINDS };
static int kind_of(const ContactPair *pair) {
  const int s = pair->share[0] > 0 && pair->share[0]<1, t = pair->share[1]> 0 && pair->share[1] < 1;
  return s && t ? INTERIOR : s || t ? END : ENDS;
}

/* Largest error of force and tangent against central differences, over the largest entry; negative: a touching point
   runs onto an end on the way. fault: what a wrong entry is off by, in parts of the largest. */
static double derivative_error(const Pose *pose, double fault) {
  const double h = 1e-7;
  ContactPair pair, side[2];
  double worst = 0, most = 0, most_force = 0;
  push(pose, &pair);
  for (int i = 0; i < 12; i++)
    most_force = fmax(most_force, fabs(pair.force[i]));
  for (int i = 0; i < 144; i++)
    most = fmax(most, fabs(pair.tangent[i / 12][i % 12]));
  pair.tangent[4][7] += fault * most;
  for (int j = 0; j < 12; j++) {
    for (int way = 0; way < 2; way++) {
      Pose near = *pose;
      near.x[j / 3][j % 3] += way ? h : -h;
      if (!push(&near, &side[way]) || kind_of(&side[way]) != kind_of(&pair))
        return -1;
    }
    worst = fmax(worst, fabs((side[1].energy - side[0].energy) / (2 * h) - pair.force[j]) / most_force);
    for (int i = 0; i < 12; i++)
      worst = fmax(worst, fabs((side[1].force[i] - side[0].force[i]) / (2 * h) - pair.tangent[i][j]) / most);
  }
  return worst;
}

static void force_and_tangent_are_derivatives(void **state) {
  (void)state;
  int checked[KINDS] = {0}, skipped = 0;
  for (int trial = 0; trial < 12000; trial++) {
    const Pose pose = random_pose(trial % 3, 0.5);
    ContactPair pair;
    if (!push(&pose, &pair) || pair.penetration > 0.9 * RADII || pair.penetration < 0.01 * LAW.band)
      continue;
    const double error = derivative_error(&pose, 0);
    if (error < 0) {
      skipped++;
      continue;
    }
    checked[kind_of(&pair)]++;
    CHECK_BELOW(error, 3e-5, "central differences of the energy and of the force");
    assert_true(derivative_error(&pose, 1e-4) > 3e-5); /* a fault that the comparison must see */
    for (int i = 0; i < 12; i++)
      for (int j = 0; j < i; j++)
        assert_true(pair.tangent[i][j] == pair.tangent[j][i]);
  }
  const int all = checked[INTERIOR] + checked[END] + checked[ENDS];
  printf("derivatives: %d interior, %d one end, %d two ends, %d at a switch\n", checked[INTERIOR], checked[END],
         checked[ENDS], skipped);
  assert_true(checked[INTERIOR] > 300 && checked[END] > 300 && checked[ENDS] > 50);
  assert_true(skipped < all / 100);
}

/* Exactly parallel and crossing almost so, where the unrounded tangent is singular. */
static void parallel_struts_have_a_tangent(void **state) {
  (void)state;
  const double tilt[] = {0, 1e-9, 1e-5, 1e-3, 0.01, 0.1};
  for (size_t i = 0; i < sizeof tilt / sizeof *tilt; i++) {
    const Pose pose = {{{0, 0, 0}, {1, 0, 0}, {0.1, tilt[i], 0.15}, {0.9, 0, 0.15 + 0.3 * tilt[i]}}};
    const double error = derivative_error(&pose, 0);
    assert_true(error >= 0);
    CHECK_BELOW(error, 3e-5, "central differences, the shares being those of a strictly convex problem");
  }
}

/* A strut that rocks on a parallel one: the force wanders from end to end and does not jump. */
static void rocking_does_not_jump(void **state) {
  (void)state;
  const double most = 0.04, w = CONTACT_ROUNDING * RADII * RADII;
  enum { STEPS = 400 };
  double jump = 0, first = 0, last = 0, held[12], total = 0;
  for (int i = 0; i <= STEPS; i++) {
    const double tilt = most * (2. * i / STEPS - 1); /* mm over the length */
    const Pose pose = {{{0, 0, 0}, {1, 0, 0}, {0, 0, 0.17 - tilt / 2}, {1, 0, 0.17 + tilt / 2}}};
    ContactPair pair;
    assert_true(push(&pose, &pair));
    for (int j = 0; i && j < 12; j++)
      jump = fmax(jump, fabs(pair.force[j] - held[j]));
    memcpy(held, pair.force, sizeof held);
    total = fmax(total, fabs(pair.force[2] + pair.force[5]));
    *(i ? &last : &first) = pair.share[0];
  }
  CHECK_NEAR(first, 1, 2e-3, "the nearer end");
  CHECK_BELOW(last, 2e-3, "the nearer end, on the other side");
  CHECK_BELOW(jump, 1.5 * total * (2 * most / STEPS) * RADII / (2 * w),
              "d share = radii/(2 w) d tilt: minimum of (h + tilt s)^2 + 2 w s^2");
}

static void rigid_motions_feel_nothing(void **state) {
  (void)state;
  for (int trial = 0; trial < 2000; trial++) {
    const Pose pose = random_pose(trial % 3, 0.4);
    ContactPair pair;
    if (!push(&pose, &pair))
      continue;
    double scale = 0, stiff = 0;
    for (int i = 0; i < 12; i++) {
      scale = fmax(scale, fabs(pair.force[i]));
      stiff = fmax(stiff, fabs(pair.tangent[i][i]));
    }
    for (int k = 0; k < 3; k++) {
      const int l = (k + 1) % 3, m = (k + 2) % 3;
      double sum = 0, moment = 0;
      for (int e = 0; e < 4; e++) {
        sum += pair.force[3 * e + k];
        moment += pose.x[e][l] * pair.force[3 * e + m] - pose.x[e][m] * pair.force[3 * e + l];
      }
      CHECK_BELOW(fabs(sum), 1e-13 * scale, "action and reaction");
      CHECK_BELOW(fabs(moment), 1e-11 * scale, "the distance does not change when both turn together");
      for (int i = 0; i < 12; i++)
        CHECK_BELOW(fabs(pair.tangent[i][k] + pair.tangent[i][3 + k] + pair.tangent[i][6 + k] + pair.tangent[i][9 + k]),
                    1e-11 * stiff, "a translation changes no force");
    }
  }
}

static void meeting_centrelines_push_nowhere(void **state) {
  (void)state;
  const Pose cross = {{{-1, 0, 0}, {1, 0, 0}, {0, -1, 0}, {0, 1, 0}}};
  ContactPair pair;
  assert_true(push(&cross, &pair));
  for (int i = 0; i < 12; i++)
    assert_true(pair.force[i] == 0 && pair.tangent[i][i] == 0);
}

static void plates_push(void **state) {
  (void)state;
  const ContactPlane plane = {.point = {0.3, -0.2, 1}, .normal = {0.48, 0.6, -0.64}};
  const double radius = 0.1, h = 1e-7, depth[] = {0.001, 0.0027, 0.0039, 0.0041, 0.02}, along[3] = {0.8, 0, 0.6};
  for (int i = 0; i < 5; i++) {
    const double p = depth[i];
    ContactTouch touch, side[2];
    double x[3], across = 0, most = 0;
    for (int k = 0; k < 3; k++)
      x[k] = plane.point[k] + (radius - p) * plane.normal[k] + 0.5 * along[k];
    assert_true(contact_plane(&LAW, &plane, x, radius, &touch));
    CHECK_NEAR(touch.penetration, p, 1e-12, "radius minus height");
    for (int k = 0; k < 3; k++) {
      across += touch.force[k] * along[k];
      for (int j = 0; j < 3; j++)
        most = fmax(most, fabs(touch.tangent[k][j]));
    }
    CHECK_BELOW(fabs(across), 1e-12, "no friction");
    for (int j = 0; j < 3; j++) {
      for (int way = 0; way < 2; way++) {
        double y[3] = {x[0], x[1], x[2]};
        y[j] += way ? h : -h;
        contact_plane(&LAW, &plane, y, radius, &side[way]);
      }
      CHECK_BELOW(fabs((side[1].energy - side[0].energy) / (2 * h) - touch.force[j]), 1e-5, "force = dE/dx");
      for (int k = 0; k < 3; k++)
        CHECK_BELOW(fabs((side[1].force[k] - side[0].force[k]) / (2 * h) - touch.tangent[k][j]), 1e-5 * most,
                    "tangent = d force/dx");
    }
  }
}

static void plates_know_the_gap(void **state) {
  (void)state;
  const ContactPlane plate = {.normal = {0, 0, 1}};
  const double above[3] = {1, 2, 0.2};
  ContactTouch touch;
  assert_false(contact_plane(&LAW, &plate, above, 0.1, &touch));
  CHECK_NEAR(touch.penetration, -0.1, 1e-12, "minus the gap");
}

/* Solves K x = r by elimination with pivots; r becomes x. */
static void eliminate(double K[12][12], double r[12]) {
  for (int p = 0; p < 12; p++) {
    int best = p;
    for (int i = p + 1; i < 12; i++)
      best = fabs(K[i][p]) > fabs(K[best][p]) ? i : best;
    for (int j = 0; j < 12; j++) {
      const double held = K[p][j];
      K[p][j] = K[best][j];
      K[best][j] = held;
    }
    const double held = r[p];
    r[p] = r[best];
    r[best] = held;
    for (int i = 0; i < 12; i++) {
      const double f = i == p ? 0 : K[i][p] / K[p][p];
      for (int j = 0; j < 12; j++)
        K[i][j] -= f * K[p][j];
      r[i] -= f * r[p];
    }
  }
  for (int p = 0; p < 12; p++)
    r[p] /= K[p][p];
}

/* Both struts hang on springs whose far ends drive them together: steps to a residual of 1e-9 of the force; 99: never.
 */
static int newton_steps(Pose *pose, const Pose *anchor, double spring) {
  for (int step = 0; step < 30; step++) {
    ContactPair pair;
    double r[12], K[12][12] = {{0}}, size = 0;
    if (push(pose, &pair))
      memcpy(K, pair.tangent, sizeof K);
    else
      memset(pair.force, 0, sizeof pair.force);
    for (int i = 0; i < 12; i++) {
      r[i] = -pair.force[i] - spring * (pose->x[i / 3][i % 3] - anchor->x[i / 3][i % 3]);
      K[i][i] += spring;
      size = fmax(size, fabs(r[i]));
    }
    if (size < 1e-9 * spring)
      return step;
    eliminate(K, r);
    for (int i = 0; i < 12; i++)
      pose->x[i / 3][i % 3] += r[i];
  }
  return 99;
}

static void newton_converges(void **state) {
  (void)state;
  const double spring = 200;
  int worst[2] = {0};
  for (int trial = 0; trial < 200; trial++) {
    const double turn = trial % 2 ? 0.02 * (uniform() - 0.5) : uniform() * M_PI, shift = 0.4 * (uniform() - 0.5),
                 lean = 0.02 * (uniform() - 0.5);
    Pose anchor = {{{-0.5, 0, 0},
                    {0.5, 0, 0},
                    {shift - 0.5 * cos(turn), -0.5 * sin(turn) + 0.3 * shift * RADII, 1.05 * RADII - lean / 2},
                    {shift + 0.5 * cos(turn), 0.5 * sin(turn) + 0.3 * shift * RADII, 1.05 * RADII + lean / 2}}};
    Pose pose = anchor;
    for (int step = 0; step < 20; step++) { /* 0.02 radii a step, to half of the radii */
      anchor.x[2][2] -= 0.03 * RADII;
      anchor.x[3][2] -= 0.03 * RADII;
      const int n = newton_steps(&pose, &anchor, spring);
      worst[trial % 2] = n > worst[trial % 2] ? n : worst[trial % 2];
    }
  }
  printf("newton: at most %d steps, nearly parallel %d\n", worst[0], worst[1]);
  CHECK_BELOW(worst[0], 12, "the tangent is that of the force");
  CHECK_BELOW(worst[1], 12, "parallel struts too");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(nearest_points_are_nearest),
                                     cmocka_unit_test(parallel_segments_touch_in_the_middle),
                                     cmocka_unit_test(crossing_struts_follow_the_law),
                                     cmocka_unit_test(contact_comes_hardly_late),
                                     cmocka_unit_test(force_and_tangent_are_derivatives),
                                     cmocka_unit_test(parallel_struts_have_a_tangent),
                                     cmocka_unit_test(rocking_does_not_jump),
                                     cmocka_unit_test(rigid_motions_feel_nothing),
                                     cmocka_unit_test(meeting_centrelines_push_nowhere),
                                     cmocka_unit_test(plates_push),
                                     cmocka_unit_test(plates_know_the_gap),
                                     cmocka_unit_test(newton_converges)};
  srand(1);
  return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
