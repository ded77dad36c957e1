/* Cases one after the other in one process share what they have in common, and give what each gives alone.
   ranks: 1 2 */
#include "cases/body/cell_cache.h"
#include "cases/body/kept.h"
#include "tests/cases/answer.h"

static const char cage[] = "runner: cage\n"
                           "lattice: {cell: rhombic-dodecahedron, cell_mm: 5, porosity_pct: 75}\n"
                           "cage: {diameter_mm: 10, height_mm: 10, wedge_deg: 3}\n"
                           "materials: {strut: tantalum-sebm}\n"
                           "resolution: {voxels_per_cell: 16}\n"
                           "solver: {rtol: 1e-7}\n"
                           "buckling: {modes: 2}\n"
                           "loads: {push: {compression_N: 400}, bend: {compression_N: 400, flexion_Nm: 5},\n"
                           "        harder: {compression_N: 800}}\n";

/* Nothing is known from before. */
static void forget(void) {
  CHECK_OK(kept_free());
  cell_cache_forget();
}

/* Solves that were done, and those that were known; what is known costs nothing. */
static int count(const Answer *a, const char *part, bool known) {
  const json_t *solves = json_object_get(a->summary, "solves");
  int n = 0;
  for (size_t i = 0; i < json_array_size(solves); i++) {
    const json_t *solve = json_array_get(solves, i);
    const char *name = json_string_value(json_object_get(solve, "name"));
    bool is_known = strstr(name, ", known") != NULL;
    double seconds =
        json_number_value(json_object_get(solve, "setup_s")) + json_number_value(json_object_get(solve, "solve_s"));
    assert_true(is_known == (seconds == 0));
    n += strstr(name, part) && is_known == known;
  }
  return n;
}

/* To the last bit on one rank; a factorisation that ranks share does not round the same way twice. */
static void same_quantities(const Answer *a, const Answer *b) {
  json_t *quantities = json_object_get(a->summary, "quantities"), *quantity;
  const char *name;
  int size;
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  assert_int_equal(json_object_size(quantities), json_object_size(json_object_get(b->summary, "quantities")));
  json_object_foreach(quantities, name, quantity) {
    double wanted = answer_value(b, name),
           scale =
               strstr(name, "balance") || strstr(name, "residual") || strstr(name, "superposition") ? 1 : fabs(wanted);
    if (!(fabs(answer_value(a, name) - wanted) <= (size > 1 ? 1e-6 * scale : 0)) &&
        !(isnan(answer_value(a, name)) && isnan(wanted)))
      fail_msg("%s: %.17g after another case, %.17g alone", name, answer_value(a, name), wanted);
  }
}

/* Of n rows, how many on this number of ranks: all on one. */
static size_t rows_here(size_t n) {
  int size;
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  return size > 1 ? PetscMin(n, 3) : n;
}

/* The second of two cases after the first, and alone. */
static void twice(const char *text, const char *const *first, const char *const *second, Answer *after) {
  Answer a, alone;
  forget();
  answer_open(text, first, &a);
  answer_close(&a);
  answer_open(text, second, after);
  forget();
  answer_open(text, second, &alone);
  assert_int_equal(count(&alone, "", true), 0);
  same_quantities(after, &alone);
  answer_close(&alone);
}

static void cages(void **state) {
  static const struct {
    const char *set;
    int frame, voxel, buckling, buckled; /* of the second case: known, known, known, solved */
  } row[] = {
      {"title=again", 6, 6, 2, 0},
      {"materials.strut.yield_MPa=200", 6, 6, 2, 0},
      {"loads.bend.flexion_Nm=4", 6, 6, 1, 1},
      {"loads={push: {compression_N: 300}, turn: {rotation_Nm: 2}}", 6, 6, 0, 2},
      {"buckling.modes=1", 6, 6, 0, 2},
      {"fatigue={case: push, R: 10}", 6, 6, 2, 0},
      {"fields=bend", 6, 6, 1, 1},
      {"materials.strut.young_MPa=100000", 0, 0, 0, 2},
      {"cage.wedge_deg=2", 0, 0, 0, 2},
      {"lattice.porosity_pct=74", 0, 0, 0, 2},
      {"lattice.node_zones=none", 0, 6, 0, 2},
      {"resolution.voxels_per_cell=24", 6, 0, 2, 0},
      {"resolution.surface=partial", 6, 0, 2, 0},
      {"defects.diameter_scatter_pct=10", 0, 0, 0, 2},
      {"solver.max_iterations=400", 6, 0, 2, 0},
  };
  (void)state;
  for (size_t i = 0; i < rows_here(sizeof row / sizeof row[0]); i++) {
    Answer a;
    const char *const both = "model=both", *const first[] = {both, NULL}, *const second[] = {both, row[i].set, NULL};
    twice(cage, first, second, &a);
    const int got[] = {count(&a, "frame, motion", true), count(&a, "voxel, motion", true), count(&a, "buckling", true),
                       count(&a, "buckling", false)},
              wanted[] = {row[i].frame, row[i].voxel, row[i].buckling, row[i].buckled};
    for (int k = 0; k < 4; k++)
      if (got[k] != wanted[k])
        fail_msg("%s: number %d is %d, wanted %d", row[i].set, k, got[k], wanted[k]);
    answer_close(&a);
  }
}

/* The cage of t6-cage.yaml in the same bone, at few voxels. References are those of the bone and the loads; the
   resolved cage is that of its metal, whatever the bone. */
