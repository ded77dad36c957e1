/* Identities of linear elasticity, looped over materials. */
#include "materials/elasticity.h"
#include "tests/check.h"
#include <string.h>

static const struct {
  double young, poisson;
} solids[] = {{186000, 0.35}, {110000, 0.34}, {3800, 0.38}, {100, 0.2}, {1, 0.499}, {5, 0.0}, {7, -0.7}};
enum { SOLIDS = sizeof solids / sizeof *solids };

static Elasticity bone(void) {
  const double young[3] = {11300, 12500, 22000}, shear[3] = {5400, 5100, 3800}, poisson[3] = {0.484, 0.203, 0.25};
  return elasticity_orthotropic(young, shear, poisson);
}

/* Uniaxial stress along an axis of an isotropic solid: strain s/E along, -nu s/E across. */
static void isotropic_uniaxial(void **state) {
  (void)state;
  for (int m = 0; m < SOLIDS; m++)
    for (int axis = 0; axis < 3; axis++) {
      double E = solids[m].young, nu = solids[m].poisson, strain[6] = {-nu / E, -nu / E, -nu / E}, stress[6];
      Elasticity c = elasticity_isotropic(E, nu);
      strain[axis] = 1 / E;
      elasticity_stress(&c, strain, stress);
      for (int a = 0; a < 6; a++)
        assert_true(fabs(stress[a] - (a == axis)) < 1e-12 / (1 - 2 * nu));
      CHECK_NEAR(elasticity_young(&c, axis), E, 1e-11, "definition of Young's modulus");
    }
}

static void isotropic_shear_and_bulk(void **state) {
  (void)state;
  for (int m = 0; m < SOLIDS; m++) {
    double E = solids[m].young, nu = solids[m].poisson, stress[6];
    Elasticity c = elasticity_isotropic(E, nu);
    elasticity_stress(&c, (double[6]){0, 0, 0, 1, 2, 3}, stress);
    for (int a = 0; a < 3; a++)
      CHECK_NEAR(stress[3 + a], (a + 1) * E / (2 * (1 + nu)), 1e-14, "G = E / (2 (1 + nu)), engineering shears");
    elasticity_stress(&c, (double[6]){1, 1, 1, 0, 0, 0}, stress);
    CHECK_NEAR(stress[1], E / (1 - 2 * nu), 1e-12, "3 K = E / (1 - 2 nu)");
    assert_true(elasticity_definite(&c));
  }
}

/* The nine constants give back the moduli and ratios they were made from, for stress along each axis. */
static void orthotropic_round_trip(void **state) {
  (void)state;
  const double young[3] = {11300, 12500, 22000}, nu12 = 0.484, nu13 = 0.203, nu23 = 0.25;
  const double strain[3][6] = {{1 / young[0], -nu12 / young[0], -nu13 / young[0]},
                               {-nu12 / young[0], 1 / young[1], -nu23 / young[1]},
                               {-nu13 / young[0], -nu23 / young[1], 1 / young[2]}};
  Elasticity c = bone();
  for (int axis = 0; axis < 3; axis++) {
    double stress[6];
    elasticity_stress(&c, strain[axis], stress);
    for (int a = 0; a < 3; a++)
      assert_true(fabs(stress[a] - (a == axis)) < 1e-12);
    CHECK_NEAR(elasticity_young(&c, axis), young[axis], 1e-12, "the moduli it was made from");
  }
  CHECK_NEAR(c.C44, 5400, 0, "shear yz is C44");
  CHECK_NEAR(c.C66, 3800, 0, "shear xy is C66");
}

static void orthotropic_holds_isotropic(void **state) {
  (void)state;
  for (int m = 0; m < SOLIDS; m++) {
    double E = solids[m].young, nu = solids[m].poisson, G = E / (2 * (1 + nu));
    Elasticity a = elasticity_isotropic(E, nu);
    Elasticity b = elasticity_orthotropic((double[3]){E, E, E}, (double[3]){G, G, G}, (double[3]){nu, nu, nu});
    const double *x = &a.C11, *y = &b.C11;
    for (int i = 0; i < 9; i++)
      assert_true(fabs(x[i] - y[i]) <= 1e-12 * fabs(a.C11) / (1 - 2 * nu));
  }
}

