/* Runner calibrate: Table 2 of the porous-tantalum paper as ideal lattices, its fits, and the as-printed process. */
#include "cases/body/build_keys.h"
#include "cases/body/cell_moduli.h"
#include "cases/runners/calibrate_report.h"
#include "cases/runners/calibrate_strength.h"
#include "cases/runners/powder.h"
#include "cases/runners/quantities.h"
#include "cases/runners/runner.h"
#include <math.h>

static const KeyRow rows[] = {
    KEYS_LATTICE,
    KEYS_RESOLUTION_CELL,
    KEYS_STRUT_MATERIAL,
    {"strength", KEY_WORD, NULL, NULL, "auto on off", "auto",
     "yield and plateau stress, by crushing elastoplastic frames; auto: where the metal has a yield stress"},
    {"specimen", KEY_MAP, NULL, NULL, NULL, "{}", "what is crushed"},
    {"specimen.cells", KEY_INTEGER | KEY_LIST, NULL, "[2, 20]", NULL, "[4, 4, 4]",
     "cells along x, y and the load axis z"},
    {"specimen.plates", KEY_WORD, NULL, NULL, "clamped cut frictionless", "cut",
     "hold of the plates, as in runner compression"},
    KEYS_CRUSH,
};

static PetscErrorCode estimate(const Case *c, Estimate *e) {
  Design design;
  Material material;
  PetscInt n = 0, voxels[RESOLUTIONS];
  double voxel_mm;

  PetscFunctionBeginUser;
  *e = (Estimate){0};
  PetscCall(build_strut_material(c, &material));
  if (c->wants_voxel)
    PetscCall(build_voxels_per_cell(c, &n, voxels));
  for (int s = 0; s < TABLE2_SAMPLES; s++) {
    PetscCall(build_design(c, table2[s].porosity_pct, &design));
    for (PetscInt i = 0; i < n; i++) {
      PetscCall(build_voxel_mm(c, &design, i, NULL, &voxel_mm));
      PetscCall(build_estimate_struts(c, (1 - design.porosity_pct / 100) * pow(design.cell_mm, 3), design.strut_mm,
                                      voxel_mm, 1, 0, e));
    }
    if (c->wants_frame)
      PetscCall(build_estimate_frame(c, &design, 1, 1, e));
  }
  PetscCall(strength_estimate(c, &material, e));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Young's moduli of one sample, ideal geometry. */
static PetscErrorCode run_sample(const Case *c, const Material *material, int s, Calibration *k, Results *results) {
  const double E_s = material->young_MPa * 1e-3;
  const char *sample = table2[s].name;
  char name[64];
  Design design;
  CellStudy study;
  Cubic frame;
  SolveInfo info;

  PetscFunctionBeginUser;
  PetscCall(build_design(c, table2[s].porosity_pct, &design));
  if (!strcmp(design.cell->name, "rhombic-dodecahedron"))
    k->radius_over_length[s] = design.strut_mm / 2 / (sqrt(3) / 4 * design.cell_mm);
  if (c->wants_voxel) {
    PetscCall(cell_moduli_voxels(c, &design, material, STRAINS_XX, sample, results, &study));
    k->voxel_GPa[s] = study.E100.value * E_s;
    k->voxel_half_GPa[s] = study.E100.uncertainty * E_s;
    PetscCall(PetscSNPrintf(name, sizeof(name), "%s.voxel.E_GPa", sample));
    PetscCall(results_quantity(results, name, k->voxel_GPa[s], "GPa", k->voxel_half_GPa[s]));
    PetscCall(PetscSNPrintf(name, sizeof(name), "%s.voxel.porosity_pct", sample));
    PetscCall(results_quantity(results, name, study.level[study.n_levels - 1].porosity_pct, "%", NAN));
    PetscCall(PetscSNPrintf(name, sizeof(name), "%s.voxel.order", sample));
    if (isfinite(study.E100.order))
      PetscCall(results_quantity(results, name, study.E100.order, "", NAN));
    if (!s && isfinite(study.E100.order_used) && !isfinite(study.E100.order))
      PetscCall(results_assume(results, "voxel moduli are extrapolated to voxel size zero with the order %.2g",
                               study.E100.order_used));
    if (!s && study.n_levels == 1)
      PetscCall(results_warn(results, "one resolution: the voxel moduli are not converged; give a list"));
  }
  if (c->wants_frame) {
    PetscCall(cell_moduli_frame(c, &design, material, sample, results, &frame, &info));
    k->frame_GPa[s] = frame.E100 * E_s;
    PetscCall(PetscSNPrintf(name, sizeof(name), "%s.frame.E_GPa", sample));
    PetscCall(results_quantity(results, name, k->frame_GPa[s], "GPa", NAN));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run(const Case *c, Results *results) {
  Material material;
  Calibration k;
  Strength strength;

  PetscFunctionBeginUser;
  PetscCall(build_strut_material(c, &material));
  k = (Calibration){.material = &material, .wants_voxel = c->wants_voxel, .wants_frame = c->wants_frame};
  for (int s = 0; s < TABLE2_SAMPLES; s++) {
    k.rho[s] = 1 - table2[s].porosity_pct / 100;
    k.measured_GPa[s] = table2[s].young_GPa;
    k.bound_GPa[s] = hashin_shtrikman_young(k.rho[s], material.poisson) * material.young_MPa * 1e-3;
    PetscCall(run_sample(c, &material, s, &k, results));
    k.ideal_GPa[s] = c->wants_voxel ? k.voxel_GPa[s] : k.frame_GPa[s];
  }
  PetscCall(strength_run(c, &material, results, &strength));
  PetscCall(calibrate_report(&k, results));
  if (strength.n_metals)
    PetscCall(strength_report(&strength, &material, k.rho, results));
  PetscCall(powder_report(c, "materials.strut", results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Runner runner_calibrate = {
    .name = "calibrate",
    .help = "Table 2 of the paper: ideal moduli, yield and plateau stress, Gibson-Ashby fits, the as-printed process",
    .cheap = CHEAP_COMMON CHEAP_STRENGTH("materials.strut") "materials.strut.young_MPa",
    .keys = {sizeof(rows) / sizeof(rows[0]), rows},
    .scale_free = true,
    .quantities = &calibrate_quantities,
    .estimate = estimate,
    .run = run,
};
