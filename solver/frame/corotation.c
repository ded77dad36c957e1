/* Kernel: a beam in the frame that moves with it. */
#include "solver/frame/corotation.h"
#include <math.h>

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static void cross(const double a[3], const double b[3], double c[3]) {
  c[0] = a[1] * b[2] - a[2] * b[1];
  c[1] = a[2] * b[0] - a[0] * b[2];
  c[2] = a[0] * b[1] - a[1] * b[0];
}

static void turned(const double R[9], const double a[3], double b[3]) {
  for (int i = 0; i < 3; i++)
    b[i] = R[3 * i] * a[0] + R[3 * i + 1] * a[1] + R[3 * i + 2] * a[2];
}

/* sum of c[k] axes[k]: from the frame's axes to global ones. */
static void to_global(const double axes[3][3], const double c[3], double g[3]) {
  for (int i = 0; i < 3; i++)
    g[i] = c[0] * axes[0][i] + c[1] * axes[1][i] + c[2] * axes[2][i];
}

static void to_local(const double axes[3][3], const double g[3], double c[3]) {
  for (int k = 0; k < 3; k++)
    c[k] = dot(axes[k], g);
}

void rotation_matrix(const double w[3], double R[9]) {
  double a2 = dot(w, w), a = sqrt(a2), s = a > 1e-4 ? sin(a) / a : 1 - a2 / 6,
         c = a > 1e-4 ? 2 * pow(sin(a / 2) / a, 2) : 0.5 - a2 / 24; /* (1 - cos a)/a^2 */
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      R[3 * i + j] = c * w[i] * w[j] + (i == j ? 1 - c * a2 : 0);
  R[1] -= s * w[2], R[2] += s * w[1], R[3] += s * w[2], R[5] -= s * w[0], R[6] -= s * w[1], R[7] += s * w[0];
}

void rotation_turn(const double w[3], double R[9]) {
  double by[9], old[9];

  rotation_matrix(w, by);
  for (int i = 0; i < 9; i++)
    old[i] = R[i];
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      R[3 * i + j] = by[3 * i] * old[j] + by[3 * i + 1] * old[3 + j] + by[3 * i + 2] * old[6 + j];
  /* One step towards the nearest orthogonal matrix, R (3 - R'R)/2: thousands of turns do not add up rounding. */
  double RtR[9];
  for (int i = 0; i < 9; i++)
    old[i] = R[i];
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      RtR[3 * i + j] = old[i] * old[j] + old[3 + i] * old[3 + j] + old[6 + i] * old[6 + j];
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      R[3 * i + j] = 1.5 * old[3 * i + j] -
                     0.5 * (old[3 * i] * RtR[j] + old[3 * i + 1] * RtR[3 + j] + old[3 * i + 2] * RtR[6 + j]);
}

/* Rotation vector of the matrix with columns t[0..2] (components in the axes of the frame); below half a turn. */
static void rotation_vector(const double t[3][3], double w[3]) {
  w[0] = 0.5 * (t[1][2] - t[2][1]);
  w[1] = 0.5 * (t[2][0] - t[0][2]);
  w[2] = 0.5 * (t[0][1] - t[1][0]);
  double s = sqrt(dot(w, w)), c = 0.5 * (t[0][0] + t[1][1] + t[2][2] - 1), a = atan2(s, c);
  double scale = s > 1e-6 ? a / s : 1 + s * s / 6;
  for (int i = 0; i < 3; i++)
    w[i] *= scale;
}

void rotation_log(const double R[9], double w[3]) {
  const double t[3][3] = {{R[0], R[3], R[6]}, {R[1], R[4], R[7]}, {R[2], R[5], R[8]}};
  rotation_vector(t, w);
}

void beam_shape(const double x0[3], const double x1[3], const double zone[2], BeamShape *b) {
  double *e1 = b->axes[0], *e2 = b->axes[1], full = 0, other[3] = {0, 0, 0};
  int least = 0;

  for (int i = 0; i < 3; i++) {
    e1[i] = x1[i] - x0[i];
    full += e1[i] * e1[i];
  }
  full = sqrt(full);
  for (int i = 0; i < 3; i++) {
    e1[i] /= full;
    if (fabs(e1[i]) < fabs(e1[least]))
      least = i;
  }
  other[least] = 1;
  cross(other, e1, e2);
  double size = sqrt(dot(e2, e2));
  for (int i = 0; i < 3; i++)
    e2[i] /= size;
  cross(e1, e2, b->axes[2]);
  b->length = full - zone[0] - zone[1];
  for (int i = 0; i < 3; i++) {
    b->zone[0][i] = zone[0] * e1[i];
    b->zone[1][i] = -zone[1] * e1[i];
  }
}

