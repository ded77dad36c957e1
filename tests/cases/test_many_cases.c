/* A process that runs one case after another does not grow, whether they are answered or refused.
   ranks: 1 2 */
#include "cases/body/cell_cache.h"
#include "cases/body/kept.h"
#include "tests/cases/answer.h"
#include <malloc.h>

static const char cell[] = "runner: unit-cell\nmodel: frame\n"
                           "lattice: {cell: rhombic-dodecahedron, cell_mm: 2.5, porosity_pct: 75}\n"
                           "materials: {strut: tantalum-sebm}\n";
static const char cage[] = "runner: cage\n"
                           "lattice: {cell: rhombic-dodecahedron, cell_mm: 2.5, porosity_pct: 75}\n"
                           "cage: {diameter_mm: 5, height_mm: 5}\nbuckling: {modes: 1}\n"
                           "materials: {strut: tantalum-sebm}\nloads: {push: {compression_N: 400}}\n";

static const char voxels[] = "runner: cage\nmodel: voxel\n"
                             "lattice: {cell: rhombic-dodecahedron, cell_mm: 2.5, porosity_pct: 75}\n"
                             "cage: {diameter_mm: 5, height_mm: 5}\nresolution: {voxels_per_cell: 16}\n"
                             "materials: {strut: tantalum-sebm}\nloads: {push: {compression_N: 400}}\n";
static const char voxel_cell[] = "runner: unit-cell\nmodel: voxel\n"
                                 "lattice: {cell: rhombic-dodecahedron, cell_mm: 2.5, porosity_pct: 75}\n"
                                 "resolution: {voxels_per_cell: 16}\n"
                                 "materials: {strut: tantalum-sebm}\n";
static const char bar[] = "runner: bending\nmodel: voxel\n"
                          "lattice: {cell: rhombic-dodecahedron, cell_mm: 2.5, porosity_pct: 75}\n"
                          "specimen: {width_mm: 5, depth_mm: 5, length_mm: 15}\nload: {span_mm: 10}\n"
                          "resolution: {voxels_per_cell: 16}\nmaterials: {strut: tantalum-sebm}\n";
static const char block[] = "runner: compression\nmodel: both\ncells: [2, 2, 2]\n"
                            "lattice: {cell: rhombic-dodecahedron, cell_mm: 2.5, porosity_pct: 75}\n"
                            "resolution: {voxels_per_cell: 16}\nmaterials: {strut: tantalum-sebm}\n";
static const char segment[] =
    "runner: segment\nmodel: voxel\nlattice: {cell: rhombic-dodecahedron, cell_mm: 4, porosity_pct: 70}\n"
    "cage: {diameter_mm: 8, height_mm: 8, sleeves: false}\nvertebra: {width_mm: 12, depth_mm: 10, height_mm: 7}\n"
    "materials: {cage: tantalum-sebm, cortical: cortical-bone, endplate: bony-endplate, cancellous: cancellous-bone}\n"
    "loads: {}\nshielding: {references_MPa: 1000}\n"
    "resolution: {voxel_mm: 1, cage_voxel_mm: 0.34, cell_voxels: 16}\nsolver: {rtol: 1e-6}\n";

/* Of this process, bytes. */
static double resident(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file)
    return NAN;
  int n = fscanf(file, "%*d %ld", &pages);
  fclose(file);
  return n == 1 ? (double)pages * (double)sysconf(_SC_PAGESIZE) : NAN;
}

/* What malloc has given out and not got back, bytes. */
static double handed_out(void) {
  struct mallinfo2 info = mallinfo2();
  return (double)info.uordblks + (double)info.hblkhd;
}

static void run_one(const char *text, int i) {
  char porosity[64];
  Answer a;
  snprintf(porosity, sizeof porosity, "lattice.porosity_pct=%d", 65 + i % 5);
  answer_open(text, (const char *const[]){porosity, NULL}, &a);
  answer_close(&a);
}

/* Rounds of all the texts, a round before to warm up: growth a case, and of the whole. */
static void check_growth(int n, const char *const *text, int cases) {
  double before = 0, resident_before = 0;
  for (int i = 0; i < 5 + cases; i++) {
    if (i == 5)
      before = handed_out(), resident_before = resident();
    for (int k = 0; k < n; k++)
      run_one(text[k], i);
  }
  double growth = (handed_out() - before) / (n * cases), grown = resident() - resident_before;
  print_message("%d cases: malloc %+.0f bytes a case, resident %+.0f kB in all\n", n * cases, growth, grown / 1000);
  CHECK_BELOW(growth, 1000, "nothing of ours; MPI and ML keep a few bytes");
  CHECK_BELOW(grown, 4e6, "some room for fragments");
}

