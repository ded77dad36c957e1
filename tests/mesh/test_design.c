#include "mesh/cell_volume.h"
#include "mesh/design.h"
#include "mesh/graph.h"
#include "tests/check.h"
#include "tests/mesh/plain_struts.h"
#include <string.h>

static const Cell *dodecahedron(void) { return cell_find("rhombic-dodecahedron"); }

static Design wanted(const Cell *cell, double cell_mm, double strut_mm, double porosity_pct, double aperture_mm) {
  return (Design){
      .cell = cell, .cell_mm = cell_mm, .strut_mm = strut_mm, .porosity_pct = porosity_pct, .aperture_mm = aperture_mm};
}

static void complete(Design *design) {
  const char *key = "";
  char why[256] = "";
  if (design_complete(design, &key, why, sizeof why))
    fail_msg("%s: %s: %s", design->cell->name, key, why);
}

/* Share inside the struts of n x n x n points, one at random in each voxel (voxel centres would resonate with <111>).
 */
static double count(const Cell *cell, double strut_over_cell, int n) {
  Graph graph;
  Shape *shape;
  PetscInt64 inside = 0;
  uint64_t seed = 20180611;
  double x[128][3], d[128];
  assert_true(n <= 128);
  CHECK_OK(graph_periodic(cell, 1, strut_over_cell, &graph));
  CHECK_OK(shape_struts(&graph, 0, &shape));
  CHECK_OK(graph_free(&graph));
  for (int row = 0; row < n * n; row++) {
    for (int i = 0; i < n; i++) {
      x[i][0] = (i + plain_random(&seed)) / n;
      x[i][1] = (row % n + plain_random(&seed)) / n;
      x[i][2] = (row / n + plain_random(&seed)) / n;
    }
    shape->distance(shape, n, (const double(*)[3])x, d);
    for (int i = 0; i < n; i++)
      inside += d[i] <= 0;
  }
  CHECK_OK(shape_destroy(&shape));
  return (double)inside / n / n / n;
}

static void equations_of_the_paper(void **state) {
  (void)state;
  const double x = 0.1 / (sqrt(3) / 4); /* D/M = 0.2: r = 0.1 M, a = sqrt(3)/4 M (Eq. 3) */
  CHECK_NEAR(design_eq1(x), 1 - 0.6823, 2e-4, "Eq. 1 at D/M 0.2");
  CHECK_NEAR(design_eq4_printed(0.2, 1), 0.9587, 1e-4, "Eq. 4 as printed: the wrong value that it gives");
  CHECK_NEAR(design_eq4_corrected(0.2, sqrt(2.0 / 3) - 0.2), 0.6823, 1e-4, "Eq. 1 with H of Eq. 2");
  for (double s = 0.02; s < 0.41; s += 0.02) {
    bool exact;
    double rho = design_relative_density(dodecahedron(), s, &exact);
    assert_true(exact == (s <= 1 / sqrt(6)));
    CHECK_NEAR(rho, design_eq1(2 / sqrt(3) * s), 1e-14, "Eq. 1, r/a = (2 / sqrt 3) D/M");
    CHECK_NEAR(1 - design_eq4_corrected(s, sqrt(2.0 / 3) - s), rho, 1e-13, "Eq. 1 with H of Eq. 2");
    assert_true(design_eq4_printed(s, 1) > 1 - rho);
  }
}

static void samples_of_the_paper(void **state) {
  (void)state;
  const double porosity[5] = {45.54, 73.92, 83.29, 86.94, 88.02};
  const double ratio[5] = {0.28533, 0.17755, 0.13729, 0.11964, 0.11407};
  for (int i = 0; i < 5; i++) {
    Design d = wanted(dodecahedron(), 1, NAN, porosity[i], NAN);
    complete(&d);
    CHECK_NEAR(d.strut_mm, ratio[i], 5e-5, "porosities of Table 2, Eq. 1 solved for D/M");
    CHECK_NEAR(d.aperture_mm, 0.8165 - ratio[i], 1e-4, "Eq. 2");
    CHECK_NEAR(d.throat_mm, 1 / sqrt(6) - d.strut_mm, 1e-12, "circle inside the rhombic window");
    assert_true(d.closed_form);
  }
}

