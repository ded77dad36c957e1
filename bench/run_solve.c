/* Rows of single solves, of six at once, and of the mesh that comes before. */
#include "bench/solve.h"

/* A solve of more than this is not repeated for a median. */
static const double LONG_SECONDS = 4;

PetscErrorCode run_solve(MPI_Comm comm, const BenchRow *row, Outcome *out) {
  Solve solve = {.rtol = row->rtol, .top = row->top};
  Body body;
  PetscFunctionBeginUser;
  PetscCall(body_create(comm, &row->body, &body));
  solve.body = &body;
  PetscCall(meter_repeat(comm, 1, LONG_SECONDS, solve_once, &solve, &out->cost));
  PetscCall(solve_tell(&solve, out));
  PetscCall(body_destroy(&body));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Homogenise {
  const Body *body;
  double rtol, C[6][6];
  SolveInfo info[6];
} Homogenise;

static PetscErrorCode homogenise_once(void *context) {
  Homogenise *h = context;
  const VoxelOptions options = {.rtol = h->rtol, .max_iterations = 1000};
  VoxelModel *model;
  PetscFunctionBeginUser;
  PetscCall(voxel_create(h->body->grid, h->body->material, &options, &model));
  PetscCall(voxel_homogenise(model, 1, h->C, h->info));
  PetscCall(voxel_destroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode run_unit_cell(MPI_Comm comm, const BenchRow *row, Outcome *out) {
  Homogenise h = {.rtol = row->rtol};
  Body body;
  PetscFunctionBeginUser;
  PetscCall(body_create(comm, &row->body, &body));
  h.body = &body;
  PetscCall(meter_repeat(comm, 3, LONG_SECONDS, homogenise_once, &h, &out->cost));
  out->dofs = h.info[0].dofs;
  out->voxels = body.grid->voxels_global;
  out->iterations = h.info[0].iterations;
  out->traffic = (double)ITERATION_BYTES * (double)out->dofs * out->iterations;
  outcome_add(out->more, "answer", h.C[0][0]);
  outcome_add(out->more, "setup_seconds", h.info[0].setup_s);
  outcome_add(out->more, "solve_seconds", h.info[0].solve_s);
  outcome_add(out->more, "whole_cpu_seconds", body.mesh.cpu_s + out->cost.cpu_s);
  PetscCall(body_destroy(&body));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode run_six_motions(MPI_Comm comm, const BenchRow *row, Outcome *out) {
  Solve solve = {.rtol = row->rtol, .top = GRIP_XYZ, .keep = true};
  SolveInfo info[6];
  double stiffness[6][6];
  Meter one;
  Vec u[6];
  Body body;
  PetscFunctionBeginUser;
  PetscCall(body_create(comm, &row->body, &body));
  solve.body = &body;
  PetscCall(meter_repeat(comm, 1, 0, solve_once, &solve, &one));
  PetscCall(meter_start(comm, &out->cost));
  PetscCall(voxel_unit_motions(solve.model, 1, u, stiffness, info));
  PetscCall(meter_stop(comm, &out->cost));
  out->dofs = info[0].dofs;
  out->voxels = body.grid->voxels_global;
  for (int q = 0; q < 6; ++q) {
    out->iterations = PetscMax(out->iterations, info[q].iterations);
    PetscCall(VecDestroy(&u[q]));
  }
  outcome_add(out->more, "answer", stiffness[2][2]);
  outcome_add(out->more, "one_seconds", one.wall_s);
  outcome_add(out->more, "one_without_setup_seconds", solve.info.solve_s);
  outcome_add(out->more, "over_one", out->cost.wall_s / one.wall_s);
  outcome_add(out->more, "over_one_without_setup", out->cost.wall_s / solve.info.solve_s);
  outcome_add(out->more, "over_one_cpu", out->cost.cpu_s / one.cpu_s);
  PetscCall(solve_free(&solve));
  PetscCall(body_destroy(&body));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode run_voxelise(MPI_Comm comm, const BenchRow *row, Outcome *out) {
  Solve solve = {.rtol = row->rtol, .top = row->top};
  Meter one;
  Body body;
  PetscFunctionBeginUser;
  PetscCall(body_create(comm, &row->body, &body));
  out->cost = body.mesh;
  PetscCall(meter_peak(comm, &out->peak_bytes)); /* of the mesh alone */
  solve.body = &body;
  PetscCall(meter_repeat(comm, 1, 0, solve_once, &solve, &one));
  out->dofs = solve.info.dofs;
  out->voxels = body.grid->voxels_global;
  out->iterations = -1;
  for (int s = 0; s < BODY_STAGES; ++s) {
    char key[32];
    PetscCall(PetscSNPrintf(key, sizeof key, "%s_seconds", body_stages[s]));
    outcome_add(out->more, key, body.stage_s[s]);
  }
  outcome_add(out->more, "one_solve_seconds", one.wall_s);
  outcome_add(out->more, "over_solve", out->cost.wall_s / one.wall_s);
  outcome_add(out->more, "over_solve_cpu", out->cost.cpu_s / one.cpu_s);
  PetscCall(body_destroy(&body));
  PetscFunctionReturn(PETSC_SUCCESS);
}
