/* The cube element: eight corners, trilinear, 2x2x2 Gauss points. Corner a sits at bit 0 = x, bit 1 = y, bit 2 = z.
   Kernel.

   The matrix of an orthotropic cube commutes with the three reflections. In the basis of sums and differences of the
   corner values along x, y, z (mode p: bit set = difference along that axis) component c of mode p couples only with
   component d of mode q where p ^ (1 << c) == q ^ (1 << d): eight 3x3 blocks g = p ^ (1 << c) with 45 non-zeros in all
   instead of 576. */
#ifndef TRABECULA_SOLVER_VOXEL_ELEMENT_H
#define TRABECULA_SOLVER_VOXEL_ELEMENT_H

#include "materials/elasticity.h"

/* Full integration takes the strain as it is. A nearly incompressible law then locks: the eight Gauss points ask for
   eight volumes kept, more than the corners can give. Mean dilatation replaces the volume strain of each point by its
   mean over the cube, B-bar of T. Hughes, Int. J. Numer. Meth. Engng 15 (1980) 1413, eq. (13)-(16); J. Nagtegaal,
   D. Parks, J. Rice, Comput. Methods Appl. Mech. Engng 4 (1974) 153. The projection commutes with the reflections, so
   that the blocks keep their places. */
typedef enum ElementChoice { ELEMENT_BY_LAW, ELEMENT_FULL, ELEMENT_MEAN_DILATATION } ElementChoice;
enum { ELEMENT_CHOICES = 3 };

/* Up to this Poisson's ratio a law gets full integration where the choice is by law. */
#define ELEMENT_POISSON_LIMIT 0.4
/* Poisson's ratio of the isotropic law of the same Voigt means of bulk and shear modulus: its own where it is
 * isotropic. */
double element_poisson(const Elasticity *c);
bool element_is_mean_dilatation(ElementChoice choice, const Elasticity *c);

/* Stiffness of a cube of edge h (mm), N/mm: K [24][24], row 3 a + c. The plain form, for assembly and tests. */
void element_matrix(const Elasticity *c, ElementChoice choice, double h, double K[24][24]);

/* The same as blocks [g][c][d] that act on modes g ^ (1 << c): K = T' diag(blocks) T with T the sums and differences
 * (no factors). */
typedef struct ElementBlocks {
  double b[8][3][3];
  double diagonal[3]; /* of K, per component: the same at all corners */
} ElementBlocks;
void element_blocks(const Elasticity *c, ElementChoice choice, double h, ElementBlocks *blocks);

/* Modes m [8][3] of the corner values u [8][3]. */
void element_modes(const double u[8][3], double m[8][3]);
/* Mean strain of the element (xx yy zz yz xz xy, engineering), the same for both elements, and strain energy from its
 * modes. */
void element_strain(const double m[8][3], double h, double strain[6]);
double element_energy(const double m[8][3], const double blocks[8][3][3]);

#endif