/* Eq. 1 and its relatives against counted points, and the integration beyond their limits. */
static void density_is_counted(void **state) {
  (void)state;
  const double ratio[] = {0.05, 0.10, 0.15, 0.20, 0.30, 0.40, 0.45, 0.50};
  for (int i = 0; i < 8; i++)
    CHECK_NEAR(design_relative_density(dodecahedron(), ratio[i], NULL), count(dodecahedron(), ratio[i], 125),
               fmax(1e-3, 2e-4 / ratio[i]), "count of 125^3 points");
  for (int c = 0; c < n_cells; c++)
    for (double share = 0.5; share < 1; share += 0.2) {
      double s = fmin(1, 2 * cells[c].pore_radius) * share;
      CHECK_NEAR(design_relative_density(&cells[c], s, NULL), count(&cells[c], s, 75), 1e-3, "count of 75^3 points");
    }
}

/* Closed form and integration agree up to the limit and part beyond it. */
static void limit_is_the_limit(void **state) {
  (void)state;
  for (int c = 0; c < n_cells; c++) {
    const Cell *cell = &cells[c];
    for (double share = 0.25; share < 1.01; share += 0.25) {
      double s = share * cell->volume_limit;
      CHECK_NEAR(cell_volume(cell, s / 2, 192, NULL), design_relative_density(cell, s, NULL), 1e-4,
                 "integration along the struts");
    }
    double s = 1.1 * cell->volume_limit;
    if (s < 1 && s < 2 * cell->pore_radius) {
      bool exact;
      double rho = design_relative_density(cell, s, &exact);
      assert_false(exact);
      assert_true(fabs(cell->volume2 * s * s - cell->volume3 * s * s * s - rho) > 2e-4);
    }
    CHECK_NEAR(cell_volume(cell, cell->pore_radius, 384, NULL), 1, 1e-4, "no point is farther than the pore radius");
    assert_true(cell_volume(cell, 0.8 * cell->pore_radius, 192, NULL) < 0.9999);
  }
  double low = design_eq1(2 / sqrt(3) * 0.5) / design_relative_density(dodecahedron(), 0.5, NULL) - 1;
  CHECK_NEAR(low, -0.037, 0.05, "Eq. 1 against a voxel count at D/M 0.5");
}

static void density_derivative(void **state) {
  (void)state;
  for (int c = 0; c < n_cells; c++) {
    double r = 0.7 * cells[c].pore_radius, h = 0.01 * r, slope;
    cell_volume(&cells[c], r, 192, &slope);
    double high = cell_volume(&cells[c], r + h, 192, NULL), low = cell_volume(&cells[c], r - h, 192, NULL);
    CHECK_NEAR(slope, (high - low) / (2 * h), 1e-2, "central difference of the volume");
  }
}

static void any_two_give_the_rest(void **state) {
  (void)state;
  for (int c = 0; c < n_cells; c++)
    for (double share = 0.1; share < 0.95; share += 0.4) {
      const double s = share * fmin(1, 2 * cells[c].pore_radius), m = 1.7;
      Design all = wanted(&cells[c], m, s * m, NAN, NAN);
      complete(&all);
      CHECK_NEAR(all.aperture_mm, 2 * cells[c].pore_radius * m - s * m, 1e-13, "largest sphere in the pore");
      assert_true(all.throat_mm <= all.aperture_mm);
      for (int pair = 1; pair < 6; pair++) {
        static const int given[6][2] = {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}};
        const double value[4] = {all.cell_mm, all.strut_mm, all.porosity_pct, all.aperture_mm};
        double v[4] = {NAN, NAN, NAN, NAN};
        v[given[pair][0]] = value[given[pair][0]];
        v[given[pair][1]] = value[given[pair][1]];
        Design d = wanted(&cells[c], v[0], v[1], v[2], v[3]);
        complete(&d);
        double rtol = all.closed_form ? 1e-9 : 2e-5;
        CHECK_NEAR(d.cell_mm, all.cell_mm, rtol, "the design that it came from");
        CHECK_NEAR(d.strut_mm, all.strut_mm, rtol, "the design that it came from");
        CHECK_NEAR(d.porosity_pct, all.porosity_pct, 20 * rtol, "the design that it came from");
        CHECK_NEAR(d.aperture_mm, all.aperture_mm, 20 * rtol, "the design that it came from");
        assert_int_equal(d.closed_form, all.closed_form);
      }
    }
}

