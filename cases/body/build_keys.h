/* Key rows that several runners share: initialisers to be listed in a runner's own table. The sections come whole, so
   that a key means the same in every case file. */
#ifndef TRABECULA_CASES_BODY_BUILD_KEYS_H
#define TRABECULA_CASES_BODY_BUILD_KEYS_H

#include "materials/keys.h"

/* The parent row of lattice: is KEYS_LATTICE (required) or KEYS_LATTICE_OPTIONAL. */
#define KEYS_LATTICE                                                                                                   \
  {"lattice", KEY_MAP, NULL, NULL, NULL, NULL, "strut lattice: cell and two of its measures"}, KEYS_LATTICE_MEMBERS
#define KEYS_LATTICE_OPTIONAL                                                                                          \
  {"lattice", KEY_MAP, NULL, NULL, NULL, "", "strut lattice: cell and two of its measures"}, KEYS_LATTICE_MEMBERS
#define KEYS_LATTICE_MEMBERS                                                                                           \
  {"lattice.cell", KEY_TEXT, NULL, NULL, NULL, NULL, "unit cell, see `trabecula list cells`"},                         \
      {"lattice.cell_mm",                                                                                              \
       KEY_NUMBER,                                                                                                     \
       "mm",                                                                                                           \
       "(0, 100]",                                                                                                     \
       NULL,                                                                                                           \
       "",                                                                                                             \
       "edge of the cubic cell; unit-cell and calibrate: 1 where only one other measure is given"},                    \
      {"lattice.strut_mm", KEY_NUMBER, "mm", "(0, 10]", NULL, "", "strut diameter"},                                   \
      {"lattice.porosity_pct", KEY_NUMBER, "%", "(0, 100)", NULL, "", "void fraction of the infinite lattice"},        \
      {"lattice.aperture_mm",                                                                                          \
       KEY_NUMBER,                                                                                                     \
       "mm",                                                                                                           \
       "(0, 100)",                                                                                                     \
       NULL,                                                                                                           \
       "",                                                                                                             \
       "largest sphere inside a pore that touches the struts (Eq. 2)"},                                                \
      {"lattice.waist",                                                                                                \
       KEY_NUMBER,                                                                                                     \
       NULL,                                                                                                           \
       "[0.2, 5]",                                                                                                     \
       NULL,                                                                                                           \
       "1",                                                                                                            \
       "diameter in the middle of a strut over that at its ends, linear between; other than 1: strut_mm is that of "   \
       "the ends, and cell_mm and strut_mm must be given"},                                                            \
      {"lattice.bore",                                                                                                 \
       KEY_NUMBER,                                                                                                     \
       NULL,                                                                                                           \
       "[0, 0.95]",                                                                                                    \
       NULL,                                                                                                           \
       "0",                                                                                                            \
       "inner over outer diameter of hollow struts; above 0: cell_mm and strut_mm must be given"},                     \
      {"lattice.node_zones",                                                                                           \
       KEY_WORD,                                                                                                       \
       NULL,                                                                                                           \
       NULL,                                                                                                           \
       "auto none",                                                                                                    \
       "auto",                                                                                                         \
       "frame: rigid zones where struts merge, from the geometry, or none"},                                           \
  {                                                                                                                    \
    "lattice.strut_theory", KEY_WORD, NULL, NULL, "timoshenko euler-bernoulli", "timoshenko",                          \
        "frame: with or without shear deformation"                                                                     \
  }

