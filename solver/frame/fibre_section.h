/* Circular cross-section of elastoplastic fibres: axial force, bending, torsion and shear interact through von Mises
   yielding of every fibre. Kernel.

   Strains e and resultants S of a section are ordered N, V2, V3, T, M2, M3 with their conjugates: elongation, two
   shears, twist and two curvatures. Axis 1 is along the strut; a fibre at (y, z) of axes 2 and 3 has
     epsilon = e0 + z e4 - y e5,  gamma2 = k e1 - z e3,  gamma3 = k e2 + y e3,
   k^2 the shear coefficient, which so gives Cowper's elastic shear stiffness; at full yield in shear the section then
   carries k A tau_y, 6 % below A tau_y. Each fibre is in the state (sigma, tau2, tau3), all other stresses zero. */
#ifndef TRABECULA_SOLVER_FRAME_FIBRE_SECTION_H
#define TRABECULA_SOLVER_FRAME_FIBRE_SECTION_H

#include "materials/hardening.h"

/* Rings hold their own area and second moment, so that the elastic section is exact. The plastic moment is within 1 %
   of 4 r^3 sigma_y / 3 in every direction of bending. */
enum { FIBRE_RINGS = 5, FIBRE_SPOKES = 24, FIBRES = FIBRE_RINGS * FIBRE_SPOKES, FIBRE_STATE = 4 * FIBRES };

typedef struct FibreLayout { /* of unit outer radius */
  double y[FIBRES], z[FIBRES], area[FIBRES];
  double shear_root;                    /* k above */
  double elastic_area, elastic_inertia; /* A/r^2, I/r^4 */
} FibreLayout;
/* bore: inner over outer radius, [0, 1). area_share: part of every fibre that counts, (0, 1]: of a strut in a plane of
   symmetry a half, in two a quarter; its supports stop what the whole circle resists on their other side. Shear
   coefficient of the hollow circle: Cowper 1966, Table 1. */
void fibre_layout(double bore, double area_share, double poisson, FibreLayout *layout);

typedef struct FibreMetal {
  double young_MPa, shear_MPa;
  Hardening hardening;
  double step_s; /* time of the load step, for hardening that depends on the rate; 0: none */
} FibreMetal;
/* Least slope of the flow stress over plastic strain, in parts of Young's modulus: with less, fully yielded sections
   have no unique strain. */
#define FIBRE_LEAST_SLOPE 1e-4

/* Resultants S[6] and consistent tangent K[6][6] (symmetric, row-major) of a section of that outer radius (mm) under
   the strains e[6], from the fibres' state at the beginning of the step; to: the state under e. A state is plastic
   strain, two plastic shears and equivalent plastic strain, [4][FIBRES]; all zero: never yielded. Implicit Euler
   (radial return; Simo and Hughes 1998, section 3.3, with the stresses of a beam). Returns the number of fibres that
   yield in this step. */
int fibre_section(const FibreLayout *layout, const FibreMetal *metal, double radius, const double e[6],
                  const double from[FIBRE_STATE], double to[FIBRE_STATE], double S[6], double K[36]);
/* Stiffnesses of the elastic section, the diagonal of K. */
void fibre_section_elastic(const FibreLayout *layout, const FibreMetal *metal, double radius, double K[6]);
/* Whether strains e leave a section that never yielded elastic, by a bound on its stresses. */
int fibre_section_stays(const FibreLayout *layout, const FibreMetal *metal, double radius, const double e[6]);

#endif
