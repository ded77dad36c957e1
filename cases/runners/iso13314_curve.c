#include "cases/runners/iso13314_curve.h"

#include <math.h>

/* The point after i, past the loop. */
static int next(const CompressionCurve *c, int i) {
  return i == c->loop[0] && c->loop[2] > c->loop[0] ? c->loop[2] : i + 1;
}

/* A straight piece. */
typedef struct Piece {
  double e0, s0, e1, s1;
} Piece;

static Piece piece(const CompressionCurve *c, int a, int b) {
  return (Piece){c->strain[a], c->stress[a], c->strain[b], c->stress[b]};
}

static double stress_at(const Piece *p, double strain) {
  return p->e1 > p->e0 ? p->s0 + (p->s1 - p->s0) * (strain - p->e0) / (p->e1 - p->e0) : p->s1;
}

/* The part of a piece between two strains; false: none. */
static bool clip(Piece *p, double from, double to) {
  Piece whole = *p;
  if (whole.e1 < from || whole.e0 > to)
    return false;
  if (whole.e0 < from)
    p->e0 = from, p->s0 = stress_at(&whole, from);
  if (whole.e1 > to)
    p->e1 = to, p->s1 = stress_at(&whole, to);
  return true;
}

bool curve_reaches(const CompressionCurve *c, double strain) {
  return c->n > 0 && c->strain[c->n - 1] >= strain * (1 - 1e-9);
}

double curve_rises_to(const CompressionCurve *c, double level, double from) {
  for (int i = 0, j; (j = next(c, i)) < c->n; i = j) {
    Piece p = piece(c, i, j);
    if (clip(&p, from, INFINITY) && p.s0 <= level && level <= p.s1)
      return p.s1 > p.s0 ? p.e0 + (p.e1 - p.e0) * (level - p.s0) / (p.s1 - p.s0) : p.e0;
  }
  return NAN;
}

double curve_meets_line(const CompressionCurve *c, double slope, double strain_0) {
  for (int i = 0, j; (j = next(c, i)) < c->n; i = j) {
    Piece p = piece(c, i, j);
    if (!clip(&p, strain_0, INFINITY))
      continue;
    double above0 = p.s0 - slope * (p.e0 - strain_0), above1 = p.s1 - slope * (p.e1 - strain_0);
    if (above1 <= 0)
      return above0 > above1 && above0 > 0 ? p.s0 + (p.s1 - p.s0) * above0 / (above0 - above1) : p.s0;
  }
  return NAN;
}

double curve_energy(const CompressionCurve *c, double to) {
  double sum = 0;
  for (int i = 0, j; (j = next(c, i)) < c->n; i = j) {
    Piece p = piece(c, i, j);
    if (clip(&p, -INFINITY, to))
      sum += (p.e1 - p.e0) * (p.s0 + p.s1) / 2;
  }
  return sum;
}

double curve_highest(const CompressionCurve *c, double to) {
  double highest = c->n ? c->stress[0] : NAN;
  for (int i = 0, j; (j = next(c, i)) < c->n; i = j) {
    Piece p = piece(c, i, j);
    if (clip(&p, -INFINITY, to))
      highest = fmax(highest, p.s1);
  }
  return highest;
}

double curve_first_maximum(const CompressionCurve *c, double fall) {
  double highest = -INFINITY;
  for (int i = 0; i < c->n; i = next(c, i)) {
    highest = fmax(highest, c->stress[i]);
    if (c->stress[i] <= highest - fall)
      return highest;
  }
  return NAN;
}

double branch_crosses(const CompressionCurve *c, int first, int last, double level) {
  for (int i = first; i < last; i++) {
    Piece p = piece(c, i, i + 1);
    if ((p.s0 - level) * (p.s1 - level) <= 0 && p.s0 != p.s1)
      return p.e0 + (p.e1 - p.e0) * (level - p.s0) / (p.s1 - p.s0);
  }
  return NAN;
}
