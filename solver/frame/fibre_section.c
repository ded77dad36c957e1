/* Kernel: fibres of a circular section. The loops over fibres are written for the vectoriser: no branches, no calls. */
#include "solver/frame/fibre_section.h"
#include <math.h>

#define FIBRE_CLONES
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#undef FIBRE_CLONES
#define FIBRE_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#endif

void fibre_layout(double bore, double area_share, double poisson, FibreLayout *layout) {
  double m2 = bore * bore, both = (1 + m2) * (1 + m2);
  int f = 0;

  layout->shear_root = sqrt(6 * (1 + poisson) * both / ((7 + 6 * poisson) * both + (20 + 12 * poisson) * m2));
  layout->elastic_area = area_share * M_PI * (1 - m2);
  layout->elastic_inertia = area_share * M_PI / 4 * (1 - m2 * m2);

  for (int ring = 0; ring < FIBRE_RINGS; ring++) {
    double in = bore + (1 - bore) * ring / FIBRE_RINGS, out = bore + (1 - bore) * (ring + 1) / FIBRE_RINGS;
    double radius = sqrt(0.5 * (in * in + out * out)), area = area_share * M_PI * (out * out - in * in) / FIBRE_SPOKES;
    for (int spoke = 0; spoke < FIBRE_SPOKES; spoke++, f++) {
      double angle = 2 * M_PI * (spoke + (ring % 2 ? 1 : 0.5)) / FIBRE_SPOKES; /* rings in turn, as bricks lie */
      layout->y[f] = radius * cos(angle);
      layout->z[f] = radius * sin(angle);
      layout->area[f] = area;
    }
  }
}

typedef struct Fibres {
  double s[FIBRES], t2[FIBRES], t3[FIBRES]; /* trial stresses, then stresses */
  double flow[FIBRES], slope[FIBRES];       /* flow stress at the beginning, at the end of the return; its slope */
  double x[FIBRES];                         /* increment of equivalent plastic strain */
} Fibres;

/* Flow stress and slope at x beyond alpha, with the rate x / step. */
static double flow_stress(const FibreMetal *m, double alpha, double x, double *slope) {
  const Hardening *h = &m->hardening;
  double fade = h->saturation_MPa > 0 ? h->saturation_MPa * exp(-h->exponent * (alpha + x)) : 0;
  double linear = fmax(h->linear_MPa, FIBRE_LEAST_SLOPE * m->young_MPa);
  double flow = h->yield_MPa + linear * (alpha + x) + h->saturation_MPa - fade;

  *slope = linear + h->exponent * fade;
  if (h->rate_per_s > 0 && m->step_s > 0 && x > 0) { /* Cowper and Symonds */
    double over = pow(x / (m->step_s * h->rate_per_s), 1 / h->rate_exponent);
    *slope = *slope * (1 + over) + flow * over / (h->rate_exponent * x);
    flow *= 1 + over;
  }
  return flow;
}

/* Trial stresses and the flow stress at the beginning; returns how many fibres yield. */
FIBRE_CLONES
static int trial(const FibreLayout *l, const FibreMetal *m, double r, const double e[6], const double *from,
                 Fibres *q) {
  const double E = m->young_MPa, G = m->shear_MPa, k = l->shear_root, sy = m->hardening.yield_MPa;
  const double linear = fmax(m->hardening.linear_MPa, FIBRE_LEAST_SLOPE * E);
  const double *ep = from, *g2 = from + FIBRES, *g3 = from + 2 * FIBRES, *alpha = from + 3 * FIBRES;
  int n = 0;

  if (m->hardening.saturation_MPa > 0) {
    double slope;
    for (int f = 0; f < FIBRES; f++)
      q->flow[f] = flow_stress(m, alpha[f], 0, &slope);
  } else
    for (int f = 0; f < FIBRES; f++)
      q->flow[f] = sy + linear * alpha[f];
  for (int f = 0; f < FIBRES; f++) {
    double y = r * l->y[f], z = r * l->z[f];
    double s = E * (e[0] + z * e[4] - y * e[5] - ep[f]);
    double t2 = G * (k * e[1] - z * e[3] - g2[f]), t3 = G * (k * e[2] + y * e[3] - g3[f]);
    q->s[f] = s, q->t2[f] = t2, q->t3[f] = t3;
    n += s * s + 3 * (t2 * t2 + t3 * t3) > q->flow[f] * q->flow[f];
  }
  return n;
}

enum { RETURN_STEPS = 4, RATE_STEPS = 60 };
/* Error of an increment over it and the elastic strain: what rounding leaves. */
static const double RETURNED = 1e-15;

