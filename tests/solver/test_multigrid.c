/* The multigrid as a preconditioner: symmetric, positive, counts of iterations on lattices, the same on any number of
   ranks, memory.
   ranks: 1 2 4 */
#include "solver/voxel/multigrid.h"
#include "tests/solver/voxel_lattice.h"

static const MPI_Comm world = MPI_COMM_WORLD;

static void cycle(Multigrid *mg, PetscInt n, const double *r, double *z) {
  Level *fine = &mg->level[0];
  for (PetscInt i = 0; i < n; ++i)
    fine->b[i] = (float)r[i];
  CHECK_OK(multigrid_cycle(mg));
  for (PetscInt i = 0; i < n; ++i)
    z[i] = (double)fine->x[i];
}

/* Memory comes first: the high-water mark never falls. */
static void memory_per_unknown(void **state) {
  (void)state;
  int size;
  MPI_Comm_size(world, &size);
  if (size > 1)
    skip();
  const Compression c = compress_lattice(world, 0.7, 16, 5, 1e-4);
  CHECK_OK(PetscPrintf(PETSC_COMM_WORLD, "%.3f MDOF, %.1f bytes a DOF, %d iterations\n", 1e-6 * c.dofs,
                       c.bytes / c.dofs, c.iterations));
  assert_true(c.dofs > 7e5);
  CHECK_BELOW(c.bytes / c.dofs, 150, "matrix-free: levels' vectors in single precision, 10 vectors in double");
}

/* s . M r = r . M s and r . M r > 0 on a random body held at one end. */
static void cycle_is_symmetric_and_positive(void **state) {
  (void)state;
  for (int which = 0; which < 3; ++which) {
    Body b = body_make(26, 20, 31, 0.5, which == 2 ? 7 : 0, 0);
    if (which == 2)
      b.box.n[2] = 28, b.box.n[0] = 24; /* fewer voxels than the array holds */
    for (PetscInt k = 0; k < b.box.n[2]; ++k)
      b.label[body_at(&b.box, 3, 4, k)] = 1;
    body_grow(&b, 0.35, 2, 9);
    if (which == 1)
      body_fractions(&b, 3);
    Grid *g = body_grid(world, &b);
    Elasticity c[256] = {{0}};
    Multigrid mg;
    const PetscInt n = 3 * g->nodes_owned;
    uint8_t *fixed = calloc((size_t)g->nodes_owned + 1, 1);
    double(*x)[3], *v[4], worst = 0, least = HUGE_VAL, mean[2][3] = {{0}};
    uint64_t seed = 5 + (uint64_t)g->first_node;
    c[1] = elasticity_isotropic(10, 0.3), c[2] = elasticity_isotropic(30, 0.2);
    CHECK_OK(PetscMalloc1(g->nodes_owned, &x));
    CHECK_OK(grid_node_positions(g, x));
    for (PetscInt i = 0; i < g->nodes_owned && which < 2; ++i)
      fixed[i] = x[i][2] == 0 ? 7 : x[i][2] == 0.5 * 31 ? 4 : x[i][0] == 0.5 ? 1 : 0; /* some off the coarse grids */
    CHECK_OK(multigrid_create(g, c, ELEMENT_BY_LAW, &mg));
    CHECK_OK(multigrid_fix(&mg, c, fixed));
    assert_true(mg.n >= 3);
    for (int k = 0; k < 4; ++k)
      CHECK_OK(PetscCalloc1(n, &v[k]));
    for (int trial = 0; trial < 4; ++trial) {
      double sum[5] = {0};
      for (int k = 0; k < 2; ++k) {
        for (int d = 0; d < 3; ++d)
          mean[k][d] = 0;
        for (PetscInt i = 0; i < n; ++i) {
          v[k][i] = fixed[i / 3] >> i % 3 & 1 ? 0 : body_random(&seed) - 0.5;
          mean[k][i % 3] += v[k][i];
        }
        MPI_Allreduce(MPI_IN_PLACE, mean[k], 3, MPI_DOUBLE, MPI_SUM, world);
        for (PetscInt i = 0; i < n && which == 2; ++i) /* forces on a free body balance */
          v[k][i] -= mean[k][i % 3] / (double)g->nodes_global;
        cycle(&mg, n, v[k], v[2 + k]);
      }
      for (PetscInt i = 0; i < n; ++i) {
        sum[0] += v[1][i] * v[2][i];
        sum[1] += v[0][i] * v[3][i];
        sum[2] += v[0][i] * v[2][i];
        sum[3] += v[1][i] * v[3][i];
        if (fixed[i / 3] >> i % 3 & 1)
          sum[4] += fabs(v[2][i]) + fabs(v[3][i]);
      }
      MPI_Allreduce(MPI_IN_PLACE, sum, 5, MPI_DOUBLE, MPI_SUM, world);
      worst = fmax(worst, fabs(sum[0] - sum[1]) / sqrt(fabs(sum[2] * sum[3])));
      least = fmin(least, fmin(sum[2], sum[3]));
      assert_true(sum[4] == 0); /* what is held does not move */
    }
    CHECK_BELOW(worst, 1e-5, "the same Chebyshev polynomial before and after: M is symmetric to single precision");
    assert_true(least > 0);
    for (int k = 0; k < 4; ++k)
      CHECK_OK(PetscFree(v[k]));
    CHECK_OK(PetscFree(x));
    CHECK_OK(multigrid_free(&mg));
    CHECK_OK(grid_destroy(&g));
    free(fixed);
    body_free(&b);
  }
}

/* Counts of the first version of this multigrid; at most 30 is what it must never exceed. */
static void lattices_need_few_iterations(void **state) {
  (void)state;
  static const struct {
    double porosity;
    int voxels, cells, count;
  } lattice[] = {{0.7, 16, 2, 15}, {0.7, 32, 2, 15}, {0.85, 16, 2, 20}, {0.85, 32, 2, 23}, {0.7, 16, 5, 15}};
  int size;
  MPI_Comm_size(world, &size);
  for (int i = 0; i < (size == 1 ? 5 : 1); ++i) {
    const Compression c = compress_lattice(world, lattice[i].porosity, lattice[i].voxels, lattice[i].cells, 1e-8);
    CHECK_OK(PetscPrintf(PETSC_COMM_WORLD, "porosity %.2f, %d cells of %d voxels: %d iterations, E %.6f\n",
                         lattice[i].porosity, lattice[i].cells, lattice[i].voxels, c.iterations, c.young));
    CHECK_BELOW(abs(c.iterations - lattice[i].count), 2, "count of the first version");
    CHECK_BELOW(c.iterations, 30, "bound for lattices of struts of three voxels and more");
  }
}

/* Every rank solves the whole lattice alone, then all solve it together. */
static void ranks_do_not_matter(void **state) {
  (void)state;
  const Compression alone = compress_lattice(PETSC_COMM_SELF, 0.7, 16, 2, 1e-10),
                    together = compress_lattice(world, 0.7, 16, 2, 1e-10);
  assert_true(alone.checksum == together.checksum);
  CHECK_NEAR(together.young, alone.young, 1e-8, "the same body, alone and together");
  CHECK_BELOW(abs(together.iterations - alone.iterations), 2, "the cycle is the same to round-off");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(memory_per_unknown), cmocka_unit_test(cycle_is_symmetric_and_positive),
    cmocka_unit_test(lattices_need_few_iterations), cmocka_unit_test(ranks_do_not_matter)};
CHECK_MAIN(tests)
