#include "cases/runners/segment_report.h"

#include "cases/body/discretisation.h"
#include "cases/body/limits.h"
#include "cases/body/printed.h"
#include "cases/body/safety.h"

#include <math.h>

static const char *const side[2] = {"lower", "upper"};

static PetscErrorCode quantity(Results *results, const char *prefix, const char *name, double value, const char *unit) {
  char full[160];
  PetscFunctionBeginUser;
  if (!isfinite(value))
    PetscFunctionReturn(PETSC_SUCCESS); /* a region without voxels */
  PetscCall(PetscSNPrintf(full, sizeof full, "%s.%s", prefix, name));
  PetscCall(results_quantity(results, full, value, unit, NAN));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A number for a table, "-" where there is none. */
static const char *cell(double value, const char *format, char text[32]) {
  if (isfinite(value))
    (void)snprintf(text, 32, format, value);
  else
    (void)snprintf(text, 32, "-");
  return text;
}

/* 99.9th percentile of von Mises under the force that goes through the cage, with the interval of the mesh. */
static Bounds p999(const SegmentTask *task, const CageAnswer *answer, int i) {
  const bool frame = answer->struts > 0;
  return discretisation_single(frame ? MESH_FRAME : (Mesh)task->surface, CONVERGES_STRESS,
                               frame ? 1 : task->design.strut_mm / answer->voxel_mm, answer->mises_999[DRIVE_FORCE][i]);
}

static double margin(const SegmentTask *task, const CageAnswer *answer, int i) {
  return answer ? task->cage.yield_MPa / answer->mises_999[DRIVE_FORCE][i] : NAN;
}

/* Force or moment of the plates in (b) over that through (a), per cent more. */
static double excess_pct(const OwnCase *own, const CageAnswer *answer, int i) {
  const SegmentLoad *load = &segment_loads[i];
  int first = load->axis < 0 ? 0 : 3;
  double there = 0, here = 0; /* components along the load of (a) */
  if (!answer)
    return NAN;
  for (int a = first; a < first + 3; a++) {
    here += own->force[a] * own->force[a];
    there += answer->force[i][a] * own->force[a];
  }
  return 100 * (there / here - 1);
}

static const char *stiffness_unit(int i) { return segment_loads[i].axis < 0 ? "N/mm" : "N m/deg"; }

static PetscErrorCode own_quantities(const OwnCase *o, int i, Results *results) {
  const char *name = segment_loads[i].name;
  PetscFunctionBeginUser;
  PetscCall(quantity(results, name, segment_loads[i].axis < 0 ? "stiffness_N_per_mm" : "stiffness_Nm_per_deg",
                     o->stiffness, stiffness_unit(i)));
  PetscCall(quantity(results, name, "travel_mm", o->travel_mm, "mm"));
  if (segment_loads[i].axis >= 0)
    PetscCall(quantity(results, name, "turn_deg", o->turn_deg, "deg"));
  for (int v = 0; v < 2; v++) {
    char prefix[64];
    PetscCall(PetscSNPrintf(prefix, sizeof prefix, "%s.%s", name, side[v]));
    PetscCall(quantity(results, prefix, "endplate_peak_MPa", o->endplate_peak[v], "MPa"));
    PetscCall(quantity(results, prefix, "endplate_mean_MPa", o->endplate_mean[v], "MPa"));
    PetscCall(quantity(results, prefix, "bone_beyond_strength_pct", o->beyond_pct[v], "%"));
  }
  PetscCall(quantity(results, name, "face_rms_um", 1000 * o->rms_mm, "um"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode strength_verdict(const OwnCase own[LOAD_CASES], Results *results) {
  double most = 0;
  int worst = 0;
  PetscFunctionBeginUser;
  for (int i = 0; i < LOAD_CASES; i++)
    for (int v = 0; v < 2; v++)
      if (own[i].beyond_pct[v] > most) {
        most = own[i].beyond_pct[v];
        worst = i;
      }
  if (most > 0)
    PetscCall(results_verdict(results, VERDICT_NOTE,
                              "bone within 5 mm under the endplates is loaded beyond its strength, in compression %.3g "
                              "%% of it, at most (%s) %.3g %%: without rods that share the load the cage would subside",
                              fmax(own[0].beyond_pct[0], own[0].beyond_pct[1]), segment_loads[worst].title, most));
  else
    PetscCall(results_verdict(results, VERDICT_YES,
                              "no bone within 5 mm under the endplates is loaded beyond its "
                              "strength"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode report_own(const SegmentTask *task, const OwnCase own[LOAD_CASES], const CageAnswers *cage,
                          Results *results) {
  char m[2][32];
  PetscFunctionBeginUser;
  PetscCall(results_table(results,
                          "Load cases: stiffness, margin of the struts to yield, endplates at the cage, bone "
                          "0-5 mm under them beyond its strength",
                          "load case|head moves mm|turns deg|stiffness|margin, voxels|frame|endplate peak MPa, lower|"
                          "upper|mean MPa, lower|upper|overloaded bone %, lower|upper"));
  for (int i = 0; i < LOAD_CASES; i++) {
    const OwnCase *o = &own[i];
    PetscCall(own_quantities(o, i, results));
    PetscCall(results_row(results, "%s|%.4f|%.3f|%.4g %s|%s|%s|%.2f|%.2f|%.2f|%.2f|%.1f|%.1f", segment_loads[i].title,
                          o->travel_mm, o->turn_deg, o->stiffness, stiffness_unit(i),
                          cell(margin(task, cage->voxel, i), "%.2f", m[0]),
                          cell(margin(task, cage->frame, i), "%.2f", m[1]), o->endplate_peak[0], o->endplate_peak[1],
                          o->endplate_mean[0], o->endplate_mean[1], o->beyond_pct[0], o->beyond_pct[1]));
  }
  PetscCall(strength_verdict(own, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode strut_quantities(const SegmentTask *task, const OwnCase *own, const CageAnswer *answer,
                                       const char *model, int i, Results *results) {
  char prefix[64];
  PetscFunctionBeginUser;
  if (!answer)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscSNPrintf(prefix, sizeof prefix, "%s.%s", segment_loads[i].name, model));
  PetscCall(quantity(results, prefix, "strut_mises_p95_MPa", answer->mises_95[DRIVE_FORCE][i], "MPa"));
  PetscCall(quantity(results, prefix, "strut_mises_p999_MPa", answer->mises_999[DRIVE_FORCE][i], "MPa"));
  PetscCall(quantity(results, prefix, "by_motion.strut_mises_p95_MPa", answer->mises_95[DRIVE_MOTION][i], "MPa"));
  PetscCall(quantity(results, prefix, "by_motion.strut_mises_p999_MPa", answer->mises_999[DRIVE_MOTION][i], "MPa"));
  PetscCall(quantity(results, prefix, "struts_above_yield_pct", answer->above_pct[DRIVE_FORCE][i], "%"));
  if (isfinite(task->cage.yield_MPa)) {
    const Bounds stress = p999(task, answer, i);
    const Safety safety = safety_factor(&task->cage, &stress);
    PetscCall(quantity(results, prefix, "margin_to_yield", safety.factor, "-"));
    PetscCall(quantity(results, prefix, "margin_to_yield_mesh_lo", safety.mesh[0], "-"));
    PetscCall(quantity(results, prefix, "margin_to_yield_mesh_hi", safety.mesh[1], "-"));
  }
  PetscCall(quantity(results, prefix, "force_over_segment_pct", excess_pct(own, answer, i), "%"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode strut_chart(const CageAnswers *cage, Results *results) {
  const char *name[LOAD_CASES];
  double value[LOAD_CASES];
  const CageAnswer *answer = cage->voxel ? cage->voxel : cage->frame;
  Chart chart = {.title = cage->voxel ? "Struts, 99.9th percentile of von Mises (voxels)"
                                      : "Struts, 99.9th percentile of von Mises (frame)",
                 .y_label = "MPa",
                 .n_bars = LOAD_CASES,
                 .bar_name = name,
                 .bar_value = value};
  PetscFunctionBeginUser;
  for (int i = 0; i < LOAD_CASES; i++) {
    name[i] = segment_loads[i].title;
    value[i] = answer->mises_999[DRIVE_FORCE][i];
  }
  PetscCall(results_chart(results, &chart));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The load case with the least safety factor, of both models. */
static PetscErrorCode strut_verdict(const SegmentTask *task, const OwnCase own[LOAD_CASES], const CageAnswers *cage,
                                    Results *results) {
  const CageAnswer *answer[2] = {cage->voxel, cage->frame};
  double rotation = 0, strain = 0;
  PetscFunctionBeginUser;
  for (int i = 0; i < LOAD_CASES; i++) {
    char where[96];
    const double pct = 100 * own[i].travel_mm / (2 * task->geometry.vertebra_mm + task->geometry.cage_mm);
    PetscCall(PetscSNPrintf(where, sizeof where, "load case %s", segment_loads[i].name));
    PetscCall(limits_warn_linear(results, where, own[i].turn_deg, pct));
    rotation = fmax(rotation, fabs(own[i].turn_deg)), strain = fmax(strain, fabs(pct));
  }
  for (int m = 0; m < 2; m++) {
    int worst = 0;
    if (!answer[m] || !isfinite(task->cage.yield_MPa))
      continue;
    for (int i = 1; i < LOAD_CASES; i++)
      if (margin(task, answer[m], i) < margin(task, answer[m], worst))
        worst = i;
    const Bounds stress = p999(task, answer[m], worst);
    PetscCall(safety_verdict(results, &task->cage,
                             &(SafetyCase){.model = m ? "frame" : "voxels",
                                           .load = segment_loads[worst].title,
                                           .p999 = &stress,
                                           .rotation_deg = rotation,
                                           .strain_pct = strain,
                                           .more = ""}));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode report_struts(const SegmentTask *task, const OwnCase own[LOAD_CASES], const CageAnswers *cage,
                             Results *results) {
  const CageAnswer *answer[2] = {cage->voxel, cage->frame};
  PetscFunctionBeginUser;
  PetscCall(
      results_table(results,
                    "Struts of the resolved cage (b), von Mises, percentiles of their volume. By motion: its faces "
                    "move as in (a); by force: it carries what goes through the cage in (a). Margin: yield over "
                    "p99.9 by force",
                    "load case|through the cage|model|carries by motion|by motion p95 MPa|p99.9 MPa|by force p95 "
                    "MPa|p99.9 MPa|margin"));
  for (int i = 0; i < LOAD_CASES; i++)
    for (int m = 0; m < 2; m++) {
      const SegmentLoad *load = &segment_loads[i];
      const double *f = own[i].force + (load->axis < 0 ? 0 : 3);
      double size = sqrt(f[0] * f[0] + f[1] * f[1] + f[2] * f[2]) / (load->axis < 0 ? 1 : 1000);
      char text[32];
      const CageAnswer *a = answer[m];
      if (!a)
        continue;
      PetscCall(strut_quantities(task, &own[i], a, m ? "frame" : "voxel", i, results));
      PetscCall(results_row(results, "%s|%.4g %s|%s|%+.1f %%|%.4g|%.4g|%.4g|%.4g|%s", load->title, size,
                            load->axis < 0 ? "N" : "N m", m ? "frame" : "voxels", excess_pct(&own[i], a, i),
                            a->mises_95[DRIVE_MOTION][i], a->mises_999[DRIVE_MOTION][i], a->mises_95[DRIVE_FORCE][i],
                            a->mises_999[DRIVE_FORCE][i], cell(margin(task, a, i), "%.2f", text)));
    }
  PetscCall(strut_verdict(task, own, cage, results));
  PetscCall(strut_chart(cage, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode report_modulus(const SegmentTask *task, const Variant *own, Results *results) {
  const double designed = own->young_MPa / task->stiffness_factor;
  const Bounds E =
      discretisation_single((Mesh)task->surface, CONVERGES_STIFFNESS,
                            task->design.strut_mm / task->design.cell_mm * (double)task->cell_voxels, designed);
  char text[PRINTED_TEXT];
  PetscFunctionBeginUser;
  PetscCall(printed_quantities(results, &task->cage, "lattice_E", "MPa", designed));
  PetscCall(results_verdict(results, VERDICT_NOTE,
                            "stiff? the infinite lattice of the cage along its axis: %s; the mesh alone: %.4g to %.4g "
                            "MPa as designed; the bone was computed with the cage %s",
                            printed_text(&task->cage, designed, "MPa", text), E.lo, E.hi,
                            task->stiffness_factor < 1 ? "as printed" : "as designed"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode report_balance(const OwnCase own[LOAD_CASES], double superposition, Results *results) {
  SegmentBalance worst = {0};
  PetscFunctionBeginUser;
  for (int i = 0; i < LOAD_CASES; i++) {
    const SegmentBalance *b = &own[i].balance;
    worst = (SegmentBalance){.force = fmax(worst.force, b->force),
                             .moment = fmax(worst.moment, b->moment),
                             .energy = fmax(worst.energy, b->energy),
                             .section = fmax(worst.section, b->section),
                             .residual = fmax(worst.residual, b->residual)};
  }
  PetscCall(quantity(results, "balance", "force_max_rel", worst.force, "-"));
  PetscCall(quantity(results, "balance", "moment_max_rel", worst.moment, "-"));
  PetscCall(quantity(results, "balance", "energy_max_rel", worst.energy, "-"));
  PetscCall(quantity(results, "balance", "section_max_rel", worst.section, "-"));
  PetscCall(quantity(results, "balance", "residual_max", worst.residual, "-"));
  PetscCall(quantity(results, "superposition", "max_rel", superposition, "-"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode report_surfaces(const SegmentTask *task, PetscInt n, const Variant *variant, Results *results) {
  static const char *const name[3] = {"axial", "bending", "torsion"};
  PetscFunctionBeginUser;
  PetscCall(
      results_table(results,
                    "Lateral surface of the lattice cages: stiffness of the cut lattice (frames) over that of the "
                    "periodic one, and of the homogenised cage with its softer skin",
                    "cage|cut: axial|bending|torsion|skin over lattice|homogenised: axial|bending|torsion"));
  for (PetscInt i = 0; i < n; i++) {
    const CageSurface *s = &variant[i].surface;
    char prefix[96];
    if (!(s->cells > 0))
      continue;
    PetscCall(PetscSNPrintf(prefix, sizeof prefix, "surface.%s", variant[i].name));
    for (int k = 0; k < 3; k++)
      PetscCall(quantity(results, prefix, name[k], s->cut[k], "-"));
    PetscCall(quantity(results, prefix, "skin", s->skin, "-"));
    PetscCall(results_row(results, "%s|%.3f|%.3f|%.3f|%.3f|%.3f|%.3f|%.3f", variant[i].name, s->cut[0], s->cut[1],
                          s->cut[2], s->skin, s->body[0], s->body[1], s->body[2]));
  }
  const CageSurface *own = &variant[0].surface;
  PetscCall(results_verdict(
      results, VERDICT_NOTE,
      "the outline cuts struts of the cage, %.3g cells across: frames of its lattice lose %.1f %% "
      "of the periodic lattice's stiffness axially, %.1f in bending, %.1f in torsion. The outer "
      "%.3g mm of the homogenised cage have %.2f of the lattice's stiffness for that: it loses "
      "%.1f, %.1f and %.1f %%",
      own->cells_cage, 100 * (1 - own->cut[0]), 100 * (1 - own->cut[1]), 100 * (1 - own->cut[2]),
      task->geometry.skin_mm, own->skin, 100 * (1 - own->body[0]), 100 * (1 - own->body[1]), 100 * (1 - own->body[2])));
  if (own->cells < own->cells_cage)
    PetscCall(results_assume(results, "the surface's loss is computed %g cells across and scaled to %.3g", own->cells,
                             own->cells_cage));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode report_bone(const Segment *segment, const BoneField *bone, Results *results) {
  static const char *const name[SEG_TISSUES] = {
      [SEG_CORTEX] = "cortical", [SEG_ENDPLATE] = "endplate", [SEG_CANCELLOUS] = "cancellous"};
  double volume[SEG_TISSUES], mass;
  PetscFunctionBeginUser;
  PetscCall(bone_amount(segment, bone, volume, &mass));
  for (int t = SEG_CORTEX; t < SEG_TISSUES; t++) {
    char prefix[64];
    PetscCall(PetscSNPrintf(prefix, sizeof prefix, "bone.%s", name[t]));
    PetscCall(quantity(results, prefix, "volume_mm3", volume[t], "mm3"));
  }
  PetscCall(quantity(results, "bone", "mass_g", mass, "g"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode report_energy(const Variant *own, Results *results) {
  const char *name[REGIONS];
  double mean[REGIONS];
  PetscFunctionBeginUser;
  PetscCall(results_table(results,
                          "Strain energy density of the bone, mean by region, kJ/m3 (one voxel at the implant "
                          "left out)",
                          "region|compression|flexion|extension|lateral bending|axial rotation|mean von Mises MPa"));
  for (int r = 0; r < REGIONS; r++) {
    double value[LOAD_CASES], stress = 0;
    char text[LOAD_CASES + 1][32];
    name[r] = segment_region[r].name;
    mean[r] = 0;
    for (int i = 0; i < LOAD_CASES; i++) {
      char prefix[96];
      value[i] = 1000 * own->energy_density[i][r]; /* MPa = 1000 kJ/m3 */
      mean[r] += value[i] / LOAD_CASES;
      stress += own->mises[i][r] / LOAD_CASES;
      (void)cell(value[i], "%.4g", text[i]);
      PetscCall(PetscSNPrintf(prefix, sizeof prefix, "%s.%s", segment_loads[i].name, segment_region[r].name));
      PetscCall(quantity(results, prefix, "energy_density_kJ_per_m3", value[i], "kJ/m3"));
    }
    PetscCall(results_row(results, "%s|%s|%s|%s|%s|%s|%s", segment_region[r].title, text[0], text[1], text[2], text[3],
                          text[4], cell(stress, "%.4g", text[5])));
  }
  Chart chart = {.title = "Strain energy density of the bone, mean of the load cases",
                 .y_label = "kJ/m3",
                 .n_bars = REGIONS,
                 .bar_name = name,
                 .bar_value = mean};
  PetscCall(results_chart(results, &chart));
  PetscFunctionReturn(PETSC_SUCCESS);
}
