/* Round sections of elastoplastic fibres: tangent, elastic stiffness, plastic resultants and their interaction. */
#include "solver/frame/fibre_section.h"
#include "tests/check.h"
#include <string.h>

static const double E = 186000, nu = 0.35, sy = 331, r = 0.4;

static FibreMetal metal_of(Hardening h) {
  return (FibreMetal){.young_MPa = E, .shear_MPa = E / (2 * (1 + nu)), .hardening = h, .step_s = h.rate_per_s > 0};
}

static const Hardening forms[] = {{.yield_MPa = 331},
                                  {.yield_MPa = 331, .linear_MPa = 1000},
                                  {.yield_MPa = 331, .saturation_MPa = 120, .exponent = 40},
                                  {.yield_MPa = 331, .linear_MPa = 500, .saturation_MPa = 120, .exponent = 40},
                                  {.yield_MPa = 331, .linear_MPa = 500, .rate_per_s = 0.04, .rate_exponent = 5},
                                  {331, 500, 120, 40, 2, 3}};
enum { N_FORMS = sizeof forms / sizeof forms[0] };

static double uniform(void) { /* in -1 .. 1, the same on every machine */
  static uint64_t seed = 7;
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (double)(seed >> 11) / 4503599627370496. - 1;
}

/* Random strains of that many times the strain at yield. */
static void random_strains(double size, double e[6]) {
  for (int i = 0; i < 6; i++)
    e[i] = size * sy / E * uniform() * (i < 3 ? 1 : 1 / r);
}

/* Largest error of K against central differences, in parts of the elastic stiffness. */
static double tangent_error(const FibreLayout *l, const FibreMetal *m, const double e[6], const double *from) {
  double to[FIBRE_STATE], S[2][6], K[36], none[36], scale[6], worst = 0, skew = 0;
  const double h = 1e-7 * sy / E;

  fibre_section_elastic(l, m, r, scale);
  fibre_section(l, m, r, e, from, to, S[0], K);
  for (int j = 0; j < 6; j++) {
    double size = j < 3 ? h : h / r;
    for (int side = 0; side < 2; side++) {
      double moved[6];
      memcpy(moved, e, sizeof moved);
      moved[j] += side ? size : -size;
      fibre_section(l, m, r, moved, from, to, S[side], none);
    }
    for (int i = 0; i < 6; i++) {
      double unit = sqrt(scale[i] * scale[j]);
      worst = fmax(worst, fabs(K[6 * i + j] - (S[1][i] - S[0][i]) / (2 * size)) / unit);
      skew = fmax(skew, fabs(K[6 * i + j] - K[6 * j + i]) / unit);
    }
  }
  return fmax(worst, skew);
}

static void test_tangent(void **state) {
  (void)state;
  int yielded = 0;
  for (int form = 0; form < N_FORMS; form++)
    for (int k = 0; k < 24; k++) {
      FibreMetal m = metal_of(forms[form]);
      FibreLayout l;
      double from[FIBRE_STATE] = {0}, to[FIBRE_STATE], e[6], more[6], S[6], K[36];
      fibre_layout(k % 3 ? 0 : 0.6, 1, nu, &l);
      random_strains(k % 2 ? 8 : 1.5, e);
      yielded += fibre_section(&l, &m, r, e, from, to, S, K);
      double virgin = tangent_error(&l, &m, e, from);
      CHECK_BELOW(virgin, 2e-6, "K = dS/de from the virgin section, central differences");
      random_strains(k % 4 < 2 ? 6 : 0.5, more); /* goes on to yield, or unloads in part */
      for (int i = 0; i < 6; i++)
        more[i] += e[i];
      double after = tangent_error(&l, &m, more, to);
      CHECK_BELOW(after, 2e-6, "K = dS/de from a section that has yielded, central differences");
    }
  assert_true(yielded > 24 * N_FORMS * FIBRES / 3);
}

