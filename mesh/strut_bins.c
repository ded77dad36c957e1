#include "mesh/strut_bins.h"
#include <math.h>

/* Range of bins [from, to) along axis k that capsule c can reach. */
static void bins_range(const StrutBins *bins, const Capsule *c, int k, int32_t *from, int32_t *to) {
  double a = c->a[k], b = c->a[k] + c->length * c->u[k], wide = capsule_wide(c, bins->band + bins->reach);
  double low = (fmin(a, b) - wide - bins->lo[k]) * bins->inverse[k];
  double high = (fmax(a, b) + wide - bins->lo[k]) * bins->inverse[k];
  *from = low <= 0 ? 0 : low >= bins->n[k] ? bins->n[k] : (int32_t)low;
  *to = high < 0 ? 0 : high >= bins->n[k] ? bins->n[k] : (int32_t)high + 1;
}

/* A run of bins along x, the unit of work: its distances are computed together. */
enum { RUN = 32 };
typedef struct Run {
  int64_t bin; /* the first */
  int32_t n;
  double d[RUN]; /* [n] signed distance of the centres */
} Run;

typedef struct Visit {
  const StrutBins *bins;
  const Capsule *capsule;
  int32_t from[3], to[3], at[3];
} Visit;

static Visit visit_start(const StrutBins *bins, int64_t i) {
  Visit visit = {.bins = bins, .capsule = &bins->capsule[i]};
  for (int k = 0; k < 3; k++) {
    bins_range(bins, visit.capsule, k, &visit.from[k], &visit.to[k]);
    visit.at[k] = visit.from[k];
  }
  if (visit.from[0] >= visit.to[0] || visit.from[1] >= visit.to[1])
    visit.at[2] = visit.to[2];
  return visit;
}

static void run_distances(const StrutBins *bins, const Capsule *capsule, const int32_t at[3], Run *run) {
  const Capsule c = *capsule;
  const double x0 = bins->lo[0] + (at[0] + 0.5) * bins->edge[0] - c.a[0], step = bins->edge[0];
  const double y = bins->lo[1] + (at[1] + 0.5) * bins->edge[1] - c.a[1];
  const double z = bins->lo[2] + (at[2] + 0.5) * bins->edge[2] - c.a[2];
  const double along = y * c.u[1] + z * c.u[2];
  if (c.slope != 0) {
    const double first[3] = {x0 + c.a[0], y + c.a[1], z + c.a[2]};
    for (int32_t i = 0; i < run->n; i++)
      run->d[i] = capsule_distance(&c, (const double[3]){first[0] + i * step, first[1], first[2]});
    return;
  }
  for (int32_t i = 0; i < run->n; i++) { /* no branches: runs in vector registers */
    double x = x0 + i * step, t = x * c.u[0] + along;
    t = t < 0 ? 0 : t;
    t = t > c.length ? c.length : t;
    double u = x - t * c.u[0], v = y - t * c.u[1], w = z - t * c.u[2];
    run->d[i] = sqrt(u * u + v * v + w * w) - c.radius;
  }
}

/* The next run of bins around the capsule; false at the end. */
static bool visit_next(Visit *visit, Run *run) {
  const int32_t *n = visit->bins->n;
  if (visit->at[2] >= visit->to[2])
    return false;
  run->n = visit->to[0] - visit->at[0] < RUN ? visit->to[0] - visit->at[0] : RUN;
  run->bin = visit->at[0] + (int64_t)n[0] * (visit->at[1] + (int64_t)n[1] * visit->at[2]);
  run_distances(visit->bins, visit->capsule, visit->at, run);
  visit->at[0] += run->n;
  for (int k = 0; k < 2 && visit->at[k] >= visit->to[k]; k++) {
    visit->at[k] = visit->from[k];
    visit->at[k + 1]++;
  }
  return true;
}

void bins_least(const StrutBins *bins, int64_t capsule, double *least) {
  Visit visit = visit_start(bins, capsule);
  Run run;
  while (visit_next(&visit, &run))
    for (int32_t i = 0; i < run.n; i++)
      least[run.bin + i] = run.d[i] < least[run.bin + i] ? run.d[i] : least[run.bin + i];
}

/* A capsule can be nearest somewhere in the bin only if its distance at the centre is within 2 reach of the least
   there, because each distance changes by at most reach on the way from the centre. */
void bins_enter(const StrutBins *bins, int64_t capsule, const double *least, int64_t *count, int32_t *entry) {
  const double far = bins->band + bins->reach, behind = 2 * bins->reach;
  Visit visit = visit_start(bins, capsule);
  Run run;
  while (visit_next(&visit, &run))
    for (int32_t i = 0; i < run.n; i++) {
      int64_t bin = run.bin + i;
      if (run.d[i] > far || run.d[i] > least[bin] + behind)
        continue;
      if (entry)
        entry[count[bin]] = (int32_t)capsule;
      count[bin]++;
    }
}

/* Bin of x, which is moved into the grid (periodic axes) or onto it; returns the squared distance that took. */
static inline int64_t bin_of(const StrutBins *bins, double x[3], double *outside2) {
  int64_t at[3];
  *outside2 = 0;
  for (int k = 0; k < 3; k++) {
    double t = x[k] - bins->lo[k], end = bins->n[k] * bins->edge[k];
    if (bins->period[k] > 0)
      t -= bins->period[k] * floor(t / bins->period[k]);
    else if (t < 0 || t > end) {
      double to = t < 0 ? 0 : end;
      *outside2 += (t - to) * (t - to);
      t = to;
    }
    x[k] = bins->lo[k] + t;
    at[k] = (int64_t)(t * bins->inverse[k]);
    if (at[k] >= bins->n[k])
      at[k] = bins->n[k] - 1;
  }
  return at[0] + bins->n[0] * (at[1] + bins->n[1] * at[2]);
}

void bins_distance(const StrutBins *bins, PetscInt n, const double (*x)[3], double *d) {
  for (PetscInt p = 0; p < n; p++) {
    double y[3] = {x[p][0], x[p][1], x[p][2]}, outside2, least = HUGE_VAL;
    int64_t bin = bin_of(bins, y, &outside2), end = bins->first[bin + 1];
    if (outside2 > 0) { /* the grid is the box of what has a distance below band */
      d[p] = bins->band + sqrt(outside2);
      continue;
    }
    if (bins->same_radius) {
      for (int64_t e = bins->first[bin]; e < end; e++) {
        double d2 = capsule_axis_distance2(&bins->capsule[bins->entry[e]], y);
        least = d2 < least ? d2 : least;
      }
      least = sqrt(least) - bins->capsule->radius;
    } else
      for (int64_t e = bins->first[bin]; e < end; e++) {
        const Capsule *c = &bins->capsule[bins->entry[e]];
        double value = c->slope == 0 ? sqrt(capsule_axis_distance2(c, y)) - c->radius : capsule_distance(c, y);
        least = value < least ? value : least;
      }
    d[p] = least < bins->band ? least : bins->band;
  }
}
