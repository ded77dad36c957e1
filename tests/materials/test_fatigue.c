/* Fatigue: identities over the mean stress laws, closed forms, and what a material makes of them. */
#include "materials/material.h"
#include "tests/materials/caught.h"

static Fatigue of(const char *law) {
  Fatigue f = {.limit_MPa = 200, .cycles = 1e7, .slope_k = 6.5, .strength_MPa = 900, .law = mean_stress_law_find(law)};
  assert_non_null(f.law);
  return f;
}

static double amplitude_of(const Fatigue *f, double first, double second) {
  double amplitude;
  fatigue_amplitudes(f, 1, &first, &second, &amplitude);
  return amplitude;
}

static double use_of(const Fatigue *f, double first, double second) {
  double use;
  fatigue_uses(f, 1, &first, &second, &use);
  return use;
}

/* Fully reversed stress is taken as it is; the order of the load cases does not matter; more mean stress harms no less;
   the use is the factor that brings the loads to the limit. */
static void every_law(void **state) {
  static const double means[] = {-500, -100, 0, 100, 500, 850}, amplitudes[] = {1, 50, 200, 400};
  (void)state;
  for (int i = 0; i < n_mean_stress_laws; i++) {
    Fatigue f = of(mean_stress_laws[i].name);
    assert_ptr_equal(f.law, &mean_stress_laws[i]);
    assert_true(!f.law->key || !strcmp(f.law->key, "yield_MPa") || !strcmp(f.law->key, "ultimate_MPa"));
    assert_true(use_of(&f, 0, 0) == 0 && amplitude_of(&f, 0, 0) == 0);
    for (int a = 0; a < 4; a++) {
      double last = 0, s = amplitudes[a];
      CHECK_NEAR(amplitude_of(&f, s, -s), s, 1e-15, "fully reversed");
      CHECK_NEAR(use_of(&f, -s, s), s / 200, 1e-15, "fully reversed");
      for (int m = 0; m < 6; m++) {
        double lo = means[m] - s, hi = means[m] + s, reversed = amplitude_of(&f, lo, hi), use = use_of(&f, lo, hi);
        assert_true(reversed == amplitude_of(&f, hi, lo) && reversed >= last);
        if (use > 0)
          CHECK_NEAR(amplitude_of(&f, lo / use, hi / use), 200, 1e-12, "loads over use are just endured");
        else
          assert_true(hi <= 0);
        assert_true((use > 1) == (reversed > 200) || fabs(use - 1) < 1e-12);
        last = reversed;
      }
    }
  }
  assert_null(mean_stress_law_find("nobody"));
}

static void closed_forms(void **state) {
  Fatigue none = of("none"), goodman = of("goodman"), gerber = of("gerber"), soderberg = of("soderberg"),
          swt = of("swt");
  (void)state;
  /* from 0 to 300 MPa: amplitude 150, mean 150, a sixth of the strength */
  CHECK_NEAR(amplitude_of(&none, 0, 300), 150, 0, "amplitude");
  CHECK_NEAR(amplitude_of(&goodman, 0, 300), 180, 1e-15, "150 / (1 - 1/6)");
  CHECK_NEAR(amplitude_of(&gerber, 0, 300), 150 * 36 / 35., 1e-15, "150 / (1 - 1/36)");
  CHECK_NEAR(amplitude_of(&soderberg, 0, 300), 180, 1e-15, "as Goodman's, with the yield stress");
  CHECK_NEAR(amplitude_of(&swt, 0, 300), 150 * sqrt(2), 1e-15, "sqrt(300 x 150)");
  CHECK_NEAR(use_of(&goodman, 0, 300), 150 / 200. + 1 / 6., 1e-15, "Goodman's line through the origin's ray");
  CHECK_NEAR(amplitude_of(&goodman, 0, -300), 150, 0, "no credit for compression");
  assert_true(amplitude_of(&swt, -10, -300) == 0 && use_of(&swt, -10, -300) == 0);
  assert_true(isinf(amplitude_of(&goodman, 899, 901)) && fatigue_life(&goodman, INFINITY) == 0);
}

static void life(void **state) {
  Fatigue f = of("none");
  (void)state;
  assert_true(isinf(fatigue_life(&f, 200)) && isinf(fatigue_life(&f, 0)));
  CHECK_NEAR(fatigue_life(&f, 200 * (1 + 1e-12)), 1e7, 1e-10, "the line ends at the limit");
  CHECK_NEAR(fatigue_life(&f, 400), 1e7 / pow(2, 6.5), 1e-14, "Basquin");
  CHECK_NEAR(fatigue_strength(&f, 1e7), 200, 0, "the limit");
  CHECK_NEAR(fatigue_strength(&f, 1e12), 200, 0, "never below the limit");
  for (double n = 1e3; n < 9e6; n *= 3)
    CHECK_NEAR(fatigue_life(&f, fatigue_strength(&f, n)), n, 1e-12, "one is the inverse of the other");
  assert_string_equal(fatigue_tests[0].name, "astm-f2077");
  assert_true(fatigue_tests[0].ratio == 10 && fatigue_tests[0].run_out == 5e6);
}

static void from_materials(void **state) {
  const char *text = "a: {young_MPa: 1000, poisson: 0.3, fatigue_limit_MPa: 1, fatigue_cycles: 1e6, fatigue_slope_k: 5}"
                     "\nb: {young_MPa: 1000, poisson: 0.3}\nta: tantalum-sebm\nti: titanium-ti6al4v\npeek: peek\n";
  const MeanStressLaw *goodman = mean_stress_law_find("goodman"), *soderberg = mean_stress_law_find("soderberg");
  Document *doc;
  Material m;
  Fatigue f;
  Caught caught;
  (void)state;
  CHECK_OK(document_parse(PETSC_COMM_WORLD, "c.yaml", strlen(text), text, &doc));
  CHECK_OK(material_read(doc, "a", &m));
  CHECK_OK(material_fatigue(&m, mean_stress_law_find("swt"), &f));
  assert_true(f.limit_MPa == 1 && f.cycles == 1e6 && f.slope_k == 5);
  CATCH(&caught, material_fatigue(&m, goodman, &f));
  CHECK_SAYS(&caught, "c.yaml:1:4: error: material 'a' has no ultimate_MPa: the mean stress law goodman wants it");
  CHECK_OK(material_read(doc, "b", &m));
  CATCH(&caught, material_fatigue(&m, mean_stress_law_find("none"), &f));
  CHECK_SAYS(&caught, "c.yaml:2:4: error: material 'b' has no fatigue_limit_MPa");
  CHECK_OK(material_read(doc, "ta", &m));
  CHECK_OK(material_fatigue(&m, soderberg, &f));
  CHECK_NEAR(f.limit_MPa, 0.58 * f.strength_MPa, 2e-4, "the ratio recalled for porous tantalum, on yield_MPa");
  CHECK_OK(material_read(doc, "ti", &m));
  CHECK_OK(material_fatigue(&m, goodman, &f));
  CHECK_NEAR(fatigue_strength(&f, 1e3), 0.9 * f.strength_MPa, 2e-3, "assumed S-N line of Ti-6Al-4V");
  CHECK_OK(material_read(doc, "peek", &m));
  CHECK_OK(material_fatigue(&m, goodman, &f));
  CHECK_NEAR(fatigue_strength(&f, 1e3), 0.9 * f.strength_MPa, 1e-2, "assumed S-N line of PEEK");
  CHECK_OK(document_destroy(&doc));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(every_law), cmocka_unit_test(closed_forms),
                                          cmocka_unit_test(life), cmocka_unit_test(from_materials)};
CHECK_MAIN(tests)
