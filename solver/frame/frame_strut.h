/* One straight strut of circular section, solid or hollow, uniform or tapered, between rigid node zones: exact
   Timoshenko element for nodal loads. Kernel.

   It has six deformations: elongation, twist, and in each plane bending by opposite end rotations and by a relative
   transverse displacement. Taken about the elastic centre, where the integral of (x - centre)/EI vanishes, they do not
   couple, and the flexibilities are integrals over the flexible part: dx/EA, dx/GJ, dx/EI and (x - centre)^2 dx/EI +
   dx/kappa GA (Przemieniecki, Theory of Matrix Structural Analysis, 1968, section 5.6 for the uniform strut, written in
   deformations; the virtual forces of a beam for the tapered one). Vectors are in global axes: a circular section needs
   no second axis. */
#ifndef TRABECULA_SOLVER_FRAME_FRAME_STRUT_H
#define TRABECULA_SOLVER_FRAME_FRAME_STRUT_H

#include <stdbool.h>

typedef struct StrutElement {
  double axis[3];           /* unit vector from end 0 to end 1 */
  double length;            /* mm, of the flexible part */
  double zone[2];           /* mm, rigid lengths at end 0 and 1 */
  double hinge[2], give[2]; /* mm of end section whose bending and twist, and whose stretch, sit at the zone's end */
  double radius;            /* mm, outer, in the middle between the nodes */
  double taper, bore;       /* as in mesh/graph.h; 0: uniform, solid */
  double area_lost;         /* part of the section that lies outside the body, [0, 1): 1 - area_share of mesh/graph.h */
  double lever[2];          /* mm from each node to the elastic centre */
  double stretch, shear, twist, bend; /* uniform: EA/L, 12EI/L^3/(1+Phi) (N/mm), GJ/L, EI/L (N mm) */
} StrutElement;

/* Shear coefficient of a circular tube, inner over outer radius m = bore (Cowper 1966, Table 1): 6(1+nu)(1+m^2)^2 /
   ((7+6nu)(1+m^2)^2 + (20+12nu)m^2); solid 6(1+nu)/(7+6nu). */
double strut_shear_coefficient(double poisson, double bore);
/* Outer radius at the share t of the flexible part, mm; t beyond 0 or 1 lies in the zones. */
double strut_radius(const StrutElement *strut, double t);
/* Area (mm^2) and second moment about a diameter (mm^4) of the section of that outer radius, both times what lies
   inside the body: so it is in a plane of symmetry, whose supports stop twist and bending out of the plane. */
void strut_section(const StrutElement *strut, double radius, double *area, double *inertia);
/* Fills in levers and stiffnesses from the geometry; timoshenko false: no shear deformation. */
void strut_stiffen(StrutElement *strut, double young_MPa, double poisson, bool timoshenko);

/* Holds the stiffnesses of a very short strut below those of `most` parallel struts of its section and that length
   (mm): beyond that the numbers of its neighbours would drown in its own. */
void strut_limit(StrutElement *strut, double young_MPa, double length, double most);

/* Geometry of the k-th of n equal pieces of the flexible part, which stand for it exactly when joined; the first and
   the last keep the zone at their outer end. Stiffnesses are left to strut_stiffen. */
void strut_piece(const StrutElement *whole, int n, int k, StrutElement *piece);

/* Deformation of the flexible part under displacements and rotations of the nodes (mm, rad). */
typedef struct StrutDeformation {
  double stretch, twist;    /* mm, rad, along the axis */
  double shear[3], bend[3]; /* mm and rad, vectors normal to the axis, at the elastic centre */
} StrutDeformation;
void strut_deform(const StrutElement *strut, const double u0[6], const double u1[6], StrutDeformation *q);
/* Nodal forces and moments that hold the strut in that deformation, end 0 then end 1. */
void strut_forces(const StrutElement *strut, const StrutDeformation *q, double force[12]);
double strut_energy(const StrutElement *strut, const StrutDeformation *q);
/* Block of the stiffness matrix: forces at end `row` for unit displacements at end `column`; k [6][6], row-major. The
   blocks (1, 0) and (0, 1) are each other's transpose to the last bit. */
void strut_block(const StrutElement *strut, int row, int column, double k[36]);

#endif
