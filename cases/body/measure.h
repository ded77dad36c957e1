/* Picking nodes for grips and judging the balance of a solve. */
#ifndef TRABECULA_CASES_BODY_MEASURE_H
#define TRABECULA_CASES_BODY_MEASURE_H

#include "solver/grip.h"
#include <petscsys.h>

/* The nodes of x [n][3] inside the box lo .. hi (faces included) as a Grip; free with grip_release. Not collective. */
PetscErrorCode grip_pick_box(const char *name, PetscInt n, const double (*x)[3], const double lo[3], const double hi[3],
                             Grip *grip);
/* Collective on comm (PETSC_COMM_SELF where every rank has all nodes). Of the nodes of `among` the one farthest to
   sign (+1, -1) along axis, ties resolved by position; a grip of one node, which only its rank lists. */
PetscErrorCode grip_pick_extreme(MPI_Comm comm, const char *name, const Grip *among, const double (*x)[3], int axis,
                                 int sign, Grip *grip);
PetscErrorCode grip_release(PetscInt n, Grip *grips);

/* How far forces and moments of all grips are from adding up to nothing, relative to the largest force (and that times
   length_mm for the moments). reaction [n][6] as voxel_reactions gives it. Kernel. */
double measure_balance(PetscInt n, const Grip *grips, const double (*reaction)[6], double length_mm);
/* The value, or 0 where it is noise: below 1e-9 of the scale of its kind in the same result (the largest displacement
   of a body for its displacements, that over its length for rotations). Balances and residuals are noise by nature and
   not meant. Kernel. */
double measure_without_noise(double value, double scale);
/* Work of the grips through their motions, halved: the strain energy of a linear body. Kernel. */
double measure_half_work(PetscInt n, const double (*reaction)[6], const double (*motion)[6]);

#endif
