/* Kernel: rigid zones of the strut ends at one node. */
#include "solver/frame/node_zone.h"
#include <math.h>

/* Calibrated on E100, C44 and nu12 of voxel cells extrapolated to voxel size zero, nu 0.35, of rhombic dodecahedron,
   body-centred cubic, octet and diamond at relative densities of 0.025 to 0.3; bench/NOTES.md has the residuals, and
   tests/solver/test_frame_zones.c the reference values. */
static const double ZONE_PART = 1.08, HINGE_PART = 0.52, GIVE_PART = 1.18;
/* Struts on top of each other: far, not infinite. */
static const double SMALLEST_SINE = 1e-6;
/* Squares of lengths and areas below this part of the whole are rounding. */
static const double ROUNDING = 1e-14;

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static void cross(const double a[3], const double b[3], double c[3]) {
  c[0] = a[1] * b[2] - a[2] * b[1];
  c[1] = a[2] * b[0] - a[0] * b[2];
  c[2] = a[0] * b[1] - a[1] * b[0];
}

/* How far strut k, at the angle with that cosine and sine, covers strut j on the side that faces it. */
static double overlap(const StrutEnd *j, const StrutEnd *k, double c, double s) {
  double r = j->radius, thicker = k->radius - r, parted;

  if (c >= 0)
    parted = (thicker + r * (1 + c)) / fmax(s, SMALLEST_SINE);
  else {
    parted = r * s / (1 - c); /* the same, without cancellation at straight angles */
    if (thicker != 0)
      parted = s > 0 ? parted + thicker / s : 0;
    parted = fmin(parted, r * s / -c);
  }
  return (1 - k->lacks) * fmax(0, parted) * fmin(1, k->radius / r);
}

/* Two axes across e. */
static void across(const double e[3], double second[3], double third[3]) {
  int least = fabs(e[0]) <= fabs(e[1]) ? (fabs(e[0]) <= fabs(e[2]) ? 0 : 2) : (fabs(e[1]) <= fabs(e[2]) ? 1 : 2);
  double axis[3] = {least == 0, least == 1, least == 2};

  cross(e, axis, second);
  double size = sqrt(dot(second, second));
  for (int i = 0; i < 3; i++)
    second[i] /= size;
  cross(e, second, third);
}

static double square(const double p[2], const double q[2]) {
  return (p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]);
}

/* Perimeter of the convex hull of n different points in the plane, p[0] = 0, wrapped from the farthest of 0, which is
   one of its corners; of points in line the farthest is the next corner. */
static double hull_perimeter(int n, const double (*p)[2]) {
  int start = 0, at, steps = 0;
  double perimeter = 0;

  for (int i = 1; i < n; i++)
    if (square(p[i], p[0]) > square(p[start], p[0]))
      start = i;
  const double in_line = ROUNDING * square(p[start], p[0]);
  at = start;
  do {
    int next = at == 0 ? 1 : 0;
    for (int i = 0; i < n; i++) {
      double side = (p[next][0] - p[at][0]) * (p[i][1] - p[at][1]) - (p[next][1] - p[at][1]) * (p[i][0] - p[at][0]);
      if (i != at && (side < -in_line || (side <= in_line && square(p[i], p[at]) > square(p[next], p[at]))))
        next = i;
    }
    perimeter += sqrt(square(p[next], p[at]));
    at = next;
  } while (at != start && ++steps < n);
  return perimeter;
}

/* Puts a point among the n of the hull unless it is there already; their number. */
static int add_point(int n, double (*p)[2], double x, double y) {
  const double point[2] = {x, y}, near = ROUNDING * (x * x + y * y);

  for (int i = 0; i < n; i++)
    if (square(point, p[i]) <= near)
      return n;
  p[n][0] = x, p[n][1] = y;
  return n + 1;
}

static double reach(int n, const StrutEnd *end, int j, double (*work)[2]) {
  const double *e = end[j].direction;
  double second[3], third[3], round = 0;
  int m = 1;

  across(e, second, third);
  work[0][0] = work[0][1] = 0;
  for (int k = 0; k < n; k++) {
    double turn[3], c = dot(e, end[k].direction), s, far;
    if (k == j)
      continue;
    cross(e, end[k].direction, turn);
    s = sqrt(dot(turn, turn));
    far = overlap(&end[j], &end[k], c, s);
    round = fmax(round, (1 - end[k].lacks) * (end[k].radius - end[j].radius));
    double x = dot(end[k].direction, second), y = dot(end[k].direction, third), size = hypot(x, y);
    m = add_point(m, work, size > 0 ? far * x / size : far, size > 0 ? far * y / size : 0);
  }
  return fmax(round, m > 1 ? hull_perimeter(m, (const double(*)[2])work) / (2 * M_PI) : 0);
}

/* Part of strut j's zone that stretches; zone[].length holds the zones. */
static double give_part(int n, const StrutEnd *end, const NodeZone *zone, int j) {
  double pulls = 0, volume = 0, odd = 0, even = 0;

  for (int k = 0; k < n; k++) {
    double c = dot(end[j].direction, end[k].direction), P2 = 1.5 * c * c - 0.5;
    double r2 = (1 - end[k].lacks) * end[k].radius * end[k].radius;
    pulls += r2 * zone[k].length * P2 * P2;
    volume += r2 * zone[k].length;
    odd += r2 * c * P2;
    even += r2 * c * c;
  }
  double balanced = fmin(fmax(1 - odd / even, 0), 1);
  return volume > 0 && even > 0 ? fmin(1, GIVE_PART * balanced * sqrt(pulls / volume)) : 0;
}

void node_zones(int n, const StrutEnd *end, double poisson, NodeZone *zone, double (*work)[2]) {
  for (int j = 0; j < n; j++)
    zone[j].length = ZONE_PART * reach(n, end, j, work);
  for (int j = 0; j < n; j++) {
    double own = fmin(zone[j].length, 2 * end[j].radius);
    zone[j].hinge = HINGE_PART * (1 - poisson) * own;
    zone[j].give = give_part(n, end, zone, j) * own;
  }
}
