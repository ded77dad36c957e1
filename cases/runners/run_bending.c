/* Runner bending: a bar of lattice in three-point bending. */
#include "cases/body/build_keys.h"
#include "cases/body/frame_stress.h"
#include "cases/body/limits.h"
#include "cases/body/model_notes.h"
#include "cases/body/printed.h"
#include "cases/body/safety.h"
#include "cases/body/specimen_facts.h"
#include "cases/runners/bending_model.h"
#include "cases/runners/quantities.h"
#include "cases/runners/runner.h"
#include "materials/gibson_ashby.h"
#include "materials/table2.h"
#include <math.h>

static const KeyRow rows[] = {
    KEYS_LATTICE,
    KEYS_RESOLUTION,
    KEYS_STRUT_MATERIAL,
    {"specimen", KEY_MAP, NULL, NULL, NULL, "{}", "the bar"},
    {"specimen.width_mm", KEY_NUMBER, "mm", "(0, 1000]", NULL, "10", "across the bar, b"},
    {"specimen.depth_mm", KEY_NUMBER, "mm", "(0, 1000]", NULL, "10", "in the direction of the load, d"},
    {"specimen.length_mm", KEY_NUMBER, "mm", "(0, 1000]", NULL, "80", "along the bar, more than the span"},
    {"load", KEY_MAP, NULL, NULL, NULL, "{}", "rollers and strength"},
    {"load.span_mm", KEY_NUMBER, "mm", "(0, 1000]", NULL, "60", "distance of the supports, L"},
    {"load.stress_MPa", KEY_NUMBER, "MPa", "(0, inf)", NULL, "48",
     "nominal bending stress that forces, fields and the density exercise are given for"},
    {"load.contact_mm", KEY_NUMBER, "mm", "(0, 100]", NULL, "",
     "voxels: width that a roller touches; default: the strut diameter"},
    {"load.percentile", KEY_NUMBER, "%", "(0, 100]", NULL, "99",
     "share of the strut volume in the middle half of the span that yields last: the elastic limit"},
};