static void simple_cubic_is_known(void **state) {
  (void)state;
  Design d = wanted(cell_find("simple-cubic"), 1, 0.4, NAN, NAN);
  complete(&d);
  double r = 0.2; /* three crossing cylinders of length 1: 3 pi r^2 - 8 sqrt(2) r^3 (Steinmetz) */
  CHECK_NEAR(d.porosity_pct, 100 * (1 - 3 * PETSC_PI * r * r + 8 * sqrt(2) * r * r * r), 1e-12, "Steinmetz solids");
  CHECK_NEAR(d.throat_mm, 0.6, 1e-12, "square window of M - D");
  CHECK_NEAR(d.aperture_mm, sqrt(2) - 0.4, 1e-12, "centre of a cube to its edges");
}

static void windows_close_before_pores(void **state) {
  (void)state;
  Design d = wanted(dodecahedron(), 1, 0.45, NAN, NAN);
  complete(&d);
  assert_true(d.throat_mm == 0 && d.aperture_mm > 0 && !d.closed_form);
  Cell unknown = *dodecahedron();
  unknown.throat_radius = NAN;
  d = wanted(&unknown, 1, 0.2, NAN, NAN);
  complete(&d);
  assert_true(isnan(d.throat_mm));
}

static void impossible_designs_are_refused(void **state) {
  (void)state;
  const struct {
    const char *cell;
    double m, d, p, h;
    const char *key, *says;
  } bad[] = {
      {"rhombic-dodecahedron", 1, 1.2, NAN, NAN, "strut_mm", "0.816497"},
      {"rhombic-dodecahedron", 1, 0.82, NAN, NAN, "strut_mm", "pores close"},
      {"simple-cubic", 1, 1, NAN, NAN, "strut_mm", "as thick as the cell"},
      {"rhombic-dodecahedron", 1, 1e-5, NAN, NAN, "strut_mm", "at least"},
      {"rhombic-dodecahedron", -1, 0.2, NAN, NAN, "cell_mm", "positive"},
      {"rhombic-dodecahedron", 1, 0, NAN, NAN, "strut_mm", "positive"},
      {"rhombic-dodecahedron", 1, HUGE_VAL, NAN, NAN, "strut_mm", "positive"},
      {"rhombic-dodecahedron", 1, NAN, 100, NAN, "porosity_pct", "up to"},
      {"rhombic-dodecahedron", 1, NAN, 120, NAN, "porosity_pct", "up to"},
      {"rhombic-dodecahedron", NAN, 1, 99.99999, NAN, "porosity_pct", "up to"},
      {"simple-cubic", 1, NAN, 3, NAN, "porosity_pct", "above 5.8"},
      {"rhombic-dodecahedron", 1, NAN, NAN, 0.9, "aperture_mm", "0.8154"},
      {"simple-cubic", 1, NAN, NAN, 0.3, "aperture_mm", "above 0.41"},
      {"rhombic-dodecahedron", NAN, 0.1, NAN, 1e6, "aperture_mm", "up to"},
      {"rhombic-dodecahedron", 1, NAN, NAN, NAN, "lattice", "1 of"},
      {"rhombic-dodecahedron", NAN, NAN, NAN, NAN, "lattice", "0 of"},
      {"rhombic-dodecahedron", 1, 0.2, 70, NAN, "lattice", "3 of"},
      {"rhombic-dodecahedron", 1, 0.2, 70, 0.6, "lattice", "4 of"},
  };
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
    Design d = wanted(cell_find(bad[i].cell), bad[i].m, bad[i].d, bad[i].p, bad[i].h);
    const char *key = "";
    char why[256] = "";
    assert_int_equal(design_complete(&d, &key, why, sizeof why), PETSC_ERR_USER_INPUT);
    assert_string_equal(key, bad[i].key);
    if (!strstr(why, bad[i].says))
      fail_msg("row %d: '%s' does not say '%s'", (int)i, why, bad[i].says);
    assert_null(strchr(why, '\n'));
    assert_true(strlen(why) < 160);
  }
}

static const struct CMUnitTest group[] = {
    cmocka_unit_test(equations_of_the_paper),
    cmocka_unit_test(samples_of_the_paper),
    cmocka_unit_test(density_is_counted),
    cmocka_unit_test(limit_is_the_limit),
    cmocka_unit_test(density_derivative),
    cmocka_unit_test(any_two_give_the_rest),
    cmocka_unit_test(simple_cubic_is_known),
    cmocka_unit_test(windows_close_before_pores),
    cmocka_unit_test(impossible_designs_are_refused),
};
CHECK_MAIN(group)
