/* The voxel operator on one leaf: gather its 9x9x9 nodes, multiply row by row in the symmetry-adapted basis, scatter.
   Kernel, in double and in single precision (leaf_kernel_body.h is compiled for both). */
#ifndef TRABECULA_SOLVER_LEAF_KERNEL_H
#define TRABECULA_SOLVER_LEAF_KERNEL_H

#include "mesh/grid.h"
#include "solver/element.h"

enum { BLOCK_ROW = 16 }; /* room for the 9 nodes of a row, padded to whole vectors */

/* Values at the nodes of a leaf and of its upper faces: [z][y][component][x]. Absent nodes are 0. */
typedef struct BlockDouble {
  double v[9][9][3][BLOCK_ROW];
} BlockDouble;
typedef struct BlockFloat {
  float v[9][9][3][BLOCK_ROW];
} BlockFloat;

/* Blocks of up to 256 labels in each precision; label 0 unused. */
typedef struct BlocksDouble {
  double b[8][3][3];
} BlocksDouble;
typedef struct BlocksFloat {
  float b[8][3][3];
} BlocksFloat;

/* x [][3] over local nodes -> block (all positions set; those beyond extent or absent are 0). leaves: the array that
 * leaf belongs to. */
void leaf_gather_double(const Leaf *leaves, const Leaf *leaf, const double *x, BlockDouble *block);
void leaf_gather_float(const Leaf *leaves, const Leaf *leaf, const float *x, BlockFloat *block);
/* Adds block into y [][3] at present nodes. */
void leaf_scatter_double(const Leaf *leaves, const Leaf *leaf, const BlockDouble *block, double *y);
void leaf_scatter_float(const Leaf *leaves, const Leaf *leaf, const BlockFloat *block, float *y);
/* f = K u for the voxels of the leaf. label [512]; scale [512] multiplies each voxel's stiffness, NULL: 1; blocks by
 * label. */
void leaf_multiply_double(const Leaf *leaf, const uint8_t *label, const float *scale, const BlocksDouble *blocks,
                          const BlockDouble *u, BlockDouble *f);
void leaf_multiply_float(const Leaf *leaf, const uint8_t *label, const float *scale, const BlocksFloat *blocks,
                         const BlockFloat *u, BlockFloat *f);

#endif