void corotate(const BeamShape *shape, const double u[2][3], const double R[2][9], BeamFrame *f) {
  double end[2][3], t[2][3][3], mean[3], more = 0; /* end: displacements of the ends of the flexible part */

  for (int n = 0; n < 2; n++) {
    turned(R[n], shape->zone[n], f->arm[n]);
    for (int i = 0; i < 3; i++)
      end[n][i] = u[n][i] + f->arm[n][i] - shape->zone[n][i];
    for (int k = 0; k < 3; k++)
      turned(R[n], shape->axes[k], t[n][k]);
  }
  double *r1 = f->axes[0], *r2 = f->axes[1], *r3 = f->axes[2];
  for (int i = 0; i < 3; i++) {
    double d = end[1][i] - end[0][i], chord = shape->length * shape->axes[0][i];
    r1[i] = chord + d;
    more += d * (2 * chord + d);
    mean[i] = 0.5 * (t[0][1][i] + t[1][1][i]);
  }
  f->length = sqrt(dot(r1, r1));
  for (int i = 0; i < 3; i++)
    r1[i] /= f->length;
  cross(r1, mean, r3);
  double size = sqrt(dot(r3, r3));
  for (int i = 0; i < 3; i++)
    r3[i] /= size;
  cross(r3, r1, r2);
  for (int n = 0; n < 2; n++) {
    double local[3][3];
    for (int k = 0; k < 3; k++)
      to_local(f->axes, t[n][k], local[k]);
    rotation_vector(local, f->local[n]);
    for (int i = 0; i < 3; i++)
      f->q[n][i] = local[1][i];
  }
  f->v[0] = more / (f->length + shape->length);
  f->v[1] = f->local[1][0] - f->local[0][0];
  f->v[2] = f->local[0][1], f->v[3] = f->local[1][1];
  f->v[4] = f->local[0][2], f->v[5] = f->local[1][2];
}

/* eta = (1 - (a/2) cot(a/2))/a^2 and its derivative by a^2. */
static void eta_of(double a2, double *eta, double *slope) {
  if (a2 < 0.04) {
    *eta = 1. / 12 + a2 / 720 + a2 * a2 / 30240 + a2 * a2 * a2 / 1209600;
    *slope = 1. / 720 + a2 / 15120 + a2 * a2 / 403200 + a2 * a2 * a2 / 11975040;
  } else {
    double h = 0.5 * sqrt(a2), s = sin(h), hcot = h * cos(h) / s;
    *eta = (1 - hcot) / a2;
    *slope = (-*eta - (hcot - h * h / (s * s)) / (2 * a2)) / a2;
  }
}

/* Moments conjugate to spins from those conjugate to the rotation vector w: m + w x m / 2 + eta w x (w x m). */
static void spin_moment(const double w[3], const double m[3], double out[3]) {
  double eta, slope, wm[3], wwm[3];
  eta_of(dot(w, w), &eta, &slope);
  cross(w, m, wm);
  cross(w, wm, wwm);
  for (int i = 0; i < 3; i++)
    out[i] = m[i] + 0.5 * wm[i] + eta * wwm[i];
}

/* Its change by dw at fixed m, and dw of a spin. */
static void spin_moment_change(const double w[3], const double m[3], const double dw[3], double out[3]) {
  double eta, slope, wm[3], wwm[3], dwm[3], dwwm[3], wdwm[3];
  eta_of(dot(w, w), &eta, &slope);
  slope *= 2 * dot(w, dw);
  cross(w, m, wm);
  cross(w, wm, wwm);
  cross(dw, m, dwm);
  cross(dw, wm, dwwm);
  cross(w, dwm, wdwm);
  for (int i = 0; i < 3; i++)
    out[i] = 0.5 * dwm[i] + eta * (dwwm[i] + wdwm[i]) + slope * wwm[i];
}

