/* Von Mises stress over the volume of struts: closed forms of one bar, percentiles over many, one block in two
   analyses. ranks: 1 2 */
#include "tests/cases/answer.h"

#include "cases/body/frame_stress.h"

static const char *const block_text = "runner: compression\n"
                                      "model: frame\n"
                                      "lattice: {cell: rhombic-dodecahedron, cell_mm: 2, porosity_pct: 75}\n"
                                      "materials: {strut: {young_MPa: 100000, poisson: 0.3, yield_MPa: 300}}\n";

static const double R = 0.2, L = 3;
#define AREA (M_PI * R * R)
#define INERTIA (AREA * R * R / 4)
static const RoundStrut bar = {.radius = 0.2}, tube = {.radius = 0.2, .bore = 0.8};

/* Sums over the points: volume, volume times stress and its square; the largest. */
typedef struct Sums {
  double volume, first, second, largest;
} Sums;

static Sums sums_of(const Section *section, const RoundStrut *strut) {
  float mises[STRUT_SAMPLES], volume[STRUT_SAMPLES];
  Sums s = {0};
  strut_samples(section, strut, L, mises, volume);
  for (int i = 0; i < STRUT_SAMPLES; i++) {
    s.volume += (double)volume[i];
    s.first += (double)volume[i] * mises[i];
    s.second += (double)volume[i] * mises[i] * mises[i];
    s.largest = fmax(s.largest, mises[i]);
  }
  return s;
}

static void one_bar(void **state) {
  const double tube_area = AREA * 0.36, tube_polar = tube_area * R * R * 1.64 / 2;
  (void)state;
  Sums s = sums_of(&(Section){.N = -3, .part = {0, 1}}, &bar);
  CHECK_NEAR(s.volume, AREA * L, 1e-6, "the weights are volumes");
  CHECK_NEAR(s.first, 3 * L, 1e-6, "N/A over the volume");
  CHECK_NEAR(s.largest, 3 / AREA, 1e-6, "N/A");
  s = sums_of(&(Section){.T = 2, .part = {0, 1}}, &bar);
  CHECK_NEAR(s.second, 3 * 4 * L / (2 * INERTIA), 1e-6, "3 (T r/J)^2 over the volume: 3 T^2 L/J");
  CHECK_NEAR(s.largest, sqrt(3) * 2 * R / (2 * INERTIA), 1e-6, "T r/J at the surface");
  s = sums_of(&(Section){.M2 = {0.6, 0.6}, .M3 = {0.8, 0.8}, .part = {0, 1}}, &bar);
  CHECK_NEAR(s.second, L / INERTIA, 1e-6, "M^2 L/I");
  CHECK_NEAR(s.largest, R / INERTIA, 1e-6, "pure bending: M r/I");
  s = sums_of(&(Section){.M2 = {1, -1}, .N = 5, .part = {0, 1}}, &bar);
  CHECK_NEAR(s.second, L / (3 * INERTIA) + 25 * L / AREA, 1e-6, "M linear from 1 to -1: a third of M^2 L/I; N^2 L/A");
  CHECK_NEAR(s.largest, 5 / AREA + R / INERTIA, 1e-6, "the end section");
  s = sums_of(&(Section){.T = 2, .part = {0.1, 0.7}}, &tube);
  CHECK_NEAR(s.volume, 0.6 * tube_area * L, 1e-6, "the flexible part of a tube");
  CHECK_NEAR(s.second, 0.6 * 3 * 4 * L / tube_polar, 1e-6, "3 T^2 L/J");
}

