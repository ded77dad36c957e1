#include "cases/sweep/compass.h"
#include "cases/sweep/surface_impl.h"
#include <math.h>
#include <petscblaslapack.h>

/* The unknown mean as a vague constant: its variance over that of the process. */
static const double mean_variance = 100;
/* Points that lengths and nugget are found from: likelihoods cost their cube. */
enum { CHOOSING = 100 };
static const double log_length[2] = {-2.3, 3.4}, log_nugget[2] = {-18, 4.6};

/* Matern 5/2 (Stein 1999) at the scaled distance between a and b, [d], and slope: (d/da_k) over (a_k - b_k)/length_k^2.
 */
static double matern(const SurfaceKriging *k, PetscInt d, const double *a, const double *b, double *slope) {
  double sum = 0;
  for (PetscInt j = 0; j < d; j++)
    sum += pow((a[j] - b[j]) / k->length[j], 2);
  const double r = sqrt(5 * sum), e = exp(-r);
  *slope = -5. / 3 * (1 + r) * e;
  return (1 + r + r * r / 3) * e;
}

/* Lower Cholesky factor of the covariance of the knots over the variance of the process. *bad: not definite. */
static PetscErrorCode factor(const SurfaceKriging *k, PetscInt d, double *root, PetscBLASInt *bad) {
  PetscBLASInt n;
  double slope;
  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(k->n, &n));
  for (PetscInt j = 0; j < n; j++) {
    for (PetscInt i = j + 1; i < n; i++)
      root[i + n * j] = mean_variance + matern(k, d, k->knot + i * d, k->knot + j * d, &slope);
    root[j + n * j] = mean_variance + 1 + k->nugget;
  }
  LAPACKpotrf_("L", &n, root, &n, bad);
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Search {
  SurfaceKriging k;
  PetscInt d;
  double *z, *solved;
} Search;

static void set_parameters(SurfaceKriging *k, PetscInt d, const double *x) {
  for (PetscInt j = 0; j < d; j++)
    k->length[j] = exp(x[j]);
  k->nugget = exp(x[d]);
}

/* -2 ln likelihood / n with the variance at its best (Jones, Schonlau and Welch 1998). */
static double unlikelihood(void *context, const double *x) {
  Search *s = context;
  PetscBLASInt n = (PetscBLASInt)s->k.n, step = 1, bad;
  const double one = 1;
  double squares = 0, log_root = 0;
  set_parameters(&s->k, s->d, x);
  if (factor(&s->k, s->d, s->k.root, &bad) || bad)
    return INFINITY;
  for (PetscInt i = 0; i < n; i++) {
    s->solved[i] = s->z[i];
    log_root += log(s->k.root[i + n * i]);
  }
  BLAStrsm_("L", "L", "N", "N", &n, &step, &one, s->k.root, &n, s->solved, &n);
  for (PetscInt i = 0; i < n; i++)
    squares += s->solved[i] * s->solved[i];
  return log(squares / n) + 2 * log_root / n;
}

PetscErrorCode surface_kriging_fit(const SurfaceSample *sample, SurfaceKriging *k, SurfaceFit *fit) {
  const PetscInt n = PetscMin(sample->n, CHOOSING), d = sample->d;
  double lo[SURFACE_AXES + 1], hi[SURFACE_AXES + 1], x[SURFACE_AXES + 1];
  Search s = {.k = {.n = n}, .d = d};
  PetscInt *index;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n, &s.z, n, &index));
  PetscCall(PetscMalloc3(n * n, &s.k.root, n * d, &s.k.knot, n, &s.solved));
  surface_subset(sample->n, n, index);
  for (PetscInt i = 0; i < n; i++) {
    s.z[i] = sample->z[index[i]];
    PetscCall(PetscArraycpy(s.k.knot + i * d, sample->t + index[i] * d, d));
  }
  for (PetscInt j = 0; j <= d; j++) {
    lo[j] = j < d ? log_length[0] : log_nugget[0];
    hi[j] = j < d ? log_length[1] : log_nugget[1];
    x[j] = j < d ? 0.5 : -6;
  }
  (void)compass_search((int)d + 1, lo, hi, 1. / 64, unlikelihood, &s, x);
  set_parameters(k, d, x);
  PetscCall(PetscFree3(s.k.root, s.k.knot, s.solved));
  PetscCall(PetscFree2(s.z, index));
  PetscCall(surface_kriging_solve(sample, k, fit));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Leave-one-out errors w_i / (K^-1)_ii, w = K^-1 z (Dubrule 1983). */
PetscErrorCode surface_kriging_solve(const SurfaceSample *sample, SurfaceKriging *k, SurfaceFit *fit) {
  PetscBLASInt n, step = 1, bad;
  double *inverse, squares = 0, variance = 0;
  PetscFunctionBeginUser;
  k->n = sample->n;
  PetscCall(PetscBLASIntCast(k->n, &n));
  PetscCall(PetscMalloc3(k->n * sample->d, &k->knot, k->n, &k->weight, k->n * k->n, &k->root));
  PetscCall(PetscMalloc1(k->n * k->n, &inverse));
  PetscCall(PetscArraycpy(k->knot, sample->t, k->n * sample->d));
  PetscCall(PetscArraycpy(k->weight, sample->z, k->n));
  fit->rms = INFINITY;
  PetscCall(factor(k, sample->d, k->root, &bad));
  if (!bad) {
    PetscCall(PetscArraycpy(inverse, k->root, k->n * k->n));
    LAPACKpotrs_("L", &n, &step, k->root, &n, k->weight, &n, &bad);
    PetscCheck(!bad, PETSC_COMM_SELF, PETSC_ERR_LIB, "dpotrs: %d", (int)bad);
    LAPACKpotri_("L", &n, inverse, &n, &bad);
    PetscCheck(!bad, PETSC_COMM_SELF, PETSC_ERR_LIB, "dpotri: %d", (int)bad);
    for (PetscInt i = 0; i < n; i++) {
      fit->error[i] = k->weight[i] / inverse[i + n * i];
      squares += fit->error[i] * fit->error[i];
      variance += k->weight[i] * k->weight[i] / inverse[i + n * i];
    }
    fit->rms = sqrt(squares / n);
    k->variance = variance / n;
  }
  PetscCall(PetscFree(inverse));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode surface_kriging_free(SurfaceKriging *k) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(k->knot, k->weight, k->root));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void surface_kriging_at(const SurfaceKriging *k, PetscInt d, const double *t, double z[2], double *slope) {
  const double one = 1;
  double covariance[SURFACE_KNOTS], change, sum = 0, known = 0;
  const PetscBLASInt n = (PetscBLASInt)k->n, step = 1;
  for (PetscInt j = 0; j < d; j++)
    slope[j] = 0;
  for (PetscInt i = 0; i < n; i++) {
    const double *knot = k->knot + i * d;
    covariance[i] = mean_variance + matern(k, d, t, knot, &change);
    sum += k->weight[i] * covariance[i];
    for (PetscInt j = 0; j < d; j++)
      slope[j] += k->weight[i] * change * (t[j] - knot[j]) / (k->length[j] * k->length[j]);
  }
  BLAStrsm_("L", "L", "N", "N", &n, &step, &one, k->root, &n, covariance, &n);
  for (PetscInt i = 0; i < n; i++)
    known += covariance[i] * covariance[i];
  z[0] = sum;
  z[1] = k->variance * PetscMax(mean_variance + 1 + k->nugget - known, 0);
}
