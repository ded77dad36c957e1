/* ranks: 1 2
   From a sweep file to its points and to what is set at each of them. */
#include "tests/cases/sweep.h"
#include <float.h>

static const SweepAxis *axis_of(const char *form, Planned *p) {
  char text[2048];
  snprintf(text, sizeof text, "%saxes: {x: {%s}}\n%s", SWEEP_ONE, form,
           strstr(form, "between") || strstr(form, "mean") ? "sample: {points: 200}\n" : "");
  planned_open(text, p);
  assert_int_equal(p->plan.n_axes, 1);
  return &p->plan.axis[0];
}

static void check_values(const char *form, int n, const double *wanted, const char *source) {
  Planned p;
  const SweepAxis *axis = axis_of(form, &p);
  assert_int_equal(axis->n, n);
  assert_int_equal(p.plan.n_points, n);
  for (int i = 0; i < n; i++) {
    CHECK_NEAR(axis->value[i], wanted[i], 4e-16, source);
    assert_true(p.plan.value[i][0] == axis->value[i]);
  }
  planned_close(&p);
}

static void test_lists_and_ranges(void **state) {
  (void)state;
  check_values("key: cage.height_mm, values: [10, 7.5, 1e1]", 3, (const double[]){10, 7.5, 10}, "as they stand there");
  check_values("key: cage.height_mm, values: [12]", 1, (const double[]){12}, "as it stands there");
  check_values("key: cage.height_mm, from: 60, to: 90, points: 4", 4, (const double[]){60, 70, 80, 90}, "equal steps");
  check_values("key: cage.height_mm, from: 0.4, to: 1, points: 2", 2, (const double[]){0.4, 1}, "both ends");
  check_values("key: cage.height_mm, from: 1, to: 2, step: 0.25", 5, (const double[]){1, 1.25, 1.5, 1.75, 2},
               "equal steps");
  check_values("key: cage.height_mm, from: 1, to: 2.2, step: 0.5", 3, (const double[]){1, 1.5, 2},
               "the last step below the end");
  check_values("key: cage.height_mm, from: 0.1, to: 0.3, step: 0.1", 3, (const double[]){0.1, 0.2, 0.1 + 2 * 0.1},
               "0.3 is a step although 0.1 is no binary number");
  check_values("key: cage.height_mm, from: 1, to: 100, points: 3, scale: log", 3, (const double[]){1, 10, 100},
               "equal ratios");
  check_values("key: cage.height_mm, from: 1e-100, to: 1e+100, points: 3, scale: log", 3,
               (const double[]){1e-100, 1, 1e100}, "equal ratios");
  check_values("key: defects.seed, from: 1, to: 4, points: 4", 4, (const double[]){1, 2, 3, 4}, "whole numbers");
  check_values("key: defects.seed, from: 1, to: 8, points: 3", 3, (const double[]){1, 5, 8},
               "whole numbers: 4.5 rounded away from zero");
}

static void test_words(void **state) {
  Planned p;
  char text[AXIS_ROOM];
  (void)state;
  const SweepAxis *axis = axis_of("key: lattice.cell, values: [octet, diamond, \"1\", 2e0]", &p);
  assert_non_null(axis->word);
  assert_int_equal(axis->n, 4);
  static const char *const words[] = {"octet", "diamond", "1", "2e0"}; /* one word, and all are words */
  for (int i = 0; i < 4; i++) {
    assert_true(axis->value[i] == i);
    sweep_axis_text(axis, i, text);
    assert_string_equal(text, words[i]);
    assert_true(sweep_axis_value(axis, text) == i);
  }
  assert_true(isnan(sweep_axis_value(axis, "kelvin")) && isnan(sweep_axis_value(axis, "")));
  sweep_axis_text(axis, NAN, text); /* a word that was taken out of the file */
  assert_string_equal(text, "?");
  planned_close(&p);
}

/* n points in one interval of its rank each: a Latin hypercube. */
static void check_strata(const Planned *p, double (*quantile)(double value)) {
  int seen[200] = {0};
  assert_int_equal(p->plan.n_points, 200);
  for (int i = 0; i < 200; i++) {
    const double u = quantile(p->plan.value[i][0]);
    assert_true(u >= 0 && u < 1);
    seen[(int)(200 * u)]++;
    if (seen[(int)(200 * u)] > 1)
      printf("%d %.17g %.17g\n", i, u, p->plan.value[i][0]);
  }
  for (int i = 0; i < 200; i++)
    assert_int_equal(seen[i], 1);
}

