#include "mesh/graph.h"
#include "mesh/shape.h"
#include "mesh/strut_bins.h"
#include "tests/check.h"
#include "tests/mesh/plain_struts.h"
#include <string.h>

static const double zero[3] = {0, 0, 0};

static double at(const Shape *shape, double x, double y, double z) {
  const double point[1][3] = {{x, y, z}};
  double d;
  shape->distance(shape, 1, point, &d);
  return d;
}

static Shape *rd_struts(double strut_mm, double offset_mm) {
  Graph graph;
  Shape *shape;
  CHECK_OK(graph_periodic(cell_find("rhombic-dodecahedron"), 1, strut_mm, &graph));
  CHECK_OK(shape_struts(&graph, offset_mm, &shape));
  CHECK_OK(graph_free(&graph));
  return shape;
}

/* One shape of each kind, in a box of about +-3 mm. */
enum { KINDS = 13 };
static Shape *make(int kind) {
  static const double lo[3] = {-2, -1.5, -1}, hi[3] = {1, 1.7, 2}, centre[3] = {0.3, -0.2, 0.1};
  Shape *shape = NULL, *a = NULL, *b = NULL;
  Graph graph;
  switch (kind) {
  case 0:
    CHECK_OK(shape_box(lo, hi, &shape));
    break;
  case 1:
    CHECK_OK(shape_cylinder(1, centre, 1.5, -1, 2, &shape));
    break;
  case 2:
    CHECK_OK(shape_cylinder(0, centre, 2, 0.7, 1.2, &shape));
    break;
  case 3:
    CHECK_OK(shape_ellipsoid(centre, (double[3]){2.5, 1, 0.4}, &shape));
    break;
  case 4:
    CHECK_OK(shape_ellipsoid(centre, (double[3]){1.5, 1.5, 0.8}, &shape));
    break;
  case 5:
    CHECK_OK(shape_half_space(centre, (double[3]){1, 2, -2}, &shape));
    break;
  case 6:
    CHECK_OK(shape_wedge(lo, hi, 1, 17, &shape));
    break;
  case 7:
    shape = rd_struts(0.3, 0.02);
    break;
  case 8:
    CHECK_OK(graph_tile(cell_find("octet"), 1, 0.2, (PetscInt[3]){2, 3, 2}, centre, PETSC_TRUE, &graph));
    for (PetscInt s = 0; s < graph.n_struts; s++)
      graph.radius[s] *= 1 + 0.3 * (double)(s % 3);
    CHECK_OK(shape_struts(&graph, 0, &shape));
    CHECK_OK(graph_free(&graph));
    break;
  case 9:
    a = make(1), b = make(3);
    CHECK_OK(shape_union(a, b, &shape));
    break;
  case 10:
    a = make(2), b = make(7);
    CHECK_OK(shape_intersection(a, b, &shape));
    break;
  case 11:
    a = make(0), b = make(3);
    CHECK_OK(shape_difference(a, b, &shape));
    break;
  case 12:
    a = make(6);
    CHECK_OK(shape_moved(a, 2, centre, 33, (double[3]){0.5, 0.1, -0.4}, &shape));
    break;
  }
  return shape;
}

enum { N = 4000 };
static double points[N][3], value[N], other[N];

static void fill(uint64_t seed, double half) {
  for (int i = 0; i < N; i++)
    for (int k = 0; k < 3; k++)
      points[i][k] = half * (2 * plain_random(&seed) - 1);
}

static void distance(const Shape *shape, double *d) { shape->distance(shape, N, (const double(*)[3])points, d); }

/* |d(x) - d(y)| <= |x - y| over long and short steps; the box holds the inside. */
static void shapes_are_lipschitz(void **state) {
  (void)state;
  for (int kind = 0; kind < KINDS; kind++) {
    Shape *shape = make(kind);
    for (double reach = 1e-6; reach < 2; reach *= 10) {
      uint64_t seed = 99;
      double step[N], most = 0;
      fill(7, 4);
      distance(shape, value);
      for (int i = 0; i < N; i++) {
        double inside = value[i] < 0, sum = 0;
        for (int k = 0; k < 3; k++) {
          assert_true(!inside || (points[i][k] >= shape->lo[k] && points[i][k] <= shape->hi[k]));
          double move = reach * (2 * plain_random(&seed) - 1);
          points[i][k] += move;
          sum += move * move;
        }
        step[i] = sqrt(sum);
      }
      distance(shape, other);
      for (int i = 0; i < N; i++)
        most = fmax(most, (fabs(other[i] - value[i]) - 1e-13) / step[i]);
      if (most > 1 + 1e-9)
        fail_msg("shape %d changes by %.12g mm a mm", kind, most);
      assert_true(most > 0.5);
    }
    CHECK_OK(shape_destroy(&shape));
    assert_null(shape);
  }
}

