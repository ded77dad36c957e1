#include "cases/runners/three_point.h"
#include <math.h>

double bar_stress(const Bar *b, double force_N) {
  return 3 * force_N * b->span_mm / (2 * b->width_mm * b->depth_mm * b->depth_mm);
}

double bar_force(const Bar *b, double stress_MPa) {
  return 2 * stress_MPa * b->width_mm * b->depth_mm * b->depth_mm / (3 * b->span_mm);
}

double bar_modulus(const Bar *b, double slope_N_per_mm) {
  return pow(b->span_mm, 3) * slope_N_per_mm / (4 * b->width_mm * pow(b->depth_mm, 3));
}

double bar_shear_ratio(const Bar *b, double young_over_shear) {
  const double kappa = 5. / 6; /* I/A = d^2/12 */
  return young_over_shear * b->depth_mm * b->depth_mm / (kappa * b->span_mm * b->span_mm);
}

double hinge_density(double stress_MPa, double prefactor_MPa, double exponent) {
  return pow(stress_MPa / 1.5 / prefactor_MPa, 1 / exponent);
}
