#include "bench/solve.h"

#include <math.h>

static const double STRAIN = 0.01;
enum { MOST_ITERATIONS = 1000 };

PetscErrorCode solve_once(void *context) {
  Solve *s = context;
  const Grid *grid = s->body->grid;
  const VoxelOptions options = {.rtol = s->rtol, .max_iterations = MOST_ITERATIONS};
  double motion[2][6] = {{0}}, reaction[2][6];
  PetscFunctionBeginUser;
  motion[1][2] = -STRAIN * grid->box.voxel_mm * (double)grid->box.n[2];
  PetscCall(voxel_create(grid, s->body->material, &options, &s->model));
  PetscCall(body_plates(grid, s->top, s->plate));
  PetscCall(voxel_grips(s->model, 2, s->plate));
  PetscCall(voxel_vector(s->model, &s->u));
  PetscCall(voxel_solve(s->model, (const double(*)[6])motion, NULL, s->u, &s->info));
  PetscCall(voxel_reactions(s->model, s->u, NULL, reaction));
  s->force = reaction[1][2];
  if (!s->keep)
    PetscCall(solve_free(s));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode solve_free(Solve *s) {
  PetscFunctionBeginUser;
  PetscCall(VecDestroy(&s->u));
  PetscCall(voxel_destroy(&s->model));
  PetscCall(body_plates_free(s->plate));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode solve_tell(const Solve *s, Outcome *out) {
  const GridBox *box = &s->body->grid->box;
  const double area = box->voxel_mm * box->voxel_mm * (double)box->n[0] * (double)box->n[1];
  PetscFunctionBeginUser;
  out->dofs = s->info.dofs;
  out->voxels = s->body->grid->voxels_global;
  out->iterations = s->info.iterations;
  out->traffic = (double)ITERATION_BYTES * (double)out->dofs * out->iterations;
  outcome_add(out->more, "answer", -s->force / area / STRAIN);
  outcome_add(out->more, "relative_residual", s->info.relative_residual);
  outcome_add(out->more, "setup_seconds", s->info.setup_s);
  outcome_add(out->more, "solve_seconds", s->info.solve_s);
  outcome_add(out->more, "mesh_seconds", s->body->mesh.wall_s);
  outcome_add(out->more, "whole_cpu_seconds", s->body->mesh.cpu_s + out->cost.cpu_s);
  PetscFunctionReturn(PETSC_SUCCESS);
}
