#include "cases/sweep/compass.h"
#include <math.h>
#include <stdbool.h>

double compass_search(int n, const double *lo, const double *hi, double finest,
                      double (*cost)(void *context, const double *x), void *context, double *x) {
  double least = cost(context, x);
  for (double step = 0.25; step >= finest;) {
    bool moved = false;
    for (int k = 0; k < n; k++)
      for (int sign = 1; sign >= -1; sign -= 2) {
        const double here = x[k];
        x[k] = fmin(fmax(here + sign * step * (hi[k] - lo[k]), lo[k]), hi[k]);
        const double there = x[k] != here ? cost(context, x) : INFINITY;
        if (there < least || (isnan(least) && !isnan(there))) {
          least = there;
          moved = true;
          break; /* the other side is worse where the function has one valley */
        }
        x[k] = here;
      }
    if (!moved)
      step /= 2;
  }
  return least;
}
