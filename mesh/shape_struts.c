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
  const double wide = bins->band / bins->least_scale;
  for (int k = 0; k < 3; k++) {
    bins->period[k] = graph->shift ? graph->period[k] : 0;
    bins->lo[k] = bins->period[k] > 0 ? 0 : lo[k] - wide;
    size[k] = bins->period[k] > 0 ? bins->period[k] : hi[k] - lo[k] + 2 * wide;
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

/* Strut s, its radius times part (NULL: 1), its surface moved outwards by offset_mm. */
static Capsule strut_capsule(const Graph *graph, PetscInt s, const double *part, double offset_mm) {
  Capsule c = {.scale = 1};
  const double radius = graph->radius[s] * (part ? part[s] : 1), taper = graph->taper ? graph->taper[s] : 0;
  c.length = graph_strut(graph, s, c.u);
  if (taper != 0) {
    c.slope = 2 * radius * taper / c.length;
    c.scale = 1 / sqrt(1 + c.slope * c.slope);
  }
  c.radius = radius * (1 - taper) + offset_mm / c.scale;
  for (int k = 0; k < 3; k++)
    c.a[k] = graph->x[graph->strut[s][0]][k];
  return c;
}

/* Box of the capsules of one period; the mean length of a strut and the least scale go to bins. */
static void bins_extent(const Graph *graph, const double *part, double offset_mm, double lo[3], double hi[3],
                        StrutBins *bins) {
  double total = 0;
  bins->least_scale = 1;
  for (int k = 0; k < 3; k++) {
    lo[k] = HUGE_VAL;
    hi[k] = -HUGE_VAL;
  }
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    const Capsule c = strut_capsule(graph, s, part, offset_mm);
    const double r = fmax(capsule_wide(&c, 0), 0);
    total += c.length;
    bins->least_scale = fmin(bins->least_scale, c.scale);
    for (int k = 0; k < 3; k++) {
      lo[k] = fmin(lo[k], c.a[k] + fmin(c.length * c.u[k], 0) - r);
      hi[k] = fmax(hi[k], c.a[k] + fmax(c.length * c.u[k], 0) + r);
    }
  }
  bins->band = 0.5 * total / (double)graph->n_struts;
}

/* The images of a capsule that reach the grid; image NULL: only their number. */
static int64_t capsule_images(const Capsule *base, const StrutBins *bins, Capsule *image) {
  const double wide = capsule_wide(base, bins->band + bins->reach);
  int64_t n = 0;
  int range[3];
  for (int k = 0; k < 3; k++)
    range[k] = bins->period[k] > 0 ? 2 : 0;
  for (int i = -range[0]; i <= range[0]; i++)
    for (int j = -range[1]; j <= range[1]; j++)
      for (int l = -range[2]; l <= range[2]; l++) {
        const int shift[3] = {i, j, l};
        bool near = true;
        Capsule moved = *base;
        for (int k = 0; k < 3; k++) {
          double a = base->a[k] + shift[k] * bins->period[k], b = a + base->length * base->u[k];
          moved.a[k] = a;
          if (bins->period[k] > 0)
            near = near && fmax(a, b) + wide >= 0 && fmin(a, b) - wide <= bins->period[k];
        }
        if (near && image)
          image[n] = moved;
        n += near;
      }
  return n;
}

static PetscErrorCode bins_capsules(const Graph *graph, const double *part, double offset_mm, StrutBins *bins) {
  PetscFunctionBeginUser;
  bins->same_radius = true;
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    const Capsule c = strut_capsule(graph, s, part, offset_mm);
    bins->n_capsules += capsule_images(&c, bins, NULL);
    bins->same_radius =
        bins->same_radius && c.slope == 0 && graph->radius[s] == graph->radius[0] && (!part || part[s] == part[0]);
  }
  PetscCheck(bins->n_capsules < INT32_MAX, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "a lattice of %" PetscInt_FMT " struts is too large to be searched", graph->n_struts);
  PetscCall(PetscMalloc1(bins->n_capsules, &bins->capsule));
  bins->n_capsules = 0;
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    const Capsule c = strut_capsule(graph, s, part, offset_mm);
    bins->n_capsules += capsule_images(&c, bins, bins->capsule + bins->n_capsules);
  }
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

/* The union of the capsules. */
static PetscErrorCode shape_capsules(const Graph *graph, const double *part, double offset_mm, Shape **shape) {
  StrutBins *bins;
  double lo[3], hi[3];

  PetscFunctionBeginUser;
  PetscCheck(graph->n_struts > 0, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "a lattice without struts has no shape");
  PetscCall(PetscNew(&bins));
  bins_extent(graph, part, offset_mm, lo, hi, bins);
  if (!(bins->band > 0 && isfinite(bins->band)))
    PetscCall(PetscFree(bins));
  PetscCheck(bins, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "a lattice of struts without length");
  bins_size(graph, lo, hi, 2 * bins->band, bins);
  PetscCall(bins_capsules(graph, part, offset_mm, bins));
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

PetscErrorCode shape_struts(const Graph *graph, double offset_mm, Shape **shape) {
  Graph hollow;
  Shape *solid = NULL, *bores = NULL;
  bool *keep;

  PetscFunctionBeginUser;
  PetscCall(shape_capsules(graph, NULL, offset_mm, shape));
  if (!graph->bore)
    PetscFunctionReturn(PETSC_SUCCESS);
  solid = *shape;
  PetscCall(PetscMalloc1(graph->n_struts, &keep));
  for (PetscInt s = 0; s < graph->n_struts; s++)
    keep[s] = graph->bore[s] > 0;
  PetscCall(graph_select(graph, keep, &hollow));
  if (hollow.n_struts) {
    PetscCall(shape_capsules(&hollow, hollow.bore, -offset_mm, &bores));
    PetscCall(shape_difference(solid, bores, shape));
  }
  PetscCall(graph_free(&hollow));
  PetscCall(PetscFree(keep));
  PetscFunctionReturn(PETSC_SUCCESS);
}
