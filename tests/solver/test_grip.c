/* Rigid motions of a grip and its 6x6 equilibrium. */
#include "solver/grip.h"
#include "tests/check.h"

/* Stiffness of the tip of a cantilever along x (E I = 1000, G J = 700, E A = 5000, L = 4) about the tip. */
static const double EI = 1000, GJ = 700, EA = 5000, L = 4;
static void cantilever(double k[6][6]) {
  for (int i = 0; i < 36; i++)
    k[i / 6][i % 6] = 0;
  k[0][0] = EA / L, k[3][3] = GJ / L;
  k[1][1] = k[2][2] = 12 * EI / (L * L * L), k[4][4] = k[5][5] = 4 * EI / L;
  k[1][5] = k[5][1] = -6 * EI / (L * L), k[2][4] = k[4][2] = 6 * EI / (L * L);
}

static void test_displacement(void **state) {
  (void)state;
  const double motion[6] = {1, 2, 3, 0, 0, 0.5}, at[3] = {1, 1, 1}, x[3] = {3, 1, 1};
  double u[3];
  grip_displacement(motion, at, x, u);
  CHECK_NEAR(u[0], 1, 1e-15, "u + w x d, d = (2,0,0), w = 0.5 z");
  CHECK_NEAR(u[1], 3, 1e-15, "u + w x d, d = (2,0,0), w = 0.5 z");
  CHECK_NEAR(u[2], 3, 1e-15, "u + w x d, d = (2,0,0), w = 0.5 z");
}

static void test_pure_load(void **state) {
  (void)state;
  double k[6][6], motion[6], load[6] = {10, 20, 0, 7, 0, 0};
  cantilever(k);
  assert_int_equal(grip_balance(k, 0, motion, load), 0);
  CHECK_NEAR(motion[0], 10 * L / EA, 1e-13, "F L/EA");
  CHECK_NEAR(motion[1], 20 * L * L * L / (3 * EI), 1e-13, "F L^3/3EI");
  CHECK_NEAR(motion[5], 20 * L * L / (2 * EI), 1e-13, "F L^2/2EI");
  CHECK_NEAR(motion[3], 7 * L / GJ, 1e-13, "T L/GJ");
  CHECK_BELOW(fabs(motion[2]) + fabs(motion[4]), 1e-15, "no load in that plane");
}

static void test_mixed(void **state) {
  (void)state;
  double k[6][6], motion[6] = {99, 0.1, 99, 99, 99, 99}, load[6] = {0, 99, 0, 0, 0, 3};
  cantilever(k);
  assert_int_equal(grip_balance(k, 1u << 1, motion, load), 0);
  double rotation = (3 + 6 * EI / (L * L) * 0.1) / (4 * EI / L);
  CHECK_NEAR(motion[5], rotation, 1e-13, "4EI/L w - 6EI/L^2 v = M");
  CHECK_NEAR(load[1], 12 * EI / (L * L * L) * 0.1 - 6 * EI / (L * L) * rotation, 1e-13, "12EI/L^3 v - 6EI/L^2 w");
  CHECK_NEAR(motion[1], 0.1, 0, "prescribed motion stays");
  CHECK_NEAR(load[5], 3, 0, "prescribed load stays");
}

static void test_no_stiffness(void **state) {
  (void)state;
  double k[6][6] = {{0}}, motion[6] = {1, 1, 1, 1, 1, 1}, load[6] = {0, 0, -5, 0, 0, 0};
  k[2][2] = 50; /* a plate that ties z of one node only */
  assert_int_equal(grip_balance(k, 0, motion, load), 0);
  CHECK_NEAR(motion[2], -0.1, 1e-14, "F/k");
  for (int i = 0; i < 6; i++)
    if (i != 2)
      assert_true(motion[i] == 0);
  load[3] = 1;
  assert_int_equal(grip_balance(k, 0, motion, load), 1);
  motion[3] = 0.2; /* a prescribed motion against no stiffness meets no load */
  assert_int_equal(grip_balance(k, 1u << 3, motion, load), 0);
  assert_true(load[3] == 0);
}

/* One node tied in y at distance 3 from the point: force and moment are the same direction, the rest is free. */
static void test_dependent_components(void **state) {
  (void)state;
  double k[6][6] = {{0}}, motion[6], load[6] = {0, 2, 0, 0, 0, 6}, bad[6] = {0, 2, 0, 0, 0, 5};
  k[1][1] = 10, k[1][5] = k[5][1] = 30, k[5][5] = 90;
  assert_int_equal(grip_balance(k, 0, motion, load), 0);
  CHECK_NEAR(motion[1] + 3 * motion[5], 0.2, 1e-13, "F/k at the node");
  assert_int_equal(grip_balance(k, 0, motion, bad), 1);
}

int main(int argc, char **argv) {
  (void)argc, (void)argv;
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_displacement), cmocka_unit_test(test_pure_load),
                                     cmocka_unit_test(test_mixed), cmocka_unit_test(test_no_stiffness),
                                     cmocka_unit_test(test_dependent_components)};
  return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
