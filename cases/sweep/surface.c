#include "cases/sweep/surface.h"
#include "cases/sweep/surface_impl.h"
#include "mesh/random.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PURPOSE_SUBSET = 111 };
/* A polynomial this good, rms over the deviation of the values, needs no rival. */
static const double good_enough = 1e-3;

/* Selection sampling (Knuth, The art of computer programming 2, algorithm 3.4.2S). */
void surface_subset(PetscInt n, PetscInt k, PetscInt *index) {
  for (PetscInt i = 0, taken = 0; taken < k; i++)
    if (random_uniform(1, (uint64_t)i, PURPOSE_SUBSET) * (double)(n - i) < (double)(k - taken))
      index[taken++] = i;
}

/* An axis to -1 .. 1; 0 when all points have the same value. */
static double scaled(const Surface *s, PetscInt k, double x, double *slope) {
  const double lo = s->log_axis[k] ? log(s->lo[k]) : s->lo[k], hi = s->log_axis[k] ? log(s->hi[k]) : s->hi[k];
  *slope = s->hi[k] > s->lo[k] ? 2 / (hi - lo) / (s->log_axis[k] ? x : 1) : 0;
  return s->hi[k] > s->lo[k] ? 2 * ((s->log_axis[k] ? log(x) : x) - lo) / (hi - lo) - 1 : 0;
}

/* The points that have a value: their scaled axes and values into sample; box and ranges into the surface. */
static void gather(PetscInt n, const double *x, const double *y, Surface *s, SurfaceSample *sample) {
  const PetscInt d = s->n_axes;
  double slope;
  sample->n = 0;
  sample->d = d;
  for (PetscInt i = 0; i < n; i++)
    for (PetscInt k = 0; k < d && isfinite(y[i]); k++) {
      s->lo[k] = s->n_points ? PetscMin(s->lo[k], x[i * d + k]) : x[i * d + k];
      s->hi[k] = s->n_points ? PetscMax(s->hi[k], x[i * d + k]) : x[i * d + k];
      s->n_points += k == d - 1;
    }
  for (PetscInt i = 0; i < n; i++) {
    if (!isfinite(y[i]))
      continue;
    for (PetscInt k = 0; k < d; k++)
      sample->t[sample->n * d + k] = scaled(s, k, x[i * d + k], &slope);
    s->value_lo = sample->n ? PetscMin(s->value_lo, y[i]) : y[i];
    s->value_hi = sample->n ? PetscMax(s->value_hi, y[i]) : y[i];
    sample->z[sample->n++] = y[i];
  }
}

/* z of values y [n]: their logarithm or they themselves, to mean 0 and deviation 1. */
static void standardise(PetscInt n, const double *y, Surface *s, double *z) {
  double sum = 0, squares = 0;
  for (PetscInt i = 0; i < n; i++)
    sum += z[i] = s->log_value ? log(y[i]) : y[i];
  s->mean = sum / (double)n;
  for (PetscInt i = 0; i < n; i++)
    squares += (z[i] - s->mean) * (z[i] - s->mean);
  s->deviation = sqrt(squares / (double)n);
  for (PetscInt i = 0; i < n; i++)
    z[i] = (z[i] - s->mean) / s->deviation;
}

static double to_value(const Surface *s, double z) {
  const double value = s->mean + s->deviation * z;
  return s->log_value ? exp(value) : value;
}

/* Polynomials of y and of its logarithm; the one with the lesser error, errors of the logarithm times the geometric
   mean of y (Box and Cox 1964). The sample's z are those of the one chosen. */
static PetscErrorCode fit_polynomial(const double *y, Surface *s, SurfaceSample *sample, SurfaceFit *fit) {
  SurfacePolynomial *other;
  SurfaceFit log_fit;
  double plain;
  PetscFunctionBeginUser;
  PetscCall(PetscNew(&s->polynomial));
  standardise(sample->n, y, s, sample->z);
  PetscCall(surface_polynomial_fit(sample, s->polynomial, fit));
  plain = fit->rms * s->deviation;
  if (s->value_lo <= 0 || fit->rms < 1e-9)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscNew(&other));
  PetscCall(PetscMalloc1(sample->n, &log_fit.error));
  s->log_value = true;
  standardise(sample->n, y, s, sample->z);
  PetscCall(surface_polynomial_fit(sample, other, &log_fit));
  if (log_fit.rms * s->deviation * exp(s->mean) < plain) {
    *s->polynomial = *other;
    fit->rms = log_fit.rms;
    PetscCall(PetscArraycpy(fit->error, log_fit.error, sample->n));
  } else {
    s->log_value = false;
    standardise(sample->n, y, s, sample->z);
  }
  PetscCall(PetscFree(log_fit.error));
  PetscCall(PetscFree(other));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* From the leave-one-out errors of z, for values y [n of the sample]; fit.error is used up. */
static void tell_error(const double *y, const SurfaceSample *sample, SurfaceFit *fit, Surface *s) {
  double squares = 0;
  SurfaceError e = {0};
  for (PetscInt i = 0; i < sample->n; i++) {
    const double there = y[i] - to_value(s, sample->z[i] - fit->error[i]);
    squares += there * there;
    e.max = PetscMax(e.max, fabs(there));
    fit->error[i] = y[i] != 0 ? fabs(there / y[i]) : NAN;
    e.median_pct += fit->error[i]; /* NAN if one is */
  }
  e.rms = sqrt(squares / (double)sample->n);
  e.range_pct = 100 * e.rms / (s->value_hi - s->value_lo);
  if (!isnan(e.median_pct)) {
    qsort(fit->error, (size_t)sample->n, sizeof *fit->error, ascending);
    e.median_pct = 50 * (fit->error[sample->n / 2] + fit->error[(sample->n - 1) / 2]);
  }
  s->error = e;
}