/* defects: struts that are not as drawn (cases/body/build_defects.h). All default to none: nothing is assumed. */
#define KEYS_DEFECTS                                                                                                     \
  {"defects", KEY_MAP, NULL, NULL, NULL, "", "struts that are not as drawn"},                                            \
      {"defects.seed",                                                                                                   \
       KEY_INTEGER,                                                                                                      \
       NULL,                                                                                                             \
       "[0, 2147483647]",                                                                                                \
       NULL,                                                                                                             \
       "1",                                                                                                              \
       "the same seed gives the same specimen, on any number of ranks, as frame and as voxels"},                         \
      {"defects.build_axis", KEY_WORD, NULL, NULL, "x y z", "z", "direction in which the printer adds layers"},          \
      {"defects.vertical_pct",                                                                                           \
       KEY_NUMBER,                                                                                                       \
       "%",                                                                                                              \
       "(-100, 200]",                                                                                                    \
       NULL,                                                                                                             \
       "0",                                                                                                              \
       "deviation of the diameter of struts along the build axis from the design; between, it goes with the square "     \
       "of the cosine"},                                                                                                 \
      {"defects.horizontal_pct", KEY_NUMBER, "%", "(-100, 200]", NULL, "0", "the same of struts across the build axis"}, \
      {"defects.diameter_scatter_pct",                                                                                   \
       KEY_NUMBER,                                                                                                       \
       "%",                                                                                                              \
       "[0, 60]",                                                                                                        \
       NULL,                                                                                                             \
       "0",                                                                                                              \
       "coefficient of variation of the diameter from strut to strut: log-normal, cut off at 3 standard deviations"},    \
      {"defects.waviness_pct",                                                                                           \
       KEY_NUMBER,                                                                                                       \
       "%",                                                                                                              \
       "[0, 20]",                                                                                                        \
       NULL,                                                                                                             \
       "0",                                                                                                              \
       "standard deviation of the offset of the middle of a strut, per strut length: half sines"},                       \
      {"defects.missing_pct", KEY_NUMBER, "%", "[0, 100)", NULL, "0", "probability that a strut is missing"},            \
      {"defects.end_layer_mm",                                                                                           \
       KEY_NUMBER,                                                                                                       \
       "mm",                                                                                                             \
       "[0, 1000]",                                                                                                      \
       NULL,                                                                                                             \
       "0",                                                                                                              \
       "depth of the weak layers at the two end faces of a cut specimen; struts belong to them by their middle"},        \
      {"defects.end_layer_diameter_pct",                                                                                 \
       KEY_NUMBER,                                                                                                       \
       "%",                                                                                                              \
       "(0, 200]",                                                                                                       \
       NULL,                                                                                                             \
       "100",                                                                                                            \
       "diameter of their struts relative to the others"},                                                               \
  {                                                                                                                      \
    "defects.end_layer_missing_pct", KEY_NUMBER, "%", "[0, 100]", NULL, "0",                                             \
        "probability that a strut is missing there, beside missing_pct"                                                  \
  }

/* monte_carlo: (cases/body/scatter.h) */
#define KEYS_MONTE_CARLO                                                                                               \
  {"monte_carlo", KEY_MAP, NULL, NULL, NULL, "{}", "scatter of specimens that differ by chance"}, {                    \
    "monte_carlo.samples", KEY_INTEGER, NULL, "[1, 10000]", NULL, "1",                                                 \
        "number of specimens; the first is that of defects.seed, sets of different seeds have none in common"          \
  }

/* resolution: for finite bodies; exactly one of voxels_per_cell and voxel_mm where there is a voxel model. */
#define KEYS_RESOLUTION                                                                                                \
  {"resolution", KEY_MAP, NULL, NULL, NULL, "{}", "voxel size"},                                                       \
      {"resolution.voxels_per_cell",                                                                                   \
       KEY_INTEGER | KEY_LIST,                                                                                         \
       NULL,                                                                                                           \
       "[2, 1024]",                                                                                                    \
       NULL,                                                                                                           \
       "",                                                                                                             \
       "voxels along the edge of a cell; a list: several resolutions, extrapolated where the runner can; none, and "   \
       "no "                                                                                                           \
       "voxel_mm: a whole number that puts 6 across a strut"},                                                         \
      {"resolution.voxel_mm", KEY_NUMBER, "mm", "(0, 10]", NULL, "", "voxel edge, instead of voxels_per_cell"},        \
      KEYS_SURFACE("softened")
/* resolution: for a periodic cell, where only a whole number of voxels makes sense. */
#define KEYS_RESOLUTION_CELL                                                                                           \
  {"resolution", KEY_MAP, NULL, NULL, NULL, "{}", "voxel size"},                                                       \
      {"resolution.voxels_per_cell",                                                                                   \
       KEY_INTEGER | KEY_LIST,                                                                                         \
       NULL,                                                                                                           \
       "[8, 1024]",                                                                                                    \
       NULL,                                                                                                           \
       "[64, 96, 128]",                                                                                                \
       "voxels along the edge of the cell, a multiple of 8; a list of 2 to 4 is extrapolated to zero voxel size"},     \
      KEYS_SURFACE("partial")
