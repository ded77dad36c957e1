#include "solver/frame/contact.h"
#include <float.h>
#include <math.h>
#include <string.h>

static inline double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
static inline double clamp(double x) { return x < 0 ? 0 : x > 1 ? 1 : x; }

double contact_stiffness(double young_MPa, double poisson, double radius) {
  return M_PI * young_MPa * radius / (4 * (1 - poisson * poisson));
}

typedef struct Push { /* energy of the penalty law and its derivatives by the penetration */
  double energy, first, second;
} Push;

static Push push_at(const ContactLaw *law, double p) {
  const double k = law->stiffness, b = law->band;
  if (p <= 0)
    return (Push){0, 0, 0};
  if (p < b)
    return (Push){k * p * p * p / (6 * b), k * p * p / (2 * b), k * p / b};
  return (Push){k * ((p - b / 2) * (p - b / 2) / 2 + b * b / 24), k * (p - b / 2), k};
}

/* The convex problem of the shares: its Hessian [[A, -B], [-B, C]] and where its minimum lies. */
typedef struct Nearest {
  double u[3], v[3], c[3]; /* the segments, and from the point of b to the point of a */
  double A, B, C;
  double share[2];
} Nearest;

static void nearest_points(const double a[2][3], const double b[2][3], double w, Nearest *n) {
  double from[3]; /* between the middles: shares are counted from there until the end */

  for (int k = 0; k < 3; k++) {
    n->u[k] = a[1][k] - a[0][k];
    n->v[k] = b[1][k] - b[0][k];
    from[k] = 0.5 * (a[0][k] - b[0][k]) + 0.5 * (a[1][k] - b[1][k]);
  }
  n->A = dot(n->u, n->u) + w;
  n->B = dot(n->u, n->v);
  n->C = dot(n->v, n->v) + w;
  const double p = -dot(n->u, from), q = dot(n->v, from); /* A s - B t = p, C t - B s = q */
  double s = clamp((p * n->C + q * n->B) / (n->A * n->C - n->B * n->B) + 0.5);
  const double free = (q + n->B * (s - 0.5)) / n->C + 0.5, t = clamp(free);
  if (t != free) /* convex: the minimum lies on that edge */
    s = clamp((p + n->B * (t - 0.5)) / n->A + 0.5);
  n->share[0] = s;
  n->share[1] = t;
  for (int k = 0; k < 3; k++)
    n->c[k] = from[k] + (s - 0.5) * n->u[k] - (t - 0.5) * n->v[k];
}

double contact_segments(const double a[2][3], const double b[2][3], double share[2]) {
  Nearest n;
  double size = 0;

  for (int k = 0; k < 3; k++)
    size += (a[1][k] - a[0][k]) * (a[1][k] - a[0][k]) + (b[1][k] - b[0][k]) * (b[1][k] - b[0][k]);
  nearest_points(a, b, 1e-12 * size + sqrt(DBL_MIN), &n); /* settles parallel segments, too small to be seen else */
  memcpy(share, n.share, sizeof n.share);
  return sqrt(dot(n.c, n.c));
}

/* Inverse of the Hessian in the shares that are free to move, zero elsewhere. */
static void free_inverse(const Nearest *n, double inverse[2][2]) {
  const bool s = n->share[0] > 0 && n->share[0]<1, t = n->share[1]> 0 && n->share[1] < 1;
  const double det = s && t ? n->A * n->C - n->B * n->B : 1;

  inverse[0][0] = s ? (t ? n->C / det : 1 / n->A) : 0;
  inverse[1][1] = t ? (s ? n->A / det : 1 / n->C) : 0;
  inverse[0][1] = inverse[1][0] = s && t ? n->B / det : 0;
}

/* With F = D^2/2, its gradient g at fixed shares (the shares are at their minimum) and its Hessian H: dD = g/D and
   d2D = (H - dD dD')/D, and E(p) with p = radii - D gives E'' dD dD' - E' d2D. */
static void pair_tangent(const Nearest *n, const Push *push, double D, const double g[12], double tangent[12][12]) {
  const double s = n->share[0], t = n->share[1], weight[4] = {1 - s, s, t - 1, -t};
  double inverse[2][2], mixed[2][12], moved[2][12]; /* d2F by share and place; what the shares do to it */

  free_inverse(n, inverse);
  for (int i = 0; i < 12; i++) {
    const int end = i / 3, k = i % 3;
    mixed[0][i] = weight[end] * n->u[k] + (end == 0 ? -n->c[k] : end == 1 ? n->c[k] : 0);
    mixed[1][i] = -weight[end] * n->v[k] + (end == 2 ? n->c[k] : end == 3 ? -n->c[k] : 0);
  }
  for (int i = 0; i < 12; i++)
    for (int q = 0; q < 2; q++)
      moved[q][i] = inverse[q][0] * mixed[0][i] + inverse[q][1] * mixed[1][i];
  const double along = (push->second + push->first / D) / (D * D), across = push->first / D;
  for (int i = 0; i < 12; i++)
    for (int j = 0; j <= i; j++) {
      double H = i % 3 == j % 3 ? weight[i / 3] * weight[j / 3] : 0;
      H -= mixed[0][i] * moved[0][j] + mixed[1][i] * moved[1][j];
      tangent[i][j] = tangent[j][i] = along * g[i] * g[j] - across * H;
    }
}

bool contact_capsules(const ContactLaw *law, const double a[2][3], const double b[2][3], double radii,
                      ContactPair *pair) {
  const double w = CONTACT_ROUNDING * radii * radii;
  Nearest n;

  nearest_points(a, b, w, &n);
  const double s = n.share[0], t = n.share[1], off = (s - 0.5) * (s - 0.5) + (t - 0.5) * (t - 0.5);
  const double D = sqrt(dot(n.c, n.c) + w * off), p = radii - D;
  const Push push = push_at(law, p);
  pair->penetration = p;
  pair->energy = push.energy;
  pair->share[0] = s;
  pair->share[1] = t;
  if (p <= 0)
    return false;
  if (D < DBL_EPSILON * radii) { /* no direction to push into */
    memset(pair->force, 0, sizeof pair->force);
    memset(pair->tangent, 0, sizeof pair->tangent);
    return true;
  }
  const double weight[4] = {1 - s, s, t - 1, -t};
  double g[12];
  for (int i = 0; i < 12; i++) {
    g[i] = weight[i / 3] * n.c[i % 3];
    pair->force[i] = -push.first * g[i] / D;
  }
  pair_tangent(&n, &push, D, g, pair->tangent);
  return true;
}

bool contact_plane(const ContactLaw *law, const ContactPlane *plane, const double x[3], double radius,
                   ContactTouch *touch) {
  const double *n = plane->normal;
  double p = radius;

  for (int k = 0; k < 3; k++)
    p -= n[k] * (x[k] - plane->point[k]);
  const Push push = push_at(law, p);
  touch->penetration = p;
  touch->energy = push.energy;
  if (p <= 0)
    return false;
  for (int i = 0; i < 3; i++) { /* dp = -n . dx */
    touch->force[i] = -push.first * n[i];
    for (int j = 0; j < 3; j++)
      touch->tangent[i][j] = push.second * n[i] * n[j];
  }
  return true;
}
