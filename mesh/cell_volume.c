#include "mesh/cell_volume.h"
#include <math.h>

/* A ray that leaves a strut axis at a right angle stays nearest to its foot up to some distance R(z, theta), where
   another strut takes over, and never comes back (the points nearest to one foot form a convex set). So the volume
   within r of the axes is the sum over struts of the integral of min(r, R)^2 / 2 over z and theta: smooth but for
   kinks, with no mesh of space. Ends need no spherical caps where the struts of a node leave no open cone
   (mesh/cell.h). */

enum { MAX_NEAR = 1024 };

typedef struct Segment {
  double p[3], u[3], length;
} Segment;

static Segment cell_segment(const Cell *cell, int s, const int at[3]) {
  const CellStrut *strut = &cell->strut[s];
  Segment segment = {.length = 0};
  for (int k = 0; k < 3; k++) {
    segment.p[k] = at[k] + cell->node[strut->a][k];
    segment.u[k] = at[k] + cell->node[strut->b][k] + strut->shift[k] - segment.p[k];
    segment.length += segment.u[k] * segment.u[k];
  }
  segment.length = sqrt(segment.length);
  for (int k = 0; k < 3; k++)
    segment.u[k] /= segment.length;
  return segment;
}

/* Place of point i of n in (0, 1): two Gauss points on each of n / 2 intervals, weights 1 / n. */
static inline double gauss(int i, int n) { return (i / 2 + 0.5 + (i % 2 - 0.5) * 0.57735026918962576) * 2 / n; }

static inline double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static double point_distance2(const Segment *segment, const double x[3]) {
  double w[3] = {x[0] - segment->p[0], x[1] - segment->p[1], x[2] - segment->p[2]}, t = dot(w, segment->u);
  t = fmin(fmax(t, 0), segment->length);
  for (int k = 0; k < 3; k++)
    w[k] -= t * segment->u[k];
  return dot(w, w);
}

/* The struts other than s of which some point may lie within reach of strut s. */
static int segments_near(const Cell *cell, int s, double reach, Segment near[MAX_NEAR]) {
  const Segment own = cell_segment(cell, s, (int[3]){0, 0, 0});
  int n = 0;
  for (int other = 0; other < cell->n_struts; other++)
    for (int i = -3; i <= 3; i++)
      for (int j = -3; j <= 3; j++)
        for (int k = -3; k <= 3; k++) {
          if (other == s && !i && !j && !k)
            continue;
          Segment candidate = cell_segment(cell, other, (int[3]){i, j, k});
          double middle[3];
          for (int c = 0; c < 3; c++)
            middle[c] = candidate.p[c] + 0.5 * candidate.length * candidate.u[c];
          if (n < MAX_NEAR && sqrt(point_distance2(&own, middle)) <= reach + 0.5 * candidate.length)
            near[n++] = candidate;
        }
  return n;
}

/* Where along the ray p + t n some point q of the segment gets as near as p: the least t = |q-p|^2 / (2 (q-p).n) with
   (q-p).n > 0, a quasi-convex function of the place of q on the segment. */
static inline double ray_end(const double p[3], const double n[3], const Segment *segment) {
  double e[3] = {segment->p[0] - p[0], segment->p[1] - p[1], segment->p[2] - p[2]};
  double a = dot(e, e), b = dot(e, segment->u), c = dot(e, n), d = dot(segment->u, n);
  double root = sqrt(fmax(a * d * d - 2 * b * c * d + c * c, 0));
  double at = c > 0 ? (a * d - 2 * b * c) / (root + c) : d != 0 ? (root - c) / d : 0;
  at = at > 0 ? (at < segment->length ? at : segment->length) : 0;
  double ahead = c + at * d;
  return ahead > 0 ? 0.5 * (a + 2 * b * at + at * at) / ahead : HUGE_VAL;
}

/* Sum over the rays of the disc at p of min(r, R)^2 / 2, and of r where R > r; near is reordered. */
static void disc_sum(const Segment *own, const double p[3], double radius, int rays, int n_near, Segment *near,
                     double sum[2]) {
  int low = fabs(own->u[0]) <= fabs(own->u[1]) ? (fabs(own->u[0]) <= fabs(own->u[2]) ? 0 : 2)
                                               : (fabs(own->u[1]) <= fabs(own->u[2]) ? 1 : 2);
  int n = 0;
  double e[3] = {0}, f[3], length;
  e[low] = 1;
  for (int k = 0; k < 3; k++)
    f[k] = e[k] - own->u[low] * own->u[k];
  length = sqrt(dot(f, f));
  for (int k = 0; k < 3; k++)
    f[k] /= length;
  for (int k = 0; k < 3; k++)
    e[k] = own->u[(k + 1) % 3] * f[(k + 2) % 3] - own->u[(k + 2) % 3] * f[(k + 1) % 3];
  for (int i = 0; i < n_near; i++) /* those that matter on this disc to the front */
    if (point_distance2(&near[i], p) < 4 * radius * radius) {
      Segment front = near[n];
      near[n++] = near[i];
      near[i] = front;
    }
  for (int ray = 0; ray < rays; ray++) {
    double angle = 2 * 3.14159265358979323846 * gauss(ray, rays), c = cos(angle), s = sin(angle), end = radius;
    double normal[3] = {c * e[0] + s * f[0], c * e[1] + s * f[1], c * e[2] + s * f[2]};
    for (int i = 0; i < n; i++)
      end = fmin(end, ray_end(p, normal, &near[i]));
    sum[0] += 0.5 * end * end;
    sum[1] += end < radius ? 0 : radius;
  }
}

double cell_volume(const Cell *cell, double radius, int rays, double *derivative) {
  Segment near[MAX_NEAR];
  int slices = 2 * (rays / 3);
  double volume[2] = {0, 0};
  int n_own = cell->alike ? 1 : cell->n_struts;
  for (int s = 0; s < n_own; s++) {
    const Segment own = cell_segment(cell, s, (int[3]){0, 0, 0});
    int n_near = segments_near(cell, s, 2 * radius, near);
    double sum[2] = {0, 0};
    for (int slice = 0; slice < slices; slice++) {
      double z = own.length * gauss(slice, slices), p[3];
      for (int k = 0; k < 3; k++)
        p[k] = own.p[k] + z * own.u[k];
      disc_sum(&own, p, radius, rays, n_near, near, sum);
    }
    for (int i = 0; i < 2; i++)
      volume[i] += (double)cell->n_struts / n_own * sum[i] * own.length / slices * 2 * 3.14159265358979323846 / rays;
  }
  if (derivative)
    *derivative = volume[1];
  return volume[0];
}
