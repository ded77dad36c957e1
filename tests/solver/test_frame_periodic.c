/* Periodic frames against closed forms. ranks: 1 2 4 */
#include "mesh/cell.h"
#include "mesh/graph.h"
#include "solver/frame/frame.h"
#include "tests/check.h"
#include <string.h>

static const double NU = 0.35;
static const FrameOptions UNIT = {.young_MPa = 1, .poisson = 0.35, .timoshenko = PETSC_TRUE, .rtol = 1e-10};

/* EA/a and 12EI/a^3/(1+Phi) over E a of a strut of length 1 and radius x. */
typedef struct Springs {
  double stretch, shear;
} Springs;

static Springs springs(double x, PetscBool timoshenko) {
  double kappa = 6 * (1 + NU) / (7 + 6 * NU), phi = timoshenko ? 6 * (1 + NU) * x * x / kappa : 0;
  return (Springs){M_PI * x * x, 3 * M_PI * x * x * x * x / (1 + phi)};
}

static void homogenise(const Graph *graph, const FrameOptions *options, double C[6][6]) {
  FrameModel *model = NULL;
  SolveInfo info;
  CHECK_OK(frame_create(PETSC_COMM_WORLD, graph, options, &model));
  CHECK_OK(frame_homogenise(model, C, &info));
  CHECK_BELOW(info.relative_residual, 1e-10, "equilibrium of the nodes");
  CHECK_OK(frame_destroy(&model));
}

/* One cell of edge cell_mm whose struts have length over radius 1/x. */
static void cell_moduli(const char *name, double cell_mm, double x, double length_over_cell,
                        const FrameOptions *options, double C[6][6]) {
  Graph graph;
  assert_non_null(cell_find(name));
  CHECK_OK(graph_periodic(cell_find(name), cell_mm, 2 * x * length_over_cell * cell_mm, &graph));
  homogenise(&graph, options, C);
  CHECK_OK(graph_free(&graph));
}

static void check_cubic(double C[6][6], double C11, double C12, double C44, const char *source) {
  for (int i = 0; i < 3; i++) {
    CHECK_NEAR(C[i][i], C11, 1e-10, source);
    CHECK_NEAR(C[3 + i][3 + i], C44, 1e-10, source);
    CHECK_BELOW(fabs(C[i][(i + 1) % 3] - C12), 1e-10 * C11, source);
    CHECK_BELOW(fabs(C[i][(i + 2) % 3] - C12), 1e-10 * C11, source);
    for (int j = 0; j < 6; j++)
      if (j != 3 + i)
        CHECK_BELOW(fabs(C[3 + i][j]), 1e-12 * C11, "cubic symmetry");
  }
}

static double young100(double C[6][6]) { return (C[0][0] - C[0][1]) * (C[0][0] + 2 * C[0][1]) / (C[0][0] + C[0][1]); }

static void test_rhombic_dodecahedron(void **state) {
  (void)state;
  for (int timoshenko = 0; timoshenko < 2; timoshenko++)
    for (int k = 0; k < 4; k++) {
      const double xs[] = {0.02, 0.1155, 0.2309, 0.3295}, n = 1.5 * sqrt(3);
      Springs s = springs(xs[k], timoshenko);
      double ka = s.stretch, kb = s.shear, C[6][6], sum = ka + 2 * kb;
      FrameOptions options = UNIT;
      options.timoshenko = timoshenko;
      cell_moduli("rhombic-dodecahedron", 2.5, xs[k], sqrt(3) / 4, &options, C);
      /* 8-strut nodes move with the strain; a 4-strut node has no inversion, so that under shear it moves along the
         axis where its three-fold struts pull: the condensation gives the fractions in C44. */
      check_cubic(C, n * (ka + 2 * kb) / 9, n * (ka - kb) / 9,
                  n * ((ka - kb) * kb * kb / (sum * sum) + kb * (1. / 6 + (ka - kb) * (ka - kb) / (3 * sum * sum))),
                  "closed form of the RD frame: rotation-free nodes, 4-strut nodes condensed");
      CHECK_NEAR(young100(C), n * ka * kb / (2 * ka + kb), 1e-10, "closed form of the RD frame, E100");
    }
}

/* Every node of these three is a centre of full cubic symmetry: under a uniform strain it neither turns nor leaves its
   place in the homogeneous motion. A strut of direction e then stretches by a e.(eps e) and shears by the rest of
   a eps e, so that with n struts a unit volume (a = 1) and averages over the struts
   C11 = n [ka <e1^4> + kb (<e1^2> - <e1^4>)], C12 = n (ka - kb) <e1^2 e2^2>,
   C44 = n [ka <e2^2 e3^2> + kb (<e2^2 + e3^2>/4 - <e2^2 e3^2>)]. */
