#include "solver/frame/block6.h"
#include <math.h>

static const double PIVOT = 1e-14;

bool block6_factor(const double a[36], double l[21]) {
  for (int i = 0; i < 6; i++) {
    double *row = l + i * (i + 1) / 2;
    for (int j = 0; j <= i; j++) {
      const double *other = l + j * (j + 1) / 2;
      double sum = a[6 * i + j];
      for (int k = 0; k < j; k++)
        sum -= row[k] * other[k];
      if (i == j && !(sum > PIVOT * a[7 * i]))
        return false;
      row[j] = i == j ? 1 / sqrt(sum) : sum * other[j];
    }
  }
  return true;
}

static void forward(const double l[21], double b[6]) {
  for (int i = 0; i < 6; i++) {
    const double *row = l + i * (i + 1) / 2;
    for (int k = 0; k < i; k++)
      b[i] -= row[k] * b[k];
    b[i] *= row[i];
  }
}

void block6_solve(const double l[21], int n, double *b) {
  for (; n > 0; n--, b += 6) {
    forward(l, b);
    for (int i = 5; i >= 0; i--) {
      const double *row = l + i * (i + 1) / 2;
      b[i] *= row[i];
      for (int k = 0; k < i; k++)
        b[k] -= row[k] * b[i];
    }
  }
}

void block6_schur(const double l[21], int m, double *b, double *s) {
  int n = 6 * m;
  double t[6][6 * BLOCK6_MOST];

  for (int i = 0; i < n; i++) {
    forward(l, b + 6 * i);
    for (int k = 0; k < 6; k++)
      t[k][i] = b[6 * i + k];
  }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) /* along the row, so that the compiler can take several at once */
      s[n * i + j] = -(t[0][i] * t[0][j] + t[1][i] * t[1][j] + t[2][i] * t[2][j] + t[3][i] * t[3][j] +
                       t[4][i] * t[4][j] + t[5][i] * t[5][j]);
}
