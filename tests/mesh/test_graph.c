#include "mesh/graph.h"
#include "tests/check.h"
#include <stdlib.h>

static const double zero[3] = {0, 0, 0};

static double total_length(const Graph *graph) {
  double sum = 0;
  for (PetscInt s = 0; s < graph->n_struts; s++)
    sum += graph_strut(graph, s, NULL);
  return sum;
}

static int by_nodes(const void *a, const void *b) {
  const PetscInt *p = a, *q = b;
  return p[0] != q[0] ? (p[0] > q[0]) - (p[0] < q[0]) : (p[1] > q[1]) - (p[1] < q[1]);
}

/* Every node used, nodes apart from each other, no strut twice, none from a node to itself. */
static void check_sound(const Graph *graph, double apart) {
  PetscInt(*sorted)[2] = malloc((size_t)graph->n_struts * sizeof *sorted);
  int *used = calloc((size_t)graph->n_nodes, sizeof *used);
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    for (int end = 0; end < 2; end++) {
      assert_true(graph->strut[s][end] >= 0 && graph->strut[s][end] < graph->n_nodes);
      used[graph->strut[s][end]] = 1;
    }
    sorted[s][0] = PetscMin(graph->strut[s][0], graph->strut[s][1]);
    sorted[s][1] = PetscMax(graph->strut[s][0], graph->strut[s][1]);
    assert_true(sorted[s][0] != sorted[s][1]);
    assert_true(graph->radius[s] > 0);
  }
  qsort(sorted, (size_t)graph->n_struts, sizeof *sorted, by_nodes);
  for (PetscInt s = 1; s < graph->n_struts; s++)
    assert_true(by_nodes(sorted[s - 1], sorted[s]) != 0);
  for (PetscInt i = 0; i < graph->n_nodes; i++) {
    assert_true(used[i]);
    for (PetscInt j = 0; j < i && graph->n_nodes < 1500; j++) {
      double d = 0;
      for (int k = 0; k < 3; k++)
        d += fabs(graph->x[i][k] - graph->x[j][k]);
      assert_true(d > apart);
    }
  }
  free(sorted);
  free(used);
}

static void periodic_cells(void **state) {
  (void)state;
  for (int c = 0; c < n_cells; c++) {
    Graph graph;
    CHECK_OK(graph_periodic(&cells[c], 2, 0.3, &graph));
    assert_int_equal(graph.n_nodes, cells[c].n_nodes);
    assert_int_equal(graph.n_struts, cells[c].n_struts);
    CHECK_NEAR(PETSC_PI / 4 * total_length(&graph) / 8, cells[c].volume2 / 2 / 2, 1e-13, "rho -> (pi/4) L D^2 / M^3");
    for (PetscInt s = 0; s < graph.n_struts; s++)
      CHECK_NEAR(graph.radius[s], 0.15, 1e-15, "half the strut diameter");
    CHECK_OK(graph_free(&graph));
  }
}

