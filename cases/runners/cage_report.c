#include "cases/runners/cage_report.h"

#include "cases/body/frame_stress.h"
#include "cases/body/limits.h"
#include "cases/body/measure.h"
#include "cases/body/model_notes.h"
#include "cases/body/printed.h"
#include "cases/body/safety.h"
#include "cases/body/specimen_facts.h"
#include "cases/runners/cage_fatigue.h"
#include "cases/runners/cage_sure.h"

#include <math.h>

static const double degree = PETSC_PI / 180;

/* From N mm/rad. */
static double stiffness_unit(const CageLoad *load) { return load->turns ? 1e-3 * degree : 1; }

double cage_stiffness(const CageLoad *load, const LoadAnswer *a) { return a->stiffness * stiffness_unit(load); }

const char *cage_stiffness_name(const CageLoad *load) {
  return load->turns ? "stiffness_Nm_per_deg" : "stiffness_N_per_mm";
}

const char *cage_stiffness_unit(const CageLoad *load) { return load->turns ? "N m/deg" : "N/mm"; }

static double margin(const CagePlan *plan, const LoadAnswer *a) { return plan->strut.yield_MPa / a->p999_mesh.value; }

/* Buckling factor, NAN where there is none. */
static double lowest(const LoadAnswer *a) { return a->n_modes ? a->mode[0].factor : NAN; }

/* Scale of the displacements of a load case: of the plate's centre, and by its rotation over the height, mm. */
static double largest(const CagePlan *plan, const LoadAnswer *a) {
  const double *m = a->motion;
  return fmax(hypot(hypot(m[0], m[1]), m[2]), hypot(hypot(m[3], m[4]), m[5]) * plan->outline.cage_mm);
}

/* How far the plate goes down its own axis, and how far it turns. */
static double travel(const CagePlan *plan, const LoadAnswer *a) {
  double axis[3][3];
  segment_plate_axes(&plan->outline, axis);
  const double down = -(a->motion[0] * axis[2][0] + a->motion[1] * axis[2][1] + a->motion[2] * axis[2][2]);
  return measure_without_noise(down, largest(plan, a));
}

static double turn(const CagePlan *plan, const LoadAnswer *a) {
  const double rad = hypot(hypot(a->motion[3], a->motion[4]), a->motion[5]);
  return measure_without_noise(rad, largest(plan, a) / plan->outline.cage_mm) / degree;
}

static PetscErrorCode quantity(Results *results, const char *prefix, const char *name, double value, const char *unit) {
  char full[160];
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(full, sizeof full, "%s%s", prefix, name));
  if (isfinite(value))
    PetscCall(results_quantity(results, full, value, unit, NAN));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* With its interval by the mesh: the larger distance as uncertainty, the ends where the name has a place for them. */
