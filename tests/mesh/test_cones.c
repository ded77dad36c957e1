/* Tapered and hollow struts as shapes. ranks: 1 2 */
#include "mesh/graph.h"
#include "tests/mesh/leaves_check.h"
#include "tests/mesh/plain_struts.h"

static const MPI_Comm world = MPI_COMM_WORLD;

/* n struts in a row along the direction u, each `length` long, with radii r[0] .. r[n] at the nodes and this bore. */
static void make_row(int n, const double u[3], double length, const double *r, double bore, Graph *graph) {
  const Graph with = {.taper = (double[]){0}};
  CHECK_OK(graph_allocate(n + 1, n, &with, graph));
  for (int i = 0; i <= n; i++)
    for (int k = 0; k < 3; k++)
      graph->x[i][k] = i * length * u[k];
  for (int s = 0; s < n; s++) {
    graph->strut[s][0] = s;
    graph->strut[s][1] = s + 1;
    graph->radius[s] = 0.5 * (r[s] + r[s + 1]);
    graph->taper[s] = (r[s + 1] - r[s]) / (r[s + 1] + r[s]);
    graph->origin[s] = s;
    graph->share[s][0] = 0;
    graph->share[s][1] = 1;
  }
  if (bore > 0)
    CHECK_OK(graph_bore(graph, bore));
}

static double volume(const Shape *shape, double half, PetscInt n) {
  const GridBox box = {.voxel_mm = 2 * half / (double)n, .origin = {-half, -half, -half}, .n = {n, n, n}};
  Leaves leaves;
  CHECK_OK(voxelise(world, &box, 1, &(Part){1, shape}, PETSC_TRUE, &leaves));
  const double sum = leaves_volume(world, &leaves) * pow(box.voxel_mm, 3);
  CHECK_OK(leaves_free(&leaves));
  return sum;
}

static double frustum(double length, double a, double b) { return PETSC_PI / 3 * length * (a * a + a * b + b * b); }
static double half_ball(double r) { return 2 * PETSC_PI / 3 * r * r * r; }

static const double oblique[3] = {2. / 3, -1. / 3, 2. / 3};

/* A double cone with its thick ends together: two frustums and two half balls, nothing bulges out at the middle. */
static void volumes(void **state) {
  (void)state;
  for (int along = 0; along < 2; along++) {
    const double axis[3] = {0, 0, 1}, *u = along ? axis : oblique;
    for (double bore = 0; bore < 0.8; bore += 0.7) {
      Graph graph;
      Shape *shape, *moved;
      make_row(2, u, 1, (double[3]){0.2, 0.4, 0.2}, bore, &graph);
      CHECK_OK(shape_struts(&graph, 0, &shape));
      CHECK_OK(shape_moved(shape, 0, (double[3]){0}, 0, (double[3]){-u[0], -u[1], -u[2]}, &moved));
      const double solid = 2 * frustum(1, 0.2, 0.4) + 2 * half_ball(0.2);
      const double inner = pow(bore, 3) * 2 * half_ball(0.2) + bore * bore * 2 * frustum(1, 0.2, 0.4);
      CHECK_NEAR(volume(moved, 1.4, 84), solid - inner, 1e-3, "frustums and half balls");
      CHECK_OK(shape_destroy(&moved));
      CHECK_OK(graph_free(&graph));
    }
  }
}

/* Thin ends together (a waist): the half balls there lie inside the other frustum. At the thick ends the half ball is
   cut by the mirrored frustum: ball r^2 = s^2 + z^2 against s = r - k z, which cross at z = 2 r k / (1 + k^2). */
static void volume_of_a_waist(void **state) {
  (void)state;
  const double r = 0.4, k = 0.25, z = 2 * r * k / (1 + k * k);
  const double cap = frustum(z, r, r - k * z) + PETSC_PI * (2. / 3 * r * r * r - r * r * z + z * z * z / 3);
  Graph graph;
  Shape *shape, *moved;
  make_row(2, oblique, 1, (double[3]){0.4, 0.15, 0.4}, 0, &graph);
  CHECK_OK(shape_struts(&graph, 0, &shape));
  CHECK_OK(shape_moved(shape, 0, (double[3]){0}, 0, (double[3]){-oblique[0], -oblique[1], -oblique[2]}, &moved));
  CHECK_NEAR(volume(moved, 1.4, 84), 2 * frustum(1, 0.4, 0.15) + 2 * cap, 1e-3, "frustums and cut half balls");
  CHECK_OK(shape_destroy(&moved));
  CHECK_OK(graph_free(&graph));
}

/* The same body by counting struts one by one. */
static bool inside_plain(const Graph *graph, const double x[3], double part) {
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    double u[3], length = graph_strut(graph, s, u), z = 0, q = 0;
    for (int k = 0; k < 3; k++)
      z += (x[k] - graph->x[graph->strut[s][0]][k]) * u[k];
    for (int k = 0; k < 3; k++) {
      double d = x[k] - graph->x[graph->strut[s][0]][k] - z * u[k];
      q += d * d;
    }
    const double r = part * graph->radius[s], taper = graph->taper[s], a = r * (1 - taper), b = r * (1 + taper);
    const double beyond = z < 0 ? -z : z - length, end = z < 0 ? a : b;
    if (z >= 0 && z <= length && sqrt(q) <= a + (b - a) * z / length)
      return true;
    if (beyond > 0 && q + beyond * beyond <= end * end &&
        (end < (z < 0 ? b : a) || sqrt(q) <= end - beyond * fabs(b - a) / length))
      return true;
  }
  return false;
}

