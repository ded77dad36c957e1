#include "cases/sweep/surface_impl.h"
#include <math.h>
#include <petscblaslapack.h>
#include <string.h>

/* Points on which degrees are chosen, and the part of them that terms may number; an error must fall by a hundredth
   for one more degree, and by more than rounding. */
enum { CHOOSING = 500, MOST_DEGREE = 8 };
static const double most_terms = 0.5, gain = 0.99, rounding = 1e-12;

/* Legendre polynomials P_0 .. P_degree and their slopes. */
static void legendre(int degree, double t, double *p, double *slope) {
  p[0] = 1;
  slope[0] = 0;
  if (degree > 0) {
    p[1] = t;
    slope[1] = 1;
  }
  for (int k = 2; k <= degree; k++) {
    p[k] = ((2 * k - 1) * t * p[k - 1] - (k - 1) * p[k - 2]) / k;
    slope[k] = (2 * k - 1) * p[k - 1] + slope[k - 2];
  }
}

/* Lists the powers of the degrees; false when there are more than `most`. */
static bool list_terms(SurfacePolynomial *p, PetscInt d, int most) {
  int power[SURFACE_AXES] = {0};
  PetscInt k = 0;
  p->n_terms = 0;
  while (k < d) {
    double sum = 0;
    for (PetscInt j = 0; j < d; j++)
      sum += power[j] ? (double)power[j] / p->degree[j] : 0;
    if (sum <= 1 + 1e-9) {
      if (p->n_terms == most)
        return false;
      memcpy(p->power[p->n_terms++], power, sizeof power);
    }
    for (k = 0; k < d && power[k] == p->degree[k]; k++) /* count on */
      power[k] = 0;
    if (k < d)
      power[k]++;
  }
  return true;
}

/* Values of all terms at t [d]; slope [n_terms][d] may be NULL. */
static void terms_at(const SurfacePolynomial *p, PetscInt d, const double *t, double *value, double *slope) {
  double one[SURFACE_AXES][MOST_DEGREE + 1], change[SURFACE_AXES][MOST_DEGREE + 1];
  for (PetscInt k = 0; k < d; k++)
    legendre(p->degree[k], t[k], one[k], change[k]);
  for (int i = 0; i < p->n_terms; i++) {
    value[i] = 1;
    for (PetscInt k = 0; k < d; k++)
      value[i] *= one[k][p->power[i][k]];
    for (PetscInt j = 0; slope && j < d; j++) {
      slope[i * d + j] = 1;
      for (PetscInt k = 0; k < d; k++)
        slope[i * d + j] *= (k == j ? change : one)[k][p->power[i][k]];
    }
  }
}

/* Leave-one-out errors r / (1 - h), h the diagonal of Q Q^T (Allen 1974, PRESS). q [n][m] by columns; r [n]. */
static void leave_one_out(PetscInt n, int m, const double *q, const double *r, SurfacePolynomial *p, SurfaceFit *fit) {
  double squares = 0, variance = 0;
  for (PetscInt i = 0; i < n; i++) {
    double h = 0;
    for (int j = 0; j < m; j++)
      h += q[i + n * j] * q[i + n * j];
    if (h > 1 - 1e-8) { /* only this point determines some term */
      fit->rms = INFINITY;
      return;
    }
    fit->error[i] = r[i] / (1 - h);
    squares += fit->error[i] * fit->error[i];
    variance += fit->error[i] * r[i];
  }
  fit->rms = sqrt(squares / (double)n);
  p->variance = variance / (double)n;
}

PetscErrorCode surface_polynomial_solve(const SurfaceSample *sample, double *work, SurfacePolynomial *p,
                                        SurfaceFit *fit) {
  double *a = work, *r = work + sample->n * SURFACE_TERMS, tau[SURFACE_TERMS], room[64 * SURFACE_TERMS], least, most;
  double row[SURFACE_TERMS], one = 1, minus = -1, zero = 0;
  PetscBLASInt n, m = p->n_terms, lwork = 64 * SURFACE_TERMS, step = 1, bad = 0;
  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(sample->n, &n));
  for (PetscInt i = 0; i < n; i++) {
    terms_at(p, sample->d, sample->t + i * sample->d, row, NULL);
    for (int j = 0; j < m; j++)
      a[i + n * j] = row[j];
  }
  LAPACKgeqrf_(&n, &m, a, &n, tau, room, &lwork, &bad);
  PetscCheck(!bad, PETSC_COMM_SELF, PETSC_ERR_LIB, "dgeqrf: %d", (int)bad);
  least = most = fabs(a[0]);
  for (int j = 0; j < m; j++) {
    least = PetscMin(least, fabs(a[j + n * j]));
    most = PetscMax(most, fabs(a[j + n * j]));
    for (int i = 0; i < m; i++)
      p->root[i + m * j] = i <= j ? a[i + n * j] : 0;
  }
  fit->rms = INFINITY;
  if (least < 1e-9 * most)
    PetscFunctionReturn(PETSC_SUCCESS);
  LAPACKorgqr_(&n, &m, &m, a, &n, tau, room, &lwork, &bad);
  PetscCheck(!bad, PETSC_COMM_SELF, PETSC_ERR_LIB, "dorgqr: %d", (int)bad);
  PetscCall(PetscArraycpy(r, sample->z, sample->n));
  BLASgemv_("T", &n, &m, &one, a, &n, sample->z, &step, &zero, p->coefficient, &step);
  BLASgemv_("N", &n, &m, &minus, a, &n, p->coefficient, &step, &one, r, &step);
  BLAStrsm_("L", "U", "N", "N", &m, &step, &one, p->root, &m, p->coefficient, &m);
  leave_one_out(sample->n, (int)m, a, r, p, fit);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* p becomes the better of itself and the same with degrees `degree`. */
