/* Kernel: the circular strut in its six deformations. */
#include "solver/frame/frame_strut.h"
#include <math.h>

double strut_shear_coefficient(double poisson, double bore) {
  double m = bore * bore, whole = (1 + m) * (1 + m);
  return 6 * (1 + poisson) * whole / ((7 + 6 * poisson) * whole + (20 + 12 * poisson) * m);
}

double strut_radius(const StrutElement *strut, double t) {
  double whole = strut->zone[0] + strut->length + strut->zone[1];
  return strut->radius * (1 + strut->taper * (2 * (strut->zone[0] + t * strut->length) / whole - 1));
}

void strut_section(const StrutElement *strut, double radius, double *area, double *inertia) {
  double r2 = radius * radius, m2 = strut->bore * strut->bore;
  *area = (1 - strut->area_lost) * M_PI * r2 * (1 - m2);
  *inertia = 0.25 * r2 * (1 + m2) * *area;
}

/* Hinges and lumps in series with the bare strut: flexibilities add, those of rotation at their places. */
static void soften(StrutElement *strut, double young_MPa, double poisson) {
  double place[2] = {strut->zone[0] - strut->lever[0], strut->lever[1] - strut->zone[1]};
  double pull = 1 / strut->stretch, turn = 1 / strut->bend, slide = 1 / strut->shear, hinges = 0, first = 0;

  for (int end = 0; end < 2; end++) {
    double area, inertia;
    strut_section(strut, strut_radius(strut, end), &area, &inertia);
    double hinge = strut->hinge[end] / (young_MPa * inertia);
    pull += strut->give[end] / (young_MPa * area);
    hinges += hinge;
    first += hinge * place[end];
    slide += hinge * place[end] * place[end];
  }
  double shift = first / (turn + hinges);
  strut->lever[0] += shift;
  strut->lever[1] -= shift;
  strut->stretch = 1 / pull;
  strut->bend = 1 / (turn + hinges);
  strut->twist = 1 / (1 / strut->twist + (1 + poisson) * hinges);
  strut->shear = 1 / (slide - shift * first);
}

/* With the radius linear from p to q over the flexible length L and s = x/L: integral ds/r^2 = 1/(pq), ds/r^4 =
   w/(3p^3q^3) with w = p^2 + pq + q^2, integral s ds/r^4 = (2p + q)/(6p^2q^3), whence
   the centre s = p(2p + q)/2w, and about it integral (s - centre)^2 ds/r^4 = 1/(4pqw). None of them cancels as q goes
   to p. */
void strut_stiffen(StrutElement *strut, double young_MPa, double poisson, bool timoshenko) {
  double p = strut_radius(strut, 0), q = strut_radius(strut, 1), L = strut->length, w = p * p + p * q + q * q;
  double area, inertia; /* of a section of radius 1 */
  strut_section(strut, 1, &area, &inertia);
  double EA = young_MPa * area, EI = young_MPa * inertia, GA = EA / (2 * (1 + poisson));
  double slide = timoshenko ? L / (strut_shear_coefficient(poisson, strut->bore) * GA * p * q) : 0;

  strut->lever[0] = strut->zone[0] + L * p * (p + p + q) / (2 * w);
  strut->lever[1] = strut->zone[1] + L * q * (q + q + p) / (2 * w);
  strut->stretch = EA * p * q / L;
  strut->bend = EI * 3 * p * p * p * q * q * q / (w * L);
  strut->twist = strut->bend / (1 + poisson); /* G J, J = 2 I */
  strut->shear = 1 / (L * L * L / (4 * p * q * w * EI) + slide);
  soften(strut, young_MPa, poisson);
}

void strut_limit(StrutElement *strut, double young_MPa, double length, double most) {
  double area, inertia;

  strut_section(strut, strut->radius, &area, &inertia);
  strut->stretch = fmin(strut->stretch, most * young_MPa * area / length);
  strut->shear = fmin(strut->shear, most * young_MPa * area / length);
  strut->bend = fmin(strut->bend, most * young_MPa * inertia / length);
  strut->twist = fmin(strut->twist, most * young_MPa * inertia / length);
}

