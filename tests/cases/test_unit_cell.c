/* Runner unit-cell: closed forms, symmetry, extrapolation, mistakes.
   ranks: 1 2 */
#include "tests/cases/answer.h"

#include "cases/body/cell_moduli.h"

static const char *const oracle = "body-fitted quadratic tetrahedra, three element sizes, extrapolated, 1 %";

static const char *const text = "runner: unit-cell\n"
                                "model: voxel\n"
                                "lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, porosity_pct: 73.92}\n"
                                "resolution: {voxels_per_cell: 24}\n"
                                "materials: {strut: {young_MPa: 186000, poisson: 0.35}}\n";

static void closed_forms(void **state) {
  static const char *const source = "rhombic-dodecahedron frame, rotation-free nodes: n (k_a + 2 k_b)/9 etc.";
  static const char *const theory[] = {"euler-bernoulli", "timoshenko"};
  (void)state;
  for (int t = 0; t < 2; t++) {
    char set_theory[64];
    snprintf(set_theory, sizeof set_theory, "lattice.strut_theory=%s", theory[t]);
    const char *const set[] = {"model=frame", "lattice={cell: rhombic-dodecahedron, cell_mm: 2, strut_mm: 0.3}",
                               "lattice.node_zones=none", set_theory, NULL};
    Answer a;
    Cubic want = rhombic_dodecahedron_frame(0.15 / (sqrt(3) / 4 * 2), 0.35, t);
    answer_open(text, set, &a);
    CHECK_NEAR(answer_value(&a, "C11_over_Es"), want.C11, 1e-10, source);
    CHECK_NEAR(answer_value(&a, "C12_over_Es"), want.C12, 1e-10, source);
    CHECK_NEAR(answer_value(&a, "C44_over_Es"), want.C44, 1e-10, source);
    CHECK_NEAR(answer_value(&a, "E100_over_Es"), want.E100, 1e-10, source);
    answer_close(&a);
  }
}

static void closed_form_limits(void **state) {
  (void)state;
  Cubic slender = rhombic_dodecahedron_frame(1e-3, 0.35, 1), b = rhombic_dodecahedron_frame(0.1, 0.3, 0);
  CHECK_NEAR(slender.nu12, 0.5, 1e-4, "slender limit: nu12 -> 1/2");
  CHECK_NEAR(slender.zener, 3, 1e-4, "slender limit: Zener -> 3");
  CHECK_NEAR(b.E100, 9 * sqrt(3) * M_PI * 1e-4 / (4 + 6 * 0.01), 1e-12, "n k_a k_b/(2 k_a + k_b) with Phi = 0");
  Cubic again = cubic_from_moduli(b.E100, (b.C11 + 2 * b.C12) / 3, b.C44);
  CHECK_NEAR(again.C11, b.C11, 1e-12, "C11 from E100 and the bulk modulus");
  CHECK_NEAR(again.nu12, b.nu12, 1e-12, "nu12 = C12/(C11 + C12)");
}

/* E100 of the voxels comes near the solid at one resolution, from above where surface voxels carry their fraction; the
   cell's symmetry is kept; the size of the cell does not matter. */
static void voxels(void **state) {
  static const char *const partial[] = {"resolution.surface=partial", "strains=all", NULL};
  static const char *const softened[] = {"resolution.surface=softened", "resolution.voxels_per_cell=32", NULL};
  static const char *const large[] = {"resolution.surface=partial", "lattice.cell_mm=7", NULL};
  Answer a, b, c;
  (void)state;
  answer_open(text, partial, &a);
  answer_open(text, softened, &b);
  answer_open(text, large, &c);
  assert_true(answer_value(&a, "E100_over_Es") > 1.3 * 0.0336); /* 24 voxels: far from converged, from above */
  CHECK_NEAR(answer_value(&b, "E100_over_Es"), 0.0336, 0.06, oracle);
  CHECK_NEAR(answer_value(&a, "porosity_pct"), 73.92, 1e-3, "Table 2, sample B: fractions carry the volume");
  CHECK_NEAR(answer_value(&b, "porosity_pct"), 73.92, 1e-3, "the square of the fraction is stiffness, not volume");
  CHECK_BELOW(answer_value(&a, "voxel.asymmetry"), 1e-6, "cubic symmetry of the cell");
  CHECK_NEAR(answer_value(&c, "E100_over_Es"), answer_value(&a, "E100_over_Es"), 1e-6, "moduli do not depend on size");
  CHECK_NEAR(answer_value(&c, "C44_over_Es"), answer_value(&a, "C44_over_Es"), 1e-6, "xx and yz suffice");
  answer_close(&a);
  answer_close(&b);
  answer_close(&c);
}

static void three_resolutions(void **state) {
  static const char *const set[] = {"resolution.voxels_per_cell=[16, 24, 48]", "model=both", NULL};
  Answer a;
  (void)state;
  answer_open(text, set, &a);
  double E = answer_value(&a, "voxel.E100_over_Es"), half = answer_uncertainty(&a, "voxel.E100_over_Es");
  CHECK_NEAR(E, 0.0336, 0.08, oracle);
  assert_true(half > fabs(E - 0.0336)); /* the stated half width covers the error */
  assert_true(answer_value(&a, "voxel.E100_over_Es.finest") > E);
  double order = answer_value(&a, "voxel.order");
  assert_true(order > 1 && order < 2);
  CHECK_NEAR(answer_value(&a, "frame.E100_over_Es"), 0.0336, 0.06, oracle);
  CHECK_NEAR(answer_value(&a, "E100_over_Es"), E, 1e-15, "plain names are the voxels'");
  answer_close(&a);
}

