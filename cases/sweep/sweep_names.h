/* Whether the columns that a sweep file names are ones that its points can have. Local to one process. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_NAMES_H
#define TRABECULA_CASES_SWEEP_SWEEP_NAMES_H

#include "cases/sweep/sweep_point.h"

enum { SWEEP_NAMED = COLLECTS * COLLECT_NAMES + SWEEP_WISHES + 2 * SWEEP_SETS };

typedef struct SweepNames {
  PetscInt n;     /* names that the sweep file uses: in collect, choose, table and expect */
  PetscInt known; /* of these found so far */
  struct {
    char path[192]; /* of the sweep file */
    char name[192];
    bool found;
    char near[256], why[256]; /* the nearest column; why no case gives the one that it names; "" */
  } one[SWEEP_NAMED];
} SweepNames;

PetscErrorCode sweep_names_begin(const SweepPlan *plan, SweepNames *names);
/* Looks for the names that were not found yet among the columns of a point that was read. A name that means columns of
   several cases is refused. */
PetscErrorCode sweep_names_look(const SweepPoint *point, SweepNames *names);
/* After all points: refuses the first name that none of them can give. */
PetscErrorCode sweep_names_end(const SweepPlan *plan, const SweepNames *names);

#endif
