/* Geometric stiffness of a strut against exact rotations, Przemieniecki's matrix and statics. */
#include "solver/frame/strut_geometric.h"
#include "tests/check.h"

typedef double Turn[3][3];

static void cross3(const double a[3], const double b[3], double c[3]) {
  for (int i = 0; i < 3; i++)
    c[i] = a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3];
}

static double dot3(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/* Rodrigues. */
static void exponential(const double v[3], Turn R) {
  double angle = sqrt(dot3(v, v)), s = angle > 1e-12 ? sin(angle) / angle : 1;
  double half = angle > 1e-12 ? sin(angle / 2) / (angle / 2) : 1;
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      double skew = (j == (i + 2) % 3 ? v[(i + 1) % 3] : 0) - (j == (i + 1) % 3 ? v[(i + 2) % 3] : 0);
      double square = v[i] * v[j] - (i == j ? angle * angle : 0);
      R[i][j] = (i == j) + s * skew + 0.5 * half * half * square;
    }
}

static void logarithm(Turn R, double v[3]) {
  double s[3], sine, angle;
  for (int i = 0; i < 3; i++)
    s[i] = 0.5 * (R[(i + 2) % 3][(i + 1) % 3] - R[(i + 1) % 3][(i + 2) % 3]);
  sine = sqrt(dot3(s, s));
  angle = asin(sine);
  for (int i = 0; i < 3; i++)
    v[i] = sine > 1e-14 ? s[i] * angle / sine : s[i];
}

static void multiply(Turn A, Turn B, int transposed, Turn C) {
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      C[i][j] = 0;
      for (int k = 0; k < 3; k++)
        C[i][j] += (transposed ? A[k][i] : A[i][k]) * B[k][j];
    }
}

static const double offsets[2][3] = {{0.3, -0.2, 0.5}, {-0.4, 0.1, 0.25}};

static StrutElement skew_strut(void) {
  StrutElement strut = {.axis = {0.48, -0.6, 0.64}, .length = 2.3, .zone = {0.35, 0.2}, .radius = 0.15};
  strut_stiffen(&strut, 1000, 0.3, true);
  return strut;
}

/* N (length) + moments . rotations out of the chord + T twist, of finite motions, without bowing. */
static double potential(const StrutElement *strut, const double force[12], const double u[12]) {
  double tip[2][3], d[3], moment[2][3], length, turn[3], w[3], e1[3], phi[3], sum, sine;
  Turn R[2], C, local;
  for (int end = 0; end < 2; end++) {
    double zone[3], lever[3], lift[3];
    exponential(u + 6 * end + 3, R[end]);
    for (int i = 0; i < 3; i++) {
      zone[i] = (end ? -1 : 1) * strut->zone[end] * strut->axis[i];
      lever[i] = offsets[end][i] + zone[i];
    }
    cross3(zone, force + 6 * end, lift);
    for (int i = 0; i < 3; i++) {
      tip[end][i] = u[6 * end + i] + dot3(R[end][i], lever) - lever[i];
      moment[end][i] = force[6 * end + 3 + i] - lift[i];
    }
  }
  for (int i = 0; i < 3; i++)
    d[i] = strut->length * strut->axis[i] + tip[1][i] - tip[0][i];
  length = sqrt(dot3(d, d));
  sum = dot3(strut->axis, force + 6) * (length - strut->length);
  /* the frame of the chord: the shortest way from the axis to the chord after the mean twist */
  double mean = 0.5 * (dot3(strut->axis, u + 3) + dot3(strut->axis, u + 9));
  for (int i = 0; i < 3; i++)
    e1[i] = d[i] / length;
  cross3(strut->axis, e1, w);
  sine = sqrt(dot3(w, w));
  Turn swing, twist;
  for (int i = 0; i < 3; i++) {
    turn[i] = mean * strut->axis[i];
    w[i] *= sine > 1e-14 ? asin(sine) / sine : 1;
  }
  exponential(w, swing);
  exponential(turn, twist);
  multiply(swing, twist, 0, C);
  for (int end = 0; end < 2; end++) {
    multiply(C, R[end], 1, local);
    logarithm(local, phi);
    sum += dot3(moment[end], phi);
  }
  return sum;
}

