/* Runner compression: blocks with known answers as label images, lattices against the periodic cell, mistakes.
   ranks: 1 2 */
#include "tests/cases/label_image.h"

#include "cases/body/cell_moduli.h"

static const char *const lattice = "runner: compression\n"
                                   "model: both\n"
                                   "lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, porosity_pct: 73.92}\n"
                                   "cells: [2, 2, 2]\n"
                                   "resolution: {voxels_per_cell: 16}\n"
                                   "materials: {strut: {young_MPa: 186000, poisson: 0.35}}\n"
                                   "load: {plates: frictionless}\n"
                                   "solver: {rtol: 1.0e-10}\n";

static const char *const image = "runner: compression\n"
                                 "geometry: {image: labels.nii, voxel_mm: 0.5}\n"
                                 "materials: {1: {young_MPa: 1000, poisson: 0.3}, 7: {young_MPa: 100, poisson: 0.2}}\n"
                                 "load: {plates: frictionless, strain_pct: -2}\n"
                                 "solver: {rtol: 1.0e-11}\n";

static uint8_t block(int i, int j, int k) { return i > 0 && i < 9 && j > 1 && j < 8 && k > 0 && k < 9; }
static uint8_t layers(int i, int j, int k) { return !block(i, j, k) ? 0 : k < 5 ? 1 : 7; }

static LabelImage tenth(uint8_t (*label)(int, int, int)) {
  return (LabelImage){.n = {10, 10, 10}, .voxel_mm = {0.5, 0.5, 0.5}, .label = label};
}

static void block_open(uint8_t (*label)(int, int, int), const char *const *set, Answer *a) {
  const LabelImage made = tenth(label);
  label_answer(&made, image, set, a);
}

/* 8 x 6 x 8 voxels of 0.5 mm between frictionless plates: uniaxial stress; with all sides held: uniaxial strain. */
static void solid_block(void **state) {
  static const char *const held[] = {"load.faces={x-: symmetry, x+: symmetry, y-: symmetry, y+: symmetry}", NULL};
  static const char *const tall[] = {"load.axis=y", "load.strain_pct=1", NULL};
  const Elasticity c = elasticity_isotropic(1000, 0.3);
  Answer a;
  (void)state;
  block_open(block, NULL, &a);
  CHECK_NEAR(answer_value(&a, "E_MPa"), 1000, 1e-8, "uniaxial stress");
  CHECK_NEAR(answer_value(&a, "reaction_N"), -1000 * 0.02 * 12, 1e-8, "E eps A, A = 4 x 3 mm2, compression negative");
  CHECK_NEAR(answer_value(&a, "energy_mJ"), 0.5 * 1000 * 4e-4 * 48, 1e-8, "E eps^2/2 V, V = 48 mm3");
  CHECK_NEAR(answer_value(&a, "mises_p99.9_MPa"), 20, 1e-6, "uniaxial stress everywhere");
  assert_true(fabs(answer_value(&a, "porosity_pct")) < 1e-9);
  CHECK_BELOW(answer_value(&a, "balance"), 1e-8, "statics");
  answer_close(&a);
  block_open(block, held, &a);
  CHECK_NEAR(answer_value(&a, "E_MPa"), c.C11, 1e-8, "uniaxial strain");
  answer_close(&a);
  block_open(block, tall, &a);
  CHECK_NEAR(answer_value(&a, "E_MPa"), 1000, 1e-8, "uniaxial stress");
  CHECK_NEAR(answer_value(&a, "reaction_N"), 1000 * 0.01 * 16, 1e-8, "tension positive");
  answer_close(&a);
}

/* Half and half along the load, sides held: layers in series. */
static void two_layers(void **state) {
  static const char *const held[] = {"load.faces={x-: symmetry, x+: symmetry, y-: symmetry, y+: symmetry}", NULL};
  Elasticity a = elasticity_isotropic(1000, 0.3), b = elasticity_isotropic(100, 0.2);
  Answer answer;
  (void)state;
  block_open(layers, held, &answer);
  CHECK_NEAR(answer_value(&answer, "E_MPa"), 2 / (1 / a.C11 + 1 / b.C11), 1e-8, "layers in series");
  CHECK_BELOW(answer_value(&answer, "energy_balance"), 1e-8, "Clapeyron");
  answer_close(&answer);
}

