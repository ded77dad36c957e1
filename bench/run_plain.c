/* PETSc's assembled multigrid against the voxel solver: same voxels, same plates, same tolerance, in one process. */
#include "bench/assembled.h"
#include "bench/solve.h"

#include <math.h>
#include <string.h>

typedef struct Plain {
  const Body *body;
  const BenchRow *row;
  Meter assemble, setup, solve;
  PetscInt iterations;
  double answer; /* MPa, as that of a Solve */
} Plain;

/* As their manuals advise for elasticity; more can be said by PETSc's own options, prefix plain_. */
static PetscErrorCode plain_options(const char *plain) {
  char **args;
  int n;
  PetscFunctionBeginUser;
  if (!strcmp(plain, "gamg")) {
    PetscCall(PetscOptionsInsertString(NULL, "-plain_pc_type gamg -plain_pc_gamg_agg_nsmooths 1 "
                                             "-plain_mg_levels_ksp_type chebyshev -plain_mg_levels_pc_type jacobi"));
  } else
    PetscCall(PetscOptionsInsertString(NULL, "-plain_pc_type hypre -plain_pc_hypre_type boomeramg "
                                             "-plain_pc_hypre_boomeramg_strong_threshold 0.5 "
                                             "-plain_pc_hypre_boomeramg_coarsen_type HMIS "
                                             "-plain_pc_hypre_boomeramg_interp_type ext+i "
                                             "-plain_pc_hypre_boomeramg_P_max 4"));
  PetscCall(PetscGetArgs(&n, &args));
  PetscCall(PetscOptionsInsertArgs(NULL, n - 1, args + 1)); /* those of the command line last: they win */
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode plain_krylov(MPI_Comm comm, Mat matrix, Vec b, Plain *p, double *energy) {
  KSPConvergedReason reason;
  KSP ksp;
  Vec x;
  PetscFunctionBeginUser;
  PetscCall(plain_options(p->row->plain));
  PetscCall(VecDuplicate(b, &x));
  PetscCall(KSPCreate(comm, &ksp));
  PetscCall(KSPSetOptionsPrefix(ksp, "plain_"));
  PetscCall(KSPSetType(ksp, KSPCG));
  PetscCall(KSPSetNormType(ksp, KSP_NORM_UNPRECONDITIONED));
  PetscCall(KSPSetOperators(ksp, matrix, matrix));
  PetscCall(KSPSetTolerances(ksp, p->row->rtol, 0, 1e10, 5000));
  PetscCall(KSPSetFromOptions(ksp));
  PetscCall(meter_start(comm, &p->setup));
  PetscCall(KSPSetUp(ksp));
  PetscCall(meter_stop(comm, &p->setup));
  PetscCall(meter_start(comm, &p->solve));
  PetscCall(KSPSolve(ksp, b, x));
  PetscCall(meter_stop(comm, &p->solve));
  PetscCall(KSPGetConvergedReason(ksp, &reason));
  PetscCheck(reason > 0, comm, PETSC_ERR_NOT_CONVERGED, "%s: %s", p->row->plain, KSPConvergedReasons[reason]);
  PetscCall(KSPGetIterationNumber(ksp, &p->iterations));
  PetscCall(VecDot(b, x, energy));
  PetscCall(KSPDestroy(&ksp));
  PetscCall(VecDestroy(&x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode plain_solve(MPI_Comm comm, Plain *p) {
  const Grid *grid = p->body->grid;
  const GridBox *box = &grid->box;
  const double top_z_mm = -0.01 * grid->box.voxel_mm * (double)grid->box.n[2];
  double held, freed;
  Grip plate[2];
  Mat matrix;
  Vec b;
  PetscFunctionBeginUser;
  PetscCall(body_plates(grid, p->row->top, plate));
  PetscCall(meter_start(comm, &p->assemble));
  PetscCall(assembled_create(grid, p->body->material, MATAIJ, &matrix));
  PetscCall(MatCreateVecs(matrix, NULL, &b));
  PetscCall(assembled_plates(grid, plate, top_z_mm, matrix, b, &held));
  PetscCall(meter_stop(comm, &p->assemble));
  PetscCall(plain_krylov(comm, matrix, b, p, &freed));
  p->answer = -(held - freed) / top_z_mm / 0.01 / (pow(box->voxel_mm, 2) * (double)box->n[0] * (double)box->n[1]);
  PetscCall(VecDestroy(&b));
  PetscCall(MatDestroy(&matrix));
  PetscCall(body_plates_free(plate));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static Meter sum(Meter a, Meter b) {
  return (Meter){a.wall_s + b.wall_s, a.cpu_s + b.cpu_s, a.instructions + b.instructions};
}

/* Ours first: its peak is the smaller one. */
PetscErrorCode run_plain(MPI_Comm comm, const BenchRow *row, Outcome *out) {
  Solve ours = {.rtol = row->rtol, .top = row->top};
  Plain plain = {.row = row};
  Outcome we = {.more = json_object()};
  Body body;
  PetscFunctionBeginUser;
  PetscCall(body_create(comm, &row->body, &body));
  ours.body = plain.body = &body;
  PetscCall(meter_repeat(comm, 3, 0, solve_once, &ours, &we.cost));
  PetscCall(solve_tell(&ours, &we));
  PetscCall(meter_peak(comm, &we.peak_bytes));
  PetscCall(plain_solve(comm, &plain));
  PetscCall(meter_peak(comm, &out->peak_bytes));
  const double answer = json_number_value(json_object_get(we.more, "answer"));
  PetscCheck(fabs(plain.answer - answer) < 1e-3 * answer, comm, PETSC_ERR_PLIB, "%s finds %g MPa, the voxel solver %g",
             row->plain, plain.answer, answer);
  outcome_add(out->more, "answer", plain.answer);
  out->cost = sum(sum(plain.assemble, plain.setup), plain.solve);
  out->dofs = we.dofs;
  out->voxels = we.voxels;
  out->iterations = plain.iterations;
  outcome_add(out->more, "assemble_seconds", plain.assemble.wall_s);
  outcome_add(out->more, "setup_seconds", plain.setup.wall_s);
  outcome_add(out->more, "solve_seconds", plain.solve.wall_s);
  outcome_add(out->more, "our_seconds", we.cost.wall_s);
  outcome_add(out->more, "our_cpu_seconds", we.cost.cpu_s);
  outcome_add(out->more, "our_iterations", we.iterations);
  outcome_add(out->more, "our_bytes_per_dof", we.peak_bytes / (double)we.dofs);
  outcome_add(out->more, "seconds_over_ours", out->cost.wall_s / we.cost.wall_s);
  outcome_add(out->more, "cpu_over_ours", out->cost.cpu_s / we.cost.cpu_s);
  outcome_add(out->more, "without_assembly_over_ours", (plain.setup.wall_s + plain.solve.wall_s) / we.cost.wall_s);
  outcome_add(out->more, "bytes_over_ours", (out->peak_bytes - out->base_bytes) / (we.peak_bytes - out->base_bytes));
  json_decref(we.more);
  PetscCall(body_destroy(&body));
  PetscFunctionReturn(PETSC_SUCCESS);
}