/* What the cubic adds, quadratic in u. */
static double bowing(const StrutElement *strut, double N, double T, const double u[12]) {
  double phi[2][3], d[3], chord[3], tip[2][3];
  for (int end = 0; end < 2; end++) {
    double lever[3];
    for (int i = 0; i < 3; i++)
      lever[i] = offsets[end][i] + (end ? -1 : 1) * strut->zone[end] * strut->axis[i];
    cross3(u + 6 * end + 3, lever, tip[end]);
  }
  for (int i = 0; i < 3; i++)
    d[i] = u[6 + i] + tip[1][i] - u[i] - tip[0][i];
  cross3(strut->axis, d, chord);
  for (int end = 0; end < 2; end++)
    for (int i = 0; i < 3; i++) {
      double twist = dot3(strut->axis, u + 6 * end + 3);
      phi[end][i] = u[6 * end + 3 + i] - twist * strut->axis[i] - chord[i] / strut->length;
    }
  const double x[3] = {0.5 - sqrt(0.15), 0.5, 0.5 + sqrt(0.15)}, weight[3] = {5. / 18, 8. / 18, 5. / 18}; /* Gauss */
  double sum = 0;
  for (int p = 0; p < 3; p++) {
    double at[3], slope[3], area[3];
    for (int i = 0; i < 3; i++) {
      at[i] = phi[0][i] * (1 - 4 * x[p] + 3 * x[p] * x[p]) + phi[1][i] * (3 * x[p] * x[p] - 2 * x[p]);
      slope[i] = phi[0][i] * (6 * x[p] - 4) + phi[1][i] * (6 * x[p] - 2);
    }
    cross3(at, slope, area);
    sum += weight[p] * 0.5 * (N * strut->length * dot3(at, at) - T * dot3(strut->axis, area));
  }
  return sum;
}

static void some_forces(const StrutElement *strut, double force[12]) {
  const double u0[6] = {0.1, -0.3, 0.2, 0.05, -0.2, 0.3}, u1[6] = {-0.2, 0.25, 0.1, -0.3, 0.1, 0.2};
  StrutDeformation q;
  strut_deform(strut, u0, u1, &q);
  strut_forces(strut, &q, force);
}

static double quadratic(const double k[144], const double v[12]) {
  double sum = 0;
  for (int i = 0; i < 144; i++)
    sum += k[i] * v[i / 12] * v[i % 12];
  return sum;
}

/* The composition of mean twist and swing differs from one rotation vector by second-order twist, which moves both ends
   alike; so the twist at an end is checked as the difference that T works on. */
static void test_finite_rotations(void **state) {
  (void)state;
  StrutElement strut = skew_strut();
  double force[12], kg[144], v[12], largest = 0;
  some_forces(&strut, force);
  strut_geometric(&strut, offsets, force, kg);
  for (int i = 0; i < 144; i++)
    largest = fmax(largest, fabs(kg[i]));
  for (int trial = 0; trial < 40; trial++) {
    const double h = 1e-3;
    double there[12], back[12], nothing[12] = {0};
    for (int i = 0; i < 12; i++) {
      v[i] = trial < 12 ? (i == trial) : sin(1.7 * i + 3.1 * trial);
      there[i] = h * v[i], back[i] = -h * v[i];
    }
    double wanted =
        (potential(&strut, force, there) - 2 * potential(&strut, force, nothing) + potential(&strut, force, back)) /
        (h * h);
    wanted += 2 * bowing(&strut, dot3(strut.axis, force + 6), dot3(strut.axis, force + 9), v);
    CHECK_BELOW(fabs(quadratic(kg, v) - wanted), 2e-5 * largest,
                "second difference of the potential of finite rotations (Rodrigues)");
  }
}