static double linear(double x) { return (x - 5) / 2; }
static double logarithmic(double x) { return log(x / 0.1) / log(1000); }
/* Cut at four deviations. */
static double normal(double x) {
  const double cut = 0.5 * erfc(4 / sqrt(2));
  return (0.5 * erfc((3 - x) / 0.25 / sqrt(2)) - cut) / (1 - 2 * cut);
}

static void test_drawn(void **state) {
  Planned p;
  int count[4] = {0};
  (void)state;
  axis_of("key: cage.height_mm, between: [5, 7]", &p);
  check_strata(&p, linear);
  planned_close(&p);
  axis_of("key: cage.height_mm, between: [0.1, 100], scale: log", &p);
  check_strata(&p, logarithmic);
  planned_close(&p);
  axis_of("key: cage.height_mm, mean: 3, deviation: 0.25", &p);
  check_strata(&p, normal);
  planned_close(&p);
  axis_of("key: defects.seed, between: [3, 6]", &p);
  for (int i = 0; i < 200; i++) {
    const double x = p.plan.value[i][0];
    assert_true(x == floor(x) && x >= 3 && x <= 6);
    count[(int)x - 3]++;
  }
  for (int i = 0; i < 4; i++)
    assert_int_equal(count[i], 50); /* both ends as often as the rest */
  planned_close(&p);
}

/* The last axis changes fastest; what is drawn stands at each point of the grid, the same draws at all of them. */
static void test_order(void **state) {
  Planned p;
  (void)state;
  planned_open(SWEEP_TWO "axes:\n"
                         "  a: {key: lattice.porosity_pct, values: [60, 70]}\n"
                         "  b: {key: cage.height_mm, between: [1, 2]}\n"
                         "  c: {key: lattice.cell, values: [octet, kelvin, diamond]}\n"
                         "  d: {key: cage.wedge_deg, mean: 0, deviation: 1}\n"
                         "sample: {method: sobol, points: 4, seed: 7}\n",
               &p);
  assert_int_equal(p.plan.n_points, 2 * 3 * 4);
  for (int i = 0; i < p.plan.n_points; i++) {
    const double *value = p.plan.value[i], *first = p.plan.value[i % 4];
    assert_true(value[0] == (i < 12 ? 60 : 70));
    assert_true(value[2] == i / 4 % 3);
    assert_true(value[1] == first[1] && value[3] == first[3]);
    if (i < 4 && i)
      assert_true(value[1] != p.plan.value[0][1]);
  }
  planned_close(&p);
}

static void same_draws(const char *sample, const char *other, bool same) {
  char text[2048];
  Planned p[2];
  for (int k = 0; k < 2; k++) {
    snprintf(text, sizeof text, "%saxes: {x: {key: cage.height_mm, between: [0, 1]}}\nsample: {%s}\n", SWEEP_ONE,
             k ? other : sample);
    planned_open(text, &p[k]);
  }
  for (int i = 0; i < 8; i++)
    assert_true((p[0].plan.value[i][0] == p[1].plan.value[i][0]) == same);
  for (int k = 0; k < 2; k++)
    planned_close(&p[k]);
}

static void test_seeds(void **state) {
  (void)state;
  same_draws("points: 8", "points: 8, method: latin-hypercube, seed: 1", true);
  same_draws("points: 8, seed: 1", "points: 8, seed: 2", false);
  same_draws("points: 8, method: sobol, seed: 3", "points: 16, method: sobol, seed: 3", true);
  same_draws("points: 8, method: monte-carlo", "points: 8, method: sobol", false);
}

static void test_keys(void **state) {
  Planned p;
  (void)state;
  planned_open(SWEEP_TWO "axes:\n"
                         "  both: {key: lattice.porosity_pct, values: [60]}\n"
                         "  one: {key: \"cage:lattice.strut_mm\", values: [0.4]}\n"
                         "  several: {key: [\"cell:lattice.waist\", cage.height_mm, defects.seed], values: [1]}\n"
                         "  named: {key: materials.strut.young_MPa, values: [1], unit: psi}\n"
                         "  load: {key: loads.flexion.flexion_Nm, values: [1]}\n",
               &p);
  const SweepAxis *axis = p.plan.axis;
  assert_true(p.plan.n_cases == 2 && axis[0].cases[0] == 3 && axis[1].cases[0] == 2);
  assert_string_equal(axis[0].unit, "%");
  assert_string_equal(axis[1].unit, "mm");
  assert_true(axis[2].n_keys == 3 && axis[2].cases[0] == 1 && axis[2].cases[1] == 2 && axis[2].cases[2] == 2);
  assert_string_equal(axis[2].unit, "mm"); /* the first that has one */
  assert_true(axis[2].is_whole);           /* one of its keys takes nothing else */
  assert_string_equal(axis[3].unit, "psi");
  assert_string_equal(axis[4].unit, "N m"); /* of a row with a star */
  assert_string_equal(sweep_key_path("cage:lattice.strut_mm"), "lattice.strut_mm");
  assert_string_equal(sweep_key_path("a.b=c:d"), "a.b=c:d");
  planned_close(&p);
}

