/* What grips and zones of a frame may be, and what is refused. ranks: 1 2 4 */
#include "tests/solver/frame_build.h"
#include <string.h>

static char last_message[1024];
static PetscErrorCode keep_message(MPI_Comm comm, int line, const char *fun, const char *file, PetscErrorCode n,
                                   PetscErrorType p, const char *mess, void *ctx) {
  (void)comm, (void)line, (void)fun, (void)file, (void)ctx;
  if (p == PETSC_ERROR_INITIAL)
    snprintf(last_message, sizeof last_message, "%s", mess);
  return n;
}

static void check_says(PetscErrorCode code, const char *words) {
  assert_int_equal(code, PETSC_ERR_USER_INPUT);
  if (!strstr(last_message, words))
    fail_msg("'%s' does not say '%s'", last_message, words);
}

static void test_refusals(void **state) {
  (void)state;
  Small small = {.x = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {5, 5, 5}, {6, 6, 6}, {9, 9, 9}},
                 .strut = {{0, 1}, {1, 2}, {3, 4}},
                 .radius = {0.1, 0.1, 0.1}};
  Graph graph = graph_of(&small, 6, 2);
  PetscInt node[] = {0, 1, 2, 3, 4};
  Grip grip = {.name = "plate", .n = 1, .node = node, .fixed = GRIP_XYZ};
  FrameOptions options = steel(PETSC_TRUE);
  FrameModel *model = NULL;
  double force[6][6] = {{0}}, u[6][6];
  PetscPushErrorHandler(keep_message, NULL);
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
  check_says(frame_grips(model, 0, NULL), "nothing holds it");
  check_says(frame_grips(model, 1, &grip), "rotation about x, rotation about y, rotation about z");
  grip.fixed = GRIP_Z, grip.n = 3;
  check_says(frame_grips(model, 1, &grip), "translation along x, translation along y, rotation about z");
  grip.fixed = GRIP_XYZ | 8, grip.n = 2; /* two nodes on the x axis, rotation about it tied */
  CHECK_OK(frame_grips(model, 1, &grip));
  grip.fixed = GRIP_XYZ; /* not tied */
  check_says(frame_grips(model, 1, &grip), "free to move: rotation about x");
  grip.n = 0;
  check_says(frame_grips(model, 1, &grip), "grip 'plate' has no nodes");
  grip.n = 1, grip.fixed = GRIP_ALL;
  CHECK_OK(frame_grips(model, 1, &grip));
  force[5][0] = 1;
  check_says(frame_solve(model, NULL, (const double(*)[6])force, u, NULL), "on node 5, which has no strut");
  CHECK_OK(frame_destroy(&model));

  Graph skew = graph_of(&small, 6, 1); /* one strut along (1,1,1), both ends pinned */
  skew.strut += 2;
  grip.node = node + 3, grip.n = 2, grip.fixed = GRIP_XYZ;
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &skew, &options, &model));
  check_says(frame_grips(model, 1, &grip), "a piece of 1 struts free to move: rotation about");
  CHECK_OK(frame_destroy(&model));

  graph.n_struts = 3;
  grip.node = node, grip.n = 1, grip.fixed = GRIP_ALL;
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
  check_says(frame_grips(model, 1, &grip), "1 of 2 connected pieces, with 1 of 3 struts, are held by no grip");
  CHECK_OK(frame_destroy(&model));

  small.radius[1] = 0;
  check_says(frame_create(PETSC_COMM_WORLD, &graph, &options, &model), "strut 1 has radius 0");
  small.radius[1] = 0.1;
  memcpy(small.x[2], small.x[1], sizeof small.x[1]);
  check_says(frame_create(PETSC_COMM_WORLD, &graph, &options, &model), "between nodes 1 and 2 has no length");
  small.x[2][1] = NAN;
  check_says(frame_create(PETSC_COMM_WORLD, &graph, &options, &model), "node 2 has coordinate nan");
  small.x[2][1] = 1;
  options.poisson = 0.5;
  check_says(frame_create(PETSC_COMM_WORLD, &graph, &options, &model), "poisson = 0.5");
  PetscPopErrorHandler();
}

/* A zigzag: its middle strut has zones at both ends and is refused when they fill it; a stub with a free end is not. */
static void test_zone_limits(void **state) {
  (void)state;
  Small small = {.x = {{0, 0, 0}, {1, 0, 0}, {1, 0.1, 0}, {2, 0.1, 0}},
                 .strut = {{0, 1}, {1, 2}, {2, 3}},
                 .radius = {0.15, 0.15, 0.15}};
  FrameOptions options = steel(PETSC_TRUE);
  FrameModel *model = NULL;
  Graph whole = graph_of(&small, 4, 3), stub = graph_of(&small, 3, 2);
  PetscInt node = 0;
  Grip grip = {.name = "wall", .n = 1, .node = &node, .fixed = GRIP_ALL};
  double force[3][6] = {{0}}, u[3][6], L, E = 1000, A = M_PI * 0.15 * 0.15, Iy = A * 0.15 * 0.15 / 4;
  options.node_zones = NODE_ZONES_AUTO;
  PetscPushErrorHandler(keep_message, NULL);
  check_says(frame_create(PETSC_COMM_WORLD, &whole, &options, &model), "rigid zones of strut 1");
  small.radius[0] = small.radius[1] = 0.3; /* reach r/pi: the stub's zone would be 0.103 > 0.09 */
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &stub, &options, &model));
  PetscPopErrorHandler();
  /* of a stub as short as a third of the radius, a sixth of two radii, strut 0 notices a sixth */
  const double zone = 1.08 * 0.3 / M_PI, hinge = 0.52 * (1 - 0.3) * zone;
  A *= 4, Iy *= 16, L = 1 - (zone - hinge) / 6;
  force[2][5] = 1; /* a moment at the end of the stub bends strut 0 and the flexible tenth of the stub */
  CHECK_OK(frame_grips(model, 1, &grip));
  CHECK_OK(frame_solve(model, NULL, (const double(*)[6])force, u, NULL));
  CHECK_NEAR(u[1][5], L / (E * Iy), 1e-11, "M L/EI of the flexible length and the hinge");
  CHECK_NEAR(u[2][5], (L + 0.01 + hinge * 0.09 / zone) / (E * Iy), 1e-11,
             "M L/EI, a tenth of the stub stays flexible, its hinge shrinks with its zone");
  CHECK_OK(frame_destroy(&model));
}