/* Stresses of fibre f, from its strains. */
static void fibre_stress(const FibreLayout *l, const FibreMetal *m, const double e[6], const double *q, int f,
                         double stress[3]) {
  double y = r * l->y[f], z = r * l->z[f], k = l->shear_root;
  stress[0] = m->young_MPa * (e[0] + z * e[4] - y * e[5] - q[f]);
  stress[1] = m->shear_MPa * (k * e[1] - z * e[3] - q[FIBRES + f]);
  stress[2] = m->shear_MPa * (k * e[2] + y * e[3] - q[2 * FIBRES + f]);
}

/* Every fibre is inside or on the surface of von Mises, flows along its normal, and hardens by the flow stress. */
static void test_return(void **state) {
  (void)state;
  for (int form = 0; form < N_FORMS; form++)
    for (int k = 0; k < 12; k++) {
      FibreMetal m = metal_of(forms[form]);
      Hardening floor = forms[form];
      FibreLayout l;
      double from[FIBRE_STATE] = {0}, to[FIBRE_STATE], e[6] = {0}, S[6], K[36];
      int n = 0;
      floor.linear_MPa = fmax(floor.linear_MPa, FIBRE_LEAST_SLOPE * E);
      fibre_layout(k % 2 ? 0 : 0.5, 1, nu, &l);
      for (int step = 0; step < 3; step++) {
        double more[6];
        random_strains(k < 2 ? 60 : 4, more);
        for (int i = 0; i < 6; i++)
          e[i] += more[i];
        n += fibre_section(&l, &m, r, e, from, to, S, K);
        for (int f = 0; f < FIBRES; f++) {
          double stress[3], x = to[3 * FIBRES + f] - from[3 * FIBRES + f], rate = x / (m.step_s > 0 ? m.step_s : 1);
          double flow, slope;
          fibre_stress(&l, &m, e, to, f, stress);
          double equal = sqrt(stress[0] * stress[0] + 3 * (stress[1] * stress[1] + stress[2] * stress[2]));
          hardening_flow(&floor, 1, &to[3 * FIBRES + f], m.step_s > 0 ? &rate : NULL, &flow, &slope, NULL);
          assert_true(x >= 0);
          if (x == 0)
            CHECK_BELOW(equal, flow * (1 + 1e-12), "elastic fibre");
          else {
            CHECK_NEAR(equal, flow, 1e-10, "von Mises, flow stress of materials/hardening.h");
            for (int c = 0; c < 3; c++) {
              double flowed = to[c * FIBRES + f] - from[c * FIBRES + f], normal = x * stress[c] / equal * (c ? 3 : 1);
              CHECK_BELOW(fabs(flowed - normal), 1e-12, "associated flow");
            }
          }
        }
        memcpy(from, to, sizeof from);
      }
      assert_true(n > FIBRES / 2);
    }
}

static void test_elastic(void **state) {
  (void)state;
  FibreMetal m = metal_of(forms[0]);
  const double bores[] = {0, 0.3, 0.9};
  for (int b = 0; b < 3; b++) {
    FibreLayout l;
    double n = bores[b], q = n * n, both = (1 + q) * (1 + q), A = M_PI * r * r * (1 - q);
    double inertia = M_PI / 4 * pow(r, 4) * (1 - q * q);
    double kappa = 6 * (1 + nu) * both / ((7 + 6 * nu) * both + (20 + 12 * nu) * q);
    double from[FIBRE_STATE] = {0}, to[FIBRE_STATE], e[6], S[6], K[36], diagonal[6];
    const double want[6] = {
        E * A, kappa * m.shear_MPa * A, kappa * m.shear_MPa * A, 2 * m.shear_MPa * inertia, E * inertia, E * inertia};
    fibre_layout(n, 1, nu, &l);
    random_strains(0.2, e);
    assert_int_equal(fibre_section(&l, &m, r, e, from, to, S, K), 0);
    fibre_section_elastic(&l, &m, r, diagonal);
    assert_true(fibre_section_stays(&l, &m, r, e));
    for (int i = 0; i < 6; i++) {
      CHECK_NEAR(diagonal[i], want[i], 1e-14, "EA, kappa GA (Cowper 1966, hollow circle), GJ, EI");
      CHECK_NEAR(S[i], want[i] * e[i], 1e-11, "fibres of the elastic section");
      for (int j = 0; j < 6; j++)
        CHECK_BELOW(fabs(K[6 * i + j] - (i == j) * want[i]), 1e-12 * sqrt(want[i] * want[j]), "elastic section");
    }
    for (int i = 0; i < FIBRE_STATE; i++)
      assert_true(to[i] == 0);
  }
}