/* A strut in equilibrium that turns turns its forces, and its moments by half (rotation vectors). */
static void test_rigid_rotation(void **state) {
  (void)state;
  StrutElement strut = skew_strut();
  double force[12], kg[144], v[12], at[2][6];
  const double omega[3] = {0.3, -0.7, 0.4}, shift[3] = {0.2, 0.5, -0.1};
  some_forces(&strut, force);
  strut_geometric(&strut, offsets, force, kg);
  const double way = strut.length + strut.zone[0] + strut.zone[1];
  for (int end = 0; end < 2; end++) {
    double x[3], swept[3], lift[3];
    for (int i = 0; i < 3; i++)
      x[i] = end * way * strut.axis[i] - offsets[end][i];
    cross3(omega, x, swept);
    cross3(offsets[end], force + 6 * end, lift);
    for (int i = 0; i < 3; i++) {
      v[6 * end + i] = shift[i] + swept[i];
      v[6 * end + 3 + i] = omega[i];
      at[end][i] = force[6 * end + i];
      at[end][3 + i] = force[6 * end + 3 + i] + lift[i];
    }
  }
  for (int end = 0; end < 2; end++) {
    double turned[6];
    cross3(omega, at[end], turned);
    cross3(omega, at[end] + 3, turned + 3);
    for (int c = 0; c < 6; c++) {
      double got = 0;
      for (int j = 0; j < 12; j++)
        got += kg[12 * (6 * end + c) + j] * v[j];
      CHECK_BELOW(fabs(got - (c < 3 ? 1 : 0.5) * turned[c]), 1e-11, "objectivity: forces turn with the strut");
    }
  }
}

static void test_przemieniecki(void **state) {
  (void)state;
  const double L = 3, N = 5, none[2][3] = {{0}};
  const double want[4][4] = {{6 / (5 * L), 0.1, -6 / (5 * L), 0.1},
                             {0.1, 2 * L / 15, -0.1, -L / 30},
                             {-6 / (5 * L), -0.1, 6 / (5 * L), -0.1},
                             {0.1, -L / 30, -0.1, 2 * L / 15}};
  const int place[4] = {1, 5, 7, 11}; /* v and rotation about z, at both ends */
  double kg[144], force[12] = {[0] = -N, [6] = N};
  StrutElement strut = {.axis = {1, 0, 0}, .length = L};
  strut_geometric(&strut, none, force, kg);
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 4; j++)
      CHECK_NEAR(kg[12 * place[i] + place[j]], N * want[i][j], 1e-13, "Przemieniecki 1968, section 15.2");
  CHECK_BELOW(fabs(kg[0]), 1e-15, "no stiffness along the strut");
}

/* Moving the reference points moves neither forces nor energy. */
static void test_offset_stiffness(void **state) {
  (void)state;
  StrutElement strut = skew_strut();
  StrutDeformation q;
  double k[144], v[12], node[12];
  strut_offset_stiffness(&strut, offsets, k);
  for (int i = 0; i < 12; i++)
    node[i] = v[i] = cos(2.3 * i);
  for (int end = 0; end < 2; end++) {
    double swept[3];
    cross3(v + 6 * end + 3, offsets[end], swept);
    for (int i = 0; i < 3; i++)
      node[6 * end + i] += swept[i];
  }
  strut_deform(&strut, node, node + 6, &q);
  CHECK_NEAR(quadratic(k, v), 2 * strut_energy(&strut, &q), 1e-12, "the energy of the same deformation");
  for (int i = 0; i < 144; i++)
    assert_true(k[i] == k[i % 12 * 12 + i / 12]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_finite_rotations), cmocka_unit_test(test_rigid_rotation),
                                     cmocka_unit_test(test_przemieniecki), cmocka_unit_test(test_offset_stiffness)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
