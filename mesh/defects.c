#include "mesh/defects.h"
#include "mesh/random.h"
#include <math.h>

enum { PURPOSE_MISSING = 1, PURPOSE_LAYER, PURPOSE_DIAMETER, PURPOSE_WAVE, PURPOSE_DIRECTION };
static const double limit = 3;                          /* standard deviations */
static const double least_diameter = 0.02;              /* factors below this count as vanished */
static const double root_half = 0.70710678118654752440; /* 1 / sqrt 2 */

/* Standard deviation of ln D for a coefficient of variation of D. */
static double log_deviation(double scatter_pct) { return sqrt(log1p(1e-4 * scatter_pct * scatter_pct)); }

/* Shift of ln D that makes the mean of D 1 when ln D is normal, cut off at +-limit:
   E exp(s z) = exp(s^2 / 2) (F(limit - s) - F(-limit - s)) / (F(limit) - F(-limit)). */
static double log_shift(double s) {
  const double kept = 0.5 * (erf((limit - s) * root_half) + erf((limit + s) * root_half)) / erf(limit * root_half);
  return -0.5 * s * s - log(kept);
}

double defects_least_diameter(const Defects *d) {
  const double s = log_deviation(d->scatter_pct), layer = d->layer_mm > 0 ? 0.01 * d->layer_diameter_pct : 1;
  return (1 + 0.01 * fmin(d->vertical_pct, d->horizontal_pct)) * exp(log_shift(s) - limit * s) * fmin(layer, 1);
}

