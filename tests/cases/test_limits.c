/* Limits of an analysis: intervals of the mesh, verdicts that may not say YES, as designed beside as printed, warnings
   of large displacements and of slips of unit.
   ranks: 1 */
#include "tests/cases/answer.h"

#include "cases/body/limits.h"
#include "cases/body/printed.h"
#include "cases/body/safety.h"

static const char *const cage = "runner: cage\n"
                                "model: frame\n"
                                "lattice: {cell: rhombic-dodecahedron, cell_mm: 2, porosity_pct: 75}\n"
                                "cage: {diameter_mm: 6, height_mm: 6}\n"
                                "materials: {strut: tantalum-sebm}\n"
                                "loads: {push: {compression_N: 100}}\n";

static void intervals(void **state) {
  (void)state;
  for (int m = 0; m < MESHES; m++)
    for (int k = 0; k < CONVERGES_KINDS; k++) {
      const Bounds coarse = discretisation_single((Mesh)m, (Converges)k, 3, 100),
                   fine = discretisation_single((Mesh)m, (Converges)k, 12, 100);
      assert_true(coarse.lo >= 0 && coarse.lo <= 100 && coarse.hi >= 100);
      assert_true(fine.hi - fine.lo <= coarse.hi - coarse.lo);
      CHECK_NEAR(discretisation_single((Mesh)m, (Converges)k, 3, 200).hi, 2 * coarse.hi, 1e-14, "relative");
    }
  /* f = 50 (1 + n^-1.25): the order that is assumed where none is seen. */
  const double across[3] = {3, 4, 6};
  double f[3];
  for (int i = 0; i < 3; i++)
    f[i] = 50 * (1 + 0.3 * pow(across[i], -1.25));
  const Bounds list = discretisation_list(MESH_SOFTENED, CONVERGES_STIFFNESS, 3, across, f);
  CHECK_NEAR(list.value, 50, 1e-6, "an exact power is extrapolated exactly");
  CHECK_NEAR(list.hi, discretisation_single(MESH_SOFTENED, CONVERGES_STIFFNESS, 6, f[2]).hi, 1e-14, "of the finest");
  CHECK_NEAR(discretisation_list(MESH_SOFTENED, CONVERGES_STRESS, 3, across, f).value, f[2], 1e-14,
             "stress: the finest");
}

static void three_answers(void **state) {
  (void)state;
  assert_int_equal(verdict_at_least(1, 1.01, 2), VERDICT_YES);
  assert_int_equal(verdict_at_least(1, 0.9, 2), VERDICT_NOT_SHOWN);
  assert_int_equal(verdict_at_least(1, 0.5, 0.99), VERDICT_NO);
  const Material metal = {.yield_MPa = 300, .yield_lo_MPa = 200, .yield_hi_MPa = 400};
  const Safety s = safety_factor(&metal, &(Bounds){100, 80, 125});
  CHECK_NEAR(s.factor, 3, 1e-14, "300 / 100");
  CHECK_NEAR(s.mesh[0], 2.4, 1e-14, "300 / 125");
  CHECK_NEAR(s.mesh[1], 3.75, 1e-14, "300 / 80");
  CHECK_NEAR(s.metal[0], 2, 1e-14, "200 / 100");
  CHECK_NEAR(s.all[0], 1.6, 1e-14, "200 / 125");
  CHECK_NEAR(s.all[1], 5, 1e-14, "400 / 80");
}

/* One cage, its load raised through the limit: YES, NOT SHOWN, NO. */
static void cage_verdicts(void **state) {
  const char *const load[3] = {"loads={push: {compression_N: 5}}", "loads={push: {compression_N: 200}}",
                               "loads={push: {compression_N: 2000}}"};
  const char *const kind[3] = {"yes", "not shown", "no"};
  double factor[3];
  (void)state;
  for (int i = 0; i < 3; i++) {
    const char *const set[] = {load[i], NULL};
    Answer a;
    answer_open(cage, set, &a);
    factor[i] = answer_value(&a, "push.margin_yield");
    assert_true(answer_says(&a, "verdicts", kind[i], "strong?"));
    assert_true(answer_says(&a, "verdicts", kind[i], "as printed: not known"));
    assert_true(answer_value(&a, "push.margin_yield_mesh_lo") < factor[i] &&
                answer_value(&a, "push.margin_yield_mesh_hi") > factor[i]);
    answer_close(&a);
  }
  CHECK_NEAR(factor[0], 40 * factor[1], 1e-6, "linear; samples are single precision");
}