static void test_cubic_nodes(void **state) {
  (void)state;
  const struct {
    const char *name;
    double length, n, e4, e22;
  } row[] = {{"simple-cubic", 1, 3, 1. / 3, 0},
             {"body-centred-cubic", sqrt(3) / 2, 3 * sqrt(3), 1. / 9, 1. / 9},
             {"octet", sqrt(2) / 2, 6 * sqrt(2), 1. / 6, 1. / 12}};
  for (int c = 0; c < 3; c++)
    for (int timoshenko = 0; timoshenko < 2; timoshenko++)
      for (double x = 0.03; x < 0.3; x += 0.11) {
        Springs s = springs(x, timoshenko);
        double C[6][6], n = row[c].n;
        FrameOptions options = UNIT;
        options.timoshenko = timoshenko;
        cell_moduli(row[c].name, 1, x, row[c].length, &options, C);
        check_cubic(C, n * (s.stretch * row[c].e4 + s.shear * (1. / 3 - row[c].e4)),
                    n * (s.stretch - s.shear) * row[c].e22,
                    n * (s.stretch * row[c].e22 + s.shear * (1. / 6 - row[c].e22)),
                    "affine motion of nodes of cubic symmetry, derivation above");
      }
}

/* The simple cubic numbers written out: C11 = EA/M^2 and C44 = 6EI/M^4 (a strut of each pair takes half the shear). */
static void test_simple_cubic_by_hand(void **state) {
  (void)state;
  double C[6][6], r = 0.1, M = 2, inertia = M_PI * r * r * r * r / 4;
  FrameOptions options = UNIT;
  options.timoshenko = PETSC_FALSE, options.young_MPa = 1000;
  cell_moduli("simple-cubic", M, r / M, 1, &options, C);
  check_cubic(C, 1000 * M_PI * r * r / (M * M), 0, 6 * 1000 * inertia / (M * M * M * M),
              "EA/M^2; fixed-fixed strut 12EI/M^3 under half the shear, twice");
}

/* A supercell of 3 x 3 x 3 cells, more nodes than one rank takes, has the same moduli. */
static void test_supercell(void **state) {
  (void)state;
  enum { N = 3 };
  Graph cell, many = {0};
  double C[6][6], D[6][6];
  CHECK_OK(graph_periodic(cell_find("rhombic-dodecahedron"), 1, 0.15, &cell));
  homogenise(&cell, &UNIT, C);
  PetscInt nodes = cell.n_nodes, struts = cell.n_struts, copies = N * N * N;
  CHECK_OK(PetscMalloc4(nodes * copies, &many.x, struts * copies, &many.strut, struts * copies, &many.radius,
                        struts * copies, &many.shift));
  many.n_nodes = nodes * copies, many.n_struts = struts * copies;
  for (PetscInt k = 0; k < copies; k++) {
    PetscInt at[3] = {k % N, k / N % N, k / (N * N)};
    for (PetscInt i = 0; i < nodes; i++)
      for (int c = 0; c < 3; c++)
        many.x[k * nodes + i][c] = cell.x[i][c] + (double)at[c];
    for (PetscInt s = 0; s < struts; s++) {
      PetscInt to[3], all = k * struts + s;
      for (int c = 0; c < 3; c++) {
        PetscInt place = at[c] + cell.shift[s][c];
        to[c] = (place + N) % N;
        many.shift[all][c] = (int8_t)((place - to[c]) / N);
        many.period[c] = N;
      }
      many.strut[all][0] = k * nodes + cell.strut[s][0];
      many.strut[all][1] = (to[0] + N * (to[1] + N * to[2])) * nodes + cell.strut[s][1];
      many.radius[all] = cell.radius[s];
    }
  }
  homogenise(&many, &UNIT, D);
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++)
      CHECK_BELOW(fabs(C[i][j] - D[i][j]), 1e-11 * C[0][0], "a period of three cells is no other lattice");
  CHECK_OK(PetscFree4(many.x, many.strut, many.radius, many.shift));
  CHECK_OK(graph_free(&cell));
}

/* Kelvin's foam cell, Euler-Bernoulli, round edges: bending only, through joints that turn. */
static void test_kelvin(void **state) {
  (void)state;
  double C[6][6], r = 0.001, M = 1, L = M * sqrt(2) / 4, area = M_PI * r * r, inertia = area * r * r / 4;
  FrameOptions options = UNIT;
  options.timoshenko = PETSC_FALSE;
  cell_moduli("kelvin", M, r / L, sqrt(2) / 4, &options, C);
  CHECK_NEAR(young100(C), 6 * sqrt(2) * inertia / (pow(L, 4) * (1 + 12 * inertia / (area * L * L))), 1e-8,
             "Zhu, Knott and Mills 1997, Young's modulus along [100]");
}

