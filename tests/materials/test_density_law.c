/* Density laws: identities over the table, and single values. */
#include "materials/density_law.h"
#include "tests/check.h"
#include <string.h>

static void all_laws(void **state) {
  (void)state;
  assert_true(n_density_laws >= 4);
  for (int i = 0; i < n_density_laws; i++) {
    const DensityLaw *law = &density_laws[i];
    assert_ptr_equal(density_law_find(law->name), law);
    assert_true(strlen(law->source) > 10 && strstr(law->density, "g/cm3"));
    assert_true(law->lo > 0 && law->hi > law->lo);
    assert_true(density_law_young(law, 0) >= 0 && density_law_young(law, -1) >= 0);
    double last = 0, last_strength = 0;
    for (double rho = law->lo; rho <= law->hi; rho += (law->hi - law->lo) / 20) {
      double E = density_law_young(law, rho), S = density_law_strength(law, rho);
      assert_true(E > last);
      last = E;
      if (isnan(law->strength_b)) {
        assert_true(isnan(S));
      } else {
        assert_true(S > last_strength && S < E);
        last_strength = S;
      }
    }
  }
  assert_null(density_law_find("no-such-law"));
}

static void single_values(void **state) {
  (void)state;
  const DensityLaw *morgan = density_law_find("morgan-vertebra"), *keyak = density_law_find("keyak-ash");
  const DensityLaw *qct = density_law_find("kopperdahl-qct"), *carter = density_law_find("carter-hayes");
  CHECK_NEAR(density_law_young(morgan, 0.2), 4730 * pow(0.2, 1.56), 1e-14, "Morgan et al. 2003, vertebra");
  assert_true(isnan(density_law_strength(morgan, 0.2)));
  CHECK_NEAR(density_law_young(keyak, 1), 14900, 1e-14, "Keyak et al. 1994");
  CHECK_NEAR(density_law_strength(keyak, 0.5), 102 * pow(0.5, 1.8), 1e-14, "Keyak et al. 1994");
  CHECK_NEAR(density_law_young(qct, 0.15), 449.8, 1e-12, "Kopperdahl et al. 2002: -34.7 + 3230 rho");
  CHECK_NEAR(density_law_strength(qct, 0.15), 2.985, 1e-12, "Kopperdahl et al. 2002: -0.75 + 24.9 rho");
  assert_true(density_law_young(qct, 0.005) == 0 && density_law_strength(qct, 0.005) == 0);
  CHECK_NEAR(density_law_young(carter, 1.8), 3790 * pow(0.01, 0.06) * pow(1.8, 3), 1e-12, "Carter and Hayes 1977");
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(all_laws), cmocka_unit_test(single_values)};
CHECK_MAIN(tests)