/* The same on all ranks together and on one. */
static void ranks(void **state) {
  int size;
  Case c[2];
  Design design;
  Material material;
  CellLevel level[2];
  char folder[64], file[128];
  (void)state;
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  if (size == 1)
    return;
  folder_open(folder);
  folder_put(folder, "case.yaml", text);
  snprintf(file, sizeof file, "%s/case.yaml", folder);
  for (int i = 0; i < 2; i++) {
    CHECK_OK(
        case_read(i ? PETSC_COMM_SELF : PETSC_COMM_WORLD, file, 1, (char *[]){(char *)"solver.rtol=1e-11"}, &c[i]));
    CHECK_OK(build_design(&c[i], NAN, &design));
    CHECK_OK(build_strut_material(&c[i], &material));
    CHECK_OK(cell_moduli_level(&c[i], &design, &material, STRAINS_CUBIC, 24, &level[i], NULL, "cell"));
    CHECK_OK(case_free(&c[i]));
  }
  assert_true(level[0].voxels == level[1].voxels && level[0].nodes == level[1].nodes);
  CHECK_NEAR(level[0].over_Es.C11, level[1].over_Es.C11, 1e-8, "one rank");
  CHECK_NEAR(level[0].over_Es.C12, level[1].over_Es.C12, 1e-8, "one rank");
  CHECK_NEAR(level[0].over_Es.C44, level[1].over_Es.C44, 1e-8, "one rank");
  CHECK_NEAR(level[0].porosity_pct, level[1].porosity_pct, 1e-12, "one rank");
  folder_close(folder);
}

static void extrapolation(void **state) {
  const double h[] = {1. / 32, 1. / 64, 1. / 96, 1. / 128};
  double f[4], g[] = {3, 2, 2.5};
  (void)state;
  for (int i = 0; i < 4; i++)
    f[i] = 2 + 30 * pow(h[i], 1.3);
  Extrapolation e = extrapolate(4, h, f), two = extrapolate(2, h, f), one = extrapolate(1, h, f),
                wild = extrapolate(3, h, g), kept = keep_finest(3, g);
  CHECK_NEAR(e.value, 2, 1e-6, "manufactured: 2 + 30 h^1.3");
  CHECK_NEAR(e.order, 1.3, 1e-4, "manufactured: 2 + 30 h^1.3");
  assert_true(e.uncertainty >= 0.25 * (f[3] - e.value) * (1 - 1e-12));
  CHECK_NEAR(two.order_used, 1.25, 1e-15, "two values: the assumed order");
  assert_true(fabs(two.value - 2) < two.uncertainty && isnan(two.order));
  assert_true(one.value == f[0] && isnan(one.uncertainty) && isnan(one.order_used));
  assert_true(isnan(wild.order) && wild.uncertainty > 0.1);
  assert_true(kept.value == 2.5 && kept.uncertainty == 0.5 && isnan(kept.order_used));
  for (int i = 0; i < 4; i++)
    f[i] = 2 + 3000 * pow(h[i], 3);
  e = extrapolate(4, h, f);
  CHECK_NEAR(e.order, 3, 1e-3, "manufactured: 2 + 3000 h^3");
  CHECK_NEAR(e.order_used, 1.5, 1e-15, "an order that notches do not have is not believed");
}

static void mistakes(void **state) {
  static const struct {
    const char *set, *part;
  } wrong[] = {{"resolution.voxels_per_cell=20", "multiple of 8"},
               {"resolution.voxels_per_cell=8", "voxels across a strut"},
               {"resolution.voxels_per_cell=[32, 24]", "ascend"},
               {"lattice.cell=rhombic", "no such cell"},
               {"lattice.strut_mm=0.1", "exactly two"},
               {"lattice={cell: rhombic-dodecahedron, cell_mm: 1, strut_mm: 1.2}", "lattice.strut_mm"},
               {"materials.strut=unobtainium", "not known"}};
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    const char *const set[] = {wrong[i].set, NULL};
    answer_refused(text, set, wrong[i].part);
  }
}

/* More memory than there is: refused by run, before anything is meshed. */
static void too_large(void **state) {
  Case c;
  Estimate estimate = {.memory_bytes = 1e18};
  char folder[64], file[128];
  (void)state;
  folder_open(folder);
  folder_put(folder, "case.yaml", text);
  snprintf(file, sizeof file, "%s/case.yaml", folder);
  CHECK_OK(case_read(PETSC_COMM_WORLD, file, 0, NULL, &c));
  CHECK_SAYS(build_refuse_memory(&c, &estimate), "of memory");
  estimate.memory_bytes = 1;
  CHECK_OK(build_refuse_memory(&c, &estimate));
  CHECK_OK(case_free(&c));
  folder_close(folder);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(closed_forms), cmocka_unit_test(closed_form_limits),
    cmocka_unit_test(voxels),       cmocka_unit_test(three_resolutions),
    cmocka_unit_test(ranks),        cmocka_unit_test(extrapolation),
    cmocka_unit_test(mistakes),     cmocka_unit_test(too_large),
};
CHECK_MAIN(tests)
