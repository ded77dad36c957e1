/* The powder of a printed material against the limits of its standard, as a table and a verdict. */
#ifndef TRABECULA_CASES_RUNNERS_POWDER_H
#define TRABECULA_CASES_RUNNERS_POWDER_H

#include "cases/results/results.h"

/* Says nothing where the material at path ("materials.strut") has no composition; quantity powder.elements_above_limit.
 * Collective. */
PetscErrorCode powder_report(const Case *c, const char *path, Results *results);

#endif