static void printed_beside(void **state) {
  const char *const given[] = {"cage.stiffness_factor=0.5", NULL}, *const model[] = {"cage.modulus=as-printed", NULL},
                    *const other[] = {"materials.strut=peek", NULL};
  Answer a, b;
  (void)state;
  answer_open(cage, NULL, &a);
  const double E = answer_value(&a, "cage_E_MPa");
  CHECK_NEAR(answer_value(&a, "cage_E_designed_MPa"), E, 1e-12, "computed as designed");
  CHECK_NEAR(answer_value(&a, "cage_E_printed_MPa"), 0.202 * E, 1e-12, "materials/tantalum-sebm.yaml");
  CHECK_NEAR(answer_value(&a, "cage_E_printed_lo_MPa"), 0.140 * E, 1e-12, "materials/tantalum-sebm.yaml");
  assert_true(answer_says(&a, "verdicts", "note", "as designed") && answer_says(&a, "verdicts", "note", "as printed"));
  answer_close(&a);
  answer_open(cage, given, &b);
  CHECK_NEAR(answer_value(&b, "cage_E_printed_MPa"), 0.5 * E, 1e-12, "the case's own factor");
  assert_null(json_object_get(json_object_get(b.summary, "quantities"), "cage_E_printed_lo_MPa"));
  answer_close(&b);
  answer_open(cage, model, &b);
  CHECK_NEAR(answer_value(&b, "cage_E_MPa"), 0.202 * E, 1e-9, "computed as printed: stiffness scales with the factor");
  CHECK_NEAR(answer_value(&b, "cage_E_designed_MPa"), E, 1e-9, "the same cage");
  answer_close(&b);
  answer_open(cage, other, &b);
  assert_true(answer_says(&b, "verdicts", "note", "as printed not known"));
  answer_close(&b);
}

/* The nonsense of wrong units and of loads beyond small displacements never gets a YES. */
static void warned(void **state) {
  const char *const unit[] = {"materials={strut: {young_MPa: 110, poisson: 0.3, yield_MPa: 880}}", NULL},
                    *const soft[] = {"materials={strut: {young_MPa: 100, poisson: 0.3, yield_MPa: 9}}",
                                     "loads={push: {compression_N: 3}}", NULL},
                    *const dense[] = {"lattice={cell: rhombic-dodecahedron, cell_mm: 2, strut_mm: 0.4}", NULL};
  Answer a;
  (void)state;
  answer_open(cage, unit, &a);
  assert_true(answer_says(&a, "warnings", NULL, "is one of them in another unit?"));
  assert_true(answer_says(&a, "warnings", NULL, "this analysis is linear"));
  assert_false(answer_says(&a, "verdicts", "yes", "strong?"));
  answer_close(&a);
  answer_open(cage, soft, &a);
  assert_true(answer_says(&a, "warnings", NULL, "this analysis is linear"));
  assert_false(answer_says(&a, "verdicts", "yes", "strong?"));
  answer_close(&a);
  answer_open(cage, dense, &a);
  assert_false(answer_says(&a, "warnings", NULL, "in another unit") ||
               answer_says(&a, "warnings", NULL, "almost solid"));
  answer_close(&a);
  assert_true(limits_small(4.9, 1.9) && !limits_small(5.1, 0) && !limits_small(0, -2.1) && limits_small(NAN, NAN));
}

static void resolutions(void **state) {
  const char *const set[] = {"model=voxel", "resolution={voxels_per_cell: [12, 14, 16]}", "solver={rtol: 1.0e-8}",
                             NULL},
                    *const one[] = {"model=voxel", "resolution={voxels_per_cell: 16}", "solver={rtol: 1.0e-8}", NULL};
  Answer a, b;
  (void)state;
  answer_open(cage, set, &a);
  answer_open(cage, one, &b);
  CHECK_NEAR(answer_value(&a, "push.strut_mises_p999_MPa"), answer_value(&b, "push.strut_mises_p999_MPa"), 1e-9,
             "stress is that of the finest");
  assert_true(fabs(answer_value(&a, "cage_E_MPa") - answer_value(&b, "cage_E_MPa")) <=
              answer_uncertainty(&b, "cage_E_MPa"));
  answer_close(&b);
  answer_close(&a);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(intervals),      cmocka_unit_test(three_answers), cmocka_unit_test(cage_verdicts),
    cmocka_unit_test(printed_beside), cmocka_unit_test(warned),        cmocka_unit_test(resolutions),
};
CHECK_MAIN(tests)
