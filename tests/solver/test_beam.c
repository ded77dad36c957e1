/* The force-based beam: elastic stiffness, tangent, hinges, and turns of the load. */
#include "solver/frame/beam.h"
#include "tests/check.h"
#include <string.h>

static const double E = 186000, nu = 0.35, yield = 331, r = 0.2, L = 2.5;

static double uniform(void) { /* in -1 .. 1, the same on every machine */
  static uint64_t seed = 5;
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (double)(seed >> 11) / 4503599627370496. - 1;
}

typedef struct Model {
  FibreLayout layout;
  FibreMetal metal;
  Beam beam;
  BeamState state;
  double fibre[BEAM_POINTS][FIBRE_STATE];
} Model;

static void make(Model *m, Hardening hardening, bool shear) {
  memset(m, 0, sizeof *m);
  fibre_layout(0, 1, nu, &m->layout);
  m->metal = (FibreMetal){.young_MPa = E, .shear_MPa = E / (2 * (1 + nu)), .hardening = hardening};
  m->beam = (Beam){.length = L, .layout = &m->layout, .shear = shear};
  for (int p = 0; p < BEAM_POINTS; p++)
    m->beam.radius[p] = r;
  beam_rest(&m->beam, &m->metal, &m->state);
}

/* Iterations to the state under v from that of m, which stays. */
static int go(const Model *m, const double v[6], BeamState *state, double (*fibre)[FIBRE_STATE]) {
  *state = m->state;
  return beam_update(&m->beam, &m->metal, v, m->state.yielded, (const double(*)[FIBRE_STATE])m->fibre, fibre, state);
}

static void keep(Model *m, const BeamState *state, double (*fibre)[FIBRE_STATE]) {
  m->state = *state;
  for (int p = 0; p < BEAM_POINTS; p++)
    if (state->yielded[p])
      memcpy(m->fibre[p], fibre[p], sizeof m->fibre[p]);
}

/* Deformations of that many times those at first yield. */
static void random_deformation(double size, double v[6]) {
  const double strain = yield / E;
  v[0] = size * strain * L * uniform();
  v[1] = size * strain * L / r * uniform();
  for (int i = 2; i < 6; i++)
    v[i] = size * strain * L / (4 * r) * uniform();
}

/* The bow of the axis: forces are the derivative of an energy, the tangent theirs; the answer of a hinged beam-column
   to an end moment, below, at and beyond where the series of its flexibility ends. */
static void test_bow(void **state) {
  (void)state;
  const double EI = E * M_PI / 4 * r * r * r * r, EA = E * M_PI * r * r;
  Model m;
  make(&m, (Hardening){.yield_MPa = 1e9}, false);
  m.beam.bend = EI;
  for (int k = 0; k < 40; k++) {
    BeamState at = m.state;
    double v[6], h = 1e-7;
    random_deformation(6, v); /* beyond what a metal can, so that p = N L^2/EI reaches -6 .. 6 */
    assert_true(beam_elastic(&m.beam, v, &at) > 0);
    for (int j = 0; j < 6; j++) {
      BeamState side[2] = {m.state, m.state};
      for (int s = 0; s < 2; s++) {
        double w[6];
        memcpy(w, v, sizeof w);
        w[j] += s ? h : -h;
        assert_true(beam_elastic(&m.beam, w, &side[s]) > 0);
      }
      for (int i = 0; i < 6; i++) {
        double slope = (side[1].s[i] - side[0].s[i]) / (2 * h), size = sqrt(at.k[7 * i] * at.k[7 * j]);
        CHECK_BELOW(fabs(slope - at.k[6 * i + j]), 1e-5 * size, "ds/dv by central differences");
        CHECK_BELOW(fabs(at.k[6 * i + j] - at.k[6 * j + i]), 1e-12 * size, "a potential");
      }
    }
  }
  for (int k = -4; k <= 8; k++) { /* N held by elongation, a moment at one end, the other free to turn */
    double p = k, N = p * EI / (L * L), moment = 1e-6 * EI / L, w = sqrt(fabs(p));
    double exact = k < 0   ? (1 - w / tan(w)) / (w * w)
                   : k > 0 ? (w / tanh(w) - 1) / (w * w)
                           : 1. / 3; /* theta EI/(M L) */
    BeamState at = m.state;
    double v[6] = {N * L / EA, 0, moment * L / EI * exact, -moment * L / EI * exact / 2, 0, 0};
    for (int it = 0; it < 20; it++) { /* the far end turns until its moment is nought */
      assert_true(beam_elastic(&m.beam, v, &at) > 0);
      v[3] -= at.s[3] / at.k[21];
    }
    CHECK_NEAR(at.s[2], moment, 0.012, "beam-column under an end moment (Timoshenko and Gere 1961, section 1.10)");
  }
}

