/* Parts of tapered and hollow struts: clipped, refined, waisted, selected. */
#include "mesh/graph.h"
#include "tests/check.h"
#include <string.h>

/* A strut of 2 mm along x, radius 0.1 at end 0 and 0.3 at end 1, and a uniform one along y. */
static void make_two(Graph *graph) {
  const Graph with = {.taper = (double[]){0}, .bore = (double[]){0}};
  CHECK_OK(graph_allocate(3, 2, &with, graph));
  memcpy(graph->x, (double[3][3]){{0, 0, 0}, {2, 0, 0}, {0, 3, 0}}, sizeof(double[3][3]));
  for (int s = 0; s < 2; s++) {
    graph->strut[s][0] = 0;
    graph->strut[s][1] = s + 1;
    graph->radius[s] = 0.2;
    graph->taper[s] = s ? 0 : 0.5;
    graph->bore[s] = s ? 0 : 0.6;
    graph->origin[s] = 40 + s;
    graph->share[s][0] = 0;
    graph->share[s][1] = 1;
  }
}

static double radius_at(const Graph *graph, PetscInt s, double t) {
  return graph->radius[s] * (1 + (graph->taper ? graph->taper[s] : 0) * (2 * t - 1));
}

static void clip_keeps_the_cone(void **state) {
  (void)state;
  Graph two, cut, kept;
  Shape *box;
  PetscInt dropped;
  make_two(&two);
  CHECK_OK(shape_box((double[3]){-1, -1, -1}, (double[3]){0.5, 9, 1}, &box));
  CHECK_OK(graph_clip(&two, box, NULL, 0, &cut));
  assert_int_equal(cut.n_struts, 2);
  CHECK_NEAR(radius_at(&cut, 0, 0), 0.1, 1e-9, "end of the cone");
  CHECK_NEAR(radius_at(&cut, 0, 1), 0.15, 1e-9, "a quarter of the way from 0.1 to 0.3");
  CHECK_NEAR(cut.radius[0], 0.125, 1e-9, "the middle of the piece");
  CHECK_NEAR(cut.taper[0], 0.2, 1e-8, "0.125 (1 -+ 0.2)");
  CHECK_NEAR(cut.share[0][1], 0.25, 1e-9, "0.5 of 2 mm");
  assert_true(cut.bore[0] == 0.6 && cut.bore[1] == 0 && cut.taper[1] == 0 && cut.radius[1] == 0.2);
  assert_true(cut.origin[0] == 40 && cut.origin[1] == 41 && cut.share[1][0] == 0 && cut.share[1][1] == 1);
  CHECK_OK(graph_drop_islands(&cut, NULL, &kept, &dropped));
  assert_int_equal(dropped, 0);
  for (int s = 0; s < 2; s++)
    assert_true(kept.taper[s] == cut.taper[s] && kept.bore[s] == cut.bore[s] && kept.radius[s] == cut.radius[s] &&
                kept.share[s][1] == cut.share[s][1]);
  CHECK_OK(shape_destroy(&box));
  CHECK_OK(graph_free(&two));
  CHECK_OK(graph_free(&cut));
  CHECK_OK(graph_free(&kept));
  assert_null(kept.taper);
}

static void refine_keeps_the_cone(void **state) {
  (void)state;
  Graph two, fine;
  make_two(&two);
  CHECK_OK(graph_refine(&two, 5, &fine));
  assert_true(fine.n_struts == 10 && fine.n_nodes == 3 + 2 * 4);
  for (PetscInt i = 0; i < 3; i++)
    assert_memory_equal(fine.x[i], two.x[i], sizeof two.x[i]);
  for (PetscInt o = 0; o < 10; o++) {
    const PetscInt s = o / 5, i = o % 5;
    assert_true(fine.strut[o][0] == (i ? 3 + 4 * s + i - 1 : 0) && fine.strut[o][1] == (i < 4 ? 3 + 4 * s + i : s + 1));
    CHECK_NEAR(radius_at(&fine, o, 0), radius_at(&two, s, 0.2 * (double)i), 1e-14, "the cone");
    CHECK_NEAR(radius_at(&fine, o, 1), radius_at(&two, s, 0.2 * (double)(i + 1)), 1e-14, "the cone");
    CHECK_NEAR(graph_strut(&fine, o, NULL), (s ? 3 : 2) / 5., 1e-14, "a fifth");
    assert_true(fine.bore[o] == two.bore[s] && fine.origin[o] == 40 + s);
    CHECK_NEAR(fine.share[o][1], 0.2 * (double)(i + 1), 1e-14, "share of the origin");
  }
  CHECK_OK(graph_free(&fine));
  CHECK_REFUSED(graph_refine(&two, 0, &fine));
  CHECK_OK(graph_free(&two));
}

