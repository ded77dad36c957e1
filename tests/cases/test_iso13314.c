/* The table of ISO 13314 from curves whose quantities have closed forms. */
#include "cases/runners/iso13314.h"
#include "tests/check.h"

#include <string.h>

enum { ROOM = 8192 };

/* Points of a curve as they are added. */
typedef struct Points {
  double strain[ROOM], stress[ROOM];
  int n, loop[3];
} Points;

static void add(Points *p, double strain, double stress) {
  assert_true(p->n < ROOM);
  p->strain[p->n] = strain;
  p->stress[p->n++] = stress;
}

static Iso13314 evaluate(const Points *p) {
  const CompressionCurve curve = {p->n, p->strain, p->stress, {p->loop[0], p->loop[1], p->loop[2]}};
  Iso13314 table;
  iso13314_evaluate(&curve, 0.002, &table);
  return table;
}

/* Elastic with E up to a crush stress, then crush (1 + (e/lock)^power): a plateau that densifies. */
static const double E = 1200, crush = 9, lock = 0.55, power = 6;

static double foam_stress(double e) { return fmin(E * e, crush * (1 + pow(e / lock, power))); }
static double foam_integral(double e) { /* of the part that crushes */
  return crush * (e + lock / (power + 1) * pow(e / lock, power + 1));
}

static Points foam(double step, double to) {
  Points p = {.n = 0};
  for (int i = 0; i * step <= to * (1 + 1e-12); i++)
    add(&p, i * step, foam_stress(i * step));
  return p;
}

static Points bilinear(double young, double yield, double tangent, int n_elastic, int n_plastic) {
  Points p = {.n = 0};
  for (int i = 0; i <= n_elastic; i++)
    add(&p, yield / young * i / n_elastic, yield * i / n_elastic);
  for (int i = 1; i <= n_plastic; i++) {
    double e = yield / young + (0.6 - yield / young) * i / n_plastic;
    add(&p, e, yield + tangent * (e - yield / young));
  }
  return p;
}

static void rows(void **state) {
  (void)state;
  assert_int_equal(n_iso13314_rows * (int)sizeof(Iso13314Value) + (int)sizeof(double), (int)sizeof(Iso13314));
  for (int i = 0; i < n_iso13314_rows; i++) {
    const Iso13314Row *row = &iso13314_rows[i];
    assert_int_equal(row->offset, i * sizeof(Iso13314Value)); /* so every value has one row */
    assert_non_null(strstr(row->key, !strcmp(row->unit, "%") ? "_pct" : *row->unit == 'G' ? "_GPa" : "_M"));
    assert_true(strlen(row->help) > 20);
  }
  for (int r = ISO13314_SHORT; r <= ISO13314_MISSING; r++)
    assert_true(strlen(iso13314_reason(r)) > 10);
}

/* Straight pieces are exact, however coarse the points. */
static void two_slopes(void **state) {
  (void)state;
  for (int fine = 1; fine <= 1000; fine *= 10) {
    const double young = 900, yield = 13.5, tangent = 24, e_y = yield / young;
    Points p = bilinear(young, yield, tangent, fine < 2 ? 2 : fine, fine);
    Iso13314 t = evaluate(&p);
    double offset = yield + tangent * 0.002 / (1 - tangent / young),
           proof = yield + tangent * 0.01 / (1 - tangent / young);
    CHECK_NEAR(t.quasi_elastic_GPa.value, 0.9, 1e-12, "Young's modulus");
    CHECK_BELOW(fabs(t.toe_strain), 1e-14, "no toe");
    CHECK_NEAR(t.yield_MPa.value, offset, 1e-12, "E (e - 0.002) = yield + E_t (e - yield/E)");
    CHECK_NEAR(t.proof_1pct_MPa.value, proof, 1e-12, "E (e - 0.01) = yield + E_t (e - yield/E)");
    CHECK_NEAR(t.plateau_MPa.value, yield + tangent * (0.3 - e_y), 1e-12, "stress at 30 %");
    CHECK_NEAR(t.plateau_20_30_MPa.value, yield + tangent * (0.25 - e_y), 1e-12, "stress at 25 %");
    double at_half = yield + tangent * (0.5 - e_y), W = yield * e_y / 2 + (yield + at_half) / 2 * (0.5 - e_y);
    CHECK_NEAR(t.energy_MJ_per_m3.value, W, 1e-12, "triangle and trapezoid");
    CHECK_NEAR(t.efficiency_pct.value, 100 * W / (at_half * 0.5), 1e-12, "W / (highest stress x strain)");
    double end = e_y + (1.3 * t.plateau_MPa.value - yield) / tangent;
    CHECK_NEAR(t.plateau_end_pct.value, 100 * end, 1e-12, "where the straight line is at 1.3 of the plateau stress");
    assert_int_equal(t.first_maximum_MPa.reason, ISO13314_NO_PEAK);
    assert_int_equal(t.elastic_gradient_GPa.reason, ISO13314_NO_LOOP);
  }
}