static void boxes_and_cylinders(void **state) {
  (void)state;
  Shape *shape;
  CHECK_OK(shape_box((double[3]){0, 0, 0}, (double[3]){2, 4, 6}, &shape));
  CHECK_NEAR(at(shape, 1, 2, 3), -1, 1e-15, "nearest face");
  CHECK_NEAR(at(shape, 5, 2, 3), 3, 1e-15, "face");
  CHECK_NEAR(at(shape, 5, 8, 3), 5, 1e-15, "edge: 3, 4");
  CHECK_NEAR(at(shape, 4, 7, 12), 7, 1e-15, "corner: 2, 3, 6");
  assert_true(at(shape, 2, 2, 3) == 0);
  CHECK_OK(shape_destroy(&shape));
  for (int axis = 0; axis < 3; axis++) {
    CHECK_OK(shape_cylinder(axis, zero, 2, -1, 3, &shape));
    double x[3] = {0, 0, 0};
    x[axis] = 7;
    x[(axis + 1) % 3] = 5;
    CHECK_NEAR(at(shape, x[0], x[1], x[2]), 5, 1e-15, "rim: 3, 4");
    x[axis] = 1;
    CHECK_NEAR(at(shape, x[0], x[1], x[2]), 3, 1e-15, "wall");
    x[(axis + 1) % 3] = 0;
    CHECK_NEAR(at(shape, x[0], x[1], x[2]), -2, 1e-15, "axis: wall and end are both 2 away");
    CHECK_OK(shape_destroy(&shape));
  }
  /* elliptic: radii 3 along x, 1 along z about axis y */
  CHECK_OK(shape_cylinder(1, zero, 3, 1, 10, &shape));
  CHECK_NEAR(shape->hi[0], 3, 1e-15, "half axes in the order of the remaining axes");
  CHECK_NEAR(shape->hi[2], 1, 1e-15, "half axes in the order of the remaining axes");
  CHECK_NEAR(at(shape, 5, 0, 0), 2, 1e-14, "vertex of the ellipse");
  CHECK_NEAR(at(shape, 0, 0, 4), 3, 1e-14, "co-vertex");
  CHECK_NEAR(at(shape, 0, 0, 0), -1, 1e-14, "centre");
  CHECK_NEAR(at(shape, 5, 14, 0), sqrt(20), 1e-14, "rim: 2, 4");
  /* on the major axis inside the evolute the foot leaves it: x = 1, foot at a^2 x / (a^2 - b^2) = 9/8 */
  CHECK_NEAR(at(shape, 1, 0, 0), -sqrt(1.0 / 64 + 1 - 81.0 / 64 / 9), 1e-13, "normal of the ellipse");
  CHECK_OK(shape_destroy(&shape));
  CHECK_REFUSED(shape_box((double[3]){0, 0, 0}, (double[3]){1, 0, 1}, &shape));
  CHECK_REFUSED(shape_cylinder(0, zero, -1, -1, 1, &shape));
  CHECK_REFUSED(shape_cylinder(0, zero, 1, 0, 1, &shape));
  CHECK_REFUSED(shape_ellipsoid(zero, (double[3]){1, NAN, 1}, &shape));
  CHECK_REFUSED(shape_half_space(zero, zero, &shape));
  CHECK_REFUSED(shape_wedge(zero, (double[3]){10, 10, 1}, 0, 45, &shape));
}

