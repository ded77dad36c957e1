#include "materials/gibson_ashby.h"

#include <math.h>
#include <stdbool.h>

/* Probability that |T| <= t for Student's distribution: finite sums for a whole number of degrees of freedom
   (Abramowitz and Stegun 26.7.3, 26.7.4). */
static double student_within(double t, int dof) {
  double theta = atan(t / sqrt(dof)), c = cos(theta), term = 1, sum = 1;
  if (dof == 1)
    return 2 / M_PI * theta;
  for (int k = 2 + dof % 2; k <= dof - 2; k += 2) {
    term *= (double)(k - 1) / k * c * c;
    sum += term;
  }
  return dof % 2 ? 2 / M_PI * (theta + sin(theta) * c * sum) : sin(theta) * sum;
}

double student_t_975(int degrees_of_freedom) {
  double lo = 1.9, hi = 13; /* between the normal distribution's 1.96 and 12.706 for one degree of freedom */
  if (degrees_of_freedom < 1)
    return NAN;
  int dof = degrees_of_freedom > 100000 ? 100000 : degrees_of_freedom;
  for (int i = 0; i < 60; i++) {
    double mid = 0.5 * (lo + hi);
    if (student_within(mid, dof) < 0.95)
      lo = mid;
    else
      hi = mid;
  }
  return 0.5 * (lo + hi);
}

static bool usable(int n, const double *rho, const double *y) {
  for (int i = 0; i < n; i++)
    if (!(rho[i] > 0 && y[i] > 0 && isfinite(rho[i]) && isfinite(y[i])))
      return false;
  return n >= 3;
}

static void set_interval(PowerFit *fit) {
  double half = student_t_975(fit->n_points - 2) * fit->exponent_se;
  fit->exponent_lo = fit->exponent - half;
  fit->exponent_hi = fit->exponent + half;
}

int power_fit_log(int n, const double *rho, const double *y, PowerFit *fit) {
  double mean_x = 0, mean_y = 0, Sxx = 0, Sxy = 0, Syy = 0;
  if (!usable(n, rho, y))
    return 1;
  for (int i = 0; i < n; i++) {
    mean_x += log(rho[i]) / n;
    mean_y += log(y[i]) / n;
  }
  for (int i = 0; i < n; i++) {
    double dx = log(rho[i]) - mean_x, dy = log(y[i]) - mean_y;
    Sxx += dx * dx;
    Sxy += dx * dy;
    Syy += dy * dy;
  }
  if (!(Sxx > 1e-24 * n * (1 + mean_x * mean_x))) /* all at one density */
    return 1;
  double slope = Sxy / Sxx, sse = 0;
  for (int i = 0; i < n; i++) {
    double residual = log(y[i]) - mean_y - slope * (log(rho[i]) - mean_x);
    sse += residual * residual;
  }
  double variance = sse / (n - 2);
  *fit = (PowerFit){.n_points = n, .exponent = slope, .prefactor = exp(mean_y - slope * mean_x)};
  fit->exponent_se = sqrt(variance / Sxx);
  fit->log_prefactor_se = sqrt(variance * (1.0 / n + mean_x * mean_x / Sxx));
  fit->prefactor_se = fit->prefactor * fit->log_prefactor_se;
  fit->covariance = -variance * mean_x / Sxx;
  fit->r2 = Syy > 0 ? 1 - sse / Syy : 1;
  set_interval(fit);
  return 0;
}

/* Sums of the least-squares problem sum (y - C rho^n)^2 at (C, n): JtJ = {CC, Cn, nn}, Jtr = {C, n}; returns the sum of
   squares. */
static double normal_equations(int n_points, const double *rho, const double *y, double C, double n, double JtJ[3],
                               double Jtr[2]) {
  double sse = 0;
  JtJ[0] = JtJ[1] = JtJ[2] = Jtr[0] = Jtr[1] = 0;
  for (int i = 0; i < n_points; i++) {
    double dC = pow(rho[i], n), dn = C * dC * log(rho[i]), r = y[i] - C * dC;
    JtJ[0] += dC * dC;
    JtJ[1] += dC * dn;
    JtJ[2] += dn * dn;
    Jtr[0] += dC * r;
    Jtr[1] += dn * r;
    sse += r * r;
  }
  return sse;
}

/* Levenberg-Marquardt on (C, n), scaled by the diagonal. Returns 0 when the step no longer changes C and n. */
static int minimise(int n_points, const double *rho, const double *y, double *C, double *n) {
  double damping = 1e-3, JtJ[3], Jtr[2];
  double sse = normal_equations(n_points, rho, y, *C, *n, JtJ, Jtr);
  for (int iteration = 0; iteration < 500; iteration++) {
    double a = JtJ[0] * (1 + damping), b = JtJ[1], d = JtJ[2] * (1 + damping), det = a * d - b * b, next[3], side[2];
    if (!(det > 0))
      return 1;
    double step_C = (d * Jtr[0] - b * Jtr[1]) / det, step_n = (a * Jtr[1] - b * Jtr[0]) / det;
    if (fabs(step_C) <= 1e-13 * fabs(*C) && fabs(step_n) <= 1e-13 * (1 + fabs(*n)))
      return 0;
    double trial = normal_equations(n_points, rho, y, *C + step_C, *n + step_n, next, side);
    if (trial <= sse) {
      *C += step_C;
      *n += step_n;
      sse = normal_equations(n_points, rho, y, *C, *n, JtJ, Jtr);
      damping = fmax(damping * 0.1, 1e-12);
    } else if ((damping *= 10) > 1e12) {
      return 0; /* rounding: no step makes the sum smaller */
    }
  }
  return 1;
}

int power_fit_allometric(int n, const double *rho, const double *y, PowerFit *fit) {
  double JtJ[3], Jtr[2], mean = 0, sst = 0;
  if (power_fit_log(n, rho, y, fit))
    return 1;
  double C = fit->prefactor, exponent = fit->exponent;
  if (minimise(n, rho, y, &C, &exponent) || !isfinite(C) || !isfinite(exponent) || !(C > 0))
    return 1;
  double sse = normal_equations(n, rho, y, C, exponent, JtJ, Jtr);
  for (int i = 0; i < n; i++)
    mean += y[i] / n;
  for (int i = 0; i < n; i++)
    sst += (y[i] - mean) * (y[i] - mean);
  double variance = sse / (n - 2), det = JtJ[0] * JtJ[2] - JtJ[1] * JtJ[1];
  *fit = (PowerFit){.n_points = n, .exponent = exponent, .prefactor = C};
  fit->exponent_se = sqrt(variance * JtJ[0] / det);
  fit->prefactor_se = sqrt(variance * JtJ[2] / det);
  fit->log_prefactor_se = fit->prefactor_se / C;
  fit->covariance = -variance * JtJ[1] / det;
  fit->r2 = sst > 0 ? 1 - sse / sst : 1;
  set_interval(fit);
  return 0;
}

/* Hashin and Shtrikman 1963 with an empty second phase, for a solid of Young's modulus 1. E rises with bulk and shear
   modulus, so their upper bounds together give one for E. */
double hashin_shtrikman_young(double relative_density, double poisson) {
  double K = 1 / (3 * (1 - 2 * poisson)), G = 1 / (2 * (1 + poisson)), rho = relative_density, voids = 1 - rho;
  if (rho <= 0)
    return 0;
  double K_bound = 4 * G * K * rho / (4 * G + 3 * K * voids);
  double G_bound = G * rho / (1 + voids * 6 * (K + 2 * G) / (9 * K + 8 * G));
  return 9 * K_bound * G_bound / (3 * K_bound + G_bound);
}