/* Radii 0.14 and 0.26 at the nodes; the flexible part from 0.25 to 0.75 of the way: 0.17 and 0.23. */
static void tapered(void **state) {
  const RoundStrut strut = {.radius = 0.2, .taper = 0.3, .bore = 0.8};
  const Section pull = {.N = -3, .part = {0.25, 0.75}}, bend = {.M2 = {1, 0.4}, .part = {0.25, 0.75}};
  const double hollow = 1 - 0.8 * 0.8, volume = M_PI * hollow * (0.17 * 0.17 + 0.17 * 0.23 + 0.23 * 0.23) / 3 * L / 2;
  (void)state;
  Sums s = sums_of(&pull, &strut);
  CHECK_NEAR(s.volume, volume, 1e-6, "a hollow truncated cone");
  CHECK_NEAR(strut_volume(&pull, &strut, L), volume, 1e-12, "the same");
  CHECK_NEAR(s.first, 3 * L / 2, 1e-6, "N/A over the volume: N L, whatever the sections");
  CHECK_NEAR(s.largest, 3 / (M_PI * hollow * 0.17 * 0.17), 1e-6, "the thin end, where the node zone ends");
  s = sums_of(&bend, &strut);
  CHECK_NEAR(s.largest, 4 * 0.17 / (M_PI * (1 - pow(0.8, 4)) * pow(0.17, 4)), 1e-6, "M r/I at the thin end");
}

/* A row of struts with these sections; percentiles on all ranks. */
static void row_percentiles(PetscInt n, const Section *section, const double *radius, int k, const double *fraction,
                            double *mises) {
  Graph g;
  CHECK_OK(graph_allocate(n + 1, n, NULL, &g));
  for (PetscInt i = 0; i <= n; i++)
    for (int a = 0; a < 3; a++)
      g.x[i][a] = a == 2 ? L * (double)i : 0;
  for (PetscInt i = 0; i < n; i++) {
    g.strut[i][0] = i;
    g.strut[i][1] = i + 1;
    g.radius[i] = radius ? radius[i] : R;
  }
  CHECK_OK(frame_mises_percentiles(PETSC_COMM_WORLD, &g, section, NULL, k, fraction, mises));
  CHECK_OK(graph_free(&g));
}

/* The share of a round section with |y| below s r: (2/pi)(asin s + s sqrt(1 - s^2)). */
static double disc_below(double s) { return s >= 1 ? 1 : 2 / M_PI * (asin(s) + s * sqrt(1 - s * s)); }

/* The share of volume of struts of constant moment m [n] (times M r/I) below a stress. */
static double below(int n, const double *m, double stress) {
  double sum = 0;
  for (int i = 0; i < n; i++)
    sum += disc_below(stress / m[i]) / n;
  return sum;
}

static double inverse(int n, const double *m, double share) {
  double lo = 0, hi = 100;
  for (int i = 0; i < 100; i++) {
    double middle = (lo + hi) / 2;
    *(below(n, m, middle) < share ? &lo : &hi) = middle;
  }
  return lo;
}

static void percentiles(void **state) {
  enum { N = 400 };
  const double fraction[] = {0.5, 0.95, 0.99, 0.999, 1}, one = 1, unit = R / INERTIA;
  static Section section[N];
  double m[N], mises[5];
  (void)state;
  section[0] = (Section){.M2 = {1, 1}, .mises = unit, .part = {0, 1}};
  row_percentiles(1, section, NULL, 5, fraction, mises);
  for (int k = 0; k < 4; k++) {
    CHECK_NEAR(mises[k], unit * inverse(1, &one, fraction[k]), k ? 0.05 : 0.15,
               "closed form; one strut is a few hundred points");
  }
  CHECK_NEAR(mises[4], unit, 1e-6, "all of it: M r/I");
  section[0] = (Section){.T = 1, .mises = sqrt(3) * unit / 2, .part = {0, 1}};
  row_percentiles(1, section, NULL, 5, fraction, mises);
  for (int k = 0; k < 4; k++)
    CHECK_NEAR(mises[k], sqrt(3) * unit / 2 * sqrt(fraction[k]), 0.03,
               "torsion: the stress grows with r, the area with r^2");
  section[0] = (Section){.N = -3, .mises = 3 / AREA, .part = {0, 1}};
  row_percentiles(1, section, NULL, 5, fraction, mises);
  for (int k = 0; k < 5; k++)
    CHECK_NEAR(mises[k], 3 / AREA, 1e-6, "pure tension: the same everywhere");
  for (int i = 0; i < N; i++) {
    m[i] = 0.2 + 1.8 * (i + 0.5) / N;
    section[i] = (Section){.M2 = {m[i], m[i]}, .mises = m[i] * unit, .part = {0, 1}};
  }
  row_percentiles(N, section, NULL, 5, fraction, mises);
  for (int k = 0; k < 4; k++) {
    CHECK_NEAR(mises[k], unit * inverse(N, m, fraction[k]), k ? 0.015 : 0.03,
               "closed form, integrated over the struts");
  }
  CHECK_NEAR(mises[4], m[N - 1] * unit, 1e-6, "the largest");
}

