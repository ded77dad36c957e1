/* What is done to one leaf in every iteration: y += K x for its voxels, in double precision, in single precision, and
   in double precision on displacements in single precision; interpolation to and from the coarser level. Kernel, one
   set of functions for each instruction set. */
#ifndef TRABECULA_SOLVER_VOXEL_LEAF_KERNEL_H
#define TRABECULA_SOLVER_VOXEL_LEAF_KERNEL_H

#include "mesh/grid.h"
#include "solver/voxel/element.h"

/* Blocks (element.h) of a label in each precision. */
typedef struct BlocksDouble {
  double b[8][3][3];
} BlocksDouble;
typedef struct BlocksFloat {
  float b[8][3][3];
} BlocksFloat;

/* leaves: the array that leaf belongs to; label [512]; scale [512] multiplies each voxel's stiffness, NULL: 1; blocks
   by label; x, y [][3] over local nodes. Adds to y in the leaf itself and in its upper neighbours (leaf->next), at
   nodes that its voxels touch; at others of the same rows it adds 0. */
typedef void LeafMultiplyDouble(const Leaf *leaves, const Leaf *leaf, const uint8_t *label, const float *scale,
                                const BlocksDouble *blocks, const double *x, double *y);
typedef void LeafMultiplyMixed(const Leaf *leaves, const Leaf *leaf, const uint8_t *label, const float *scale,
                               const BlocksDouble *blocks, const float *x, double *y);
typedef void LeafMultiplyFloat(const Leaf *leaves, const Leaf *leaf, const uint8_t *label, const float *scale,
                               const BlocksFloat *blocks, const float *x, float *y);

/* Between a leaf and the octant of the coarser leaf `parent` (an index into coarse) that covers it, values [][3] over
   local nodes. Prolong: x (nodes of the leaf) += trilinear interpolation of xc. Restrict: bc += its transpose of r. */
typedef void LeafProlong(const Leaf *coarse, int32_t parent, const Leaf *fine, const float *xc, float *x);
typedef void LeafRestrict(const Leaf *coarse, int32_t parent, const Leaf *fine, const float *r, float *bc);

typedef struct LeafKernel {
  const char *name; /* "avx512", "avx2", "portable" */
  LeafMultiplyDouble *multiply_double;
  LeafMultiplyMixed *multiply_mixed;
  LeafMultiplyFloat *multiply_float;
  LeafProlong *prolong;
  LeafRestrict *restrict_;
  int (*runs)(void); /* whether this machine can run it; prepares its tables */
} LeafKernel;

enum { LEAF_KERNELS = 3 };
extern const LeafKernel leaf_kernel_portable, leaf_kernel_avx2, leaf_kernel_avx512;
/* Row i, fastest first. */
const LeafKernel *leaf_kernel_row(int i);
/* The fastest that runs here, or the one that the environment variable TRABECULA_KERNEL names: NULL when that is
   unknown or does not run on this machine. */
const LeafKernel *leaf_kernel_choose(void);

#endif
