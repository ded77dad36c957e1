/* The corotational beam: work, derivatives, rigid motions; MacNeal and Harder's twisted beam made of it. */
#include "solver/frame/corotation.h"
#include "tests/check.h"
#include <string.h>

static double uniform(void) { /* in -1 .. 1, the same on every machine */
  static uint64_t seed = 11;
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (double)(seed >> 11) / 4503599627370496. - 1;
}

typedef struct Pose { /* of the two nodes */
  double rest[2][3], x[2][3], R[2][9];
} Pose;

static void multiply(const double a[9], const double b[9], double c[9]) {
  for (int i = 0; i < 9; i++)
    c[i] = a[3 * (i / 3)] * b[i % 3] + a[3 * (i / 3) + 1] * b[3 + i % 3] + a[3 * (i / 3) + 2] * b[6 + i % 3];
}

static void apply(const double Q[9], const double a[3], double b[3]) {
  for (int i = 0; i < 3; i++)
    b[i] = Q[3 * i] * a[0] + Q[3 * i + 1] * a[1] + Q[3 * i + 2] * a[2];
}

static void random_rotation(double angle, double Q[9]) {
  double w[3], size = 0;
  for (int i = 0; i < 3; i++) {
    w[i] = uniform();
    size += w[i] * w[i];
  }
  for (int i = 0; i < 3; i++)
    w[i] *= angle / sqrt(size);
  rotation_matrix(w, Q);
}

/* A beam with unequal zones; its nodes turned far together, and against each other by that angle at most. */
static void random_pose(double apart, BeamShape *shape, Pose *pose) {
  double x[2][3], Q[9], own[9];
  const double zone[2] = {0.15, 0.3};
  for (int i = 0; i < 3; i++) {
    x[0][i] = pose->rest[0][i] = 3 * uniform();
    x[1][i] = pose->rest[1][i] = x[0][i] + 1.5 * uniform() + (i == 0 ? 1.6 : 0);
  }
  beam_shape(x[0], x[1], zone, shape);
  random_rotation(2.5 * uniform(), Q);
  for (int n = 0; n < 2; n++) {
    random_rotation(apart * uniform(), own);
    multiply(own, Q, pose->R[n]);
    apply(Q, x[n], pose->x[n]);
    for (int i = 0; i < 3; i++)
      pose->x[n][i] += 4 + 0.2 * apart * uniform();
  }
}

static void nudge(Pose *pose, int component, double by) {
  int node = component / 6, c = component % 6;
  double w[3] = {0, 0, 0};
  if (c < 3)
    pose->x[node][c] += by;
  else {
    w[c - 3] = by;
    rotation_turn(w, pose->R[node]);
  }
}

static void frame_at(const BeamShape *shape, const Pose *pose, BeamFrame *frame) {
  double u[2][3];
  for (int i = 0; i < 6; i++)
    u[i / 3][i % 3] = pose->x[i / 3][i % 3] - pose->rest[i / 3][i % 3];
  corotate(shape, (const double(*)[3])u, (const double(*)[9])pose->R, frame);
}

/* A stiffness that couples everything, as yielded beams have. */
static void random_stiffness(double k[36]) {
  double a[36];
  for (int i = 0; i < 36; i++)
    a[i] = uniform();
  for (int i = 0; i < 36; i++) {
    k[i] = i % 7 ? 0 : 1;
    for (int m = 0; m < 6; m++)
      k[i] += a[6 * (i / 6) + m] * a[6 * (i % 6) + m];
  }
}

static void test_rotations(void **state) {
  (void)state;
  for (int k = 0; k < 200; k++) {
    double w[3], R[9], back[9], out[3], turned[9], product[9], v[3], by[9];
    const double angles[] = {1e-9, 1e-5, 1e-3, 0.3, 2, 3.1};
    random_rotation(angles[k % 6], R);
    rotation_log(R, w);
    CHECK_NEAR(sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2]), angles[k % 6], 1e-7, "angle of the rotation");
    rotation_matrix(w, back);
    for (int i = 0; i < 9; i++)
      CHECK_BELOW(fabs(R[i] - back[i]), 1e-12, "exp log R = R");
    for (int i = 0; i < 3; i++)
      v[i] = uniform();
    rotation_matrix(v, by);
    multiply(by, R, product);
    memcpy(turned, R, sizeof turned);
    rotation_turn(v, turned);
    for (int i = 0; i < 9; i++) {
      CHECK_BELOW(fabs(turned[i] - product[i]), 1e-12, "left-multiplication");
      double orthogonal = i % 4 ? 0 : 1;
      for (int m = 0; m < 3; m++)
        orthogonal -= R[3 * (i / 3) + m] * R[3 * (i % 3) + m];
      CHECK_BELOW(fabs(orthogonal), 1e-14, "R R^T = 1");
    }
    apply(R, w, out);
    for (int i = 0; i < 3; i++)
      CHECK_BELOW(fabs(out[i] - w[i]), 1e-12, "the axis stays");
  }
}

