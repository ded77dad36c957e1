/* Corotational kinematics of a beam between rigid end zones: large displacements and rotations of its nodes, small
   deformations in a frame that moves along. Kernel.

   The frame's first axis joins the ends of the flexible part, the second follows the mean of both end sections
   (Crisfield 1990; Battini and Pacoste 2002). Deformations v: elongation, twist, and the rotation vectors of the end
   sections against the frame about axes 2 and 3, at both ends; conjugate forces s: N, T, M2 and M3 acting on the ends.
   Order: N, T, M2 at 0, M2 at 1, M3 at 0, M3 at 1. Rotations of nodes vary by spins (left-multiplied, global axes). */
#ifndef TRABECULA_SOLVER_FRAME_COROTATION_H
#define TRABECULA_SOLVER_FRAME_COROTATION_H

typedef struct BeamShape { /* undeformed */
  double axes[3][3];       /* rows: unit axes 1 (along), 2, 3 */
  double length;           /* mm, flexible part */
  double zone[2][3];       /* mm, from node 0 to end 0, from node 1 to end 1 of the flexible part */
} BeamShape;

/* Undeformed beam between two nodes with rigid lengths (mm) at its ends; any axes 2 and 3 serve. */
void beam_shape(const double x0[3], const double x1[3], const double zone[2], BeamShape *shape);

typedef struct BeamFrame { /* deformed */
  double axes[3][3], length;
  double arm[2][3];   /* zones turned with their nodes */
  double local[2][3]; /* rotation vectors of the end sections against the frame, in its axes */
  double q[2][3];     /* axis 2 of the end sections in the axes of the frame */
  double v[6];
} BeamFrame;

/* Displacement u[end] (mm) and rotation matrix R[end] (row-major) of the two nodes: not their positions, whose rounding
   would be strain. */
void corotate(const BeamShape *shape, const double u[2][3], const double R[2][9], BeamFrame *frame);
/* Nodal forces and moments f[12] (node 0, then 1) that hold the beam with the forces s. */
void corotate_forces(const BeamFrame *frame, const double s[6], double f[12]);
/* Their symmetrised derivative K[12][12] (row-major) with ds = k dv; geometric terms exact. At equilibrium the
   derivative is symmetric (Nour-Omid and Rankin 1991), so Newton's method keeps its order. whole[12][12] (may be NULL):
   the derivative itself, for tests. */
void corotate_stiffness(const BeamFrame *frame, const double s[6], const double k[36], double K[144],
                        double whole[144]);

/* Rotation matrix (row-major) of a rotation vector, and left-multiplication of R by it. */
void rotation_matrix(const double w[3], double R[9]);
void rotation_turn(const double w[3], double R[9]);
/* Rotation vector of R, below half a turn. */
void rotation_log(const double R[9], double w[3]);

#endif
