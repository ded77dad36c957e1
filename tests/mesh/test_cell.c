#include "mesh/cell.h"
#include "tests/check.h"
#include "tests/mesh/plain_struts.h"
#include <string.h>

static void strut_ends(const Cell *cell, int s, double p[3], double q[3]) {
  for (int k = 0; k < 3; k++) {
    p[k] = cell->node[cell->strut[s].a][k];
    q[k] = cell->node[cell->strut[s].b][k] + cell->strut[s].shift[k];
  }
}

static double strut_length(const Cell *cell, int s, double u[3]) {
  double p[3], q[3];
  strut_ends(cell, s, p, q);
  for (int k = 0; k < 3; k++)
    u[k] = q[k] - p[k];
  return sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]);
}

/* Distance of a from b over whole cells. */
static double apart(const double a[3], const double b[3]) {
  double sum = 0;
  for (int k = 0; k < 3; k++)
    sum += fabs(a[k] - b[k] - rint(a[k] - b[k]));
  return sum;
}

/* Strut with these ends up to whole cells (the same for both ends), or -1. */
static int find_strut(const Cell *cell, const double p[3], const double q[3]) {
  for (int s = 0; s < cell->n_struts; s++) {
    double a[3], b[3], forward = 0, backward = 0;
    strut_ends(cell, s, a, b);
    for (int k = 0; k < 3; k++) {
      forward += fabs((q[k] - p[k]) - (b[k] - a[k]));
      backward += fabs((q[k] - p[k]) - (a[k] - b[k]));
    }
    if ((forward < 1e-9 && apart(p, a) < 1e-9) || (backward < 1e-9 && apart(p, b) < 1e-9))
      return s;
  }
  return -1;
}

static void table_is_sound(void **state) {
  (void)state;
  assert_true(n_cells >= 6);
  for (int c = 0; c < n_cells; c++) {
    const Cell *cell = &cells[c];
    assert_ptr_equal(cell_find(cell->name), cell);
    assert_true(strlen(cell->help) > 10);
    for (int i = 0; i < cell->n_nodes; i++) {
      for (int k = 0; k < 3; k++)
        assert_true(cell->node[i][k] >= 0 && cell->node[i][k] < 1);
      for (int j = 0; j < i; j++)
        assert_true(apart(cell->node[i], cell->node[j]) > 0.1);
    }
    for (int s = 0; s < cell->n_struts; s++) {
      double p[3], q[3];
      const CellStrut *strut = &cell->strut[s];
      assert_in_range(strut->a, 0, cell->n_nodes - 1);
      assert_in_range(strut->b, 0, cell->n_nodes - 1);
      for (int k = 0; k < 3; k++)
        assert_true(strut->shift[k] >= -1 && strut->shift[k] <= 1);
      strut_ends(cell, s, p, q);
      assert_int_equal(find_strut(cell, p, q), s); /* the first of its kind: no strut stands twice */
    }
  }
  assert_null(cell_find("rhombic"));
}

static void struts_are_equally_long(void **state) {
  (void)state;
  const struct {
    const char *name;
    double length;
    int struts, degree_low, degree_high;
  } known[] = {{"rhombic-dodecahedron", sqrt(3) / 4, 32, 4, 8},
               {"body-centred-cubic", sqrt(3) / 2, 8, 8, 8},
               {"simple-cubic", 1, 3, 6, 6},
               {"octet", sqrt(2) / 2, 24, 12, 12},
               {"diamond", sqrt(3) / 4, 16, 4, 4},
               {"kelvin", sqrt(2) / 4, 24, 4, 4}};
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
    const Cell *cell = cell_find(known[i].name);
    int degree[64] = {0};
    double u[3];
    assert_non_null(cell);
    assert_int_equal(cell->n_struts, known[i].struts);
    for (int s = 0; s < cell->n_struts; s++) {
      CHECK_NEAR(strut_length(cell, s, u), known[i].length, 1e-14, "geometry of the cell, Eq. 3 for the dodecahedron");
      degree[cell->strut[s].a]++;
      degree[cell->strut[s].b]++;
    }
    for (int n = 0; n < cell->n_nodes; n++)
      assert_true(degree[n] == known[i].degree_low || degree[n] == known[i].degree_high);
  }
  int eight = 0, degree[12] = {0};
  const Cell *rd = cell_find("rhombic-dodecahedron");
  for (int s = 0; s < rd->n_struts; s++) {
    degree[rd->strut[s].a]++;
    degree[rd->strut[s].b]++;
  }
  for (int n = 0; n < 12; n++)
    eight += degree[n] == 8;
  assert_int_equal(eight, 4); /* of 12 nodes of the cell, four join eight struts, eight join four */
}

