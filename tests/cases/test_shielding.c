/* Shielding metrics, percentiles and rigid fits against values worked out by hand.
   ranks: 1 2 */
#include "tests/check.h"

#include "cases/body/percentile.h"
#include "cases/body/rigid_fit.h"
#include "cases/runners/shielding.h"

static const uint16_t region[4] = {3, 3, 1, 2};

static void resorbed_fraction(void **state) {
  const double energy[4] = {0.4, 1.6, 0.6, 0.1}, energy0[4] = {1, 1, 1, 1};
  const float density[4] = {1, 3, 4, 100}, volume[4] = {1, 1, 1, 1}, half[4] = {0.5, 1, 1, 1};
  BonePieces bone = {4, region, volume, density, NULL};
  ShieldingSums sums = {0}, thin = {0};
  (void)state;
  shielding_compare(&bone, 1, energy, energy0, 0.5, &sums);
  CHECK_NEAR(sums.mass, 8, 1e-15, "1 + 3 + 4: the fourth voxel is not in the region");
  CHECK_NEAR(sums.mass_resorbed, 1, 1e-15, "0.4 < 0.5");
  CHECK_NEAR(sums.mass_formed, 3, 1e-15, "1.6 > 1.5");
  CHECK_NEAR(sums.volume_resorbed / sums.volume, 1. / 3, 1e-15, "one of three");
  shielding_compare(&bone, 3, energy, energy0, 0.35, &sums);
  CHECK_NEAR(sums.mass, 8 + 4, 1e-15, "sums add up; both bits: the first two voxels");
  CHECK_NEAR(sums.mass_resorbed, 1 + 1, 1e-15, "0.4 < 0.65, 1.6 > 1.35");
  bone.volume = half;
  shielding_compare(&bone, 1, energy, energy0, 0.5, &thin);
  CHECK_NEAR(thin.mass_resorbed / thin.mass, 0.5 / 7.5, 1e-15, "half of the first piece: 0.5 of 0.5 + 3 + 4");
  CHECK_NEAR(thin.volume_resorbed / thin.volume, 0.5 / 2.5, 1e-15, "half of the first piece");
}

static void dead_zone_is_open(void **state) {
  const double energy[2] = {0.5, 1.5}, energy0[2] = {1, 1};
  const float one[2] = {1, 1};
  ShieldingSums sums = {0};
  (void)state;
  shielding_compare(&(BonePieces){2, region, one, one, NULL}, 1, energy, energy0, 0.5, &sums);
  CHECK_BELOW(sums.volume_resorbed + sums.volume_formed, 0, "the limits themselves belong to the dead zone");
}

static void identical_states(void **state) {
  const double energy[4] = {0.4, 1.6, 0, 0.1};
  const float density[4] = {1, 3, 4, 2};
  ShieldingSums sums = {0};
  (void)state;
  shielding_compare(&(BonePieces){4, region, density, density, NULL}, 0, energy, energy, 0.5, &sums);
  CHECK_BELOW(sums.mass_resorbed + sums.mass_formed, 0, "S = S0 everywhere");
  CHECK_BELOW(fabs(shielding_ssi(3.7, 3.7)), 0, "definition");
  CHECK_NEAR(shielding_ssi(4, 1), 0.75, 1e-15, "(4 - 1)/4: shielded");
  CHECK_NEAR(shielding_ssi(4, 5), -0.25, 1e-15, "(4 - 5)/4: overloaded");
}

static void frost_windows(void **state) {
  /* E 100 MPa: U = E strain^2 / 2 */
  const double energy[4] = {50 * 100e-6 * 100e-6, 50 * 200.1e-6 * 200.1e-6, 50 * 2e-3 * 2e-3, 50 * 5e-3 * 5e-3};
  const float young[4] = {100, 100, 100, 100}, volume[4] = {1, 2, 3, 4};
  double window[FROST_WINDOWS] = {0};
  (void)state;
  CHECK_NEAR(shielding_strain(energy[2], 100), 2000, 1e-12, "sqrt(2 U / E)");
  shielding_frost(&(BonePieces){4, region, volume, NULL, young}, 0, energy, window);
  const double want[FROST_WINDOWS] = {1, 2, 3, 0, 4};
  for (int w = 0; w < FROST_WINDOWS; w++)
    assert_true(window[w] == want[w]);
}