/* Sign against the dumb twin, 1-Lipschitz, and never more than the distance to the far side of the surface: what the
   voxeliser relies on. */
static void signs_and_slopes(void **state) {
  (void)state;
  enum { N = 20000 };
  static double x[N][3], y[N][3], d[N], e[N], plain[N];
  Graph tile, graph;
  Shape *shape, *moved;
  uint64_t seed = 5;
  CHECK_OK(
      graph_tile(cell_find("diamond"), 2, 0.5, (PetscInt[3]){2, 1, 1}, (double[3]){-2, -1, -1}, PETSC_TRUE, &tile));
  CHECK_OK(graph_waist(&tile, 0.5, &graph));
  CHECK_OK(graph_bore(&graph, 0.5));
  for (PetscInt s = 0; s < graph.n_struts; s++) { /* unlike neighbours, some solid */
    graph.radius[s] *= 1 + 0.1 * (double)(s % 3);
    graph.bore[s] = s % 5 ? 0.3 + 0.1 * (double)(s % 4) : 0;
  }
  CHECK_OK(shape_struts(&graph, 0, &shape));
  for (int i = 0; i < N; i++)
    for (int k = 0; k < 3; k++)
      x[i][k] = (k ? 1.8 : 3) * (2 * plain_random(&seed) - 1);
  shape->distance(shape, N, (const double(*)[3])x, d);
  int inside = 0, hollow = 0;
  for (int i = 0; i < N; i++) {
    bool solid = inside_plain(&graph, x[i], 1), carved = false;
    for (PetscInt s = 0; s < graph.n_struts && solid && !carved; s++) { /* one strut at a time, with its own bore */
      const Graph one = {.n_nodes = graph.n_nodes,
                         .n_struts = 1,
                         .x = graph.x,
                         .strut = &graph.strut[s],
                         .radius = &graph.radius[s],
                         .taper = &graph.taper[s]};
      carved = graph.bore[s] > 0 && inside_plain(&one, x[i], graph.bore[s]);
    }
    plain[i] = solid && !carved;
    assert_true(fabs(d[i]) < 1e-12 || (d[i] < 0) == (plain[i] > 0));
    inside += plain[i] > 0;
    hollow += carved;
  }
  assert_true(inside > 300 && hollow > 50);
  for (double reach = 1e-6; reach < 2; reach *= 10) {
    double most = 0;
    for (int i = 0; i < N; i++)
      for (int k = 0; k < 3; k++)
        y[i][k] = x[i][k] + reach * (2 * plain_random(&seed) - 1);
    shape->distance(shape, N, (const double(*)[3])y, e);
    for (int i = 0; i < N; i++) {
      double step = 0;
      for (int k = 0; k < 3; k++)
        step += (y[i][k] - x[i][k]) * (y[i][k] - x[i][k]);
      most = fmax(most, (fabs(e[i] - d[i]) - 1e-13) / sqrt(step));
    }
    CHECK_BELOW(most, 1 + 1e-9, "1-Lipschitz");
    assert_true(most > 0.5);
  }
  /* moved outwards: the same values less the offset, near the surface */
  CHECK_OK(shape_struts(&graph, 0.01, &moved));
  moved->distance(moved, N, (const double(*)[3])x, e);
  for (int i = 0; i < N; i++)
    if (fabs(d[i]) < 0.1)
      CHECK_BELOW(fabs(e[i] - d[i] + 0.01), 1e-12, "offset along the normal");
  CHECK_OK(shape_destroy(&moved));
  CHECK_OK(shape_destroy(&shape));
  CHECK_OK(graph_free(&tile));
  CHECK_OK(graph_free(&graph));
}

/* The infinite lattice equals the tiled one, and bores of nothing change nothing. */
static void periodic_waists(void **state) {
  (void)state;
  enum { N = 3000 };
  static double x[N][3], d[N], e[N];
  const Cell *cell = cell_find("rhombic-dodecahedron");
  Graph made, graph;
  Shape *infinite, *block;
  uint64_t seed = 5;
  for (int i = 0; i < N; i++)
    for (int k = 0; k < 3; k++)
      x[i][k] = plain_random(&seed);
  CHECK_OK(graph_periodic(cell, 1, 0.2, &made));
  CHECK_OK(graph_waist(&made, 1.6, &graph));
  CHECK_OK(graph_bore(&graph, 0));
  CHECK_OK(shape_struts(&graph, 0, &infinite));
  CHECK_OK(graph_free(&made));
  CHECK_OK(graph_free(&graph));
  CHECK_OK(graph_tile(cell, 1, 0.2, (PetscInt[3]){3, 3, 3}, (double[3]){-1, -1, -1}, PETSC_TRUE, &made));
  CHECK_OK(graph_waist(&made, 1.6, &graph));
  CHECK_OK(shape_struts(&graph, 0, &block));
  infinite->distance(infinite, N, (const double(*)[3])x, d);
  block->distance(block, N, (const double(*)[3])x, e);
  for (int i = 0; i < N; i++)
    CHECK_BELOW(fabs(d[i] - e[i]), 1e-12, "the cell in the middle of 27");
  CHECK_OK(shape_destroy(&infinite));
  CHECK_OK(shape_destroy(&block));
  CHECK_OK(graph_free(&made));
  CHECK_OK(graph_free(&graph));
}

static const struct CMUnitTest group[] = {
    cmocka_unit_test(volumes),
    cmocka_unit_test(volume_of_a_waist),
    cmocka_unit_test(signs_and_slopes),
    cmocka_unit_test(periodic_waists),
};
CHECK_MAIN(group)
