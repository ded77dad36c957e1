#include "solver/voxel/vector_kernel.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__)
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CLONES
#endif

enum { LANES = 16 }; /* partial sums, so that the compiler may use vectors without changing the order of a sum */

static inline double lanes_sum(const double sum[LANES]) {
  double all = 0;
  for (int k = 0; k < LANES; ++k)
    all += sum[k];
  return all;
}

CLONES void vector_start(size_t n, float tau, const float *restrict d, const float *restrict b, float *restrict x) {
  for (size_t i = 0; i < n; ++i) {
    const float r0 = tau * b[3 * i], r1 = tau * b[3 * i + 1], r2 = tau * b[3 * i + 2];
    const float yz = d[3 * n + i], xz = d[4 * n + i], xy = d[5 * n + i];
    x[3 * i] = d[i] * r0 + xy * r1 + xz * r2;
    x[3 * i + 1] = xy * r0 + d[n + i] * r1 + yz * r2;
    x[3 * i + 2] = xz * r0 + yz * r1 + d[2 * n + i] * r2;
  }
}

CLONES void vector_relax(size_t n, float tau, const float *restrict d, const float *restrict b, float *restrict y,
                         float *restrict x) {
  for (size_t i = 0; i < n; ++i) {
    const float r0 = tau * (b[3 * i] - y[3 * i]), r1 = tau * (b[3 * i + 1] - y[3 * i + 1]),
                r2 = tau * (b[3 * i + 2] - y[3 * i + 2]);
    const float yz = d[3 * n + i], xz = d[4 * n + i], xy = d[5 * n + i];
    x[3 * i] += d[i] * r0 + xy * r1 + xz * r2;
    x[3 * i + 1] += xy * r0 + d[n + i] * r1 + yz * r2;
    x[3 * i + 2] += xz * r0 + yz * r1 + d[2 * n + i] * r2;
    y[3 * i] = y[3 * i + 1] = y[3 * i + 2] = 0;
  }
}

double vector_solve(size_t n, const float *restrict d, const float *restrict r, float *restrict z) {
  vector_start(n, 1, d, r, z);
  return vector_dot(3 * n, r, z);
}

CLONES void vector_orthogonalise(size_t n, float a, const float *restrict s, float b, const float *restrict o,
                                 float *restrict t) {
  for (size_t i = 0; i < n; ++i)
    t[i] -= a * s[i] + b * o[i];
}

CLONES void vector_shift(size_t n, float a, float *restrict t, float *restrict s, float *restrict q) {
  for (size_t i = 0; i < n; ++i) {
    s[i] = a * t[i];
    q[i] *= a;
    t[i] = 0;
  }
}

CLONES void vector_residual(size_t n, const float *restrict b, float *restrict y) {
  for (size_t i = 0; i < n; ++i)
    y[i] = b[i] - y[i];
}

CLONES double vector_dot(size_t n, const float *restrict a, const float *restrict b) {
  double sum[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; ++k)
      sum[k] += (double)a[i + (size_t)k] * (double)b[i + (size_t)k];
  for (; i < n; ++i)
    sum[0] += (double)a[i] * (double)b[i];
  return lanes_sum(sum);
}

CLONES double vector_dot_mixed(size_t n, const float *restrict a, const double *restrict b) {
  double sum[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; ++k)
      sum[k] += (double)a[i + (size_t)k] * b[i + (size_t)k];
  for (; i < n; ++i)
    sum[0] += (double)a[i] * b[i];
  return lanes_sum(sum);
}

CLONES double vector_descend(size_t n, double alpha, double *restrict q, float *restrict r) {
  double sum[LANES] = {0};
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int k = 0; k < LANES; ++k) {
      const float v = (float)((double)r[i + (size_t)k] - alpha * q[i + (size_t)k]);
      r[i + (size_t)k] = v;
      q[i + (size_t)k] = 0;
      sum[k] += (double)v * (double)v;
    }
  for (; i < n; ++i) {
    r[i] = (float)((double)r[i] - alpha * q[i]);
    q[i] = 0;
    sum[0] += (double)r[i] * (double)r[i];
  }
  return lanes_sum(sum);
}

CLONES void vector_turn(size_t n, double alpha, double *restrict u, float beta, const float *restrict z,
                        float *restrict p) {
  for (size_t i = 0; i < n; ++i) {
    u[i] += alpha * (double)p[i];
    p[i] = z[i] + beta * p[i];
  }
}
