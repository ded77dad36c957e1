#include "bench/triad_kernel.h"

void triad_kernel(size_t n, double s, const double *restrict b, const double *restrict c, double *restrict a) {
  for (size_t i = 0; i < n; ++i)
    a[i] = b[i] + s * c[i];
}
