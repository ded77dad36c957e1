/* Hardening laws: identities over the table, closed forms, and what a material makes of them. */
#include "materials/material.h"
#include "tests/materials/caught.h"

/* A material text with the keys of rows 0 .. last (with_one < 0), or of row 0 and one row. */
static Hardening of_rows(int last, int with_one) {
  static const struct {
    const char *key, *value;
  } values[] = {{"yield_MPa", "331"},    {"tangent_MPa", "1000"}, {"voce_saturation_MPa", "120"},
                {"voce_exponent", "15"}, {"rate_per_s", "40"},    {"rate_exponent", "5"}};
  char text[512];
  int used = snprintf(text, sizeof text, "m: {young_MPa: 186000, poisson: 0.35"), n_values = 0;
  Material m;
  Hardening h;
  Document *doc;
  for (int i = 0; i < n_hardening_laws; i++)
    for (int k = 0; k < hardening_laws[i].n_keys; k++, n_values++) {
      assert_string_equal(hardening_laws[i].key[k], values[n_values].key);
      if (!i || i == with_one || (with_one < 0 && i <= last))
        used +=
            snprintf(text + used, sizeof text - (size_t)used, ", %s: %s", values[n_values].key, values[n_values].value);
    }
  assert_int_equal(n_values, sizeof values / sizeof *values);
  snprintf(text + used, sizeof text - (size_t)used, "}");
  CHECK_OK(document_parse(PETSC_COMM_WORLD, "c.yaml", strlen(text), text, &doc));
  CHECK_OK(material_read(doc, "m", &m));
  CHECK_OK(material_hardening(&m, NAN, &h));
  CHECK_OK(document_destroy(&doc));
  return h;
}

static double flow(const Hardening *h, double alpha, double rate) {
  double stress, slope;
  hardening_flow(h, 1, &alpha, &rate, &stress, &slope, NULL);
  return stress;
}

/* The slopes are the derivatives (central differences), the stress never falls with strain or rate, starts at yield. */
static void check_law(const char *name, const Hardening *h) {
  static const double rates[] = {1e-14, 1e-3, 1, 1e3};
  double before = 0;
  for (int r = -1; r < 4; r++)
    for (int i = 0; i <= 20; i++) {
      double alpha = i * 0.025, rate = r < 0 ? 0 : rates[r], stress, slope, rate_slope, d = 1e-5;
      hardening_flow(h, 1, &alpha, r < 0 ? NULL : &rate, &stress, &slope, &rate_slope);
      double up = flow(h, alpha + d, rate), down = flow(h, alpha - d, rate);
      if (fabs((up - down) / (2 * d) - slope) > 1e-6 * (slope + 1))
        fail_msg("%s: slope %g at %g, differences give %g", name, slope, alpha, (up - down) / (2 * d));
      if (r < 0) {
        assert_true(i || stress == h->yield_MPa);
      } else {
        double by = (flow(h, alpha, rate * (1 + d)) - flow(h, alpha, rate * (1 - d))) / (2 * d * rate);
        if (fabs(by - rate_slope) * rate > 1e-8 * stress || !isfinite(rate_slope))
          fail_msg("%s: rate slope %g at %g, differences give %g", name, rate_slope, alpha, by);
        assert_true(rate_slope >= 0 && stress >= flow(h, alpha, 0));
      }
      assert_true(slope >= 0 && (!i || stress >= before));
      before = stress;
    }
}

static void every_law(void **state) {
  (void)state;
  assert_true(n_hardening_laws >= 4);
  for (int i = 0; i < n_hardening_laws; i++) {
    Hardening alone = of_rows(0, i), all = of_rows(i, -1);
    assert_ptr_equal(hardening_law_find(hardening_laws[i].name), &hardening_laws[i]);
    assert_true(strlen(hardening_laws[i].help) > 20);
    check_law(hardening_laws[i].name, &alone);
    check_law(hardening_laws[i].name, &all);
    if (i)
      assert_true(flow(&alone, 0.1, 1) > 331); /* every row but the first one does something */
  }
  assert_null(hardening_law_find("softening"));
}

static void closed_forms(void **state) {
  Hardening perfect = of_rows(0, 0), bilinear = of_rows(0, 1), voce = of_rows(0, 2), rate = of_rows(0, 3);
  (void)state;
  CHECK_NEAR(flow(&perfect, 3, 0), 331, 0, "does not harden");
  assert_true(perfect.linear_MPa == 0 && perfect.saturation_MPa == 0 && perfect.rate_per_s == 0);
  double alpha = 0.07, stress = flow(&bilinear, alpha, 0), strain = alpha + stress / 186000;
  CHECK_NEAR(stress, 331 + 1000 * (strain - 331. / 186000), 1e-14, "on the line of slope E_t through the yield point");
  CHECK_NEAR(flow(&voce, 10, 0), 331 + 120, 1e-15, "Voce: yield and saturation in the end");
  CHECK_NEAR(flow(&voce, log(2) / 15, 0), 331 + 60, 1e-14, "Voce: half of the saturation at ln 2 / exponent");
  CHECK_NEAR(flow(&rate, 0, 40), 662, 1e-15, "Cowper and Symonds: the flow stress doubles at rate_per_s");
  CHECK_NEAR(flow(&rate, 0, 40e-5), 331 * 1.1, 1e-14, "Cowper and Symonds: 1e-5 to the power 1/5");
  CHECK_NEAR(flow(&rate, 0, 0), 331, 0, "no rate");
  double excess = 1;
  for (double r = 1; r > 1e-20; r /= 10) { /* static limit, from above, through the linear cut as well */
    double now = flow(&rate, 0, r) / 331 - 1;
    assert_true(now < excess && now > 0);
    excess = now;
  }
  CHECK_BELOW(excess, 1e-10, "static limit");
}

static void from_materials(void **state) {
  const char *text = "a: {young_MPa: 1000, poisson: 0.3}\nb: tantalum-sebm\n"
                     "c: {C11_MPa: 3, C12_MPa: 1, C44_MPa: 1, yield_MPa: 1}\n";
  Document *doc;
  Material m;
  Hardening h;
  Caught caught;
  (void)state;
  CHECK_OK(document_parse(PETSC_COMM_WORLD, "c.yaml", strlen(text), text, &doc));
  CHECK_OK(material_read(doc, "a", &m));
  CATCH(&caught, material_hardening(&m, NAN, &h));
  CHECK_SAYS(&caught, "c.yaml:1:4: error: material 'a' has no yield_MPa: plasticity wants it");
  CHECK_OK(material_hardening(&m, 7, &h));
  CHECK_NEAR(h.yield_MPa, 7, 0, "the yield stress that the caller gives");
  CHECK_OK(material_read(doc, "b", &m));
  CHECK_OK(material_hardening(&m, 180, &h));
  CHECK_NEAR(h.yield_MPa, 180, 0, "the caller's goes before the material's");
  CHECK_NEAR(h.linear_MPa, 186000. * 1000 / 185000, 1e-15, "E E_t / (E - E_t)");
  CHECK_OK(material_read(doc, "c", &m));
  CATCH(&caught, material_hardening(&m, NAN, &h));
  CHECK_SAYS(&caught, "c.yaml:3:4: error: material 'c' is not isotropic");
  CHECK_OK(document_destroy(&doc));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(every_law), cmocka_unit_test(closed_forms),
                                          cmocka_unit_test(from_materials)};
CHECK_MAIN(tests)