/* Softened is best at one resolution, partial is smooth in the voxel size, hence best extrapolated (bench/NOTES.md). */
#define KEYS_SURFACE(word)                                                                                             \
  {                                                                                                                    \
    "resolution.surface", KEY_WORD, NULL, NULL, "binary partial softened", word,                                       \
        "surface voxels: whole (the volume is met as nearly as whole shells of voxels allow; a warning says where "    \
        "the "                                                                                                         \
        "porosity is off by more than 0.5 points); solid fraction as stiffness factor; its square as stiffness factor" \
  }

/* Whether a cage is computed as designed or as printed (cases/body/printed.h). */
#define KEYS_CAGE_MODULUS                                                                                              \
  {"cage.modulus",                                                                                                     \
   KEY_WORD,                                                                                                           \
   NULL,                                                                                                               \
   NULL,                                                                                                               \
   "ideal as-printed",                                                                                                 \
   "ideal",                                                                                                            \
   "stiffness of the struts in the computation: that of the dense metal, or that times the stiffness factor; the "     \
   "report gives the modulus as designed and as printed"},                                                             \
  {                                                                                                                    \
    "cage.stiffness_factor", KEY_NUMBER, NULL, "(0, 1]", NULL, "",                                                     \
        "modulus as printed over as designed, calibrated on measured lattices (runner calibrate); default: the "       \
        "metal's own, where it has one"                                                                                \
  }

/* materials: of a lattice of one metal. A mapping is checked by material_read. */
#define KEYS_STRUT_MATERIAL                                                                                            \
  {"materials", KEY_MAP, NULL, NULL, NULL, NULL, "materials by name"}, {                                               \
    "materials.strut", KEY_ANY, NULL, NULL, NULL, NULL,                                                                \
        "dense metal of the struts: a material file or {young_MPa, poisson, ...}"                                      \
  }

/* crush: of runners that follow a frame through yielding. */
#define KEYS_CRUSH                                                                                                     \
  {"crush", KEY_MAP, NULL, NULL, NULL, "{}", "elastoplastic frame: how it is followed"},                               \
      {"crush.step_pct", KEY_NUMBER, "%", "[0.01, 10]", NULL, "1", "largest step of nominal strain"},                  \
      {"crush.pieces",                                                                                                 \
       KEY_INTEGER,                                                                                                    \
       NULL,                                                                                                           \
       "[1, 8]",                                                                                                       \
       NULL,                                                                                                           \
       "2",                                                                                                            \
       "beams a strut; with one, struts neither buckle between their nodes nor touch their neighbours there"},         \
      {"crush.contact", KEY_WORD, NULL, NULL, "on off", "on", "struts touch plates and each other"},                   \
      {"crush.contact_factor",                                                                                         \
       KEY_NUMBER,                                                                                                     \
       NULL,                                                                                                           \
       "[0.01, 100]",                                                                                                  \
       NULL,                                                                                                           \
       "1",                                                                                                            \
       "on the stiffness of contacts, to see how much hangs on it"},                                                   \
      {"crush.unload",                                                                                                 \
       KEY_WORD,                                                                                                       \
       NULL,                                                                                                           \
       NULL,                                                                                                           \
       "on off",                                                                                                       \
       "on",                                                                                                           \
       "a second specimen is unloaded from 70 % of the plateau stress: elastic gradient"},                             \
      {"crush.offset_pct", KEY_NUMBER, "%", "(0, 5]", NULL, "0.2", "plastic strain of the compressive offset stress"}, \
      {"crush.rate_per_s",                                                                                             \
       KEY_NUMBER,                                                                                                     \
       "1/s",                                                                                                          \
       "[0, 1e4]",                                                                                                     \
       NULL,                                                                                                           \
       "0",                                                                                                            \
       "nominal strain rate, for materials that depend on it; 0: slow"},                                               \
  {                                                                                                                    \
    "crush.rtol", KEY_NUMBER, NULL, "[1e-10, 1e-6]", NULL, "1e-8",                                                     \
        "out of balance over reactions at which a step is accepted"                                                    \
  }

#endif
