#include "cases/body/convergence.h"
#include <math.h>

static const double order_notch = 1.25, order_lo = 1.0, order_hi = 1.5;

/* Least squares of f = value + a h^p for given p: value, and the root mean square misfit. */
static double fit_order(int n, const double *h, const double *f, double p, double *misfit) {
  double s = 0, sx = 0, sxx = 0, sf = 0, sxf = 0, sum = 0;
  for (int i = 0; i < n; i++) {
    double x = pow(h[i] / h[0], p);
    s += 1, sx += x, sxx += x * x, sf += f[i], sxf += x * f[i];
  }
  double a = (s * sxf - sx * sf) / (s * sxx - sx * sx), value = (sf - a * sx) / s;
  for (int i = 0; i < n; i++) {
    double d = f[i] - value - a * pow(h[i] / h[0], p);
    sum += d * d;
  }
  *misfit = sqrt(sum / n);
  return value;
}

/* The order of least misfit, by golden section in (lo, hi). */
static double best_order(int n, const double *h, const double *f, double lo, double hi) {
  const double golden = 0.5 * (sqrt(5) - 1);
  double a = lo, b = hi, misfit_1, misfit_2;
  for (int k = 0; k < 60; k++) {
    double p1 = b - golden * (b - a), p2 = a + golden * (b - a);
    fit_order(n, h, f, p1, &misfit_1);
    fit_order(n, h, f, p2, &misfit_2);
    if (misfit_1 < misfit_2)
      b = p2;
    else
      a = p1;
  }
  return 0.5 * (a + b);
}

static int monotonic(int n, const double *f) {
  for (int i = 2; i < n; i++)
    if ((f[i] - f[i - 1]) * (f[1] - f[0]) <= 0)
      return 0;
  return 1;
}

Extrapolation extrapolate(int n, const double *h, const double *f) {
  Extrapolation e = {.value = f[n - 1], .uncertainty = NAN, .order = NAN, .order_used = NAN};
  double misfit, ignored;
  if (n < 2)
    return e;
  e.order_used = order_notch;
  if (n > 2 && monotonic(n, f)) {
    e.order = best_order(n, h, f, 0.1, 6);
    e.order_used = fmin(fmax(e.order, order_lo), order_hi);
  }
  e.value = fit_order(n, h, f, e.order_used, &misfit);
  double low = fit_order(n, h, f, order_lo, &ignored), high = fit_order(n, h, f, order_hi, &ignored);
  e.uncertainty = fmax(0.25 * fabs(e.value - f[n - 1]), fmax(misfit, 0.5 * fabs(low - high)));
  return e;
}

Extrapolation keep_finest(int n, const double *f) {
  Extrapolation e = {.value = f[n - 1], .uncertainty = n > 1 ? 0 : NAN, .order = NAN, .order_used = NAN};
  for (int i = 0; i + 1 < n; i++)
    e.uncertainty = fmax(e.uncertainty, fabs(f[i] - f[n - 1]));
  return e;
}
