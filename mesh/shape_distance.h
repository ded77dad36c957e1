/* Kernels behind the shapes: no PETSc calls, no allocation, cannot fail. Shape.number as given at each. */
#ifndef TRABECULA_MESH_SHAPE_DISTANCE_H
#define TRABECULA_MESH_SHAPE_DISTANCE_H

#include "mesh/shape.h"

/* lo 0-2, hi 3-5 */
void box_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d);
/* centre 0-2, radius 3, half length 4, axis 5 */
void round_cylinder_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d);
/* centre 0-2, half axes 3-4 of the other two axes in ascending order, half length 5, axis 6 */
void elliptic_cylinder_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d);
/* centre 0-2, half axes 3-5 */
void ellipsoid_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d);
/* point 0-2, unit normal 3-5 */
void half_space_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d);
/* of the children */
void union_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d);
void intersection_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d);
void difference_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d);
/* pivot 0-2, displacement 3-5, cosine 6, sine 7, axis 8 */
void moved_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d);

#endif
