#include "cases/runners/crush_curve.h"
#include <string.h>

PetscErrorCode crush_curve_add(CrushCurve *curve, const double value[CRUSH_COLUMNS]) {
  double **column[CRUSH_COLUMNS] = {&curve->strain, &curve->stress, &curve->work, &curve->yielded, &curve->touching};

  PetscFunctionBeginUser;
  if (curve->n == curve->room) {
    curve->room = 2 * curve->room + 64;
    for (int i = 0; i < CRUSH_COLUMNS; i++)
      PetscCall(PetscRealloc((size_t)curve->room * sizeof(double), column[i]));
  }
  for (int i = 0; i < CRUSH_COLUMNS; i++)
    (*column[i])[curve->n] = value[i];
  curve->n++;
  PetscFunctionReturn(PETSC_SUCCESS);
}

void crush_curve_point(const CrushCurve *curve, PetscInt i, double value[CRUSH_COLUMNS]) {
  const double *const column[CRUSH_COLUMNS] = {curve->strain, curve->stress, curve->work, curve->yielded,
                                               curve->touching};
  for (int k = 0; k < CRUSH_COLUMNS; k++)
    value[k] = column[k][i];
}

PetscErrorCode crush_curve_free(CrushCurve *curve) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(curve->strain));
  PetscCall(PetscFree(curve->stress));
  PetscCall(PetscFree(curve->work));
  PetscCall(PetscFree(curve->yielded));
  PetscCall(PetscFree(curve->touching));
  memset(curve, 0, sizeof(*curve));
  PetscFunctionReturn(PETSC_SUCCESS);
}
