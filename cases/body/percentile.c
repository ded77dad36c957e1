#include "cases/body/percentile.h"

#include <math.h>
#include <string.h>

/* Non-negative floats are ordered as their bits: first the weight in each bin of equal upper halves is found, then, in
   the bin with the answer, that of each lower half. */
enum { BINS = 1 << 16 };
static const uint32_t largest = 0x7f7fffff; /* FLT_MAX */

typedef struct Sample {
  PetscInt n;
  const float *value, *weight;
  const uint16_t *region;
  unsigned want;
} Sample;

/* Adds the weights of the values that take part: by upper half (of < 0), or by lower half where the upper one is of. */
static void bins_add(const Sample *s, int64_t of, double *bin) {
  for (PetscInt i = 0; i < s->n; i++) {
    uint32_t bits;
    if ((s->region && (s->region[i] & s->want) != s->want) || isnan(s->value[i]))
      continue;
    memcpy(&bits, &s->value[i], sizeof bits);
    bits &= 0x7fffffff;
    if (of < 0)
      bin[bits >> 16] += s->weight ? s->weight[i] : 1;
    else if (bits >> 16 == of)
      bin[bits & (BINS - 1)] += s->weight ? s->weight[i] : 1;
  }
}

/* The first bin at which the sum, `below` before it, reaches wanted (the last filled one where rounding keeps it from
   that); below becomes the sum before it. */
static uint32_t bin_reached(const double *bin, double wanted, double *below) {
  double sum = *below;
  uint32_t found = 0;
  for (uint32_t b = 0; b < BINS && (!b || sum < wanted); b++) {
    if (bin[b] <= 0)
      continue;
    found = b;
    *below = sum;
    sum += bin[b];
  }
  return found;
}

static double value_of(uint32_t upper, uint32_t lower) {
  const uint32_t bits = PetscMin(upper << 16 | lower, largest);
  float found;
  memcpy(&found, &bits, sizeof found);
  return found;
}

/* The values of the source into bins, as bins_add. */
static PetscErrorCode source_add(const PercentileSource *source, int64_t of, double *bin) {
  const uint32_t bits = of < 0 ? 0 : (uint32_t)of << 16;
  float *value, *weight, least;
  PetscFunctionBeginUser;
  memcpy(&least, &bits, sizeof least);
  PetscCall(PetscMalloc2(source->room, &value, source->room, &weight));
  for (PetscInt i = 0; i < source->n; i++) {
    const PetscInt n = source->make(source->context, i, least, value, weight);
    bins_add(&(Sample){n, value, weight, NULL, 0}, of, bin);
  }
  PetscCall(PetscFree2(value, weight));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode percentiles_made(MPI_Comm comm, const PercentileSource *source, int n, const double *fraction,
                                double *result) {
  double *bin, *fine, all = 0;
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(BINS, &bin));
  PetscCall(PetscMalloc1(BINS, &fine));
  PetscCall(source_add(source, -1, bin));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, bin, BINS, MPI_DOUBLE, MPI_SUM, comm));
  for (int b = 0; b < BINS; b++)
    all += bin[b];
  for (int k = 0; k < n; k++) {
    double below = 0;
    result[k] = NAN;
    if (!(all > 0))
      continue;
    const double wanted = fraction[k] * all * (1 - 1e-12);
    const uint32_t upper = bin_reached(bin, wanted, &below);
    PetscCall(PetscArrayzero(fine, BINS));
    PetscCall(source_add(source, upper, fine));
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, fine, BINS, MPI_DOUBLE, MPI_SUM, comm));
    result[k] = value_of(upper, bin_reached(fine, wanted, &below));
  }
  PetscCall(PetscFree(fine));
  PetscCall(PetscFree(bin));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode percentile(MPI_Comm comm, PetscInt n, const float *value, const float *weight, const uint16_t *region,
                          unsigned want, double fraction, double *result) {
  const Sample sample = {n, value, weight, region, want};
  double *bin, all = 0, below = 0;
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(BINS, &bin));
  bins_add(&sample, -1, bin);
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, bin, BINS, MPI_DOUBLE, MPI_SUM, comm));
  for (int b = 0; b < BINS; b++)
    all += bin[b];
  *result = NAN;
  if (all > 0) {
    const double wanted = fraction * all * (1 - 1e-12);
    const uint32_t upper = bin_reached(bin, wanted, &below);
    PetscCall(PetscArrayzero(bin, BINS));
    bins_add(&sample, upper, bin);
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, bin, BINS, MPI_DOUBLE, MPI_SUM, comm));
    *result = value_of(upper, bin_reached(bin, wanted, &below));
  }
  PetscCall(PetscFree(bin));
  PetscFunctionReturn(PETSC_SUCCESS);
}
