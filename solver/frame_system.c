/* Assembly and solution: MUMPS Cholesky, beyond a size conjugate gradients with smoothed aggregation and rigid modes.
 */
#include "solver/frame_model.h"
#include <petsctime.h>

/* Degrees of freedom up to which the factorisation is used (PETSc option -frame_direct_max_dofs): at 300 000 of an RD
   block it takes 20 s on one core and 6 kB a degree of freedom, which grows faster than the frame; multigrid takes 5 s
   for each solution and 3 kB. */
static const PetscInt DIRECT_MAX_DOFS = 400000;
/* A direct solution is refined until its relative residual is below this, at most so often. */
static const double DIRECT_RESIDUAL = 1e-10;
enum { DIRECT_PASSES = 3, ITERATIVE_PASSES = 6 };
/* A residual this small against stiffness times displacement is rounding: no further correction can help. */
static const double ROUNDING = 1e-14;

PetscErrorCode frame_system_free(FrameSystem *system) {
  PetscFunctionBeginUser;
  PetscCall(KSPDestroy(&system->ksp));
  PetscCall(MatDestroy(&system->K));
  PetscCall(VecDestroy(&system->b));
  PetscCall(VecDestroy(&system->x));
  PetscCall(VecDestroy(&system->all));
  PetscCall(VecScatterDestroy(&system->to_all));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode preallocate(const FrameModel *model, Mat K) {
  const FrameRows *rows = &model->rows;
  PetscInt mine = rows->end - rows->first, *inside, *outside, *seen;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(6 * mine, &inside, 6 * mine, &outside, rows->n_rows, &seen));
  for (PetscInt k = 0; k < rows->n_rows; k++)
    seen[k] = -1;
  for (PetscInt k = rows->first; k < rows->end; k++) {
    PetscInt node = rows->node[k], count[2] = {1, 0};
    seen[k] = k;
    for (PetscInt j = rows->start[node]; j < rows->start[node + 1]; j++) {
      PetscInt other = rows->row[model->graph->strut[rows->touch[j] / 2][1 - rows->touch[j] % 2]];
      if (seen[other] != k)
        count[other < rows->first || other >= rows->end]++;
      seen[other] = k;
    }
    for (int c = 0; c < 6; c++) {
      inside[6 * (k - rows->first) + c] = 6 * count[0];
      outside[6 * (k - rows->first) + c] = 6 * count[1];
    }
  }
  PetscCall(MatSeqAIJSetPreallocation(K, 0, inside));
  PetscCall(MatMPIAIJSetPreallocation(K, 0, inside, 0, outside));
  PetscCall(PetscFree3(inside, outside, seen));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Rows of one end of a strut. Tied components leave the system but for their own diagonal, so that it stays definite.
 */
static PetscErrorCode add_end(const FrameModel *model, Mat K, PetscInt s, int end) {
  const PetscInt *node = model->graph->strut[s];
  double k[144], block[36];
  PetscInt row = model->rows.row[node[end]];

  PetscFunctionBeginUser;
  strut_stiffness(&model->element[s], k);
  for (int other = 0; other < 2; other++) {
    PetscInt column = model->rows.row[node[other]];
    for (int i = 0; i < 6; i++)
      for (int j = 0; j < 6; j++) {
        PetscBool tied = (PetscBool)(model->held[node[end]][i] >= 0 || model->held[node[other]][j] >= 0);
        block[6 * i + j] = tied && !(other == end && i == j) ? 0 : k[12 * (6 * end + i) + 6 * other + j];
      }
    PetscCall(MatSetValuesBlocked(K, 1, &row, 1, &column, block, ADD_VALUES));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode assemble(const FrameModel *model, Mat K) {
  const FrameRows *rows = &model->rows;

  PetscFunctionBeginUser;
  for (PetscInt k = rows->first; k < rows->end; k++)
    for (PetscInt j = rows->start[rows->node[k]]; j < rows->start[rows->node[k] + 1]; j++)
      PetscCall(add_end(model, K, rows->touch[j] / 2, (int)(rows->touch[j] % 2)));
  PetscCall(MatAssemblyBegin(K, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(K, MAT_FINAL_ASSEMBLY));
  PetscCall(MatSetOption(K, MAT_SPD, PETSC_TRUE));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The six rigid motions, orthonormal, for the coarse spaces. */
static PetscErrorCode set_rigid_modes(const FrameModel *model, Mat K) {
  const FrameRows *rows = &model->rows;
  Vec mode[6];
  MatNullSpace space;
  double centre[3] = {0, 0, 0};

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < rows->n_rows; k++)
    for (int c = 0; c < 3; c++)
      centre[c] += model->graph->x[rows->node[k]][c] / (double)rows->n_rows;
  for (int m = 0; m < 6; m++) {
    double motion[6] = {0}, *value;
    motion[m] = 1;
    PetscCall(VecDuplicate(model->system.x, &mode[m]));
    PetscCall(VecGetArrayWrite(mode[m], &value));
    for (PetscInt k = rows->first; k < rows->end; k++, value += 6) {
      grip_displacement(motion, centre, model->graph->x[rows->node[k]], value);
      for (int c = 0; c < 3; c++)
        value[3 + c] = motion[3 + c];
    }
    value -= 6 * (rows->end - rows->first);
    PetscCall(VecRestoreArrayWrite(mode[m], &value));
    for (int before = 0; before < m; before++) {
      double product;
      PetscCall(VecDot(mode[m], mode[before], &product));
      PetscCall(VecAXPY(mode[m], -product, mode[before]));
    }
    PetscCall(VecNormalize(mode[m], NULL));
  }
  PetscCall(MatNullSpaceCreate(model->comm, PETSC_FALSE, 6, mode, &space));
  PetscCall(MatSetNearNullSpace(K, space));
  PetscCall(MatNullSpaceDestroy(&space));
  for (int m = 0; m < 6; m++)
    PetscCall(VecDestroy(&mode[m]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Factorises; a pivot that is not positive means that the frame can move without force. */
static PetscErrorCode set_up_direct(const FrameModel *model, KSP ksp) {
  PC pc;
  Mat factor;
  PCFailedReason failed;
  PetscInt code, detail;

  PetscFunctionBeginUser;
  PetscCall(KSPSetType(ksp, KSPPREONLY));
  PetscCall(KSPGetPC(ksp, &pc));
  PetscCall(PCSetType(pc, PCCHOLESKY));
  PetscCall(PCFactorSetMatSolverType(pc, MATSOLVERMUMPS));
  PetscCall(PCFactorSetUpMatSolverType(pc));
  PetscCall(PCFactorGetMatrix(pc, &factor));
  PetscCall(MatMumpsSetIcntl(factor, 14, 50)); /* per cent more work space than estimated */
  PetscCall(KSPSetUp(ksp));
  PetscCall(PCGetFailedReason(pc, &failed));
  if (failed) {
    PetscCall(MatMumpsGetInfog(factor, 1, &code));
    PetscCall(MatMumpsGetInfog(factor, 2, &detail));
    PetscCheck(code != -10 && code != -40, model->comm, PETSC_ERR_USER_INPUT,
               "frame: the stiffness matrix is singular: the frame or its supports are a mechanism, or its struts are "
               "thinner than the numbers can tell");
    SETERRQ(model->comm, PETSC_ERR_LIB, "MUMPS returned INFOG(1) = %" PetscInt_FMT ", INFOG(2) = %" PetscInt_FMT, code,
            detail);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode set_up_iterative(const FrameModel *model, KSP ksp) {
  PC pc;

  PetscFunctionBeginUser;
  PetscCall(set_rigid_modes(model, model->system.K));
  PetscCall(KSPSetType(ksp, KSPCG));
  PetscCall(KSPSetNormType(ksp, KSP_NORM_UNPRECONDITIONED));
  PetscCall(KSPSetTolerances(ksp, model->options.rtol, 0, PETSC_DEFAULT, 2000));
  PetscCall(KSPGetPC(ksp, &pc));
#if defined(PETSC_HAVE_ML) /* sets up ten times faster here and needs fewer iterations */
  PetscCall(PCSetType(pc, PCML));
#else
  PetscCall(PCSetType(pc, PCGAMG));
#endif
  PetscCall(KSPSetFromOptions(ksp));
  PetscCall(KSPSetUp(ksp));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_system_create(FrameModel *model) {
  FrameSystem *system = &model->system;
  PetscInt mine = 6 * (model->rows.end - model->rows.first), direct_max = DIRECT_MAX_DOFS;
  PetscLogDouble begin, end;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&begin));
  PetscCall(frame_system_free(system));
  PetscCall(MatCreate(model->comm, &system->K));
  PetscCall(MatSetSizes(system->K, mine, mine, PETSC_DETERMINE, PETSC_DETERMINE));
  PetscCall(MatSetBlockSize(system->K, 6));
  PetscCall(MatSetType(system->K, MATAIJ));
  PetscCall(preallocate(model, system->K));
  PetscCall(assemble(model, system->K));
  PetscCall(MatCreateVecs(system->K, &system->x, &system->b));
  PetscCall(VecScatterCreateToAll(system->x, &system->to_all, &system->all));
  PetscCall(KSPCreate(model->comm, &system->ksp));
  PetscCall(KSPSetOptionsPrefix(system->ksp, "frame_"));
  PetscCall(KSPSetOperators(system->ksp, system->K, system->K));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-frame_direct_max_dofs", &direct_max, NULL));
  system->direct = (PetscBool)(6 * model->rows.n_rows <= direct_max);
  PetscCall(system->direct ? set_up_direct(model, system->ksp) : set_up_iterative(model, system->ksp));
  PetscCall(PetscTime(&end));
  system->setup_s = end - begin;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* change = K^-1 rhs on the free components, 0 on the others; rhs and change [n_nodes][6]. */
static PetscErrorCode correct(FrameModel *model, const double (*rhs)[6], double (*change)[6], PetscInt *iterations) {
  FrameSystem *system = &model->system;
  const FrameRows *rows = &model->rows;
  KSPConvergedReason reason;
  PetscInt its;
  double *b;
  const double *x;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(system->b, &b));
  for (PetscInt k = rows->first; k < rows->end; k++)
    for (int c = 0; c < 6; c++)
      b[6 * (k - rows->first) + c] = model->held[rows->node[k]][c] < 0 ? rhs[rows->node[k]][c] : 0;
  PetscCall(VecRestoreArrayWrite(system->b, &b));
  PetscCall(KSPSolve(system->ksp, system->b, system->x));
  PetscCall(KSPGetConvergedReason(system->ksp, &reason));
  PetscCall(KSPGetIterationNumber(system->ksp, &its));
  PetscCheck(reason > 0, model->comm, PETSC_ERR_NOT_CONVERGED,
             "frame: the linear solver gave up after %" PetscInt_FMT " iterations (%s)", its,
             KSPConvergedReasons[reason]);
  *iterations += its;
  PetscCall(VecScatterBegin(system->to_all, system->x, system->all, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecScatterEnd(system->to_all, system->x, system->all, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecGetArrayRead(system->all, &x));
  PetscCall(PetscArrayzero(change, model->graph->n_nodes));
  for (PetscInt k = 0; k < rows->n_rows; k++)
    for (int c = 0; c < 6; c++)
      change[rows->node[k]][c] = model->held[rows->node[k]][c] < 0 ? x[6 * k + c] : 0;
  PetscCall(VecRestoreArrayRead(system->all, &x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Out of balance rest = force - K u on the free components, its norm relative to reactions and loads (periodic: to the
   forces in the struts), moments divided by the mean strut length. rounding: nothing but rounding is left. */
static void balance(FrameModel *model, const double strain[6], const double (*force)[6], const double (*u)[6],
                    double *relative, PetscBool *rounding) {
  double(*f)[6] = model->internal, rest = 0, held = 0, load = 0, largest, carried;

  frame_internal_forces(model, u, strain, f, &largest, &carried);
  for (PetscInt i = 0; i < model->graph->n_nodes; i++)
    for (int c = 0; c < 6; c++) {
      double weight = c < 3 ? 1 : 1 / model->length, applied = force ? force[i][c] : 0;
      if (model->held[i][c] < 0) {
        load += PetscSqr(weight * applied);
        f[i][c] = applied - f[i][c];
        rest += PetscSqr(weight * f[i][c]);
      } else {
        held += PetscSqr(weight * f[i][c]);
      }
    }
  double reference = strain ? carried : PetscSqrtReal(held + load);
  rest = PetscSqrtReal(rest);
  if (reference <= ROUNDING * largest) /* a rigid motion: no forces at all */
    reference = largest;
  *relative = reference > 0 ? rest / reference : 0;
  *rounding = (PetscBool)(rest <= ROUNDING * largest);
}

PetscErrorCode frame_equilibrate(FrameModel *model, const double strain[6], const double (*force)[6], double (*u)[6],
                                 SolveInfo *info) {
  PetscBool direct = model->system.direct, rounding;
  double target = direct ? PetscMin(DIRECT_RESIDUAL, model->options.rtol) : model->options.rtol;
  PetscLogDouble begin, end;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&begin));
  info->model = "frame";
  info->dofs = (PetscInt64)6 * model->rows.n_rows;
  info->iterations = 0;
  balance(model, strain, force, (const double(*)[6])u, &info->relative_residual, &rounding);
  for (int pass = 0; pass < (direct ? DIRECT_PASSES : ITERATIVE_PASSES); pass++) {
    if (info->relative_residual <= (pass ? target : 0))
      break;
    if (!direct && pass) /* only what is missing; how far the first pass must go shows when the reactions are known */
      PetscCall(KSPSetTolerances(model->system.ksp, 0.3 * target / info->relative_residual, PETSC_DEFAULT,
                                 PETSC_DEFAULT, PETSC_DEFAULT));
    PetscCall(correct(model, (const double(*)[6])model->internal, model->change, &info->iterations));
    for (PetscInt i = 0; i < model->graph->n_nodes; i++)
      for (int c = 0; c < 6; c++)
        u[i][c] += model->change[i][c];
    balance(model, strain, force, (const double(*)[6])u, &info->relative_residual, &rounding);
    if (rounding)
      break;
  }
  if (!direct)
    PetscCall(KSPSetTolerances(model->system.ksp, target, PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT));
  PetscCheck(info->relative_residual <= PetscMax(target, model->options.rtol), model->comm, PETSC_ERR_NOT_CONVERGED,
             "frame: relative residual %.2g after %" PetscInt_FMT " iterations, wanted %.2g%s", info->relative_residual,
             info->iterations, model->options.rtol,
             rounding ? ": stiff and soft parts differ by more than double precision can resolve" : "");
  PetscCall(PetscTime(&end));
  info->solve_s = end - begin;
  info->setup_s = model->system.setup_s;
  model->system.setup_s = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_residual(FrameModel *model, const double (*u)[6], const double (*force)[6], double *relative) {
  PetscBool rounding;

  PetscFunctionBeginUser;
  PetscCheck(model->n_grips, model->comm, PETSC_ERR_ORDER, "frame_residual before frame_grips");
  balance(model, NULL, force, u, relative, &rounding);
  PetscFunctionReturn(PETSC_SUCCESS);
}