/* Struts and nodes of one and of 3 x 2 x 4 cells, faces included. */
static void tiles_are_counted(void **state) {
  (void)state;
  const struct {
    const char *cell;
    PetscInt struts1, nodes1, inner, faces[3]; /* inner: struts a cell; faces: struts in a face x, y, z of a cell */
    double edges;                              /* struts in an edge of a cell */
  } known[] = {{"rhombic-dodecahedron", 32, 21, 32, {0, 0, 0}, 0},
               {"body-centred-cubic", 8, 9, 8, {0, 0, 0}, 0},
               {"simple-cubic", 12, 8, 0, {0, 0, 0}, 1},
               {"octet", 36, 14, 12, {4, 4, 4}, 0},
               {"diamond", 16, 14, 16, {0, 0, 0}, 0},
               {"kelvin", 36, 24, 12, {4, 4, 4}, 0}};
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
    const Cell *cell = cell_find(known[i].cell);
    const PetscInt a = 3, b = 2, c = 4;
    const PetscInt faces =
        (a + 1) * b * c * known[i].faces[0] + a * (b + 1) * c * known[i].faces[1] + a * b * (c + 1) * known[i].faces[2];
    const PetscInt edges =
        (PetscInt)known[i].edges * (a * (b + 1) * (c + 1) + (a + 1) * b * (c + 1) + (a + 1) * (b + 1) * c);
    for (int whole = 0; whole < 2; whole++) {
      Graph graph;
      CHECK_OK(graph_tile(cell, 1, 0.1, (PetscInt[3]){1, 1, 1}, zero, whole ? PETSC_TRUE : PETSC_FALSE, &graph));
      assert_int_equal(graph.n_struts, known[i].struts1);
      assert_int_equal(graph.n_nodes, known[i].nodes1);
      check_sound(&graph, 0.1);
      CHECK_OK(graph_free(&graph));
      CHECK_OK(graph_tile(cell, 0.7, 0.1, (PetscInt[3]){a, b, c}, (double[3]){1.1, -2.2, 3.3},
                          whole ? PETSC_TRUE : PETSC_FALSE, &graph));
      assert_int_equal(graph.n_struts, known[i].inner * a * b * c + faces + edges);
      check_sound(&graph, 0.07);
      double length = graph_strut(&graph, 0, NULL), u[3];
      for (PetscInt s = 0; s < graph.n_struts; s++) {
        CHECK_NEAR(graph_strut(&graph, s, u), length, 1e-12, "struts of a cell are alike");
        CHECK_NEAR(u[0] * u[0] + u[1] * u[1] + u[2] * u[2], 1, 1e-14, "unit vector");
      }
      const double lo[3] = {1.1, -2.2, 3.3}, hi[3] = {3.2, -0.8, 6.1};
      for (PetscInt n = 0; n < graph.n_nodes; n++)
        for (int k = 0; k < 3; k++)
          assert_true(graph.x[n][k] > lo[k] - 1e-12 && graph.x[n][k] < hi[k] + 1e-12);
      CHECK_OK(graph_free(&graph));
    }
  }
  Graph graph;
  CHECK_REFUSED(graph_tile(cell_find("octet"), 1, 0.1, (PetscInt[3]){1, 0, 1}, zero, PETSC_FALSE, &graph));
  CHECK_REFUSED(graph_tile(cell_find("octet"), 1, 0.1, (PetscInt[3]){1000, 1000, 1000}, zero, PETSC_FALSE, &graph));
}

/* A body-centred cell moved by a quarter: its struts stick out of the block. */
static void struts_that_stick_out(void **state) {
  (void)state;
  const double node[2][3] = {{0.25, 0.25, 0.25}, {0.75, 0.75, 0.75}};
  Cell moved = *cell_find("body-centred-cubic");
  moved.node = node;
  const PetscInt n[3] = {2, 2, 2};
  Graph whole, inside, cut;
  Shape *box;
  CHECK_OK(graph_tile(&moved, 1, 0.1, n, zero, PETSC_TRUE, &whole));
  CHECK_OK(graph_tile(&moved, 1, 0.1, n, zero, PETSC_FALSE, &inside));
  check_sound(&whole, 0.1);
  check_sound(&inside, 0.1);
  assert_true(inside.n_struts < whole.n_struts);
  /* between nodes at 0.25 + i and 0.75 + j inside 0 .. 2: i and j from {0, 1} with |2i - 2j - 1| = 1 on each axis */
  assert_int_equal(inside.n_struts, 3 * 3 * 3);
  CHECK_OK(shape_box(zero, (double[3]){2, 2, 2}, &box));
  CHECK_OK(graph_clip(&whole, box, NULL, 0, &cut));
  check_sound(&cut, 1e-3);
  CHECK_NEAR(total_length(&cut), 8 * 8 * sqrt(3) / 2, 1e-9, "length per volume of the body-centred lattice");
  CHECK_OK(shape_destroy(&box));
  CHECK_OK(graph_free(&whole));
  CHECK_OK(graph_free(&inside));
  CHECK_OK(graph_free(&cut));
}