static void segments(void **state) {
  static const struct {
    const char *set;
    int references, peek, own, cage; /* of the second case: known, known, solved, known */
  } row[] = {{"shielding.s=0.6", 6, 6, 7, 6},
             {"materials.cage.young_MPa=100000", 6, 6, 7, 0},
             {"lattice.porosity_pct=65", 6, 6, 7, 0},
             {"materials.cancellous.young_MPa=150", 0, 0, 7, 6},
             {"loads.compression_N=300", 0, 0, 7, 6}};
  char *text = folder_get(TRABECULA_SOURCE_DIR "/cases", "t6-cage.yaml");
  (void)state;
  assert_non_null(text);
  for (size_t i = 0; i < rows_here(sizeof row / sizeof row[0]); i++) {
    const char *second[] = {"cage.diameter_mm=8",
                            "cage.height_mm=8",
                            "cage.sleeves=false",
                            "vertebra.width_mm=12",
                            "vertebra.depth_mm=10",
                            "vertebra.height_mm=7",
                            "resolution.voxel_mm=1",
                            "resolution.cage_voxel_mm=0.34",
                            "lattice.cell_mm=4",
                            "resolution.cell_voxels=16",
                            "lattice.porosity_pct=70",
                            "solver.rtol=1e-8",
                            "shielding.references_MPa=1000",
                            "comparisons={PEEK: {material: peek}}",
                            "expect={}",
                            row[i].set,
                            NULL},
               *first[sizeof second / sizeof second[0]];
    Answer a;
    memcpy(first, second, sizeof second);
    first[sizeof second / sizeof second[0] - 2] = NULL;
    twice(text, first, second, &a);
    const int got[] = {count(&a, "ref1000 ", true), count(&a, "PEEK ", true),
                       count(&a, "segment ", false) + count(&a, "direct", false), count(&a, "voxel, motion", true)},
              wanted[] = {row[i].references, row[i].peek, row[i].own, row[i].cage};
    for (int k = 0; k < 4; k++)
      if (got[k] != wanted[k])
        fail_msg("%s: number %d is %d, wanted %d", row[i].set, k, got[k], wanted[k]);
    answer_close(&a);
  }
  free(text);
}

/* The last cage only. */
static void another_between(void **state) {
  Answer a;
  const char *const other[] = {"cage.height_mm=9", NULL};
  (void)state;
  forget();
  answer_open(cage, NULL, &a), answer_close(&a);
  answer_open(cage, other, &a), answer_close(&a);
  answer_open(cage, NULL, &a);
  assert_int_equal(count(&a, "", true), 0);
  answer_close(&a);
  answer_open(cage, NULL, &a);
  assert_int_equal(count(&a, "motion", true), 6);
  answer_close(&a);
}

/* A case that is refused after its model was made leaves the next one whole. */
static void after_a_refusal(void **state) {
  Answer a, b;
  (void)state;
  forget();
  answer_open(cage, NULL, &a);
  answer_refused(cage, (const char *const[]){"cage.height_mm=2", NULL}, "does not fit");
  answer_open(cage, NULL, &b);
  assert_int_equal(count(&b, "motion", true), 6);
  same_quantities(&a, &b);
  answer_close(&a), answer_close(&b);
}

static int destroyed;
static PetscErrorCode destroy(void *thing) {
  (void)thing;
  destroyed++;
  return PETSC_SUCCESS;
}

static void store(void **state) {
  const Content one = {1, 2}, two = {1, 3};
  int thing;
  void *found;
  (void)state;
  forget();
  destroyed = 0;
  CHECK_OK(kept_put(PETSC_COMM_WORLD, KEPT_CAGE_FRAME, &one, 10, &thing, destroy));
  CHECK_OK(kept_find(PETSC_COMM_WORLD, KEPT_CAGE_VOXELS, &one, &found));
  assert_null(found);
  CHECK_OK(kept_find(PETSC_COMM_WORLD, KEPT_CAGE_FRAME, &one, &found));
  assert_ptr_equal(found, &thing);
  CHECK_OK(kept_trim());
  assert_int_equal(destroyed, 0);
  CHECK_OK(kept_find(PETSC_COMM_WORLD, KEPT_CAGE_FRAME, &two, &found));
  assert_true(!found && destroyed == 1); /* before another one is made */
  CHECK_OK(kept_put(PETSC_COMM_WORLD, KEPT_CAGE_FRAME, &two, 2. * KEPT_BYTES, &thing, destroy));
  CHECK_OK(kept_find(PETSC_COMM_WORLD, KEPT_CAGE_FRAME, &two, &found));
  assert_ptr_equal(found, &thing);
  CHECK_OK(kept_trim());
  assert_int_equal(destroyed, 2); /* too large to wait */
  CHECK_OK(kept_put(PETSC_COMM_WORLD, KEPT_CAGE_FRAME, &one, 10, &thing, destroy));
  CHECK_OK(kept_free());
  CHECK_OK(kept_free());
  assert_int_equal(destroyed, 3);
}

/* Only where every rank finds its part. */
static void ranks(void **state) {
  int rank, size, thing;
  void *found;
  (void)state;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  const Content mine = {1, (uint64_t)rank}, changed = {1, (uint64_t)(rank == size - 1 ? 99 : rank)};
  destroyed = 0;
  CHECK_OK(kept_put(PETSC_COMM_WORLD, KEPT_CAGE_VOXELS, &mine, 10, &thing, destroy));
  CHECK_OK(kept_find(PETSC_COMM_WORLD, KEPT_CAGE_VOXELS, &mine, &found));
  assert_ptr_equal(found, &thing);
  CHECK_OK(kept_find(PETSC_COMM_WORLD, KEPT_CAGE_VOXELS, &changed, &found));
  assert_true(!found && destroyed == 1);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(store),           cmocka_unit_test(ranks),
                                          cmocka_unit_test(cages),           cmocka_unit_test(segments),
                                          cmocka_unit_test(another_between), cmocka_unit_test(after_a_refusal)};
CHECK_MAIN(tests)
