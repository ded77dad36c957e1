/* The nodes of a leaf and of its upper faces as one block of 9 x 9 x 9, for what is done once and not in every
   iteration. Kernel. */
#ifndef TRABECULA_SOLVER_VOXEL_LEAF_BLOCK_H
#define TRABECULA_SOLVER_VOXEL_LEAF_BLOCK_H

#include "mesh/grid.h"

/* [z][y][component][x]; absent nodes are 0. */
typedef struct BlockDouble {
  double v[9][9][3][9];
} BlockDouble;

/* x [][3] over local nodes -> block (all positions set). leaves: the array that leaf belongs to. */
void leaf_gather_double(const Leaf *leaves, const Leaf *leaf, const double *x, BlockDouble *block);
/* Adds block into y [][3] at present nodes. */
void leaf_scatter_double(const Leaf *leaves, const Leaf *leaf, const BlockDouble *block, double *y);

#endif