/* Length of the part of each strut inside a box, by clipping against its planes (Liang and Barsky). */
static double length_in_box(const Graph *graph, const double lo[3], const double hi[3]) {
  double sum = 0;
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    double u[3], length = graph_strut(graph, s, u), from = 0, to = length;
    const double *a = graph->x[graph->strut[s][0]];
    for (int k = 0; k < 3; k++) {
      if (u[k] == 0)
        continue;
      double p = (lo[k] - a[k]) / u[k], q = (hi[k] - a[k]) / u[k];
      from = fmax(from, fmin(p, q));
      to = fmin(to, fmax(p, q));
    }
    sum += fmax(to - from, 0);
  }
  return sum;
}

static void clip_by_box(void **state) {
  (void)state;
  const double lo[3] = {0.3, 0.41, 0.52}, hi[3] = {2.61, 2.33, 2.2};
  Graph all, cut;
  Shape *box;
  CHECK_OK(graph_tile(cell_find("rhombic-dodecahedron"), 1, 0.1, (PetscInt[3]){3, 3, 3}, zero, PETSC_FALSE, &all));
  CHECK_OK(shape_box(lo, hi, &box));
  CHECK_OK(graph_clip(&all, box, NULL, 0, &cut));
  check_sound(&cut, 1e-4);
  CHECK_NEAR(total_length(&cut), length_in_box(&all, lo, hi), 1e-9, "planes of the box");
  for (PetscInt n = 0; n < cut.n_nodes; n++)
    for (int k = 0; k < 3; k++)
      assert_true(cut.x[n][k] > lo[k] - 1e-7 && cut.x[n][k] < hi[k] + 1e-7);
  double before = total_length(&cut);
  PetscInt struts = cut.n_struts;
  CHECK_OK(graph_free(&cut));
  CHECK_OK(graph_clip(&all, box, NULL, 0.1, &cut));
  for (PetscInt s = 0; s < cut.n_struts; s++)
    assert_true(graph_strut(&cut, s, NULL) >= 0.1 * (1 - 1e-9));
  assert_true(cut.n_struts < struts);
  assert_true(total_length(&cut) > before - 0.1 * (double)(struts - cut.n_struts));
  CHECK_OK(graph_free(&cut));
  CHECK_OK(graph_free(&all));
  CHECK_OK(shape_destroy(&box));
}

/* Struts in the surface of the shape stay whole, and a clip at cell faces changes nothing. */
static void clip_at_faces(void **state) {
  (void)state;
  for (int c = 0; c < n_cells; c++) {
    Graph all, cut;
    Shape *box;
    CHECK_OK(graph_tile(&cells[c], 1.1, 0.1, (PetscInt[3]){2, 3, 2}, (double[3]){0.1, 0.2, 0.3}, PETSC_TRUE, &all));
    CHECK_OK(shape_box((double[3]){0.1, 0.2, 0.3}, (double[3]){2.3, 3.5, 2.5}, &box));
    CHECK_OK(graph_clip(&all, box, NULL, 0.01, &cut));
    assert_int_equal(cut.n_struts, all.n_struts);
    assert_int_equal(cut.n_nodes, all.n_nodes);
    CHECK_NEAR(total_length(&cut), total_length(&all), 1e-14, "nothing sticks out");
    CHECK_OK(graph_free(&all));
    CHECK_OK(graph_free(&cut));
    CHECK_OK(shape_destroy(&box));
  }
}

static void make_strut(const double a[3], const double b[3], Graph *graph) {
  *graph = (Graph){.n_nodes = 2, .n_struts = 1};
  CHECK_OK(PetscMalloc3(2, &graph->x, 1, &graph->strut, 1, &graph->radius));
  for (int k = 0; k < 3; k++) {
    graph->x[0][k] = a[k];
    graph->x[1][k] = b[k];
  }
  graph->strut[0][0] = 0;
  graph->strut[0][1] = 1;
  graph->radius[0] = 0.1;
}

