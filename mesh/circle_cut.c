/* The part of a circle that half-planes leave: a regular polygon with the symmetry of a square stands for the circle
   and is clipped by one half-plane after the other (Sutherland and Hodgman 1974). Its area over that of the whole
   polygon differs from the circle's by less than 1e-4. Used for struts that lie in faces (mesh/graph_share.c). */
#include "mesh/circle_cut.h"
#include <math.h>
#include <string.h>

enum { CORNERS = 256, ROOM = CORNERS + CIRCLE_CUTS };

/* Clips the polygon of n corners in place; each convex cut adds at most one corner. */
static int clip(const CircleCut *cut, int n, double p[ROOM][2]) {
  double q[ROOM][2], from = 0, to;
  int m = 0;

  for (int i = 0; i < n; i++) {
    const double *a = p[i], *b = p[(i + 1) % n];
    from = cut->normal[0] * a[0] + cut->normal[1] * a[1] - cut->offset;
    to = cut->normal[0] * b[0] + cut->normal[1] * b[1] - cut->offset;
    if (from <= 0) {
      q[m][0] = a[0];
      q[m++][1] = a[1];
    }
    if ((from < 0 && to > 0) || (from > 0 && to < 0)) {
      double t = from / (from - to);
      q[m][0] = a[0] + t * (b[0] - a[0]);
      q[m++][1] = a[1] + t * (b[1] - a[1]);
    }
  }
  memcpy(p, q, (unsigned)m * sizeof *p);
  return m;
}

static double area(int n, const double p[ROOM][2]) {
  double sum = 0;
  for (int i = 0; i < n; i++)
    sum += p[i][0] * p[(i + 1) % n][1] - p[(i + 1) % n][0] * p[i][1];
  return 0.5 * sum;
}

double circle_part(int n, const CircleCut *cut) {
  double p[ROOM][2];
  int corners = CORNERS;

  for (int i = 0; i < CORNERS; i++) {
    p[i][0] = cos(2 * M_PI * (i + 0.5) / CORNERS);
    p[i][1] = sin(2 * M_PI * (i + 0.5) / CORNERS);
  }
  const double whole = area(CORNERS, (const double(*)[2])p);
  for (int k = 0; k < n && corners; k++)
    corners = clip(&cut[k], corners, p);
  return fmin(1, area(corners, (const double(*)[2])p) / whole);
}
