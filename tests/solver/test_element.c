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
enum { KINDS = 3, ELEMENTS = 2 };
static const ElementChoice element[ELEMENTS] = {ELEMENT_FULL, ELEMENT_MEAN_DILATATION};

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
  for (int n = 0; n < KINDS * ELEMENTS; ++n) {
    const Elasticity c = kind(n / ELEMENTS);
    const ElementChoice choice = element[n % ELEMENTS];
    double K[24][24];
    ElementBlocks blocks;
    element_matrix(&c, choice, edge, K);
    element_blocks(&c, choice, edge, &blocks);
    CHECK_BELOW(block_error((const double(*)[24])K, &blocks), 1e-14, "the reflections commute with K: K = T' B T");
    blocks.b[7][0][1] *= 1.001; /* a fault that the comparison must see */
    assert_true(block_error((const double(*)[24])K, &blocks) > 1e-6);
  }
}

static void matrix_is_symmetric(void **state) {
  (void)state;
  for (int n = 0; n < KINDS * ELEMENTS; ++n) {
    const Elasticity c = kind(n / ELEMENTS);
    const ElementChoice choice = element[n % ELEMENTS];
    double K[24][24], worst = 0;
    ElementBlocks blocks;
    element_matrix(&c, choice, edge, K);
    element_blocks(&c, choice, edge, &blocks);
    for (int r = 0; r < 24; ++r)
      for (int s = 0; s < 24; ++s)
        worst = fmax(worst, fabs(K[r][s] - K[s][r]));
    CHECK_BELOW(worst / K[0][0], 1e-15, "the strain energy is a quadratic form");
    const double stiff[3][3] = {{c.C11, c.C55, c.C66}, {c.C22, c.C44, c.C66}, {c.C33, c.C44, c.C55}};
    for (int a = 0; a < 24 && choice == ELEMENT_FULL; ++a)
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
  for (int n = 0; n < KINDS * ELEMENTS; ++n)
    for (int motion = 0; motion < 6; ++motion) {
      const Elasticity c = kind(n / ELEMENTS);
      const ElementChoice choice = element[n % ELEMENTS];
      const int d = motion % 3;
      double K[24][24], u[8][3], m[8][3], w[3][3] = {{0}}, shift[3] = {0}, worst = 0, e[6];
      ElementBlocks blocks;
      if (motion < 3)
        shift[d] = 3;
      else
        w[(d + 1) % 3][d] = 1, w[d][(d + 1) % 3] = -1;
      affine((const double(*)[3])w, shift, u);
      element_matrix(&c, choice, edge, K);
      element_blocks(&c, choice, edge, &blocks);
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
  for (int n = 0; n < KINDS * ELEMENTS; ++n) {
    const Elasticity c = kind(n / ELEMENTS);
    const ElementChoice choice = element[n % ELEMENTS];
    double u[8][3], m[8][3], e[6], s[6], energy = 0;
    ElementBlocks blocks;
    affine(gradient, shift, u);
    element_blocks(&c, choice, edge, &blocks);
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

/* Plain B-bar, from the strain energy alone: at each Gauss point the strain without its volume part, and the mean
   volume strain of the eight points instead. */
static double energy_of_points(const Elasticity *c, bool mean, const double u[8][3]) {
  double e[8][6] = {{0}}, volume = 0, sum = 0;
  for (int q = 0; q < 8; ++q)
    for (int a = 0; a < 8; ++a) {
      double N[3], d[3];
      for (int k = 0; k < 3; ++k) {
        const double x = (q >> k & 1 ? 1 : -1) / sqrt(3.0), s = a >> k & 1 ? 1 : -1;
        N[k] = (1 + s * x) / 2, d[k] = s / edge;
      }
      const double grad[3] = {d[0] * N[1] * N[2], N[0] * d[1] * N[2], N[0] * N[1] * d[2]};
      for (int k = 0; k < 3; ++k) {
        const int f = (k + 1) % 3, g = (k + 2) % 3;
        e[q][k] += grad[k] * u[a][k];
        e[q][3 + k] += grad[f] * u[a][g] + grad[g] * u[a][f];
        volume += grad[k] * u[a][k] / 8;
      }
    }
  for (int q = 0; q < 8; ++q) {
    double s[6];
    const double own = e[q][0] + e[q][1] + e[q][2];
    for (int k = 0; k < 3 && mean; ++k)
      e[q][k] += (volume - own) / 3;
    elasticity_stress(c, e[q], s);
    for (int k = 0; k < 6; ++k)
      sum += e[q][k] * s[k] * edge * edge * edge / 16;
  }
  return sum;
}

static void energy_is_that_of_the_points(void **state) {
  (void)state;
  for (int n = 0; n < KINDS * ELEMENTS; ++n) {
    const Elasticity c = kind(n / ELEMENTS);
    const ElementChoice choice = element[n % ELEMENTS];
    ElementBlocks blocks;
    element_blocks(&c, choice, edge, &blocks);
    for (int trial = 0; trial < 10; ++trial) {
      double u[8][3], m[8][3];
      for (int i = 0; i < 24; ++i)
        u[i / 3][i % 3] = sin(2.3 * i + 17.1 * trial * (i + 3) * (i + 1));
      element_modes((const double(*)[3])u, m);
      CHECK_NEAR(element_energy((const double(*)[3])m, (const double(*)[3][3])blocks.b),
                 energy_of_points(&c, choice == ELEMENT_MEAN_DILATATION, (const double(*)[3])u), 1e-13,
                 "Hughes (1980): B-bar at 2x2x2 Gauss points");
    }
  }
}

/* By law: full integration up to Poisson's ratio 0.4, mean dilatation beyond; of other laws by bulk over shear. */
static void choice_follows_the_law(void **state) {
  (void)state;
  const double nu[5] = {-0.3, 0.3, 0.4, 0.41, 0.4999};
  for (int i = 0; i < 5; ++i) {
    const Elasticity c = elasticity_isotropic(7, nu[i]);
    CHECK_NEAR(element_poisson(&c), nu[i], 1e-9, "of an isotropic law its own");
    assert_int_equal(element_is_mean_dilatation(ELEMENT_BY_LAW, &c), nu[i] > 0.4);
    assert_false(element_is_mean_dilatation(ELEMENT_FULL, &c));
    assert_true(element_is_mean_dilatation(ELEMENT_MEAN_DILATATION, &c));
  }
  const Elasticity stiff = elasticity_cubic(100, 98, 3);
  assert_true(element_is_mean_dilatation(ELEMENT_BY_LAW, &stiff));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_are_the_matrix),        cmocka_unit_test(matrix_is_symmetric),
      cmocka_unit_test(rigid_motions_cost_nothing),   cmocka_unit_test(linear_fields_are_exact),
      cmocka_unit_test(energy_is_that_of_the_points), cmocka_unit_test(choice_follows_the_law)};
  return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
