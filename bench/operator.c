#include "bench/operator.h"

#include "solver/voxel/voxel_impl.h"

static double start_value(PetscInt i) { return (double)((unsigned)i * 2654435761u >> 8) / 8388608.0 - 1; }

PetscErrorCode operator_create(VoxelModel *model, bool single, Operator *op) {
  const Grid *g = model->grid;
  PetscScalar *u;
  PetscFunctionBeginUser;
  *op = (Operator){.model = model};
  if (single) {
    PetscCall(PetscCalloc1(3 * (size_t)g->nodes_local, &op->x));
    PetscCall(PetscCalloc1(3 * (size_t)g->nodes_local, &op->y));
    for (PetscInt i = 0; i < 3 * g->nodes_owned; ++i)
      op->x[i] = (float)start_value(i);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(voxel_vector(model, &op->u));
  PetscCall(voxel_vector(model, &op->f));
  PetscCall(VecGetArray(op->u, &u));
  for (PetscInt i = 0; i < 3 * g->nodes_owned; ++i)
    u[i] = start_value(i);
  PetscCall(VecRestoreArray(op->u, &u));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode operator_destroy(Operator *op) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(op->x));
  PetscCall(PetscFree(op->y));
  PetscCall(VecDestroy(&op->u));
  PetscCall(VecDestroy(&op->f));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode operator_apply_double(void *context) {
  const Operator *op = context;
  PetscFunctionBeginUser;
  PetscCall(voxel_apply(op->model, op->u, op->f));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode operator_apply_single(void *context) {
  const Operator *op = context;
  PetscFunctionBeginUser;
  PetscCall(level_apply(&op->model->mg.level[0], op->x, op->y));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode operator_ready(Operator *op) {
  Level *fine = &op->model->mg.level[0];
  PetscFunctionBeginUser;
  PetscCall(voxel_prepare(op->model));
  for (PetscInt i = 0; i < 3 * op->model->grid->nodes_owned; ++i)
    fine->b[i] = (float)start_value(i);
  level_zero_fixed(fine, fine->b);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode operator_cycle(void *context) {
  const Operator *op = context;
  PetscFunctionBeginUser;
  PetscCall(multigrid_cycle(&op->model->mg));
  PetscFunctionReturn(PETSC_SUCCESS);
}
