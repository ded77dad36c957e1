/* Plastic collapse of a block of rhombic dodecahedra between frictionless plates. */
#include "cases/body/block.h"
#include "solver/frame/path.h"
#include "tests/check.h"
#include <string.h>

static PetscErrorCode watch_force(PathModel *path, const PathPoint *point, void *context, PetscBool *stop) {
  double *force = context;
  PetscFunctionBeginUser;
  (void)path, (void)stop;
  *force = -point->reaction[1][2];
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Nominal stress in [100] over the yield stress, far beyond collapse, of a symmetric eighth of cells of 1 mm; x: strut
   radius over length. */
static double collapse(double x, PetscInt size, double strain) {
  const Hardening metal = {.yield_MPa = 10};
  const PetscInt n[3] = {size, size, size};
  const double corner[3] = {0, 0, 0};
  const PathOptions options = {.frame = {.young_MPa = 1e5, .poisson = 0.3, .timoshenko = PETSC_TRUE, .rtol = 1e-7},
                               .hardening = &metal,
                               .pieces = 1};
  BlockLoad load = {
      .axis = 2, .strain = -strain, .hold = {PLATE_FRICTIONLESS, PLATE_FRICTIONLESS}, .symmetric = {{true}, {true}}};
  BlockGrips g;
  Graph graph;
  PathModel *path;
  PathOutcome outcome;
  double force = 0;
  for (int c = 0; c < 3; c++)
    load.hi[c] = (double)size;
  CHECK_OK(graph_tile(cell_find("rhombic-dodecahedron"), 1, 2 * x * sqrt(3) / 4, n, corner, PETSC_FALSE, &graph));
  CHECK_OK(path_create(PETSC_COMM_SELF, &graph, &options, &path));
  CHECK_OK(block_graph_grips(&load, &graph, &g));
  CHECK_OK(path_load(path, g.n, g.grip, (const double(*)[6])g.motion, NULL));
  PathSteps steps = {.to = 1, .first = 0.2, .least = 1e-3, .most = 0.2, .max_steps = 200};
  CHECK_OK(path_follow(path, &steps, watch_force, &force, &outcome));
  assert_true(outcome.reached);
  CHECK_OK(grip_release(g.n, g.grip));
  CHECK_OK(path_destroy(&path));
  CHECK_OK(graph_free(&graph));
  return force / (double)(size * size) / metal.yield_MPa;
}

static void test_collapse(void **state) {
  (void)state;
  const double x[] = {0.04, 0.06, 0.08};
  for (int k = 0; k < 3; k++)
    CHECK_NEAR(collapse(x[k], 1, 1.2e-4 / x[k]), 2 * sqrt(6) * pow(x[k], 3), 0.01,
               "two hinges a strut, M_p = 4 r^3 sigma_ys/3: sigma_pl/sigma_ys = 2 sqrt 6 x^3");
  CHECK_NEAR(collapse(0.06, 3, 2e-3), 2 * sqrt(6) * pow(0.06, 3), 0.01, "the same of 6 x 6 x 6 cells");
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_collapse)};
CHECK_MAIN(tests)
