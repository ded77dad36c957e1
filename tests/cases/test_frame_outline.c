/* The stiffness of a frame is continuous in the height and the width of the body that cuts it. ranks: 1 */
#include "tests/cases/answer.h"

#include <stdio.h>

static const char *const text = "runner: cage\n"
                                "model: frame\n"
                                "lattice: {cell: simple-cubic, cell_mm: 2, strut_mm: 0.4, node_zones: none}\n"
                                "cage: {shape: box, width_mm: 4, depth_mm: 4, height_mm: 4}\n"
                                "materials: {strut: {young_MPa: 1000, poisson: 0.3, yield_MPa: 10}}\n"
                                "loads: {flexion: {flexion_Nm: 0.01}}\n";

static const char *const stiffness[2] = {"cage_E_MPa", "flexion.stiffness_Nm_per_deg"};

static void values(const char *const *set, double value[2]) {
  Answer a;
  answer_open(text, set, &a);
  for (int i = 0; i < 2; i++)
    value[i] = answer_value(&a, stiffness[i]);
  answer_close(&a);
}

/* Columns of any height: E of the cage is E_s times their part of its section, 4 whole ones of 16 mm2. */
static void heights(void **state) {
  const double mm[] = {4.00, 4.001, 4.01, 4.02, 4.05, 4.7};
  double last[2] = {0}, value[2];
  char height[40];

  (void)state;
  for (int i = 0; i < 6; i++) {
    const char *const set[] = {height, NULL}, *const zoned[] = {height, "lattice.node_zones=auto", NULL};
    snprintf(height, sizeof height, "cage.height_mm=%g", mm[i]);
    values(set, value);
    CHECK_NEAR(value[0], 1000 * M_PI * 0.04 * 4 / 16, 1e-6, "E A / h");
    values(zoned, value);
    for (int k = 0; k < 2 && i; k++)
      CHECK_NEAR(value[k], last[k], 1e-5 + 0.6 * (mm[i] - mm[i - 1]), "a stub grows into its place");
    memcpy(last, value, sizeof last);
  }
}

/* Nodes of the lattice pass through the wall. */
static void walls(void **state) {
  static const char *const cage[][2] = {
      {"cage={shape: box, depth_mm: 4, height_mm: 4, width_mm: %.9g}", "lattice.node_zones=auto"},
      {"cage={shape: cylinder, height_mm: 4, diameter_mm: %.9g}", "lattice.node_zones=auto"},
      {"cage={shape: cylinder, height_mm: 4, diameter_mm: %.9g}",
       "lattice={cell: rhombic-dodecahedron, cell_mm: 2, porosity_pct: 80}"},
      {"cage={shape: cylinder, height_mm: 4, diameter_mm: %.9g}", "lattice={cell: octet, cell_mm: 2, strut_mm: 0.3}"}};
  const double off[] = {-1e-6, 0, 1e-6};
  double value[3][2];
  char size[96];

  (void)state;
  for (int c = 0; c < 4; c++) {
    for (int i = 0; i < 3; i++) {
      const char *const set[] = {size, cage[c][1], NULL};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
      snprintf(size, sizeof size, cage[c][0], 4 + off[i]);
#pragma GCC diagnostic pop
      values(set, value[i]);
    }
    for (int k = 0; k < 2; k++) {
      CHECK_NEAR(value[0][k], value[1][k], 2e-5, "continuous from within");
      CHECK_NEAR(value[2][k], value[1][k], 3e-4, "stubs along the wall grow with the root of its distance");
    }
  }
}

static const struct CMUnitTest group[] = {cmocka_unit_test(heights), cmocka_unit_test(walls)};
CHECK_MAIN(group)
