/* Kernel: the force-based beam. */
#include "solver/frame/beam.h"
#include <math.h>
#include <string.h>

const double beam_point[BEAM_POINTS] = {0, 0.17267316464601142810, 0.5, 0.82732683535398857190, 1};
const double beam_weight[BEAM_POINTS] = {1. / 20, 49. / 180, 16. / 45, 49. / 180, 1. / 20};

enum { MOST_ITERATIONS = 50, MOST_SHARES = 6 };
/* Out-of-balance of a section in parts of what it carries at first yield. */
static const double SECTION_BALANCE = 1e-10;
/* Gap to the deformation in parts of the length, and in rad. */
static const double CLOSED = 1e-12;
/* Slope of the energy after a change, in parts of that before and of the other sign, above which less is taken. */
static const double OVERSHOOT = 0.5;

/* S = b s with N = s0, T = s1, M2 = -(1-x) s2 + x s3, M3 = -(1-x) s4 + x s5, dM2/dx = V3, dM3/dx = -V2. */
void beam_resultants(const Beam *beam, const double s[6], double x, double S[6]) {
  S[0] = s[0];
  S[1] = beam->shear ? -(s[4] + s[5]) / beam->length : 0;
  S[2] = beam->shear ? (s[2] + s[3]) / beam->length : 0;
  S[3] = s[1];
  S[4] = -(1 - x) * s[2] + x * s[3];
  S[5] = -(1 - x) * s[4] + x * s[5];
}

/* v += weight b^T e */
static void add_strains(const Beam *beam, double x, double weight, const double e[6], double v[6]) {
  double slide2 = beam->shear ? e[1] / beam->length : 0, slide3 = beam->shear ? e[2] / beam->length : 0;

  v[0] += weight * e[0];
  v[1] += weight * e[3];
  v[2] += weight * (-(1 - x) * e[4] + slide3);
  v[3] += weight * (x * e[4] + slide3);
  v[4] += weight * (-(1 - x) * e[5] - slide2);
  v[5] += weight * (x * e[5] - slide2);
}

/* F += weight b^T f b */
static void add_flexibility(const Beam *beam, double x, double weight, const double f[36], double F[36]) {
  for (int j = 0; j < 6; j++) {
    double unit[6] = {0}, S[6], e[6] = {0}, column[6] = {0};
    unit[j] = 1;
    beam_resultants(beam, unit, x, S);
    for (int a = 0; a < 6; a++)
      for (int b = 0; b < 6; b++)
        e[a] += f[6 * a + b] * S[b];
    add_strains(beam, x, weight, e, column);
    for (int i = 0; i < 6; i++)
      F[6 * i + j] += column[i];
  }
}

/* Inverse of a symmetric positive definite matrix by Cholesky's method; false when it is not definite. */
static bool invert(const double a[36], double inverse[36]) {
  double L[6][6];

  for (int j = 0; j < 6; j++) {
    double d = a[7 * j];
    for (int k = 0; k < j; k++)
      d -= L[j][k] * L[j][k];
    if (!(d > 1e-14 * a[7 * j]))
      return false;
    L[j][j] = sqrt(d);
    for (int i = j + 1; i < 6; i++) {
      double sum = a[6 * i + j];
      for (int k = 0; k < j; k++)
        sum -= L[i][k] * L[j][k];
      L[i][j] = sum / L[j][j];
    }
  }
  for (int c = 0; c < 6; c++) {
    double y[6];
    for (int i = 0; i < 6; i++) {
      double sum = i == c ? 1 : 0;
      for (int k = 0; k < i; k++)
        sum -= L[i][k] * y[k];
      y[i] = sum / L[i][i];
    }
    for (int i = 5; i >= 0; i--) {
      double sum = y[i];
      for (int k = i + 1; k < 6; k++)
        sum -= L[k][i] * inverse[6 * k + c];
      inverse[6 * i + c] = sum / L[i][i];
    }
  }
  return true;
}

static void solve6(const double inverse[36], const double b[6], double x[6]) {
  for (int i = 0; i < 6; i++) {
    x[i] = 0;
    for (int j = 0; j < 6; j++)
      x[i] += inverse[6 * i + j] * b[j];
  }
}