/* Increments of a linear flow stress: 1/w = 1 with w^2 = (s/(flow + E x))^2 + 3 t^2/(flow + 3 G x)^2, nearly linear in
   x: Newton's method from 0 is there after three steps and does not overshoot. */
FIBRE_CLONES
static void return_linear(const FibreMetal *m, Fibres *q) {
  const double E = m->young_MPa, G3 = 3 * m->shear_MPa;
  const double slope = fmax(m->hardening.linear_MPa, FIBRE_LEAST_SLOPE * E);

  for (int f = 0; f < FIBRES; f++) {
    double s = q->s[f], t = q->t2[f] * q->t2[f] + q->t3[f] * q->t3[f], flow = q->flow[f], x = 0;
    for (int it = 0; it < RETURN_STEPS; it++) {
      double now = flow + slope * x, a = 1 / (now + E * x), b = 1 / (now + G3 * x);
      double w2 = s * s * a * a + 3 * t * b * b, w = sqrt(w2) + 1e-300;
      double dw2 = -2 * (s * s * a * a * a * (slope + E) + 3 * t * b * b * b * (slope + G3));
      double step = 2 * w * w * (1 - w) / (dw2 - 1e-300);
      x = x + step > 0 ? x + step : 0;
    }
    q->x[f] = x; /* 0 where the trial is elastic: w < 1 pushes below 0 */
    q->flow[f] = flow + slope * x;
    q->slope[f] = slope;
  }
}

/* The same for any flow stress: Newton's method held in a bracket. */
static void return_general(const FibreMetal *m, const double *alpha, Fibres *q) {
  const double E = m->young_MPa, G3 = 3 * m->shear_MPa;

  for (int f = 0; f < FIBRES; f++) {
    double s = q->s[f], t = q->t2[f] * q->t2[f] + q->t3[f] * q->t3[f], equal = sqrt(s * s + 3 * t);
    double lo = 0, hi = fmax(equal - q->flow[f], 0) / fmin(E, G3), x;
    q->x[f] = 0, q->slope[f] = 0;
    if (equal <= q->flow[f])
      continue;
    x = m->hardening.rate_per_s > 0 ? 0.5 * hi : 0; /* with a rate the slope is infinite at 0 */
    for (int it = 0; it < RATE_STEPS; it++) {
      double slope, flow = flow_stress(m, alpha[f], x, &slope), a = 1 / (flow + E * x), b = 1 / (flow + G3 * x);
      double w = sqrt(s * s * a * a + 3 * t * b * b);
      double dw2 = -2 * (s * s * a * a * a * (slope + E) + 3 * t * b * b * b * (slope + G3));
      double next = x + 2 * w * w * (1 - w) / dw2;
      if (w > 1)
        lo = x;
      else
        hi = x;
      if (fabs(next - x) <= RETURNED * (x + (m->hardening.rate_per_s > 0 ? 0 : flow / E))) /* rates see small x */
        break;
      x = next > lo && next < hi ? next : 0.5 * (lo + hi);
    }
    q->x[f] = x;
    q->flow[f] = flow_stress(m, alpha[f], x, &q->slope[f]);
  }
}