/* A strut through a ring enters and leaves twice. */
static void clip_leaves_and_returns(void **state) {
  (void)state;
  Graph strut, cut;
  Shape *outer, *inner, *ring;
  make_strut((double[3]){-4, 0.5, 0}, (double[3]){5, 0.5, 0}, &strut);
  CHECK_OK(shape_cylinder(2, zero, 3, -1, 1, &outer));
  CHECK_OK(shape_cylinder(2, zero, 1, -1, 2, &inner));
  CHECK_OK(shape_difference(outer, inner, &ring));
  CHECK_OK(graph_clip(&strut, ring, NULL, 0, &cut));
  assert_int_equal(cut.n_struts, 2);
  assert_int_equal(cut.n_nodes, 4);
  const double far = sqrt(9 - 0.25), near = sqrt(1 - 0.25), want[4] = {-far, -near, near, far};
  for (int i = 0; i < 4; i++) {
    CHECK_NEAR(cut.x[cut.strut[i / 2][i % 2]][0], want[i], 1e-7, "Pythagoras");
    CHECK_NEAR(cut.x[i][1], 0.5, 1e-14, "on the strut");
  }
  CHECK_OK(graph_free(&cut));
  CHECK_OK(graph_free(&strut));
  make_strut((double[3]){-4, 3.5, 0}, (double[3]){5, 3.5, 0}, &strut); /* passes by */
  CHECK_OK(graph_clip(&strut, ring, NULL, 0, &cut));
  assert_int_equal(cut.n_struts, 0);
  assert_int_equal(cut.n_nodes, 0);
  CHECK_OK(graph_free(&cut));
  CHECK_OK(graph_free(&strut));
  CHECK_OK(shape_destroy(&ring));
}

static void islands_are_dropped(void **state) {
  (void)state;
  Graph all, cut, kept;
  Shape *low, *high, *both;
  PetscInt dropped;
  CHECK_OK(graph_tile(cell_find("rhombic-dodecahedron"), 1, 0.1, (PetscInt[3]){5, 1, 1}, zero, PETSC_FALSE, &all));
  CHECK_OK(shape_box((double[3]){-1, -1, -1}, (double[3]){2, 2, 2}, &low));
  CHECK_OK(shape_box((double[3]){2.9, -1, -1}, (double[3]){6, 2, 2}, &high));
  CHECK_OK(shape_union(low, high, &both));
  CHECK_OK(graph_clip(&all, both, NULL, 0.01, &cut));
  CHECK_OK(graph_drop_islands(&cut, NULL, &kept, &dropped));
  assert_int_equal(kept.n_struts + dropped, cut.n_struts);
  assert_true(dropped >= 64);
  check_sound(&kept, 1e-3);
  for (PetscInt n = 0; n < kept.n_nodes; n++)
    assert_true(kept.x[n][0] > 2.89);
  Graph again;
  PetscInt none;
  CHECK_OK(graph_drop_islands(&kept, NULL, &again, &none));
  assert_int_equal(none, 0);
  CHECK_OK(graph_free(&again));
  CHECK_OK(graph_free(&all));
  CHECK_OK(graph_free(&cut));
  CHECK_OK(graph_free(&kept));
  CHECK_OK(shape_destroy(&both));
}

/* 27 000 cells, about 0.9 million struts, in a time that only a linear method needs. */
static void many_struts(void **state) {
  (void)state;
  Graph graph;
  CHECK_OK(graph_tile(cell_find("rhombic-dodecahedron"), 1, 0.1, (PetscInt[3]){30, 30, 30}, zero, PETSC_FALSE, &graph));
  assert_int_equal(graph.n_struts, 864000);
  /* odd nodes 8 n^3; centres of cells n^3; middles of cell edges 3 n (n+1)^2 */
  assert_int_equal(graph.n_nodes, 9 * 27000 + 3 * 30 * 31 * 31);
  CHECK_OK(graph_free(&graph));
}

static const struct CMUnitTest group[] = {
    cmocka_unit_test(periodic_cells),        cmocka_unit_test(tiles_are_counted),
    cmocka_unit_test(struts_that_stick_out), cmocka_unit_test(clip_by_box),
    cmocka_unit_test(clip_at_faces),         cmocka_unit_test(clip_leaves_and_returns),
    cmocka_unit_test(islands_are_dropped),   cmocka_unit_test(many_struts),
};
CHECK_MAIN(group)
