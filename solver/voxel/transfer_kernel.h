/* The coarse nodes that a leaf interpolates from. Kernel. */
#ifndef TRABECULA_SOLVER_VOXEL_TRANSFER_KERNEL_H
#define TRABECULA_SOLVER_VOXEL_TRANSFER_KERNEL_H

#include "mesh/grid.h"

/* Local index of node (q[0], q[1], q[2]) of the octant that leaf `fine` covers in the coarse leaf `parent` (0 <= q <=
 * 4), or -1 if it is not held. */
int32_t octant_node(const Leaf *coarse, int32_t parent, const Leaf *fine, const int q[3]);

#endif