static PetscErrorCode bounded(Results *results, const char *prefix, const char *name, const Bounds *b, double factor,
                              const char *unit) {
  char full[160];
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(full, sizeof full, "%s%s", prefix, name));
  if (isfinite(b->value))
    PetscCall(
        results_quantity(results, full, factor * b->value, unit, factor * fmax(b->hi - b->value, b->value - b->lo)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode tell_safety(const CagePlan *plan, const char *prefix, const LoadAnswer *a, Results *results) {
  const Safety s = safety_factor(&plan->strut, &a->p999_mesh);
  const Bounds factor = {s.factor, s.mesh[0], s.mesh[1]};
  PetscFunctionBeginUser;
  PetscCall(bounded(results, prefix, "margin_yield", &factor, 1, "-"));
  PetscCall(quantity(results, prefix, "margin_yield_mesh_lo", s.mesh[0], "-"));
  PetscCall(quantity(results, prefix, "margin_yield_mesh_hi", s.mesh[1], "-"));
  PetscCall(quantity(results, prefix, "margin_yield_lo", s.metal[0], "-"));
  PetscCall(quantity(results, prefix, "margin_yield_hi", s.metal[1], "-"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode tell_load(const CagePlan *plan, const char *model, const CageLoad *load, const LoadAnswer *a,
                                Results *results) {
  char prefix[96];
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(prefix, sizeof prefix, "%s%s.", model, load->name));
  PetscCall(bounded(results, prefix, cage_stiffness_name(load), &a->stiffness_mesh, stiffness_unit(load),
                    cage_stiffness_unit(load)));
  PetscCall(quantity(results, prefix, "travel_mm", travel(plan, a), "mm"));
  PetscCall(quantity(results, prefix, "turn_deg", turn(plan, a), "deg"));
  PetscCall(quantity(results, prefix, "strut_mises_p95_MPa", a->mises[0], "MPa"));
  PetscCall(bounded(results, prefix, "strut_mises_p999_MPa", &a->p999_mesh, 1, "MPa"));
  PetscCall(quantity(results, prefix, "strut_mises_max_MPa", a->mises[2], "MPa"));
  PetscCall(quantity(results, prefix, "struts_above_yield_pct", a->above_pct, "%"));
  PetscCall(tell_safety(plan, prefix, a, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* prefix: of the model, "" for the one that stands for the cage. */
static PetscErrorCode tell(const CagePlan *plan, const char *prefix, const SpecimenAnswer *answer, Results *results) {
  double worst[4] = {0};
  PetscFunctionBeginUser;
  PetscCall(bounded(results, prefix, "cage_E_MPa", &answer->young_mesh, 1, "MPa"));
  PetscCall(quantity(results, prefix, "porosity_pct", answer->porosity_pct, "%"));
  PetscCall(quantity(results, prefix, "strut_mm", answer->strut_mm, "mm"));
  PetscCall(
      quantity(results, prefix, "mass_g", specimen_mass_g(&plan->strut, answer->porosity_pct, cage_volume(plan)), "g"));
  for (PetscInt i = 0; i < plan->n_loads; i++) {
    const LoadAnswer *a = &answer->load[i];
    PetscCall(tell_load(plan, prefix, &plan->load[i], a, results));
    worst[0] = fmax(worst[0], a->force);
    worst[1] = fmax(worst[1], a->moment);
    worst[2] = fmax(worst[2], a->energy);
    worst[3] = fmax(worst[3], a->residual);
  }
  PetscCall(quantity(results, prefix, "balance.force_max_rel", worst[0], "-"));
  PetscCall(quantity(results, prefix, "balance.moment_max_rel", worst[1], "-"));
  PetscCall(quantity(results, prefix, "balance.energy_max_rel", worst[2], "-"));
  PetscCall(quantity(results, prefix, "balance.residual_max", worst[3], "-"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const char *number(double value, const char *format, char text[32]) {
  (void)snprintf(text, 32, isfinite(value) ? format : "-", value);
  return text;
}

static PetscErrorCode row(const CagePlan *plan, const char *model, const CageLoad *load, const LoadAnswer *a,
                          Results *results) {
  char text[3][32];
  PetscFunctionBeginUser;
  PetscCall(results_row(results, "%s|%s|%.5g %s|%.4g|%.4g|%.4g|%.4g|%.4g|%s|%s|%s", load->name, model,
                        cage_stiffness(load, a), cage_stiffness_unit(load), travel(plan, a), turn(plan, a), a->mises[0],
                        a->mises[1], a->mises[2], number(a->above_pct, "%.4g", text[2]),
                        number(margin(plan, a), "%.2f", text[0]), number(lowest(a), "%.3g", text[1])));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Largest rotation and strain of all load cases: where the analysis ceases to be linear. */
static void largest_motion(const CagePlan *plan, const SpecimenAnswer *answer, double *rotation_deg,
                           double *strain_pct) {
  *rotation_deg = *strain_pct = 0;
  for (PetscInt i = 0; i < plan->n_loads; i++) {
    const LoadAnswer *a = &answer->load[i];
    *rotation_deg = fmax(*rotation_deg, turn(plan, a));
    *strain_pct = fmax(*strain_pct, 100 * fabs(travel(plan, a)) / plan->outline.cage_mm);
  }
}

static PetscErrorCode strong(const CagePlan *plan, const char *model, const SpecimenAnswer *answer, Results *results) {
  PetscInt worst = 0;
  SafetyCase it = {.model = model};
  char above[96] = "";
  PetscFunctionBeginUser;
  for (PetscInt i = 1; i < plan->n_loads; i++)
    if (margin(plan, &answer->load[i]) < margin(plan, &answer->load[worst]))
      worst = i;
  const LoadAnswer *a = &answer->load[worst];
  if (isfinite(a->above_pct))
    PetscCall(PetscSNPrintf(above, sizeof above, "; %.3g %% of the struts exceed yield somewhere at their surface",
                            a->above_pct));
  it.load = plan->load[worst].name, it.p999 = &a->p999_mesh, it.more = above;
  largest_motion(plan, answer, &it.rotation_deg, &it.strain_pct);
  PetscCall(safety_verdict(results, &plan->strut, &it));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Warns of load cases beyond small displacements. */
static PetscErrorCode small(const CagePlan *plan, const SpecimenAnswer *answer, Results *results) {
  char where[96];
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < plan->n_loads; i++) {
    const LoadAnswer *a = &answer->load[i];
    PetscCall(PetscSNPrintf(where, sizeof where, "load case %s", plan->load[i].name));
    PetscCall(limits_warn_linear(results, where, turn(plan, a), 100 * travel(plan, a) / plan->outline.cage_mm));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode stiff(const CagePlan *plan, const SpecimenAnswer *plain, Results *results) {
  const Bounds *E = &plain->young_mesh;
  const double designed = E->value / plan->stiffness_factor;
  char text[PRINTED_TEXT];
  PetscFunctionBeginUser;
  PetscCall(printed_quantities(results, &plan->strut, "cage_E", "MPa", designed));
  PetscCall(results_verdict(results, VERDICT_NOTE,
                            "stiff? over the gross section along the axis: %s; the mesh alone: %.4g to %.4g MPa as "
                            "designed; PEEK has 3800, cancellous bone of vertebrae 100 to 1000",
                            printed_text(&plan->strut, designed, "MPa", text), E->lo / plan->stiffness_factor,
                            E->hi / plan->stiffness_factor));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode modes(const CagePlan *plan, const SpecimenAnswer *frame, Results *results) {
  PetscFunctionBeginUser;
  PetscCall(results_table(results,
                          "Buckling: lowest factors on the load; largest displacement of nodes over that of any "
                          "point: 100 % the cage as a whole, 0 struts between nodes",
                          "load case|mode|factor|at nodes %"));
  for (PetscInt i = 0; i < plan->n_loads; i++)
    for (PetscInt m = 0; m < frame->load[i].n_modes; m++)
      PetscCall(results_row(results, "%s|%" PetscInt_FMT "|%.4g|%.0f", plan->load[i].name, m + 1,
                            frame->load[i].mode[m].factor, 100 * frame->load[i].mode[m].at_nodes));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Linear buckling holds while nothing turns much before: rad. */
static const double small_turn = 0.3;

static PetscErrorCode buckles(const CagePlan *plan, const SpecimenAnswer *frame, Results *results) {
  PetscInt worst = -1;
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < plan->n_loads; i++) {
    char prefix[64];
    PetscCall(PetscSNPrintf(prefix, sizeof prefix, "%s.", plan->load[i].name));
    PetscCall(quantity(results, prefix, "buckling_factor", lowest(&frame->load[i]), "-"));
    if (frame->load[i].n_modes && (worst < 0 || lowest(&frame->load[i]) < lowest(&frame->load[worst])))
      worst = i;
  }
  if (worst < 0) {
    PetscCall(results_verdict(results, VERDICT_YES, "buckles? not at all under these loads"));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  const LoadAnswer *a = &frame->load[worst];
  const double factor = lowest(a), first = margin(plan, a), by_then = factor * a->turn_rad;
  PetscCall(results_verdict(
      results, factor >= 1 ? VERDICT_YES : VERDICT_NO, "buckles? %s; least factor %.3g, in %s, %s%s",
      factor >= 1 ? "not under these loads" : "yes, under these loads", factor, plan->load[worst].name,
      a->mode[0].at_nodes > 0.5 ? "the cage as a whole" : "single struts between nodes that stay in place",
      first < factor ? ": it yields long before" : ""));
  if (by_then > small_turn)
    PetscCall(results_warn(results,
                           "buckling: at the factor %.3g of %s nodes have turned by %.2g rad already: such a lattice "
                           "bends rather than buckles, and the factor says only that buckling is far",
                           factor, plan->load[worst].name, by_then));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode assume(const CagePlan *plan, const SpecimenAnswer *voxel, const SpecimenAnswer *frame,
                             Results *results) {
  PetscFunctionBeginUser;
  if (voxel)
    PetscCall(note_resolution(&plan->design, plan->outline.cage_voxel_mm, results));
  PetscCall(results_assume(results, "axes: z along the cage, y anterior, x lateral; loads act in the axes of the upper "
                                    "plate, at its centre, and leave its other motions free; flexion closes the "
                                    "anterior side; the lower plate stands still; the lattice is bonded to both"));
  PetscCall(results_assume(results, "stiffness of a case with moments: the moments over the rotation that they make "
                                    "alone; of the others: the force over its own displacement"));
  if (plan->stiffness_factor < 1)
    PetscCall(
        results_assume(results,
                       "computed as printed: %.3g of the dense metal's modulus in the struts, a factor calibrated "
                       "on measured lattices, not a property of the metal",
                       plan->stiffness_factor));
  else
    PetscCall(results_assume(results, "computed as designed: the design geometry with the modulus of the dense metal"));
  if (frame)
    PetscCall(results_assume(results, "%s", frame_stress_meaning));
  if (frame && plan->buckling_modes)
    PetscCall(
        results_assume(results,
                       "buckling is linear: elastic, displacements before it neglected, loads dead, %" PetscInt_FMT
                       " elements a strut",
                       plan->buckling_pieces));
  if (!isfinite(plan->strut.yield_MPa))
    PetscCall(results_warn(results, "%s has no yield_MPa: no margin is given", plan->strut.name));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_report(const CagePlan *plan, const SpecimenAnswer *voxel, const SpecimenAnswer *frame,
                           Results *results) {
  const SpecimenAnswer *plain = voxel ? voxel : frame;
  PetscFunctionBeginUser;
  PetscCall(tell(plan, "", plain, results));
  if (voxel && frame) {
    PetscCall(tell(plan, "voxel.", voxel, results));
    PetscCall(tell(plan, "frame.", frame, results));
  }
  PetscCall(results_quantity(results, "design_porosity_pct", plan->design.porosity_pct, "%", NAN));
  if (frame)
    PetscCall(results_quantity(results, "struts", (double)frame->struts, "", NAN));
  PetscCall(results_table(results, "Load cases: stiffness of the main load; plate and struts under the whole load",
                          "load case|model|stiffness|plate moves mm|turns deg|von Mises p95 MPa|p99.9 MPa|largest MPa|"
                          "struts above yield %|margin to yield|buckling factor"));
  for (PetscInt i = 0; i < plan->n_loads; i++) {
    if (voxel)
      PetscCall(row(plan, "voxels", &plan->load[i], &voxel->load[i], results));
    if (frame)
      PetscCall(row(plan, "frame", &plan->load[i], &frame->load[i], results));
  }
  PetscCall(stiff(plan, plain, results));
  PetscCall(small(plan, plain, results));
  for (int m = 0; m < 2; m++)
    if ((m ? frame : voxel) && isfinite(plan->strut.yield_MPa))
      PetscCall(strong(plan, m ? "frame" : "voxels", m ? frame : voxel, results));
  if (frame && plan->buckling_modes) {
    PetscCall(modes(plan, frame, results));
    PetscCall(buckles(plan, frame, results));
  }
  if (frame && plan->fatigue.asked)
    PetscCall(cage_fatigue_report(plan, frame, results));
  PetscCall(cage_sure(plan, voxel, frame, results));
  PetscCall(assume(plan, voxel, frame, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}