void strut_piece(const StrutElement *whole, int n, int k, StrutElement *piece) {
  double L = whole->length, from = k > 0 ? (double)k / n : -whole->zone[0] / L;
  double to = k < n - 1 ? (k + 1.0) / n : 1 + whole->zone[1] / L;
  double p = strut_radius(whole, from), q = strut_radius(whole, to);

  *piece = *whole;
  piece->length = L / n;
  piece->zone[0] = k > 0 ? 0 : whole->zone[0];
  piece->zone[1] = k < n - 1 ? 0 : whole->zone[1];
  for (int end = 0; end < 2; end++)
    if (k != (end ? n - 1 : 0))
      piece->hinge[end] = piece->give[end] = 0;
  piece->radius = 0.5 * (p + q);
  piece->taper = (q - p) / (p + q);
}

static void cross(const double a[3], const double b[3], double c[3]) {
  c[0] = a[1] * b[2] - a[2] * b[1];
  c[1] = a[2] * b[0] - a[0] * b[2];
  c[2] = a[0] * b[1] - a[1] * b[0];
}

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

void strut_deform(const StrutElement *strut, const double u0[6], const double u1[6], StrutDeformation *q) {
  const double *e = strut->axis;
  double d[3], turn[3], swing[3], swept[3];

  for (int i = 0; i < 3; i++) {
    d[i] = u1[i] - u0[i];
    turn[i] = u1[3 + i] - u0[3 + i];
    /* what the rotations alone move the ends apart, about e */
    swing[i] = strut->lever[0] * u0[3 + i] + strut->lever[1] * u1[3 + i];
  }
  cross(swing, e, swept);
  q->stretch = dot(e, d);
  q->twist = dot(e, turn);
  for (int i = 0; i < 3; i++) {
    q->shear[i] = d[i] - q->stretch * e[i] - swept[i];
    q->bend[i] = turn[i] - q->twist * e[i];
  }
}

void strut_forces(const StrutElement *strut, const StrutDeformation *q, double force[12]) {
  const double *e = strut->axis;
  double v[3], lift[3];

  for (int i = 0; i < 3; i++)
    v[i] = strut->shear * q->shear[i];
  cross(e, v, lift);
  for (int i = 0; i < 3; i++) {
    double n = strut->stretch * q->stretch * e[i] + v[i];
    double m = strut->twist * q->twist * e[i] + strut->bend * q->bend[i];
    force[i] = -n, force[6 + i] = n;
    force[3 + i] = -m - strut->lever[0] * lift[i];
    force[9 + i] = m - strut->lever[1] * lift[i];
  }
}

double strut_energy(const StrutElement *strut, const StrutDeformation *q) {
  return 0.5 * (strut->stretch * q->stretch * q->stretch + strut->twist * q->twist * q->twist +
                strut->shear * dot(q->shear, q->shear) + strut->bend * dot(q->bend, q->bend));
}

/* With P = 1 - e e^T and X the matrix of e x: shear force s = shear (P (u1 - u0) + X (l0 t0 + l1 t1)), X^T X = P. */
void strut_block(const StrutElement *strut, int row, int column, double k[36]) {
  const double *e = strut->axis, *lever = strut->lever,
               X[3][3] = {{0, -e[2], e[1]}, {e[2], 0, -e[0]}, {-e[1], e[0], 0}};
  double sign = row == column ? 1 : -1, s = strut->shear;
  double to_turn = (row ? 1 : -1) * s * lever[column], to_shift = (column ? 1 : -1) * s * lever[row];
  double across = s * (lever[row] * lever[column]) + sign * strut->bend;
  double along = sign * strut->twist - across, pull = sign * (strut->stretch - s);

  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      double ee = e[i] * e[j], one = i == j;
      k[6 * i + j] = pull * ee + sign * s * one;
      k[6 * i + 3 + j] = to_turn * X[i][j];
      k[6 * (3 + i) + j] = to_shift * X[j][i];
      k[6 * (3 + i) + 3 + j] = along * ee + across * one;
    }
}