/* A plateau that densifies; straight pieces between points leave an error of the square of the step. */
static void plateau_and_densification(void **state) {
  static const struct { double step, rtol; } samplings[] = {{1e-4, 1e-6}, {1e-3, 1e-4}, {2.5e-3, 2e-3}};
  (void)state;
  for (int i = 0; i < 3; i++) {
    double rtol = samplings[i].rtol, e_y = crush / E;
    Points p = foam(samplings[i].step, 0.7);
    Iso13314 t = evaluate(&p);
    double plateau = (foam_integral(0.4) - foam_integral(0.2)) / 0.2;
    double end = lock * pow(1.3 * plateau / crush - 1, 1 / power);
    double W = crush * e_y / 2 + foam_integral(0.5) - foam_integral(e_y);
    double W_end = crush * e_y / 2 + foam_integral(end) - foam_integral(e_y);
    CHECK_NEAR(t.quasi_elastic_GPa.value, E / 1000, 1e-10, "Young's modulus");
    CHECK_NEAR(t.yield_MPa.value, crush, 1e-6, "plateau begins");
    CHECK_NEAR(t.plateau_MPa.value, plateau, rtol, "mean of crush (1 + (e/lock)^6)");
    CHECK_NEAR(t.plateau_20_30_MPa.value, (foam_integral(0.3) - foam_integral(0.2)) / 0.1, rtol, "the same");
    CHECK_NEAR(t.plateau_end_pct.value, 100 * end, rtol, "1.3 plateau = crush (1 + (e/lock)^6)");
    CHECK_NEAR(t.energy_MJ_per_m3.value, W, rtol, "integral");
    CHECK_NEAR(t.energy_to_plateau_end_MJ_per_m3.value, W_end, rtol, "integral");
    CHECK_NEAR(t.efficiency_pct.value, 100 * W / (foam_stress(0.5) * 0.5), rtol, "W / (highest stress x strain)");
    CHECK_NEAR(t.efficiency_to_plateau_end_pct.value, 100 * W_end / (1.3 * plateau * end), rtol, "the same");
  }
}

/* An unload-reload loop of modulus loop_young at a strain, down to low, n points a branch, stress blurred. */
static Points with_loop(double at, double loop_young, double low, int n, double blur) {
  Points p = foam(1e-3, at), rest = foam(1e-3, 0.7);
  double top = foam_stress(at);
  unsigned random = 12345;
  p.loop[0] = p.n - 1;
  for (int k = 1; k < 2 * n; k++) {
    double stress = top - (top - low) * (k <= n ? k : 2 * n - k) / n;
    random = random * 1664525u + 1013904223u;
    add(&p, at - (top - stress) / loop_young, stress + blur * (random / 4294967296. - 0.5));
    if (k == n)
      p.loop[1] = p.n - 1;
  }
  add(&p, at, top);
  p.loop[2] = p.n - 1;
  for (int i = 0; i < rest.n; i++)
    if (rest.strain[i] > at + 1e-9)
      add(&p, rest.strain[i], rest.stress[i]);
  return p;
}

/* The loop gives its own slope, and leaves all other quantities as they are. */
static void loops(void **state) {
  Points plain = foam(1e-3, 0.7), exact = with_loop(0.05, 4000, 0.5, 1, 0), noisy = with_loop(0.05, 4000, 0.5, 60, 0.1),
         high = with_loop(0.05, 4000, 3, 10, 0);
  Iso13314 without = evaluate(&plain), t = evaluate(&exact);
  (void)state;
  CHECK_NEAR(t.elastic_gradient_GPa.value, 4, 1e-12, "slope of the loop, one point down and back");
  for (int i = 0; i < n_iso13314_rows; i++)
    if (iso13314_rows[i].offset != offsetof(Iso13314, elastic_gradient_GPa) &&
        iso13314_rows[i].offset != offsetof(Iso13314, first_maximum_MPa))
      CHECK_NEAR(iso13314_value(&t, &iso13314_rows[i])->value, iso13314_value(&without, &iso13314_rows[i])->value,
                 1e-14, "the curve without the loop");
  assert_int_equal(t.first_maximum_MPa.reason, ISO13314_NO_PEAK); /* unloading is no maximum */
  t = evaluate(&noisy);
  CHECK_NEAR(t.elastic_gradient_GPa.value, 4, 0.03, "slope of the loop; noise of 1 % of the stress");
  t = evaluate(&high);
  assert_int_equal(t.elastic_gradient_GPa.reason, ISO13314_NO_LOOP); /* does not come down to 20 % */
  assert_true(isnan(t.elastic_gradient_GPa.value));
}

