#include "solver/frame/frame_buckling.h"
#include "solver/frame/frame_model.h"
#include "solver/frame/strut_geometric.h"
#include <petsctime.h>
#include <slepceps.h>
#include <stdbool.h>

/* Unknowns: the free components of the nodes, node by node; six of each node inside a strut; six of each released
   plate. */
struct FrameBuckling {
  FrameModel *model;
  BucklingOptions options;
  const double (*u)[6];
  PetscInt (*dof)[6];            /* [n_nodes] unknown of a component, -1: held */
  PetscInt *plate;               /* [n_nodes] released grip that holds the node, -1: none */
  PetscInt n, inner, first, end; /* unknowns; the first one inside struts; this rank's */
  Mat K, G;                      /* G = -K_g: the eigenvalues of G phi = mu K phi are 1/factor */
  KSP ksp;                       /* K factorised */
  EPS eps;                       /* while solving */
  double least_mu;
  double setup_s; /* not yet told to a SolveInfo */
};

/* One element of a strut. */
typedef struct Piece {
  StrutElement strut;
  PetscInt dof[12];
  double offset[2][3], force[12];
} Piece;

static PetscErrorCode check(const FrameModel *model, const BucklingOptions *options) {
  PetscFunctionBeginUser;
  PetscCheck(model->n_grips, model->comm, PETSC_ERR_ORDER, "frame_buckling before frame_grips");
  PetscCheck(options->pieces >= 1 && options->modes >= 1, model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "buckling: %" PetscInt_FMT " pieces and %" PetscInt_FMT " modes: both must be at least 1", options->pieces,
             options->modes);
  PetscCheck(model->n_grips >= 32 || !(options->released >> model->n_grips), model->comm, PETSC_ERR_ARG_OUTOFRANGE,
             "buckling: released grips 0x%x of %" PetscInt_FMT, options->released, model->n_grips);
  for (PetscInt g = 0; g < PetscMin(model->n_grips, 32); g++)
    PetscCheck(!(options->released >> g & 1) || model->grips[g].fixed == GRIP_ALL, model->comm, PETSC_ERR_ARG_WRONG,
               "buckling: grip '%s' is to move as a whole, but does not tie all six components", model->grips[g].name);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode number(FrameBuckling *b) {
  const FrameModel *model = b->model;
  const Graph *graph = model->graph;
  PetscInt n = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(graph->n_nodes, &b->dof, graph->n_nodes, &b->plate));
  PetscCall(PetscMemzero(b->plate, (size_t)graph->n_nodes * sizeof *b->plate));
  for (PetscInt s = 0; s < graph->n_struts; s++)
    b->plate[graph->strut[s][0]] = b->plate[graph->strut[s][1]] = 1;
  for (PetscInt i = 0; i < graph->n_nodes; i++) {
    for (int c = 0; c < 6; c++)
      b->dof[i][c] = b->plate[i] && model->held[i][c] < 0 ? n++ : -1;
    PetscInt g = b->dof[i][0] < 0 && b->plate[i] ? model->held[i][0] : -1;
    b->plate[i] = g >= 0 && g < 32 && b->options.released >> g & 1 ? g : -1;
  }
  b->inner = n;
  n += 6 * (b->options.pieces - 1) * graph->n_struts;
  for (PetscInt g = 0; g < PetscMin(model->n_grips, 32); g++) {
    if (!(b->options.released >> g & 1))
      continue;
    for (PetscInt i = 0; i < graph->n_nodes; i++)
      for (int c = 0; c < 6 && b->plate[i] == g; c++) {
        PetscCheck(model->held[i][c] == g, model->comm, PETSC_ERR_ARG_WRONG,
                   "buckling: node %" PetscInt_FMT " of the moving grip '%s' is held by another one too", i,
                   model->grips[g].name);
        b->dof[i][c] = n + c;
      }
    n += 6;
  }
  b->n = n;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Piece k of strut s. Between lattice nodes nothing loads it: the force is the same along the strut and the moment
   follows from it. */
static Piece piece_of(const FrameBuckling *b, PetscInt s, PetscInt k) {
  const FrameModel *model = b->model;
  const StrutElement *whole = &model->element[s];
  const PetscInt *node = model->graph->strut[s], pieces = b->options.pieces;
  Piece p = {0};
  StrutDeformation q;

  if (b->u) {
    frame_deform(model, s, b->u, NULL, &q);
    strut_forces(whole, &q, p.force);
  }
  strut_piece(whole, (int)pieces, (int)k, &p.strut);
  strut_stiffen(&p.strut, model->options.young_MPa, model->options.poisson, model->options.timoshenko);
  strut_limit(&p.strut, model->options.young_MPa, model->length, FRAME_STIFFEST);
  for (int end = 0; end < 2; end++) {
    PetscInt outer = end ? pieces - 1 : 0, g = b->plate[node[end]];
    if (k == outer) {
      for (int c = 0; c < 6; c++)
        p.dof[6 * end + c] = b->dof[node[end]][c];
      for (int c = 0; c < 3 && g >= 0; c++)
        p.offset[end][c] = model->graph->x[node[end]][c] - model->grips[g].at[c];
      continue;
    }
    double way = (end ? whole->zone[1] : whole->zone[0]) + p.strut.length * (double)(end ? pieces - 1 - k : k);
    double *f = p.force + 6 * end, side = end ? -1 : 1;
    for (int c = 0; c < 3;
         c++) { /* moment about the inner node: that about the outer one - way along the axis x force */
      int i = (c + 1) % 3, j = (c + 2) % 3;
      f[3 + c] -= side * way * (whole->axis[i] * f[j] - whole->axis[j] * f[i]);
    }
    for (int c = 0; c < 6; c++)
      p.dof[6 * end + c] = b->inner + 6 * ((pieces - 1) * s + k - 1 + end) + c;
  }
  return p;
}

/* Room of the rows: each strut couples a node with one more at each end, and with the plates. */
static PetscErrorCode create_matrices(FrameBuckling *b) {
  const Graph *graph = b->model->graph;
  PetscInt mine = PETSC_DECIDE, *inside, *outside, sum;

  PetscFunctionBeginUser;
  PetscCall(PetscSplitOwnership(b->model->comm, &mine, &b->n));
  PetscCallMPI(MPI_Scan(&mine, &b->end, 1, MPIU_INT, MPI_SUM, b->model->comm));
  b->first = b->end - mine;
  PetscCall(PetscMalloc2(mine, &inside, mine, &outside));
  for (PetscInt r = 0; r < mine; r++)
    inside[r] = b->first + r < b->inner ? 6 : 18;
  for (PetscInt s = 0; s < graph->n_struts; s++)
    for (int end = 0; end < 2; end++)
      for (int c = 0; c < 6; c++) {
        PetscInt r = b->dof[graph->strut[s][end]][c] - b->first;
        if (r >= 0 && r < mine)
          inside[r] += 6;
      }
  for (PetscInt r = 0; r < mine; r++) {
    sum = PetscMin(inside[r], b->n);
    inside[r] = PetscMin(sum, mine);
    outside[r] = PetscMin(sum, b->n - mine);
  }
  for (int m = 0; m < 2; m++) {
    Mat *A = m ? &b->G : &b->K;
    PetscCall(MatCreateAIJ(b->model->comm, mine, mine, b->n, b->n, 0, inside, 0, outside, A));
    PetscCall(MatSetOption(*A, MAT_SYMMETRIC, PETSC_TRUE));
  }
  PetscCall(MatSetOption(b->K, MAT_SPD, PETSC_TRUE));
  PetscCall(PetscFree2(inside, outside));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* K (geometric false) or G. Every rank enters its own rows only. */
static PetscErrorCode assemble(FrameBuckling *b, bool geometric, Mat A) {
  PetscFunctionBeginUser;
  PetscCall(MatZeroEntries(A));
  for (PetscInt s = 0; s < b->model->graph->n_struts; s++)
    for (PetscInt k = 0; k < b->options.pieces; k++) {
      Piece p = piece_of(b, s, k);
      double matrix[144];
      PetscInt row[12], own = 0;
      for (int i = 0; i < 12; i++) {
        row[i] = p.dof[i] >= b->first && p.dof[i] < b->end ? p.dof[i] : -1;
        own += row[i] >= 0;
      }
      if (!own)
        continue;
      if (geometric) {
        strut_geometric(&p.strut, (const double(*)[3])p.offset, p.force, matrix);
        for (int i = 0; i < 144; i++)
          matrix[i] = -matrix[i];
      } else {
        strut_offset_stiffness(&p.strut, (const double(*)[3])p.offset, matrix);
      }
      PetscCall(MatSetValues(A, 12, row, 12, p.dof, matrix, ADD_VALUES)); /* negative numbers are left out */
    }
  PetscCall(MatAssemblyBegin(A, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(A, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode start_slepc(void) {
  PetscBool started;

  PetscFunctionBeginUser;
  PetscCall(SlepcInitialized(&started));
  if (!started) {
    PetscCall(SlepcInitializeNoArguments());
    PetscCall(PetscRegisterFinalize(SlepcFinalize));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A strut strained by this much does not buckle any more: larger factors do not count. */
static const double LARGEST_STRAIN = 10;

/* 1/factor at which the most stressed strut reaches that strain. */
static PetscErrorCode least_mu(const FrameBuckling *b, double *least) {
  const PetscInt n = b->model->graph->n_struts;
  Section *section;
  double mises = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &section));
  PetscCall(frame_sections(b->model, b->u, section));
  for (PetscInt s = 0; s < n; s++)
    mises = PetscMax(mises, section[s].mises);
  PetscCall(PetscFree(section));
  PetscCheck(mises > 0, b->model->comm, PETSC_ERR_USER_INPUT, "buckling: the state has no forces");
  *least = mises / b->model->options.young_MPa / LARGEST_STRAIN;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Relative to mu; what does not count need only be seen not to. */
static PetscErrorCode relative_error(EPS eps, PetscScalar mu, PetscScalar imaginary, PetscReal residual,
                                     PetscReal *error, void *context) {
  const FrameBuckling *b = context;

  PetscFunctionBeginUser;
  (void)eps, (void)imaginary;
  *error = mu > b->least_mu ? residual / mu : b->options.rtol * residual / b->least_mu;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode factorise(FrameBuckling *b) {
  PC pc;
  Mat factor;
  PCFailedReason failed;

  PetscFunctionBeginUser;
  PetscCall(KSPCreate(b->model->comm, &b->ksp));
  PetscCall(KSPSetType(b->ksp, KSPPREONLY));
  PetscCall(KSPSetOperators(b->ksp, b->K, b->K));
  PetscCall(KSPGetPC(b->ksp, &pc));
  PetscCall(PCSetType(pc, PCCHOLESKY));
  PetscCall(PCFactorSetMatSolverType(pc, MATSOLVERMUMPS));
  PetscCall(PCFactorSetUpMatSolverType(pc));
  PetscCall(PCFactorGetMatrix(pc, &factor));
  PetscCall(MatMumpsSetIcntl(factor, 14, 50)); /* per cent more work space than estimated */
  PetscCall(KSPSetUp(b->ksp));
  PetscCall(PCGetFailedReason(pc, &failed));
  PetscCheck(!failed, b->model->comm, PETSC_ERR_USER_INPUT,
             "buckling: the stiffness matrix is singular: without its released grips the frame is held by nothing");
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* K is positive definite and makes the inner product; its one Cholesky factor serves all steps. Shift-and-invert about
   load factor 0: the lowest positive factors are the largest mu and converge first. SLEPc wants a solver of its own
   for each G. */
static PetscErrorCode create_solver(FrameBuckling *b) {
  ST st;

  PetscFunctionBeginUser;
  PetscCall(start_slepc());
  PetscCall(EPSCreate(b->model->comm, &b->eps));
  PetscCall(EPSSetOptionsPrefix(b->eps, "buckling_"));
  PetscCall(EPSSetOperators(b->eps, b->G, b->K));
  PetscCall(EPSSetProblemType(b->eps, EPS_GHEP));
  PetscCall(EPSSetType(b->eps, EPSKRYLOVSCHUR));
  PetscCall(EPSSetWhichEigenpairs(b->eps, EPS_LARGEST_REAL));
  PetscCall(EPSSetDimensions(b->eps, b->options.modes, PETSC_DEFAULT, PETSC_DEFAULT));
  PetscCall(EPSSetTolerances(b->eps, b->options.rtol, 500));
  PetscCall(EPSSetConvergenceTestFunction(b->eps, relative_error, b, NULL));
  PetscCall(EPSGetST(b->eps, &st));
  PetscCall(STSetKSP(st, b->ksp));
  PetscCall(EPSSetFromOptions(b->eps));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Largest displacement at the nodes (plates included) and inside the struts; the nodes' motions to mode (or NULL),
   scaled. */
static void measure(const FrameBuckling *b, const double *x, BucklingMode *found, double (*mode)[6]) {
  const FrameModel *model = b->model;
  double at_nodes = 0, inside = 0;

  for (PetscInt i = 0; i < model->graph->n_nodes; i++) {
    double v[6], turned[3];
    for (int c = 0; c < 6; c++)
      v[c] = b->dof[i][c] < 0 ? 0 : x[b->dof[i][c]];
    if (b->plate[i] >= 0) {
      grip_displacement(v, model->grips[b->plate[i]].at, model->graph->x[i], turned);
      for (int c = 0; c < 3; c++)
        v[c] = turned[c];
    }
    at_nodes = PetscMax(at_nodes, v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    for (int c = 0; c < 6 && mode; c++)
      mode[i][c] = v[c];
  }
  for (PetscInt k = b->inner; k + 6 <= b->inner + 6 * (b->options.pieces - 1) * model->graph->n_struts; k += 6)
    inside = PetscMax(inside, x[k] * x[k] + x[k + 1] * x[k + 1] + x[k + 2] * x[k + 2]);
  double largest = PetscSqrtReal(PetscMax(at_nodes, inside));
  found->at_nodes = PetscSqrtReal(at_nodes) / largest;
  for (PetscInt i = 0; i < model->graph->n_nodes && mode; i++)
    for (int c = 0; c < 6; c++)
      mode[i][c] /= largest;
}

static PetscErrorCode collect(FrameBuckling *b, PetscInt converged, PetscInt *n_found, BucklingMode *found,
                              double (*mode)[6]) {
  Vec x, all;
  VecScatter to_all;

  PetscFunctionBeginUser;
  *n_found = 0;
  PetscCall(MatCreateVecs(b->K, &x, NULL));
  PetscCall(VecScatterCreateToAll(x, &to_all, &all));
  for (PetscInt k = 0; k < PetscMin(converged, b->options.modes); k++) {
    PetscScalar mu;
    const PetscScalar *value;
    PetscCall(EPSGetEigenpair(b->eps, k, &mu, NULL, x, NULL));
    if (mu <= b->least_mu)
      break;
    found[k].factor = 1 / mu;
    PetscCall(EPSGetErrorEstimate(b->eps, k, &found[k].residual));
    PetscCall(VecScatterBegin(to_all, x, all, INSERT_VALUES, SCATTER_FORWARD));
    PetscCall(VecScatterEnd(to_all, x, all, INSERT_VALUES, SCATTER_FORWARD));
    PetscCall(VecGetArrayRead(all, &value));
    measure(b, value, &found[k], mode ? mode + k * b->model->graph->n_nodes : NULL);
    PetscCall(VecRestoreArrayRead(all, &value));
    *n_found = k + 1;
  }
  PetscCall(VecScatterDestroy(&to_all));
  PetscCall(VecDestroy(&all));
  PetscCall(VecDestroy(&x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_buckling_create(FrameModel *model, const BucklingOptions *options, FrameBuckling **created) {
  FrameBuckling *b;
  PetscLogDouble begin, end;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&begin));
  PetscCall(check(model, options));
  PetscCall(PetscNew(&b));
  b->model = model;
  b->options = *options;
  PetscCall(number(b));
  PetscCall(create_matrices(b));
  PetscCall(assemble(b, false, b->K));
  PetscCall(factorise(b));
  PetscCall(PetscTime(&end));
  b->setup_s = end - begin;
  *created = b;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_buckling_destroy(FrameBuckling **destroyed) {
  FrameBuckling *b = *destroyed;

  PetscFunctionBeginUser;
  if (!b)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(KSPDestroy(&b->ksp));
  PetscCall(MatDestroy(&b->K));
  PetscCall(MatDestroy(&b->G));
  PetscCall(PetscFree2(b->dof, b->plate));
  PetscCall(PetscFree(*destroyed));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_buckling_solve(FrameBuckling *b, const double (*u)[6], PetscInt *n_found, BucklingMode *found,
                                    double (*mode)[6], SolveInfo *info) {
  PetscInt converged = 0, iterations = 0;
  PetscLogDouble begin, end;
  PetscReal coupled;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&begin));
  b->u = u;
  PetscCall(least_mu(b, &b->least_mu));
  PetscCall(assemble(b, true, b->G));
  b->u = NULL;
  PetscCall(MatNorm(b->G, NORM_FROBENIUS, &coupled));
  if (coupled > 0) { /* else there are no unknowns, or none that the forces work on: nothing buckles */
    PetscCall(create_solver(b));
    PetscCall(EPSSolve(b->eps));
    PetscCall(EPSGetConverged(b->eps, &converged));
    PetscCall(EPSGetIterationNumber(b->eps, &iterations));
    PetscCheck(converged >= PetscMin(b->options.modes, b->n), b->model->comm, PETSC_ERR_NOT_CONVERGED,
               "buckling: %" PetscInt_FMT " of %" PetscInt_FMT " modes after %" PetscInt_FMT " iterations", converged,
               b->options.modes, iterations);
  }
  PetscCall(collect(b, converged, n_found, found, mode));
  PetscCall(EPSDestroy(&b->eps));
  PetscCall(PetscTime(&end));
  if (info) {
    *info = (SolveInfo){.model = "frame", .dofs = b->n, .iterations = iterations};
    PetscCall(PetscStrncpy(info->name, "buckling", sizeof info->name));
    info->setup_s = b->setup_s;
    info->solve_s = end - begin;
    for (PetscInt k = 0; k < *n_found; k++)
      info->relative_residual = PetscMax(info->relative_residual, found[k].residual);
  }
  b->setup_s = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}