/* -(p/slope)/(1 + p/pole) with its derivatives; below FURTHEST, before the first pole, it goes on as a parabola. */
static const double FURTHEST = -9.5;
static void fading(double p, double slope, double pole, double f[3]) {
  double at = fmax(p, FURTHEST), rest = p - at, x = 1 / (1 + at / pole);

  f[0] = -at / slope * x, f[1] = -x * x / slope, f[2] = 2 * x * x * x / (slope * pole);
  f[0] += f[1] * rest + 0.5 * f[2] * rest * rest;
  f[1] += f[2] * rest;
}

/* What the bow adds to v (gradient of its complementary energy by s) and to the flexibility (its second derivative). */
static void add_bow(const Beam *beam, const double s[6], double v[6], double F[36]) {
  if (beam->bend == 0)
    return;
  const double L = beam->length, P = L * L / beam->bend, ess = L / (6 * beam->bend), cee = 3 * ess;
  double e[3], c[3], n1 = 0, n2 = 0;

  fading(s[0] * P, 60, 4 * M_PI * M_PI, e);
  fading(s[0] * P, 12, M_PI * M_PI, c);
  for (int m = 2; m < 6; m += 2) {
    double sum = s[m] + s[m + 1], difference = s[m] - s[m + 1];
    n1 += ess * e[1] * sum * sum + cee * c[1] * difference * difference;
    n2 += ess * e[2] * sum * sum + cee * c[2] * difference * difference;
    for (int end = 0; end < 2; end++) {
      double sign = end ? -1 : 1;
      v[m + end] += 0.5 * (ess * e[0] * sum + sign * cee * c[0] * difference);
      double turn = 0.5 * P * (ess * e[1] * sum + sign * cee * c[1] * difference);
      F[m + end] += turn;
      F[6 * (m + end)] += turn;
      F[7 * (m + end)] += 0.5 * (ess * e[0] + cee * c[0]);
    }
    F[6 * m + m + 1] += 0.5 * (ess * e[0] - cee * c[0]);
    F[6 * (m + 1) + m] += 0.5 * (ess * e[0] - cee * c[0]);
  }
  v[0] += 0.25 * P * n1;
  F[0] += 0.25 * P * P * n2;
}

/* Tangent ds/dv of the beam from the flexibilities of its sections and ends. */
static bool set_tangent(const Beam *beam, BeamState *state) {
  double F[36] = {0}, v[6] = {0};

  for (int i = 0; i < 6; i++)
    F[7 * i] = beam->soft[i];
  for (int p = 0; p < BEAM_POINTS; p++)
    add_flexibility(beam, beam_point[p], beam_weight[p] * beam->length, state->flexibility[p], F);
  add_bow(beam, state->s, v, F);
  return invert(F, state->k);
}

static void elastic_flexibility(const double K[6], double f[36]) {
  memset(f, 0, 36 * sizeof *f);
  for (int i = 0; i < 6; i++)
    f[7 * i] = 1 / K[i];
}

void beam_rest(const Beam *beam, const FibreMetal *metal, BeamState *state) {
  memset(state, 0, sizeof *state);
  for (int p = 0; p < BEAM_POINTS; p++) {
    double K[6];
    fibre_section_elastic(beam->layout, metal, beam->radius[p], K);
    elastic_flexibility(K, state->flexibility[p]);
  }
  set_tangent(beam, state);
}

int beam_elastic(const Beam *beam, const double v[6], BeamState *state) {
  double F[36] = {0};

  for (int i = 0; i < 6; i++) {
    F[7 * i] = beam->soft[i];
    state->v[i] = v[i];
  }
  for (int p = 0; p < BEAM_POINTS; p++)
    add_flexibility(beam, beam_point[p], beam_weight[p] * beam->length, state->flexibility[p], F);
  for (int it = 1; it <= MOST_ITERATIONS; it++) {
    double gap[6], ds[6], unused[36] = {0}, bow[6] = {0}, most = 0, least = 0;
    solve6(F, state->s, gap);
    add_bow(beam, state->s, bow, unused);
    for (int i = 0; i < 6; i++)
      gap[i] = v[i] - gap[i] - bow[i];
    solve6(state->k, gap, ds);
    for (int i = 0; i < 6; i++) {
      state->s[i] += ds[i];
      most = fmax(most, fabs(state->s[i] * F[7 * i]));
      least = fmax(least, fabs(ds[i] * F[7 * i]));
    }
    if (!set_tangent(beam, state) || !(most < INFINITY))
      return -1;
    if (least <= 1e-14 * most)
      return it;
  }
  return -1;
}