/* Values 1 .. 100, dealt to the ranks in turn. */
static void percentiles(void **state) {
  PetscMPIInt rank, size;
  float value[100], weight[100];
  uint16_t bits[100];
  PetscInt n = 0;
  double found;
  (void)state;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  for (int i = 0; i < 100; i++)
    if (i % size == rank) {
      value[n] = (float)(100 - i);
      weight[n] = value[n] > 50 ? 3 : 1;
      bits[n++] = i % 2 ? 1 : 2;
    }
  CHECK_OK(percentile(PETSC_COMM_WORLD, n, value, NULL, NULL, 0, 0.95, &found));
  CHECK_NEAR(found, 95, 0, "95 of 100 values do not exceed 95");
  CHECK_OK(percentile(PETSC_COMM_WORLD, n, value, NULL, NULL, 0, 0.999, &found));
  CHECK_NEAR(found, 100, 0, "99 of 100 are not enough");
  CHECK_OK(percentile(PETSC_COMM_WORLD, n, value, weight, NULL, 0, 0.5, &found));
  CHECK_NEAR(found, 67, 0, "50 + 3 (x - 50) >= 100 at x = 67");
  CHECK_OK(percentile(PETSC_COMM_WORLD, n, value, NULL, bits, 1, 0.5, &found));
  CHECK_NEAR(found, 49, 0, "the odd i hold 1, 3, ... 99; 25 of 50 do not exceed 49");
  CHECK_OK(percentile(PETSC_COMM_WORLD, n, value, NULL, bits, 3, 0.5, &found));
  assert_true(isnan(found)); /* nothing has both bits */
  for (PetscInt i = 0; i < n; i++)
    value[i] = 1000 + value[i] / 1024; /* apart in the last bits only */
  CHECK_OK(percentile(PETSC_COMM_WORLD, n, value, NULL, NULL, 0, 0.95, &found));
  CHECK_NEAR(found, 1000 + 95. / 1024, 0, "95 of 100 values do not exceed the 95th");
  CHECK_OK(percentile(PETSC_COMM_WORLD, n, value, weight, NULL, 0, 0.5, &found));
  CHECK_NEAR(found, 1000 + 67. / 1024, 0, "as above");
}

static void rigid_motion_is_found(void **state) {
  const double at[3] = {1, 2, 3}, motion[6] = {0.1, -0.2, 0.3, 1e-3, 2e-3, -3e-3};
  const double x[4][3] = {{0, 0, 0}, {1, 0, 0}, {0, 2, 0}, {0, 0, 1.5}};
  double found[6], rms;
  RigidFit fit = {0}, line = {0};
  (void)state;
  for (int i = 0; i < 4; i++) {
    double to[6];
    rigid_motion_at(motion, at, x[i], to); /* displacement of the point x */
    rigid_fit_add(&fit, at, x[i], to);
    if (i < 2)
      rigid_fit_add(&line, at, x[i], to);
  }
  assert_int_equal(rigid_fit_solve(&fit, found, &rms), 0);
  for (int a = 0; a < 6; a++)
    CHECK_NEAR(found[a], motion[a], 1e-10, "the displacements are those of this motion");
  CHECK_BELOW(rms, 1e-7, "nothing is left");
  assert_int_equal(rigid_fit_solve(&line, found, NULL), 1); /* the turn about the line is free */
}

static void forces_move(void **state) {
  const double force[6] = {0, 0, -400, 0, 0, 0}, from[3] = {3, 0, 10}, to[3] = {0, 0, 0};
  double moved[6];
  (void)state;
  rigid_force_at(force, from, to, moved);
  CHECK_NEAR(moved[4], 1200, 1e-15, "r x F = (3,0,10) x (0,0,-400) = (0, 1200, 0)");
  CHECK_BELOW(fabs(moved[3]) + fabs(moved[5]), 0, "r x F");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(resorbed_fraction), cmocka_unit_test(dead_zone_is_open), cmocka_unit_test(identical_states),
    cmocka_unit_test(frost_windows),     cmocka_unit_test(percentiles),       cmocka_unit_test(rigid_motion_is_found),
    cmocka_unit_test(forces_move),
};
CHECK_MAIN(tests)
