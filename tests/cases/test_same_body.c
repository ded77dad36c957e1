/* One body, every pair of analyses that can hold it, every kind of surface voxel: the same numbers. A block of lattice
   through compression, through cage with shape box, and, of whole voxels, as a label image made here; frames likewise.
   Fields in the files are those that the percentiles are taken of.
   ranks: 1 2 */
#include "tests/cases/answer.h"
#include "tests/cases/label_image.h"
#include "tests/mesh/leaves_check.h"

#include "mesh/design.h"
#include "mesh/graph.h"
#include <hdf5.h>

enum { CELLS = 2, VOXELS = 12 };
static const double edge = 1.5, strut = 0.375; /* mm: three voxels across */

#define LATTICE                                                                                                        \
  "lattice: {cell: rhombic-dodecahedron, cell_mm: 1.5, strut_mm: 0.375}\n"                                             \
  "materials: {strut: {young_MPa: 186000, poisson: 0.35, yield_MPa: 331}}\n"
#define RESOLUTION                                                                                                     \
  "resolution: {voxels_per_cell: 12, surface: softened}\n"                                                             \
  "solver: {rtol: 1.0e-10}\n"

static const char *const block = "runner: compression\nmodel: voxel\ncells: [2, 2, 2]\n"
                                 "load: {plates: clamped, strain_pct: -1}\n" LATTICE RESOLUTION;
static const char *const cage = "runner: cage\nmodel: voxel\n"
                                "cage: {shape: box, width_mm: 3, depth_mm: 3, height_mm: 3}\n"
                                "loads: {c: {compression_N: 100}}\nfields: c\n" LATTICE RESOLUTION;

/* What all of them state, stresses for a force of 100 N. */
enum { MODULUS, P95, P999, POROSITY, SAME };
static const char *const block_names[SAME] = {"E_MPa", "mises_p95_MPa", "mises_p99.9_MPa", "porosity_pct"};
static const char *const cage_names[SAME] = {"cage_E_MPa", "c.strut_mises_p95_MPa", "c.strut_mises_p999_MPa",
                                             "porosity_pct"};

static void block_values(const char *text, const char *const *set, double value[SAME], Answer *a) {
  answer_open(text, set, a);
  for (int i = 0; i < SAME; i++)
    value[i] = answer_value(a, block_names[i]);
  const double force = fabs(answer_value(a, "reaction_N"));
  value[P95] *= 100 / force;
  value[P999] *= 100 / force;
}

static void cage_values(const char *text, const char *const *set, double value[SAME], Answer *a) {
  answer_open(text, set, a);
  for (int i = 0; i < SAME; i++)
    value[i] = answer_value(a, cage_names[i]);
}

static void compare(const double got[SAME], const double want[SAME], int n, const char *source) {
  for (int i = 0; i < n; i++)
    CHECK_NEAR(got[i], want[i], 1e-6, source);
}