static void check_sets(const SweepPlan *plan, PetscInt k, const double *value, bool confirm, int wanted,
                       const char *const *line) {
  int n;
  char **set;
  CHECK_OK(sweep_sets(plan, k, value, confirm, &n, &set));
  assert_int_equal(n, wanted);
  for (int i = 0; i < n; i++)
    assert_string_equal(set[i], line[i]);
  CHECK_OK(sweep_sets_free(n, &set));
}

/* In this order: of the case, of the axes, of confirm; later ones replace earlier ones. */
static void test_sets(void **state) {
  Planned p;
  char text[128];
  const double value[] = {0.1, 1, 2};
  (void)state;
  planned_open(
      SWEEP_TWO
      "axes:\n"
      "  strut_mm: {key: lattice.strut_mm, values: [0.1, 0.2]}\n"
      "  metal: {key: [\"cage:materials.strut\", \"cell:materials.strut\", title], values: [a, \"{from: b}\"]}\n"
      "  seed: {key: defects.seed, values: [1, 2]}\n"
      "choose: {seed: minimal}\n"
      "confirm: {set: [\"model=voxel\", \"cell:resolution.voxels_per_cell=32\", "
      "\"cage:cage.height_mm=9\"]}\n",
      &p);
  check_sets(&p.plan, 0, value, false, 5,
             (const char *const[]){"model=frame", "expect={}", "lattice.strut_mm=0.1", "materials.strut={from: b}",
                                   "title={from: b}"});
  check_sets(&p.plan, 0, value, true, 7,
             (const char *const[]){"model=frame", "expect={}", "lattice.strut_mm=0.1", "materials.strut={from: b}",
                                   "title={from: b}", "model=voxel", "resolution.voxels_per_cell=32"});
  check_sets(&p.plan, 1, value, true, 7,
             (const char *const[]){"fields=none", "lattice.strut_mm=0.1", "materials.strut={from: b}",
                                   "title={from: b}", "defects.seed=2", "model=voxel", "cage.height_mm=9"});
  sweep_point_text(&p.plan, value, sizeof text, text);
  assert_string_equal(text, "strut_mm = 0.1, metal = {from: b}, seed = 2");
  for (size_t n = 1; n < 44; n++) { /* never beyond its room */
    memset(text, 7, sizeof text);
    sweep_point_text(&p.plan, value, n, text);
    assert_int_equal(strlen(text), n - 1);
    assert_int_equal(text[n], 7);
  }
  planned_close(&p);
}

static void test_round_trip(void **state) {
  static const double numbers[] = {0.1, 1. / 3, 100, -0.0, DBL_MAX, DBL_MIN, DBL_TRUE_MIN, 1 + DBL_EPSILON, -2.5e-7};
  Planned p;
  char text[AXIS_ROOM];
  (void)state;
  const SweepAxis *axis = axis_of("key: cage.height_mm, between: [0, 1]", &p);
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    sweep_axis_text(axis, numbers[i], text);
    const double back = sweep_axis_value(axis, text);
    assert_memory_equal(&back, &numbers[i], sizeof back);
  }
  for (int i = 0; i < 200; i++) {
    sweep_axis_text(axis, p.plan.value[i][0], text);
    assert_true(sweep_axis_value(axis, text) == p.plan.value[i][0]);
  }
  sweep_axis_text(axis, 0.3, text);
  assert_string_equal(text, "0.3"); /* no digits that say nothing */
  assert_true(isnan(sweep_axis_value(axis, "0.3 mm")) && isnan(sweep_axis_value(axis, "")));
  planned_close(&p);
}

static void refused_axis(const char *form, const char *part) {
  char text[2048];
  snprintf(text, sizeof text, "%saxes:\n  x: {%s}\n", SWEEP_ONE, form);
  planned_refused(text, part);
}

