#include "mesh/shape_distance.h"
#include <math.h>

/* Distance from the product of two sets, given the signed distances from each. */
static inline double product(double a, double b) {
  double u = fmax(a, 0), v = fmax(b, 0);
  return sqrt(u * u + v * v) + fmin(fmax(a, b), 0);
}

void box_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d) {
  const double *lo = shape->number, *hi = shape->number + 3;
  for (PetscInt i = 0; i < n; i++) {
    double outside = 0, inside = -HUGE_VAL;
    for (int k = 0; k < 3; k++) {
      double e = fmax(lo[k] - x[i][k], x[i][k] - hi[k]);
      inside = fmax(inside, e);
      e = fmax(e, 0);
      outside += e * e;
    }
    d[i] = sqrt(outside) + fmin(inside, 0);
  }
}

void round_cylinder_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d) {
  const double *c = shape->number;
  int axis = (int)c[5], p = axis == 0 ? 1 : 0, q = axis == 2 ? 1 : 2;
  for (PetscInt i = 0; i < n; i++) {
    double u = x[i][p] - c[p], v = x[i][q] - c[q];
    d[i] = product(sqrt(u * u + v * v) - c[3], fabs(x[i][axis] - c[axis]) - c[4]);
  }
}

/* Foot of y >= 0 on the ellipse or ellipsoid with half axes a: x_i = a_i^2 y_i / (t + a_i^2), t the largest root of
   F(t) = sum (a_i y_i / (t + a_i^2))^2 - 1, convex and falling; Newton's iteration from the left of the root is
   monotonic. s = t + a_min^2 keeps the digits where t nears the pole. Returns the distance, unsigned. */
static double ellipsoid_foot(int dim, const double *a, const double *y) {
  int least = 0;
  double s = 0, rest = 0, sum = 0;
  for (int i = 1; i < dim; i++)
    if (a[i] < a[least])
      least = i;
  double least2 = a[least] * a[least];
  for (int i = 0; i < dim; i++) {
    double gap = (a[i] - a[least]) * (a[i] + a[least]); /* t + a_i^2 = s + gap */
    s = fmax(s, a[i] * y[i] - gap);
    if (gap > 0 && y[i] > 0) {
      double r = a[i] * y[i] / gap;
      rest += r * r;
    } else if (gap <= 0 && y[i] > 0)
      rest = HUGE_VAL;
  }
  if (rest < 1) { /* y lies on the focal set: the foot leaves the plane y_least = 0 */
    for (int i = 0; i < dim; i++) {
      double gap = (a[i] - a[least]) * (a[i] + a[least]), e = gap > 0 ? a[i] * a[i] * y[i] / gap - y[i] : 0;
      sum += e * e;
    }
    return sqrt(sum + least2 * (1 - rest));
  }
  for (int it = 0; it < 60; it++) {
    double f = -1, slope = 0;
    for (int i = 0; i < dim; i++) {
      if (y[i] <= 0)
        continue;
      double g = s + (a[i] - a[least]) * (a[i] + a[least]), r = a[i] * y[i] / g;
      f += r * r;
      slope -= 2 * r * r / g;
    }
    double step = slope < 0 ? -f / slope : 0;
    s += step;
    if (!(step > 1e-15 * s))
      break;
  }
  for (int i = 0; i < dim; i++) {
    double g = s + (a[i] - a[least]) * (a[i] + a[least]), e = y[i] > 0 ? y[i] * (s - least2) / g : 0;
    sum += e * e; /* x_i - y_i = -t y_i / (t + a_i^2) */
  }
  return sqrt(sum);
}

static double ellipsoid_signed(int dim, const double *a, const double *y) {
  double level = -1;
  for (int i = 0; i < dim; i++)
    level += y[i] / a[i] * (y[i] / a[i]);
  return copysign(ellipsoid_foot(dim, a, y), level);
}

void elliptic_cylinder_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d) {
  const double *c = shape->number;
  int axis = (int)c[6], p = axis == 0 ? 1 : 0, q = axis == 2 ? 1 : 2;
  for (PetscInt i = 0; i < n; i++) {
    double y[2] = {fabs(x[i][p] - c[p]), fabs(x[i][q] - c[q])};
    d[i] = product(ellipsoid_signed(2, c + 3, y), fabs(x[i][axis] - c[axis]) - c[5]);
  }
}

void ellipsoid_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d) {
  const double *c = shape->number;
  for (PetscInt i = 0; i < n; i++) {
    double y[3] = {fabs(x[i][0] - c[0]), fabs(x[i][1] - c[1]), fabs(x[i][2] - c[2])};
    d[i] = ellipsoid_signed(3, c + 3, y);
  }
}

void half_space_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d) {
  const double *p = shape->number, *u = shape->number + 3;
  for (PetscInt i = 0; i < n; i++)
    d[i] = (x[i][0] - p[0]) * u[0] + (x[i][1] - p[1]) * u[1] + (x[i][2] - p[2]) * u[2];
}

/* Points are handed on in blocks, so that what a combination needs in between stays on the stack. */
enum { BLOCK = 256 };

typedef enum Join { JOIN_UNION, JOIN_INTERSECTION, JOIN_DIFFERENCE } Join;

static void join_distance(const Shape *shape, Join join, PetscInt n, const double (*x)[3], double *d) {
  double other[BLOCK];
  const Shape *a = shape->child[0], *b = shape->child[1];
  for (PetscInt first = 0; first < n; first += BLOCK) {
    PetscInt m = n - first < BLOCK ? n - first : BLOCK;
    a->distance(a, m, x + first, d + first);
    b->distance(b, m, x + first, other);
    for (PetscInt i = 0; i < m; i++) {
      double *e = &d[first + i];
      *e = join == JOIN_UNION ? fmin(*e, other[i]) : fmax(*e, join == JOIN_DIFFERENCE ? -other[i] : other[i]);
    }
  }
}

void union_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d) {
  join_distance(shape, JOIN_UNION, n, x, d);
}

void intersection_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d) {
  join_distance(shape, JOIN_INTERSECTION, n, x, d);
}

void difference_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d) {
  join_distance(shape, JOIN_DIFFERENCE, n, x, d);
}

void moved_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d) {
  double back[BLOCK][3];
  const double *pivot = shape->number, *shift = shape->number + 3, c = shape->number[6], s = shape->number[7];
  const Shape *a = shape->child[0];
  int axis = (int)shape->number[8], p = (axis + 1) % 3, q = (axis + 2) % 3;
  for (PetscInt first = 0; first < n; first += BLOCK) {
    PetscInt m = n - first < BLOCK ? n - first : BLOCK;
    for (PetscInt i = 0; i < m; i++) {
      double w[3];
      for (int k = 0; k < 3; k++)
        w[k] = x[first + i][k] - shift[k] - pivot[k];
      back[i][axis] = pivot[axis] + w[axis];
      back[i][p] = pivot[p] + c * w[p] + s * w[q];
      back[i][q] = pivot[q] - s * w[p] + c * w[q];
    }
    a->distance(a, m, (const double(*)[3])back, d + first);
  }
}
