/* Search grid of capsules (rounded struts): every bin lists the capsules that can be nearest, within band, to some
   point of it. Kernels: no PETSc calls, no allocation, cannot fail. */
#ifndef TRABECULA_MESH_STRUT_BINS_H
#define TRABECULA_MESH_STRUT_BINS_H

#include "mesh/shape.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct Capsule {
  double a[3], u[3]; /* end 0 and unit direction */
  double length, radius;
} Capsule;

typedef struct StrutBins {
  double lo[3], edge[3], inverse[3]; /* mm, lowest corner, edges of a bin and 1 / edge */
  double period[3];                  /* mm; 0: the grid ends, else it repeats after n bins */
  double band, reach;                /* mm; reach: half diagonal of a bin, and a little */
  int32_t n[3];                      /* bins */
  int64_t n_bins, n_capsules;
  bool same_radius;
  Capsule *capsule; /* [n_capsules], images of periodic struts included */
  int64_t *first;   /* [n_bins + 1] */
  int32_t *entry;   /* [first[n_bins]] capsules of each bin */
} StrutBins;

static inline double capsule_axis_distance2(const Capsule *c, const double x[3]) {
  double w[3] = {x[0] - c->a[0], x[1] - c->a[1], x[2] - c->a[2]};
  double t = w[0] * c->u[0] + w[1] * c->u[1] + w[2] * c->u[2];
  t = t < 0 ? 0 : t > c->length ? c->length : t;
  for (int k = 0; k < 3; k++)
    w[k] -= t * c->u[k];
  return w[0] * w[0] + w[1] * w[1] + w[2] * w[2];
}

/* The bins whose centres can be within reach + band of capsule i, with the signed distance of each centre; least
   [n_bins] collects the smallest. */
void bins_least(const StrutBins *bins, int64_t i, double *least);
/* With the finished least: adds the capsule to its bins. entry NULL: only counts into count[bin]; else fills at
   count[bin]++. */
void bins_enter(const StrutBins *bins, int64_t i, const double *least, int64_t *count, int32_t *entry);
/* min(distance, band), plus the distance from the grid outside it: the kernel of shape_struts. */
void bins_distance(const StrutBins *bins, PetscInt n, const double (*x)[3], double *d);

#endif
