/* The cube element: its eight small blocks against the plain 24 x 24 matrix, rigid motions, linear fields. */
#include "solver/voxel/element.h"
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>

static const double edge = 0.37;

static Elasticity kind(int i) {
  return i == 0   ? elasticity_isotropic(110, 0.35)
         : i == 1 ? elasticity_cubic(170, 120, 75)
                  : elasticity_orthotropic((const double[3]){12, 20, 45}, (const double[3]){6, 5, 4},
                                           (const double[3]){0.3, 0.2, 0.25});
}
enum { KINDS = 3 };

/* Largest difference between K u and T' diag(blocks) T u for some u, over the largest force. */
static double block_error(const double K[24][24], const ElementBlocks *blocks) {
  double worst = 0, largest = 0;
  for (int trial = 0; trial < 10; ++trial) {
    double u[8][3], m[8][3], o[8][3] = {{0}};
    for (int i = 0; i < 24; ++i)
      u[i / 3][i % 3] = sin(1.7 * i + 31.3 * trial * (i + 2) * (i + 1));
    element_modes((const double(*)[3])u, m);
    for (int g = 0; g < 8; ++g)
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j)
          o[g ^ 1 << i][i] += blocks->b[g][i][j] * m[g ^ 1 << j][j];
    for (int row = 0; row < 24; ++row) {
      double plain = 0, fast = 0;
      for (int col = 0; col < 24; ++col)
        plain += K[row][col] * u[col / 3][col % 3];
      for (int p = 0; p < 8; ++p) /* transpose of the sums and differences: minus for a difference's lower corners */
        fast += o[p][row % 3] * (__builtin_popcount((unsigned)(p & ~(row / 3))) & 1 ? -1 : 1);
      worst = fmax(worst, fabs(plain - fast));
      largest = fmax(largest, fabs(plain));
    }
  }
  return worst / largest;
}

static void blocks_are_the_matrix(void **state) {
  (void)state;
  for (int i = 0; i < KINDS; ++i) {
    const Elasticity c = kind(i);
    double K[24][24];
    ElementBlocks blocks;
    element_matrix(&c, edge, K);
    element_blocks(&c, edge, &blocks);
    CHECK_BELOW(block_error((const double(*)[24])K, &blocks), 1e-14, "the reflections commute with K: K = T' B T");
    blocks.b[7][0][1] *= 1.001; /* a fault that the comparison must see */
    assert_true(block_error((const double(*)[24])K, &blocks) > 1e-6);
  }
}

static void matrix_is_symmetric(void **state) {
  (void)state;
  for (int i = 0; i < KINDS; ++i) {
    const Elasticity c = kind(i);
    double K[24][24], worst = 0;
    ElementBlocks blocks;
    element_matrix(&c, edge, K);
    element_blocks(&c, edge, &blocks);
    for (int r = 0; r < 24; ++r)
      for (int s = 0; s < 24; ++s)
        worst = fmax(worst, fabs(K[r][s] - K[s][r]));
    CHECK_BELOW(worst / K[0][0], 1e-15, "the strain energy is a quadratic form");
    const double stiff[3][3] = {{c.C11, c.C55, c.C66}, {c.C22, c.C44, c.C66}, {c.C33, c.C44, c.C55}};
    for (int a = 0; a < 24; ++a)
      CHECK_NEAR(K[a][a], (stiff[a % 3][0] + stiff[a % 3][1] + stiff[a % 3][2]) * edge / 9, 1e-14,
                 "integral of (dN/dx)^2 = (1/h)(h/3)(h/3) along each axis");
    for (int d = 0; d < 3; ++d)
      CHECK_NEAR(blocks.diagonal[d], K[3 * 5 + d][3 * 5 + d], 1e-15, "the diagonal is the same at all corners");
  }
}

static void affine(const double gradient[3][3], const double shift[3], double u[8][3]) {
  for (int a = 0; a < 8; ++a)
    for (int c = 0; c < 3; ++c) {
      u[a][c] = shift[c];
      for (int d = 0; d < 3; ++d)
        u[a][c] += gradient[c][d] * edge * (a >> d & 1);
    }
}

static void rigid_motions_cost_nothing(void **state) {
  (void)state;
  for (int i = 0; i < KINDS; ++i)
    for (int motion = 0; motion < 6; ++motion) {
      const Elasticity c = kind(i);
      const int d = motion % 3;
      double K[24][24], u[8][3], m[8][3], w[3][3] = {{0}}, shift[3] = {0}, worst = 0, e[6];
      ElementBlocks blocks;
      if (motion < 3)
        shift[d] = 3;
      else
        w[(d + 1) % 3][d] = 1, w[d][(d + 1) % 3] = -1;
      affine((const double(*)[3])w, shift, u);
      element_matrix(&c, edge, K);
      element_blocks(&c, edge, &blocks);
      element_modes((const double(*)[3])u, m);
      element_strain((const double(*)[3])m, edge, e);
      for (int row = 0; row < 24; ++row) {
        double f = 0;
        for (int col = 0; col < 24; ++col)
          f += K[row][col] * u[col / 3][col % 3];
        worst = fmax(worst, fabs(f));
      }
      CHECK_BELOW(worst / K[0][0], motion < 3 ? 1e-14 : 1e-15, "a rigid motion meets no force");
      CHECK_BELOW(fabs(element_energy((const double(*)[3])m, (const double(*)[3][3])blocks.b)) / K[0][0],
                  motion < 3 ? 0 : 1e-15, "no energy: exactly none for translations, which no block touches");
      for (int k = 0; k < 6; ++k)
        CHECK_BELOW(fabs(e[k]), 1e-15, "no strain");
    }
}

static void linear_fields_are_exact(void **state) {
  (void)state;
  const double gradient[3][3] = {{0.3, -0.2, 0.5}, {0.1, -0.7, 0.4}, {0.25, 0.6, 0.9}}, shift[3] = {1, -2, 3};
  const double want[6] = {0.3, -0.7, 0.9, 0.4 + 0.6, 0.5 + 0.25, -0.2 + 0.1};
  for (int i = 0; i < KINDS; ++i) {
    const Elasticity c = kind(i);
    double u[8][3], m[8][3], e[6], s[6], energy = 0;
    ElementBlocks blocks;
    affine(gradient, shift, u);
    element_blocks(&c, edge, &blocks);
    element_modes((const double(*)[3])u, m);
    element_strain((const double(*)[3])m, edge, e);
    elasticity_stress(&c, want, s);
    for (int k = 0; k < 6; ++k) {
      CHECK_NEAR(e[k], want[k], 1e-14, "symmetric part of the gradient, engineering shears");
      energy += 0.5 * want[k] * s[k] * edge * edge * edge;
    }
    CHECK_NEAR(element_energy((const double(*)[3])m, (const double(*)[3][3])blocks.b), energy, 1e-14,
               "energy: stress strain / 2 times volume");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(blocks_are_the_matrix), cmocka_unit_test(matrix_is_symmetric),
                                     cmocka_unit_test(rigid_motions_cost_nothing),
                                     cmocka_unit_test(linear_fields_are_exact)};
  return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