/* A hair that holds a block: what double precision cannot tell from a mechanism is refused, not solved: by the
   factorisation where its pivot comes out as nothing, else by the true residual. */
static void test_hair(void **state) {
  (void)state;
  Small small = {.x = {{0, 0, 0}, {1, 0, 0}, {2, 0, 0}}, .strut = {{0, 1}, {1, 2}}, .radius = {1e-5, 1}};
  Graph graph = graph_of(&small, 3, 2);
  PetscInt node = 0;
  Grip grip = {.name = "wall", .n = 1, .node = &node, .fixed = GRIP_ALL};
  FrameOptions options = steel(PETSC_TRUE);
  FrameModel *model = NULL;
  double force[3][6] = {{0}, {0}, {1, 1, 1}}, u[3][6];
  PetscPushErrorHandler(keep_message, NULL);
  CHECK_OK(PetscOptionsSetValue(NULL, "-frame_condense", "false"));
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
  check_says(frame_grips(model, 1, &grip), "the stiffness matrix is singular");
  CHECK_OK(PetscOptionsClearValue(NULL, "-frame_condense"));
  CHECK_OK(frame_destroy(&model));
  small.x[1][1] = 0.3, small.x[2][1] = 0.7, small.x[2][2] = 0.5; /* nothing cancels by chance */
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
  CHECK_OK(frame_grips(model, 1, &grip));
  assert_int_equal(frame_solve(model, NULL, (const double(*)[6])force, u, NULL), PETSC_ERR_NOT_CONVERGED);
  assert_non_null(strstr(last_message, "stiff and soft parts differ by more than double precision can resolve"));
  PetscPopErrorHandler();
  CHECK_OK(frame_destroy(&model));
}

/* The same strut twice, either way round; in a periodic graph only when it leads to the same image. */
static void test_twins(void **state) {
  (void)state;
  Small small = {.x = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}},
                 .strut = {{0, 1}, {1, 2}, {2, 0}, {1, 0}},
                 .radius = {0.1, 0.1, 0.1, 0.1}};
  Graph graph = graph_of(&small, 3, 4);
  FrameOptions options = steel(PETSC_TRUE);
  FrameModel *model = NULL;
  int8_t shift[4][3] = {{1, 0, 0}, {0, 0, 0}, {0, 0, 0}, {0, 1, 0}};
  PetscPushErrorHandler(keep_message, NULL);
  check_says(frame_create(PETSC_COMM_WORLD, &graph, &options, &model), "struts 0 and 3 both join nodes 0 and 1");
  graph.shift = shift;
  graph.period[0] = graph.period[1] = graph.period[2] = 3;
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
  CHECK_OK(frame_destroy(&model));
  shift[3][0] = -1, shift[3][1] = 0;
  check_says(frame_create(PETSC_COMM_WORLD, &graph, &options, &model), "struts 0 and 3 both join nodes 0 and 1");
  small.strut[0][1] = small.strut[3][0] = 0; /* from a node to its own image, there and back */
  check_says(frame_create(PETSC_COMM_WORLD, &graph, &options, &model), "struts 0 and 3 both join nodes 0 and 0");
  PetscPopErrorHandler();
}

/* Two grips on one node: the first one holds it. */
static void test_first_grip_holds(void **state) {
  (void)state;
  Small small = {.x = {{0, 0, 0}, {1, 0, 0}}, .strut = {{0, 1}}, .radius = {0.1}};
  Graph graph = graph_of(&small, 2, 1);
  PetscInt node[2] = {0, 1};
  Grip grip[2] = {{.name = "a", .n = 1, .node = node, .fixed = GRIP_ALL},
                  {.name = "b", .n = 2, .node = node, .fixed = GRIP_X}};
  FrameOptions options = steel(PETSC_TRUE);
  FrameModel *model = NULL;
  double motion[2][6] = {{0}, {0.5, 0, 0, 0, 0, 0}}, u[2][6], reaction[2][6], k = 1000 * M_PI * 0.01;
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
  CHECK_OK(frame_grips(model, 2, grip));
  CHECK_OK(frame_solve(model, (const double(*)[6])motion, NULL, u, NULL));
  CHECK_OK(frame_reactions(model, (const double(*)[6])u, reaction));
  assert_true(u[0][0] == 0 && u[1][0] == 0.5);
  CHECK_NEAR(reaction[1][0], 0.5 * k, 1e-12, "EA/L u");
  CHECK_NEAR(reaction[0][0], -0.5 * k, 1e-12, "EA/L u");
  CHECK_OK(frame_destroy(&model));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_refusals), cmocka_unit_test(test_zone_limits),
                                          cmocka_unit_test(test_hair), cmocka_unit_test(test_twins),
                                          cmocka_unit_test(test_first_grip_holds)};
CHECK_MAIN(tests)
