/* Frames with nodes eliminated before assembly against the same frames without. ranks: 1 2 4 */
#include "mesh/cell.h"
#include "solver/frame/frame_model.h"
#include "tests/solver/frame_build.h"
#include <string.h>

/* A cylinder cut from cells, with free ends hanging from its sides, its struts of different radii; a clamped plate
   below, one above that holds some components only, and a third grip that holds single components of nodes inside. */
typedef struct Body {
  Graph graph;
  Grip grip[3];
} Body;

static void body_create(const char *cell, PetscInt edge, Body *body) {
  const PetscInt n[3] = {edge, edge, edge};
  const double origin[3] = {0, 0, 0};
  const unsigned fixed[3] = {GRIP_ALL, GRIP_X | GRIP_Z | 16, GRIP_Y | 32};
  const double half = 0.5 * (double)edge, centre[3] = {half, half, half}, low = 0, high = 2 * half;
  Graph tiled, clipped;
  Shape *outline;
  PetscInt dropped;
  CHECK_OK(graph_tile(cell_find(cell), 1, 0.12, n, origin, PETSC_TRUE, &tiled));
  CHECK_OK(shape_cylinder(2, centre, 1.03 * half, -1, half + 1e-9, &outline));
  CHECK_OK(graph_clip(&tiled, outline, NULL, 0.06, &clipped));
  CHECK_OK(graph_drop_islands(&clipped, NULL, &body->graph, &dropped));
  CHECK_OK(shape_destroy(&outline));
  CHECK_OK(graph_free(&tiled));
  CHECK_OK(graph_free(&clipped));
  Graph *graph = &body->graph;
  for (PetscInt s = 0; s < graph->n_struts; s++)
    graph->radius[s] *= 1 + 0.2 * sin(7.0 * (double)s);
  for (int g = 0; g < 3; g++) {
    body->grip[g] = (Grip){.fixed = fixed[g], .at = {0.3, 0.2, g == 1 ? high : low}};
    CHECK_OK(PetscStrncpy(body->grip[g].name, g ? g == 1 ? "top" : "inside" : "bottom", sizeof body->grip[g].name));
    CHECK_OK(PetscMalloc1(graph->n_nodes, &body->grip[g].node));
    for (PetscInt i = 0; i < graph->n_nodes; i++)
      if (g < 2 ? fabs(graph->x[i][2] - (g ? high : low)) < 1e-6 : i % 17 == 3)
        body->grip[g].node[body->grip[g].n++] = i;
  }
}

static void body_free(Body *body) {
  for (int g = 0; g < 3; g++)
    CHECK_OK(PetscFree(body->grip[g].node));
  CHECK_OK(graph_free(&body->graph));
}

/* Loads everywhere and motions of all grips. */
static PetscErrorCode solve(FrameModel *model, double (*u)[6], double reaction[3][6]) {
  const double motion[3][6] = {{0.01, 0, -0.02, 0.003, 0, 0}, {0, 0.01, 0, 0, 0.02, 0}, {0, -0.01, 0, 0, 0, 0.01}};
  PetscInt n = model->graph->n_nodes;
  double(*force)[6];
  CHECK_OK(PetscMalloc1(n, &force));
  for (PetscInt i = 0; i < n; i++)
    for (int c = 0; c < 6; c++)
      force[i][c] = 0.01 * sin((double)(6 * i + c)) * (model->rows.piece[i] >= 0);
  PetscErrorCode code = frame_solve(model, motion, (const double(*)[6])force, u, NULL);
  if (!code)
    CHECK_OK(frame_reactions(model, (const double(*)[6])u, reaction));
  CHECK_OK(PetscFree(force));
  return code;
}

static double distance(PetscInt n, const double *a, const double *b) {
  double most = 0, size = 0;
  for (PetscInt k = 0; k < n; k++)
    most = fmax(most, fabs(a[k] - b[k])), size = fmax(size, fabs(b[k]));
  return most / size;
}

static void test_same_answer(void **state) {
  (void)state;
  const char *const name[] = {"rhombic-dodecahedron", "diamond", "kelvin", "simple-cubic"};
  for (int k = 0; k < 4; k++) {
    Body body;
    double(*u[2])[6], reaction[2][3][6];
    FrameOptions options = steel(PETSC_TRUE);
    options.node_zones = NODE_ZONES_AUTO;
    body_create(name[k], 2, &body);
    for (int plain = 0; plain < 2; plain++) {
      FrameModel *model = NULL;
      CHECK_OK(PetscOptionsSetValue(NULL, "-frame_condense", plain ? "false" : "true"));
      CHECK_OK(PetscMalloc1(body.graph.n_nodes, &u[plain]));
      CHECK_OK(frame_create(PETSC_COMM_WORLD, &body.graph, &options, &model));
      CHECK_OK(frame_grips(model, 3, body.grip));
      if (plain)
        assert_int_equal(model->system.out.n, 0);
      else
        assert_true(model->system.out.n_branches > 0 && model->system.out.n > model->system.out.n_branches);
      CHECK_OK(solve(model, u[plain], reaction[plain]));
      CHECK_OK(frame_destroy(&model));
    }
    CHECK_BELOW(distance(6 * body.graph.n_nodes, u[0][0], u[1][0]), 1e-10, "exact elimination");
    CHECK_BELOW(distance(18, reaction[0][0], reaction[1][0]), 1e-10, "exact elimination");
    CHECK_OK(PetscFree(u[0]));
    CHECK_OK(PetscFree(u[1]));
    body_free(&body);
  }
  CHECK_OK(PetscOptionsClearValue(NULL, "-frame_condense"));
}

