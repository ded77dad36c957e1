/* Fatigue of struts against stresses worked out by hand, and the life of the weakest percent.
   ranks: 1 2 */
#include "tests/check.h"

#include "cases/body/strut_fatigue.h"
#include "cases/body/weakest_life.h"

static Fatigue of(const char *law) {
  return (Fatigue){
      .limit_MPa = 100, .cycles = 1e7, .slope_k = 5, .strength_MPa = 500, .law = mean_stress_law_find(law)};
}

static Section scaled(const Section *s, double by) {
  return (Section){
      .N = by * s->N, .M2 = {by * s->M2[0], by * s->M2[1]}, .M3 = {by * s->M3[0], by * s->M3[1]}, .part = {0, 1}};
}

/* A standard's ratio: the second load case is a part of the first, so the worst point is that of the first alone. */
static void proportional(void **state) {
  const Section s = {.N = -3, .M2 = {0.1, -0.7}, .M3 = {0.2, 0.4}, .part = {0, 1}},
                part = scaled(&s, 1 / fatigue_tests[0].ratio);
  Fatigue f = of("none"), goodman = of("goodman");
  double amplitude, use, r = 0.3, area = PETSC_PI * r * r, W = PETSC_PI * r * r * r / 4;
  (void)state;
  strut_fatigue(&f, &(RoundStrut){.radius = r}, &s, &part, &amplitude, &use);
  double axial = 3 / area, bend = hypot(0.7, 0.4) / W;
  CHECK_NEAR(amplitude, 0.45 * (axial + bend), 1e-12, "(1 - 1/10)/2 of the pressed side at end 1");
  CHECK_NEAR(use, amplitude / 100, 1e-12, "no mean stress law");
  strut_fatigue(&goodman, &(RoundStrut){.radius = r}, &s, &part, &amplitude, &use);
  double pulled = bend - axial;
  CHECK_NEAR(amplitude, fmax(0.45 * (axial + bend), 0.45 * pulled / (1 - 0.55 * pulled / 500)), 1e-12,
             "the pressed side without credit, or the pulled side with its mean stress");
  strut_fatigue(&goodman, &(RoundStrut){.radius = r}, &s, &s, &amplitude, &use);
  assert_true(amplitude == 0); /* nothing changes */
}

/* Bending that turns from one axis to the other: the change counts, along the bisector. */
static void turning(void **state) {
  const Section one = {.M2 = {1, 1}, .part = {0, 1}}, two = {.M3 = {1, 1}, .part = {0, 1}};
  Fatigue f = of("none");
  double amplitude, use, r = 0.5;
  (void)state;
  strut_fatigue(&f, &(RoundStrut){.radius = r}, &one, &two, &amplitude, &use);
  CHECK_NEAR(amplitude, sqrt(2) / 2 / (PETSC_PI * r * r * r / 4), 1e-12, "half of the change of moment, over W");
}

static void tapered_and_hollow(void **state) {
  const Section s = {.N = 2, .part = {0, 1}}, back = scaled(&s, -1), m = {.M2 = {0, 1}, .part = {0, 1}},
                m_back = scaled(&m, -1);
  Fatigue f = of("none");
  double amplitude, use;
  (void)state;
  strut_fatigue(&f, &(RoundStrut){.radius = 0.5, .taper = 0.2, .bore = 0.6}, &s, &back, &amplitude, &use);
  CHECK_NEAR(amplitude, 2 / (PETSC_PI * (0.16 - 0.36 * 0.16)), 1e-12, "the thin end, radii 0.4 and 0.24");
  strut_fatigue(&f, &(RoundStrut){.radius = 0.5, .taper = 0.1, .bore = 0.5}, &m, &m_back, &amplitude, &use);
  CHECK_NEAR(amplitude, 4 * 0.55 / (PETSC_PI * (pow(0.55, 4) - pow(0.275, 4))), 1e-12, "M r / I at the thick end");
}

/* 200 struts, amplitudes 1 .. 200 MPa dealt out to all; two of them are the weakest percent. */
static void weakest_percent(void **state) {
  float amplitude[200], weight[200];
  int rank, size, n = 0;
  Fatigue f = of("none");
  WeakestLife life;
  (void)state;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  for (int i = rank; i < 200; i += size, n++) {
    amplitude[n] = (float)(200 - i);
    weight[n] = i < 1 ? 99 : 1; /* as much as 99 others */
  }
  CHECK_OK(weakest_life(PETSC_COMM_WORLD, &f, n, amplitude, NULL, 0.01, &life));
  CHECK_NEAR(life.amplitude_MPa, 198, 0, "199 and 200 are the weakest percent");
  CHECK_NEAR(life.cycles, 1e7 * pow(100 / 198., 5), 1e-14, "Basquin");
  CHECK_OK(weakest_life(PETSC_COMM_WORLD, &f, n, amplitude, weight, 0.01, &life));
  CHECK_NEAR(life.amplitude_MPa, 200, 0, "the heavy one is more than a percent");
  CHECK_OK(weakest_life(PETSC_COMM_WORLD, &f, n, amplitude, NULL, 0.5, &life));
  assert_true(life.amplitude_MPa == 100 && isinf(life.cycles)); /* at the limit */
  CHECK_OK(weakest_life(PETSC_COMM_WORLD, &f, 0, NULL, NULL, 0.01, &life));
  assert_true(isnan(life.cycles));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(proportional), cmocka_unit_test(turning),
                                          cmocka_unit_test(tapered_and_hollow), cmocka_unit_test(weakest_percent)};
CHECK_MAIN(tests)
