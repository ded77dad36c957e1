/* The limits within which a linear analysis of a printed lattice means something: warnings, and whether a verdict may
   say YES. Collective. */
#ifndef TRABECULA_CASES_BODY_LIMITS_H
#define TRABECULA_CASES_BODY_LIMITS_H

#include "cases/results/results.h"
#include "materials/material.h"
#include "mesh/design.h"

/* Beyond either, displacements are not small: 1 - cos 5 degrees is 0.4 % of every length, tan against angle 0.3 %, and
   a strain of 2 % changes every length by as much. */
static const double limit_rotation_deg = 5, limit_strain_pct = 2;

/* Whether displacements are small; NAN takes no part. Kernel. */
bool limits_small(double rotation_deg, double strain_pct);
/* Warns when they are not; where: "load case flexion". */
PetscErrorCode limits_warn_linear(Results *results, const char *where, double rotation_deg, double strain_pct);
/* Warns of numbers that look like slips of unit: a yield stress that is no metal's, polymer's or bone's fraction of the
   modulus, a density that no solid has, a porosity below 1 %. results NULL: nothing. */
PetscErrorCode limits_warn_material(Results *results, const Material *material);
/* The same of a lattice and the metal of its struts. */
PetscErrorCode limits_warn_design(Results *results, const Design *design, const Material *strut);

#endif