static void vector_of_spin(const double w[3], const double spin[3], double dw[3]) {
  double eta, slope, ws[3], wws[3];
  eta_of(dot(w, w), &eta, &slope);
  cross(w, spin, ws);
  cross(w, ws, wws);
  for (int i = 0; i < 3; i++)
    dw[i] = spin[i] - 0.5 * ws[i] + eta * wws[i];
}

typedef struct Held {  /* forces in the axes of the frame */
  double m[2][3];      /* conjugate to the rotation vectors */
  double spin[2][3];   /* conjugate to spins */
  double sum[3], q[2]; /* of the spin moments; mean axis 2 */
} Held;

static void hold(const BeamFrame *f, const double s[6], Held *h) {
  h->m[0][0] = -s[1], h->m[0][1] = s[2], h->m[0][2] = s[4];
  h->m[1][0] = s[1], h->m[1][1] = s[3], h->m[1][2] = s[5];
  for (int n = 0; n < 2; n++)
    spin_moment(f->local[n], h->m[n], h->spin[n]);
  for (int i = 0; i < 3; i++)
    h->sum[i] = h->spin[0][i] + h->spin[1][i];
  for (int i = 0; i < 2; i++)
    h->q[i] = 0.5 * (f->q[0][i] + f->q[1][i]);
}

/* The virtual work of the ends is N dl + sum of m . (spin - spin of the frame), and the frame turns by
     w1 = (sum of (spin1 q2 - spin2 q1))/(2 q2) + w2 q1/q2,  w2 = -d3/l,  w3 = d2/l
   with d the difference of the ends' displacements: from this all forces follow. */
void corotate_forces(const BeamFrame *f, const double s[6], double out[12]) {
  Held h;
  hold(f, s, &h);
  double mu = h.sum[0] / h.q[1];
  const double force[3] = {s[0], -h.sum[2] / f->length, (h.sum[1] + mu * h.q[0]) / f->length};
  double g[3], m[3], lever[3];

  to_global(f->axes, force, g);
  for (int n = 0; n < 2; n++) {
    const double *q = f->q[n];
    const double local[3] = {h.spin[n][0] - 0.5 * mu * q[1], h.spin[n][1] + 0.5 * mu * q[0], h.spin[n][2]};
    double sign = n ? 1 : -1;
    to_global(f->axes, local, m);
    cross(f->arm[n], g, lever);
    for (int i = 0; i < 3; i++) {
      out[6 * n + i] = sign * g[i];
      out[6 * n + 3 + i] = m[i] + sign * lever[i];
    }
  }
}

typedef struct Move { /* of one nodal component, in the axes of the frame */
  double arm[2][3];   /* change of the arms, global */
  double spin[2][3], d[3], frame[3];
  double dv[6], dw[2][3];
} Move;

static void move(const BeamFrame *f, const double q[2], int component, Move *m) {
  int node = component / 6, c = component % 6;
  double d[3] = {0, 0, 0}, spin[3] = {0, 0, 0};

  for (int n = 0; n < 2; n++)
    for (int i = 0; i < 3; i++)
      m->arm[n][i] = m->spin[n][i] = 0;
  if (c < 3)
    d[c] = 1;
  else {
    spin[c - 3] = 1;
    cross(spin, f->arm[node], m->arm[node]);
    for (int i = 0; i < 3; i++)
      d[i] = m->arm[node][i];
    to_local(f->axes, spin, m->spin[node]);
  }
  for (int i = 0; i < 3; i++)
    d[i] *= node ? 1 : -1;
  to_local(f->axes, d, m->d);
  m->frame[1] = -m->d[2] / f->length;
  m->frame[2] = m->d[1] / f->length;
  m->frame[0] = m->frame[1] * q[0] / q[1];
  for (int n = 0; n < 2; n++)
    m->frame[0] += 0.5 * (m->spin[n][0] * f->q[n][1] - m->spin[n][1] * f->q[n][0]) / q[1];
  for (int n = 0; n < 2; n++) {
    double rest[3];
    for (int i = 0; i < 3; i++)
      rest[i] = m->spin[n][i] - m->frame[i];
    vector_of_spin(f->local[n], rest, m->dw[n]);
  }
  m->dv[0] = m->d[0];
  m->dv[1] = m->dw[1][0] - m->dw[0][0];
  m->dv[2] = m->dw[0][1], m->dv[3] = m->dw[1][1];
  m->dv[4] = m->dw[0][2], m->dv[5] = m->dw[1][2];
}