/* The bound on stresses never calls a section elastic that yields. */
static void test_stays(void **state) {
  (void)state;
  FibreMetal m = metal_of(forms[1]);
  FibreLayout l;
  int kept = 0;
  fibre_layout(0, 1, nu, &l);
  for (int k = 0; k < 2000; k++) {
    double from[FIBRE_STATE] = {0}, to[FIBRE_STATE], e[6], S[6], K[36];
    random_strains(1, e);
    int stays = fibre_section_stays(&l, &m, r, e), n = fibre_section(&l, &m, r, e, from, to, S, K);
    assert_false(stays && n);
    kept += stays;
  }
  assert_true(kept > 20);
}

/* Moment of a circle of the bilinear curve: Et I c and the ideal plastic circle of what is left over. */
static double circle_moment(double curvature, double slope) {
  double Et = E * slope / (E + slope), yield = sy * (1 - Et / E), inertia = M_PI / 4 * pow(r, 4);
  double eta = sy / E / (curvature * r), t;
  if (eta >= 1)
    return E * inertia * curvature;
  t = asin(eta);
  return Et * inertia * curvature + yield * pow(r, 3) * ((t - sin(4 * t) / 4) / (2 * eta) + 4. / 3 * pow(cos(t), 3));
}

static void test_moment(void **state) {
  (void)state;
  FibreMetal m = metal_of(forms[0]);
  FibreLayout l;
  const double slope = FIBRE_LEAST_SLOPE * E, Mp = 4 * pow(r, 3) * sy / 3, first = sy / E / r,
               Et = E * slope / (E + slope);
  double least = INFINITY, most = 0, worst = 0;
  fibre_layout(0, 1, nu, &l);
  for (int direction = 0; direction < 91; direction++) {
    double angle = direction * M_PI / 180, from[FIBRE_STATE] = {0}, to[FIBRE_STATE], S[6] = {0}, K[36];
    for (double c = 0.05 * first; c < 120 * first; c = c < 4 * first ? c + 0.05 * first : 1.5 * c) {
      const double e[6] = {0, 0, 0, 0, c * cos(angle), c * sin(angle)};
      fibre_section(&l, &m, r, e, from, to, S, K);
      memcpy(from, to, sizeof from);
      double M = S[4] * cos(angle) + S[5] * sin(angle), exact = circle_moment(c, slope);
      worst = fmax(worst, fabs(M - exact) / Mp);
      if (c > 50 * first) {
        double plastic = M - Et * M_PI / 4 * pow(r, 4) * c;
        least = fmin(least, plastic), most = fmax(most, plastic);
      }
    }
  }
  CHECK_NEAR(least, Mp, 0.01, "plastic moment 4 r^3 sigma_y/3, every direction");
  CHECK_NEAR(most, Mp, 0.01, "plastic moment 4 r^3 sigma_y/3, every direction");
  CHECK_NEAR(0.5 * (least + most) / (M_PI / 4 * pow(r, 3) * sy), 16 / (3 * M_PI), 0.01, "shape factor of the circle");
  CHECK_BELOW(worst, 0.01, "moment over curvature of the ideal plastic circle, closed form, in parts of M_p");
}

