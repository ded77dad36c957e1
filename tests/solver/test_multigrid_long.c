/* The multigrid on lattices of several million unknowns.
   ranks: 1
   label: long */
#include "tests/solver/voxel_lattice.h"

static void large_lattices(void **state) {
  (void)state;
  static const struct {
    double porosity;
    int count;
  } lattice[] = {{0.7, 15}, {0.85, 24}};
  for (int i = 0; i < 2; ++i) {
    const Compression c = compress_lattice(PETSC_COMM_WORLD, lattice[i].porosity, 32, 5, 1e-8);
    CHECK_OK(PetscPrintf(PETSC_COMM_WORLD, "porosity %.2f, %.2f MDOF: %d iterations, E %.6f\n", lattice[i].porosity,
                         1e-6 * c.dofs, c.iterations, c.young));
    CHECK_BELOW(abs(c.iterations - lattice[i].count), 2, "count of the first version");
    CHECK_BELOW(c.iterations, 30, "bound for lattices of struts of three voxels and more");
    if (i)
      continue; /* the high-water mark never falls: only the first run tells */
    CHECK_OK(PetscPrintf(PETSC_COMM_WORLD, "%.1f bytes a DOF\n", c.bytes / c.dofs));
    CHECK_BELOW(c.bytes / c.dofs, 150, "matrix-free: levels' vectors in single precision, 10 vectors in double");
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(large_lattices)};
CHECK_MAIN(tests)