/* Under uniform stress, or strain, a block of whole cells is the periodic cell: the frame to rounding. */
static void frame_of_cells(void **state) {
  static const char *const none[] = {"lattice.node_zones=none", NULL};
  static const char *const base[] = {"model=frame", "cells=[2, 3, 2]", "lattice.node_zones=none", NULL};
  static const char *const along_x[] = {"model=frame", "cells=[2, 3, 2]", "lattice.node_zones=none", "load.axis=x",
                                        NULL};
  static const char *const free_faces[] = {"model=frame", "cells=[2, 3, 2]", NULL};
  static const char *const held[] = {"model=frame",
                                     "load.faces={x-: symmetry, x+: symmetry, y-: symmetry, y+: symmetry}", NULL};
  static const char *const unit = "runner: unit-cell\nmodel: frame\n"
                                  "lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, porosity_pct: 73.92}\n"
                                  "materials: {strut: {young_MPa: 186000, poisson: 0.35}}\n";
  Answer cell, a;
  (void)state;
  answer_open(unit, none, &cell);
  double centre_lines = answer_value(&cell, "E100_over_Es") * 186000;
  answer_close(&cell);
  answer_open(unit, NULL, &cell);
  double E = answer_value(&cell, "E100_over_Es") * 186000, C11 = answer_value(&cell, "C11_over_Es") * 186000;
  answer_close(&cell);
  answer_open(lattice, base, &a);
  CHECK_NEAR(answer_value(&a, "E_MPa"), centre_lines, 1e-9, "the periodic frame");
  CHECK_BELOW(answer_value(&a, "balance"), 1e-9, "statics; pins carry nothing");
  answer_close(&a);
  answer_open(lattice, along_x, &a);
  CHECK_NEAR(answer_value(&a, "E_MPa"), centre_lines, 1e-9, "the periodic frame, turned");
  answer_close(&a);
  answer_open(lattice, held, &a);
  CHECK_NEAR(answer_value(&a, "E_MPa"), C11, 1e-9, "the periodic frame under uniaxial strain");
  answer_close(&a);
  answer_open(lattice, free_faces, &a); /* nodes in free faces are half lumps */
  CHECK_NEAR(answer_value(&a, "E_MPa"), 0.957 * E, 0.03, "voxels, softened, 48 a cell: block over periodic cell");
  answer_close(&a);
}

/* The same of voxels: sides held by symmetry make the block periodic, as the cell has mirrors in its faces. */
static void voxels_of_cells(void **state) {
  static const char *const held[] = {"model=voxel", "cells=[1, 1, 2]",
                                     "load.faces={x-: symmetry, x+: symmetry, y-: symmetry, y+: symmetry}", NULL};
  static const char *const turned[] = {"model=voxel", "cells=[2, 1, 1]", "load.axis=x",
                                       "load.faces={z-: symmetry, z+: symmetry, y-: symmetry, y+: symmetry}", NULL};
  static const char *const unit = "runner: unit-cell\nmodel: voxel\n"
                                  "lattice: {cell: rhombic-dodecahedron, cell_mm: 1.0, porosity_pct: 73.92}\n"
                                  "resolution: {voxels_per_cell: 16, surface: softened}\nsolver: {rtol: 1.0e-10}\n"
                                  "materials: {strut: {young_MPa: 186000, poisson: 0.35}}\n";
  Answer cell, a;
  (void)state;
  answer_open(unit, NULL, &cell);
  double C11 = answer_value(&cell, "C11_over_Es") * 186000;
  answer_close(&cell);
  answer_open(lattice, held, &a);
  CHECK_NEAR(answer_value(&a, "E_MPa"), C11, 1e-7, "the periodic cell under uniaxial strain");
  CHECK_NEAR(answer_value(&a, "porosity_pct"), 73.92, 2e-3, "the design; fractions carry the volume");
  answer_close(&a);
  answer_open(lattice, turned, &a);
  CHECK_NEAR(answer_value(&a, "E_MPa"), C11, 1e-7, "the same, turned");
  answer_close(&a);
}

