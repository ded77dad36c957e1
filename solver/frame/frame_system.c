/* The solver of the kept nodes: MUMPS Cholesky, beyond a size conjugate gradients with smoothed aggregation and rigid
   modes. */
#include "solver/frame/frame_model.h"
#include <petsctime.h>

/* Degrees of freedom of kept nodes up to which the factorisation is used (PETSc option -frame_direct_max_dofs): there
   it costs as much as two solutions by multigrid in a cube, less in a long body (bench/NOTES.md). */
static const PetscInt DIRECT_MAX_DOFS = 60000;
/* Smoothing steps before and after. */
enum { SMOOTHINGS = 2 };

PetscErrorCode frame_system_free(FrameSystem *system) {
  PetscFunctionBeginUser;
  PetscCall(KSPDestroy(&system->ksp));
  PetscCall(MatDestroy(&system->factor));
  PetscCall(MatDestroy(&system->K));
  PetscCall(frame_numbers_free(&system->numbers));
  PetscCall(frame_condense_free(&system->out));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The six rigid motions of the kept nodes, orthonormal, for the coarse spaces. */
static PetscErrorCode set_rigid_modes(const FrameModel *model, Mat K) {
  const FrameNumbers *numbers = &model->system.numbers;
  Vec mode[6];
  MatNullSpace space;
  double centre[3] = {0, 0, 0};

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < numbers->n_rows; k++)
    for (int c = 0; c < 3; c++)
      centre[c] += model->graph->x[numbers->node[k]][c] / (double)numbers->n_rows;
  for (int m = 0; m < 6; m++) {
    double motion[6] = {0}, *value;
    motion[m] = 1;
    PetscCall(MatCreateVecs(K, &mode[m], NULL));
    PetscCall(VecGetArrayWrite(mode[m], &value));
    for (PetscInt k = numbers->first; k < numbers->end; k++, value += 6) {
      grip_displacement(motion, centre, model->graph->x[numbers->node[k]], value);
      for (int c = 0; c < 3; c++)
        value[3 + c] = motion[3 + c];
    }
    value -= 6 * (numbers->end - numbers->first);
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
static PetscErrorCode set_up_direct(const FrameModel *model, FrameSystem *system) {
  MatFactorInfo how;
  MatFactorError failed;
  PetscInt code, detail;

  PetscFunctionBeginUser;
  PetscCall(frame_assemble(model, &system->out, &system->numbers, MATSBAIJ, &system->K));
  PetscCall(MatGetFactor(system->K, MATSOLVERMUMPS, MAT_FACTOR_CHOLESKY, &system->factor));
  PetscCall(MatMumpsSetIcntl(system->factor, 14, 50)); /* per cent more work space than estimated */
  PetscCall(MatFactorInfoInitialize(&how));
  PetscCall(MatCholeskyFactorSymbolic(system->factor, system->K, NULL, &how));
  PetscCall(MatCholeskyFactorNumeric(system->factor, system->K, &how));
  PetscCall(MatFactorGetError(system->factor, &failed));
  if (failed) {
    PetscCall(MatMumpsGetInfog(system->factor, 1, &code));
    PetscCall(MatMumpsGetInfog(system->factor, 2, &detail));
    PetscCheck(code != -10 && code != -40, model->comm, PETSC_ERR_USER_INPUT,
               "frame: the stiffness matrix is singular: the frame or its supports are a mechanism, or its struts are "
               "thinner than the numbers can tell");
    SETERRQ(model->comm, PETSC_ERR_LIB, "MUMPS returned INFOG(1) = %" PetscInt_FMT ", INFOG(2) = %" PetscInt_FMT, code,
            detail);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Smoothing by Chebyshev on the nodes' own blocks instead of symmetric SOR: a few more iterations of half the price
   (options -frame_mg_levels_* override). It and the conjugate gradients read the finest matrix in blocks, MATBAIJ,
   which takes 60 % of the time; only the set-up of the coarse levels wants MATAIJ, which is let go. */
static PetscErrorCode change_over(const FrameModel *model, FrameSystem *system) {
  PetscInt levels = 0;
  PetscBool multigrid;
  KSP smoother;
  PC pc, own;

  PetscFunctionBeginUser;
  PetscCall(KSPGetPC(system->ksp, &pc));
  PetscCall(PetscObjectTypeCompareAny((PetscObject)pc, &multigrid, PCML, PCGAMG, ""));
  if (multigrid)
    PetscCall(PCMGGetLevels(pc, &levels));
  if (levels < 2)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(MatDestroy(&system->K));
  PetscCall(frame_assemble(model, &system->out, &system->numbers, MATBAIJ, &system->K));
  for (PetscInt l = 1; l < levels; l++) {
    PetscCall(PCMGGetSmoother(pc, l, &smoother));
    PetscCall(KSPSetType(smoother, KSPCHEBYSHEV));
    PetscCall(KSPSetTolerances(smoother, PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT, SMOOTHINGS));
    PetscCall(KSPGetPC(smoother, &own));
    PetscCall(PCSetType(own, PCPBJACOBI));
    PetscCall(KSPSetFromOptions(smoother));
  }
  PetscCall(KSPSetOperators(smoother, system->K, system->K)); /* the finest one */
  PetscCall(KSPSetReusePreconditioner(system->ksp, PETSC_TRUE));
  PetscCall(KSPSetOperators(system->ksp, system->K, system->K));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode set_up_iterative(const FrameModel *model, FrameSystem *system) {
  PC pc;
  KSP ksp;

  PetscFunctionBeginUser;
  PetscCall(frame_assemble(model, &system->out, &system->numbers, MATAIJ, &system->K));
  PetscCall(set_rigid_modes(model, system->K));
  PetscCall(KSPCreate(model->comm, &system->ksp));
  ksp = system->ksp;
  PetscCall(KSPSetOptionsPrefix(ksp, "frame_"));
  PetscCall(KSPSetOperators(ksp, system->K, system->K));
  PetscCall(KSPSetType(ksp, KSPCG));
  PetscCall(KSPSetNormType(ksp, KSP_NORM_UNPRECONDITIONED));
  PetscCall(KSPSetTolerances(ksp, model->options.rtol, 0, PETSC_DEFAULT, 2000));
  PetscCall(KSPGetPC(ksp, &pc));
#if defined(PETSC_HAVE_ML) /* less work to set up than GAMG and fewer iterations, a quarter more memory */
  PetscCall(PCSetType(pc, PCML));
#else
  PetscCall(PCSetType(pc, PCGAMG));
#endif
  PetscCall(KSPSetFromOptions(ksp));
  PetscCall(KSPSetUp(ksp));
  PetscCall(change_over(model, system));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_system_create(FrameModel *model) {
  FrameSystem *system = &model->system;
  PetscInt direct_max = DIRECT_MAX_DOFS;
  PetscLogDouble begin, end;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&begin));
  PetscCall(frame_system_free(system));
  PetscCall(frame_condense(model, &system->out));
  PetscCall(frame_numbers_create(model, &system->out, &system->numbers));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-frame_direct_max_dofs", &direct_max, NULL));
  PetscBool direct = (PetscBool)(6 * system->numbers.n_rows <= direct_max);
  if (system->numbers.n_rows)
    PetscCall(direct ? set_up_direct(model, system) : set_up_iterative(model, system));
  PetscCall(PetscTime(&end));
  system->setup_s = end - begin;
  PetscFunctionReturn(PETSC_SUCCESS);
}
