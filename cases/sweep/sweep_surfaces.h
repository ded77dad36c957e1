/* Response surfaces of every column of a sweep, one for each combination of words. Driver. Not collective. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_SURFACES_H
#define TRABECULA_CASES_SWEEP_SWEEP_SURFACES_H

#include "cases/sweep/answer_table.h"
#include "cases/sweep/surface.h"

typedef struct SweepGroup { /* the points of one combination of words */
  char name[128];           /* "tantalum, octet"; "" when no axis has words */
  PetscInt n, *point;       /* [n] rows of the table; point[0] stands for its words */
  double *at;               /* [n][n_axes of SweepSurfaces] */
  Surface *surface;         /* [n_columns] of the table */
} SweepGroup;

typedef struct SweepSurfaces {
  PetscInt n_axes; /* numeric ones; 0 also when there are more than SURFACE_AXES: then no surface is made */
  PetscInt axis[SURFACE_AXES];
  bool log_axis[SURFACE_AXES], whole_axis[SURFACE_AXES];
  PetscInt n_groups; /* in the order of their first points */
  SweepGroup *group;
} SweepSurfaces;

PetscErrorCode sweep_surfaces_make(const AnswerTable *table, SweepSurfaces *surfaces);
PetscErrorCode sweep_surfaces_free(const AnswerTable *table, SweepSurfaces *surfaces);

#endif