/* Virtual work: f . dq = s . dv. */
static void test_work(void **state) {
  (void)state;
  for (int k = 0; k < 60; k++) {
    BeamShape shape;
    BeamFrame frame, side[2];
    Pose pose;
    double s[6], f[12], h = 1e-5, size = 0;
    random_pose(k % 2 ? 1 : 0.05, &shape, &pose);
    frame_at(&shape, &pose, &frame);
    for (int a = 0; a < 6; a++)
      s[a] = uniform();
    corotate_forces(&frame, s, f);
    for (int j = 0; j < 12; j++)
      size = fmax(size, fabs(f[j]));
    for (int j = 0; j < 12; j++) {
      double work = 0;
      for (int d = 0; d < 2; d++) {
        Pose moved = pose;
        nudge(&moved, j, d ? h : -h);
        frame_at(&shape, &moved, &side[d]);
      }
      for (int a = 0; a < 6; a++)
        work += s[a] * (side[1].v[a] - side[0].v[a]) / (2 * h);
      CHECK_BELOW(fabs(f[j] - work), 1e-7 * size, "virtual work, central differences");
    }
    double about[3] = {f[3] + f[9], f[4] + f[10], f[5] + f[11]};
    for (int i = 0; i < 3; i++) {
      int a = (i + 1) % 3, b = (i + 2) % 3;
      CHECK_BELOW(fabs(f[i] + f[6 + i]), 1e-12 * size, "forces in balance");
      about[i] += pose.x[0][a] * f[b] - pose.x[0][b] * f[a] + pose.x[1][a] * f[6 + b] - pose.x[1][b] * f[6 + a];
      CHECK_BELOW(fabs(about[i]), 1e-11 * size, "moments in balance in the deformed place");
    }
  }
}

/* Tangent by differences of the forces; what it lacks in symmetry is the nodal moments, which add up to nothing at a
   free node in balance. */
static void test_tangent(void **state) {
  (void)state;
  for (int k = 0; k < 60; k++) {
    BeamShape shape;
    BeamFrame frame, moved_frame;
    Pose pose;
    double s[6], stiffness[36], K[144], whole[144], f[2][12], hold[12], h = 1e-5, size = 0;
    random_pose(k % 2 ? 1 : 0.05, &shape, &pose);
    frame_at(&shape, &pose, &frame);
    random_stiffness(stiffness);
    for (int a = 0; a < 6; a++)
      s[a] = 3 * uniform();
    corotate_forces(&frame, s, hold);
    corotate_stiffness(&frame, s, stiffness, K, whole);
    for (int i = 0; i < 144; i++)
      size = fmax(size, fabs(whole[i]));
    for (int j = 0; j < 12; j++) {
      for (int d = 0; d < 2; d++) {
        Pose moved = pose;
        double now[6];
        nudge(&moved, j, d ? h : -h);
        frame_at(&shape, &moved, &moved_frame);
        for (int a = 0; a < 6; a++) {
          now[a] = s[a];
          for (int b = 0; b < 6; b++)
            now[a] += stiffness[6 * a + b] * (moved_frame.v[b] - frame.v[b]);
        }
        corotate_forces(&moved_frame, now, f[d]);
      }
      for (int i = 0; i < 12; i++)
        CHECK_BELOW(fabs(whole[12 * i + j] - (f[1][i] - f[0][i]) / (2 * h)), 1e-7 * size,
                    "derivative of the forces, central differences");
    }
    for (int i = 0; i < 12; i++)
      for (int j = 0; j < 12; j++) {
        double skew = 0;
        if (i / 3 == j / 3 && i % 6 > 2 && i != j)
          skew = ((j - i + 3) % 3 == 1 ? 1 : -1) * hold[6 * (i / 6) + 3 + (6 - i % 3 - j % 3) % 3];
        CHECK_BELOW(fabs(K[12 * i + j] - 0.5 * (whole[12 * i + j] + whole[12 * j + i])), 1e-13 * size,
                    "symmetric part");
        CHECK_BELOW(fabs(whole[12 * i + j] - whole[12 * j + i] - skew), 1e-10 * size,
                    "spins do not commute: K - K^T is the nodal moments");
      }
  }
}

