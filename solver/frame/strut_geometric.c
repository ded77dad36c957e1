#include "solver/frame/strut_geometric.h"

static void cross(const double a[3], const double b[3], double c[3]) {
  c[0] = a[1] * b[2] - a[2] * b[1];
  c[1] = a[2] * b[0] - a[0] * b[2];
  c[2] = a[0] * b[1] - a[1] * b[0];
}

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/* The strut as this file sees it: flexible between the tips of two rigid levers, under the forces at its ends. */
typedef struct Stressed {
  double e[3], length, lever[2][3];
  double N, T, moment[2][3]; /* moments across the axis at the ends of the flexible part */
} Stressed;

static Stressed stressed_strut(const StrutElement *strut, const double offset[2][3], const double force[12]) {
  Stressed s = {.length = strut->length};

  for (int end = 0; end < 2; end++) {
    const double *f = force + 6 * end, side = end ? -1 : 1;
    double zone[3], lift[3];
    for (int i = 0; i < 3; i++) {
      s.e[i] = strut->axis[i];
      zone[i] = side * strut->zone[end] * strut->axis[i];
      s.lever[end][i] = offset[end][i] + zone[i];
    }
    cross(zone, f, lift);
    for (int i = 0; i < 3; i++)
      s.moment[end][i] = f[3 + i] - lift[i];
    s.T = dot(s.e, s.moment[end]);
    for (int i = 0; i < 3; i++)
      s.moment[end][i] -= s.T * s.e[i];
  }
  s.N = dot(s.e, force + 6);
  return s;
}

/* First-order changes of the strut under one motion of its two reference points. */
typedef struct Change {
  double theta[2][3];    /* rotations of the ends */
  double stretch, twist; /* elongation over length; mean rotation about the axis */
  double across[3];      /* relative displacement of the ends, across the axis */
  double chord[3];       /* rotation of the chord, across the axis */
  double turn[3];        /* of the co-rotating frame: chord and twist */
  double bend[2][3];     /* rotation of the ends out of the chord, across the axis */
} Change;

static Change change_of(const Stressed *s, const double u[12]) {
  Change c;
  double d[3], swept[2][3];

  for (int end = 0; end < 2; end++) {
    for (int i = 0; i < 3; i++)
      c.theta[end][i] = u[6 * end + 3 + i];
    cross(c.theta[end], s->lever[end], swept[end]);
  }
  for (int i = 0; i < 3; i++)
    d[i] = u[6 + i] + swept[1][i] - u[i] - swept[0][i];
  c.stretch = dot(s->e, d) / s->length;
  c.twist = 0.5 * (dot(s->e, c.theta[0]) + dot(s->e, c.theta[1]));
  cross(s->e, d, c.chord);
  for (int i = 0; i < 3; i++) {
    c.across[i] = d[i] - c.stretch * s->length * s->e[i];
    c.chord[i] /= s->length;
    c.turn[i] = c.chord[i] + c.twist * s->e[i];
  }
  for (int end = 0; end < 2; end++) {
    double about = dot(s->e, c.theta[end]);
    for (int i = 0; i < 3; i++)
      c.bend[end][i] = c.theta[end][i] - about * s->e[i] - c.chord[i];
  }
  return c;
}

/* Second derivative of the way of a lever's tip, exp(theta) lever, in the directions a and b. */
static void swing(const double lever[3], const double a[3], const double b[3], double tip[3]) {
  double al = dot(a, lever), bl = dot(b, lever), ab = dot(a, b);
  for (int i = 0; i < 3; i++)
    tip[i] = 0.5 * (a[i] * bl + b[i] * al) - lever[i] * ab;
}

/* Second variation in the directions a and b. */
static double second_variation(const Stressed *s, const Change *a, const Change *b) {
  double tip[2][3], d[3], chord[3], ea[3], eb[3], L = s->length, sum;

  for (int end = 0; end < 2; end++)
    swing(s->lever[end], a->theta[end], b->theta[end], tip[end]);
  for (int i = 0; i < 3; i++)
    d[i] = tip[1][i] - tip[0][i];
  sum = s->N * (dot(s->e, d) + dot(a->across, b->across) / L);
  cross(s->e, d, chord);
  cross(s->e, a->chord, ea);
  cross(s->e, b->chord, eb);
  for (int i = 0; i < 3; i++) /* second derivative of the chord's rotation vector */
    chord[i] = chord[i] / L - a->stretch * b->chord[i] - b->stretch * a->chord[i] -
               0.5 * (a->twist * eb[i] + b->twist * ea[i]);
  for (int end = 0; end < 2; end++) {
    double ab[3], ba[3], phi[3]; /* of log(exp(-turn) exp(theta)), by Baker-Campbell-Hausdorff */
    cross(a->turn, b->theta[end], ab);
    cross(b->turn, a->theta[end], ba);
    for (int i = 0; i < 3; i++)
      phi[i] = -0.5 * (ab[i] + ba[i]);
    sum += dot(s->moment[end], phi) - dot(s->moment[end], chord) + (end ? s->T : -s->T) * dot(s->e, phi);
  }
  sum += s->N * L / 30 *
         (4 * (dot(a->bend[0], b->bend[0]) + dot(a->bend[1], b->bend[1])) - dot(a->bend[0], b->bend[1]) -
          dot(a->bend[1], b->bend[0]));
  cross(a->bend[0], b->bend[1], ea);
  cross(b->bend[0], a->bend[1], eb);
  sum += 0.5 * s->T * (dot(s->e, ea) + dot(s->e, eb));
  return sum;
}

void strut_geometric(const StrutElement *strut, const double offset[2][3], const double force[12], double kg[144]) {
  Stressed s = stressed_strut(strut, offset, force);
  Change c[12];

  for (int i = 0; i < 12; i++) {
    double u[12] = {0};
    u[i] = 1;
    c[i] = change_of(&s, u);
    for (int j = 0; j <= i; j++)
      kg[12 * i + j] = kg[12 * j + i] = second_variation(&s, &c[i], &c[j]);
  }
}

void strut_offset_stiffness(const StrutElement *strut, const double offset[2][3], double k[144]) {
  for (int j = 0; j < 12; j++) {
    double u[12] = {0}, swept[3], force[12], lift[3];
    StrutDeformation q;
    u[j] = 1;
    cross(u + (j / 6 * 6 + 3), offset[j / 6], swept);
    for (int i = 0; i < 3; i++)
      u[j / 6 * 6 + i] += swept[i];
    strut_deform(strut, u, u + 6, &q);
    strut_forces(strut, &q, force);
    for (int i = 0; i < 12; i++) {
      cross(offset[i / 6], force + i / 6 * 6, lift);
      k[12 * i + j] = force[i] + (i % 6 < 3 ? 0 : lift[i % 3]);
    }
  }
  for (int i = 0; i < 12; i++) /* symmetric to the last bit */
    for (int j = 0; j < i; j++)
      k[i * 12 + j] = k[j * 12 + i] = 0.5 * (k[i * 12 + j] + k[j * 12 + i]);
}
