/* Kernel: rigid motion of a grip, and its equilibrium as a 6x6 system of mixed units. */
#include "solver/grip.h"
#include <math.h>

void grip_displacement(const double motion[6], const double at[3], const double x[3], double u[3]) {
  const double *w = motion + 3, d[3] = {x[0] - at[0], x[1] - at[1], x[2] - at[2]};

  u[0] = motion[0] + w[1] * d[2] - w[2] * d[1];
  u[1] = motion[1] + w[2] * d[0] - w[0] * d[2];
  u[2] = motion[2] + w[0] * d[1] - w[1] * d[0];
}

/* A component whose stiffness is below this part of the largest of its kind (forces, moments) has none; so has what is
   left of the scaled matrix after elimination. About the error of an iterative solve, far below any real plate. */
static const double NO_STIFFNESS = 1e-8;
/* A load below this part of the largest one is rounding of a cross product, not a load. */
static const double NO_LOAD = 1e-7;

/* The free components that have stiffness, in stiff[]; returns their number. */
static int stiff_components(const double k[6][6], unsigned prescribed, int stiff[6]) {
  double largest[2] = {0, 0};
  int n = 0;

  for (int i = 0; i < 6; i++)
    largest[i / 3] = fmax(largest[i / 3], k[i][i]);
  for (int i = 0; i < 6; i++)
    if (!(prescribed >> i & 1) && k[i][i] > NO_STIFFNESS * largest[i / 3])
      stiff[n++] = i;
  return n;
}

/* Solves a x = b, a [n][n] symmetric, semidefinite, of unit diagonal (both overwritten), by elimination with the
   largest diagonal as pivot. Directions without stiffness get x = 0. Returns 1 when one of them carries load. */
static int solve_semidefinite(int n, double a[6][6], double b[6], double x[6]) {
  int order[6], rank = 0;
  double load = 0;

  for (int i = 0; i < n; i++) {
    order[i] = i, x[i] = 0;
    load = fmax(load, fabs(b[i]));
  }
  for (; rank < n; rank++) {
    int best = rank;
    for (int i = rank + 1; i < n; i++)
      if (a[order[i]][order[i]] > a[order[best]][order[best]])
        best = i;
    int p = order[best];
    order[best] = order[rank], order[rank] = p;
    if (a[p][p] <= NO_STIFFNESS)
      break;
    for (int i = rank + 1; i < n; i++) {
      int row = order[i];
      double f = a[row][p] / a[p][p];
      for (int j = rank; j < n; j++)
        a[row][order[j]] -= f * a[p][order[j]];
      b[row] -= f * b[p];
    }
  }
  for (int i = rank; i < n; i++)
    if (fabs(b[order[i]]) > NO_LOAD * load)
      return 1;
  for (int i = rank - 1; i >= 0; i--) {
    double sum = b[order[i]];
    for (int j = i + 1; j < rank; j++)
      sum -= a[order[i]][order[j]] * x[order[j]];
    x[order[i]] = sum / a[order[i]][order[i]];
  }
  return 0;
}

int grip_balance(const double stiffness[6][6], unsigned prescribed, double motion[6], double load[6]) {
  double k[6][6], a[6][6], b[6], x[6], scale[6], largest = 0;
  int stiff[6], n;
  unsigned solved = 0;

  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++)
      k[i][j] = 0.5 * (stiffness[i][j] + stiffness[j][i]);
  n = stiff_components(k, prescribed, stiff);
  for (int i = 0; i < n; i++)
    solved |= 1u << stiff[i];
  for (int i = 0; i < 6; i++)
    if (!(prescribed >> i & 1)) {
      motion[i] = 0;
      largest = fmax(largest, fabs(load[i]));
    }
  for (int i = 0; i < 6; i++)
    if (!((prescribed | solved) >> i & 1) && fabs(load[i]) > NO_LOAD * largest)
      return 1;
  /* Scaled to a unit diagonal: N/mm and N mm/rad become comparable. */
  for (int i = 0; i < n; i++)
    scale[i] = 1 / sqrt(k[stiff[i]][stiff[i]]);
  for (int i = 0; i < n; i++) {
    int row = stiff[i];
    b[i] = load[row];
    for (int j = 0; j < 6; j++)
      if (prescribed >> j & 1)
        b[i] -= k[row][j] * motion[j];
    b[i] *= scale[i];
    for (int j = 0; j < n; j++)
      a[i][j] = k[row][stiff[j]] * scale[i] * scale[j];
  }
  if (solve_semidefinite(n, a, b, x))
    return 1;
  for (int i = 0; i < n; i++)
    motion[stiff[i]] = x[i] * scale[i];
  for (int i = 0; i < 6; i++)
    if (prescribed >> i & 1) {
      load[i] = 0;
      for (int j = 0; j < 6; j++)
        load[i] += k[i][j] * motion[j];
    }
  return 0;
}