/* Axial force and bending of the fully plastic circle: the neutral axis is a chord. */
static void test_axial_bending(void **state) {
  (void)state;
  FibreMetal m = metal_of(forms[0]);
  FibreLayout l;
  const double Np = M_PI * r * r * sy, Mp = 4 * pow(r, 3) * sy / 3;
  const double slope = FIBRE_LEAST_SLOPE * E, Et = E * slope / (E + slope);
  double worst = 0, few = 1, many = 0;
  fibre_layout(0, 1, nu, &l);
  for (int k = 0; k < 40; k++)
    for (int direction = 0; direction < 10; direction++) {
      double from[FIBRE_STATE] = {0}, to[FIBRE_STATE], S[6], K[36], chord = 0.95 * k / 39, c = 40 * sy / E / r;
      double angle = direction * M_PI / 30;
      const double e[6] = {chord * r * c, 0, 0, 0, c * cos(angle), c * sin(angle)};
      fibre_section(&l, &m, r, e, from, to, S, K);
      for (int i = 0; i < 6; i++) /* what the least slope adds */
        S[i] -= Et * e[i] * M_PI * r * r * (i < 3 ? 1 : r * r / 4);
      double n = S[0] / Np, M = hypot(S[4], S[5]) / Mp, t = 0;
      few = fmin(few, n), many = fmax(many, n);
      for (int it = 0; it < 60; it++) /* 2 t + sin 2t = pi n */
        t = fmin(fmax(t - (2 * t + sin(2 * t) - M_PI * n) / (2 + 2 * cos(2 * t) + 0.02), 0), M_PI / 2);
      worst = fmax(worst, fabs(M - pow(cos(t), 3)));
    }
  CHECK_BELOW(worst, 0.01,
              "N = sigma_y r^2 (2t + sin 2t), M = M_p cos^3 t: fully plastic circle with a chord at r sin t");
  assert_true(few < 0.1 && many > 0.9);
}

/* Torque and axial force, fully plastic: every radius is on the ellipse of von Mises. */
static void test_axial_torsion(void **state) {
  (void)state;
  FibreMetal m = metal_of(forms[0]);
  FibreLayout l;
  const double Np = M_PI * r * r * sy, Tp = 2 * M_PI * pow(r, 3) * sy / sqrt(3) / 3;
  fibre_layout(0, 1, nu, &l);
  for (int k = 0; k <= 8; k++) {
    double from[FIBRE_STATE] = {0}, to[FIBRE_STATE], S[6], K[36], ratio = tan(k * M_PI / 16 * 0.999), a = ratio;
    double twist = 40 * sy / E * sqrt(3) / r / sqrt(1 + a * a), root = sqrt(1 + a * a);
    for (int step = 1; step <= 100; step++) { /* the stresses turn towards the strains as they grow */
      const double e[6] = {a * twist * r / sqrt(3) * step / 100, 0, 0, twist * step / 100, 0, 0};
      fibre_section(&l, &m, r, e, from, to, S, K);
      memcpy(from, to, sizeof from);
    }
    CHECK_BELOW(fabs(S[3] / Tp - (root * root * root - 3 * a * a * root + 2 * a * a * a)), 0.01,
                "T = 2 pi int tau rho^2, tau : sigma = rho theta/3 : e0; 2 pi r^3 tau_y/3 without axial force");
    CHECK_BELOW(fabs(S[0] / Np - 2 * a * (root - a)), 0.01, "N of the same");
  }
}