/* One block through two analyses. */
static void two_analyses(void **state) {
  static const char *const zones[] = {"lattice.node_zones=auto", "lattice.node_zones=none"};
  (void)state;
  for (int z = 0; z < 2; z++) {
    const char *const block_set[] = {zones[z], "cells=[2, 2, 3]", "load={axis: z, strain_pct: -0.1}", NULL};
    const char *const cage_set[] = {zones[z], "runner=cage",
                                    "cage={shape: box, width_mm: 4, depth_mm: 4, height_mm: 6}",
                                    "loads={push: {compression_N: 100}}", NULL};
    Answer block, cage;
    answer_open(block_text, block_set, &block);
    answer_open(block_text, cage_set, &cage);
    const double scale = -100 / answer_value(&block, "reaction_N");
    CHECK_NEAR(answer_value(&cage, "cage_E_MPa"), answer_value(&block, "E_MPa"), 1e-6, "the same block");
    CHECK_NEAR(answer_value(&cage, "push.strut_mises_p95_MPa"), scale * answer_value(&block, "mises_p95_MPa"), 1e-6,
               "the same percentile of the same block");
    CHECK_NEAR(answer_value(&cage, "push.strut_mises_p999_MPa"), scale * answer_value(&block, "mises_p99.9_MPa"), 1e-6,
               "the same percentile of the same block");
    CHECK_NEAR(answer_value(&cage, "push.strut_mises_max_MPa"), scale * answer_value(&block, "mises_max_MPa"), 1e-6,
               "the same largest section");
    answer_close(&block);
    answer_close(&cage);
  }
}

/* A block that is symmetric does not turn under compression, nor move down under a moment: rounding is not printed. */
static void no_noise(void **state) {
  const char *const set[] = {"runner=cage", "cage={shape: box, width_mm: 4, depth_mm: 4, height_mm: 4}",
                             "loads={push: {compression_N: 100}, bend: {flexion_Nm: 0.1}}", NULL};
  Answer a;
  (void)state;
  answer_open(block_text, set, &a);
  assert_true(answer_value(&a, "push.turn_deg") == 0 && answer_value(&a, "push.travel_mm") > 0);
  assert_true(answer_value(&a, "bend.travel_mm") == 0 && answer_value(&a, "bend.turn_deg") > 0);
  answer_close(&a);
}

/* Nine vertical struts carry the load alone; of 18 + 36 struts (three layers of nodes, twelve struts each) those yield.
 */
static void above_yield(void **state) {
  const char *const set[] = {"runner=cage", "cage={shape: box, width_mm: 4, depth_mm: 4, height_mm: 4}",
                             "lattice={cell: simple-cubic, cell_mm: 2, strut_mm: 0.3, node_zones: none}",
                             "loads={all: {compression_N: 500}, few: {compression_N: 50}}", NULL};
  Answer a;
  (void)state;
  answer_open(block_text, set, &a);
  CHECK_NEAR(answer_value(&a, "all.struts_above_yield_pct"), 100 * 18 / answer_value(&a, "struts"), 1e-9,
             "the vertical struts: 500/9 N over their section is more than yield");
  assert_true(answer_value(&a, "few.struts_above_yield_pct") == 0);
  answer_close(&a);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(one_bar),     cmocka_unit_test(tapered),
                                          cmocka_unit_test(percentiles), cmocka_unit_test(two_analyses),
                                          cmocka_unit_test(above_yield), cmocka_unit_test(no_noise)};
CHECK_MAIN(tests)
