#include "cases/runners/calibration.h"
#include "materials/gibson_ashby.h"
#include <math.h>

StiffnessFactor stiffness_factor(int n, const double *ideal, const double *measured) {
  StiffnessFactor f = {0};
  double mean = 0, sum = 0;
  for (int i = 0; i < n; i++)
    mean += log(measured[i] / ideal[i]) / n;
  for (int i = 0; i < n; i++)
    sum += pow(log(measured[i] / ideal[i]) - mean, 2);
  f.scatter = sqrt(sum / (n - 1));
  double half = student_t_975(n - 1) * f.scatter / sqrt(n);
  f.factor = exp(mean), f.lo = exp(mean - half), f.hi = exp(mean + half);
  return f;
}

double stiffness_leave_one_out(int n, const double *ideal, const double *measured, double *predicted, double *lo,
                               double *hi) {
  double rest_ideal[CALIBRATION_SAMPLES], rest_measured[CALIBRATION_SAMPLES], worst = 0;
  for (int i = 0; i < n; i++) {
    int m = 0;
    for (int j = 0; j < n; j++)
      if (j != i)
        rest_ideal[m] = ideal[j], rest_measured[m++] = measured[j];
    StiffnessFactor f = stiffness_factor(m, rest_ideal, rest_measured);
    double band = student_t_975(m - 1) * f.scatter * sqrt(1 + 1. / m);
    predicted[i] = f.factor * ideal[i];
    lo[i] = predicted[i] * exp(-band), hi[i] = predicted[i] * exp(band);
    worst = fmax(worst, fabs(predicted[i] / measured[i] - 1));
  }
  return worst;
}

double series_modulus(double stiff, double soft) { return 1 / (1 / soft - 1 / stiff); }