/* Thin wall: the ellipse itself, here of torque and of shear against axial force. */
static void test_ellipse(void **state) {
  (void)state;
  FibreMetal m = metal_of(forms[0]);
  FibreLayout l;
  const double bore = 0.99, A = M_PI * r * r * (1 - bore * bore), mean = r * sqrt(0.5 * (1 + bore * bore));
  fibre_layout(bore, 1, nu, &l);
  for (int shear = 0; shear < 2; shear++)
    for (int k = 0; k <= 8; k++) {
      double from[FIBRE_STATE] = {0}, to[FIBRE_STATE], S[6], K[36], angle = k * M_PI / 16, big = 30 * sy / E;
      double e[6] = {big * cos(angle)};
      e[shear ? 1 : 3] = big * sin(angle) * sqrt(3) / (shear ? l.shear_root : mean);
      fibre_section(&l, &m, r, e, from, to, S, K);
      double sigma = S[0] / A, tau = shear ? S[1] / (A * l.shear_root) : S[3] / (A * mean);
      CHECK_NEAR(sqrt(sigma * sigma + 3 * tau * tau), sy, 0.01, "von Mises: sigma^2 + 3 tau^2 = sigma_y^2");
    }
}

/* Unloading is elastic, and a closed cycle of strains costs work. */
static void test_cycles(void **state) {
  (void)state;
  for (int form = 0; form < N_FORMS; form++) {
    FibreMetal m = metal_of(forms[form]);
    FibreLayout l;
    double from[FIBRE_STATE] = {0}, to[FIBRE_STATE], e[6] = {0}, S[6], back[6], K[36], scale[6], work = 0, first[6];
    fibre_layout(0, 1, nu, &l);
    fibre_section_elastic(&l, &m, r, scale);
    random_strains(6, e);
    fibre_section(&l, &m, r, e, from, to, S, K);
    memcpy(from, to, sizeof from);
    if (m.hardening.rate_per_s == 0) { /* rounding may put fibres beyond their flow stress */
      fibre_section(&l, &m, r, e, from, to, back, K);
      for (int i = 0; i < 6; i++)
        CHECK_NEAR(K[7 * i], scale[i], 1e-9, "the tangent where nothing moves is that of unloading");
    }
    double less[6];
    for (int i = 0; i < 6; i++)
      less[i] = e[i] * (1 - 1e-3);
    int yields = fibre_section(&l, &m, r, less, from, to, back, K);
    if (m.hardening.rate_per_s == 0) { /* with a rate, what was above the slow flow stress relaxes */
      assert_int_equal(yields, 0);
      for (int i = 0; i < 6; i++)
        CHECK_NEAR(S[i] - back[i], scale[i] * 1e-3 * e[i], 1e-8, "unloading is elastic");
    }
    for (int cycle = 0; cycle < 8; cycle++) { /* through random corners back to where it began */
      double corner[4][6], closed = 0;
      memcpy(first, e, sizeof first);
      for (int c = 0; c < 3; c++)
        random_strains(5, corner[c]);
      memcpy(corner[3], first, sizeof first);
      for (int c = 0; c < 4; c++) {
        double start[6];
        memcpy(start, e, sizeof start);
        for (int step = 1; step <= 40; step++) {
          double before[6], old[6];
          memcpy(before, e, sizeof before);
          fibre_section(&l, &m, r, e, from, to, old, K);
          for (int i = 0; i < 6; i++)
            e[i] = start[i] + (corner[c][i] - start[i]) * step / 40;
          fibre_section(&l, &m, r, e, from, to, S, K);
          for (int i = 0; i < 6; i++)
            closed += 0.5 * (S[i] + old[i]) * (e[i] - before[i]);
          memcpy(from, to, sizeof from);
        }
      }
      work += closed;
    }
    CHECK_BELOW(10 * sy * sy / E * r * r, work, "a closed cycle of strains costs work (postulate of Ilyushin)");
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_tangent),       cmocka_unit_test(test_return),  cmocka_unit_test(test_elastic),
    cmocka_unit_test(test_stays),         cmocka_unit_test(test_moment),  cmocka_unit_test(test_axial_bending),
    cmocka_unit_test(test_axial_torsion), cmocka_unit_test(test_ellipse), cmocka_unit_test(test_cycles)};
CHECK_MAIN(tests)