/* From a point of the ellipsoid along its normal by s (less than the least radius of curvature inwards): distance s. */
static void ellipsoids_are_exact(void **state) {
  (void)state;
  const double axes[4][3] = {{3, 2, 1}, {1, 1, 1}, {0.2, 5, 5}, {4, 4.0000001, 0.5}};
  for (int e = 0; e < 4; e++) {
    const double *a = axes[e], small = fmin(a[0], fmin(a[1], a[2])), large = fmax(a[0], fmax(a[1], a[2]));
    uint64_t seed = 3;
    Shape *shape;
    CHECK_OK(shape_ellipsoid(zero, a, &shape));
    for (int i = 0; i < 2000; i++) {
      double u[3], n[3], lu = 0, ln = 0, s = (4 * plain_random(&seed) - 0.999) * small * small / large;
      for (int k = 0; k < 3; k++) {
        u[k] = 2 * plain_random(&seed) - 1;
        if (i % 4 == k)
          u[k] = 0; /* symmetry planes */
        lu += u[k] * u[k];
      }
      for (int k = 0; k < 3; k++) {
        u[k] /= sqrt(lu);
        n[k] = u[k] / a[k];
        ln += n[k] * n[k];
      }
      double d = at(shape, a[0] * u[0] + s * n[0] / sqrt(ln), a[1] * u[1] + s * n[1] / sqrt(ln),
                    a[2] * u[2] + s * n[2] / sqrt(ln));
      CHECK_BELOW(fabs(d - s), 1e-12 * large, "a normal is the shortest way as far as the curvature allows");
    }
    CHECK_NEAR(at(shape, 0, 0, 0), -small, 1e-14, "least half axis");
    CHECK_OK(shape_destroy(&shape));
  }
}

static void wedges_and_half_spaces(void **state) {
  (void)state;
  Shape *shape;
  CHECK_OK(shape_half_space((double[3]){1, 1, 1}, (double[3]){0, 3, 4}, &shape));
  CHECK_NEAR(at(shape, 7, 4, 5), 5, 1e-15, "along the normal");
  CHECK_OK(shape_destroy(&shape));
  CHECK_OK(shape_half_space((double[3]){1, 2, 3}, (double[3]){0, 0, 2}, &shape));
  assert_true(shape->hi[2] == 3 && isinf(shape->lo[2]) && isinf(shape->hi[0]));
  CHECK_OK(shape_destroy(&shape));
  for (int about = 0; about < 2; about++) {
    CHECK_OK(shape_wedge((double[3]){-2, -2, 0}, (double[3]){2, 2, 5}, about, 10, &shape));
    const double rise = tan(10 * PETSC_PI / 180);
    for (int i = -9; i <= 9; i++) { /* turned right-handed about x: y moves up; about y: x moves down */
      double u = 0.2 * i, top = 5 + (about == 0 ? u : -u) * rise;
      CHECK_BELOW(fabs(about == 0 ? at(shape, 0, u, top) : at(shape, u, 0, top)), 1e-14, "inclined top");
      assert_true((about == 0 ? at(shape, 0, u, top - 0.01) : at(shape, u, 0, top - 0.01)) < 0);
      assert_true((about == 0 ? at(shape, 0, u, top + 0.01) : at(shape, u, 0, top + 0.01)) > 0);
    }
    CHECK_NEAR(shape->hi[2], 5 + 2 * rise, 1e-14, "high side");
    CHECK_OK(shape_destroy(&shape));
  }
}

