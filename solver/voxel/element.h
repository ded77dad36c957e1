/* The cube element: eight corners, trilinear, 2x2x2 Gauss points. Corner a sits at bit 0 = x, bit 1 = y, bit 2 = z.
   Kernel.

   The matrix of an orthotropic cube commutes with the three reflections. In the basis of sums and differences of the
   corner values along x, y, z (mode p: bit set = difference along that axis) component c of mode p couples only with
   component d of mode q where p ^ (1 << c) == q ^ (1 << d): eight 3x3 blocks g = p ^ (1 << c) with 45 non-zeros in all
   instead of 576. */
#ifndef TRABECULA_SOLVER_VOXEL_ELEMENT_H
#define TRABECULA_SOLVER_VOXEL_ELEMENT_H

#include "materials/elasticity.h"

/* Stiffness of a cube of edge h (mm), N/mm: K [24][24], row 3 a + c. The plain form, for assembly and tests. */
void element_matrix(const Elasticity *c, double h, double K[24][24]);

/* The same as blocks [g][c][d] that act on modes g ^ (1 << c): K = T' diag(blocks) T with T the sums and differences
 * (no factors). */
typedef struct ElementBlocks {
  double b[8][3][3];
  double diagonal[3]; /* of K, per component: the same at all corners */
} ElementBlocks;
void element_blocks(const Elasticity *c, double h, ElementBlocks *blocks);

/* Modes m [8][3] of the corner values u [8][3]. */
void element_modes(const double u[8][3], double m[8][3]);
/* Mean strain of the element (xx yy zz yz xz xy, engineering) and strain energy from its modes. */
void element_strain(const double m[8][3], double h, double strain[6]);
double element_energy(const double m[8][3], const double blocks[8][3][3]);

#endif
