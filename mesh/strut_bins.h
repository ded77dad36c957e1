/* Search grid of capsules (rounded struts, also conical ones): every bin lists the capsules that can be nearest, within
   band, to some point of it. Kernels: no PETSc calls, no allocation, cannot fail. */
#ifndef TRABECULA_MESH_STRUT_BINS_H
#define TRABECULA_MESH_STRUT_BINS_H

#include "mesh/shape.h"
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Capsule {
  double a[3], u[3];     /* end 0 and unit direction */
  double length, radius; /* radius at end 0 ... */
  double slope;          /* ... and its growth per mm, which also bounds the caps, see capsule_distance */
  double scale;          /* 1 / sqrt(1 + slope^2) */
} Capsule;

typedef struct StrutBins {
  double lo[3], edge[3], inverse[3]; /* mm, lowest corner, edges of a bin and 1 / edge */
  double period[3];                  /* mm; 0: the grid ends, else it repeats after n bins */
  double band, reach;                /* mm; reach: half diagonal of a bin, and a little */
  double least_scale;                /* of the capsules: what is band / least_scale away has a distance of band */
  int32_t n[3];                      /* bins */
  int64_t n_bins, n_capsules;
  bool same_radius; /* and no cones */
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

/* A frustum with a round cap at either end: at the thick end the half ball, as far as the frustum mirrored there holds
   it, so that of two alike that meet with their thick ends neither bulges out of the other. 1-Lipschitz and zero on
   the surface; the distance itself beside a frustum and everywhere around a cylinder. */
static inline double capsule_distance(const Capsule *c, const double x[3]) {
  double w[3] = {x[0] - c->a[0], x[1] - c->a[1], x[2] - c->a[2]};
  double along = w[0] * c->u[0] + w[1] * c->u[1] + w[2] * c->u[2];
  double t = along < 0 ? 0 : along > c->length ? c->length : along, beyond = along - t;
  for (int k = 0; k < 3; k++)
    w[k] -= t * c->u[k];
  double q2 = w[0] * w[0] + w[1] * w[1] + w[2] * w[2], q = sqrt(q2);
  if (beyond * c->slope > 0) {
    double side = sqrt(fmax(q2 - beyond * beyond, 0)) + beyond * c->slope;
    q = side > q ? side : q;
  }
  return c->scale * (q - (c->radius + c->slope * t));
}

/* How far from the axis of a capsule its distance can be d or less. */
static inline double capsule_wide(const Capsule *c, double d) {
  return fmax(c->radius, c->radius + c->slope * c->length) + d / c->scale;
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