/* Stresses from their trials, new state, resultants and tangent. */
FIBRE_CLONES
static void finish(const FibreLayout *l, const FibreMetal *m, double r, const double *from, double *to, const Fibres *q,
                   double S[6], double K[36]) {
  const double E = m->young_MPa, G = m->shear_MPa, G3 = 3 * G, k = l->shear_root;
  double N = 0, V2 = 0, V3 = 0, T = 0, M2 = 0, M3 = 0;
  double k00 = 0, k01 = 0, k02 = 0, k03 = 0, k04 = 0, k05 = 0, k11 = 0, k12 = 0, k13 = 0, k14 = 0, k15 = 0;
  double k22 = 0, k23 = 0, k24 = 0, k25 = 0, k33 = 0, k34 = 0, k35 = 0, k44 = 0, k45 = 0, k55 = 0;

#pragma omp simd reduction(+ : N, V2, V3, T, M2, M3, k00, k01, k02, k03, k04, k05, k11, k12, k13, k14, k15, k22, k23,  \
                               k24, k25, k33, k34, k35, k44, k45, k55)
  for (int f = 0; f < FIBRES; f++) {
    double y = r * l->y[f], z = r * l->z[f], a = r * r * l->area[f];
    double s = q->s[f], t2 = q->t2[f], t3 = q->t3[f], x = q->x[f], flow = q->flow[f], slope = q->slope[f];
    double ia = 1 / (flow + E * x), ib = 1 / (flow + G3 * x), P = flow * ia, Q = flow * ib;
    double plastic = E * x > 1e-12 * flow ? 1 : 0; /* not for rounding: a fibre at rest unloads */
    /* x moves with the trial stresses: f_x dx + fs ds + ft . dt = 0 */
    double t = t2 * t2 + t3 * t3;
    double fx = -2 * (s * s * ia * ia * ia * (slope + E) + 3 * t * ib * ib * ib * (slope + G3)) - 1e-300;
    double xs = -plastic * 2 * s * ia * ia / fx, xt = -plastic * 6 * ib * ib / fx;
    double dP = E * (slope * x - flow) * ia * ia, dQ = G3 * (slope * x - flow) * ib * ib;
    double c11 = E * (P + s * dP * xs), c12 = G * s * dP * xt * t2, c13 = G * s * dP * xt * t3;
    double c22 = G * (Q + t2 * dQ * xt * t2), c23 = G * t2 * dQ * xt * t3, c33 = G * (Q + t3 * dQ * xt * t3);
    double sigma = s * P, tau2 = t2 * Q, tau3 = t3 * Q, lambda = x / flow;
    to[f] = from[f] + lambda * sigma;
    to[FIBRES + f] = from[FIBRES + f] + 3 * lambda * tau2;
    to[2 * FIBRES + f] = from[2 * FIBRES + f] + 3 * lambda * tau3;
    to[3 * FIBRES + f] = from[3 * FIBRES + f] + x;
    N += a * sigma, V2 += a * tau2, V3 += a * tau3, T += a * (y * tau3 - z * tau2);
    M2 += a * z * sigma, M3 -= a * y * sigma;
    c11 *= a, c12 *= a, c13 *= a, c22 *= a, c23 *= a, c33 *= a;
    double turn1 = y * c13 - z * c12, turn2 = y * c23 - z * c22, turn3 = y * c33 - z * c23;
    k00 += c11, k01 += c12, k02 += c13, k03 += turn1, k04 += z * c11, k05 -= y * c11;
    k11 += c22, k12 += c23, k13 += turn2, k14 += z * c12, k15 -= y * c12;
    k22 += c33, k23 += turn3, k24 += z * c13, k25 -= y * c13;
    k33 += y * turn3 - z * turn2, k34 += z * turn1, k35 -= y * turn1;
    k44 += z * z * c11, k45 -= y * z * c11, k55 += y * y * c11;
  }
  S[0] = N, S[1] = k * V2, S[2] = k * V3, S[3] = T, S[4] = M2, S[5] = M3;
  const double upper[21] = {k00,         k * k01, k * k02, k03,     k04,         k05,     k * k * k11,
                            k * k * k12, k * k13, k * k14, k * k15, k * k * k22, k * k23, k * k24,
                            k * k25,     k33,     k34,     k35,     k44,         k45,     k55};
  for (int i = 0, n = 0; i < 6; i++)
    for (int j = i; j < 6; j++, n++)
      K[6 * i + j] = K[6 * j + i] = upper[n];
}

int fibre_section(const FibreLayout *layout, const FibreMetal *metal, double radius, const double e[6],
                  const double from[FIBRE_STATE], double to[FIBRE_STATE], double S[6], double K[36]) {
  Fibres q;
  int n = trial(layout, metal, radius, e, from, &q);

  if (n && metal->hardening.saturation_MPa == 0 && !(metal->hardening.rate_per_s > 0 && metal->step_s > 0))
    return_linear(metal, &q);
  else if (n)
    return_general(metal, from + 3 * FIBRES, &q);
  else
    for (int f = 0; f < FIBRES; f++)
      q.x[f] = q.slope[f] = 0;
  finish(layout, metal, radius, from, to, &q, S, K);
  return n;
}

void fibre_section_elastic(const FibreLayout *l, const FibreMetal *m, double r, double K[6]) {
  double A = l->elastic_area * r * r, I = l->elastic_inertia * r * r * r * r, k = l->shear_root;

  K[0] = m->young_MPa * A;
  K[1] = K[2] = k * k * m->shear_MPa * A;
  K[3] = 2 * m->shear_MPa * I;
  K[4] = K[5] = m->young_MPa * I;
}

int fibre_section_stays(const FibreLayout *l, const FibreMetal *m, double r, const double e[6]) {
  double sigma = m->young_MPa * (fabs(e[0]) + r * sqrt(e[4] * e[4] + e[5] * e[5]));
  double tau = m->shear_MPa * (l->shear_root * sqrt(e[1] * e[1] + e[2] * e[2]) + r * fabs(e[3]));

  return sigma * sigma + 3 * tau * tau < m->hardening.yield_MPa * m->hardening.yield_MPa;
}
