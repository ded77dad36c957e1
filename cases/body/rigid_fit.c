#include "cases/body/rigid_fit.h"

#include <math.h>

/* Rows of u = B motion with B = [I, -[d]x]: (r x d)_a. */
static void rows(const double d[3], double B[3][6]) {
  const double cross[3][3] = {{0, d[2], -d[1]}, {-d[2], 0, d[0]}, {d[1], -d[0], 0}};
  for (int a = 0; a < 3; a++)
    for (int j = 0; j < 3; j++) {
      B[a][j] = a == j;
      B[a][3 + j] = cross[a][j];
    }
}

void rigid_fit_add(RigidFit *fit, const double at[3], const double x[3], const double u[3]) {
  const double d[3] = {x[0] - at[0], x[1] - at[1], x[2] - at[2]};
  double B[3][6];
  rows(d, B);
  for (int a = 0; a < 3; a++) {
    for (int i = 0; i < 6; i++) {
      fit->right[i] += B[a][i] * u[a];
      for (int j = 0; j < 6; j++)
        fit->matrix[6 * i + j] += B[a][i] * B[a][j];
    }
    fit->square += u[a] * u[a];
  }
  fit->count += 1;
}

/* Cholesky of the 6 x 6 matrix a in place, lower triangle; 1 if it is not safely positive. */
static int cholesky(double a[36]) {
  for (int j = 0; j < 6; j++) {
    double diagonal = a[7 * j];
    for (int k = 0; k < j; k++)
      a[7 * j] -= a[6 * j + k] * a[6 * j + k];
    if (!(a[7 * j] > 1e-10 * diagonal))
      return 1;
    a[7 * j] = sqrt(a[7 * j]);
    for (int i = j + 1; i < 6; i++) {
      for (int k = 0; k < j; k++)
        a[6 * i + j] -= a[6 * i + k] * a[6 * j + k];
      a[6 * i + j] /= a[7 * j];
    }
  }
  return 0;
}

int rigid_fit_solve(const RigidFit *fit, double motion[6], double *rms) {
  double a[36];
  for (int i = 0; i < 36; i++)
    a[i] = fit->matrix[i];
  if (cholesky(a))
    return 1;
  for (int i = 0; i < 6; i++) {
    motion[i] = fit->right[i];
    for (int k = 0; k < i; k++)
      motion[i] -= a[6 * i + k] * motion[k];
    motion[i] /= a[7 * i];
  }
  for (int i = 5; i >= 0; i--) {
    for (int k = i + 1; k < 6; k++)
      motion[i] -= a[6 * k + i] * motion[k];
    motion[i] /= a[7 * i];
  }
  double left = fit->square; /* |u|^2 - right . motion, by orthogonality */
  for (int i = 0; i < 6; i++)
    left -= fit->right[i] * motion[i];
  if (rms)
    *rms = sqrt(fmax(left, 0) / fit->count);
  return 0;
}

static void cross(const double a[3], const double b[3], double c[3]) {
  c[0] = a[1] * b[2] - a[2] * b[1];
  c[1] = a[2] * b[0] - a[0] * b[2];
  c[2] = a[0] * b[1] - a[1] * b[0];
}

void rigid_motion_at(const double motion[6], const double from[3], const double to[3], double moved[6]) {
  const double d[3] = {to[0] - from[0], to[1] - from[1], to[2] - from[2]};
  double turned[3];
  cross(motion + 3, d, turned);
  for (int a = 0; a < 3; a++) {
    moved[a] = motion[a] + turned[a];
    moved[3 + a] = motion[3 + a];
  }
}

void rigid_force_at(const double force[6], const double from[3], const double to[3], double moved[6]) {
  const double d[3] = {from[0] - to[0], from[1] - to[1], from[2] - to[2]};
  double moment[3];
  cross(d, force, moment);
  for (int a = 0; a < 3; a++) {
    moved[a] = force[a];
    moved[3 + a] = force[3 + a] + moment[a];
  }
}