/* Without shear strain: its force is what equilibrium wants, and it takes no part. */
static void forbid_shear(double S[6], double K[36]) {
  for (int i = 1; i < 3; i++) {
    for (int j = 0; j < 6; j++)
      if (i != j)
        K[6 * i + j] = K[6 * j + i] = 0;
    S[i] = 0;
  }
}

/* Resultants and flexibility of a section under its strains; false: it has none. */
static bool section_update(const Beam *beam, const FibreMetal *metal, int p, bool began, const double *from, double *to,
                           BeamState *state, double S[6]) {
  static const double virgin[FIBRE_STATE];
  const double *e = state->e[p], r = beam->radius[p];
  double K[36];

  state->yielded[p] = began || !fibre_section_stays(beam->layout, metal, r, e);
  if (!state->yielded[p]) {
    fibre_section_elastic(beam->layout, metal, r, K);
    elastic_flexibility(K, state->flexibility[p]);
    for (int i = 0; i < 6; i++)
      S[i] = beam->shear || (i != 1 && i != 2) ? K[i] * e[i] : 0;
    return true;
  }
  fibre_section(beam->layout, metal, r, e, began ? from : virgin, to, S, K);
  if (!beam->shear)
    forbid_shear(S, K);
  return invert(K, state->flexibility[p]);
}

/* Resultants of first yield: what out-of-balance forces are measured with. */
static void yield_resultants(const Beam *beam, const FibreMetal *metal, int p, double S[6]) {
  double r = beam->radius[p], A = beam->layout->elastic_area * r * r, I = beam->layout->elastic_inertia * r * r * r * r;
  double y = metal->hardening.yield_MPa;

  S[0] = A * y, S[1] = S[2] = A * y / sqrt(3), S[3] = 2 * I / r * y / sqrt(3), S[4] = S[5] = I / r * y;
}

/* Largest out of balance b s - S of the sections, into rest; in parts of what they carry at first yield. */
static double out_of_balance(const Beam *beam, const FibreMetal *metal, int p, const double s[6], const double S[6],
                             double rest[6]) {
  double wanted[6], scale[6], worst = 0;

  beam_resultants(beam, s, beam_point[p], wanted);
  yield_resultants(beam, metal, p, scale);
  for (int i = 0; i < 6; i++) {
    rest[i] = wanted[i] - S[i];
    worst = fmax(worst, fabs(rest[i]) / scale[i]);
  }
  return worst;
}

typedef struct Change {          /* of the sections in one iteration */
  double e[BEAM_POINTS][6];      /* strains before */
  double more[BEAM_POINTS][6];   /* resultants they are to take on */
  double strain[BEAM_POINTS][6]; /* what that adds to their strains by the tangent */
  double rest[BEAM_POINTS][6];   /* resultants that the sections lack: b s - S */
  double worst;                  /* of rest */
} Change;

/* v less what springs, bow and sections with the strains e + f rest make of it. */
static void gap_of(const Beam *beam, const double v[6], const BeamState *state, const double (*rest)[6],
                   double gap[6]) {
  double unused[36] = {0}, bow[6] = {0};

  add_bow(beam, state->s, bow, unused);
  for (int i = 0; i < 6; i++)
    gap[i] = v[i] - beam->soft[i] * state->s[i] - bow[i];
  for (int p = 0; p < BEAM_POINTS; p++) {
    double strain[6];
    solve6(state->flexibility[p], rest[p], strain);
    for (int i = 0; i < 6; i++)
      strain[i] += state->e[p][i];
    add_strains(beam, beam_point[p], -beam_weight[p] * beam->length, strain, gap);
  }
}