static void test_elastic(void **state) {
  (void)state;
  const double A = M_PI * r * r, inertia = A * r * r / 4, G = E / (2 * (1 + nu)), kappa = 6 * (1 + nu) / (7 + 6 * nu);
  for (int shear = 0; shear < 2; shear++) {
    Model m;
    double v[6], phi = shear ? 12 * E * inertia / (kappa * G * A * L * L) : 0, fibre[BEAM_POINTS][FIBRE_STATE];
    make(&m, (Hardening){.yield_MPa = yield}, shear);
    CHECK_NEAR(m.state.k[0], E * A / L, 1e-13, "EA/L");
    CHECK_NEAR(m.state.k[7], 2 * G * inertia / L, 1e-13, "GJ/L");
    for (int i = 2; i < 6; i++) {
      CHECK_NEAR(m.state.k[7 * i], (4 + phi) / (1 + phi) * E * inertia / L, 1e-12, "Timoshenko beam (Przemieniecki)");
      CHECK_NEAR(m.state.k[6 * i + (i ^ 1)], (2 - phi) / (1 + phi) * E * inertia / L, 1e-12, "Timoshenko beam");
    }
    BeamState elastic = m.state, found;
    random_deformation(0.2, v);
    assert_true(beam_elastic(&m.beam, v, &elastic) > 0);
    assert_int_equal(go(&m, v, &found, fibre), 1);
    for (int i = 0; i < 6; i++)
      CHECK_NEAR(found.s[i], elastic.s[i], 1e-10, "fibres that do not yield");
  }
}

static const Hardening forms[] = {{.yield_MPa = 331},
                                  {.yield_MPa = 331, .linear_MPa = 1000},
                                  {.yield_MPa = 331, .saturation_MPa = 120, .exponent = 40}};

/* Largest error of k against central differences, in parts of the elastic stiffness. */
static double tangent_error(const Model *m, const double v[6], const BeamState *found) {
  const double h = 1e-7 * yield / E, EA = E * M_PI * r * r;
  double worst = 0;
  for (int j = 0; j < 6; j++) {
    BeamState side[2];
    double fibre[BEAM_POINTS][FIBRE_STATE], unit_j = j ? r : 1, step = h * L / unit_j;
    for (int d = 0; d < 2; d++) {
      double moved[6];
      memcpy(moved, v, sizeof moved);
      moved[j] += d ? step : -step;
      assert_true(go(m, moved, &side[d], fibre) > 0);
    }
    for (int i = 0; i < 6; i++) {
      double error = fabs(found->k[6 * i + j] - (side[1].s[i] - side[0].s[i]) / (2 * step));
      worst = fmax(worst, error * L / (EA * unit_j * (i ? r : 1)));
    }
  }
  return worst;
}

/* Random turns of the load by many times the deformation at first yield: each is reached in one, and k = ds/dv. */
static void test_turns(void **state) {
  (void)state;
  int iterations = 0, n = 0;
  for (int run = 0; run < 36; run++) {
    Model m;
    make(&m, forms[run % 3], run % 2);
    for (int i = 0; i < 6 && run % 4 > 1; i++) /* springs in the nodes */
      m.beam.soft[i] = 0.3 / m.state.k[7 * i];
    beam_rest(&m.beam, &m.metal, &m.state);
    for (int turn = 0; turn < 6; turn++) {
      double v[6], fibre[BEAM_POINTS][FIBRE_STATE];
      BeamState found;
      random_deformation(run < 18 ? 3 : 12, v);
      int needed = go(&m, v, &found, fibre);
      assert_true(needed > 0);
      iterations += needed, n++;
      for (int p = 0; p < BEAM_POINTS; p++) { /* the sections carry what equilibrium asks of them */
        double S[6], carried[6], K[36], to[FIBRE_STATE];
        beam_resultants(&m.beam, found.s, beam_point[p], S);
        fibre_section(&m.layout, &m.metal, r, found.e[p], m.fibre[p], to, carried, K);
        for (int i = 0; i < 6; i++)
          if (m.beam.shear || i < 1 || i > 2)
            CHECK_BELOW(fabs(S[i] - carried[i]), 1e-10 * M_PI * r * r * yield, "equilibrium of the sections");
      }
      if (turn % 3 == 2)
        CHECK_BELOW(tangent_error(&m, v, &found), 1e-6, "k = ds/dv, central differences");
      keep(&m, &found, fibre);
    }
  }
  CHECK_BELOW((double)iterations / n, 15, "iterations of a turn: 12 when written");
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_elastic), cmocka_unit_test(test_turns),
                                          cmocka_unit_test(test_bow)};
CHECK_MAIN(tests)