/* Contact that settles: soft at first, then straight with E. Offsets count from where that line meets zero. */
static void toe(void **state) {
  const double toe = 0.004; /* stress E e^2 / (2 toe) up to there */
  Points p = {.n = 0};
  (void)state;
  for (int i = 0; i <= 700; i++) {
    double e = i * 1e-3 / 2, stress = e < toe ? E * e * e / (2 * toe) : E * (e - toe / 2);
    add(&p, e, fmin(stress, crush));
  }
  Iso13314 t = evaluate(&p);
  CHECK_NEAR(t.quasi_elastic_GPa.value, E / 1000, 1e-10, "the straight part");
  CHECK_NEAR(t.toe_strain, toe / 2, 1e-10, "E (e - toe/2) meets zero");
  CHECK_NEAR(t.yield_MPa.value, crush, 1e-12, "the plateau");
}

static void first_maximum(void **state) {
  Points p = bilinear(1000, 10, 0, 4, 1);
  (void)state;
  p.n--;
  add(&p, 0.012, 10.5);
  add(&p, 0.02, 10.45); /* less than 1 % of the offset stress */
  add(&p, 0.05, 12);
  add(&p, 0.1, 9);
  add(&p, 0.6, 13);
  Iso13314 t = evaluate(&p);
  CHECK_NEAR(t.first_maximum_MPa.value, 12, 1e-15, "a fall from 12 to 9; a dent of half a percent before is none");
}

/* What a curve does not reach is not there, with the reason. */
static void reasons(void **state) {
  Points p = foam(1e-3, 0.35), none = {.n = 0}, elastic = foam(1e-3, 0.005), coarse = {.n = 0};
  (void)state;
  Iso13314 t = evaluate(&p);
  CHECK_NEAR(t.yield_MPa.value, crush, 1e-6, "the plateau");
  assert_true(t.plateau_MPa.reason == ISO13314_SHORT && t.plateau_20_30_MPa.reason == ISO13314_GIVEN);
  assert_true(t.plateau_end_pct.reason == ISO13314_MISSING && t.energy_MJ_per_m3.reason == ISO13314_SHORT);
  assert_true(t.energy_to_plateau_end_MJ_per_m3.reason == ISO13314_MISSING && isnan(t.efficiency_pct.value));
  p = foam(1e-3, 0.41);
  t = evaluate(&p);
  assert_true(t.plateau_MPa.reason == ISO13314_GIVEN && t.plateau_end_pct.reason == ISO13314_SHORT);
  t = evaluate(&elastic);
  CHECK_NEAR(t.quasi_elastic_GPa.value, E / 1000, 1e-12, "a curve that ends before it yields");
  assert_true(t.yield_MPa.reason == ISO13314_SHORT && isnan(t.yield_MPa.value));
  for (int i = 0; i <= 10; i++)
    add(&coarse, i * 0.06, foam_stress(i * 0.06));
  t = evaluate(&coarse);
  assert_true(t.quasi_elastic_GPa.reason == ISO13314_COARSE && t.yield_MPa.reason == ISO13314_MISSING);
  assert_true(isnan(t.toe_strain) && t.plateau_MPa.reason == ISO13314_GIVEN);
  t = evaluate(&none);
  for (int i = 0; i < n_iso13314_rows; i++) {
    const Iso13314Value *value = iso13314_value(&t, &iso13314_rows[i]);
    assert_true(isnan(value->value) && value->reason != ISO13314_GIVEN);
  }
}

/* Three times the stress: the same strains and percents, three times all else. More points on the pieces: the same. */
static void invariance(void **state) {
  Points p = with_loop(0.05, 4000, 0.5, 7, 0.1), scaled = p, split = {.n = 0};
  (void)state;
  for (int i = 0; i < p.n; i++) {
    scaled.stress[i] *= 3;
    if (i)
      add(&split, (p.strain[i - 1] + p.strain[i]) / 2, (p.stress[i - 1] + p.stress[i]) / 2);
    add(&split, p.strain[i], p.stress[i]);
  }
  for (int i = 0; i < 3; i++)
    split.loop[i] = 2 * p.loop[i];
  Iso13314 t = evaluate(&p), t3 = evaluate(&scaled), t2 = evaluate(&split);
  for (int i = 0; i < n_iso13314_rows; i++) {
    const Iso13314Row *row = &iso13314_rows[i];
    const Iso13314Value *value = iso13314_value(&t, row);
    assert_int_equal(value->reason, iso13314_value(&t3, row)->reason);
    assert_int_equal(value->reason, iso13314_value(&t2, row)->reason);
    if (value->reason)
      continue;
    CHECK_NEAR(iso13314_value(&t3, row)->value, (*row->unit == '%' ? 1 : 3) * value->value, 1e-10, "proportional");
    CHECK_NEAR(iso13314_value(&t2, row)->value, value->value, 1e-10, "the same curve");
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(rows),    cmocka_unit_test(two_slopes), cmocka_unit_test(plateau_and_densification),
    cmocka_unit_test(loops),   cmocka_unit_test(toe),        cmocka_unit_test(first_maximum),
    cmocka_unit_test(reasons), cmocka_unit_test(invariance),
};
CHECK_MAIN(tests)
