/* The rigid motion that is nearest (least squares) to the displacements of a set of points. Kernel. */
#ifndef TRABECULA_CASES_BODY_RIGID_FIT_H
#define TRABECULA_CASES_BODY_RIGID_FIT_H

/* Normal equations of min sum |u_i - t - r x (x_i - at)|^2: sums, so that they add over ranks. Starts from zero. */
typedef struct RigidFit {
  double matrix[36], right[6], count, square; /* square: sum |u_i|^2 */
} RigidFit;

void rigid_fit_add(RigidFit *fit, const double at[3], const double x[3], const double u[3]);
/* motion: displacement of `at`, then rotation. *rms (may be NULL): root mean square of what the rigid motion leaves,
   same unit as u. Returns 1 when the points do not determine the motion (fewer than three, or on a line). */
int rigid_fit_solve(const RigidFit *fit, double motion[6], double *rms);

/* The same motion seen at another point, and the same force and moment taken about another point. */
void rigid_motion_at(const double motion[6], const double from[3], const double to[3], double moved[6]);
void rigid_force_at(const double force[6], const double from[3], const double to[3], double moved[6]);

#endif
