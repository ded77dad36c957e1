/* Labels and solid fractions of one leaf. Kernel: no PETSc calls, no MPI, no allocation. */
#ifndef TRABECULA_MESH_LEAF_FILL_H
#define TRABECULA_MESH_LEAF_FILL_H

#include "mesh/voxelise.h"

/* Fraction of a cube of edge 1 where d + slope . x <= 0, x from its centre: exact for a plane of any slope (inclusion
   and exclusion over the corners that the plane has passed). */
double plane_fraction(double d, const double slope[3]);

/* Centres of the 512 voxels of a leaf, mm. */
void leaf_centres(const GridBox *box, const int32_t at[3], double x[LEAF_VOXELS][3]);

/* label [512], fraction [512] (NULL: by the centre alone) of the leaf; state [n_parts] is scratch. Returns the number
   of solid voxels. */
int leaf_fill(const GridBox *box, const int32_t at[3], PetscInt n_parts, const Part *parts, uint8_t *state,
              uint8_t *label, float *fraction);

#endif