/* Pulls of equal unit forces along the struts balance at each node, and the struts span space: no open cone is free. */
static void nodes_are_balanced(void **state) {
  (void)state;
  for (int c = 0; c < n_cells; c++)
    for (int n = 0; n < cells[c].n_nodes; n++) {
      double sum[3] = {0}, m[3][3] = {{0}}, u[3];
      for (int s = 0; s < cells[c].n_struts; s++)
        for (int end = 0; end < 2; end++) {
          if ((end ? cells[c].strut[s].b : cells[c].strut[s].a) != n)
            continue;
          strut_length(&cells[c], s, u);
          for (int i = 0; i < 3; i++) {
            sum[i] += end ? -u[i] : u[i];
            for (int j = 0; j < 3; j++)
              m[i][j] += u[i] * u[j];
          }
        }
      double det = m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
                   m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
                   m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
      assert_true(fabs(sum[0]) + fabs(sum[1]) + fabs(sum[2]) < 1e-12);
      assert_true(det > 1e-6);
    }
}

/* The infinite graph is one piece: node 0 reaches every node of its cell and node 0 of each neighbouring cell, within
   a block of 7 x 7 x 7 cells. */
static void lattice_is_connected(void **state) {
  (void)state;
  enum { W = 7, ALL = W * W * W * 12 };
  static int seen[ALL], queue[ALL];
  for (int c = 0; c < n_cells; c++) {
    const Cell *cell = &cells[c];
    const int n = cell->n_nodes, middle = (3 + W * (3 + W * 3)) * n;
    int head = 0, tail = 0;
    assert_true(n <= 12);
    memset(seen, 0, sizeof seen);
    seen[middle] = 1;
    queue[tail++] = middle;
    while (head < tail) {
      int at = queue[head] / n, node = queue[head] % n, x[3] = {at % W, at / W % W, at / W / W};
      head++;
      for (int s = 0; s < cell->n_struts; s++)
        for (int end = 0; end < 2; end++) {
          const CellStrut *strut = &cell->strut[s];
          int y[3], inside = 1;
          if ((end ? strut->b : strut->a) != node)
            continue;
          for (int k = 0; k < 3; k++) {
            y[k] = x[k] + (end ? -strut->shift[k] : strut->shift[k]);
            inside = inside && y[k] >= 0 && y[k] < W;
          }
          int to = (y[0] + W * (y[1] + W * y[2])) * n + (end ? strut->a : strut->b);
          if (inside && !seen[to]) {
            seen[to] = 1;
            queue[tail++] = to;
          }
        }
    }
    for (int i = 0; i < n; i++)
      assert_true(seen[middle + i]);
    for (int k = 0, step = 1; k < 3; k++, step *= W)
      for (int sign = -1; sign <= 1; sign += 2)
        assert_true(seen[middle + sign * step * n]);
  }
}

/* Operation op of the cube: a permutation of the axes and three signs. */
static void turn(int op, const double x[3], double y[3]) {
  static const int order[6][3] = {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {0, 2, 1}, {2, 1, 0}, {1, 0, 2}};
  for (int k = 0; k < 3; k++)
    y[k] = (op >> k & 1 ? -1 : 1) * x[order[op / 8][k]];
}

/* Does the operation, followed by the displacement t, map the struts on themselves? to[s]: image of strut s. */
static int maps(const Cell *cell, int op, const double t[3], int *to) {
  for (int s = 0; s < cell->n_struts; s++) {
    double p[3], q[3], a[3], b[3];
    strut_ends(cell, s, p, q);
    turn(op, p, a);
    turn(op, q, b);
    for (int k = 0; k < 3; k++) {
      a[k] += t[k];
      b[k] += t[k];
    }
    to[s] = find_strut(cell, a, b);
    if (to[s] < 0)
      return 0;
  }
  return 1;
}

