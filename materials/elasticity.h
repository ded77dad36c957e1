/* Linear elasticity along the grid axes: isotropic, cubic and orthotropic are all nine constants. Kernel. */
#ifndef TRABECULA_MATERIALS_ELASTICITY_H
#define TRABECULA_MATERIALS_ELASTICITY_H

#include <stdbool.h>

typedef struct Elasticity {
  double C11, C22, C33, C12, C13, C23, C44, C55, C66; /* MPa; 4 = yz, 5 = xz, 6 = xy, engineering shear strains */
} Elasticity;

Elasticity elasticity_isotropic(double young_MPa, double poisson);
Elasticity elasticity_cubic(double C11_MPa, double C12_MPa, double C44_MPa);
/* young[3], shear {yz, xz, xy}, poisson {12, 13, 23} with nu_ij = -eps_j/eps_i under stress along i. */
Elasticity elasticity_orthotropic(const double young_MPa[3], const double shear_MPa[3], const double poisson[3]);
Elasticity elasticity_scaled(Elasticity c, double factor);
/* Adds share times c: phases under one strain (Voigt). */
void elasticity_add(Elasticity *sum, double share, const Elasticity *c);
/* True when the strain energy is positive for every strain. */
bool elasticity_definite(const Elasticity *c);
/* stress[6] = C strain[6], order xx yy zz yz xz xy, engineering shears. */
void elasticity_stress(const Elasticity *c, const double strain[6], double stress[6]);
/* Young's modulus along axis 0, 1, 2; von Mises stress of stress[6]. */
double elasticity_young(const Elasticity *c, int axis);
double von_mises(const double stress[6]);

#endif