static PetscErrorCode check(const Defects *d) {
  PetscFunctionBeginUser;
  const struct {
    const char *name;
    double value, lo, hi;
  } range[] = {
      {"scatter_pct", d->scatter_pct, 0, 60}, {"waviness_pct", d->waviness_pct, 0, 20},  {"missing", d->missing, 0, 1},
      {"layer_mm", d->layer_mm, 0, HUGE_VAL}, {"layer_missing", d->layer_missing, 0, 1},
  };
  for (size_t i = 0; i < sizeof(range) / sizeof(range[0]); i++)
    PetscCheck(range[i].value >= range[i].lo && range[i].value <= range[i].hi, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
               "defects: %s = %g: must lie in [%g, %g]", range[i].name, range[i].value, range[i].lo, range[i].hi);
  PetscCheck(defects_least_diameter(d) >= least_diameter, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "defects: the thinnest struts would have %.3g of their diameter; at least %g is needed",
             defects_least_diameter(d), least_diameter);
  PetscCheck(d->waviness_pct == 0 || d->pieces >= 2, PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "wavy struts of %" PetscInt_FMT " pieces", d->pieces);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static uint64_t origin_of(const Graph *graph, PetscInt s) { return (uint64_t)(graph->origin ? graph->origin[s] : s); }

static bool in_layer(const Graph *graph, PetscInt s, const Defects *d) {
  double u[3], length = graph_strut(graph, s, u);
  const double middle = graph->x[graph->strut[s][0]][d->layer_axis] + 0.5 * length * u[d->layer_axis];
  return d->layer_mm > 0 && fmin(middle - d->layer_lo, d->layer_hi - middle) < d->layer_mm;
}

static bool is_missing(const Graph *graph, PetscInt s, const Defects *d, uint64_t seed) {
  const uint64_t strut = origin_of(graph, s);
  return random_uniform(seed, strut, PURPOSE_MISSING) < d->missing ||
         (in_layer(graph, s, d) && random_uniform(seed, strut, PURPOSE_LAYER) < d->layer_missing);
}

static double diameter_factor(const Graph *graph, PetscInt s, const Defects *d, uint64_t seed) {
  double u[3], factor, deviation = log_deviation(d->scatter_pct);
  graph_strut(graph, s, u);
  const double along2 = u[d->build_axis] * u[d->build_axis];
  factor = 1 + 0.01 * (d->vertical_pct * along2 + d->horizontal_pct * (1 - along2));
  if (deviation > 0)
    factor *= exp(log_shift(deviation) + deviation * random_normal(seed, origin_of(graph, s), PURPOSE_DIAMETER, limit));
  return in_layer(graph, s, d) ? factor * 0.01 * d->layer_diameter_pct : factor;
}

/* Struts with an end where only they are left. */
static PetscErrorCode count_dangling(const Graph *in, const bool *keep, PetscInt *dangling) {
  PetscInt(*degree)[2];

  PetscFunctionBeginUser;
  *dangling = 0;
  PetscCall(PetscCalloc1(in->n_nodes, &degree));
  for (PetscInt s = 0; s < in->n_struts; s++)
    for (int end = 0; end < 2; end++) {
      degree[in->strut[s][end]][0]++;
      degree[in->strut[s][end]][1] += keep[s];
    }
  for (PetscInt s = 0; s < in->n_struts; s++) {
    const PetscInt *a = degree[in->strut[s][0]], *b = degree[in->strut[s][1]];
    *dangling += keep[s] && ((a[0] > 1 && a[1] == 1) || (b[0] > 1 && b[1] == 1));
  }
  PetscCall(PetscFree(degree));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The struts that are left. */
static PetscErrorCode thin_out(const Graph *in, const Defects *d, uint64_t seed, Graph *out, DefectsFound *found) {
  bool *keep;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(in->n_struts, &keep));
  for (PetscInt s = 0; s < in->n_struts; s++) {
    keep[s] = !is_missing(in, s, d, seed);
    found->missing += !keep[s];
  }
  if (!d->keep_islands)
    PetscCall(graph_keep_region(in, d->touch, keep));
  PetscCall(count_dangling(in, keep, &found->dangling));
  PetscCall(graph_select(in, keep, out));
  found->hanging = in->n_struts - found->missing - out->n_struts;
  PetscCall(PetscFree(keep));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void change_diameters(const Defects *d, uint64_t seed, Graph *graph, DefectsFound *found) {
  double sum = 0, squares = 0;
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    const double factor = diameter_factor(graph, s, d, seed);
    graph->radius[s] *= factor;
    sum += factor;
    squares += (factor - 1) * (factor - 1);
  }
  const double n = (double)graph->n_struts, mean = sum / n;
  found->diameter_mean_pct = 100 * mean;
  found->diameter_cv_pct = 100 * sqrt(fmax(squares / n - (mean - 1) * (mean - 1), 0)) / mean;
}

/* Two unit vectors across u and each other. */
static void across(const double u[3], double e[2][3]) {
  const int low = fabs(u[0]) <= fabs(u[1]) ? (fabs(u[0]) <= fabs(u[2]) ? 0 : 2) : (fabs(u[1]) <= fabs(u[2]) ? 1 : 2);
  const double length = sqrt(1 - u[low] * u[low]);
  for (int k = 0; k < 3; k++)
    e[0][k] = ((k == low) - u[low] * u[k]) / length;
  for (int k = 0; k < 3; k++)
    e[1][k] = u[(k + 1) % 3] * e[0][(k + 2) % 3] - u[(k + 2) % 3] * e[0][(k + 1) % 3];
}

static PetscErrorCode bend_struts(const Graph *in, const Defects *d, uint64_t seed, Graph *out) {
  const PetscInt n = d->pieces;

  PetscFunctionBeginUser;
  PetscCall(graph_refine(in, n, out));
  for (PetscInt s = 0; s < in->n_struts; s++) {
    double u[3], e[2][3], length = graph_strut(in, s, u);
    const double offset = 0.01 * d->waviness_pct * length * random_normal(seed, origin_of(in, s), PURPOSE_WAVE, limit);
    const double angle = 2 * PETSC_PI * random_uniform(seed, origin_of(in, s), PURPOSE_DIRECTION);
    across(u, e);
    for (PetscInt i = 1; i < n; i++)
      for (int k = 0; k < 3; k++)
        out->x[in->n_nodes + s * (n - 1) + i - 1][k] +=
            offset * sin(PETSC_PI * (double)i / (double)n) * (cos(angle) * e[0][k] + sin(angle) * e[1][k]);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode graph_defects(const Graph *in, const Defects *defects, uint64_t seed, Graph *out, DefectsFound *found) {
  DefectsFound counted = {.struts = in->n_struts, .diameter_mean_pct = NAN, .diameter_cv_pct = NAN};
  Graph left;

  PetscFunctionBeginUser;
  PetscCall(check(defects));
  PetscCall(thin_out(in, defects, seed, &left, &counted));
  if (left.n_struts)
    change_diameters(defects, seed, &left, &counted);
  if (left.n_struts && defects->waviness_pct > 0) {
    PetscCall(bend_struts(&left, defects, seed, out));
    PetscCall(graph_free(&left));
  } else
    *out = left;
  if (found)
    *found = counted;
  PetscFunctionReturn(PETSC_SUCCESS);
}
