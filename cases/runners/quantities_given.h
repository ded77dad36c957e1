/* Whether a case gives a quantity, and why not otherwise: conditions of rows of quantities, and macros that tables
 * share. */
#ifndef TRABECULA_CASES_RUNNERS_QUANTITIES_GIVEN_H
#define TRABECULA_CASES_RUNNERS_QUANTITIES_GIVEN_H

#include "cases/case_file/case.h"
#include "cases/runners/quantities.h"

#define TABLE(rows)                                                                                                    \
  { sizeof(rows) / sizeof(rows)[0], rows }
#define VOXEL QUANTITY_VOXEL
#define FRAME QUANTITY_FRAME
#define BOTH QUANTITY_BOTH
/* A modulus as designed and as printed (cases/body/printed.h). */
#define PRINTED(name, unit, factor, range)                                                                             \
  {name "_designed_" unit, unit, 0, "modulus as designed", NULL, NULL},                                                \
      {name "_printed_" unit, unit, 0, "as printed: times the calibrated stiffness factor", factor, no_factor}, {      \
    name "_printed_{lo,hi}_" unit, unit, 0, "95 % prediction interval of the process", range, no_factor                \
  }
#define ABOVE "struts_above_yield_pct"
#define ABOVE_HELP "struts with a section somewhere whose largest von Mises stress exceeds yield"
#define STRUT_HELP "mean diameter of the struts as computed, over their length"
#define SCATTER ".{mean,deviation,lo,hi}"

/* Collective; QuantityRow.given. */
PetscErrorCode has_samples(const Case *c, PetscBool *given);
PetscErrorCode has_modes(const Case *c, PetscBool *given);
PetscErrorCode has_fatigue(const Case *c, PetscBool *given);
PetscErrorCode has_sampled_modes(const Case *c, PetscBool *given);
PetscErrorCode has_sampled_fatigue(const Case *c, PetscBool *given);
PetscErrorCode has_yield(const Case *c, PetscBool *given);
PetscErrorCode has_cage_yield(const Case *c, PetscBool *given);
PetscErrorCode has_sampled_yield(const Case *c, PetscBool *given);
PetscErrorCode has_range(const Case *c, PetscBool *given);
PetscErrorCode has_factor(const Case *c, PetscBool *given);
PetscErrorCode has_factor_range(const Case *c, PetscBool *given);
PetscErrorCode has_cage_factor(const Case *c, PetscBool *given);
PetscErrorCode has_cage_factor_range(const Case *c, PetscBool *given);
PetscErrorCode has_powder(const Case *c, PetscBool *given);
PetscErrorCode has_strength(const Case *c, PetscBool *given);
PetscErrorCode has_strength_range(const Case *c, PetscBool *given);
PetscErrorCode is_followed(const Case *c, PetscBool *given);
PetscErrorCode is_elastic(const Case *c, PetscBool *given);
PetscErrorCode is_plain_elastic(const Case *c, PetscBool *given);
PetscErrorCode is_plain_followed(const Case *c, PetscBool *given);
PetscErrorCode is_sampled_curve(const Case *c, PetscBool *given);
PetscErrorCode is_plain_frame(const Case *c, PetscBool *given);
PetscErrorCode is_plain_elastic_frame(const Case *c, PetscBool *given);
PetscErrorCode has_plain_yield(const Case *c, PetscBool *given);
PetscErrorCode has_elastic_yield(const Case *c, PetscBool *given);
PetscErrorCode has_plain_elastic_yield(const Case *c, PetscBool *given);
PetscErrorCode has_lattice(const Case *c, PetscBool *given);
PetscErrorCode has_mass(const Case *c, PetscBool *given);
PetscErrorCode lattice_factor(const Case *c, PetscBool *given);
/* QuantityRow.otherwise. */
extern const char no_samples[];
extern const char no_modes[];
extern const char no_fatigue[];
extern const char no_sampled_modes[];
extern const char no_sampled_fatigue[];
extern const char no_yield[];
extern const char no_sampled_yield[];
extern const char no_range[];
extern const char no_factor[];
extern const char not_the_frame[];
extern const char no_powder[];
extern const char no_strength[];
extern const char no_strength_range[];
extern const char no_curve[];
extern const char a_curve[];
extern const char no_sampled_curve[];
extern const char no_elastic_frame[];
extern const char no_lattice[];
extern const char no_mass[];

#endif