static void answered(void **state) {
  (void)state;
#ifdef __SANITIZE_ADDRESS__
  skip(); /* its malloc holds back what was freed */
#endif
  if (isnan(resident()))
    skip();
  check_growth(2, (const char *const[]){cell, cage}, 150);
  check_growth(3, (const char *const[]){voxels, voxel_cell, segment}, 5);
}

/* As a worker does it: what is made before the refusal is given back, as far as it can be reached. */
static PetscErrorCode one_case(const char *file, const char *dir, const char *assignment) {
  char *set[] = {(char *)assignment};
  int status;
  Case c;
  Estimate estimate = {0};
  Results *results;
  PetscErrorCode code = case_read(PETSC_COMM_WORLD, file, assignment ? 1 : 0, set, &c);
  if (code)
    return code;
  code = c.runner->estimate(&c, &estimate);
  if (!code)
    code = results_create(&c, dir, PETSC_TRUE, &results);
  if (!code) {
    code = c.runner->run(&c, results);
    if (!code)
      code = results_finish(results, &status);
    if (results_destroy(&results))
      return PETSC_ERR_PLIB;
  }
  return case_free(&c) ? PETSC_ERR_PLIB : code;
}

static void refused(void **state) {
  static const struct {
    const char *text, *set;
  } row[] = {
      {cell, "lattice: {"},
      {cell, "runner=nothing"},
      {cell, "lattice.strut=1"},
      {cell, "lattice.porosity_pct=101"},
      {cell, "expect={E: {value: 1, source: x}}"},
      {cell, "lattice.porosity_pct=0.5"},
      {cell, "lattice.strut_mm=1"},
      {cell, "materials.strut=unobtainium"},
      {cell, "materials.strut.poisson=0.6"},
      {cell, "materials.strut={young_MPa: [1, 1, 1], shear_MPa: [1, 1, 1], poisson: [0, 0, 0]}"},
      {voxel_cell, "resolution.voxels_per_cell=3"},
      {cell, "lattice.waist=0.5"},
      {cage, "cage.height_mm=1"},
      {cage, "loads.push.compression_N=0"},
      {cage, "fatigue={case: pull, R: 10}"},
      {cage, "defects.missing_pct=90"},
      {voxels, "resolution.voxel_mm=2"},
      {voxels, "resolution.voxels_per_cell=[2, 3]"},
      {voxels, "solver.max_iterations=1"},
      {voxel_cell, "solver.max_iterations=1"},
      {bar, "solver.max_iterations=1"},
      {block, "solver.max_iterations=1"},
      {block, "lattice.porosity_pct=15"},
      {segment, "solver.max_iterations=1"},
      {segment, "resolution.cage_voxel_mm=1"},
      {segment, "materials.cage=peeek"},
      {cage, "monte_carlo.samples=3"},
  };
  enum { WARM = 3, TIMES = 5 };
  char top[64], file[128], dir[128];
  (void)state;
  folder_open(top);
  snprintf(dir, sizeof dir, "%s/out", top);
  snprintf(file, sizeof file, "%s/case.yaml", top);
  for (size_t r = 0; r < sizeof row / sizeof row[0]; r++) {
    double before = 0;
    folder_put(top, "case.yaml", row[r].text);
    PetscPushErrorHandler(check_quiet_, NULL);
    for (int i = 0; i < WARM + TIMES; i++) {
      if (i == WARM)
        before = handed_out();
      assert_int_equal(one_case(file, dir, row[r].set),
                       strstr(row[r].set, "max_iterations") ? PETSC_ERR_NOT_CONVERGED : PETSC_ERR_USER_INPUT);
    }
    PetscPopErrorHandler();
    double growth = (handed_out() - before) / TIMES;
    print_message("%s: %+.0f bytes a refusal\n", row[r].set, growth);
    if (!(growth < 1000))
      fail_msg("%s: %.0f bytes are left of each refusal", row[r].set, growth);
  }
  folder_close(top);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(answered), cmocka_unit_test(refused)};
CHECK_MAIN(tests)