static PetscErrorCode check_mirror(const Case *c, const BendingPlan *plan) {
  static const char *const middles[] = {"length", "width"};

  PetscFunctionBeginUser;
  for (int axis = 0; axis < 2; axis++) {
    double half = plan->hi[axis] / plan->voxel_mm;
    if (!bending_mirror(plan, axis, 0))
      PetscCall(
          document_error(c->doc, "model",
                         "key 'model': the voxel model is a quarter of the bar, but the lattice (%s, cell of %g mm) "
                         "is not symmetric about the middle of the bar's %s: take model: frame, or a %s of whole "
                         "cells",
                         plan->design.cell->name, plan->design.cell_mm, middles[axis], middles[axis]));
    if (fabs(half - round(half)) > 1e-6 * half)
      PetscCall(document_error(c->doc, "resolution",
                               "key 'resolution': half the %s of the bar, %g mm, takes %.4f voxels; "
                               "a whole number is needed",
                               middles[axis], plan->hi[axis], half));
  }
  double depth = plan->hi[2] / plan->voxel_mm;
  if (fabs(depth - round(depth)) > 1e-6 * depth)
    PetscCall(
        document_error(c->doc, "resolution",
                       "key 'resolution': the depth of the bar, %g mm, takes %.4f voxels; a whole number is needed",
                       plan->hi[2], depth));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode make_plan(const Case *c, Results *results, BendingPlan *plan) {
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(plan, sizeof(*plan)));
  PetscCall(document_number(c->doc, "specimen.width_mm", &plan->bar.width_mm));
  PetscCall(document_number(c->doc, "specimen.depth_mm", &plan->bar.depth_mm));
  PetscCall(document_number(c->doc, "specimen.length_mm", &plan->length_mm));
  PetscCall(document_number(c->doc, "load.span_mm", &plan->bar.span_mm));
  PetscCall(document_number(c->doc, "load.stress_MPa", &plan->stress_MPa));
  PetscCall(document_number(c->doc, "load.percentile", &plan->percentile));
  plan->percentile /= 100;
  if (plan->bar.span_mm > plan->length_mm)
    PetscCall(document_error(c->doc, "load.span_mm", "key 'load.span_mm' = %g: must not exceed the bar's length_mm %g",
                             plan->bar.span_mm, plan->length_mm));
  PetscCall(build_design(c, NAN, &plan->design));
  PetscCall(build_strut_material(c, &plan->strut));
  PetscCall(limits_warn_design(results, &plan->design, &plan->strut));
  plan->contact_mm = plan->design.strut_mm;
  if (document_has(c->doc, "load.contact_mm"))
    PetscCall(document_number(c->doc, "load.contact_mm", &plan->contact_mm));
  plan->hi[0] = plan->length_mm / 2, plan->hi[1] = plan->bar.width_mm / 2, plan->hi[2] = plan->bar.depth_mm;
  plan->lo[0] = -plan->hi[0], plan->lo[1] = -plan->hi[1];
  if (c->wants_voxel) {
    PetscInt n_levels;
    PetscCall(build_surface(c, &plan->surface));
    PetscCall(build_levels(c, 1, &n_levels));
    PetscCall(build_voxel_mm(c, &plan->design, 0, results, &plan->voxel_mm));
    PetscCall(check_mirror(c, plan));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode estimate(const Case *c, Estimate *e) {
  BendingPlan plan;

  PetscFunctionBeginUser;
  *e = (Estimate){0};
  PetscCall(make_plan(c, NULL, &plan));
  double volume = plan.length_mm * plan.bar.width_mm * plan.bar.depth_mm;
  if (c->wants_voxel)
    PetscCall(build_estimate_struts(c, (1 - plan.design.porosity_pct / 100) * volume / 4, plan.design.strut_mm,
                                    plan.voxel_mm, 1, FIELDS_WHOLE, e));
  if (c->wants_frame)
    PetscCall(build_estimate_frame(c, &plan.design, volume / pow(plan.design.cell_mm, 3), 1, e));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What one model says, in the order it is told; NAN where it cannot be had. */
typedef struct Told {
  const char *name, *unit;
  double value;
} Told;
enum { N_TOLD = 15 };

static void evaluate(const BendingPlan *plan, const BendingAnswer *a, Told told[N_TOLD]) {
  const Bar *bar = &plan->bar;
  double modulus = bar_modulus(bar, a->slope_N_per_mm) * 1e-3, ratio = bar_shear_ratio(bar, a->young_over_shear);
  double limit = plan->stress_MPa * plan->strut.yield_MPa / a->mises_MPa;
  const Told all[N_TOLD] = {{"stiffness_N_per_mm", "N/mm", a->slope_N_per_mm},
                            {"E_f_GPa", "GPa", modulus},
                            {"shear_share_pct", "%", 100 * ratio / (1 + ratio)},
                            {"E_f_corrected_GPa", "GPa", modulus * (1 + ratio)},
                            {"E100_GPa", "GPa", a->young_MPa * 1e-3},
                            {"mises_MPa", "MPa", a->mises_MPa},
                            {"struts_above_yield_pct", "%", a->above_yield_pct},
                            {"elastic_limit_N", "N", bar_force(bar, limit)},
                            {"elastic_limit_MPa", "MPa", limit},
                            {"porosity_pct", "%", a->porosity_pct},
                            {"strut_mm", "mm", a->strut_mm},
                            {"mass_g", "g", specimen_mass_g(&plan->strut, a->porosity_pct, bending_volume(plan))},
                            {"balance", "", a->balance},
                            {"energy_balance", "", a->energy_balance},
                            {"relative_residual", "", a->residual}};
  for (int i = 0; i < N_TOLD; i++)
    told[i] = all[i];
}

static PetscErrorCode tell(Results *results, const char *prefix, const Told told[N_TOLD]) {
  char name[64];

  PetscFunctionBeginUser;
  for (int i = 0; i < N_TOLD; i++) {
    PetscCall(PetscSNPrintf(name, sizeof(name), "%s%s", prefix, told[i].name));
    if (isfinite(told[i].value))
      PetscCall(results_quantity(results, name, told[i].value, told[i].unit, NAN));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const char *number(double value, char text[32]) {
  text[0] = 0;
  if (isfinite(value))
    (void)snprintf(text, 32, "%.5g", value);
  return text;
}

static PetscErrorCode table(Results *results, const Told *voxel, const Told *frame) {
  char v[32], f[32];

  PetscFunctionBeginUser;
  PetscCall(results_table(results, "Three-point bending", "quantity|unit|voxels (quarter)|frame (whole bar)"));
  for (int i = 0; i < N_TOLD; i++)
    PetscCall(results_row(results, "%s|%s|%s|%s", voxel ? voxel[i].name : frame[i].name,
                          voxel ? voxel[i].unit : frame[i].unit, voxel ? number(voxel[i].value, v) : "",
                          frame ? number(frame[i].value, f) : ""));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Which density gives the nominal strength: a plastic hinge with the measured plateau or yield stress. */
static PetscErrorCode density_exercise(const BendingPlan *plan, Results *results) {
  static const char *const names[] = {"plateau", "yield"};
  double rho[TABLE2_SAMPLES], y[2][TABLE2_SAMPLES];
  char name[64];

  PetscFunctionBeginUser;
  for (int s = 0; s < TABLE2_SAMPLES; s++) {
    rho[s] = 1 - table2[s].porosity_pct / 100;
    y[0][s] = table2[s].plateau_MPa, y[1][s] = table2[s].yield_MPa;
  }
  PetscCall(results_table(results, "Which density gives the strength (plastic hinge: nominal stress 1.5 x flow stress)",
                          "flow stress from Table 2|fit|relative density|porosity %|flow stress MPa"));
  for (int p = 0; p < 2; p++) {
    PowerFit fit;
    PetscCheck(!power_fit_log(TABLE2_SAMPLES, rho, y[p], &fit), PETSC_COMM_SELF, PETSC_ERR_PLIB, "no fit of Table 2");
    double density = hinge_density(plan->stress_MPa, fit.prefactor, fit.exponent);
    PetscCall(PetscSNPrintf(name, sizeof(name), "hinge.%s.density", names[p]));
    PetscCall(results_quantity(results, name, density, "", NAN));
    PetscCall(results_row(results, "%s|%.4g rho^%.3f|%.3f|%.1f|%.3g", names[p], fit.prefactor, fit.exponent, density,
                          100 * (1 - density), plan->stress_MPa / 1.5));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode assumptions(const BendingPlan *plan, const Case *c, Results *results) {
  PetscFunctionBeginUser;
  PetscCall(results_assume(results,
                           "the paper gives the bar (10 x 10 x 80 mm) and its strength, 48 MPa, not the span, the "
                           "porosity or the cell: they are keys"));
  PetscCall(
      results_assume(results,
                     "rollers carry the rows of strut nodes next to them: the span is %.6g mm; they hold across the "
                     "bar's depth only, without friction",
                     plan->bar.span_mm));
  PetscCall(
      results_assume(results,
                     "elastic limit: the force at which the %.4gth percentile of von Mises stress in the middle half "
                     "of the span, farther than a cell from the loaded row, reaches the yield stress",
                     100 * plan->percentile));
  if (c->wants_voxel)
    PetscCall(results_assume(results,
                             "von Mises stresses of voxels are means over each voxel, which miss the peaks at the "
                             "surface of thin struts: their elastic limit is an upper estimate"));
  if (c->wants_voxel)
    PetscCall(note_resolution(&plan->design, plan->voxel_mm, results));
  if (c->wants_frame)
    PetscCall(results_assume(results, "%s", frame_stress_meaning));
  if (!isfinite(plan->strut.yield_MPa))
    PetscCall(results_warn(results, "%s has no yield_MPa: no elastic limit is given", plan->strut.name));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The bar's modulus, whether it reaches the nominal stress elastically, and whether displacements are small then: under
   the middle force the ends turn by 3 times deflection over span. */
static PetscErrorCode judge(const BendingPlan *plan, const BendingAnswer *a, bool voxel, Results *results) {
  const Mesh mesh = voxel ? (Mesh)plan->surface : MESH_FRAME;
  const Bounds stress =
      discretisation_single(mesh, CONVERGES_STRESS, voxel ? plan->design.strut_mm / plan->voxel_mm : 1, a->mises_MPa);
  const Safety s = safety_factor(&plan->strut, &stress);
  const double designed =
                   bar_modulus(&plan->bar, a->slope_N_per_mm) * (1 + bar_shear_ratio(&plan->bar, a->young_over_shear)),
               deflection = bar_force(&plan->bar, plan->stress_MPa) / a->slope_N_per_mm;
  const VerdictKind kind = verdict_at_least(1, s.all[0], s.all[1]);
  char text[PRINTED_TEXT];

  PetscFunctionBeginUser;
  PetscCall(printed_quantities(results, &plan->strut, "E_f_corrected", "GPa", 1e-3 * designed));
  PetscCall(results_verdict(results, VERDICT_NOTE, "the modulus of the bar, corrected for shear: %s",
                            printed_text(&plan->strut, 1e-3 * designed, "GPa", text)));
  PetscCall(limits_warn_linear(results, "load.stress_MPa", 3 * deflection / plan->bar.span_mm * 180 / PETSC_PI,
                               100 * plan->stress_MPa / designed));
  if (isfinite(plan->strut.yield_MPa))
    PetscCall(results_verdict(results, kind,
                              "the elastic limit, as designed, is a nominal %.3g MPa (%.3g N); %.3g to %.3g MPa by the "
                              "%s and the published yield stresses: the bar %s %.4g MPa elastically",
                              s.factor * plan->stress_MPa, bar_force(&plan->bar, s.factor * plan->stress_MPa),
                              s.all[0] * plan->stress_MPa, s.all[1] * plan->stress_MPa, voxel ? "mesh" : "node zones",
                              kind == VERDICT_YES  ? "reaches"
                              : kind == VERDICT_NO ? "does not reach"
                                                   : "is not shown to reach",
                              plan->stress_MPa));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode report(const Case *c, const BendingPlan *plan, const BendingAnswer *voxel,
                             const BendingAnswer *frame, Results *results) {
  Told v[N_TOLD] = {{0}}, f[N_TOLD] = {{0}};
  const BendingAnswer *plain = voxel ? voxel : frame;
  const double force = bar_force(&plan->bar, plan->stress_MPa);

  PetscFunctionBeginUser;
  if (voxel)
    evaluate(plan, voxel, v);
  if (frame)
    evaluate(plan, frame, f);
  PetscCall(tell(results, "", voxel ? v : f));
  if (voxel)
    PetscCall(tell(results, "voxel.", v));
  if (frame)
    PetscCall(tell(results, "frame.", f));
  PetscCall(results_quantity(results, "design_porosity_pct", plan->design.porosity_pct, "%", NAN));
  PetscCall(results_quantity(results, "span_mm", plan->bar.span_mm, "mm", NAN));
  PetscCall(results_quantity(results, "force_at_stress_N", force, "N", NAN));
  PetscCall(table(results, voxel ? v : NULL, frame ? f : NULL));
  if (voxel && frame)
    PetscCall(note_models("the bending stiffness", 100 * (frame->slope_N_per_mm / voxel->slope_N_per_mm - 1),
                          100 * (frame->mises_MPa / voxel->mises_MPa - 1), results));
  PetscCall(density_exercise(plan, results));
  PetscCall(results_history(results, "deflection_mm,force_N,stress_MPa"));
  PetscCall(results_history_row(results, 3, (double[3]){0}));
  PetscCall(results_history_row(results, 3, (double[3]){force / plain->slope_N_per_mm, force, plan->stress_MPa}));
  PetscCall(assumptions(plan, c, results));
  PetscCall(judge(plan, plain, voxel != NULL, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run(const Case *c, Results *results) {
  BendingPlan plan;
  Graph graph;
  BendingAnswer voxel, frame;

  PetscFunctionBeginUser;
  PetscCall(make_plan(c, results, &plan));
  PetscCall(build_lattice_graph(c, &plan.design, plan.lo, plan.hi, plan.lo, NULL, results, &graph));
  PetscErrorCode failed = bending_rows(c, &graph, &plan);
  if (!failed && c->wants_voxel)
    failed = bending_voxels(c, &plan, results, &voxel);
  if (!failed && c->wants_frame)
    failed = bending_frame(c, &plan, &graph, results, &frame);
  PetscCall(graph_free(&graph));
  PetscCall(failed);
  PetscCall(report(c, &plan, c->wants_voxel ? &voxel : NULL, c->wants_frame ? &frame : NULL, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Runner runner_bending = {
    .name = "bending",
    .help = "a bar of lattice in three-point bending: modulus with the shear correction, elastic limit, forces",
    .cheap = CHEAP_COMMON,
    .keys = {sizeof(rows) / sizeof(rows[0]), rows},
    .quantities = &bending_quantities,
    .estimate = estimate,
    .run = run,
};
