/* The same problem as PETSc's users pose it: an assembled matrix. */
#ifndef TRABECULA_BENCH_ASSEMBLED_H
#define TRABECULA_BENCH_ASSEMBLED_H

#include "materials/elasticity.h"
#include "mesh/grid.h"
#include "solver/grip.h"
#include <petscksp.h>

/* Stiffness of a grid without partial volumes, 3 x 3 blocks a node pair, exactly preallocated, in this type (MATAIJ,
   MATBAIJ; PETSc 3.18 has no GAMG for the latter), with the rigid motions as near null space. Rows are numbered as the
   grid's nodes: rank after rank. */
PetscErrorCode assembled_create(const Grid *grid, const Elasticity material[256], MatType type, Mat *matrix);
/* Right-hand side b of the upper plate's displacement along z, which costs held_mJ twice over as long as all free nodes
   stay where they are; then the plates' components are taken out of the matrix. With the solution x the force on the
   plate is (held_mJ - b . x) / top_z_mm. */
PetscErrorCode assembled_plates(const Grid *grid, const Grip plate[2], double top_z_mm, Mat matrix, Vec b,
                                double *held_mJ);

#endif