/* Forces s and the change that closes the gap to v and gives the sections what they lack. */
static void newton(const Beam *beam, const double v[6], BeamState *state, Change *c) {
  double gap[6], ds[6];

  gap_of(beam, v, state, (const double(*)[6])c->rest, gap);
  solve6(state->k, gap, ds);
  for (int i = 0; i < 6; i++)
    state->s[i] += ds[i];
  for (int p = 0; p < BEAM_POINTS; p++) {
    beam_resultants(beam, ds, beam_point[p], c->more[p]);
    for (int i = 0; i < 6; i++)
      c->more[p][i] += c->rest[p][i];
    solve6(state->flexibility[p], c->more[p], c->strain[p]);
  }
  memcpy(c->e, state->e, sizeof c->e);
}

static double along(const double a[BEAM_POINTS][6], const double b[BEAM_POINTS][6]) {
  double sum = 0;
  for (int p = 0; p < BEAM_POINTS; p++)
    for (int i = 0; i < 6; i++)
      sum += beam_weight[p] * a[p][i] * b[p][i];
  return sum;
}

typedef struct Step { /* from the fibres at its beginning to those at its end */
  const unsigned char *began;
  const double (*from)[FIBRE_STATE];
  double (*to)[FIBRE_STATE];
} Step;

static bool take(const Beam *beam, const FibreMetal *metal, const Step *step, double share, BeamState *state,
                 Change *c) {
  c->worst = 0;
  for (int p = 0; p < BEAM_POINTS; p++) {
    double S[6];
    for (int i = 0; i < 6; i++)
      state->e[p][i] = c->e[p][i] + share * c->strain[p][i];
    if (!section_update(beam, metal, p, step->began[p], step->from[p], step->to[p], state, S))
      return false;
    c->worst = fmax(c->worst, out_of_balance(beam, metal, p, state->s, S, c->rest[p]));
  }
  return true;
}

/* The end of a step is the minimum of a convex energy of the sections' strains among those that fit v (Simo and Hughes
   1998, section 1.4.3); its slope along a change that keeps to v is -rest . strain. Where the whole change overshoots
   so far that the slope comes out large the other way, a share of it is taken. */
static bool take_change(const Beam *beam, const FibreMetal *metal, const Step *step, bool fits, BeamState *state,
                        Change *c) {
  const double before = along((const double(*)[6])c->more, (const double(*)[6])c->strain);
  double share = 1;

  if (!take(beam, metal, step, share, state, c))
    return false;
  for (int n = 0; fits && n < MOST_SHARES; n++) {
    double after = along((const double(*)[6])c->rest, (const double(*)[6])c->strain);
    if (after >= -OVERSHOOT * before)
      break;
    share *= fmin(fmax(before / (before - after), 0.1), 0.7);
    if (!take(beam, metal, step, share, state, c))
      return false;
  }
  return true;
}

/* Whether the beam has the deformation v: a bow that changed much in this iteration has still to follow. */
static bool closed(const Beam *beam, const double v[6], const BeamState *state, const double (*rest)[6]) {
  double gap[6], worst;

  if (beam->bend == 0)
    return true;
  gap_of(beam, v, state, rest, gap);
  worst = fabs(gap[0]) / beam->length;
  for (int i = 1; i < 6; i++)
    worst = fmax(worst, fabs(gap[i]));
  return worst <= CLOSED;
}

int beam_update(const Beam *beam, const FibreMetal *metal, const double v[6], const unsigned char began[BEAM_POINTS],
                const double (*from)[FIBRE_STATE], double (*to)[FIBRE_STATE], BeamState *state) {
  const Step step = {began, from, to};
  Change change = {.worst = 0}; /* the guess is in balance */

  for (int it = 1; it <= MOST_ITERATIONS; it++) {
    newton(beam, v, state, &change);
    if (!take_change(beam, metal, &step, it > 1, state, &change))
      return -1;
    if (!set_tangent(beam, state) || !(change.worst < 1e8))
      return -1;
    if (change.worst <= SECTION_BALANCE && closed(beam, v, state, (const double(*)[6])change.rest)) {
      for (int i = 0; i < 6; i++)
        state->v[i] = v[i];
      return it;
    }
  }
  return -1;
}
