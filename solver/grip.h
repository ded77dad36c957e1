/* A rigid plate, support or load on part of the surface: ties components of its nodes to the motion of one reference
 * point. */
#ifndef TRABECULA_SOLVER_GRIP_H
#define TRABECULA_SOLVER_GRIP_H

#include <petscsys.h>

enum { GRIP_X = 1, GRIP_Y = 2, GRIP_Z = 4, GRIP_XYZ = 7, GRIP_ROTATIONS = 56, GRIP_ALL = 63 };

typedef struct Grip {
  char name[32];
  PetscInt n;
  PetscInt
      *node; /* voxel model: owned local nodes of the Grid; frame: nodes of the Graph, the same list on every rank */
  unsigned fixed; /* tied components, bit flags above; rotations count only for frames. Nodes take the rigid motion's
                     value of each tied component */
  double at[3];   /* mm, reference point of motion and of force and moment */
} Grip;

/* A motion is six numbers: displacement (mm) of the point `at`, then rotation vector (rad), small; a force is three
   forces (N) and three moments (N mm) about `at`. */
void grip_displacement(const double motion[6], const double at[3], const double x[3], double u[3]);

/* What a solve cost, as it stands in summary.json. */
typedef struct SolveInfo {
  char name[64];
  const char *model; /* "voxel" | "frame" */
  PetscInt64 dofs;
  PetscInt iterations;
  double relative_residual, setup_s, solve_s;
} SolveInfo;

/* Given the 6x6 stiffness of a loaded grip (against the clamped rest), the components whose motion is prescribed (bits,
   values in motion) and the loads on the others (values in load), solves for motion and load. Components with neither
   stiffness nor load get motion 0. Kernel; returns 0, or 1 when a loaded component is a mechanism. */
int grip_balance(const double stiffness[6][6], unsigned prescribed, double motion[6], double load[6]);

#endif
