/* The leaves of a box that a test cannot rule out, found from coarse blocks down (an octree that is never stored). */
#ifndef TRABECULA_MESH_BLOCKS_H
#define TRABECULA_MESH_BLOCKS_H

#include "mesh/grid.h"

typedef enum BlockFate { BLOCK_DROP, BLOCK_SPLIT, BLOCK_FULL } BlockFate;

/* Kernel: fate of n <= BLOCK_BATCH blocks with these centres (mm); every voxel of block i lies within half[i] (mm) of
   its centre. */
enum { BLOCK_BATCH = 256 };
typedef void BlockTest(const void *context, int n, const double (*centre)[3], const double *half, uint8_t *fate);

/* Collective. Leaves that the test splits down to the last: each rank gets an equal, contiguous share in Morton order.
   full (may be NULL): voxels of the box in dropped blocks of fate BLOCK_FULL, this rank's share of them. */
PetscErrorCode blocks_find(MPI_Comm comm, const GridBox *box, BlockTest *test, const void *context, PetscInt *n,
                           int32_t (**at)[3], PetscInt64 *full);
/* A box of at most 2^20 leaves an axis with at least one voxel, else PETSC_ERR_USER_INPUT. */
PetscErrorCode blocks_check(MPI_Comm comm, const GridBox *box);

/* Leaves along an axis of n voxels. */
static inline int32_t leaves_along(PetscInt n) { return (int32_t)(((PetscInt64)n + LEAF_EDGE - 1) / LEAF_EDGE); }
/* Centre (mm) of the part of a block of edge^3 leaves (at in units of blocks) that lies in the box, and the half
   diagonal of that part; returns its number of voxels, 0 outside the box. */
PetscInt64 block_bounds(const GridBox *box, const int32_t at[3], int32_t edge, double centre[3], double *half);
/* Voxels of leaf `at` along each axis, 8 except at the upper end of the box. */
void leaf_extent(const GridBox *box, const int32_t at[3], int extent[3]);

#endif