static void lattice_is_cubic(void **state) {
  (void)state;
  for (int c = 0; c < n_cells; c++) {
    const Cell *cell = &cells[c];
    int reached[64] = {0}, to[64], n_reached = 0;
    for (int op = 0; op < 48; op++) {
      int found = 0;
      for (int node = 0; node < cell->n_nodes; node++) {
        double t[3];
        turn(op, cell->node[0], t);
        for (int k = 0; k < 3; k++)
          t[k] = cell->node[node][k] - t[k];
        if (!maps(cell, op, t, to))
          continue;
        found = 1;
        reached[to[0]] = 1;
      }
      if (!found)
        fail_msg("%s: operation %d of the cube is no symmetry", cell->name, op);
    }
    for (int s = 0; s < cell->n_struts; s++)
      n_reached += reached[s];
    assert_int_equal(cell->alike, n_reached == cell->n_struts);
  }
}

/* Planes at 0 and 1/2 across each axis: the lattice is its own image, and no strut lies in the plane. */
static void mirrors_are_known(void **state) {
  (void)state;
  for (int c = 0; c < n_cells; c++) {
    const Cell *cell = &cells[c];
    int good = 1, to[64];
    for (int axis = 0; axis < 3; axis++)
      for (int half = 0; half < 2; half++) {
        double t[3] = {0, 0, 0};
        t[axis] = half; /* x -> t - x: the plane at t/2 */
        good = good && maps(cell, 1 << axis, t, to);
        for (int s = 0; s < cell->n_struts; s++) {
          const CellStrut *strut = &cell->strut[s];
          double a = cell->node[strut->a][axis], b = cell->node[strut->b][axis] + strut->shift[axis];
          good = good && !(a == 0.5 * half && a == b);
        }
      }
    assert_int_equal(cell->mirrors, good);
  }
}

/* About a node the others keep all 48 operations, diamond the 24 with an even number of signs (Td). */
static void diamond_is_tetrahedral(void **state) {
  (void)state;
  const Cell *diamond = cell_find("diamond"), *cubic = cell_find("body-centred-cubic");
  int to[64];
  for (int op = 0; op < 48; op++) {
    int signs = (op & 1) + (op >> 1 & 1) + (op >> 2 & 1);
    assert_int_equal(maps(diamond, op, (double[3]){0, 0, 0}, to), signs % 2 == 0);
    assert_int_equal(maps(cubic, op, (double[3]){0, 0, 0}, to), 1);
  }
}

/* A fault that the symmetry test must find: one strut of the body-centred cell turned aside. */
static void fault_is_found(void **state) {
  (void)state;
  Cell wrong = *cell_find("body-centred-cubic");
  CellStrut strut[8];
  int to[8], n = 0;
  memcpy(strut, wrong.strut, sizeof strut);
  strut[3].shift[0] += 1;
  wrong.strut = strut;
  for (int op = 0; op < 48; op++)
    n += maps(&wrong, op, (double[3]){0, 0, 0}, to);
  assert_true(n < 48);
}

/* Largest distance from the axes by branch and bound: the distance is 1-Lipschitz. */
static void pores_are_as_wide(void **state) {
  enum { ROOM = 40000 };
  static double box[2][ROOM][3];
  static PlainStruts all;
  (void)state;
  for (int c = 0; c < n_cells; c++) {
    double best = 0, edge = 1.0 / 8;
    plain_struts(&cells[c], cells[c].pore_radius, &all);
    int n = 0, now = 0;
    for (int i = 0; i < 512; i++, n++)
      for (int k = 0; k < 3; k++)
        box[0][n][k] = edge * ((i >> 3 * k & 7) + 0.5);
    for (int level = 0; level < 11; level++, now = !now, edge /= 2) {
      static double d[ROOM];
      for (int i = 0; i < n; i++) {
        d[i] = plain_axis_distance(&all, box[now][i]);
        best = fmax(best, d[i]);
      }
      int next = 0;
      for (int i = 0; i < n; i++)
        if (d[i] + sqrt(3) / 2 * edge > best)
          for (int child = 0; child < 8; child++, next++) {
            assert_true(next < ROOM);
            for (int k = 0; k < 3; k++)
              box[!now][next][k] = box[now][i][k] + edge * ((child >> k & 1) - 0.5) / 2;
          }
      n = next;
    }
    CHECK_BELOW(best, cells[c].pore_radius * (1 + 1e-14), "search by branch and bound");
    CHECK_BELOW(cells[c].pore_radius, best + sqrt(3) * edge, "search by branch and bound");
  }
}

