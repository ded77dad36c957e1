/* ranks: 1 2
   The content of a case: what changes an answer changes it, nothing else does. */
#include "cases/case_file/case_content.h"
#include "tests/cases/folder.h"

static const char lattice[] = "runner: compression\n"
                              "model: frame\n"
                              "lattice: {cell: rhombic-dodecahedron, cell_mm: 1, strut_mm: 0.2}\n"
                              "cells: [2, 2, 2]\n"
                              "materials: {strut: metal}\n";
static const char image[] = "runner: compression\n"
                            "geometry: {image: labels.hdr, voxel_mm: 0.1}\n"
                            "materials: {1: {young_MPa: 1000, poisson: 0.3}}\n";
static const char segment[] = "runner: segment\n"
                              "lattice: {cell: rhombic-dodecahedron, cell_mm: 1, strut_mm: 0.2}\n"
                              "cage: {diameter_mm: 15, height_mm: 25, face_mm: 1}\n"
                              "vertebra: {width_mm: 30, depth_mm: 24, height_mm: 18, cortex_mm: 0.5, endplate_mm: 1}\n"
                              "loads: {compression_N: 400, moment_Nm: 5}\n"
                              "materials: {cage: metal, cortical: bone, endplate: bone, cancellous: bone}\n"
                              "comparisons: {block: {material: other}}\n";

/* Of folder/case.yaml with that text and an assignment (NULL: none). */
static Content of(const char *folder, const char *text, const char *assignment) {
  char file[96], set[128], *list[] = {set};
  Content content;
  Case c;
  snprintf(file, sizeof file, "%s/case.yaml", folder);
  snprintf(set, sizeof set, "%s", assignment ? assignment : "");
  folder_put(folder, "case.yaml", text);
  CHECK_OK(case_read(PETSC_COMM_WORLD, file, assignment ? 1 : 0, list, &c));
  CHECK_OK(case_content(&c, &content));
  CHECK_OK(case_free(&c));
  return content;
}

static void check(Content a, Content b, bool same) {
  uint64_t first[2] = {a.low, a.high};
  MPI_Bcast(first, 2, MPI_UINT64_T, 0, PETSC_COMM_WORLD);
  assert_true(first[0] == a.low && first[1] == a.high); /* on every rank */
  assert_true((a.low == b.low && a.high == b.high) == same);
}

static void test_keys(void **state) {
  static const struct {
    const char *assignment;
    bool same;
  } row[] = {{"title=another", true},          {"expect={E_MPa: {lo: 1, source: x}}", true},
             {"solver.checkpoint_s=0", true},  {"solver.rtol=1e-9", false},
             {"lattice.strut_mm=0.21", false}, {"cells=[2, 2, 3]", false}};
  char folder[64];
  (void)state;
  folder_open(folder);
  folder_put(folder, "metal.yaml", "young_MPa: 1000\npoisson: 0.3\n");
  const Content base = of(folder, lattice, NULL);
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
    check(of(folder, lattice, row[i].assignment), base, row[i].same);
  char spaced[sizeof lattice + 64];
  snprintf(spaced, sizeof spaced, "# a comment\n\n%s\n", lattice);
  check(of(folder, spaced, NULL), base, true);
  folder_close(folder);
}

/* A name given as such and as a mapping; the file changes, goes, comes back. */
static void test_material(void **state) {
  char folder[64], file[96];
  (void)state;
  folder_open(folder);
  snprintf(file, sizeof file, "%s/metal.yaml", folder);
  folder_put(folder, "metal.yaml", "young_MPa: 1000\npoisson: 0.3\n");
  const Content base = of(folder, lattice, NULL);
  folder_put(folder, "metal.yaml", "young_MPa: 1001\npoisson: 0.3\n");
  check(of(folder, lattice, NULL), base, false);
  MPI_Barrier(PETSC_COMM_WORLD);
  if (!folder_rank())
    unlink(file);
  MPI_Barrier(PETSC_COMM_WORLD);
  check(of(folder, lattice, NULL), base, false);
  folder_put(folder, "metal.yaml", "young_MPa: 1000\npoisson: 0.3\n");
  check(of(folder, lattice, NULL), base, true);
  folder_close(folder);
}

static void test_image(void **state) {
  char folder[64];
  (void)state;
  folder_open(folder);
  folder_put(folder, "labels.hdr", "head");
  folder_put(folder, "labels.img", "numbers");
  const Content base = of(folder, image, NULL);
  check(of(folder, image, NULL), base, true);
  folder_put(folder, "labels.img", "Numbers");
  check(of(folder, image, NULL), base, false);
  folder_put(folder, "labels.img", "numbers");
  folder_put(folder, "labels.hdr", "heap");
  check(of(folder, image, NULL), base, false);
  folder_close(folder);
}

/* Materials below a '*', and where text and mapping are told apart by the table. */
static void test_segment(void **state) {
  static const char *const names[] = {"metal.yaml", "bone.yaml", "other.yaml"};
  char folder[64];
  (void)state;
  folder_open(folder);
  for (int i = 0; i < 3; i++)
    folder_put(folder, names[i], "young_MPa: 1000\npoisson: 0.3\n");
  const Content base = of(folder, segment, NULL);
  for (int i = 0; i < 3; i++) {
    folder_put(folder, names[i], "young_MPa: 1002\npoisson: 0.3\n");
    check(of(folder, segment, NULL), base, false);
    folder_put(folder, names[i], "young_MPa: 1000\npoisson: 0.3\n");
  }
  check(of(folder, segment, NULL), base, true);
  folder_close(folder);
}

/* A default of the table counts like a value of the file. */
static void test_default(void **state) {
  static const char *const defaults[] = {"1", "1", "2"};
  Content content[3] = {{0, 0}};
  (void)state;
  for (int i = 0; i < 3; i++) {
    const KeyRow row[] = {{"a", KEY_NUMBER, NULL, NULL, NULL, NULL, ""},
                          {"b", KEY_NUMBER, NULL, NULL, NULL, defaults[i], ""}};
    const KeyTable table = {2, row};
    const char *text = i ? "a: 3\n" : "a: 3\nb: 1\n";
    Document *doc;
    CHECK_OK(document_parse(PETSC_COMM_WORLD, "case.yaml", strlen(text), text, &doc));
    CHECK_OK(document_check(doc, 1, &table));
    CHECK_OK(document_content(doc, 0, NULL, &content[i]));
    CHECK_OK(document_destroy(&doc));
  }
  check(content[1], content[0], true);
  check(content[2], content[0], false);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_keys),  cmocka_unit_test(test_default), cmocka_unit_test(test_material),
    cmocka_unit_test(test_image), cmocka_unit_test(test_segment),
};
CHECK_MAIN(tests)