static void test_limits(void **state) {
  char text[16384];
  Planned p;
  (void)state;
  for (int n = 12; n <= 40; n += n < 14 ? 1 : 13) {
    size_t used = (size_t)snprintf(text, sizeof text, "%saxes:\n", SWEEP_ONE);
    for (int i = 0; i < n; i++)
      used += (size_t)snprintf(text + used, sizeof text - used,
                               "  a%d: {key: loads.l%d.compression_N, values: [1, 2]}\n", i, i);
    if (n == 12) {
      planned_open(text, &p);
      assert_int_equal(p.plan.n_points, 4096);
      planned_close(&p);
    } else
      planned_refused(text, "must be 1 to 12");
  }
  refused_axis("key: cage.height_mm, from: 0, to: 1, step: 1e-6", "more than 100000 values");
  refused_axis("key: cage.height_mm, from: 0, to: 1, step: 1e-5", "100001 points are more than 100000");
  refused_axis("key: cage.height_mm, from: -1e308, to: 1e308, step: 1", "too far apart");
  refused_axis("key: cage.height_mm, from: 1e-200, to: 1e200, points: 3, scale: log", "too far apart");
  refused_axis("key: cage.height_mm, from: -1e308, to: 1e308, points: 3", "too far apart");
  refused_axis("key: cage.height_mm, from: 2, to: 1, points: 3", "must be below");
  refused_axis("key: cage.height_mm, from: 1, to: 1, points: 3", "must be below");
  refused_axis("key: cage.height_mm, from: 0, to: 1, points: 3, scale: log", "must be above 0");
  refused_axis("key: cage.height_mm, from: 1, to: 2, step: 0.5, scale: log", "takes points");
  refused_axis("key: cage.height_mm, from: 1, to: 2", "either points or step");
  refused_axis("key: cage.height_mm, from: 1, to: 2, points: 2, step: 1", "either points or step");
  refused_axis("key: cage.height_mm, from: 1, points: 2", "must have one of");
  refused_axis("key: cage.height_mm, points: 2", "must have one of");
  refused_axis("key: cage.height_mm", "must have one of");
  refused_axis("key: cage.height_mm, mean: 2", "must have one of");
  refused_axis("key: cage.height_mm, values: [1], between: [1, 2]", "must have one of");
  refused_axis("key: cage.height_mm, values: []", "must not be empty");
  refused_axis("key: cage.height_mm, between: [1, 2]", "key 'sample' is missing");
  refused_axis("key: cage.height_mm, between: [1, 2, 3]", "at most");
  refused_axis("key: cage.height_mm, between: [1]", "two numbers");
  refused_axis("key: defects.seed, between: [1.5, 3.5]", "whole numbers");
  refused_axis("key: defects.seed, from: 1, to: 3.5, points: 2", "whole numbers");
  refused_axis("key: defects.seed, from: 1, to: 3, step: 0.5", "whole numbers");
  refused_axis("key: defects.seed, from: 1, to: 3, points: 4", "not all different");
  refused_axis("key: defects.seed, values: [1, 2.5]", "whole numbers");
  refused_axis("key: cage.height_m, values: [1]", "did you mean 'cage.height_mm'");
  refused_axis("key: no.such.thing, values: [1]", "no case has this key");
  refused_axis("key: cage.height_mm=3, values: [1]", "key, not an assignment");
  refused_axis("key: \"else:cage.height_mm\", values: [1]", "no such case");
  planned_refused(SWEEP_ONE "axes: {x: {key: cage.height_mm, values: [1]}}\nsample: {points: 3}\n", "no meaning");
  planned_refused(SWEEP_ONE "axes: {\"x y\": {key: cage.height_mm, values: [1]}}\n", "63 letters");
  planned_refused(SWEEP_ONE "axes: {x: {key: cage.height_mm, values: [1]}, y: {key: [cage.wedge_deg, "
                            "cage.height_mm], values: [1]}}\n",
                  "axis 'x' has this key already");
  planned_refused(SWEEP_ONE "axes: {x: {key: cage.height_mm, values: [1]}}\nconfirm: {set: [\"model=voxel\"]}\n",
                  "no meaning without 'choose'");
  planned_refused(SWEEP_ONE "axes: {x: {key: cage.height_mm, values: [1]}}\nchoose: {x: minimal}\n"
                            "confirm: {set: [model]}\n",
                  "key.path=value");
  planned_refused(SWEEP_ONE "axes: {x: {key: cage.height_mm, values: [1]}}\nconstraints: {x: minimal}\n",
                  "a constraint must be");
  planned_refused(SWEEP_ONE "axes: {x: {key: cage.height_mm, values: [1]}}\ncollect: {y: {of: x, mean: x}}\n",
                  "must have one");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_lists_and_ranges),
    cmocka_unit_test(test_words),
    cmocka_unit_test(test_drawn),
    cmocka_unit_test(test_order),
    cmocka_unit_test(test_seeds),
    cmocka_unit_test(test_keys),
    cmocka_unit_test(test_sets),
    cmocka_unit_test(test_round_trip),
    cmocka_unit_test(test_limits),
};
CHECK_MAIN(tests)
