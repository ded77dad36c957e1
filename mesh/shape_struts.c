#include "mesh/graph.h"
#include "mesh/shape.h"
#include "mesh/strut_bins.h"
#include <math.h>

static void struts_distance(const Shape *shape, PetscInt n, const double (*x)[3], double *d) {
  bins_distance(shape->data, n, x, d);
}

static void struts_release(Shape *shape) {
  StrutBins *bins = shape->data;
  PetscCallAbort(PETSC_COMM_SELF, PetscFree(bins->capsule));
  PetscCallAbort(PETSC_COMM_SELF, PetscFree2(bins->first, bins->entry));
  PetscCallAbort(PETSC_COMM_SELF, PetscFree(bins));
}

/* Extent and edges of the bins: a fifth of a strut, coarser where that makes too many. */
static void bins_size(const Graph *graph, const double lo[3], const double hi[3], double mean, StrutBins *bins) {
  double budget = fmax(100000, 4.0 * (double)graph->n_struts), edge = mean / 5, wanted, size[3];
  for (int k = 0; k < 3; k++) {
    bins->period[k] = graph->shift ? graph->period[k] : 0;
    bins->lo[k] = bins->period[k] > 0 ? 0 : lo[k] - bins->band;
    size[k] = bins->period[k] > 0 ? bins->period[k] : hi[k] - lo[k] + 2 * bins->band;
  }
  do {
    bins->n_bins = 1;
    wanted = 1;
    for (int k = 0; k < 3; k++) {
      bins->n[k] = (int32_t)fmin(ceil(size[k] / edge * (1 - 1e-12)), 100000);
      bins->n_bins *= bins->n[k];
      wanted *= size[k] / edge;
    }
    edge *= 1.1;
  } while (wanted > budget);
  for (int k = 0; k < 3; k++) {
    bins->edge[k] = size[k] / bins->n[k];
    bins->inverse[k] = bins->n[k] / size[k];
  }
  bins->reach = 0.5 * (1 + 1e-9) *
                sqrt(bins->edge[0] * bins->edge[0] + bins->edge[1] * bins->edge[1] + bins->edge[2] * bins->edge[2]);
}

/* Box of the capsules of one period and the mean length of a strut. */
static void graph_extent(const Graph *graph, double offset_mm, double lo[3], double hi[3], double *mean) {
  *mean = 0;
  for (int k = 0; k < 3; k++) {
    lo[k] = HUGE_VAL;
    hi[k] = -HUGE_VAL;
  }
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    double u[3], length = graph_strut(graph, s, u), r = fmax(graph->radius[s] + offset_mm, 0);
    *mean += length / (double)graph->n_struts;
    for (int k = 0; k < 3; k++) {
      double a = graph->x[graph->strut[s][0]][k], b = a + length * u[k];
      lo[k] = fmin(lo[k], fmin(a, b) - r);
      hi[k] = fmax(hi[k], fmax(a, b) + r);
    }
  }
}

/* The images of strut s that reach the grid; capsule NULL: only their number. */
static int64_t strut_images(const Graph *graph, PetscInt s, double radius, const StrutBins *bins, Capsule *capsule) {
  Capsule base = {.radius = radius};
  int64_t n = 0;
  int range[3];
  base.length = graph_strut(graph, s, base.u);
  for (int k = 0; k < 3; k++)
    range[k] = bins->period[k] > 0 ? 2 : 0;
  for (int i = -range[0]; i <= range[0]; i++)
    for (int j = -range[1]; j <= range[1]; j++)
      for (int l = -range[2]; l <= range[2]; l++) {
        const int shift[3] = {i, j, l};
        bool near = true;
        Capsule image = base;
        for (int k = 0; k < 3; k++) {
          double a = graph->x[graph->strut[s][0]][k] + shift[k] * bins->period[k], b = a + base.length * base.u[k];
          double wide = radius + bins->band + bins->reach;
          image.a[k] = a;
          if (bins->period[k] > 0)
            near = near && fmax(a, b) + wide >= 0 && fmin(a, b) - wide <= bins->period[k];
        }
        if (near && capsule)
          capsule[n] = image;
        n += near;
      }
  return n;
}

static PetscErrorCode bins_capsules(const Graph *graph, double offset_mm, StrutBins *bins) {
  PetscFunctionBeginUser;
  bins->same_radius = true;
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    bins->n_capsules += strut_images(graph, s, graph->radius[s] + offset_mm, bins, NULL);
    bins->same_radius = bins->same_radius && graph->radius[s] == graph->radius[0];
  }
  PetscCheck(bins->n_capsules < INT32_MAX, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "a lattice of %" PetscInt_FMT " struts is too large to be searched", graph->n_struts);
  PetscCall(PetscMalloc1(bins->n_capsules, &bins->capsule));
  bins->n_capsules = 0;
  for (PetscInt s = 0; s < graph->n_struts; s++)
    bins->n_capsules += strut_images(graph, s, graph->radius[s] + offset_mm, bins, bins->capsule + bins->n_capsules);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode bins_fill(StrutBins *bins) {
  double *least;
  int64_t *count, total = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(bins->n_bins, &least, bins->n_bins, &count));
  for (int64_t b = 0; b < bins->n_bins; b++) {
    least[b] = HUGE_VAL;
    count[b] = 0;
  }
  for (int64_t c = 0; c < bins->n_capsules; c++)
    bins_least(bins, c, least);
  for (int64_t c = 0; c < bins->n_capsules; c++)
    bins_enter(bins, c, least, count, NULL);
  for (int64_t b = 0; b < bins->n_bins; b++)
    total += count[b];
  PetscCall(PetscMalloc2(bins->n_bins + 1, &bins->first, total, &bins->entry));
  bins->first[0] = 0;
  for (int64_t b = 0; b < bins->n_bins; b++) {
    bins->first[b + 1] = bins->first[b] + count[b];
    count[b] = bins->first[b];
  }
  for (int64_t c = 0; c < bins->n_capsules; c++)
    bins_enter(bins, c, least, count, bins->entry);
  PetscCall(PetscFree2(least, count));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode shape_struts(const Graph *graph, double offset_mm, Shape **shape) {
  StrutBins *bins;
  double lo[3], hi[3], mean;

  PetscFunctionBeginUser;
  PetscCheck(graph->n_struts > 0, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "a lattice without struts has no shape");
  graph_extent(graph, offset_mm, lo, hi, &mean);
  PetscCheck(mean > 0 && isfinite(mean), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "a lattice of struts without length");
  PetscCall(PetscNew(&bins));
  bins->band = 0.5 * mean;
  bins_size(graph, lo, hi, mean, bins);
  PetscCall(bins_capsules(graph, offset_mm, bins));
  PetscCall(bins_fill(bins));
  PetscCall(PetscNew(shape));
  (*shape)->distance = struts_distance;
  (*shape)->release = struts_release;
  (*shape)->data = bins;
  for (int k = 0; k < 3; k++) {
    (*shape)->lo[k] = bins->period[k] > 0 ? -HUGE_VAL : lo[k];
    (*shape)->hi[k] = bins->period[k] > 0 ? HUGE_VAL : hi[k];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