static PetscErrorCode try_degrees(const SurfaceSample *sample, const int *degree, double *work, SurfacePolynomial *p,
                                  SurfaceFit *best) {
  SurfacePolynomial *other;
  SurfaceFit fit = {work + sample->n * (SURFACE_TERMS + 1), INFINITY};
  PetscFunctionBeginUser;
  PetscCall(PetscNew(&other));
  PetscCall(PetscArraycpy(other->degree, degree, SURFACE_AXES));
  if (list_terms(other, sample->d, (int)PetscMin(SURFACE_TERMS, most_terms * (double)sample->n)))
    PetscCall(surface_polynomial_solve(sample, work, other, &fit));
  if (fit.rms < gain * best->rms && best->rms > rounding) {
    *p = *other;
    best->rms = fit.rms;
  }
  PetscCall(PetscFree(other));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The same degree for all axes first, then one more or one less of each as long as it helps. */
static PetscErrorCode choose_degrees(const SurfaceSample *sample, double *work, SurfacePolynomial *p) {
  SurfaceFit best = {NULL, INFINITY};
  int degree[SURFACE_AXES];
  double before = INFINITY;
  PetscFunctionBeginUser;
  for (int all = 0; all <= MOST_DEGREE; all++) {
    for (int k = 0; k < SURFACE_AXES; k++)
      degree[k] = k < sample->d ? all : 0;
    PetscCall(try_degrees(sample, degree, work, p, &best));
  }
  while (best.rms < before) {
    before = best.rms;
    for (PetscInt k = 0; k < sample->d; k++)
      for (int change = 1; change >= -1; change -= 2) {
        PetscCall(PetscArraycpy(degree, p->degree, SURFACE_AXES));
        degree[k] += change;
        if (degree[k] >= 0 && degree[k] <= MOST_DEGREE)
          PetscCall(try_degrees(sample, degree, work, p, &best));
      }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode surface_polynomial_fit(const SurfaceSample *sample, SurfacePolynomial *p, SurfaceFit *fit) {
  SurfaceSample some = {PetscMin(sample->n, CHOOSING), sample->d, NULL, NULL};
  PetscInt *index;
  double *work;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(sample->n * (SURFACE_TERMS + 2), &work));
  PetscCall(PetscMalloc3(some.n, &index, some.n * some.d, &some.t, some.n, &some.z));
  surface_subset(sample->n, some.n, index);
  for (PetscInt i = 0; i < some.n; i++) {
    some.z[i] = sample->z[index[i]];
    PetscCall(PetscArraycpy(some.t + i * some.d, sample->t + index[i] * some.d, some.d));
  }
  PetscCall(choose_degrees(&some, work, p));
  PetscCall(surface_polynomial_solve(sample, work, p, fit));
  PetscCall(PetscFree3(index, some.t, some.z));
  PetscCall(PetscFree(work));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void surface_polynomial_at(const SurfacePolynomial *p, PetscInt d, const double *t, double z[2], double *slope) {
  const double one = 1;
  double value[SURFACE_TERMS], change[SURFACE_TERMS * SURFACE_AXES], h = 0;
  const PetscBLASInt m = p->n_terms, step = 1;
  terms_at(p, d, t, value, change);
  z[0] = 0;
  for (PetscInt k = 0; k < d; k++)
    slope[k] = 0;
  for (int i = 0; i < m; i++) {
    z[0] += p->coefficient[i] * value[i];
    for (PetscInt k = 0; k < d; k++)
      slope[k] += p->coefficient[i] * change[i * d + k];
  }
  BLAStrsm_("L", "U", "T", "N", &m, &step, &one, p->root, &m, value, &m);
  for (int i = 0; i < m; i++)
    h += value[i] * value[i];
  z[1] = p->variance * (1 + h);
}
