/* Waists, bores, defects and their scatter, from keys to struts and voxels. ranks: 1 2 */
#include "cases/body/build_defects.h"
#include "cases/body/build_keys.h"
#include "cases/body/scatter.h"
#include "mesh/random.h"
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>

static const KeyRow rows[] = {KEYS_LATTICE, KEYS_RESOLUTION, KEYS_DEFECTS, KEYS_MONTE_CARLO};

static PetscErrorCode open_case(const char *text, Case *c) {
  const KeyTable table = {sizeof(rows) / sizeof(rows[0]), rows};
  PetscFunctionBeginUser;
  *c = (Case){.comm = PETSC_COMM_WORLD};
  PetscCall(document_parse(c->comm, "case.yaml", strlen(text), text, &c->doc));
  PetscCall(document_check(c->doc, 1, &table));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The message of the refusal, the last that was raised. */
static char said[1024];
static PetscErrorCode listen(MPI_Comm comm, int line, const char *fun, const char *file, PetscErrorCode n,
                             PetscErrorType p, const char *message, void *ctx) {
  (void)comm, (void)line, (void)fun, (void)file, (void)ctx;
  if (p == PETSC_ERROR_INITIAL)
    snprintf(said, sizeof said, "%s", message);
  return n;
}
#define CHECK_SAYS(call, what)                                                                                         \
  do {                                                                                                                 \
    said[0] = 0;                                                                                                       \
    PetscPushErrorHandler(listen, NULL);                                                                               \
    CHECK_ABANDON(1);                                                                                                  \
    PetscErrorCode code_ = (call);                                                                                     \
    CHECK_ABANDON(0);                                                                                                  \
    PetscPopErrorHandler();                                                                                            \
    assert_int_equal(code_, PETSC_ERR_USER_INPUT);                                                                     \
    if (!strstr(said, what))                                                                                           \
      fail_msg("'%s' does not say '%s'", said, what);                                                                  \
  } while (0)

static Design design_of(const char *cell, double strut_mm, double waist, double bore) {
  char text[256];
  Case c;
  Design design;
  snprintf(text, sizeof text, "lattice: {cell: %s, cell_mm: 2, strut_mm: %.10g, waist: %.10g, bore: %.10g}", cell,
           strut_mm, waist, bore);
  CHECK_OK(open_case(text, &c));
  CHECK_OK(build_design(&c, NAN, &design));
  CHECK_OK(document_destroy(&c.doc));
  return design;
}

static void porosity_of_the_form(void **state) {
  (void)state;
  const Cell *cell = cell_find("rhombic-dodecahedron");
  Design plain = design_of(cell->name, 0.4, 1, 0), hollow = design_of(cell->name, 0.4, 1, 0.5),
         nearly = design_of(cell->name, 0.4, 1.000001, 0), both = design_of(cell->name, 0.4, 1.000001, 0.5);
  assert_true(design_is_plain(&plain) && plain.waist == 0 && hollow.bore == 0.5 && !design_is_plain(&hollow));
  const double outer = design_relative_density(cell, 0.2, NULL), inner = design_relative_density(cell, 0.1, NULL);
  CHECK_NEAR(plain.porosity_pct, 100 * (1 - outer), 1e-12, "Eq. 1");
  CHECK_NEAR(hollow.porosity_pct, 100 * (1 - outer + inner), 1e-12, "Eq. 1, twice");
  CHECK_NEAR(100 - nearly.porosity_pct, 100 * outer, 5e-4, "Eq. 1, by voxels");
  CHECK_NEAR(100 - both.porosity_pct, 100 * (outer - inner), 1e-3, "Eq. 1, twice, by voxels");
  assert_true(hollow.aperture_mm == plain.aperture_mm && isnan(nearly.aperture_mm));
  CHECK_NEAR(design_thinnest_mm(&hollow), 0.1, 1e-12, "wall");
  for (double waist = 0.5; waist < 2.1; waist *= 2) { /* struts thin enough to hardly overlap */
    const double strut_mm = 0.1, x = strut_mm / 2;
    const Cell *diamond = cell_find("diamond");
    Design thin = design_of("diamond", strut_mm, waist, 0);
    CHECK_NEAR(100 - thin.porosity_pct,
               100 * (diamond->volume2 * x * x * (1 + waist + waist * waist) / 3 - diamond->volume3 * x * x * x), 0.02,
               "frustums, less what their ends overlap if they were uniform there");
    CHECK_NEAR(design_thinnest_mm(&thin), waist < 1 ? waist * strut_mm : strut_mm, 1e-12, "middle or ends");
  }
}

static void mistakes_in_the_form(void **state) {
  (void)state;
  Case c;
  Design design;
  CHECK_OK(open_case("lattice: {cell: octet, cell_mm: 2, porosity_pct: 80,\n  bore: 0.2}", &c));
  CHECK_SAYS(build_design(&c, NAN, &design), "case.yaml:2:9: error: key 'lattice.bore' = 0.2: the design equations");
  CHECK_OK(document_destroy(&c.doc));
  CHECK_OK(open_case("lattice: {cell: octet, cell_mm: 2, strut_mm: 0.4,\n  waist: 4}", &c));
  CHECK_SAYS(build_design(&c, NAN, &design), "case.yaml:2:10: error: key 'lattice.waist' = 4: the middle of a strut");
  CHECK_OK(document_destroy(&c.doc));
  CHECK_SAYS(open_case("lattice: {cell: octet, cell_mm: 2, strut_mm: 0.4, bore: 1}", &c), "must lie in [0, 0.95]");
}

static double at(const Shape *shape, const double x[3]) {
  double d;
  shape->distance(shape, 1, (const double(*)[3])x, &d);
  return d;
}

/* A body whose struts are all 20 % thicker is the lattice of struts 20 % thicker. */
static void thicker_struts(void **state) {
  (void)state;
  const Defects thicker = {.vertical_pct = 20, .horizontal_pct = 20, .layer_diameter_pct = 100};
  for (double waist = 1; waist > 0.5; waist -= 0.4) {
    Design thin = design_of("octet", 0.2, waist, 0.5), thick = design_of("octet", 0.24, waist, 0.5);
    LatticeBody body = {.design = &thin, .hi = {4, 4, 4}, .defects = &thicker};
    Shape *a, *b;
    Graph graph;
    Case c = {.comm = PETSC_COMM_WORLD};
    CHECK_OK(build_body_shape(&body, 0.01, &a));
    CHECK_OK(build_lattice_shape(&thick, 0.01, body.origin, NULL, &b));
    int inside = 0;
    for (uint64_t i = 0; i < 3000; i++) {
      double x[3];
      for (uint32_t k = 0; k < 3; k++)
        x[k] = 4 * random_uniform(1, i, k);
      CHECK_BELOW(fabs(at(a, x) - at(b, x)), 1e-12, "the same body");
      inside += at(a, x) < 0;
    }
    assert_true(inside > 50);
    CHECK_OK(shape_destroy(&a));
    CHECK_OK(shape_destroy(&b));
    body.defects = NULL;
    CHECK_OK(build_body_graph(&c, &body, NULL, NULL, &graph));
    double length = 0;
    for (PetscInt s = 0; s < graph.n_struts; s++) {
      assert_true(graph.bore[s] == 0.5);
      length += graph_strut(&graph, s, NULL);
    }
    assert_int_equal(graph.n_struts, (waist == 1 ? 1 : 2) * (12 * 8 + 12 * 12));
    CHECK_NEAR(length, (12 * 8 + 12 * 12) * sqrt(2), 1e-12, "12 struts a cell and 4 in each of 36 faces");
    CHECK_OK(graph_free(&graph));
  }
}

/* Frame and voxels lack the same struts and have the same diameters, halves of waists included. */
static void frame_and_voxels_agree(void **state) {
  (void)state;
  Case c;
  Defects defects;
  Graph perfect, graph;
  DefectsFound found;
  Shape *shape;
  Design design = design_of("rhombic-dodecahedron", 0.2, 0.8, 0);
  LatticeBody body = {.design = &design, .hi = {6, 6, 8}, .defects = &defects};
  CHECK_OK(open_case("lattice: {cell: octet}\n"
                     "defects: {seed: 7, diameter_scatter_pct: 10, missing_pct: 15, end_layer_mm: 0.5,\n"
                     "          end_layer_diameter_pct: 80, build_axis: y, vertical_pct: -4}",
                     &c));
  CHECK_OK(build_defects(&c, 2, 0, 8, &defects, &body.seed));
  assert_true(body.seed == 7 && defects.build_axis == 1 && defects.missing == 0.15 && defects.layer_hi == 8);
  assert_true(defects.layer_axis == 2 && defects.vertical_pct == -4 && defects.layer_diameter_pct == 80);
  CHECK_OK(build_body_graph(&c, &body, NULL, &found, &graph));
  CHECK_OK(build_body_shape(&body, 0, &shape));
  body.defects = NULL;
  CHECK_OK(build_body_graph(&c, &body, NULL, NULL, &perfect));
  assert_int_equal(graph.n_struts, 2 * (found.struts - found.missing - found.hanging));
  assert_true(found.missing > 100 && found.dangling > 0);
  PetscInt there = 0, gone = 0, g = 0;
  for (PetscInt s = 0; s < perfect.n_struts; s += 2) { /* node 1 of the first half is the middle of the strut */
    const double *x = perfect.x[perfect.strut[s][1]];
    while (g < graph.n_struts && graph.origin[g] < perfect.origin[s])
      g += 2;
    if (g < graph.n_struts && graph.origin[g] == perfect.origin[s]) {
      const double end = graph.radius[g] * (1 + graph.taper[g]); /* in the middle */
      CHECK_BELOW(fabs(at(shape, x) +
                       end * cos(atan(2 * graph.radius[g] * fabs(graph.taper[g]) / graph_strut(&graph, g, NULL)))),
                  1e-10, "on the axis: the radius, times the cosine of the cone");
      there++;
    } else
      gone += at(shape, x) > 0;
  }
  assert_true(2 * there == graph.n_struts && gone >= found.missing && gone <= found.missing + found.hanging);
  CHECK_OK(shape_destroy(&shape));
  CHECK_OK(graph_free(&perfect));
  CHECK_OK(graph_free(&graph));
  CHECK_OK(document_destroy(&c.doc));
}

/* Voxels of a body: struts missing at random take their share of the volume away. */
static void voxels_of_a_body(void **state) {
  (void)state;
  Case c;
  Defects defects;
  Design design = design_of("rhombic-dodecahedron", 0.16, 1, 0);
  LatticeBody body = {.design = &design, .hi = {6, 6, 6}};
  const GridBox box = {.voxel_mm = 0.075, .n = {80, 80, 80}};
  Grid *grid;
  Graph graph;
  DefectsFound found;
  double full, less;
  CHECK_OK(open_case("lattice: {cell: octet}\nresolution: {surface: partial}\ndefects: {missing_pct: 8}", &c));
  CHECK_OK(build_defects(&c, 2, 0, 6, &defects, &body.seed));
  CHECK_OK(build_body_grid(&c, &body, &box, NULL, &grid, NULL));
  CHECK_OK(grid_relative_density(grid, &full));
  CHECK_OK(grid_destroy(&grid));
  CHECK_NEAR(full, 1 - design.porosity_pct / 100, 2e-3, "whole cells");
  body.defects = &defects;
  CHECK_OK(build_body_grid(&c, &body, &box, NULL, &grid, NULL));
  CHECK_OK(grid_relative_density(grid, &less));
  CHECK_OK(grid_destroy(&grid));
  CHECK_OK(build_body_graph(&c, &body, NULL, &found, &graph));
  CHECK_OK(graph_free(&graph));
  const double share = (double)found.missing / (double)found.struts;
  CHECK_NEAR(share, 0.08, 4 * sqrt(0.92 / 0.08 / 864), "binomial, 32 struts a cell");
  CHECK_NEAR(1 - less / full, share, 0.15, "volume of the missing struts, but for what they share with others");
  CHECK_OK(document_destroy(&c.doc));
}

static void mistakes_in_the_defects(void **state) {
  static const struct {
    const char *text, *says;
  } wrong[] = {
      {"defects: {diameter_scatter_pct: 60, vertical_pct: -80}", "'defects.diameter_scatter_pct' = 60: the thinnest"},
      {"defects: {end_layer_mm: 0.1, end_layer_diameter_pct: 2}", "'defects.end_layer_diameter_pct' = 2: the thinnest"},
      {"defects: {horizontal_pct: -98}", "'defects.horizontal_pct' = -98: the thinnest"},
      {"defects:\n  end_layer_mm: 2.1",
       "case.yaml:2:17: error: key 'defects.end_layer_mm' = 2.1: must be at most half"},
  };
  static const char *const out_of_range[] = {
      "defects: {missing_pct: 100}",
      "defects: {missing_pct: -1}",
      "defects: {waviness_pct: 21}",
      "defects: {diameter_scatter_pct: 61}",
      "defects: {vertical_pct: -100}",
      "defects: {end_layer_missing_pct: 101}",
      "defects: {end_layer_diameter_pct: 0}",
      "defects: {build_axis: w}",
      "defects: {seed: -1}",
      "monte_carlo: {samples: 0}",
      "monte_carlo: {samples: 1.5}",
  };
  (void)state;
  Case c;
  Defects defects;
  uint64_t seed;
  char text[256];
  for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
    snprintf(text, sizeof text, "%s\nlattice: {cell: octet}", wrong[i].text);
    CHECK_OK(open_case(text, &c));
    CHECK_SAYS(build_defects(&c, 0, 1, 5, &defects, &seed), wrong[i].says);
    CHECK_OK(document_destroy(&c.doc));
  }
  for (size_t i = 0; i < sizeof(out_of_range) / sizeof(out_of_range[0]); i++) {
    snprintf(text, sizeof text, "%s\nlattice: {cell: octet}", out_of_range[i]);
    CHECK_SAYS(open_case(text, &c), "case.yaml:1:");
  }
  CHECK_OK(open_case("lattice: {cell: octet}\ndefects: {missing_pct: 75}", &c));
  Design design = design_of("rhombic-dodecahedron", 0.2, 1, 0);
  LatticeBody body = {.design = &design, .hi = {6, 6, 6}, .defects = &defects};
  Graph graph;
  CHECK_OK(build_defects(&c, 0, 0, 6, &defects, &body.seed));
  CHECK_SAYS(build_body_graph(&c, &body, NULL, NULL, &graph), "case.yaml:2:24: error: key 'defects.missing_pct' = 75: "
                                                              "the lattice falls apart");
  CHECK_OK(document_destroy(&c.doc));
}