/* Throat: the lowest ground on the way of a pore to its own image, by flooding a grid from the widest points down. */
enum { FLOOD = 24, POINTS = FLOOD * FLOOD * FLOOD };
static double flood_height[POINTS];
static int flood_parent[POINTS], flood_turn[POINTS][3]; /* cells crossed on the way to the parent */

static int flood_root(int i, int turns[3]) {
  turns[0] = turns[1] = turns[2] = 0;
  for (; flood_parent[i] != i; i = flood_parent[i])
    for (int k = 0; k < 3; k++)
      turns[k] += flood_turn[i][k];
  return i;
}

/* Joins i with its neighbour at the step; true when that closes a way around the cell. */
static int flood_join(int i, const int step[3]) {
  int x[3] = {i % FLOOD, i / FLOOD % FLOOD, i / FLOOD / FLOOD}, wrap[3], a[3], b[3], closed = 0;
  for (int k = 0; k < 3; k++) {
    x[k] += step[k];
    wrap[k] = x[k] < 0 ? -1 : x[k] >= FLOOD ? 1 : 0;
    x[k] -= wrap[k] * FLOOD;
  }
  int j = x[0] + FLOOD * (x[1] + FLOOD * x[2]);
  if (flood_parent[j] < 0)
    return 0;
  int from = flood_root(i, a), to = flood_root(j, b);
  if (from == to) {
    for (int k = 0; k < 3; k++)
      closed = closed || b[k] + wrap[k] != a[k];
    return closed;
  }
  flood_parent[from] = to;
  for (int k = 0; k < 3; k++)
    flood_turn[from][k] = b[k] + wrap[k] - a[k];
  return 0;
}

static int higher(const void *a, const void *b) {
  double x = flood_height[*(const int *)a], y = flood_height[*(const int *)b];
  return x < y ? 1 : x > y ? -1 : 0;
}

static void throats_are_as_wide(void **state) {
  static int order[POINTS];
  static PlainStruts all;
  (void)state;
  for (int c = 0; c < n_cells; c++) {
    int closed = 0, last = 0;
    plain_struts(&cells[c], cells[c].pore_radius, &all);
    for (int i = 0; i < POINTS; i++) {
      double x[3] = {(i % FLOOD) / (double)FLOOD, (i / FLOOD % FLOOD) / (double)FLOOD,
                     (i / FLOOD / FLOOD) / (double)FLOOD};
      flood_height[i] = plain_axis_distance(&all, x);
      flood_parent[i] = -1;
      order[i] = i;
    }
    qsort(order, POINTS, sizeof(int), higher);
    for (int rank = 0; rank < POINTS && !closed; rank++) {
      last = order[rank];
      flood_parent[last] = last;
      for (int step = 0; step < 27 && !closed; step++)
        if (step != 13)
          closed = flood_join(last, (int[3]){step % 3 - 1, step / 3 % 3 - 1, step / 9 - 1});
    }
    assert_true(closed);
    if (!isnan(cells[c].throat_radius))
      CHECK_BELOW(fabs(flood_height[last] - cells[c].throat_radius), sqrt(3) / 2 / FLOOD,
                  "half a diagonal of the grid");
  }
}

static const struct CMUnitTest group[] = {
    cmocka_unit_test(table_is_sound),         cmocka_unit_test(struts_are_equally_long),
    cmocka_unit_test(nodes_are_balanced),     cmocka_unit_test(lattice_is_connected),
    cmocka_unit_test(lattice_is_cubic),       cmocka_unit_test(mirrors_are_known),
    cmocka_unit_test(diamond_is_tetrahedral), cmocka_unit_test(fault_is_found),
    cmocka_unit_test(pores_are_as_wide),      cmocka_unit_test(throats_are_as_wide),
};
CHECK_MAIN(group)
