/* Quantities by runner. A new quantity is a row here beside the call of results_quantity() that gives it: `expect:` of
   case files, `check`, `trabecula list quantities` and a test that compares every run with it read these rows. */
#include "cases/runners/quantities.h"
#include "cases/body/build.h"
#include "cases/runners/compression_plan.h"
#include "materials/composition.h"
#include <math.h>
#include <string.h>

#define TABLE(rows)                                                                                                    \
  { sizeof(rows) / sizeof(rows)[0], rows }
#define VOXEL QUANTITY_VOXEL
#define FRAME QUANTITY_FRAME
#define BOTH QUANTITY_BOTH

/* What a case asks for. */
static PetscErrorCode has_samples(const Case *c, PetscBool *given) {
  PetscInt samples = 1;
  PetscFunctionBeginUser;
  if (document_has(c->doc, "monte_carlo.samples"))
    PetscCall(document_integer(c->doc, "monte_carlo.samples", &samples));
  *given = (PetscBool)(samples > 1);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode has_modes(const Case *c, PetscBool *given) {
  PetscInt modes;
  PetscFunctionBeginUser;
  PetscCall(document_integer(c->doc, "buckling.modes", &modes));
  *given = (PetscBool)(modes > 0);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode has_fatigue(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  *given = (PetscBool)document_has(c->doc, "fatigue");
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode has_both(const Case *c, PetscErrorCode (*other)(const Case *, PetscBool *), PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(has_samples(c, given));
  if (*given)
    PetscCall(other(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode has_sampled_modes(const Case *c, PetscBool *given) { return has_both(c, has_modes, given); }
static PetscErrorCode has_sampled_fatigue(const Case *c, PetscBool *given) { return has_both(c, has_fatigue, given); }
static const char no_samples[] = "monte_carlo.samples is not more than 1", no_modes[] = "buckling.modes is 0",
                  no_fatigue[] = "there is no key 'fatigue'", no_sampled_modes[] = "no samples, or no buckling.modes",
                  no_sampled_fatigue[] = "no samples, or no key 'fatigue'";

static PetscErrorCode has_yield_at(const Case *c, const char *path, PetscBool *given) {
  Material material;
  PetscFunctionBeginUser;
  PetscCall(material_read(c->doc, path, &material));
  *given = (PetscBool)isfinite(material.yield_MPa);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode has_yield(const Case *c, PetscBool *given) { return has_yield_at(c, "materials.strut", given); }
static PetscErrorCode has_cage_yield(const Case *c, PetscBool *given) {
  return has_yield_at(c, "materials.cage", given);
}
static PetscErrorCode has_sampled_yield(const Case *c, PetscBool *given) { return has_both(c, has_yield, given); }
static const char no_yield[] = "the metal has no yield_MPa", no_sampled_yield[] = "no samples, or no yield_MPa";

static PetscErrorCode has_range(const Case *c, PetscBool *given) {
  Material material;
  PetscFunctionBeginUser;
  PetscCall(material_read(c->doc, "materials.strut", &material));
  *given = (PetscBool)isfinite(material.yield_lo_MPa);
  PetscFunctionReturn(PETSC_SUCCESS);
}
static const char no_range[] = "the metal has no yield_range_MPa";

/* The calibrated stiffness factor: of the case, or of the metal at path. */
static PetscErrorCode has_factor_at(const Case *c, const char *path, PetscBool *factor, PetscBool *range) {
  Material material;
  PetscFunctionBeginUser;
  const bool given = document_has(c->doc, "cage.stiffness_factor");
  PetscCall(material_read(c->doc, path, &material));
  *factor = (PetscBool)(given || isfinite(material.stiffness_factor));
  *range = (PetscBool)(!given && isfinite(material.stiffness_factor_lo));
  PetscFunctionReturn(PETSC_SUCCESS);
}
static PetscErrorCode has_factor(const Case *c, PetscBool *given) {
  PetscBool ignored;
  return has_factor_at(c, "materials.strut", given, &ignored);
}
static PetscErrorCode has_factor_range(const Case *c, PetscBool *given) {
  PetscBool ignored;
  return has_factor_at(c, "materials.strut", &ignored, given);
}
static PetscErrorCode has_cage_factor(const Case *c, PetscBool *given) {
  PetscBool ignored;
  return has_factor_at(c, "materials.cage", given, &ignored);
}
static PetscErrorCode has_cage_factor_range(const Case *c, PetscBool *given) {
  PetscBool ignored;
  return has_factor_at(c, "materials.cage", &ignored, given);
}
static const char no_factor[] = "no stiffness factor is known";
/* A modulus as designed and as printed (cases/body/printed.h). */
#define PRINTED(name, unit, factor, range)                                                                             \
  {name "_designed_" unit, unit, 0, "modulus as designed", NULL, NULL},                                                \
      {name "_printed_" unit, unit, 0, "as printed: times the calibrated stiffness factor", factor, no_factor}, {      \
    name "_printed_{lo,hi}_" unit, unit, 0, "95 % prediction interval of the process", range, no_factor                \
  }

static PetscErrorCode has_powder(const Case *c, PetscBool *given) {
  PetscInt n;
  CompositionRow row[COMPOSITION_ROOM];
  PetscFunctionBeginUser;
  PetscCall(material_composition(c->doc, "materials.strut", &n, row));
  *given = (PetscBool)(n > 0);
  PetscFunctionReturn(PETSC_SUCCESS);
}
static const char no_powder[] = "the metal has no composition";

static PetscErrorCode has_strength(const Case *c, PetscBool *given) {
  const char *word;
  PetscFunctionBeginUser;
  PetscCall(document_text(c->doc, "strength", &word));
  *given = PETSC_TRUE;
  if (!strcmp(word, "off"))
    *given = PETSC_FALSE;
  else if (strcmp(word, "on"))
    PetscCall(has_yield(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode has_strength_range(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(has_strength(c, given));
  if (*given)
    PetscCall(has_range(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
static const char no_strength[] = "strength is off, or the metal has no yield_MPa",
                  no_strength_range[] = "strength is off, or the metal has no yield_range_MPa";

static PetscErrorCode is_followed(const Case *c, PetscBool *given) { return compression_follows(c, given); }
static PetscErrorCode is_elastic(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(compression_follows(c, given));
  *given = (PetscBool) !*given;
  PetscFunctionReturn(PETSC_SUCCESS);
}
static PetscErrorCode is_plain_elastic(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  *given = PETSC_TRUE; /* plain names are the voxels' where there are voxels */
  if (!c->wants_voxel)
    PetscCall(is_elastic(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
static PetscErrorCode is_plain_followed(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  *given = PETSC_FALSE;
  if (!c->wants_voxel)
    PetscCall(is_followed(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
static PetscErrorCode is_sampled_curve(const Case *c, PetscBool *given) { return has_both(c, is_followed, given); }
static const char no_curve[] = "the response is elastic", a_curve[] = "the response is elastoplastic",
                  no_sampled_curve[] = "no samples, or the response is elastic";

/* What only a frame has: under a plain name where the frame stands for the body. */
static PetscErrorCode is_plain_frame(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  *given = (PetscBool)!c->wants_voxel;
  PetscFunctionReturn(PETSC_SUCCESS);
}
static PetscErrorCode is_plain_elastic_frame(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(is_plain_frame(c, given));
  if (*given)
    PetscCall(is_elastic(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
static PetscErrorCode has_plain_yield(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(is_plain_frame(c, given));
  if (*given)
    PetscCall(has_yield(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
static PetscErrorCode has_elastic_yield(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(is_elastic(c, given));
  if (*given)
    PetscCall(has_yield(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
static PetscErrorCode has_plain_elastic_yield(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(is_plain_frame(c, given));
  if (*given)
    PetscCall(has_elastic_yield(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
static const char not_the_frame[] = "the name without a model is that of the voxels, or the metal has no yield_MPa",
                  no_elastic_frame[] = "plain names are the voxels', the response is not elastic, or no yield_MPa";
#define ABOVE "struts_above_yield_pct"
#define ABOVE_HELP "struts with a section somewhere whose largest von Mises stress exceeds yield"

static PetscErrorCode has_lattice(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  *given = (PetscBool)document_has(c->doc, "lattice");
  PetscFunctionReturn(PETSC_SUCCESS);
}
static PetscErrorCode has_mass(const Case *c, PetscBool *given) {
  Material material;
  PetscFunctionBeginUser;
  PetscCall(has_lattice(c, given));
  if (!*given)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(material_read(c->doc, "materials.strut", &material));
  *given = (PetscBool)isfinite(material.density_t_per_mm3);
  PetscFunctionReturn(PETSC_SUCCESS);
}
static const char no_lattice[] = "there is no lattice", no_mass[] = "no lattice, or the metal has no density";
static PetscErrorCode lattice_factor(const Case *c, PetscBool *given) {
  PetscFunctionBeginUser;
  PetscCall(has_lattice(c, given));
  if (*given)
    PetscCall(has_factor(c, given));
  PetscFunctionReturn(PETSC_SUCCESS);
}
#define STRUT_HELP "mean diameter of the struts as computed, over their length"

#define CONSTANTS "{C11_over_Es,C12_over_Es,C44_over_Es,E100_over_Es,nu12,zener}"
static const QuantityRow unit_cell_rows[] = {
    PRINTED("E100", "MPa", has_factor, has_factor_range),
    {CONSTANTS, "", 0, "effective cubic constants over Young's modulus of the solid; of the voxels where there are",
     NULL, NULL},
    {"porosity_pct", "%", 0, "porosity of the computed cell", NULL, NULL},
    {"{voxel.,frame.}" CONSTANTS, "", BOTH, "the same of one of two models", NULL, NULL},
    {"{voxel.,frame.}porosity_pct", "%", BOTH, "porosity of one of two models", NULL, NULL},
    {"voxel.E100_over_Es.finest", "", VOXEL, "of the finest resolution, not extrapolated", NULL, NULL},
    {"voxel.asymmetry", "", VOXEL, "largest asymmetry of the stiffness matrix over its largest entry", NULL, NULL},
    {"voxel.relative_residual", "", VOXEL, "true residual of the worst solve", NULL, NULL},
    {"voxel.order", "", VOXEL, "order of convergence that the resolutions show", NULL, NULL},
    {"hashin_shtrikman_over_Es", "", 0, "Hashin-Shtrikman upper bound of isotropic solids", NULL, NULL},
};
const QuantityTable unit_cell_quantities = TABLE(unit_cell_rows);

#define SAMPLE "{A,B,C,D,E}"
#define FITS "{,B-E.,allometric.,B-E.allometric.}"
static const QuantityRow calibrate_rows[] = {
    {SAMPLE ".voxel.E_GPa", "GPa", VOXEL, "Young's modulus of the ideal sample, voxels", NULL, NULL},
    {SAMPLE ".voxel.porosity_pct", "%", VOXEL, "porosity of its finest voxels", NULL, NULL},
    {SAMPLE ".voxel.order", "", VOXEL, "order of convergence that the resolutions show", NULL, NULL},
    {SAMPLE ".frame.E_GPa", "GPa", FRAME, "Young's modulus of the ideal sample, frame", NULL, NULL},
    {SAMPLE ".frame.{yield,plateau}{,_bare}_MPa", "MPa", FRAME, "strength with node zones, and without (bare)",
     has_strength, no_strength},
    {SAMPLE ".frame.{yield,plateau}_{lo,hi}_MPa", "MPa", FRAME, "strength at the ends of the metal's range",
     has_strength_range, no_strength_range},
    {SAMPLE ".implied.{yield,plateau}_metal_MPa", "MPa", FRAME,
     "yield stress of the metal that the measured one implies", has_strength, no_strength},
    {SAMPLE ".frame.{quasi_elastic,elastic_gradient}_GPa", "GPa", FRAME, "gradients of the curve, ISO 13314",
     has_strength, no_strength},
    {"paper.{E,yield,plateau}." FITS "{exponent,r2}", "", 0, "fits of the measured values of Table 2", NULL, NULL},
    {"paper.E." FITS "prefactor_GPa", "GPa", 0, "prefactor of those fits", NULL, NULL},
    {"paper.{yield,plateau}." FITS "prefactor_MPa", "MPa", 0, "prefactor of those fits", NULL, NULL},
    {"ideal.E.{,A-E.}{exponent,r2}", "", 0, "fit of the ideal moduli, B-E or A-E", NULL, NULL},
    {"ideal.E.{,A-E.}prefactor_GPa", "GPa", 0, "prefactor of those fits", NULL, NULL},
    {"ideal.{yield,plateau}.{,B-E.}exponent", "", FRAME, "fit of the ideal strengths, A-E or B-E", has_strength,
     no_strength},
    {"ideal.{yield,plateau}.{,B-E.}prefactor_MPa", "MPa", FRAME, "prefactor of those fits", has_strength, no_strength},
    {"printed.stiffness_factor{,_lo,_hi}", "", 0, "modulus as printed over ideal, and its interval", NULL, NULL},
    {"printed.loo_max_error_pct", "%", 0, "largest error of the leave-one-out predictions of B-E", NULL, NULL},
    {"printed." SAMPLE ".{,loo_}E_GPa", "GPa", 0, "modulus as printed; predicted from the other samples", NULL, NULL},
    {"printed.A.series_GPa", "GPa", 0, "compliance in series that sample A would need", NULL, NULL},
    {"powder.elements_above_limit", "", 0, "limited elements of the powder above their limit", has_powder, no_powder},
};
const QuantityTable calibrate_quantities = TABLE(calibrate_rows);

#define BLOCK_NONE "{balance,energy_balance,relative_residual}"
#define BLOCK_MISES "{mises_p95_MPa,mises_p99.9_MPa}"
#define CURVE_MPA "{yield_MPa,proof_1pct_MPa,first_maximum_MPa,plateau_MPa,plateau_20_30_MPa}"
#define CURVE_GPA "{quasi_elastic_GPa,elastic_gradient_GPa}"
#define CURVE_PCT "{plateau_end_pct,efficiency_pct,efficiency_to_plateau_end_pct}"
#define CURVE_ENERGY "{energy_MJ_per_m3,energy_to_plateau_end_MJ_per_m3}"
#define SCATTER ".{mean,deviation,lo,hi}"
static const QuantityRow compression_rows[] = {
    {"E_designed_MPa", "MPa", 0, "modulus as designed, of a lattice", has_lattice, no_lattice},
    {"E_printed_MPa", "MPa", 0, "as printed: times the calibrated stiffness factor", lattice_factor, no_factor},
    {"E_printed_{lo,hi}_MPa", "MPa", 0, "95 % prediction interval of the process", lattice_factor, no_factor},
    {"E_MPa", "MPa", 0, "apparent Young's modulus; of the voxels where there are", NULL, NULL},
    {"voxel.E_MPa", "MPa", VOXEL, "of the voxels", NULL, NULL},
    {"frame.E_MPa", "MPa", FRAME, "of the frame", NULL, NULL},
    {"reaction_N", "N", 0, "force on the plate, negative: compression", NULL, NULL},
    {"voxel.reaction_N", "N", VOXEL, "of the voxels", NULL, NULL},
    {"frame.reaction_N", "N", FRAME, "of the frame", NULL, NULL},
    {"energy_mJ", "mJ", 0, "energy that the block absorbs", NULL, NULL},
    {"voxel.energy_mJ", "mJ", VOXEL, "of the voxels", NULL, NULL},
    {"frame.energy_mJ", "mJ", FRAME, "of the frame", NULL, NULL},
    {"porosity_pct", "%", 0, "porosity of the computed block", NULL, NULL},
    {"voxel.porosity_pct", "%", VOXEL, "of the voxels", NULL, NULL},
    {"held_{bottom,top}_pct", "%", VOXEL, "section that the plate holds, of the largest section of the solid", NULL,
     NULL},
    {"voxel.held_{bottom,top}_pct", "%", VOXEL, "the same", NULL, NULL},
    {"frame.porosity_pct", "%", FRAME, "of the frame", NULL, NULL},
    {BLOCK_MISES, "MPa", 0, "percentiles of von Mises stress by volume", is_plain_elastic, a_curve},
    {"voxel." BLOCK_MISES, "MPa", VOXEL, "of the voxels", NULL, NULL},
    {"frame." BLOCK_MISES, "MPa", FRAME, "of the frame", is_elastic, a_curve},
    {"design_porosity_pct", "%", 0, "porosity of the design's infinite lattice", has_lattice, no_lattice},
    {"mass_g", "g", 0, "mass of the computed block", has_mass, no_mass},
    {"voxel.mass_g", "g", VOXEL, "mass of the computed block", has_mass, no_mass},
    {"frame.mass_g", "g", FRAME, "mass of the computed block", has_mass, no_mass},
    {"strut_mm", "mm", FRAME, STRUT_HELP, is_plain_frame, not_the_frame},
    {"frame.strut_mm", "mm", FRAME, STRUT_HELP, NULL, NULL},
    {"frame.porosity_pct" SCATTER, "%", FRAME, "scatter of specimens that differ by chance", has_samples, no_samples},
    {"mises_max_MPa", "MPa", FRAME, "largest von Mises stress of any section", is_plain_elastic_frame,
     no_elastic_frame},
    {"frame.mises_max_MPa", "MPa", FRAME, "largest von Mises stress of any section", is_elastic, a_curve},
    {ABOVE, "%", FRAME, ABOVE_HELP, has_plain_elastic_yield, no_elastic_frame},
    {"frame." ABOVE, "%", FRAME, ABOVE_HELP, has_elastic_yield, no_elastic_frame},
    {BLOCK_NONE, "", 0, "forces out of balance, energy out of balance, residual of the solve", NULL, NULL},
    {"voxel." BLOCK_NONE, "", VOXEL, "of the voxels", NULL, NULL},
    {"frame." BLOCK_NONE, "", FRAME, "of the frame", NULL, NULL},
    {CURVE_MPA, "MPa", FRAME, "stresses of the curve, ISO 13314", is_plain_followed, no_curve},
    {CURVE_GPA, "GPa", FRAME, "gradients of the curve, ISO 13314", is_plain_followed, no_curve},
    {CURVE_PCT, "%", FRAME, "strains and efficiencies of the curve, ISO 13314", is_plain_followed, no_curve},
    {CURVE_ENERGY, "MJ/m3", FRAME, "energies of the curve, ISO 13314", is_plain_followed, no_curve},
    {"{unstable_pct,strain_reached_pct}", "%", FRAME, "steps without stability; last strain", is_plain_followed,
     no_curve},
    {"plastic_strain_max", "1", FRAME, "largest plastic strain of a fibre", is_plain_followed, no_curve},
    {"frame." CURVE_MPA, "MPa", FRAME, "stresses of the curve, ISO 13314", is_followed, no_curve},
    {"frame." CURVE_GPA, "GPa", FRAME, "gradients of the curve, ISO 13314", is_followed, no_curve},
    {"frame." CURVE_PCT, "%", FRAME, "strains and efficiencies of the curve, ISO 13314", is_followed, no_curve},
    {"frame." CURVE_ENERGY, "MJ/m3", FRAME, "energies of the curve, ISO 13314", is_followed, no_curve},
    {"frame.{unstable_pct,strain_reached_pct}", "%", FRAME, "steps without stability; last strain", is_followed,
     no_curve},
    {"frame.plastic_strain_max", "1", FRAME, "largest plastic strain of a fibre", is_followed, no_curve},
    {"frame.E_MPa" SCATTER, "MPa", FRAME, "scatter of specimens that differ by chance", has_samples, no_samples},
    {"frame." CURVE_MPA SCATTER, "MPa", FRAME, "the same of the curve", is_sampled_curve, no_sampled_curve},
    {"frame." CURVE_GPA SCATTER, "GPa", FRAME, "the same of the curve", is_sampled_curve, no_sampled_curve},
    {"frame." CURVE_PCT SCATTER, "%", FRAME, "the same of the curve", is_sampled_curve, no_sampled_curve},
    {"frame." CURVE_ENERGY SCATTER, "MJ/m3", FRAME, "the same of the curve", is_sampled_curve, no_sampled_curve},
};
const QuantityTable compression_quantities = TABLE(compression_rows);

#define BAR_NONE "{balance,energy_balance,relative_residual}"
#define BAR(prefix, models)                                                                                            \
  {prefix "stiffness_N_per_mm", "N/mm", models, "force over deflection", NULL, NULL},                                  \
      {prefix "{E_f_GPa,E_f_corrected_GPa,E100_GPa}",          "GPa", models,                                          \
       "flexural modulus; corrected for shear; axial modulus", NULL,  NULL},                                           \
      {prefix "{shear_share_pct,porosity_pct}", "%", models, "shear's share of the deflection; porosity", NULL, NULL}, \
      {prefix "mises_MPa", "MPa", models, "percentile of von Mises stress at load.stress_MPa", NULL, NULL},            \
      {prefix "elastic_limit_N", "N", models, "force at which it yields", has_yield, no_yield},                        \
      {prefix "elastic_limit_MPa", "MPa", models, "nominal stress at which it yields", has_yield, no_yield}, {         \
    prefix BAR_NONE, "", models, "forces out of balance, energy out of balance, residual of the solve", NULL, NULL     \
  }
static const QuantityRow bending_rows[] = {
    PRINTED("E_f_corrected", "GPa", has_factor, has_factor_range),
    BAR("", 0),
    BAR("voxel.", VOXEL),
    BAR("frame.", FRAME),
    {ABOVE, "%", FRAME, ABOVE_HELP, has_plain_yield, not_the_frame},
    {"frame." ABOVE, "%", FRAME, ABOVE_HELP, has_yield, no_yield},
    {"span_mm", "mm", 0, "distance of the supports as computed", NULL, NULL},
    {"force_at_stress_N", "N", 0, "force that gives load.stress_MPa", NULL, NULL},
    {"hinge.{plateau,yield}.density", "", 0, "relative density that gives the strength, by a plastic hinge", NULL,
     NULL},
};
const QuantityTable bending_quantities = TABLE(bending_rows);

#define CAGE(prefix, models)                                                                                           \
  {prefix "cage_E_MPa", "MPa", models, "modulus over the gross section", NULL, NULL},                                  \
      {prefix "porosity_pct", "%", models, "porosity of the computed cage", NULL, NULL},                               \
      {prefix "<loads>.stiffness_Nm_per_deg", "N m/deg", models, "stiffness, load cases with moments", NULL, NULL},    \
      {prefix "<loads>.stiffness_N_per_mm", "N/mm", models, "stiffness, load cases of forces", NULL, NULL},            \
      {prefix "<loads>.travel_mm", "mm", models, "displacement of the upper plate", NULL, NULL},                       \
      {prefix "<loads>.turn_deg", "deg", models, "rotation of the upper plate", NULL, NULL},                           \
      {prefix "<loads>.strut_mises_{p95,p999,max}_MPa", "MPa", models, "von Mises stress of the struts", NULL, NULL},  \
      {prefix "<loads>.margin_yield{,_mesh_lo,_mesh_hi}",       "-",       models,                                     \
       "safety factor against yield; its interval by the mesh", has_yield, no_yield},                                  \
      {prefix "<loads>.margin_yield_{lo,hi}", "-", models, "the same over the metal's range", has_range, no_range}, {  \
    prefix "balance.{force_max_rel,moment_max_rel,energy_max_rel,residual_max}", "-", models,                          \
        "balance of forces, moments and energy; residual; of the worst load case", NULL, NULL                          \
  }
static const QuantityRow cage_rows[] = {
    CAGE("", 0),
    CAGE("voxel.", BOTH),
    CAGE("frame.", BOTH),
    PRINTED("cage_E", "MPa", has_factor, has_factor_range),
    {"struts", "", FRAME, "struts of the frame", NULL, NULL},
    {"design_porosity_pct", "%", 0, "porosity of the design's infinite lattice", NULL, NULL},
    {"mass_g", "g", 0, "mass of the computed cage", has_mass, no_mass},
    {"voxel.mass_g", "g", BOTH, "mass of the computed cage", has_mass, no_mass},
    {"frame.mass_g", "g", BOTH, "mass of the computed cage", has_mass, no_mass},
    {"strut_mm", "mm", FRAME, STRUT_HELP, is_plain_frame, not_the_frame},
    {"frame.strut_mm", "mm", BOTH, STRUT_HELP, NULL, NULL},
    {"frame.porosity_pct" SCATTER, "%", FRAME, "scatter of specimens that differ by chance", has_samples, no_samples},
    {"<loads>." ABOVE, "%", FRAME, ABOVE_HELP, has_plain_yield, not_the_frame},
    {"frame.<loads>." ABOVE, "%", BOTH, ABOVE_HELP, has_yield, no_yield},
    {"<loads>.buckling_factor", "-", FRAME, "lowest factor of linear buckling", has_modes, no_modes},
    {"fatigue.{endurance_margin,endurance_margin_min,life_weakest_pct_cycles}", "-", FRAME,
     "endurance over amplitude: 1st percentile of the volume, weakest strut; life of the 1st percentile", has_fatigue,
     no_fatigue},
    {"fatigue.amplitude_weakest_pct_MPa", "MPa", FRAME, "fully reversed amplitude at the 1st percentile", has_fatigue,
     no_fatigue},
    {"fatigue.within_endurance_pct", "%", FRAME, "struts within endurance", has_fatigue, no_fatigue},
    {"frame.cage_E_MPa" SCATTER, "MPa", FRAME, "scatter of specimens that differ by chance", has_samples, no_samples},
    {"frame.<loads>.stiffness_Nm_per_deg" SCATTER, "N m/deg", FRAME, "the same", has_samples, no_samples},
    {"frame.<loads>.stiffness_N_per_mm" SCATTER, "N/mm", FRAME, "the same", has_samples, no_samples},
    {"frame.<loads>.margin_yield" SCATTER, "-", FRAME, "the same", has_sampled_yield, no_sampled_yield},
    {"frame.<loads>.buckling_factor" SCATTER, "-", FRAME, "the same", has_sampled_modes, no_sampled_modes},
    {"frame.fatigue.{endurance_margin,endurance_margin_min}" SCATTER, "-", FRAME, "the same", has_sampled_fatigue,
     no_sampled_fatigue},
};
const QuantityTable cage_quantities = TABLE(cage_rows);

static PetscErrorCode is_shielding(const Case *c, PetscBool *given) {
  const char *word;
  PetscFunctionBeginUser;
  PetscCall(document_text(c->doc, "shielding.compare", &word));
  *given = (PetscBool)strcmp(word, "none");
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode is_comparing(const Case *c, PetscBool *given) {
  const char *word;
  PetscFunctionBeginUser;
  PetscCall(document_text(c->doc, "shielding.compare", &word));
  *given = (PetscBool)!strcmp(word, "all");
  PetscFunctionReturn(PETSC_SUCCESS);
}
static const char no_shielding[] = "shielding.compare is none", no_comparing[] = "shielding.compare is not all";

#define CASES "{compression,flexion,extension,lateral,rotation}"
#define TURNING "{flexion,extension,lateral,rotation}"
#define REGION "{lower,upper}.{endplate,slab_1mm,slab_5mm,whole}"
#define STRUTS(model, models)                                                                                          \
  {CASES "." model ".{,by_motion.}strut_mises_{p95,p999}_MPa",                                                         \
   "MPa",                                                                                                              \
   models,                                                                                                             \
   "von Mises stress of the struts",                                                                                   \
   NULL,                                                                                                               \
   NULL},                                                                                                              \
      {CASES "." model ".margin_to_yield{,_mesh_lo,_mesh_hi}",                                                         \
       "-",                                                                                                            \
       models,                                                                                                         \
       "safety factor against yield; its interval by the mesh",                                                        \
       has_cage_yield,                                                                                                 \
       no_yield},                                                                                                      \
  {                                                                                                                    \
    CASES "." model ".force_over_segment_pct", "%", models, "load by motion over that through the segment, more",      \
        NULL, NULL                                                                                                     \
  }
#define BONE(who, given, no)                                                                                           \
  {"bone." who ".slab_5mm.energy_density_kJ_per_m3", "kJ/m3", 0,                                                       \
   "energy density 0-5 mm under the endplates",      given,   no},                                                     \
      {"bone." who ".stimulus_{p5,p25,p50,p75,p95}_J_per_kg", "J/kg", 0,                                               \
       "stimulus of the bone, percentile of volume",          given,  no},                                             \
      {"bone." who ".strain_{below_200,200_1500,1500_3000,3000_4000,above_4000}_pct",                                  \
       "%",                                                                                                            \
       0,                                                                                                              \
       "bone by volume in that window of effective strain, microstrain",                                               \
       given,                                                                                                          \
       no},                                                                                                            \
  {                                                                                                                    \
    "bone." who ".E_GPa", "GPa", 0, "axial modulus of the cage", given, no                                             \
  }
#define SURFACE(who, given, no)                                                                                        \
  {"surface." who ".{axial,bending,torsion}",                                                                          \
   "-",                                                                                                                \
   0,                                                                                                                  \
   "stiffness of the lattice cut by the cage's outline over that of the periodic one",                                 \
   given,                                                                                                              \
   no},                                                                                                                \
  {                                                                                                                    \
    "surface." who ".skin", "-", 0, "stiffness of the homogenised cage's skin over that of its inside", given, no      \
  }
#define SHIELDING(who, given, no)                                                                                      \
  {"shielding.ref<shielding.references_MPa>." who ".{resorbed_pct,formed_pct}",                                        \
   "%",                                                                                                                \
   0,                                                                                                                  \
   "bone mass resorbed, formed",                                                                                       \
   given,                                                                                                              \
   no},                                                                                                                \
      {"shielding.ref<shielding.references_MPa>." who "." REGION ".dead_pct",                                          \
       "%",                                                                                                            \
       0,                                                                                                              \
       "bone in the dead zone",                                                                                        \
       given,                                                                                                          \
       no},                                                                                                            \
  {                                                                                                                    \
    "shielding.ref<shielding.references_MPa>." who "." REGION ".ssi", "-", 0, "stress shielding index", given, no      \
  }
static const QuantityRow segment_rows[] = {
    {"compression.stiffness_N_per_mm", "N/mm", 0, "stiffness in compression", NULL, NULL},
    {TURNING ".stiffness_Nm_per_deg", "N m/deg", 0, "stiffness of the moment alone", NULL, NULL},
    {CASES ".travel_mm", "mm", 0, "displacement of the upper plate", NULL, NULL},
    {TURNING ".turn_deg", "deg", 0, "rotation of the upper plate", NULL, NULL},
    {CASES ".{lower,upper}.endplate_{peak,mean}_MPa", "MPa", 0, "von Mises stress of the endplates at the cage", NULL,
     NULL},
    {CASES ".{lower,upper}.bone_beyond_strength_pct", "%", 0, "bone 0-5 mm under the endplates beyond its strength",
     NULL, NULL},
    {CASES ".face_rms_um", "um", 0, "how far the faces of the cage are from plane", NULL, NULL},
    STRUTS("voxel", VOXEL),
    STRUTS("frame", FRAME),
    {CASES ".frame." ABOVE, "%", FRAME, ABOVE_HELP, has_cage_yield, no_yield},
    {CASES "." REGION ".energy_density_kJ_per_m3", "kJ/m3", 0, "strain energy density of the bone", NULL, NULL},
    {"balance.{force_max_rel,moment_max_rel,energy_max_rel,section_max_rel,residual_max}", "-", 0,
     "balance of forces, moments, energy and through the section; residual; of the worst load case", NULL, NULL},
    {"superposition.max_rel", "-", 0, "a load case solved directly against its superposition", NULL, NULL},
    {"bone.{cortical,endplate,cancellous}.volume_mm3", "mm3", 0, "volume of a tissue of bone in both vertebrae", NULL,
     NULL},
    {"bone.mass_g", "g", 0, "mass of the bone of both vertebrae", NULL, NULL},
    PRINTED("lattice_E", "MPa", has_cage_factor, has_cage_factor_range),
    SURFACE("own", NULL, NULL),
    SURFACE("<comparisons>", is_comparing, no_comparing),
    BONE("own", is_shielding, no_shielding),
    BONE("ref<shielding.references_MPa>", is_shielding, no_shielding),
    BONE("<comparisons>", is_comparing, no_comparing),
    SHIELDING("own", is_shielding, no_shielding),
    SHIELDING("<comparisons>", is_comparing, no_comparing),
    {"shielding.pairs_out_of_order", "1", 0, "pairs of uniform cages of which the stiffer shields less", is_comparing,
     no_comparing},
};
const QuantityTable segment_quantities = TABLE(segment_rows);
