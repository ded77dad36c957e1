/* Equilibrium of several states at once: the factorisation takes all right-hand sides together, multigrid one after the
   other; both are refined until the true residual is small. */
#include "solver/frame/frame_model.h"
#include <petsctime.h>

/* A direct solution is refined until its relative residual is below this, at most so often. */
static const double DIRECT_RESIDUAL = 1e-10;
enum { DIRECT_PASSES = 3, ITERATIVE_PASSES = 6 };
/* A residual this small against stiffness times displacement is rounding: no further correction can help. */
static const double ROUNDING = 1e-14;

/* x = K^-1 b, both [n][6 * rows of this rank]. */
static PetscErrorCode solve_direct(const FrameModel *model, PetscInt n, double *b, double *x) {
  const FrameNumbers *numbers = &model->system.numbers;
  PetscInt mine = 6 * (numbers->end - numbers->first);
  Mat B, X;

  PetscFunctionBeginUser;
  PetscCall(MatCreateDense(model->comm, mine, PETSC_DECIDE, 6 * numbers->n_rows, n, b, &B));
  PetscCall(MatCreateDense(model->comm, mine, PETSC_DECIDE, 6 * numbers->n_rows, n, x, &X));
  PetscCall(MatMatSolve(model->system.factor, B, X));
  PetscCall(MatDestroy(&B));
  PetscCall(MatDestroy(&X));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One right-hand side. */
static PetscErrorCode solve_iterative(const FrameModel *model, double rtol, const double *b, double *x,
                                      PetscInt *iterations) {
  const FrameNumbers *numbers = &model->system.numbers;
  PetscInt mine = 6 * (numbers->end - numbers->first), its;
  KSPConvergedReason reason;
  Vec B, X;

  PetscFunctionBeginUser;
  PetscCall(VecCreateMPIWithArray(model->comm, 6, mine, PETSC_DECIDE, b, &B));
  PetscCall(VecCreateMPIWithArray(model->comm, 6, mine, PETSC_DECIDE, x, &X));
  PetscCall(KSPSetTolerances(model->system.ksp, rtol, 0, PETSC_DEFAULT, PETSC_DEFAULT));
  PetscCall(KSPSolve(model->system.ksp, B, X));
  PetscCall(KSPGetConvergedReason(model->system.ksp, &reason));
  PetscCall(KSPGetIterationNumber(model->system.ksp, &its));
  PetscCheck(reason > 0, model->comm, PETSC_ERR_NOT_CONVERGED,
             "frame: the linear solver gave up after %" PetscInt_FMT " iterations (%s)", its,
             KSPConvergedReasons[reason]);
  *iterations += its;
  PetscCall(VecDestroy(&B));
  PetscCall(VecDestroy(&X));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The solution of one right-hand side, x [6 * rows of this rank], to all kept nodes of v on every rank. */
static PetscErrorCode share(const FrameModel *model, const double *x, double *all, const PetscMPIInt *count,
                            const PetscMPIInt *place, double (*v)[6]) {
  const FrameNumbers *numbers = &model->system.numbers;
  const FrameCondensation *out = &model->system.out;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(model->comm, &rank));
  PetscCallMPI(MPI_Allgatherv(x, count[rank], MPI_DOUBLE, all, count, place, MPI_DOUBLE, model->comm));
  for (PetscInt i = 0; i < model->graph->n_nodes; i++)
    if (out->role[i] == ROLE_NONE)
      PetscCall(PetscArrayzero(v[i], 6));
  for (PetscInt k = 0; k < numbers->n_rows; k++) {
    PetscInt i = numbers->node[k];
    for (int c = 0; c < 6; c++)
      v[i][c] = model->held[i][c] < 0 ? all[6 * k + c] : 0;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A state on its way to equilibrium. */
typedef struct Pursuit {
  const FrameLoad *load;
  SolveInfo *info;
  double (*v)[6]; /* [n_nodes] what is out of balance, then the correction */
  double rtol;    /* of the next iterative correction */
  PetscBool rounding;
} Pursuit;

/* Corrections of n states from what is out of balance, added to their u. */
static PetscErrorCode correct(FrameModel *model, PetscInt n, Pursuit *const *p) {
  FrameSystem *system = &model->system;
  const FrameNumbers *numbers = &system->numbers;
  PetscInt mine = 6 * (numbers->end - numbers->first);
  PetscMPIInt size, *count, *place, own = (PetscMPIInt)mine;
  double *b, *x, *all;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(model->comm, &size));
  PetscCall(PetscMalloc5(n * mine, &b, n * mine, &x, 6 * numbers->n_rows, &all, size, &count, size, &place));
  PetscCallMPI(MPI_Allgather(&own, 1, MPI_INT, count, 1, MPI_INT, model->comm));
  for (PetscMPIInt r = 0, sum = 0; r < size; sum += count[r++])
    place[r] = sum;
  for (PetscInt a = 0; a < n; a++) {
    frame_reduce(model, &system->out, p[a]->v);
    for (PetscInt k = 0; k < mine; k++) {
      PetscInt i = numbers->node[numbers->first + k / 6], c = k % 6;
      b[a * mine + k] = model->held[i][c] < 0 ? p[a]->v[i][c] : 0;
    }
  }
  if (system->factor)
    PetscCall(solve_direct(model, n, b, x));
  for (PetscInt a = 0; a < n; a++) {
    if (system->ksp)
      PetscCall(solve_iterative(model, p[a]->rtol, b + a * mine, x + a * mine, &p[a]->info->iterations));
    PetscCall(share(model, x + a * mine, all, count, place, p[a]->v));
    frame_recover(model, &system->out, p[a]->v);
    for (PetscInt i = 0; i < model->graph->n_nodes; i++)
      for (int c = 0; c < 6; c++)
        p[a]->load->u[i][c] += p[a]->v[i][c];
  }
  PetscCall(PetscFree5(b, x, all, count, place));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Out of balance rest = force - K u on the free components, its norm relative to reactions and loads (periodic: to the
   forces in the struts), moments divided by the mean strut length. rounding: nothing but rounding is left. */
static void balance(const FrameModel *model, const FrameLoad *load, double (*f)[6], double *relative,
                    PetscBool *rounding) {
  double rest = 0, held = 0, loads = 0, largest, carried;

  frame_internal_forces(model, (const double(*)[6])load->u, load->strain, f, &largest, &carried);
  for (PetscInt i = 0; i < model->graph->n_nodes; i++)
    for (int c = 0; c < 6; c++) {
      double weight = c < 3 ? 1 : 1 / model->length, applied = load->force ? load->force[i][c] : 0;
      if (model->held[i][c] < 0) {
        loads += PetscSqr(weight * applied);
        f[i][c] = applied - f[i][c];
        rest += PetscSqr(weight * f[i][c]);
      } else {
        held += PetscSqr(weight * f[i][c]);
      }
    }
  double reference = load->strain ? carried : PetscSqrtReal(held + loads);
  rest = PetscSqrtReal(rest);
  if (loads == 0 && reference <= ROUNDING * largest) /* a rigid motion: no forces at all */
    reference = largest;
  *relative = reference > 0 ? rest / reference : 0;
  *rounding = (PetscBool)(rest <= ROUNDING * largest);
}

/* Corrects the states that are not there yet, pass by pass. */
static PetscErrorCode pursue(FrameModel *model, PetscInt n, Pursuit *p, double target) {
  PetscInt passes = model->system.ksp ? ITERATIVE_PASSES : DIRECT_PASSES, m = n;
  Pursuit **left;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &left));
  for (PetscInt a = 0; a < n; a++)
    balance(model, p[a].load, p[a].v, &p[a].info->relative_residual, &p[a].rounding);
  for (PetscInt pass = 0; pass < passes && m > 0; pass++) {
    m = 0;
    for (PetscInt a = 0; a < n; a++) {
      double residual = p[a].info->relative_residual;
      if (residual <= (pass ? target : 0) || (pass && p[a].rounding))
        continue;
      /* only what is missing; how far the first pass must go shows when the reactions are known */
      p[a].rtol = pass ? 0.3 * target / residual : target;
      left[m++] = &p[a];
    }
    if (m)
      PetscCall(correct(model, m, left));
    for (PetscInt a = 0; a < m; a++)
      balance(model, left[a]->load, left[a]->v, &left[a]->info->relative_residual, &left[a]->rounding);
  }
  PetscCall(PetscFree(left));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_equilibrate(FrameModel *model, PetscInt n, const FrameLoad *load, SolveInfo *info) {
  double target = model->options.rtol;
  PetscLogDouble begin, end;
  Pursuit *p;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&begin));
  if (!model->system.ksp)
    target = PetscMin(DIRECT_RESIDUAL, target);
  PetscCall(PetscMalloc1(n, &p));
  for (PetscInt a = 0; a < n; a++) {
    info[a].model = "frame";
    info[a].dofs = (PetscInt64)6 * model->rows.n_walk;
    info[a].iterations = 0;
    p[a] = (Pursuit){.load = &load[a], .info = &info[a]};
    PetscCall(PetscMalloc1(model->graph->n_nodes, &p[a].v));
  }
  PetscCall(pursue(model, n, p, target));
  PetscInt missed = -1;
  PetscBool rounding = PETSC_FALSE;
  for (PetscInt a = n - 1; a >= 0; a--) { /* the first one that is not solved */
    if (!(info[a].relative_residual <= PetscMax(target, model->options.rtol)))
      missed = a, rounding = p[a].rounding;
    PetscCall(PetscFree(p[a].v));
  }
  PetscCall(PetscFree(p));
  PetscCheck(
      missed < 0, model->comm, PETSC_ERR_NOT_CONVERGED,
      "frame: forces out of balance %.2g of the reactions after %" PetscInt_FMT
      " iterations, wanted %.2g (solver.rtol and solver.equilibrium, the smaller one); %.2g for both accepts this%s",
      info[missed].relative_residual, info[missed].iterations, model->options.rtol,
      1.1 * info[missed].relative_residual,
      rounding ? ": stiff and soft parts differ by more than double precision can resolve" : "");
  PetscCall(PetscTime(&end));
  for (PetscInt a = 0; a < n; a++) {
    info[a].solve_s = (end - begin) / (double)n;
    info[a].setup_s = a ? 0 : model->system.setup_s;
  }
  model->system.setup_s = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_residual(FrameModel *model, const double (*u)[6], const double (*force)[6], double *relative) {
  const FrameLoad load = {.force = force, .u = (double(*)[6])(uintptr_t)u}; /* only read here */
  PetscBool rounding;

  PetscFunctionBeginUser;
  PetscCheck(model->n_grips, model->comm, PETSC_ERR_ORDER, "frame_residual before frame_grips");
  balance(model, &load, model->internal, relative, &rounding);
  PetscFunctionReturn(PETSC_SUCCESS);
}