static void test_objectivity(void **state) {
  (void)state;
  for (int k = 0; k < 40; k++) {
    BeamShape shape;
    BeamFrame frame, turned_frame;
    Pose pose, turned;
    double Q[9], s[6], f[12], g[12], want[3];
    random_pose(0.8, &shape, &pose);
    random_rotation(3 * uniform(), Q);
    memcpy(turned.rest, pose.rest, sizeof turned.rest);
    for (int n = 0; n < 2; n++) {
      apply(Q, pose.x[n], turned.x[n]);
      multiply(Q, pose.R[n], turned.R[n]);
      for (int i = 0; i < 3; i++)
        turned.x[n][i] += 7 - i;
    }
    frame_at(&shape, &pose, &frame);
    frame_at(&shape, &turned, &turned_frame);
    for (int a = 0; a < 6; a++) {
      CHECK_BELOW(fabs(frame.v[a] - turned_frame.v[a]), 1e-13, "a rigid motion does not deform");
      s[a] = uniform();
    }
    corotate_forces(&frame, s, f);
    corotate_forces(&turned_frame, s, g);
    for (int block = 0; block < 4; block++) {
      apply(Q, f + 3 * block, want);
      for (int i = 0; i < 3; i++)
        CHECK_BELOW(fabs(g[3 * block + i] - want[i]), 1e-12, "forces turn along");
    }
    random_pose(0, &shape, &pose);
    frame_at(&shape, &pose, &frame);
    for (int a = 0; a < 6; a++)
      CHECK_BELOW(fabs(frame.v[a]), 1e-13, "the undeformed beam, moved");
  }
}

enum { PIECES = 32, DOFS = 6 * PIECES }; /* the root is not among them */

/* Gauss elimination without exchange: A is positive definite. */
static void solve(double (*A)[DOFS], double b[DOFS]) {
  for (int i = 0; i < DOFS; i++)
    for (int j = i + 1; j < DOFS; j++) {
      double factor = A[j][i] / A[i][i];
      if (factor == 0)
        continue;
      for (int k = i; k < DOFS; k++)
        A[j][k] -= factor * A[i][k];
      b[j] -= factor * b[i];
    }
  for (int i = DOFS - 1; i >= 0; i--) {
    for (int k = i + 1; k < DOFS; k++)
      b[i] -= A[i][k] * b[k];
    b[i] /= A[i][i];
  }
}

/* Cantilever along x, its section (1.1 wide, 0.32 thick) turned by 90 degrees from root to tip. */
static double twisted_tip(int along) {
  static double A[DOFS][DOFS];
  double b[DOFS] = {0}, L = 12, w = 1.1, t = 0.32, E = 29e6, G = E / (2 * 1.22), l = L / PIECES;
  const double strong = t * w * w * w / 12, weak = w * t * t * t / 12, J = w * t * t * t / 3 * (1 - 0.63 * t / w);

  memset(A, 0, sizeof A);
  for (int p = 0; p < PIECES; p++) {
    const double none[2] = {0, 0}, angle = M_PI / 2 * (p + 0.5) / PIECES;
    double x[2][3] = {{l * p, 0, 0}, {l * (p + 1), 0, 0}}, k[36] = {0}, s[6] = {0}, K[144];
    Pose pose = {.rest = {{l * p, 0, 0}, {l * (p + 1), 0, 0}},
                 .x = {{l * p, 0, 0}, {l * (p + 1), 0, 0}},
                 .R = {{1, 0, 0, 0, 1, 0, 0, 0, 1}, {1, 0, 0, 0, 1, 0, 0, 0, 1}}};
    BeamShape shape;
    BeamFrame frame;
    beam_shape(x[0], x[1], none, &shape); /* at the root the width is along z, at the tip along y */
    memcpy(shape.axes[1], (double[3]){0, -sin(angle), cos(angle)}, sizeof shape.axes[1]); /* along the width */
    memcpy(shape.axes[2], (double[3]){0, -cos(angle), -sin(angle)}, sizeof shape.axes[2]);
    frame_at(&shape, &pose, &frame);
    k[0] = E * w * t / l, k[7] = G * J / l;
    for (int plane = 0; plane < 2; plane++) {
      int i = 2 + 2 * plane;
      double EI = E * (plane ? strong : weak); /* about axis 3 the width bends */
      k[7 * i] = k[7 * (i + 1)] = 4 * EI / l, k[6 * i + i + 1] = k[6 * (i + 1) + i] = 2 * EI / l;
    }
    corotate_stiffness(&frame, s, k, K, NULL);
    for (int i = 0; i < 144; i++) {
      int row = 6 * (p - 1) + i / 12, column = 6 * (p - 1) + i % 12;
      if (row >= 0 && column >= 0)
        A[row][column] += K[i];
    }
  }
  b[DOFS - 6 + along] = 1;
  solve(A, b);
  return b[DOFS - 6 + along];
}

static void test_twisted_beam(void **state) {
  (void)state;
  CHECK_NEAR(twisted_tip(1), 0.005424, 0.01, "MacNeal and Harder 1985, twisted beam, load along the width of the tip");
  CHECK_NEAR(twisted_tip(2), 0.001754, 0.01, "MacNeal and Harder 1985, twisted beam, load across it");
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_rotations), cmocka_unit_test(test_work),
                                          cmocka_unit_test(test_tangent), cmocka_unit_test(test_objectivity),
                                          cmocka_unit_test(test_twisted_beam)};
CHECK_MAIN(tests)
