/* Quantities of the runners cage and segment: rows as in quantities.c. */
#include "cases/runners/quantities_given.h"
#include <string.h>

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
