#include "cases/body/build_defects.h"
#include <math.h>

static const double crumbs = 0.25;    /* share of struts that hang on nothing: more is not the body that is meant */
static const double vanishing = 0.05; /* least part of a diameter that is let through */
enum { WAVE_PIECES = 4 };

static PetscErrorCode check_diameters(const Case *c, const Defects *d) {
  static const char *const path[] = {"defects.diameter_scatter_pct", "defects.end_layer_diameter_pct",
                                     "defects.horizontal_pct", "defects.vertical_pct"};
  const double least = defects_least_diameter(d);

  PetscFunctionBeginUser;
  if (least < vanishing) {
    const int i = d->scatter_pct > 0                               ? 0
                  : d->layer_mm > 0 && d->layer_diameter_pct < 100 ? 1
                  : d->horizontal_pct < d->vertical_pct            ? 2
                                                                   : 3;
    double value;
    PetscCall(document_number(c->doc, path[i], &value));
    PetscCall(document_error(c->doc, path[i],
                             "key '%s' = %g: the thinnest struts could have %.2g %% of their diameter; at least %g %% "
                             "must be left",
                             path[i], value, 100 * least, 100 * vanishing));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_defects(const Case *c, int axis, double lo, double hi, Defects *defects, uint64_t *seed) {
  Defects d = {.pieces = WAVE_PIECES, .layer_axis = axis, .layer_lo = lo, .layer_hi = hi};
  const struct {
    const char *path;
    double *to;
  } numbers[] = {
      {"defects.vertical_pct", &d.vertical_pct},
      {"defects.horizontal_pct", &d.horizontal_pct},
      {"defects.diameter_scatter_pct", &d.scatter_pct},
      {"defects.waviness_pct", &d.waviness_pct},
      {"defects.missing_pct", &d.missing},
      {"defects.end_layer_mm", &d.layer_mm},
      {"defects.end_layer_diameter_pct", &d.layer_diameter_pct},
      {"defects.end_layer_missing_pct", &d.layer_missing},
  };
  const char *word;
  PetscInt first;

  PetscFunctionBeginUser;
  *defects = (Defects){0};
  *seed = 0;
  if (!document_has(c->doc, "defects"))
    PetscFunctionReturn(PETSC_SUCCESS);
  for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
    PetscCall(document_number(c->doc, numbers[i].path, numbers[i].to));
  d.missing /= 100;
  d.layer_missing /= 100;
  PetscCall(document_text(c->doc, "defects.build_axis", &word));
  d.build_axis = word[0] - 'x';
  PetscCall(document_integer(c->doc, "defects.seed", &first));
  *seed = (uint64_t)first;
  if (2 * d.layer_mm > hi - lo)
    PetscCall(document_error(c->doc, "defects.end_layer_mm",
                             "key 'defects.end_layer_mm' = %g: must be at most half the height of the specimen, %g mm",
                             d.layer_mm, 0.5 * (hi - lo)));
  PetscCall(check_diameters(c, &d));
  *defects = d;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_samples(const Case *c, PetscInt *n) {
  Defects defects;
  uint64_t seed;

  PetscFunctionBeginUser;
  PetscCall(document_integer(c->doc, "monte_carlo.samples", n));
  PetscCall(build_defects(c, 2, -HUGE_VAL, HUGE_VAL, &defects, &seed));
  if (*n > 1 && !defects_random(&defects))
    PetscCall(document_error(c->doc, "monte_carlo.samples",
                             "key 'monte_carlo.samples' = %" PetscInt_FMT
                             ": all would be alike; defects: has nothing that differs by chance",
                             *n));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_frame_samples(const Case *c, PetscInt *n) {
  PetscFunctionBeginUser;
  PetscCall(build_samples(c, n));
  if (*n > 1 && !c->wants_frame)
    PetscCall(document_error(
        c->doc, "monte_carlo.samples",
        "key 'monte_carlo.samples' = %" PetscInt_FMT ": the scatter is that of frames (model: frame or both)", *n));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode build_defects_apply(const Case *c, const LatticeBody *body, const Graph *perfect, const uint8_t *touch,
                                   Results *results, DefectsFound *found, Graph *graph) {
  static const char *const path = "defects.missing_pct";
  DefectsFound f;
  double missing;

  PetscFunctionBeginUser;
  Defects defects = *body->defects;
  defects.touch = touch;
  PetscCall(graph_defects(perfect, &defects, body->seed, graph, &f));
  PetscCall(document_number(c->doc, path, &missing));
  if (!graph->n_struts || f.hanging > crumbs * (double)(f.struts - f.missing)) {
    PetscCall(graph_free(graph));
    PetscCall(document_error(c->doc, path,
                             "key '%s' = %g: the lattice falls apart: of %" PetscInt_FMT " struts %" PetscInt_FMT
                             " are missing and %" PetscInt_FMT " more hang on nothing",
                             path, missing, f.struts, f.missing, f.hanging));
  }
  if (results)
    PetscCall(results_assume(
        results,
        "defects, seed %" PetscInt64_FMT ": of %" PetscInt_FMT " struts %" PetscInt_FMT " are missing, %" PetscInt_FMT
        " more are left out because they hang on nothing, %" PetscInt_FMT
        " dangle; diameters are %.4g %% of the design's on average, coefficient of "
        "variation %.3g %%",
        (PetscInt64)body->seed, f.struts, f.missing, f.hanging, f.dangling, f.diameter_mean_pct, f.diameter_cv_pct));
  if (found)
    *found = f;
  PetscFunctionReturn(PETSC_SUCCESS);
}
