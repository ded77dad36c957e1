/* Kernel: the circular strut in its six deformations. */
#include "solver/frame_strut.h"
#include <math.h>

double strut_shear_coefficient(double poisson) { return 6 * (1 + poisson) / (7 + 6 * poisson); }

void strut_stiffen(StrutElement *strut, double young_MPa, double poisson, bool timoshenko) {
  double r = strut->radius, L = strut->length, x = r / L;
  double area = M_PI * r * r, inertia = 0.25 * area * r * r;
  /* 12 E I / (kappa G A L^2) with I/A = r^2/4 and E/G = 2(1+nu) */
  double phi = timoshenko ? 6 * (1 + poisson) * x * x / strut_shear_coefficient(poisson) : 0;

  strut->stretch = young_MPa * area / L;
  strut->shear = 12 * young_MPa * inertia / (L * L * L * (1 + phi));
  strut->twist = young_MPa * inertia / ((1 + poisson) * L); /* G J, J = 2 I */
  strut->bend = young_MPa * inertia / L;
}

static void cross(const double a[3], const double b[3], double c[3]) {
  c[0] = a[1] * b[2] - a[2] * b[1];
  c[1] = a[2] * b[0] - a[0] * b[2];
  c[2] = a[0] * b[1] - a[1] * b[0];
}

static double dot(const double a[3], const double b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

void strut_deform(const StrutElement *strut, const double u0[6], const double u1[6], StrutDeformation *q) {
  const double *e = strut->axis;
  double lever0 = strut->zone[0] + 0.5 * strut->length, lever1 = strut->zone[1] + 0.5 * strut->length;
  double d[3], turn[3], swing[3], swept[3];

  for (int i = 0; i < 3; i++) {
    d[i] = u1[i] - u0[i];
    turn[i] = u1[3 + i] - u0[3 + i];
    swing[i] = lever0 * u0[3 + i] + lever1 * u1[3 + i]; /* what the rotations alone move the ends apart, about e */
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
  double lever0 = strut->zone[0] + 0.5 * strut->length, lever1 = strut->zone[1] + 0.5 * strut->length;
  double v[3], lift[3];

  for (int i = 0; i < 3; i++)
    v[i] = strut->shear * q->shear[i];
  cross(e, v, lift);
  for (int i = 0; i < 3; i++) {
    double n = strut->stretch * q->stretch * e[i] + v[i];
    double m = strut->twist * q->twist * e[i] + strut->bend * q->bend[i];
    force[i] = -n, force[6 + i] = n;
    force[3 + i] = -m - lever0 * lift[i];
    force[9 + i] = m - lever1 * lift[i];
  }
}

double strut_energy(const StrutElement *strut, const StrutDeformation *q) {
  return 0.5 * (strut->stretch * q->stretch * q->stretch + strut->twist * q->twist * q->twist +
                strut->shear * dot(q->shear, q->shear) + strut->bend * dot(q->bend, q->bend));
}

void strut_stiffness(const StrutElement *strut, double k[144]) {
  for (int j = 0; j < 12; j++) {
    double u[12] = {0}, force[12];
    StrutDeformation q;
    u[j] = 1;
    strut_deform(strut, u, u + 6, &q);
    strut_forces(strut, &q, force);
    for (int i = 0; i < 12; i++)
      k[i * 12 + j] = force[i];
  }
  for (int i = 0; i < 12; i++) /* symmetric to the last bit */
    for (int j = 0; j < i; j++)
      k[i * 12 + j] = k[j * 12 + i] = 0.5 * (k[i * 12 + j] + k[j * 12 + i]);
}