static void joins_and_moves(void **state) {
  (void)state;
  Shape *a, *b, *shape;
  CHECK_OK(shape_box((double[3]){0, 0, 0}, (double[3]){2, 1, 1}, &a));
  CHECK_OK(shape_moved(a, 2, zero, 90, (double[3]){10, 0, 0}, &shape)); /* x to y, y to -x */
  const double want[6] = {9, 0, 0, 10, 2, 1};
  for (int k = 0; k < 3; k++) {
    assert_true(shape->lo[k] == want[k]);
    assert_true(shape->hi[k] == want[3 + k]);
  }
  CHECK_NEAR(at(shape, 9.5, 4, 0.5), 2, 1e-15, "box 9..10, 0..2, 0..1");
  CHECK_OK(shape_destroy(&shape));
  for (int axis = 0; axis < 3; axis++) { /* turned there and back */
    CHECK_OK(shape_ellipsoid((double[3]){1, 2, 3}, (double[3]){1, 2, 3}, &a));
    CHECK_OK(shape_ellipsoid((double[3]){1, 2, 3}, (double[3]){1, 2, 3}, &b));
    CHECK_OK(shape_moved(b, axis, (double[3]){1, 1, 0}, 37, zero, &shape));
    CHECK_OK(shape_moved(shape, axis, (double[3]){1, 1, 0}, -37, zero, &b));
    fill(5, 4);
    distance(a, value);
    distance(b, other);
    for (int i = 0; i < N; i++)
      CHECK_BELOW(fabs(value[i] - other[i]), 1e-12, "there and back");
    CHECK_OK(shape_destroy(&a));
    CHECK_OK(shape_destroy(&b));
  }
  Shape *both;
  CHECK_OK(shape_box((double[3]){0, 0, 0}, (double[3]){2, 2, 2}, &a));
  CHECK_OK(shape_box((double[3]){1, 1, 1}, (double[3]){3, 3, 3}, &b));
  CHECK_OK(shape_intersection(a, b, &both));
  CHECK_NEAR(at(both, 1.5, 1.5, 1.5), -0.5, 1e-15, "box 1..2");
  assert_true(both->lo[0] == 1 && both->hi[0] == 2);
  CHECK_OK(shape_destroy(&both));
  CHECK_OK(shape_half_space((double[3]){1, 0, 0}, (double[3]){1, 1, 0}, &a));
  CHECK_OK(shape_moved(a, 2, zero, 30, (double[3]){1, 2, 3}, &shape));
  assert_true(isinf(shape->lo[0]) && isinf(shape->hi[0]) && isinf(shape->lo[1]) && isinf(shape->hi[2]));
  CHECK_OK(shape_destroy(&shape));
}

/* Struts against the dumb twin: every cell, infinite and finite, equal and unequal radii. */
static void struts_have_a_twin(void **state) {
  static PlainStruts all;
  (void)state;
  for (int c = 0; c < n_cells; c++) {
    Graph graph;
    Shape *shape;
    CHECK_OK(graph_periodic(&cells[c], 2, 0.3, &graph));
    CHECK_OK(shape_struts(&graph, 0.05, &shape));
    double band = 0.5 * graph_strut(&graph, 0, NULL);
    plain_struts(&cells[c], cells[c].pore_radius, &all);
    fill(11, 7);
    distance(shape, value);
    for (int i = 0; i < N; i++) {
      double x[3];
      for (int k = 0; k < 3; k++)
        x[k] = points[i][k] / 2 - floor(points[i][k] / 2);
      CHECK_BELOW(fabs(value[i] - fmin(2 * plain_axis_distance(&all, x) - 0.2, band)), 1e-12, "every strut in turn");
    }
    CHECK_OK(graph_free(&graph));
    CHECK_OK(shape_destroy(&shape));

    CHECK_OK(graph_tile(&cells[c], 1, 0.2, (PetscInt[3]){2, 1, 2}, (double[3]){-1, -0.4, -0.8}, PETSC_TRUE, &graph));
    for (PetscInt s = 0; s < graph.n_struts; s++)
      graph.radius[s] *= 1 + 0.2 * (double)(s % 4);
    CHECK_OK(shape_struts(&graph, 0, &shape));
    band = 0.5 * graph_strut(&graph, 0, NULL);
    fill(12, 2.5);
    distance(shape, value);
    int inside = 0;
    for (int i = 0; i < N; i++) {
      double least = HUGE_VAL;
      for (PetscInt s = 0; s < graph.n_struts; s++)
        least = fmin(least, plain_segment_distance(points[i], graph.x[graph.strut[s][0]], graph.x[graph.strut[s][1]]) -
                                graph.radius[s]);
      if (least < band)
        CHECK_BELOW(fabs(value[i] - least), 1e-12, "every strut in turn");
      else
        assert_true(value[i] >= band - 1e-12 && value[i] <= least + 1e-12);
      inside += value[i] < 0;
    }
    assert_true(inside > 20);
    CHECK_NEAR(at(shape, 1001, 0, 0), 1000, 1e-3, "far away the value grows with the distance");
    CHECK_OK(graph_free(&graph));
    CHECK_OK(shape_destroy(&shape));
  }
}