/* The block of one eliminated node off by a tenth: the true residual must tell. */
static void test_wrong_elimination_shows(void **state) {
  (void)state;
  Body body;
  FrameModel *model = NULL;
  FrameOptions options = steel(PETSC_TRUE);
  double(*u)[6], reaction[3][6];
  body_create("rhombic-dodecahedron", 2, &body);
  CHECK_OK(PetscMalloc1(body.graph.n_nodes, &u));
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &body.graph, &options, &model));
  CHECK_OK(frame_grips(model, 3, body.grip));
  for (int c = 0; c < 21; c++)
    model->system.out.factor[model->system.out.n - 1][c] *= 1.05;
  CHECK_FAILS(solve(model, u, reaction), PETSC_ERR_NOT_CONVERGED);
  CHECK_OK(frame_destroy(&model));
  CHECK_OK(PetscFree(u));
  body_free(&body);
}

/* Roles on a periodic cell: the four-strut nodes of the rhombic dodecahedron leave, its eight-strut nodes stay. */
static void test_roles(void **state) {
  (void)state;
  Graph graph;
  FrameModel *model = NULL;
  FrameOptions options = steel(PETSC_TRUE);
  double C[6][6], D[6][6];
  CHECK_OK(graph_periodic(cell_find("rhombic-dodecahedron"), 1, 0.15, &graph));
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
  CHECK_OK(frame_homogenise(model, C, NULL));
  assert_int_equal(model->system.out.n, 8);
  assert_int_equal(model->system.numbers.n_rows, 4);
  for (PetscInt e = 0; e < 8; e++) {
    PetscInt i = model->system.out.node[e];
    assert_int_equal(model->rows.start[i + 1] - model->rows.start[i], 4);
  }
  CHECK_OK(PetscOptionsSetValue(NULL, "-frame_condense", "false"));
  CHECK_OK(frame_homogenise(model, D, NULL));
  CHECK_OK(PetscOptionsClearValue(NULL, "-frame_condense"));
  assert_int_equal(model->system.numbers.n_rows, 12);
  CHECK_BELOW(distance(36, C[0], D[0]), 1e-11, "exact elimination");
  CHECK_OK(frame_destroy(&model));
  CHECK_OK(graph_free(&graph));
}

/* A tree leaves nothing to be factorised; multigrid on what stays is no different. */
static void test_tree_and_multigrid(void **state) {
  (void)state;
  Small small = {.x = {{0, 0, 0}, {1, 0, 0}, {2, 1, 0}, {2, -1, 0.5}, {3, 2, 0}},
                 .strut = {{0, 1}, {2, 1}, {1, 3}, {2, 4}},
                 .radius = {0.1, 0.08, 0.09, 0.05}};
  Graph graph = graph_of(&small, 5, 4);
  PetscInt root = 0;
  Grip wall = {.name = "wall", .n = 1, .node = &root, .fixed = GRIP_ALL};
  FrameOptions options = steel(PETSC_TRUE);
  double u[2][5][6], reaction[3][6], (*v[2])[6];
  Body body;
  for (int plain = 0; plain < 2; plain++) {
    FrameModel *model = NULL;
    CHECK_OK(PetscOptionsSetValue(NULL, "-frame_condense", plain ? "false" : "true"));
    CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
    CHECK_OK(frame_grips(model, 1, &wall));
    assert_int_equal(model->system.numbers.n_rows, plain ? 4 : 0);
    const double still[1][6] = {{0}}, force[5][6] = {{0}, {0, 1}, {0, 0, 0, 1}, {0, 2, 1}, {1, 0, 0, 0, 0, 1}};
    CHECK_OK(frame_solve(model, still, force, u[plain], NULL));
    CHECK_OK(frame_destroy(&model));
  }
  CHECK_BELOW(distance(30, u[0][0], u[1][0]), 1e-11, "statics, strut by strut");

  body_create("rhombic-dodecahedron", 2, &body);
  CHECK_OK(PetscOptionsSetValue(NULL, "-frame_direct_max_dofs", "0"));
  for (int plain = 0; plain < 2; plain++) {
    FrameModel *model = NULL;
    CHECK_OK(PetscOptionsSetValue(NULL, "-frame_condense", plain ? "false" : "true"));
    CHECK_OK(PetscMalloc1(body.graph.n_nodes, &v[plain]));
    CHECK_OK(frame_create(PETSC_COMM_WORLD, &body.graph, &options, &model));
    CHECK_OK(frame_grips(model, 3, body.grip));
    CHECK_OK(solve(model, v[plain], reaction));
    CHECK_OK(frame_destroy(&model));
  }
  CHECK_BELOW(distance(6 * body.graph.n_nodes, v[0][0], v[1][0]), 1e-7, "to the tolerance");
  CHECK_OK(PetscOptionsClearValue(NULL, "-frame_direct_max_dofs"));
  CHECK_OK(PetscOptionsClearValue(NULL, "-frame_condense"));
  for (int k = 0; k < 2; k++)
    CHECK_OK(PetscFree(v[k]));
  body_free(&body);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_answer),
                                          cmocka_unit_test(test_wrong_elimination_shows), cmocka_unit_test(test_roles),
                                          cmocka_unit_test(test_tree_and_multigrid)};
CHECK_MAIN(tests)