/* Change of the nodal forces by a move, with the change ds of the forces. */
static void forces_change(const BeamFrame *f, const double s[6], const Held *h, const Move *m, const double ds[6],
                          double out[12]) {
  const double l = f->length, mu = h->sum[0] / h->q[1];
  const double force[3] = {s[0], -h->sum[2] / l, (h->sum[1] + mu * h->q[0]) / l};
  double dspin[2][3], dsum[3], dq[2][3], dmean[2], dforce[3], turn[3], g[3], dg[3];
  const double dm[2][3] = {{-ds[1], ds[2], ds[4]}, {ds[1], ds[3], ds[5]}};

  for (int n = 0; n < 2; n++) {
    double held[3], rest[3], swept[3];
    spin_moment(f->local[n], dm[n], held);
    spin_moment_change(f->local[n], h->m[n], m->dw[n], dspin[n]);
    for (int i = 0; i < 3; i++) {
      dspin[n][i] += held[i];
      rest[i] = m->spin[n][i] - m->frame[i];
    }
    cross(rest, f->q[n], swept);
    for (int i = 0; i < 3; i++)
      dq[n][i] = swept[i];
  }
  for (int i = 0; i < 3; i++)
    dsum[i] = dspin[0][i] + dspin[1][i];
  for (int i = 0; i < 2; i++)
    dmean[i] = 0.5 * (dq[0][i] + dq[1][i]);
  const double dmu = (dsum[0] - mu * dmean[1]) / h->q[1], dl = m->d[0];
  dforce[0] = ds[0];
  dforce[1] = -dsum[2] / l - force[1] * dl / l;
  dforce[2] = (dsum[1] + dmu * h->q[0] + mu * dmean[0]) / l - force[2] * dl / l;
  cross(m->frame, force, turn);
  for (int i = 0; i < 3; i++)
    dforce[i] += turn[i];
  to_global(f->axes, force, g);
  to_global(f->axes, dforce, dg);
  for (int n = 0; n < 2; n++) {
    const double *q = f->q[n], sign = n ? 1 : -1;
    const double local[3] = {h->spin[n][0] - 0.5 * mu * q[1], h->spin[n][1] + 0.5 * mu * q[0], h->spin[n][2]};
    double dlocal[3] = {dspin[n][0] - 0.5 * (dmu * q[1] + mu * dq[n][1]),
                        dspin[n][1] + 0.5 * (dmu * q[0] + mu * dq[n][0]), dspin[n][2]};
    double dmoment[3], lever[3], more[3];
    cross(m->frame, local, turn);
    for (int i = 0; i < 3; i++)
      dlocal[i] += turn[i];
    to_global(f->axes, dlocal, dmoment);
    cross(f->arm[n], dg, lever);
    cross(m->arm[n], g, more);
    for (int i = 0; i < 3; i++) {
      out[6 * n + i] = sign * dg[i];
      out[6 * n + 3 + i] = dmoment[i] + sign * (lever[i] + more[i]);
    }
  }
}

void corotate_stiffness(const BeamFrame *f, const double s[6], const double k[36], double K[144], double whole[144]) {
  Held h;
  double full[144];

  hold(f, s, &h);
  for (int j = 0; j < 12; j++) {
    Move m;
    double ds[6], out[12];
    move(f, h.q, j, &m);
    for (int a = 0; a < 6; a++) {
      ds[a] = 0;
      for (int b = 0; b < 6; b++)
        ds[a] += k[6 * a + b] * m.dv[b];
    }
    forces_change(f, s, &h, &m, ds, out);
    for (int i = 0; i < 12; i++)
      full[12 * i + j] = out[i];
  }
  for (int i = 0; i < 12; i++)
    for (int j = 0; j < 12; j++) {
      K[12 * i + j] = 0.5 * (full[12 * i + j] + full[12 * j + i]);
      if (whole)
        whole[12 * i + j] = full[12 * i + j];
    }
}
