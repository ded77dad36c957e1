/* Geometric stiffness of a strut: what its forces add to the stiffness per unit of load, its own displacements before
   buckling neglected (classical linear buckling). Kernel.

   It is the second variation of N dL + m0 . phi0 + m1 . phi1 + T (twist1 - twist0) in the co-rotating frame of the
   strut (Crisfield, Non-linear Finite Element Analysis 2, 1997, chapter 17), dL the change of its length, phi the
   rotations of its ends out of the chord, plus what the cubic between the ends adds: N L/30 (2 phi0^2 -
   phi0 phi1 + 2 phi1^2) (Przemieniecki 1968, section 15.2; without moments and zones this and dL are his matrix) and
   -T/2 times the integral of axis . (phi x phi'), T/2 axis . (phi0 x phi1). All six end forces take
   part and the rigid zones swing, so that a frame in equilibrium that turns as a whole only turns its loads: the sway
   of lattices whose struts bend needs that. Shear deformation is in the stiffness, not in the bowing: with refinement
   the load of Engesser comes out. Rotations are rotation vectors, so that moments on free nodes are semitangential. */
#ifndef TRABECULA_SOLVER_FRAME_STRUT_GEOMETRIC_H
#define TRABECULA_SOLVER_FRAME_STRUT_GEOMETRIC_H

#include "solver/frame/frame_strut.h"

/* Both ends may hang on rigid bodies: offset is the way (mm) from the body's reference point to the strut's own node,
   0 where that is the point. force: of strut_forces, at the strut's own nodes. kg [12][12] of the reference points,
   row-major, N/mm, N, N mm. */
void strut_geometric(const StrutElement *strut, const double offset[2][3], const double force[12], double kg[144]);
/* The stiffness of the strut itself, k [12][12], of the same reference points. */
void strut_offset_stiffness(const StrutElement *strut, const double offset[2][3], double k[144]);

#endif
