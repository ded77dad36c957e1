/* Quantities by runner. A new quantity is a row here beside the call of results_quantity() that gives it: `expect:` of
   case files, `check`, `trabecula list quantities` and a test that compares every run with it read these rows. */
#include "cases/body/build.h"
#include "cases/runners/compression_plan.h"
#include "cases/runners/quantities_given.h"
#include "materials/composition.h"
#include <math.h>
#include <string.h>

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
#define BAR(prefix, models)                                                                                             \
  {prefix "stiffness_N_per_mm", "N/mm", models, "force over deflection", NULL, NULL},                                   \
      {prefix "{E_f_GPa,E_f_corrected_GPa,E100_GPa}",          "GPa", models,                                           \
       "flexural modulus; corrected for shear; axial modulus", NULL,  NULL},                                            \
      {prefix "{shear_share_pct,porosity_pct}", "%", models, "shear's share of the deflection; porosity", NULL, NULL},  \
      {prefix "mises_MPa", "MPa", models, "percentile of von Mises stress at load.stress_MPa", NULL, NULL},             \
      {prefix "elastic_limit_N", "N", models, "force at which it yields", has_yield, no_yield},                         \
      {prefix "elastic_limit_MPa", "MPa", models, "nominal stress at which it yields", has_yield, no_yield},            \
      {prefix BAR_NONE, "", models, "forces out of balance, energy out of balance, residual of the solve", NULL, NULL}, \
  {                                                                                                                     \
    prefix "mass_g", "g", models, "mass of the computed bar", has_mass, no_mass                                         \
  }
static const QuantityRow bending_rows[] = {
    PRINTED("E_f_corrected", "GPa", has_factor, has_factor_range),
    BAR("", 0),
    BAR("voxel.", VOXEL),
    BAR("frame.", FRAME),
    {ABOVE, "%", FRAME, ABOVE_HELP, has_plain_yield, not_the_frame},
    {"frame." ABOVE, "%", FRAME, ABOVE_HELP, has_yield, no_yield},
    {"strut_mm", "mm", FRAME, STRUT_HELP, is_plain_frame, not_the_frame},
    {"frame.strut_mm", "mm", FRAME, STRUT_HELP, NULL, NULL},
    {"design_porosity_pct", "%", 0, "porosity of the design's infinite lattice", NULL, NULL},
    {"span_mm", "mm", 0, "distance of the supports as computed", NULL, NULL},
    {"force_at_stress_N", "N", 0, "force that gives load.stress_MPa", NULL, NULL},
    {"hinge.{plateau,yield}.density", "", 0, "relative density that gives the strength, by a plastic hinge", NULL,
     NULL},
};
const QuantityTable bending_quantities = TABLE(bending_rows);