static void samples(void **state) {
  (void)state;
  Case c;
  PetscInt n;
  Defects defects;
  uint64_t seed;
  CHECK_OK(open_case("lattice: {cell: octet}", &c));
  CHECK_OK(build_samples(&c, &n));
  assert_int_equal(n, 1);
  CHECK_OK(build_defects(&c, 2, 0, 1, &defects, &seed));
  assert_true(!defects_any(&defects));
  CHECK_OK(document_destroy(&c.doc));
  CHECK_OK(open_case("lattice: {cell: octet}\nmonte_carlo: {samples: 20}\ndefects: {missing_pct: 1}", &c));
  CHECK_OK(build_samples(&c, &n));
  assert_int_equal(n, 20);
  CHECK_OK(document_destroy(&c.doc));
  CHECK_OK(open_case("lattice: {cell: octet}\nmonte_carlo: {samples: 20}\ndefects: {vertical_pct: 1}", &c));
  CHECK_SAYS(build_samples(&c, &n), "'monte_carlo.samples' = 20: all would be alike");
  CHECK_OK(document_destroy(&c.doc));
}

static void scatter(void **state) {
  (void)state;
  double value[19];
  Scatter s;
  for (int i = 0; i < 19; i++)
    value[i] = (i * 7) % 19 + 1;
  scatter_of(19, value, &s);
  CHECK_NEAR(s.mean, 10, 1e-15, "1 .. 19");
  CHECK_NEAR(s.deviation, sqrt(19 * 20 / 12.), 1e-14, "n (n + 1) / 12 for 1 .. n");
  CHECK_NEAR(s.error, s.deviation / sqrt(19), 1e-14, "s / sqrt n");
  CHECK_NEAR(s.mean_hi, 10 + 2.10092204 * s.error, 1e-8, "Student, 18 degrees of freedom, two-sided 95 %: 2.10092");
  CHECK_NEAR(s.mean_lo, 20 - s.mean_hi, 1e-14, "symmetric");
  CHECK_NEAR(s.next_hi, 10 + 2.10092204 * s.deviation * sqrt(20. / 19), 1e-8, "t s sqrt(1 + 1/n)");
  CHECK_NEAR(s.next_lo, 20 - s.next_hi, 1e-12, "symmetric");
  assert_true(s.n == 19 && s.min == 1 && s.max == 19 && value[0] == 1 && value[18] == 19);
  CHECK_NEAR(s.median, 10, 1e-9, "rank 10");
  CHECK_NEAR(s.pct5, 1, 1e-9, "rank 1 of 19");
  CHECK_NEAR(s.pct95, 19, 1e-9, "rank 19 of 19");
  scatter_of(18, value, &s);
  assert_true(isnan(s.pct5) && isnan(s.pct95));
  CHECK_NEAR(s.median, 9.5, 1e-9, "between ranks 9 and 10");
  scatter_of(1, value, &s);
  assert_true(s.mean == 1 && s.median == 1 && isnan(s.deviation) && isnan(s.next_hi) && isnan(s.mean_lo));
  scatter_of(0, value, &s);
  assert_true(isnan(s.mean) && isnan(s.min) && s.n == 0);
}

