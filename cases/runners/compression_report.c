#include "cases/runners/compression_report.h"
#include "cases/body/frame_stress.h"
#include "cases/body/limits.h"
#include "cases/body/model_notes.h"
#include "cases/body/printed.h"
#include "cases/body/specimen_facts.h"
#include <math.h>

static double volume_of(const BlockLoad *l) {
  return (l->hi[0] - l->lo[0]) * (l->hi[1] - l->lo[1]) * (l->hi[2] - l->lo[2]);
}

static PetscErrorCode tell(Results *results, const CompressionPlan *plan, const char *prefix, const BlockAnswer *a,
                           double young_half) {
  const struct {
    const char *name, *unit;
    double value;
  } told[] = {
      {"E_MPa", "MPa", a->young_MPa},
      {"reaction_N", "N", a->reaction_N},
      {"energy_mJ", "mJ", a->energy_mJ},
      {"porosity_pct", "%", a->porosity_pct},
      {"strut_mm", "mm", a->strut_mm},
      {"mass_g", "g", plan->image ? NAN : specimen_mass_g(&plan->strut, a->porosity_pct, volume_of(&plan->load))},
      {"mises_p95_MPa", "MPa", a->mises[0]},
      {"mises_p99.9_MPa", "MPa", a->mises[1]},
      {"mises_max_MPa", "MPa", a->mises_max},
      {"struts_above_yield_pct", "%", a->above_yield_pct},
      {"balance", "", a->balance},
      {"energy_balance", "", a->energy_balance},
      {"relative_residual", "", a->residual},
      {"held_bottom_pct", "%", a->held_pct[0]},
      {"held_top_pct", "%", a->held_pct[1]}};
  char name[64];

  PetscFunctionBeginUser;
  for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
    PetscCall(PetscSNPrintf(name, sizeof(name), "%s%s", prefix, told[i].name));
    if (isfinite(told[i].value))
      PetscCall(results_quantity(results, name, told[i].value, told[i].unit, i ? NAN : young_half));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode table(Results *results, const char *label, const BlockAnswer *a) {
  char mises[80] = "-|-|-", above[24] = "-"; /* a curve has none */

  PetscFunctionBeginUser;
  if (isfinite(a->mises[0]))
    PetscCall(PetscSNPrintf(mises, sizeof(mises), isfinite(a->mises_max) ? "%.5g|%.5g|%.5g" : "%.5g|%.5g|-",
                            a->mises[0], a->mises[1], a->mises_max));
  if (isfinite(a->above_yield_pct))
    PetscCall(PetscSNPrintf(above, sizeof(above), "%.4g", a->above_yield_pct));
  PetscCall(results_row(results, "%s|%.6g|%.6g|%.6g|%.4f|%s|%s|%.1e|%.1e|%.1e", label, a->young_MPa, a->reaction_N,
                        a->energy_mJ, a->porosity_pct, mises, above, a->balance, a->energy_balance, a->residual));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode table_study(const CompressionPlan *plan, const CompressionStudy *s, Results *results) {
  char label[48];

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < s->n; i++) {
    PetscCall(PetscSNPrintf(label, sizeof(label), "voxels of %.4g mm", plan->voxel_mm[i]));
    PetscCall(table(results, label, &s->level[i]));
  }
  if (s->n > 1)
    PetscCall(results_row(results, "voxels, %s|%.6g +- %.2g||||||||||",
                          isfinite(s->E.order_used) ? "extrapolated" : "finest", s->E.value, s->E.uncertainty));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode compression_report(const CompressionPlan *plan, const CompressionStudy *study, const BlockAnswer *frame,
                                  Results *results) {
  const BlockAnswer *voxel = study ? &study->best : NULL;
  const double half = study ? study->E.uncertainty : NAN;
  const BlockAnswer *plain = voxel ? voxel : frame;
  const double zero[4] = {0}, strain = 100 * plan->load.strain,
               stress = (study ? study->level[study->n - 1].young_MPa : frame->young_MPa) * plan->load.strain;
  char text[PRINTED_TEXT];

  PetscFunctionBeginUser;
  PetscCall(tell(results, plan, "", plain, half));
  if (voxel)
    PetscCall(tell(results, plan, "voxel.", voxel, half));
  if (frame)
    PetscCall(tell(results, plan, "frame.", frame, NAN));
  if (!plan->image)
    PetscCall(results_quantity(results, "design_porosity_pct", plan->design.porosity_pct, "%", NAN));
  PetscCall(results_table(results, "Block between plates",
                          "model|E MPa|reaction N|energy mJ|porosity %|von Mises 95 % MPa|99.9 %|largest|struts above "
                          "yield %|balance|energy|"
                          "residual"));
  if (study)
    PetscCall(table_study(plan, study, results));
  if (frame)
    PetscCall(table(results, "frame", frame));
  if (!plan->follow) { /* else history is the curve */
    PetscCall(results_history(results, "strain_pct,stress_MPa,reaction_N,energy_mJ"));
    PetscCall(results_history_row(results, 4, zero));
    PetscCall(results_history_row(results, 4, (double[4]){strain, stress, plain->reaction_N, plain->energy_mJ}));
  } else {
    PetscCall(
        results_assume(results,
                       "moduli are elastic, at %.3g %% strain; force and energy of the frame are those at the end of "
                       "its curve",
                       100 * plan->load.strain));
  }
  if (voxel)
    PetscCall(results_assume(results,
                             "von Mises stresses of voxels are means over each voxel: at the staircase of a surface "
                             "they do not converge with the voxel size, hence percentiles by volume"));
  if (!plan->image) {
    PetscCall(printed_quantities(results, &plan->strut, "E", "MPa", plain->young_MPa));
    PetscCall(results_verdict(results, VERDICT_NOTE, "the modulus of the block: %s",
                              printed_text(&plan->strut, plain->young_MPa, "MPa", text)));
  }
  if (voxel || !plan->follow)
    PetscCall(limits_warn_linear(results, "load.strain_pct", NAN, 100 * plan->load.strain));
  if (voxel && !plan->image)
    PetscCall(note_resolution(&plan->design, plan->voxel_mm[study->n - 1], results));
  if (frame)
    PetscCall(results_assume(results, "%s", frame_stress_meaning));
  if (voxel && frame)
    PetscCall(note_models("the modulus", 100 * (frame->young_MPa / voxel->young_MPa - 1),
                          100 * (frame->mises[1] / voxel->mises[1] * voxel->young_MPa / frame->young_MPa - 1),
                          results));
  PetscFunctionReturn(PETSC_SUCCESS);
}
