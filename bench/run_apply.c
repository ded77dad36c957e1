/* Rows of the operator and of the V-cycle. */
#include "bench/bench.h"
#include "bench/operator.h"

/* Least runs and seconds behind a median. */
enum { RUNS = 5 };
static const double SECONDS = 2;

static PetscErrorCode count(const Grid *grid, Outcome *out) {
  PetscFunctionBeginUser;
  out->dofs = 3 * grid->nodes_global;
  out->voxels = grid->voxels_global;
  out->iterations = -1;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode run_apply(MPI_Comm comm, const BenchRow *row, Outcome *out) {
  const VoxelOptions options = {.rtol = 1e-6, .max_iterations = 1000};
  VoxelModel *model;
  Operator op;
  Body body;
  PetscFunctionBeginUser;
  PetscCall(body_create(comm, &row->body, &body));
  PetscCall(voxel_create(body.grid, body.material, &options, &model));
  PetscCall(operator_create(model, row->single, &op));
  PetscCall(
      meter_repeat(comm, RUNS, SECONDS, row->single ? operator_apply_single : operator_apply_double, &op, &out->cost));
  PetscCall(count(body.grid, out));
  out->traffic = 2.0 * (row->single ? sizeof(float) : sizeof(double)) * (double)out->dofs;
  PetscCall(operator_destroy(&op));
  PetscCall(voxel_destroy(&model));
  PetscCall(body_destroy(&body));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode run_cycle(MPI_Comm comm, const BenchRow *row, Outcome *out) {
  const VoxelOptions options = {.rtol = 1e-6, .max_iterations = 1000};
  VoxelModel *model;
  Grip plate[2];
  Operator op;
  Meter apply;
  Body body;
  PetscFunctionBeginUser;
  PetscCall(body_create(comm, &row->body, &body));
  PetscCall(voxel_create(body.grid, body.material, &options, &model));
  PetscCall(body_plates(body.grid, row->top, plate));
  PetscCall(voxel_grips(model, 2, plate));
  PetscCall(operator_create(model, true, &op));
  PetscCall(operator_ready(&op));
  PetscCall(meter_repeat(comm, RUNS, SECONDS, operator_apply_single, &op, &apply));
  PetscCall(meter_repeat(comm, RUNS, SECONDS, operator_cycle, &op, &out->cost));
  PetscCall(count(body.grid, out));
  out->traffic = 2.0 * sizeof(float) * (double)out->dofs;
  outcome_add(out->more, "in_applications", out->cost.wall_s / apply.wall_s);
  PetscCall(operator_destroy(&op));
  PetscCall(voxel_destroy(&model));
  PetscCall(body_plates_free(plate));
  PetscCall(body_destroy(&body));
  PetscFunctionReturn(PETSC_SUCCESS);
}
