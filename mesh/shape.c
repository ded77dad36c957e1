#include "mesh/shape.h"
#include "mesh/shape_distance.h"
#include <math.h>
#include <stdbool.h>

static PetscErrorCode shape_new(void (*distance)(const Shape *, PetscInt, const double (*)[3], double *),
                                Shape **shape) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(shape));
  (*shape)->distance = distance;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode shape_destroy(Shape **shape) {
  PetscFunctionBeginUser;
  if (!*shape)
    PetscFunctionReturn(PETSC_SUCCESS);
  for (int i = 0; i < 2; i++)
    PetscCall(shape_destroy(&(*shape)->child[i]));
  if ((*shape)->release)
    (*shape)->release(*shape);
  PetscCall(PetscFree(*shape));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode positive(double value, const char *what) {
  PetscFunctionBeginUser;
  PetscCheck(value > 0 && isfinite(value), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "%s = %g mm: must be positive and finite", what, value);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode shape_box(const double lo[3], const double hi[3], Shape **shape) {
  PetscFunctionBeginUser;
  for (int k = 0; k < 3; k++)
    PetscCall(positive(hi[k] - lo[k], "edge of a box"));
  PetscCall(shape_new(box_distance, shape));
  for (int k = 0; k < 3; k++) {
    (*shape)->number[k] = (*shape)->lo[k] = lo[k];
    (*shape)->number[3 + k] = (*shape)->hi[k] = hi[k];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode shape_cylinder(int axis, const double centre[3], double radius, double radius2, double half_length,
                              Shape **shape) {
  PetscFunctionBeginUser;
  bool round = radius2 < 0 || radius2 == radius;
  PetscCheck(axis >= 0 && axis < 3, PETSC_COMM_SELF, PETSC_ERR_PLIB, "axis %d", axis);
  PetscCall(positive(radius, "radius of a cylinder"));
  PetscCall(positive(round ? radius : radius2, "second radius of a cylinder"));
  PetscCall(positive(half_length, "half length of a cylinder"));
  PetscCall(shape_new(round ? round_cylinder_distance : elliptic_cylinder_distance, shape));
  double *number = (*shape)->number, half[3] = {radius, radius, radius};
  half[axis == 2 ? 1 : 2] = round ? radius : radius2;
  half[axis] = half_length;
  for (int k = 0; k < 3; k++) {
    number[k] = centre[k];
    (*shape)->lo[k] = centre[k] - half[k];
    (*shape)->hi[k] = centre[k] + half[k];
  }
  number[3] = radius;
  number[4] = round ? half_length : radius2;
  number[5] = round ? axis : half_length;
  number[6] = axis;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode shape_ellipsoid(const double centre[3], const double radius[3], Shape **shape) {
  PetscFunctionBeginUser;
  for (int k = 0; k < 3; k++)
    PetscCall(positive(radius[k], "radius of an ellipsoid"));
  PetscCall(shape_new(ellipsoid_distance, shape));
  for (int k = 0; k < 3; k++) {
    (*shape)->number[k] = centre[k];
    (*shape)->number[3 + k] = radius[k];
    (*shape)->lo[k] = centre[k] - radius[k];
    (*shape)->hi[k] = centre[k] + radius[k];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode shape_half_space(const double point[3], const double normal[3], Shape **shape) {
  PetscFunctionBeginUser;
  double length = sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
  PetscCall(positive(length, "normal of a half-space"));
  PetscCall(shape_new(half_space_distance, shape));
  for (int k = 0; k < 3; k++) {
    double u = normal[k] / length;
    (*shape)->number[k] = point[k];
    (*shape)->number[3 + k] = u;
    (*shape)->lo[k] = u == -1 ? point[k] : -HUGE_VAL;
    (*shape)->hi[k] = u == 1 ? point[k] : HUGE_VAL;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode shape_wedge(const double lo[3], const double hi[3], int about, double degrees, Shape **shape) {
  Shape *box, *plane;

  PetscFunctionBeginUser;
  PetscCheck(about == 0 || about == 1, PETSC_COMM_SELF, PETSC_ERR_PLIB, "wedge about axis %d", about);
  PetscCheck(fabs(degrees) <= 60, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "a wedge of %g degrees: must lie within -60 and 60", degrees);
  double angle = degrees * PETSC_PI / 180, rise = 0.5 * tan(fabs(angle)) * (hi[1 - about] - lo[1 - about]);
  PetscCheck(rise <= hi[2] - lo[2], PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "a wedge of %g degrees falls by %g mm to its low side, more than its height of %g mm", degrees, rise,
             hi[2] - lo[2]);
  double top[3] = {0.5 * (lo[0] + hi[0]), 0.5 * (lo[1] + hi[1]), hi[2]};
  double normal[3] = {about == 1 ? sin(angle) : 0, about == 0 ? -sin(angle) : 0, cos(angle)};
  PetscCall(shape_box(lo, (double[3]){hi[0], hi[1], hi[2] + rise}, &box));
  PetscCall(shape_half_space(top, normal, &plane));
  PetscCall(shape_intersection(box, plane, shape));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode shape_join(void (*distance)(const Shape *, PetscInt, const double (*)[3], double *), Shape *a,
                                 Shape *b, Shape **shape) {
  PetscFunctionBeginUser;
  PetscCall(shape_new(distance, shape));
  (*shape)->child[0] = a;
  (*shape)->child[1] = b;
  for (int k = 0; k < 3; k++) {
    (*shape)->lo[k] = a->lo[k];
    (*shape)->hi[k] = a->hi[k];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode shape_union(Shape *a, Shape *b, Shape **shape) {
  PetscFunctionBeginUser;
  PetscCall(shape_join(union_distance, a, b, shape));
  for (int k = 0; k < 3; k++) {
    (*shape)->lo[k] = fmin(a->lo[k], b->lo[k]);
    (*shape)->hi[k] = fmax(a->hi[k], b->hi[k]);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode shape_intersection(Shape *a, Shape *b, Shape **shape) {
  PetscFunctionBeginUser;
  PetscCall(shape_join(intersection_distance, a, b, shape));
  for (int k = 0; k < 3; k++) {
    (*shape)->lo[k] = fmax(a->lo[k], b->lo[k]);
    (*shape)->hi[k] = fmin(a->hi[k], b->hi[k]);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode shape_difference(Shape *a, Shape *b, Shape **shape) {
  PetscFunctionBeginUser;
  PetscCall(shape_join(difference_distance, a, b, shape));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The box of a box turned about the axis; unbounded sides stay so in every direction that they can turn into. */
static void moved_box(const Shape *a, Shape *shape) {
  const double *pivot = shape->number, *shift = shape->number + 3, c = shape->number[6], s = shape->number[7];
  int axis = (int)shape->number[8], p = (axis + 1) % 3, q = (axis + 2) % 3;
  shape->lo[axis] = a->lo[axis] + shift[axis];
  shape->hi[axis] = a->hi[axis] + shift[axis];
  shape->lo[p] = shape->lo[q] = HUGE_VAL;
  shape->hi[p] = shape->hi[q] = -HUGE_VAL;
  for (int corner = 0; corner < 4; corner++) {
    double u = (corner & 1 ? a->hi[p] : a->lo[p]) - pivot[p], v = (corner & 2 ? a->hi[q] : a->lo[q]) - pivot[q];
    double cu = c == 0 ? 0 : c * u, su = s == 0 ? 0 : s * u, cv = c == 0 ? 0 : c * v, sv = s == 0 ? 0 : s * v;
    double to[2] = {cu - sv, su + cv};
    for (int k = 0; k < 2; k++) {
      int axis2 = k ? q : p;
      double at = pivot[axis2] + to[k] + shift[axis2];
      shape->lo[axis2] = isnan(at) ? -HUGE_VAL : fmin(shape->lo[axis2], at);
      shape->hi[axis2] = isnan(at) ? HUGE_VAL : fmax(shape->hi[axis2], at);
    }
  }
}

PetscErrorCode shape_moved(Shape *a, int axis, const double pivot[3], double degrees, const double displacement[3],
                           Shape **shape) {
  PetscFunctionBeginUser;
  PetscCheck(axis >= 0 && axis < 3, PETSC_COMM_SELF, PETSC_ERR_PLIB, "axis %d", axis);
  PetscCall(shape_new(moved_distance, shape));
  double *number = (*shape)->number, quarter = degrees / 90;
  for (int k = 0; k < 3; k++) {
    number[k] = pivot[k];
    number[3 + k] = displacement[k];
  }
  bool right = quarter == rint(quarter); /* quarter turns are exact */
  number[6] = right ? rint(cos(degrees * PETSC_PI / 180)) : cos(degrees * PETSC_PI / 180);
  number[7] = right ? rint(sin(degrees * PETSC_PI / 180)) : sin(degrees * PETSC_PI / 180);
  number[8] = axis;
  (*shape)->child[0] = a;
  moved_box(a, *shape);
  PetscFunctionReturn(PETSC_SUCCESS);
}