/* Bounds of stability: -1 < nu < 1/2; cubic: C44 > 0, C11 > C12 > -C11/2; orthotropic: nu12^2 < E1/E2. */
static void definite(void **state) {
  (void)state;
  static const struct {
    double C11, C12, C44;
    bool good;
  } cubic[] = {{3, 1, 1, true},     {3, 2.99, 1, true},   {3, 3, 1, false},   {3, -1.49, 1, true},
               {3, -1.5, 1, false}, {3, -1.51, 1, false}, {3, 1, 0, false},   {3, 1, -1, false},
               {-3, 1, 1, false},   {3, NAN, 1, false},   {NAN, 1, 1, false}, {3e-9, 1e-9, 1e-9, true}};
  for (size_t i = 0; i < sizeof cubic / sizeof *cubic; i++) {
    Elasticity c = elasticity_cubic(cubic[i].C11, cubic[i].C12, cubic[i].C44);
    assert_int_equal(elasticity_definite(&c), cubic[i].good);
  }
  static const double nu[] = {-1.2, -1, 0.5, 0.6};
  for (int i = 0; i < 4; i++) {
    Elasticity c = elasticity_isotropic(1, nu[i]);
    assert_false(elasticity_definite(&c));
  }
  for (int i = 0; i < 2; i++) { /* E1/E2 = 4: |nu12| < 2 */
    Elasticity c =
        elasticity_orthotropic((double[3]){4, 1, 1}, (double[3]){1, 1, 1}, (double[3]){i ? 2.01 : 1.99, 0, 0});
    assert_int_equal(elasticity_definite(&c), !i);
  }
}

/* The energy of any strain is positive where the constants are definite. */
static void energy_positive(void **state) {
  (void)state;
  Elasticity c[] = {elasticity_isotropic(186000, 0.35), elasticity_cubic(3, -1.4, 0.1), bone()};
  unsigned seed = 1;
  for (int i = 0; i < 3000; i++) {
    double strain[6], stress[6], energy = 0;
    for (int a = 0; a < 6; a++)
      strain[a] = (double)((seed = seed * 1103515245u + 12345u) >> 8) / 8388608.0 - 1;
    elasticity_stress(&c[i % 3], strain, stress);
    for (int a = 0; a < 6; a++)
      energy += stress[a] * strain[a];
    assert_true(energy > 0);
  }
}

static void scaled(void **state) {
  (void)state;
  Elasticity a = bone(), b = elasticity_scaled(a, 0.25);
  const double *x = &a.C11, *y = &b.C11;
  for (int i = 0; i < 9; i++)
    assert_true(y[i] == 0.25 * x[i]);
}

static void mises(void **state) {
  (void)state;
  CHECK_NEAR(von_mises((double[6]){-7, 0, 0, 0, 0, 0}), 7, 1e-15, "uniaxial stress");
  for (int a = 3; a < 6; a++) {
    double stress[6] = {0};
    stress[a] = 2;
    CHECK_NEAR(von_mises(stress), 2 * sqrt(3), 1e-15, "pure shear: sqrt 3 tau");
  }
  CHECK_NEAR(von_mises((double[6]){15, 10, 10, 0, 0, 0}), 5, 1e-15, "pressure adds nothing");
  assert_true(von_mises((double[6]){4, 4, 4, 0, 0, 0}) == 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(isotropic_uniaxial),
    cmocka_unit_test(isotropic_shear_and_bulk),
    cmocka_unit_test(orthotropic_round_trip),
    cmocka_unit_test(orthotropic_holds_isotropic),
    cmocka_unit_test(definite),
    cmocka_unit_test(energy_positive),
    cmocka_unit_test(scaled),
    cmocka_unit_test(mises),
};
CHECK_MAIN(tests)