/* The prediction interval holds one more specimen in 95 of 100 sets of five. */
static void prediction(void **state) {
  (void)state;
  enum { SETS = 20000 };
  int held = 0, met = 0;
  for (uint64_t i = 0; i < SETS; i++) {
    double value[5];
    Scatter s;
    for (uint32_t k = 0; k < 5; k++)
      value[k] = random_normal(3, i, k, 9);
    scatter_of(5, value, &s);
    const double next = random_normal(3, i, 5, 9);
    held += next >= s.next_lo && next <= s.next_hi;
    met += s.mean_lo <= 0 && s.mean_hi >= 0;
  }
  CHECK_BELOW(fabs(held / (double)SETS - 0.95), 4 * sqrt(0.95 * 0.05 / SETS), "what the interval means");
  CHECK_BELOW(fabs(met / (double)SETS - 0.95), 4 * sqrt(0.95 * 0.05 / SETS), "what the interval means");
}

static const struct CMUnitTest group[] = {
    cmocka_unit_test(porosity_of_the_form),
    cmocka_unit_test(mistakes_in_the_form),
    cmocka_unit_test(thicker_struts),
    cmocka_unit_test(frame_and_voxels_agree),
    cmocka_unit_test(voxels_of_a_body),
    cmocka_unit_test(mistakes_in_the_defects),
    cmocka_unit_test(samples),
    cmocka_unit_test(scatter),
    cmocka_unit_test(prediction),
};
CHECK_MAIN(group)
