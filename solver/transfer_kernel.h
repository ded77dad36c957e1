/* Trilinear interpolation between a leaf and the octant of the coarser leaf that covers it, and its transpose. Kernel.
 */
#ifndef TRABECULA_SOLVER_TRANSFER_KERNEL_H
#define TRABECULA_SOLVER_TRANSFER_KERNEL_H

#include "mesh/grid.h"

/* Local index of node (q[0], q[1], q[2]) of the octant that leaf `fine` covers in the coarse leaf `parent` (0 <= q <=
 * 4), or -1 if it is not held. */
int32_t octant_node(const Leaf *coarse, int32_t parent, const Leaf *fine, const int q[3]);
/* x (fine nodes of the leaf) += interpolated coarse values; b (coarse) += transpose of r (fine). Values [][3] over
 * local nodes. */
void leaf_prolong(const Leaf *coarse, int32_t parent, const Leaf *fine, const float *xc, float *x);
void leaf_restrict(const Leaf *coarse, int32_t parent, const Leaf *fine, const float *r, float *bc);

#endif
