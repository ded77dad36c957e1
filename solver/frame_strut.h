/* One straight circular strut between rigid node zones: exact Timoshenko element for nodal loads. Kernel.

   It has six deformations: elongation, twist, and in each plane bending by opposite end rotations (stiffness E I/L) and
   by a relative transverse displacement (12 E I/L^3/(1 + Phi)), which do not couple (Przemieniecki, Theory of Matrix
   Structural Analysis, 1968, section 5.6, written in deformations). Vectors are in global axes: a circular section
   needs no second axis. */
#ifndef TRABECULA_SOLVER_FRAME_STRUT_H
#define TRABECULA_SOLVER_FRAME_STRUT_H

#include <stdbool.h>

typedef struct StrutElement {
  double axis[3];                     /* unit vector from end 0 to end 1 */
  double length;                      /* mm, of the flexible part */
  double zone[2];                     /* mm, rigid lengths at end 0 and 1 */
  double radius;                      /* mm */
  double stretch, shear, twist, bend; /* EA/L, 12EI/L^3/(1+Phi) (N/mm), GJ/L, EI/L (N mm) */
} StrutElement;

/* Shear coefficient of a solid circle (Cowper 1966, Eq. 45): 6(1+nu)/(7+6nu). */
double strut_shear_coefficient(double poisson);
/* Fills in the stiffnesses from length and radius; timoshenko false: Phi = 0. */
void strut_stiffen(StrutElement *strut, double young_MPa, double poisson, bool timoshenko);

/* Deformation of the flexible part under displacements and rotations of the nodes (mm, rad). */
typedef struct StrutDeformation {
  double stretch, twist;    /* mm, rad, along the axis */
  double shear[3], bend[3]; /* mm and rad, vectors normal to the axis */
} StrutDeformation;
void strut_deform(const StrutElement *strut, const double u0[6], const double u1[6], StrutDeformation *q);
/* Nodal forces and moments that hold the strut in that deformation, end 0 then end 1. */
void strut_forces(const StrutElement *strut, const StrutDeformation *q, double force[12]);
double strut_energy(const StrutElement *strut, const StrutDeformation *q);
/* k [12][12], row-major. */
void strut_stiffness(const StrutElement *strut, double k[144]);

#endif
