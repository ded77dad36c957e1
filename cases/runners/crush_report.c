#include "cases/runners/crush_report.h"
#include "solver/frame/fibre_section.h"
#include <math.h>

PetscErrorCode crush_quantities(const char *prefix, const CrushAnswer *answer, Results *results) {
  char name[96];

  PetscFunctionBeginUser;
  for (int i = 0; i < n_iso13314_rows; i++) {
    const Iso13314Row *row = &iso13314_rows[i];
    PetscCall(PetscSNPrintf(name, sizeof(name), "%s%s", prefix, row->key));
    PetscCall(results_quantity(results, name, iso13314_value(&answer->table, row)->value, row->unit, NAN));
  }
  const struct {
    const char *name, *unit;
    double value;
  } more[] = {{"plastic_strain_max", "1", answer->plastic},
              {"unstable_pct", "%", 100 * answer->unstable},
              {"strain_reached_pct", "%", 100 * answer->curve.strain[answer->curve.n - 1]}};
  for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
    PetscCall(PetscSNPrintf(name, sizeof(name), "%s%s", prefix, more[i].name));
    PetscCall(results_quantity(results, name, more[i].value, more[i].unit, NAN));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode table(const CrushAnswer *answer, Results *results) {
  PetscFunctionBeginUser;
  PetscCall(results_table(results, "Compression as ISO 13314 reads it, elastoplastic frame", "quantity|value|unit|is"));
  for (int i = 0; i < n_iso13314_rows; i++) {
    const Iso13314Row *row = &iso13314_rows[i];
    const Iso13314Value *v = iso13314_value(&answer->table, row);
    if (isfinite(v->value))
      PetscCall(results_row(results, "%s|%.4g|%s|%s", row->key, v->value, row->unit, row->help));
    else
      PetscCall(results_row(results, "%s|-|%s|%s: %s", row->key, row->unit, row->help, iso13314_reason(v->reason)));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode chart_and_history(const CrushPlan *plan, const CrushAnswer *answer, Results *results) {
  const CrushCurve *k = &answer->curve;
  const BlockLoad *load = &plan->load;
  const int a = load->axis, b = (a + 1) % 3, d = (a + 2) % 3;
  const double area = (load->hi[b] - load->lo[b]) * (load->hi[d] - load->lo[d]), sign = load->strain < 0 ? -1 : 1;
  double *x, line_x[2], line_y[2];
  Chart chart = {
      .title = "Stress over strain", .x_label = "nominal strain, %", .y_label = "nominal stress, MPa", .n_series = 1};

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(k->n, &x));
  PetscCall(results_history(results, "strain_pct,stress_MPa,reaction_N,energy_mJ,yielded_pct,contacts"));
  for (PetscInt i = 0; i < k->n; i++) {
    x[i] = 100 * k->strain[i];
    PetscCall(results_history_row(results, 6,
                                  (double[6]){sign * x[i], sign * k->stress[i], sign * k->stress[i] * area, k->work[i],
                                              100 * k->yielded[i], k->touching[i]}));
  }
  chart.series[0] = (ChartSeries){.name = "elastoplastic frame", .n = k->n, .x = x, .y = k->stress, .line = true};
  const double plateau = answer->table.plateau_MPa.value;
  if (isfinite(plateau)) {
    line_x[0] = 20, line_x[1] = 40;
    line_y[0] = line_y[1] = plateau;
    chart.series[chart.n_series++] =
        (ChartSeries){.name = "plateau stress, 20 to 40 %", .n = 2, .x = line_x, .y = line_y, .line = true};
  }
  PetscCall(results_chart(results, &chart));
  PetscCall(PetscFree(x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode crush_assume(const CrushPlan *plan, Results *results) {
  const Hardening *h = &plan->hardening;

  PetscFunctionBeginUser;
  PetscCall(results_assume(results,
                           "crushing: %" PetscInt_FMT " force-based beam%s a strut, %d fibres a section; von Mises "
                           "yielding at %.4g MPa with isotropic hardening of %.4g MPa; no fracture, no damage",
                           plan->pieces, plan->pieces == 1 ? "" : "s", FIBRES, h->yield_MPa, h->linear_MPa));
  if (h->saturation_MPa > 0)
    PetscCall(results_assume(results,
                             "crushing: Voce's %.4g MPa (1 - exp(-%.4g a)) more, a the equivalent plastic strain",
                             h->saturation_MPa, h->exponent));
  PetscCall(results_assume(results, "%s",
                           plan->frame.node_zones == NODE_ZONES_NONE
                               ? "crushing: struts reach to the middle of their nodes (node_zones: none), where "
                                 "hinges form: too weak for rhombic dodecahedra and BCC (sample B yields at 13.5 "
                                 "MPa, a solid model of it at 23.9), too strong by about 29 % for octet"
                               : "crushing: nodes have the zones of the elastic frame, which do not yield: solid "
                                 "models yield 1 to 11 % higher for rhombic dodecahedra and BCC, about 29 % lower "
                                 "for octet; beyond 5 to 10 % strain the frame hardens too fast, by 8 to 10 % on "
                                 "the plateau; other cells were not compared (lattice.node_zones: none: weaker)"));
  PetscCall(results_assume(results, plan->contact
                                        ? "crushing: struts touch each other and the plates without friction, "
                                          "mirror images by their nodes only; the penalty of a contact is that of "
                                          "a plastic indent"
                                        : "crushing: struts do not touch each other or the plates (crush.contact: "
                                          "off): no densification"));
  if (plan->rate_per_s > 0)
    PetscCall(results_assume(results, "crushing: nominal strain rate %g 1/s, %s", plan->rate_per_s,
                             h->rate_per_s > 0 ? "hardening after Cowper and Symonds"
                                               : "but the material does not depend on the rate"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Cells across the specimen, of which a plane of symmetry leaves half. */
static PetscInt across(const CrushPlan *plan, int axis, const PetscInt specimen[3]) {
  return specimen[axis] * (plan->load.symmetric[axis][0] || plan->load.symmetric[axis][1] ? 2 : 1);
}

static PetscErrorCode judge(const CrushPlan *plan, const CrushAnswer *answer, double porosity_pct,
                            const PetscInt specimen[3], Results *results) {
  const Iso13314 *t = &answer->table;
  const int a = plan->load.axis, b = (a + 1) % 3, d = (a + 2) % 3;
  const PetscInt least = PetscMin(across(plan, b, specimen), across(plan, d, specimen));

  PetscFunctionBeginUser;
  if (isfinite(t->yield_MPa.value) && isfinite(t->plateau_MPa.value))
    PetscCall(
        results_verdict(results, VERDICT_NOTE,
                        "strong? it yields at %.4g MPa (offset) and crushes at %.4g MPa (mean over 20 to 40 %% strain)",
                        t->yield_MPa.value, t->plateau_MPa.value));
  else if (isfinite(t->yield_MPa.value))
    PetscCall(results_verdict(results, VERDICT_NOTE,
                              "strong? it yields at %.4g MPa (offset); the plateau takes a strain of 40 %%",
                              t->yield_MPa.value));
  if (isfinite(t->energy_MJ_per_m3.value))
    PetscCall(
        results_verdict(results, VERDICT_NOTE, "it takes up %.4g MJ/m3 to 50 %% strain", t->energy_MJ_per_m3.value));
  if (isfinite(answer->unstable))
    PetscCall(results_verdict(
        results, VERDICT_NOTE,
        "does it buckle? from %.3g %% strain on its equilibrium is unstable between the plates: a lattice "
        "with flaws gives way to the side and carries less (try defects.waviness_pct)",
        100 * answer->unstable));
  if (answer->energy_balance > 0.02)
    PetscCall(
        results_warn(results,
                     "the work of the plates and the energy of the struts part by %.2g %%: the curve may have jumped; "
                     "take a smaller crush.step_pct",
                     100 * answer->energy_balance));
  if (porosity_pct < 50)
    PetscCall(results_verdict(results, VERDICT_NOTE, "at %.1f %% porosity it is denser than ISO 13314 covers (50 %%)",
                              porosity_pct));
  if (least > 0 && least < 10)
    PetscCall(results_verdict(results, VERDICT_NOTE,
                              "the specimen has %" PetscInt_FMT " cells across; ISO 13314 asks for ten pores", least));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode crush_report(const CrushPlan *plan, const CrushAnswer *answer, double porosity_pct,
                            const PetscInt specimen[3], Results *results) {
  const double last = answer->curve.strain[answer->curve.n - 1];

  PetscFunctionBeginUser;
  PetscCall(results_solve(results, &answer->info));
  PetscCall(table(answer, results));
  PetscCall(chart_and_history(plan, answer, results));
  PetscCall(crush_assume(plan, results));
  PetscCall(judge(plan, answer, porosity_pct, specimen, results));
  if (!answer->reached)
    PetscCall(results_incomplete(
        results, "the curve ends at %.4g %% strain instead of %.4g %%: %s. What was found so far is in the results",
        100 * last, 100 * fabs(plan->load.strain), answer->why));
  PetscFunctionReturn(PETSC_SUCCESS);
}