/* Kriging through at most SURFACE_KNOTS of the points; where it wins, sample, fit and y are those of these points. */
static PetscErrorCode rival(double *y, Surface *s, SurfaceSample *sample, SurfaceFit *fit) {
  const PetscInt n = PetscMin(sample->n, SURFACE_KNOTS), d = sample->d;
  SurfaceSample some = {n, d, NULL, NULL};
  SurfaceFit other;
  SurfaceKriging *k;
  PetscInt *index;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(n, &index, n * d, &some.t, n, &some.z, n, &other.error));
  surface_subset(sample->n, n, index);
  for (PetscInt i = 0; i < n; i++) {
    some.z[i] = sample->z[index[i]];
    PetscCall(PetscArraycpy(some.t + i * d, sample->t + index[i] * d, d));
  }
  PetscCall(PetscNew(&k));
  PetscCall(surface_kriging_fit(&some, k, &other));
  if (other.rms < fit->rms) {
    s->form = SURFACE_KRIGING;
    s->kriging = k;
    PetscCall(PetscFree(s->polynomial));
    for (PetscInt i = 0; i < n; i++) { /* index[i] >= i */
      y[i] = y[index[i]];
      sample->z[i] = some.z[i];
      fit->error[i] = other.error[i];
    }
    sample->n = n;
  } else {
    PetscCall(surface_kriging_free(k));
    PetscCall(PetscFree(k));
  }
  PetscCall(PetscFree4(index, some.t, some.z, other.error));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode surface_fit(PetscInt n, PetscInt d, const double *x, const bool *log_axis, const double *y, Surface *s) {
  SurfaceSample sample;
  SurfaceFit fit;
  PetscInt vary = 0;
  double *value;
  PetscFunctionBeginUser;
  PetscCheck(d >= 1 && d <= SURFACE_AXES, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "%" PetscInt_FMT " axes", d);
  *s = (Surface){.n_axes = d};
  for (PetscInt k = 0; k < d; k++)
    s->log_axis[k] = log_axis[k];
  PetscCall(PetscMalloc4(n * d, &sample.t, n, &sample.z, n, &fit.error, n, &value));
  gather(n, x, y, s, &sample);
  PetscCall(PetscArraycpy(value, sample.z, sample.n));
  for (PetscInt k = 0; k < d; k++)
    vary += s->hi[k] > s->lo[k];
  if (s->n_points < 2 * (vary + 1))
    snprintf(s->why, sizeof s->why, "a surface over %d axes takes %d points, there are %d", (int)vary,
             2 * ((int)vary + 1), (int)s->n_points);
  else if (s->value_hi - s->value_lo <= 1e-12 * PetscMax(fabs(s->value_hi), fabs(s->value_lo))) {
    s->form = SURFACE_CONSTANT;
    s->mean = 0.5 * (s->value_lo + s->value_hi);
  } else {
    s->form = SURFACE_POLYNOMIAL;
    PetscCall(fit_polynomial(value, s, &sample, &fit));
    if (fit.rms > good_enough)
      PetscCall(rival(value, s, &sample, &fit));
    tell_error(value, &sample, &fit, s);
  }
  PetscCall(PetscFree4(sample.t, sample.z, fit.error, value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode surface_free(Surface *s) {
  PetscFunctionBeginUser;
  if (s->kriging)
    PetscCall(surface_kriging_free(s->kriging));
  PetscCall(PetscFree(s->kriging));
  PetscCall(PetscFree(s->polynomial));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void surface_at(const Surface *s, const double *x, SurfaceValue *v) {
  double t[SURFACE_AXES], stretch[SURFACE_AXES], slope[SURFACE_AXES] = {0}, z[2] = {0};
  *v = (SurfaceValue){.value = s->form == SURFACE_NONE ? NAN : s->mean};
  for (PetscInt k = 0; k < s->n_axes; k++) {
    const double slack = 1e-9 * PetscMax(fabs(s->lo[k]), fabs(s->hi[k]));
    t[k] = scaled(s, k, x[k], &stretch[k]);
    v->outside = v->outside || !(x[k] >= s->lo[k] - slack && x[k] <= s->hi[k] + slack);
  }
  if (s->form == SURFACE_NONE || s->form == SURFACE_CONSTANT)
    return;
  if (s->form == SURFACE_POLYNOMIAL)
    surface_polynomial_at(s->polynomial, s->n_axes, t, z, slope);
  else
    surface_kriging_at(s->kriging, s->n_axes, t, z, slope);
  v->value = to_value(s, z[0]);
  const double unit = s->deviation * (s->log_value ? v->value : 1);
  v->error = unit * sqrt(z[1]);
  for (PetscInt k = 0; k < s->n_axes; k++)
    v->gradient[k] = unit * slope[k] * stretch[k];
}

void surface_form_text(const Surface *s, char *text, size_t n) {
  const char *of = s->log_value ? " of the logarithm" : "";
  if (s->form == SURFACE_NONE || s->form == SURFACE_CONSTANT)
    snprintf(text, n, s->form == SURFACE_NONE ? "none" : "constant");
  else if (s->form == SURFACE_KRIGING)
    snprintf(text, n, "kriging%s", of);
  else {
    int at = snprintf(text, n, "polynomial%s, degree", of);
    for (PetscInt k = 0; k < s->n_axes && at < (int)n; k++)
      at += snprintf(text + at, n - (size_t)at, " %d", s->polynomial->degree[k]);
  }
}
