/* Runner unit-cell: effective cubic constants of one periodic cell. */
#include "cases/body/build_keys.h"
#include "cases/body/cell_moduli.h"
#include "cases/body/limits.h"
#include "cases/body/printed.h"
#include "cases/runners/quantities.h"
#include "cases/runners/runner.h"
#include "materials/gibson_ashby.h"
#include <math.h>

static const KeyRow rows[] = {
    KEYS_LATTICE,
    KEYS_RESOLUTION_CELL,
    KEYS_STRUT_MATERIAL,
    {"strains", KEY_WORD, NULL, NULL, "cubic all", "cubic",
     "macroscopic strains to solve for: xx and yz, which suffice for a cubic cell, or all six"},
};

enum { N_CONSTANTS = 6 };
static const char *const constant_name[N_CONSTANTS] = {"C11_over_Es",  "C12_over_Es", "C44_over_Es",
                                                       "E100_over_Es", "nu12",        "zener"};

static double constant(const Cubic *c, int i) {
  const double value[N_CONSTANTS] = {c->C11, c->C12, c->C44, c->E100, c->nu12, c->zener};
  return value[i];
}

static CellStrains wanted_strains(const Case *c) {
  const char *word = "cubic";
  (void)document_text(c->doc, "strains", &word);
  return strcmp(word, "all") ? STRAINS_CUBIC : STRAINS_ALL;
}

