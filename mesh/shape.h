/* Shapes: signed distance in mm, negative inside. Every shape is 1-Lipschitz (|d(x) - d(y)| <= |x - y|), so a block
   whose centre is farther from the surface than its half diagonal is wholly inside or outside: that is what the
   voxeliser culls leaves with. The sign and the zero set are always exact. The value is the Euclidean distance for box,
   cylinder, ellipsoid and half-space; for wedge, union, intersection and difference |d| is a lower bound of it near
   edges and inside unions; struts are exact near their surface (see there). */
#ifndef TRABECULA_MESH_SHAPE_H
#define TRABECULA_MESH_SHAPE_H

#include <petscsys.h>

struct Graph;
typedef struct Shape Shape; /* a plain tree; children are owned by their parent */

struct Shape {
  void (*distance)(const Shape *shape, PetscInt n, const double (*x)[3],
                   double *d);   /* kernel: x [n][3] mm -> d [n] mm */
  void (*release)(Shape *shape); /* frees what data points to; may be NULL */
  double lo[3], hi[3];           /* box that holds the inside, mm; +-HUGE_VAL where unbounded */
  double number[12];             /* parameters, as the constructor says */
  Shape *child[2];
  void *data;
};

/* Constructors refuse an empty or inverted extent with PETSC_ERR_USER_INPUT. */
PetscErrorCode shape_box(const double lo[3], const double hi[3], Shape **shape);
/* Finite cylinder: axis 0, 1 or 2 through centre, half_length along it; radius2 < 0: round, else the second half axis
   (elliptic; radii in the order of the two remaining axes). */
PetscErrorCode shape_cylinder(int axis, const double centre[3], double radius, double radius2, double half_length,
                              Shape **shape);
PetscErrorCode shape_ellipsoid(const double centre[3], const double radius[3], Shape **shape);
/* Inside where (x - point) . normal <= 0. */
PetscErrorCode shape_half_space(const double point[3], const double normal[3], Shape **shape);
/* Prism over the rectangle lo..hi (x, y) from lo[2] up to the plane through the top centre, (lo + hi) / 2 at hi[2],
   turned by degrees (right-handed, within +-60) about axis 0 or 1: hi[2] is the height at the middle, one side of the
   top rises above it. */
PetscErrorCode shape_wedge(const double lo[3], const double hi[3], int about, double degrees, Shape **shape);
/* The rounded struts of a graph, which is copied into a search grid: capsules where they are uniform, frustums with the
   radii of their ends, rounded there, where they are tapered; bores, rounded likewise, are carved out of all struts
   (mesh/strut_bins.h has the caps). The surface is moved outwards by offset_mm. Periodic graphs give the infinite
   lattice. The value of solid struts is min(distance to the nearest strut's surface, band), exact inside and outside up
   to band = half the mean strut length where struts are uniform, else a lower bound; beyond the box of all struts,
   widened by band, the distance from that box is added. */
PetscErrorCode shape_struts(const struct Graph *graph, double offset_mm, Shape **shape);
/* Take ownership of a and b. */
PetscErrorCode shape_union(Shape *a, Shape *b, Shape **shape);
PetscErrorCode shape_intersection(Shape *a, Shape *b, Shape **shape);
PetscErrorCode shape_difference(Shape *a, Shape *b, Shape **shape);
/* The shape moved rigidly: rotated by degrees about the axis 0, 1 or 2 through pivot, then displaced. Takes ownership
 * of a. */
PetscErrorCode shape_moved(Shape *a, int axis, const double pivot[3], double degrees, const double displacement[3],
                           Shape **shape);
PetscErrorCode shape_destroy(Shape **shape);

#endif