static void test_one_wrong_strut_shows(void **state) {
  (void)state;
  Graph graph;
  double C[6][6], x = 0.2;
  Springs s = springs(x, PETSC_TRUE);
  CHECK_OK(graph_periodic(cell_find("rhombic-dodecahedron"), 1, 2 * x * sqrt(3) / 4, &graph));
  graph.radius[5] *= 1.001;
  homogenise(&graph, &UNIT, C);
  assert_true(fabs(C[0][0] / (1.5 * sqrt(3) * (s.stretch + 2 * s.shear) / 9) - 1) > 1e-6);
  CHECK_OK(graph_free(&graph));
}

static void test_refuses_zones_that_fill_struts(void **state) {
  (void)state;
  FrameOptions options = UNIT;
  options.node_zones = NODE_ZONES_AUTO;
  Graph graph;
  FrameModel *model = NULL;
  CHECK_OK(graph_periodic(cell_find("rhombic-dodecahedron"), 1, 0.6, &graph));
  CHECK_REFUSED(frame_create(PETSC_COMM_WORLD, &graph, &options, &model));
  CHECK_OK(graph_free(&graph));
}

static char last_message[1024];
static PetscErrorCode keep_message(MPI_Comm comm, int line, const char *fun, const char *file, PetscErrorCode n,
                                   PetscErrorType p, const char *mess, void *ctx) {
  (void)comm, (void)line, (void)fun, (void)file, (void)ctx;
  if (p == PETSC_ERROR_INITIAL)
    snprintf(last_message, sizeof last_message, "%s", mess);
  return n;
}

/* A zigzag rod whose struts leave the cell in x and in y: it runs along (1, 1, 0) only. */
static void test_refuses_a_rod(void **state) {
  (void)state;
  double x[2][3] = {{0.1, 0.1, 0.1}, {0.4, 0.6, 0.5}}, radius[2] = {0.1, 0.1}, C[6][6];
  PetscInt strut[2][2] = {{0, 1}, {1, 0}};
  int8_t shift[2][3] = {{1, 0, 0}, {0, 1, 0}};
  Graph graph = {.n_nodes = 2, .n_struts = 2, .x = x, .strut = strut, .radius = radius, .shift = shift};
  FrameModel *model = NULL;
  graph.period[0] = graph.period[1] = graph.period[2] = 1;
  CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &UNIT, &model));
  PetscPushErrorHandler(keep_message, NULL);
  assert_int_equal(frame_homogenise(model, C, NULL), PETSC_ERR_USER_INPUT);
  PetscPopErrorHandler();
  assert_non_null(strstr(last_message, "in 1 of three directions"));
  CHECK_OK(frame_destroy(&model));
}

/* Rods along x only, and two simple cubic lattices that do not touch. */
static void test_refuses_what_falls_apart(void **state) {
  (void)state;
  double x[2][3] = {{0, 0, 0}, {0.5, 0.5, 0.5}}, radius[6] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, C[6][6];
  PetscInt strut[6][2] = {{0, 0}, {0, 0}, {0, 0}, {1, 1}, {1, 1}, {1, 1}};
  int8_t shift[6][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  Graph graph = {.n_nodes = 2, .x = x, .strut = strut, .radius = radius, .shift = shift, .period = {1, 1, 1}};
  for (graph.n_struts = 1; graph.n_struts <= 6; graph.n_struts++) {
    FrameModel *model = NULL;
    CHECK_OK(frame_create(PETSC_COMM_WORLD, &graph, &UNIT, &model));
    if (graph.n_struts == 3) /* the second node has no strut */
      CHECK_OK(frame_homogenise(model, C, NULL));
    else
      CHECK_REFUSED(frame_homogenise(model, C, NULL));
    CHECK_OK(frame_destroy(&model));
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_rhombic_dodecahedron),
                                          cmocka_unit_test(test_cubic_nodes),
                                          cmocka_unit_test(test_simple_cubic_by_hand),
                                          cmocka_unit_test(test_supercell),
                                          cmocka_unit_test(test_kelvin),
                                          cmocka_unit_test(test_one_wrong_strut_shows),
                                          cmocka_unit_test(test_refuses_zones_that_fill_struts),
                                          cmocka_unit_test(test_refuses_a_rod),
                                          cmocka_unit_test(test_refuses_what_falls_apart)};
CHECK_MAIN(tests)