/* A whole data set of a field file, malloc'ed; *n values. */
static float *read_field(const Answer *a, const char *file, const char *name, size_t *n) {
  char path[256];
  snprintf(path, sizeof path, "%s/out/%s", a->folder, file);
  hid_t id = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  assert_true(id >= 0);
  snprintf(path, sizeof path, "VTKHDF/PointData/%s", name);
  hid_t set = H5Lexists(id, path, H5P_DEFAULT) > 0 ? H5Dopen2(id, path, H5P_DEFAULT) : -1;
  float *value = NULL;
  if (set >= 0) {
    hid_t space = H5Dget_space(set);
    *n = (size_t)H5Sget_simple_extent_npoints(space);
    value = malloc(*n * sizeof *value);
    assert_true(H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
    H5Sclose(space);
    H5Dclose(set);
  }
  H5Fclose(id);
  return value;
}

typedef struct Pair {
  float value, weight;
} Pair;

static int pair_order(const void *a, const void *b) {
  const Pair *x = a, *y = b;
  return (x->value > y->value) - (x->value < y->value);
}

/* The percentiles again from a field file, by sorting: the stress and the solid fraction there are those reported. */
static void check_file(const Answer *a, const char *file, const char *name, const double percentile[2]) {
  static const double share[2] = {0.95, 0.999};
  if (folder_rank())
    return;
  size_t n = 0;
  float *mises = read_field(a, file, name, &n), *label = read_field(a, file, "label", &n),
        *solid = read_field(a, file, "solid_fraction", &n);
  Pair *pair = malloc(n * sizeof *pair);
  double all = 0, sum = 0;
  assert_true(mises && label);
  for (size_t v = 0; v < n; v++) {
    pair[v] = (Pair){mises[v], label[v] == 0 ? 0 : solid ? solid[v] : 1};
    all += pair[v].weight;
  }
  qsort(pair, n, sizeof *pair, pair_order);
  for (size_t v = 0, k = 0; v < n && k < 2; v++) {
    sum += pair[v].weight;
    for (; k < 2 && sum >= share[k] * all * (1 - 1e-9); k++)
      CHECK_NEAR(pair[v].value, percentile[k], 1e-5, "the percentile by volume of the field in the file");
  }
  free(mises), free(label), free(solid), free(pair);
}

static void voxels(void **state) {
  static const char *const surface[] = {"resolution.surface=binary", "resolution.surface=partial",
                                        "resolution.surface=softened"};
  double last = 0;
  (void)state;
  for (int s = 0; s < 3; s++) {
    const char *const set[] = {surface[s], NULL};
    double one[SAME], other[SAME];
    Answer a, b;
    block_values(block, set, one, &a);
    cage_values(cage, set, other, &b);
    compare(other, one, SAME, "the same voxels between the same plates");
    const double raw[2] = {answer_value(&a, "mises_p95_MPa"), answer_value(&a, "mises_p99.9_MPa")};
    check_file(&a, "voxels.vtkhdf", "von_mises", raw);
    check_file(&b, "voxels.vtkhdf", "von_Mises", &other[P95]);
    assert_true(s == 0 || fabs(one[MODULUS] / last - 1) > 0.01); /* else the kinds are not told apart */
    last = one[MODULUS];
    answer_close(&a);
    answer_close(&b);
  }
}

/* The voxels of the block again, from the graph: whole voxels, matched in volume. The caller frees it. */
static uint8_t *labels_of_block(void) {
  const PetscInt n = CELLS * VOXELS;
  const GridBox unit = {.voxel_mm = edge / VOXELS, .n = {VOXELS, VOXELS, VOXELS}, .periodic = {true, true, true}},
                box = {.voxel_mm = edge / VOXELS, .n = {n, n, n}};
  const Cell *cell = cell_find("rhombic-dodecahedron");
  double offset;
  Shape *shape;
  Graph graph;
  Leaves leaves;
  CHECK_OK(graph_periodic(cell, edge, strut, &graph));
  CHECK_OK(shape_struts(&graph, 0, &shape));
  CHECK_OK(voxelise_match(PETSC_COMM_WORLD, &unit, shape,
                          design_relative_density(cell, strut / edge, NULL) * edge * edge * edge, &offset, NULL));
  CHECK_OK(shape_destroy(&shape));
  CHECK_OK(shape_struts(&graph, offset, &shape));
  CHECK_OK(voxelise(PETSC_COMM_WORLD, &box, 1, &(Part){1, shape}, PETSC_FALSE, &leaves));
  uint8_t *dense = leaves_dense(PETSC_COMM_WORLD, &box, &leaves);
  CHECK_OK(leaves_free(&leaves));
  CHECK_OK(shape_destroy(&shape));
  CHECK_OK(graph_free(&graph));
  return dense;
}

static const uint8_t *block_labels; /* of a cube of CELLS * VOXELS voxels, x fastest */
static uint8_t block_label(int i, int j, int k) {
  enum { N = CELLS * VOXELS };
  return block_labels[i + N * (j + N * k)];
}

static void label_image(void **state) {
  static const char *const binary[] = {"resolution.surface=binary", NULL};
  enum { N = CELLS * VOXELS };
  const double h = edge / VOXELS;
  double one[SAME], other[SAME];
  char folder[64], text[512];
  Answer a, b;
  (void)state;
  uint8_t *label = labels_of_block();
  folder_open(folder);
  block_labels = label;
  label_image_put(folder, &(LabelImage){.n = {N, N, N}, .voxel_mm = {h, h, h}, .label = block_label});
  snprintf(text, sizeof text,
           "runner: compression\ngeometry: {image: %s/labels.nii, voxel_mm: 0.125}\n"
           "load: {plates: clamped, strain_pct: -1}\nsolver: {rtol: 1.0e-10}\n"
           "materials: {1: {young_MPa: 186000, poisson: 0.35}}\n",
           folder);
  block_values(text, NULL, one, &a);
  block_values(block, binary, other, &b);
  compare(other, one, SAME, "the voxels of the block as a label image");
  answer_close(&a);
  answer_close(&b);
  folder_close(folder);
  free(label);
}

/* The percentiles again, and the struts whose sections exceed yield: of a block for the cage's 100 N. */
static void frame_pair(const char *const *set) {
  double one[SAME], other[SAME], young, above;
  char strain[64];
  const char *more[4] = {"model=frame", set[0], strain, NULL};
  Answer a, b;

  snprintf(strain, sizeof strain, "load.strain_pct=-1");
  block_values(block, more, one, &a);
  young = one[MODULUS];
  answer_close(&a);
  /* the same load, since the share above yield is no multiple of it */
  snprintf(strain, sizeof strain, "load.strain_pct=%.15g", -100 * 1000 / (young * 4 * edge * edge));
  block_values(block, more, one, &a);
  CHECK_NEAR(answer_value(&a, "reaction_N"), -1000, 1e-9, "the strain was made for it");
  above = answer_value(&a, "struts_above_yield_pct");
  answer_close(&a);
  more[2] = "loads={c: {compression_N: 1000}}";
  cage_values(cage, more, other, &b);
  other[P95] /= 10, other[P999] /= 10;
  compare(other, one, SAME, "the same struts between the same plates");
  CHECK_NEAR(answer_value(&b, "c.struts_above_yield_pct"), above, 1e-6, "the same struts under the same load");
  CHECK_NEAR(1000 / answer_value(&b, "c.travel_mm"), young * 2 * edge, 1e-6, "force over displacement of the plate");
  assert_true(above > 0);
  answer_close(&b);
}

/* All cells; struts in the faces of the block count with their halves and quarters in both analyses. */
static void frames(void **state) {
  static const char *const cell[] = {"lattice.cell=rhombic-dodecahedron",
                                     "lattice.cell=body-centred-cubic",
                                     "lattice.cell=simple-cubic",
                                     "lattice.cell=octet",
                                     "lattice.cell=diamond",
                                     "lattice.cell=kelvin"};
  (void)state;
  for (int c = 0; c < 6; c++)
    frame_pair(&cell[c]);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(voxels), cmocka_unit_test(label_image),
                                          cmocka_unit_test(frames)};
CHECK_MAIN(tests)
