/* The modulus of a lattice as designed and as printed, side by side, wherever one of them is stated. */
#ifndef TRABECULA_CASES_BODY_PRINTED_H
#define TRABECULA_CASES_BODY_PRINTED_H

#include "cases/results/results.h"
#include "materials/material.h"

enum { PRINTED_TEXT = 320 };

/* "as designed 3290 MPa, as printed 665 MPa (461 to 957 MPa: ...)", or why the second is not known. designed in unit;
   of [PRINTED_TEXT]. Kernel. */
const char *printed_text(const Material *strut, double designed, const char *unit, char text[PRINTED_TEXT]);
/* The stiffness factor of a case into its strut material: where the case has the number key `factor` that one, without
   an interval; else the material's. Refused: key `modulus` is as-printed and there is none. Collective. */
PetscErrorCode printed_factor(const Case *c, const char *modulus, const char *factor, Material *strut);
/* The same as quantities: NAME_designed_UNIT and, where the material has a calibrated stiffness factor,
   NAME_printed_UNIT, NAME_printed_lo_UNIT, NAME_printed_hi_UNIT (95 % prediction interval of the process). */
PetscErrorCode printed_quantities(Results *results, const Material *strut, const char *name, const char *unit,
                                  double designed);

#endif