/* A quarter with planes of symmetry is the whole, clamped plates. */
static void quarter(void **state) {
  static const char *const whole[] = {"load.plates={bottom: clamped, top: frictionless}", NULL};
  static const char *const part[] = {"load.plates={bottom: clamped, top: frictionless}", "cells=[1, 1, 2]",
                                     "load.faces={x-: symmetry, y+: symmetry}", NULL};
  Answer a, b;
  (void)state;
  answer_open(lattice, whole, &a);
  answer_open(lattice, part, &b);
  CHECK_NEAR(answer_value(&b, "voxel.E_MPa"), answer_value(&a, "voxel.E_MPa"), 1e-7, "mirror symmetry");
  CHECK_NEAR(answer_value(&b, "frame.E_MPa"), answer_value(&a, "frame.E_MPa"), 1e-9, "mirror symmetry");
  CHECK_NEAR(4 * answer_value(&b, "voxel.reaction_N"), answer_value(&a, "voxel.reaction_N"), 1e-7, "mirror symmetry");
  CHECK_NEAR(answer_value(&b, "voxel.mises_p95_MPa"), answer_value(&a, "voxel.mises_p95_MPa"), 1e-5, "mirror symmetry");
  CHECK_BELOW(answer_value(&a, "voxel.balance"), 1e-6, "statics");
  answer_close(&a);
  answer_close(&b);
}

/* Several resolutions: extrapolated where surface voxels carry their fraction, else the finest stands. */
static void resolutions(void **state) {
  static const char *const partial[] = {"model=voxel", "cells=[1, 1, 1]",
                                        "resolution={voxels_per_cell: [16, 24], surface: partial}", NULL};
  static const char *const fine[] = {"model=voxel", "cells=[1, 1, 1]",
                                     "resolution={voxels_per_cell: 24, surface: partial}", NULL};
  static const char *const softened[] = {"model=voxel", "cells=[1, 1, 1]", "resolution={voxels_per_cell: [16, 24]}",
                                         NULL};
  Answer a, b, c;
  (void)state;
  answer_open(lattice, partial, &a);
  answer_open(lattice, fine, &b);
  answer_open(lattice, softened, &c);
  double E = answer_value(&a, "E_MPa"), finest = answer_value(&b, "E_MPa"), half = answer_uncertainty(&a, "E_MPa");
  assert_true(E < finest); /* fractions converge from above */
  assert_true(half >= 0.25 * (finest - E) * (1 - 1e-9));
  CHECK_NEAR(answer_value(&a, "reaction_N"), answer_value(&b, "reaction_N"), 1e-8, "that of the finest voxels");
  assert_true(answer_value(&c, "E_MPa") < finest); /* less stiffness in every voxel: a softer body */
  CHECK_NEAR(answer_value(&c, "reaction_N"), -0.01 * answer_value(&c, "E_MPa"), 1e-9, "not extrapolated: E eps A");
  answer_close(&a);
  answer_close(&b);
  answer_close(&c);
}

static void mistakes(void **state) {
  static const struct {
    const char *set, *part;
  } wrong[] = {{"load.faces={z-: symmetry}", "carries a plate"},
               {"load.faces={u: symmetry}", "no such face"},
               {"load.strain_pct=0", "must not be zero"},
               {"cells=[2, 2]", "three are needed"},
               {"resolution={voxel_mm: 0.07}", "whole number is needed"},
               {"resolution={voxel_mm: 0.05, voxels_per_cell: 20}", "only one of"},
               {"materials={steel: tantalum-sebm}", "materials.strut' is missing"},
               {"geometry={image: nothing.nii, voxel_mm: 1}", "not both"}};
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    const char *const set[] = {wrong[i].set, NULL};
    answer_refused(lattice, set, wrong[i].part);
  }
  static const char *const both[] = {"model=both", NULL};
  answer_refused(image, both, "no struts");
  static const char *const cells_too[] = {"cells=[1, 1, 1]", NULL};
  answer_refused(image, cells_too, "belongs to a lattice");
  answer_refused(image, NULL, "labels.nii"); /* there is none */
}

static void label_without_material(void **state) {
  static const char *const set[] = {"materials={1: peek}", NULL};
  const LabelImage made = tenth(layers);
  (void)state;
  label_refused(&made, image, set, "label 7");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(solid_block),    cmocka_unit_test(two_layers),
    cmocka_unit_test(frame_of_cells), cmocka_unit_test(voxels_of_cells),
    cmocka_unit_test(quarter),        cmocka_unit_test(resolutions),
    cmocka_unit_test(mistakes),       cmocka_unit_test(label_without_material),
};
CHECK_MAIN(tests)