/* Pieces of a periodic graph lie on their strut, the last one crosses the period as the strut did. */
static void refine_periodic(void **state) {
  (void)state;
  for (int c = 0; c < n_cells; c++) {
    Graph cell, fine;
    CHECK_OK(graph_periodic(&cells[c], 2, 0.3, &cell));
    CHECK_OK(graph_refine(&cell, 3, &fine));
    assert_non_null(fine.shift);
    assert_true(fine.period[0] == 2 && !fine.taper && !fine.bore);
    for (PetscInt o = 0; o < fine.n_struts; o++) {
      double u[3], v[3];
      CHECK_NEAR(graph_strut(&fine, o, u), graph_strut(&cell, o / 3, v) / 3, 1e-13, "a third");
      CHECK_NEAR(u[0] * v[0] + u[1] * v[1] + u[2] * v[2], 1, 1e-13, "the same direction");
      for (int k = 0; k < 3; k++)
        assert_int_equal(fine.shift[o][k], o % 3 == 2 ? cell.shift[o / 3][k] : 0);
    }
    CHECK_OK(graph_free(&cell));
    CHECK_OK(graph_free(&fine));
  }
}

static void waists(void **state) {
  (void)state;
  Graph cell, waisted, pieces;
  CHECK_OK(graph_periodic(cell_find("diamond"), 2, 0.3, &cell));
  for (double waist = 0.5; waist < 2.1; waist *= 2) {
    CHECK_OK(graph_waist(&cell, waist, &waisted));
    assert_int_equal(waisted.n_struts, 2 * cell.n_struts);
    assert_int_equal(waisted.n_nodes, cell.n_nodes + cell.n_struts);
    for (PetscInt s = 0; s < waisted.n_struts; s++) {
      CHECK_NEAR(radius_at(&waisted, s, (double)(s % 2)), 0.15, 1e-14, "the ends keep the diameter");
      CHECK_NEAR(radius_at(&waisted, s, 1 - (double)(s % 2)), 0.15 * waist, 1e-14, "the middle");
      CHECK_NEAR(graph_strut(&waisted, s, NULL), graph_strut(&cell, s / 2, NULL) / 2, 1e-13, "a half");
      for (int k = 0; k < 3; k++)
        assert_int_equal(waisted.shift[s][k], s % 2 ? cell.shift[s / 2][k] : 0);
    }
    CHECK_OK(graph_free(&waisted));
  }
  /* Five pieces first: the same profile, the middle piece split. */
  CHECK_OK(graph_refine(&cell, 5, &pieces));
  CHECK_OK(graph_waist(&pieces, 0.5, &waisted));
  assert_int_equal(waisted.n_struts, 6 * cell.n_struts);
  for (PetscInt s = 0; s < waisted.n_struts; s++)
    for (int end = 0; end < 2; end++)
      CHECK_NEAR(radius_at(&waisted, s, end), 0.075 + 0.075 * fabs(2 * waisted.share[s][end] - 1), 1e-13,
                 "linear from the middle to the ends");
  CHECK_OK(graph_free(&waisted));
  CHECK_OK(graph_free(&pieces));
  CHECK_OK(graph_free(&cell));
}

/* A strut that is cut first keeps the radii that it has at that place of its whole length. */
static void waist_of_a_cut_strut(void **state) {
  (void)state;
  Graph tile, cut, waisted;
  Shape *box;
  CHECK_OK(graph_tile(cell_find("simple-cubic"), 1, 0.2, (PetscInt[3]){1, 1, 1}, (double[3]){0}, PETSC_FALSE, &tile));
  CHECK_OK(shape_box((double[3]){-1, -1, -1}, (double[3]){0.7, 0.2, 2}, &box));
  CHECK_OK(graph_clip(&tile, box, NULL, 0, &cut));
  CHECK_OK(graph_waist(&cut, 0.4, &waisted));
  int split = 0, thin = 0;
  for (PetscInt s = 0; s < waisted.n_struts; s++)
    for (int end = 0; end < 2; end++) {
      const double *x = waisted.x[waisted.strut[s][end]];
      double along = fmax(fabs(x[0]) < 1e-9 ? 0 : x[0], fmax(x[1] < 1e-9 ? 0 : x[1], 0));
      double t = waisted.share[s][end];
      if (along > 0) {
        CHECK_NEAR(t, along, 1e-9, "struts run from 0 to 1");
        split += fabs(along - 0.5) < 1e-9;
        thin += fabs(along - 0.2) < 1e-9;
      }
      CHECK_NEAR(radius_at(&waisted, s, end), 0.1 * (0.4 + 0.6 * fabs(2 * t - 1)), 1e-9, "place on the whole strut");
    }
  assert_true(split > 0 && thin > 0);
  CHECK_OK(graph_bore(&waisted, 0.5));
  for (PetscInt s = 0; s < waisted.n_struts; s++)
    assert_true(waisted.bore[s] == 0.5);
  CHECK_REFUSED(graph_bore(&waisted, 1));
  CHECK_OK(shape_destroy(&box));
  CHECK_OK(graph_free(&tile));
  CHECK_OK(graph_free(&cut));
  CHECK_OK(graph_free(&waisted));
}

static const struct CMUnitTest group[] = {
    cmocka_unit_test(clip_keeps_the_cone),  cmocka_unit_test(refine_keeps_the_cone),
    cmocka_unit_test(refine_periodic),      cmocka_unit_test(waists),
    cmocka_unit_test(waist_of_a_cut_strut),
};
CHECK_MAIN(group)
