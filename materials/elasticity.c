#include "materials/elasticity.h"

#include <math.h>

Elasticity elasticity_isotropic(double young_MPa, double poisson) {
  double shear = young_MPa / (2 * (1 + poisson));
  double lame = young_MPa * poisson / ((1 + poisson) * (1 - 2 * poisson));
  return elasticity_cubic(lame + 2 * shear, lame, shear);
}

Elasticity elasticity_cubic(double C11_MPa, double C12_MPa, double C44_MPa) {
  return (Elasticity){C11_MPa, C11_MPa, C11_MPa, C12_MPa, C12_MPa, C12_MPa, C44_MPa, C44_MPa, C44_MPa};
}

/* Inverse of the symmetric 3x3 matrix with diagonal d and off-diagonals o = {12, 13, 23}. */
static void invert(const double d[3], const double o[3], double d_inv[3], double o_inv[3]) {
  double cofactor[3] = {d[1] * d[2] - o[2] * o[2], o[1] * o[2] - o[0] * d[2], o[0] * o[2] - o[1] * d[1]};
  double det = d[0] * cofactor[0] + o[0] * cofactor[1] + o[1] * cofactor[2];
  d_inv[0] = cofactor[0] / det;
  d_inv[1] = (d[0] * d[2] - o[1] * o[1]) / det;
  d_inv[2] = (d[0] * d[1] - o[0] * o[0]) / det;
  o_inv[0] = cofactor[1] / det;
  o_inv[1] = cofactor[2] / det;
  o_inv[2] = (o[0] * o[1] - d[0] * o[2]) / det;
}

Elasticity elasticity_orthotropic(const double young_MPa[3], const double shear_MPa[3], const double poisson[3]) {
  /* Compliance: S_ii = 1/E_i, S_ij = -nu_ij/E_i. */
  double S_diagonal[3] = {1 / young_MPa[0], 1 / young_MPa[1], 1 / young_MPa[2]};
  double S_off[3] = {-poisson[0] / young_MPa[0], -poisson[1] / young_MPa[0], -poisson[2] / young_MPa[1]};
  double d[3], o[3];
  invert(S_diagonal, S_off, d, o);
  return (Elasticity){d[0], d[1], d[2], o[0], o[1], o[2], shear_MPa[0], shear_MPa[1], shear_MPa[2]};
}

Elasticity elasticity_scaled(Elasticity c, double factor) {
  return (Elasticity){c.C11 * factor, c.C22 * factor, c.C33 * factor, c.C12 * factor, c.C13 * factor,
                      c.C23 * factor, c.C44 * factor, c.C55 * factor, c.C66 * factor};
}

void elasticity_add(Elasticity *sum, double share, const Elasticity *c) {
  Elasticity a = elasticity_scaled(*c, share);
  *sum = (Elasticity){sum->C11 + a.C11, sum->C22 + a.C22, sum->C33 + a.C33, sum->C12 + a.C12, sum->C13 + a.C13,
                      sum->C23 + a.C23, sum->C44 + a.C44, sum->C55 + a.C55, sum->C66 + a.C66};
}

/* Sylvester's criterion on the normal block, scaled to a unit diagonal so that it does not depend on the unit; written
   so that NAN is not definite. */
bool elasticity_definite(const Elasticity *c) {
  if (!(c->C11 > 0 && c->C22 > 0 && c->C33 > 0 && c->C44 > 0 && c->C55 > 0 && c->C66 > 0))
    return false;
  double a = c->C12 / sqrt(c->C11 * c->C22), b = c->C13 / sqrt(c->C11 * c->C33), g = c->C23 / sqrt(c->C22 * c->C33);
  double det = 1 + 2 * a * b * g - a * a - b * b - g * g;
  const double rounding = 1e-14; /* a singular matrix is not definite */
  return 1 - a * a > rounding && det > rounding;
}

void elasticity_stress(const Elasticity *c, const double strain[6], double stress[6]) {
  stress[0] = c->C11 * strain[0] + c->C12 * strain[1] + c->C13 * strain[2];
  stress[1] = c->C12 * strain[0] + c->C22 * strain[1] + c->C23 * strain[2];
  stress[2] = c->C13 * strain[0] + c->C23 * strain[1] + c->C33 * strain[2];
  stress[3] = c->C44 * strain[3];
  stress[4] = c->C55 * strain[4];
  stress[5] = c->C66 * strain[5];
}

double elasticity_young(const Elasticity *c, int axis) {
  double d[3] = {c->C11, c->C22, c->C33}, o[3] = {c->C12, c->C13, c->C23}, d_inv[3], o_inv[3];
  invert(d, o, d_inv, o_inv);
  return 1 / d_inv[axis];
}

double von_mises(const double stress[6]) {
  double a = stress[0] - stress[1], b = stress[1] - stress[2], c = stress[2] - stress[0];
  double shear = stress[3] * stress[3] + stress[4] * stress[4] + stress[5] * stress[5];
  return sqrt(0.5 * (a * a + b * b + c * c) + 3 * shear);
}
