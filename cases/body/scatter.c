#include "cases/body/scatter.h"
#include "materials/gibson_ashby.h"
#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double percentile_of(int n, const double *sorted, double p) {
  const double rank = p * (n + 1) * (1 + 1e-12);
  const int below = (int)floor(rank);
  if (below < 1 || rank > n * (1 + 2e-12))
    return NAN;
  return below < n ? sorted[below - 1] + (rank - below) * (sorted[below] - sorted[below - 1]) : sorted[n - 1];
}

void scatter_of(int n, double *value, Scatter *scatter) {
  Scatter s = {.n = n,
               .mean = NAN,
               .min = NAN,
               .max = NAN,
               .deviation = NAN,
               .error = NAN,
               .mean_lo = NAN,
               .mean_hi = NAN,
               .next_lo = NAN,
               .next_hi = NAN,
               .pct5 = NAN,
               .median = NAN,
               .pct95 = NAN};
  if (n > 0) {
    double sum = 0, squares = 0;
    qsort(value, (size_t)n, sizeof *value, ascending);
    for (int i = 0; i < n; i++)
      sum += value[i];
    s.mean = sum / n;
    for (int i = 0; i < n; i++)
      squares += (value[i] - s.mean) * (value[i] - s.mean);
    s.min = value[0];
    s.max = value[n - 1];
    s.pct5 = percentile_of(n, value, 0.05);
    s.median = percentile_of(n, value, 0.5);
    s.pct95 = percentile_of(n, value, 0.95);
    if (n > 1) {
      const double t = student_t_975(n - 1);
      s.deviation = sqrt(squares / (n - 1));
      s.error = s.deviation / sqrt(n);
      s.mean_lo = s.mean - t * s.error;
      s.mean_hi = s.mean + t * s.error;
      s.next_lo = s.mean - t * s.deviation * sqrt(1 + 1. / n);
      s.next_hi = s.mean + t * s.deviation * sqrt(1 + 1. / n);
    }
  }
  *scatter = s;
}
