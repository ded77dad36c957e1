/* Kernel: see element.h. The matrix is the sum over 2x2x2 Gauss points of B' C B h^3 / 8, B the strain-displacement
   matrix at the point, or, for mean dilatation, with its volume strain replaced by the mean of the eight points. The
   blocks are that matrix in the basis of sums and differences. All levels of the multigrid and the assembled coarsest
   one take their numbers from here. */
#include "solver/voxel/element.h"
#include <math.h>
#include <string.h>

/* Strain-displacement matrix at a point of the reference cube [-1, 1]^3, edge h. */
static void strain_matrix(const double x[3], double h, double B[6][24]) {
  memset(B, 0, 6 * sizeof B[0]);
  for (int a = 0; a < 8; ++a) {
    double s[3], d[3];
    for (int c = 0; c < 3; ++c)
      s[c] = a >> c & 1 ? 1 : -1;
    for (int c = 0; c < 3; ++c) {
      const int e = (c + 1) % 3, f = (c + 2) % 3;
      d[c] = s[c] * (1 + s[e] * x[e]) * (1 + s[f] * x[f]) / (4 * h);
    }
    for (int c = 0; c < 3; ++c)
      B[c][3 * a + c] = d[c];
    B[3][3 * a + 1] = d[2], B[3][3 * a + 2] = d[1];
    B[4][3 * a + 0] = d[2], B[4][3 * a + 2] = d[0];
    B[5][3 * a + 0] = d[1], B[5][3 * a + 1] = d[0];
  }
}

double element_poisson(const Elasticity *c) {
  const double sum = c->C11 + c->C22 + c->C33, off = c->C12 + c->C13 + c->C23;
  const double bulk = (sum + 2 * off) / 9, shear = (sum - off + 3 * (c->C44 + c->C55 + c->C66)) / 15; /* Voigt */
  return (3 * bulk - 2 * shear) / (2 * (3 * bulk + shear));
}

bool element_is_mean_dilatation(ElementChoice choice, const Elasticity *c) {
  const double rounding = 1e-9;
  return choice == ELEMENT_MEAN_DILATATION ||
         (choice == ELEMENT_BY_LAW && element_poisson(c) > ELEMENT_POISSON_LIMIT + rounding);
}

/* Mean over the cube of the volume strain that each corner's displacements bring: terms that are odd in a coordinate
   drop out, so that it is the one at the centre. */
static void mean_volume_strain(double h, double mean[24]) {
  const double centre[3] = {0, 0, 0};
  double B[6][24];
  strain_matrix(centre, h, B);
  for (int j = 0; j < 24; ++j)
    mean[j] = B[0][j] + B[1][j] + B[2][j];
}

/* B-bar: a third of the missing volume strain to each normal strain. */
static void volume_replace(const double mean[24], double B[6][24]) {
  for (int j = 0; j < 24; ++j) {
    const double third = (mean[j] - B[0][j] - B[1][j] - B[2][j]) / 3;
    for (int k = 0; k < 3; ++k)
      B[k][j] += third;
  }
}

void element_matrix(const Elasticity *c, ElementChoice choice, double h, double K[24][24]) {
  const double g = 1 / sqrt(3.0);
  const bool replace = element_is_mean_dilatation(choice, c);
  double mean[24];
  mean_volume_strain(h, mean);
  memset(K, 0, 24 * sizeof K[0]);
  for (int q = 0; q < 8; ++q) {
    const double x[3] = {q & 1 ? g : -g, q & 2 ? g : -g, q & 4 ? g : -g};
    double B[6][24], S[6][24];
    strain_matrix(x, h, B);
    if (replace)
      volume_replace(mean, B);
    for (int j = 0; j < 24; ++j) {
      const double e[6] = {B[0][j], B[1][j], B[2][j], B[3][j], B[4][j], B[5][j]};
      double s[6];
      elasticity_stress(c, e, s);
      for (int k = 0; k < 6; ++k)
        S[k][j] = s[k];
    }
    for (int i = 0; i < 24; ++i)
      for (int j = 0; j < 24; ++j)
        for (int k = 0; k < 6; ++k)
          K[i][j] += B[k][i] * S[k][j] * h * h * h / 8;
  }
}

static double sign(int mode, int corner) { return __builtin_popcount(mode & ~corner & 7) & 1 ? -1 : 1; }

void element_blocks(const Elasticity *c, ElementChoice choice, double h, ElementBlocks *blocks) {
  double K[24][24];
  element_matrix(c, choice, h, K);
  for (int g = 0; g < 8; ++g)
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j) {
        double sum = 0;
        for (int a = 0; a < 8; ++a)
          for (int b = 0; b < 8; ++b)
            sum += sign(g ^ 1 << i, a) * sign(g ^ 1 << j, b) * K[3 * a + i][3 * b + j];
        /* the signs form an orthogonal matrix of norm sqrt 8, so K = T' (T K T' / 64) T; round-off must not couple the
         * rigid modes */
        blocks->b[g][i][j] = g == 1 << i || g == 1 << j ? 0 : sum / 64;
      }
  for (int i = 0; i < 3; ++i)
    blocks->diagonal[i] = K[i][i];
}

void element_modes(const double u[8][3], double m[8][3]) {
  memcpy(m, u, 8 * sizeof *m);
  for (int axis = 1; axis < 8; axis *= 2) /* sums and differences along one axis after the other */
    for (int p = 0; p < 8; ++p)
      for (int c = 0; c < 3 && !(p & axis); ++c) {
        const double lower = m[p][c], upper = m[p | axis][c];
        m[p][c] = upper + lower;
        m[p | axis][c] = upper - lower;
      }
}

void element_strain(const double m[8][3], double h, double strain[6]) {
  const double f = 1 / (4 * h);
  for (int c = 0; c < 3; ++c)
    strain[c] = f * m[1 << c][c];
  strain[3] = f * (m[4][1] + m[2][2]);
  strain[4] = f * (m[4][0] + m[1][2]);
  strain[5] = f * (m[2][0] + m[1][1]);
}

double element_energy(const double m[8][3], const double blocks[8][3][3]) {
  double sum = 0;
  for (int g = 0; g < 8; ++g)
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j)
        sum += m[g ^ 1 << i][i] * blocks[g][i][j] * m[g ^ 1 << j][j];
  return sum / 2;
}