static PetscErrorCode estimate(const Case *c, Estimate *e) {
  Design design;
  Material material;
  PetscInt n = 0, voxels[RESOLUTIONS];
  double voxel_mm;

  PetscFunctionBeginUser;
  *e = (Estimate){0};
  PetscCall(build_design(c, NAN, &design));
  PetscCall(build_strut_material(c, &material));
  if (c->wants_voxel)
    PetscCall(build_voxels_per_cell(c, &n, voxels));
  for (PetscInt i = 0; i < n; i++) {
    PetscCall(build_voxel_mm(c, &design, i, NULL, &voxel_mm));
    PetscCall(build_estimate_struts(c, (1 - design.porosity_pct / 100) * pow(design.cell_mm, 3), design.strut_mm,
                                    voxel_mm, wanted_strains(c) == STRAINS_ALL ? 6 : 2, 0, e));
  }
  if (c->wants_frame)
    PetscCall(build_estimate_frame(c, &design, 1, 1, e));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Quantities of one model, with and (for the plain ones of the case) without its prefix. */
static PetscErrorCode tell(Results *results, const char *prefix, const Cubic *value, const Cubic *uncertainty,
                           double porosity_pct) {
  char name[64];

  PetscFunctionBeginUser;
  for (int i = 0; i < N_CONSTANTS; i++) {
    PetscCall(PetscSNPrintf(name, sizeof(name), "%s%s", prefix, constant_name[i]));
    PetscCall(results_quantity(results, name, constant(value, i), "", uncertainty ? constant(uncertainty, i) : NAN));
  }
  PetscCall(PetscSNPrintf(name, sizeof(name), "%sporosity_pct", prefix));
  PetscCall(results_quantity(results, name, porosity_pct, "%", NAN));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode tell_levels(Results *results, const CellStudy *s) {
  PetscFunctionBeginUser;
  PetscCall(
      results_table(results, "Voxels: one row a resolution, then what is taken from them",
                    "voxels a cell|voxels|porosity %|E100/Es|C11/Es|C12/Es|C44/Es|asymmetry|iterations|residual"));
  for (PetscInt i = 0; i < s->n_levels; i++) {
    const CellLevel *l = &s->level[i];
    PetscCall(results_row(results,
                          "%" PetscInt_FMT "|%" PetscInt64_FMT "|%.4f|%.6g|%.6g|%.6g|%.6g|%.1e|%" PetscInt_FMT "|%.1e",
                          l->n, l->voxels, l->porosity_pct, l->over_Es.E100, l->over_Es.C11, l->over_Es.C12,
                          l->over_Es.C44, l->asymmetry, l->worst.iterations, l->residual));
  }
  if (s->n_levels > 1) {
    PetscCall(results_row(results, "%s|||%.6g|%.6g|%.6g|%.6g|||",
                          isfinite(s->E100.order_used) ? "extrapolated" : "finest", s->over_Es.E100, s->over_Es.C11,
                          s->over_Es.C12, s->over_Es.C44));
    PetscCall(results_row(results, "half width|||%.2g|%.2g|%.2g|%.2g|||", s->uncertainty.E100, s->uncertainty.C11,
                          s->uncertainty.C12, s->uncertainty.C44));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode chart_levels(Results *results, const CellStudy *s) {
  double h[RESOLUTIONS], f[RESOLUTIONS], at;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < s->n_levels; i++) {
    h[i] = 100. / (double)s->level[i].n;
    f[i] = s->level[i].over_Es.E100;
  }
  at = isfinite(s->E100.order_used) ? 0 : h[s->n_levels - 1];
  Chart chart = {.title = "Young's modulus against voxel size",
                 .x_label = "voxel edge, % of the cell",
                 .y_label = "E100 / Es",
                 .n_series = s->n_levels > 1 ? 2 : 1};
  chart.series[0] = (ChartSeries){.name = "voxels", .n = s->n_levels, .x = h, .y = f, .line = true, .points = true};
  chart.series[1] = (ChartSeries){
      .name = "extrapolated", .n = 1, .x = &at, .y = &s->E100.value, .error = &s->E100.uncertainty, .points = true};
  PetscCall(results_chart(results, &chart));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run_voxels(const Case *c, const Design *design, const Material *material, Results *results,
                                 CellStudy *s) {
  PetscFunctionBeginUser;
  PetscCall(cell_moduli_voxels(c, design, material, wanted_strains(c), "cell", results, s));
  const CellLevel *finest = &s->level[s->n_levels - 1];
  const Cubic *half = s->n_levels > 1 ? &s->uncertainty : NULL;
  PetscCall(tell(results, "", &s->over_Es, half, finest->porosity_pct));
  if (c->wants_frame)
    PetscCall(tell(results, "voxel.", &s->over_Es, half, finest->porosity_pct));
  PetscCall(results_quantity(results, "voxel.E100_over_Es.finest", finest->over_Es.E100, "", NAN));
  PetscCall(results_quantity(results, "voxel.asymmetry", finest->asymmetry, "", NAN));
  PetscCall(results_quantity(results, "voxel.relative_residual", finest->residual, "", NAN));
  if (isfinite(s->E100.order))
    PetscCall(results_quantity(results, "voxel.order", s->E100.order, "", NAN));
  if (s->n_levels == 1)
    PetscCall(results_warn(results,
                           "one resolution: the moduli are not converged and carry no uncertainty; give a list "
                           "of resolutions"));
  else if (!isfinite(s->E100.order) && isfinite(s->E100.order_used))
    PetscCall(results_assume(results,
                             "E100 was extrapolated with the assumed order %.2g: the resolutions do not show one",
                             s->E100.order_used));
  PetscCall(tell_levels(results, s));
  PetscCall(chart_levels(results, s));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode row(Results *results, const char *name, const Cubic *m) {
  PetscFunctionBeginUser;
  PetscCall(results_row(results, "%s|%.6g|%.6g|%.6g|%.6g|%.4f|%.4f", name, m->E100, m->C11, m->C12, m->C44, m->nu12,
                        m->zener));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode compare(const Design *design, const Material *material, const Cubic *voxel, const Cubic *frame,
                              Results *results) {
  const double rho = 1 - design->porosity_pct / 100, bound = hashin_shtrikman_young(rho, material->poisson);
  const Cubic *best = voxel ? voxel : frame;
  char text[PRINTED_TEXT];

  PetscFunctionBeginUser;
  PetscCall(results_table(results, "Models side by side", "model|E100/Es|C11/Es|C12/Es|C44/Es|nu12|Zener"));
  if (voxel)
    PetscCall(row(results, "voxels", voxel));
  if (frame)
    PetscCall(row(results, "frame", frame));
  if (!strcmp(design->cell->name, "rhombic-dodecahedron") && design_is_plain(design)) {
    double x = design->strut_mm / 2 / (sqrt(3) / 4 * design->cell_mm);
    Cubic timoshenko = rhombic_dodecahedron_frame(x, material->poisson, 1),
          euler = rhombic_dodecahedron_frame(x, material->poisson, 0);
    PetscCall(row(results, "closed form, centre-line Timoshenko struts", &timoshenko));
    PetscCall(row(results, "closed form, centre-line Euler-Bernoulli struts", &euler));
  }
  PetscCall(results_quantity(results, "hashin_shtrikman_over_Es", bound, "", NAN));
  const bool below = best->E100 <= bound;
  PetscCall(
      results_verdict(results, below ? VERDICT_YES : VERDICT_NOTE,
                      "E100/Es = %.4g lies %s the Hashin-Shtrikman upper bound %.4g for isotropic solids of relative "
                      "density %.4g%s",
                      best->E100, below ? "below" : "above", bound, rho,
                      below ? "" : " (which binds the mean over directions, not the stiffest one)"));
  PetscCall(printed_quantities(results, material, "E100", "MPa", best->E100 * material->young_MPa));
  PetscCall(results_verdict(results, VERDICT_NOTE, "the modulus along [100]: %s",
                            printed_text(material, best->E100 * material->young_MPa, "MPa", text)));
  if (voxel && frame)
    PetscCall(results_verdict(results, VERDICT_NOTE, "the frame's E100 differs from the voxels' by %+.2f %%",
                              100 * (frame->E100 / voxel->E100 - 1)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run(const Case *c, Results *results) {
  Design design;
  Material material;
  CellStudy study;
  Cubic frame;
  SolveInfo info;

  PetscFunctionBeginUser;
  PetscCall(build_design(c, NAN, &design));
  PetscCall(build_strut_material(c, &material));
  PetscCall(limits_warn_design(results, &design, &material));
  if (c->wants_voxel)
    PetscCall(run_voxels(c, &design, &material, results, &study));
  if (c->wants_frame) {
    PetscCall(cell_moduli_frame(c, &design, &material, "cell", results, &frame, &info));
    PetscCall(tell(results, c->wants_voxel ? "frame." : "", &frame, NULL, design.porosity_pct));
  }
  PetscCall(
      compare(&design, &material, c->wants_voxel ? &study.over_Es : NULL, c->wants_frame ? &frame : NULL, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Runner runner_unit_cell = {
    .name = "unit-cell",
    .help = "effective cubic constants of one periodic cell, as voxels extrapolated to size zero and as a frame",
    .cheap = CHEAP_COMMON CHEAP_STRENGTH("materials.strut") "materials.strut.young_MPa",
    .keys = {sizeof(rows) / sizeof(rows[0]), rows},
    .scale_free = true,
    .quantities = &unit_cell_quantities,
    .estimate = estimate,
    .run = run,
};
