/* Struts in faces and planes of symmetry count with the share of their section that lies inside: parts of a specimen
   between planes of symmetry give the whole's numbers, and a column in a face carries what is inside. ranks: 1 2 */
#include "tests/cases/answer.h"

#include <stdio.h>

static const char *const text = "runner: compression\n"
                                "model: frame\n"
                                "lattice: {cell: simple-cubic, cell_mm: 1.0, strut_mm: 0.1}\n"
                                "cells: [4, 4, 4]\n"
                                "materials: {strut: {young_MPa: 1000, poisson: 0.3, yield_MPa: 10}}\n"
                                "load: {plates: frictionless, strain_pct: -1}\n"
                                "crush: {unload: off}\n"
                                "solver: {rtol: 1.0e-10}\n";

static const char *const half[] = {"cells=[2, 4, 4]", "load.faces={x-: symmetry}", NULL};
static const char *const quarter[] = {"cells=[2, 2, 4]", "load.faces={x-: symmetry, y+: symmetry}", NULL};
static const char *const eighth[] = {"cells=[2, 2, 2]", "load.faces={x-: symmetry, y+: symmetry}", NULL};
static const char *const *const part[] = {half, quarter, eighth};

/* All of the part's numbers are the whole's; forces and energies by the parts that make it up. */
static void compare(const Answer *whole, const Answer *piece, int planes, double rtol, bool crushed) {
  static const char *const elastic[] = {"E_MPa", "mises_p95_MPa", "mises_p99.9_MPa", "porosity_pct"};
  static const char *const plastic[] = {"E_MPa", "yield_MPa", "porosity_pct"};

  for (int i = 0; i < (crushed ? 3 : 4); i++) {
    const char *name = crushed ? plastic[i] : elastic[i];
    CHECK_NEAR(answer_value(piece, name), answer_value(whole, name), rtol, "symmetry");
  }
  CHECK_NEAR(answer_value(piece, "energy_mJ") * (1 << planes), answer_value(whole, "energy_mJ"), rtol, "symmetry");
}

/* Last entry of the column of history.csv. */
static double yielded_pct(const Answer *answer) {
  char file[128], line[256] = "";
  double value = NAN;
  FILE *f;

  snprintf(file, sizeof file, "%s/out/history.csv", answer->folder);
  f = fopen(file, "r");
  assert_non_null(f);
  while (fgets(line, sizeof line, f))
    ;
  fclose(f);
  assert_int_equal(sscanf(line, "%*f,%*f,%*f,%*f,%lf", &value), 1);
  return value;
}

/* Cells with mirror planes in their faces, with and without node zones. */
static void planes_of_symmetry(void **state) {
  static const char *const cell[] = {"simple-cubic", "octet", "kelvin", "body-centred-cubic", "rhombic-dodecahedron"};
  char name[64], zones[] = "lattice.node_zones=none";

  (void)state;
  for (int c = 0; c < 10; c++) {
    snprintf(name, sizeof name, "lattice.cell=%s", cell[c / 2]);
    snprintf(zones + 19, 5, "%s", c % 2 ? "none" : "auto");
    const char *set[8] = {name, zones, NULL};
    Answer whole, piece;
    answer_open(text, set, &whole);
    for (int p = 0; p < 3; p++) {
      for (int i = 0; i < 3; i++)
        set[2 + i] = part[p][i];
      answer_open(text, set, &piece);
      compare(&whole, &piece, p + 1, 1e-8, false);
      answer_close(&piece);
    }
    answer_close(&whole);
  }
}

/* Struts of kelvin yield in bending and torsion, in the planes and beside them. */
static void planes_of_symmetry_yield(void **state) {
  static const char *const cell[] = {"lattice.cell=kelvin", "lattice.cell=simple-cubic"};

  (void)state;
  for (int c = 0; c < 2; c++) {
    const char *set[8] = {cell[c], "load.response=elastoplastic", "load.strain_pct=-3", "cells=[2, 2, 4]", NULL};
    const char *some[] = {cell[c], set[1], set[2], "cells=[1, 1, 2]", "load.faces={x-: symmetry, y-: symmetry}", NULL};
    Answer whole, piece;
    answer_open(text, set, &whole);
    answer_open(text, some, &piece);
    compare(&whole, &piece, 3, 1e-6, true);
    CHECK_NEAR(yielded_pct(&piece), yielded_pct(&whole), 1e-6, "symmetry");
    assert_true(yielded_pct(&whole) > 1);
    answer_close(&piece);
    answer_close(&whole);
  }
}

/* Four quarter columns make one: E = pi d^2 / 4 a^2 E_s whatever the number of cells; yielded columns carry yield_MPa.
 */
static void columns(void **state) {
  const double whole = M_PI * 0.3 * 0.3 / 4 * 1000;
  char cells[] = "cells=[1, 1, 1]";

  (void)state;
  for (int n = 1; n <= 4; n *= 2) {
    const char *set[] = {cells, "lattice.strut_mm=0.3", "lattice.node_zones=none", NULL};
    const char *zoned[] = {cells, "lattice.strut_mm=0.3", "load.response=elastoplastic", "load.strain_pct=-3", NULL};
    Answer a;
    for (int i = 0; i < 3; i++)
      cells[7 + 3 * i] = (char)('0' + n);
    answer_open(text, set, &a);
    CHECK_NEAR(answer_value(&a, "E_MPa"), whole, 1e-9, "pi d^2 / 4 a^2 E_s");
    answer_close(&a);
    if (n == 4)
      continue;
    answer_open(text, zoned, &a);
    CHECK_NEAR(answer_value(&a, "E_MPa"), whole, 0.05, "node zones stiffen by a few per cent");
    CHECK_NEAR(answer_value(&a, "yield_MPa"), whole / 100, 1e-3, "pi d^2 / 4 a^2 yield_MPa");
    answer_close(&a);
  }
}

static const struct CMUnitTest group[] = {cmocka_unit_test(planes_of_symmetry),
                                          cmocka_unit_test(planes_of_symmetry_yield), cmocka_unit_test(columns)};
CHECK_MAIN(group)
