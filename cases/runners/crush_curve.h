/* The curve of a crushed lattice, as it grows. */
#ifndef TRABECULA_CASES_RUNNERS_CRUSH_CURVE_H
#define TRABECULA_CASES_RUNNERS_CRUSH_CURVE_H

#include <petscsys.h>

enum { CRUSH_COLUMNS = 5 };

typedef struct CrushCurve { /* points of the load path in order, the origin first; compression (or tension) positive */
  PetscInt n, room;
  double *strain, *stress;    /* [n] nominal, MPa */
  double *work;               /* [n] N mm */
  double *yielded, *touching; /* [n] share of the struts' section points that yielded, contacts */
} CrushCurve;

/* One point more: strain, stress, work, yielded, touching. */
PetscErrorCode crush_curve_add(CrushCurve *curve, const double value[CRUSH_COLUMNS]);
void crush_curve_point(const CrushCurve *curve, PetscInt i, double value[CRUSH_COLUMNS]);
PetscErrorCode crush_curve_free(CrushCurve *curve);

#endif