/* A fault that the twin must find: one capsule lost from every bin. */
static void fault_is_found(void **state) {
  static PlainStruts all;
  (void)state;
  const Cell *cell = cell_find("rhombic-dodecahedron");
  Shape *shape = rd_struts(0.3, 0);
  StrutBins *bins = shape->data;
  int wrong = 0;
  for (int64_t b = 0; b < bins->n_bins; b++)
    if (bins->first[b + 1] > bins->first[b] + 1)
      bins->entry[bins->first[b]] = bins->entry[bins->first[b] + 1];
  plain_struts(cell, cell->pore_radius, &all);
  fill(11, 7);
  distance(shape, value);
  for (int i = 0; i < N; i++) {
    double x[3];
    for (int k = 0; k < 3; k++)
      x[k] = points[i][k] - floor(points[i][k]);
    wrong += fabs(value[i] - fmin(plain_axis_distance(&all, x) - 0.15, bins->band)) > 1e-12;
  }
  assert_true(wrong > 0);
  CHECK_OK(shape_destroy(&shape));
}

/* The 48 images of a point about the centre of a dodecahedron have the same distance; so do translations. */
static void struts_are_symmetric(void **state) {
  (void)state;
  static const int order[6][3] = {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {0, 2, 1}, {2, 1, 0}, {1, 0, 2}};
  Shape *shape = rd_struts(0.3, 0);
  uint64_t seed = 5;
  for (int i = 0; i < 2000; i++) {
    double x[3], first = 0;
    for (int k = 0; k < 3; k++) /* every other point on a grid of voxel centres, where ties are */
      x[k] = i % 2 ? plain_random(&seed) : (floor(32 * plain_random(&seed)) + 0.5) / 32;
    for (int op = 0; op < 48; op++) {
      double y[3];
      for (int k = 0; k < 3; k++)
        y[k] = (op >> k & 1 ? -1 : 1) * x[order[op / 8][k]] + (double)((op + k) % 3);
      double d = at(shape, y[0], y[1], y[2]);
      if (op == 0)
        first = d;
      CHECK_BELOW(fabs(d - first), 1e-14, "cubic symmetry");
    }
  }
  CHECK_OK(shape_destroy(&shape));
}

/* One capsule: its volume by counting, and the exact distance beside, beyond and inside it. */
static void one_capsule(void **state) {
  (void)state;
  Graph graph = {.n_nodes = 2, .n_struts = 1};
  Shape *shape;
  CHECK_OK(PetscMalloc3(2, &graph.x, 1, &graph.strut, 1, &graph.radius));
  memcpy(graph.x, (double[2][3]){{0, 0, 0}, {2, 0, 0}}, sizeof(double[2][3]));
  graph.strut[0][0] = 0;
  graph.strut[0][1] = 1;
  graph.radius[0] = 0.5;
  CHECK_OK(shape_struts(&graph, 0.25, &shape));
  CHECK_NEAR(at(shape, 1, 0, 0), -0.75, 1e-14, "axis");
  CHECK_NEAR(at(shape, 1, 0, 1), 0.25, 1e-14, "beside");
  CHECK_NEAR(at(shape, 2.6, 0.8, 0), 0.25, 1e-14, "beyond the end: 0.6, 0.8");
  CHECK_NEAR(shape->lo[0], -0.75, 1e-14, "rounded end");
  CHECK_NEAR(shape->hi[2], 0.75, 1e-14, "radius");
  CHECK_OK(shape_destroy(&shape));
  CHECK_OK(graph_free(&graph));
  CHECK_REFUSED(shape_struts(&graph, 0, &shape));
}

static const struct CMUnitTest group[] = {
    cmocka_unit_test(shapes_are_lipschitz), cmocka_unit_test(boxes_and_cylinders),
    cmocka_unit_test(ellipsoids_are_exact), cmocka_unit_test(wedges_and_half_spaces),
    cmocka_unit_test(joins_and_moves),      cmocka_unit_test(struts_have_a_twin),
    cmocka_unit_test(struts_are_symmetric), cmocka_unit_test(one_capsule),
    cmocka_unit_test(fault_is_found),
};
CHECK_MAIN(group)
