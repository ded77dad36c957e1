#include "solver/voxel_impl.h"
#include <math.h>
#include <string.h>

/* Solves in a row towards VoxelOptions.equilibrium: the first tells the size of the reactions, the second reaches it; a
   third only where the reactions were far off or round-off is the limit. */
enum { EQUILIBRIUM_ATTEMPTS = 3 };
/* Out-of-balance forces, over those of the motions on the undeformed body, that double precision surely reaches. */
static const double ROUND_OFF = 1e-12;

PetscErrorCode voxel_apply(VoxelModel *m, Vec u, Vec y) {
  const Grid *g = m->grid;
  const size_t owned = sizeof(double) * 3 * (size_t)g->nodes_owned, local = sizeof(double) * 3 * (size_t)g->nodes_local;
  const PetscScalar *from;
  PetscScalar *to;
  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(u, &from));
  PetscCall(VecGetArrayWrite(y, &to));
  const double *in = from;
  double *out = to;
  if (m->x) {
    PetscCall(PetscMemcpy(m->x, from, owned));
    PetscCall(halo_broadcast_double(&g->halo, m->x));
    in = m->x;
    out = m->y;
  }
  PetscCall(PetscMemzero(out, local));
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    BlockDouble ub, fb;
    leaf_gather_double(g->leaf, &g->leaf[l], in, &ub);
    leaf_multiply_double(&g->leaf[l], g->label[l], g->fraction ? g->fraction[l] : NULL, m->blocks, &ub, &fb);
    leaf_scatter_double(g->leaf, &g->leaf[l], &fb, out);
  }
  if (m->x) {
    PetscCall(halo_add_double(&g->halo, m->y));
    PetscCall(PetscMemcpy(to, m->y, owned));
  }
  PetscCall(VecRestoreArrayWrite(y, &to));
  PetscCall(VecRestoreArrayRead(u, &from));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode zero_tied(const VoxelModel *m, Vec v) {
  PetscScalar *a;
  PetscFunctionBeginUser;
  PetscCall(VecGetArray(v, &a));
  for (PetscInt t = 0; t < m->n_ties; ++t)
    a[m->tie[t].dof] = 0;
  PetscCall(VecRestoreArray(v, &a));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode operator_apply(Mat A, Vec u, Vec y) {
  VoxelModel *m;
  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &m));
  PetscCall(voxel_apply(m, u, y));
  PetscCall(zero_tied(m, y));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode preconditioner_apply(PC pc, Vec r, Vec z) {
  VoxelModel *m;
  const PetscScalar *from;
  PetscScalar *to;
  PetscFunctionBeginUser;
  PetscCall(PCShellGetContext(pc, &m));
  PetscCall(VecGetArrayRead(r, &from));
  PetscCall(VecGetArrayWrite(z, &to));
  PetscCall(multigrid_cycle(&m->mg, from, to));
  PetscCall(VecRestoreArrayWrite(z, &to));
  PetscCall(VecRestoreArrayRead(r, &from));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The body is free to translate (periodic): takes the mean out of each component. */
static PetscErrorCode remove_translations(MatNullSpace space, Vec v, void *context) {
  const VoxelModel *m = context;
  double mean[3] = {0, 0, 0}, all[3];
  PetscScalar *a;
  PetscFunctionBeginUser;
  (void)space;
  PetscCall(VecGetArray(v, &a));
  for (PetscInt i = 0; i < 3 * m->grid->nodes_owned; ++i)
    mean[i % 3] += a[i];
  PetscCallMPI(MPI_Allreduce(mean, all, 3, MPI_DOUBLE, MPI_SUM, m->grid->comm));
  for (PetscInt i = 0; i < 3 * m->grid->nodes_owned; ++i)
    a[i] -= all[i % 3] / (double)m->grid->nodes_global;
  PetscCall(VecRestoreArray(v, &a));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static bool fully_periodic(const Grid *g) { return g->box.periodic[0] && g->box.periodic[1] && g->box.periodic[2]; }

static PetscErrorCode krylov_create(VoxelModel *m) {
  const PetscInt n = 3 * m->grid->nodes_owned;
  MPI_Comm comm = m->grid->comm;
  MatNullSpace space;
  Mat A;
  PC pc;
  PetscFunctionBeginUser;
  PetscCall(VecCreateMPI(comm, n, PETSC_DETERMINE, &m->rhs));
  PetscCall(VecDuplicate(m->rhs, &m->step));
  PetscCall(MatCreateShell(comm, n, n, PETSC_DETERMINE, PETSC_DETERMINE, m, &A));
  PetscCall(MatShellSetOperation(A, MATOP_MULT, (void (*)(void))operator_apply));
  PetscCall(MatShellSetManageScalingShifts(A));
  if (fully_periodic(m->grid)) {
    PetscCall(MatNullSpaceCreate(comm, PETSC_FALSE, 0, NULL, &space));
    PetscCall(MatNullSpaceSetFunction(space, remove_translations, m));
    PetscCall(MatSetNullSpace(A, space));
    PetscCall(MatNullSpaceDestroy(&space));
  }
  PetscCall(KSPCreate(comm, &m->ksp));
  PetscCall(KSPSetOptionsPrefix(m->ksp, "voxel_"));
  PetscCall(KSPSetOperators(m->ksp, A, A));
  PetscCall(KSPSetType(m->ksp, KSPCG));
  PetscCall(KSPSetNormType(m->ksp, KSP_NORM_UNPRECONDITIONED));
  PetscCall(KSPGetPC(m->ksp, &pc));
  PetscCall(PCSetType(pc, PCSHELL));
  PetscCall(PCShellSetContext(pc, m));
  PetscCall(PCShellSetApply(pc, preconditioner_apply));
  PetscCall(KSPSetFromOptions(m->ksp));
  PetscCall(MatDestroy(&A));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Every label present has a positive definite material. */
static PetscErrorCode materials_take(VoxelModel *m, const Elasticity material[256]) {
  int present[256] = {0}, any[256];
  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < m->grid->n_owned; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v)
      present[m->grid->label[l][v]] = 1;
  PetscCallMPI(MPI_Allreduce(present, any, 256, MPI_INT, MPI_MAX, m->grid->comm));
  memset(m->material, 0, sizeof m->material);
  for (int l = 1; l < 256; ++l) {
    ElementBlocks e;
    if (!any[l])
      continue;
    PetscCheck(elasticity_definite(&material[l]), m->grid->comm, PETSC_ERR_USER_INPUT,
               "the material of label %d has no positive definite stiffness", l);
    m->material[l] = material[l];
    element_blocks(&material[l], m->grid->box.voxel_mm, &e);
    memcpy(m->blocks[l].b, e.b, sizeof e.b);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_create(const Grid *grid, const Elasticity material[256], const VoxelOptions *options,
                            VoxelModel **model) {
  VoxelModel *m;
  PetscLogDouble start, end;
  PetscFunctionBeginUser;
  PetscCheck(3 * grid->nodes_global < PETSC_MAX_INT, grid->comm, PETSC_ERR_USER_INPUT,
             "%" PetscInt64_FMT " degrees of freedom need PETSc with 64-bit indices (TRABECULA_PETSC64)",
             3 * grid->nodes_global);
  PetscCall(PetscTime(&start));
  PetscCall(PetscNew(&m));
  *model = m;
  m->grid = grid;
  m->options = *options;
  PetscCall(PetscCalloc1(256, &m->blocks));
  PetscCall(materials_take(m, material));
  PetscCall(multigrid_create(grid, m->material, &m->mg));
  PetscCall(krylov_create(m));
  if (grid->halo.n)
    PetscCall(PetscMalloc2(3 * grid->nodes_local, &m->x, 3 * grid->nodes_local, &m->y));
  PetscCall(PetscTime(&end));
  m->setup_s = end - start;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_materials(VoxelModel *m, const Elasticity material[256]) {
  PetscLogDouble start, end;
  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  PetscCall(materials_take(m, material));
  PetscCall(multigrid_free(&m->mg));
  PetscCall(multigrid_create(m->grid, m->material, &m->mg));
  m->ready = false;
  PetscCall(PetscTime(&end));
  m->setup_s += end - start;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_destroy(VoxelModel **model) {
  VoxelModel *m = *model;
  PetscFunctionBeginUser;
  if (!m)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(multigrid_free(&m->mg));
  PetscCall(KSPDestroy(&m->ksp));
  PetscCall(VecDestroy(&m->rhs));
  PetscCall(VecDestroy(&m->step));
  PetscCall(PetscFree(m->blocks));
  PetscCall(PetscFree(m->grip));
  PetscCall(PetscFree(m->tie));
  PetscCall(PetscFree2(m->x, m->y));
  PetscCall(PetscFree(*model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_vector(const VoxelModel *m, Vec *u) {
  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(m->rhs, u));
  PetscCall(VecZeroEntries(*u));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_prepare(VoxelModel *m) {
  PetscLogDouble start, end;
  uint8_t *fixed;
  PetscFunctionBeginUser;
  if (m->ready)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscTime(&start));
  PetscCall(PetscCalloc1(m->grid->nodes_owned, &fixed));
  for (PetscInt t = 0; t < m->n_ties; ++t)
    fixed[m->tie[t].dof / 3] |= (uint8_t)(1u << m->tie[t].dof % 3);
  PetscCall(multigrid_fix(&m->mg, m->material, fixed));
  PetscCall(PetscFree(fixed));
  m->ready = true;
  PetscCall(PetscTime(&end));
  m->setup_s += end - start;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_krylov(VoxelModel *m, double target, SolveInfo *info) {
  PetscLogDouble start, end;
  KSPConvergedReason reason;
  PetscReal rnorm;
  PetscInt its;
  PetscFunctionBeginUser;
  PetscCall(voxel_prepare(m));
  PetscCall(PetscTime(&start));
  PetscCall(KSPSetTolerances(m->ksp, 1e-30, target, 1e30, m->options.max_iterations));
  PetscCall(KSPSolve(m->ksp, m->rhs, m->step));
  PetscCall(KSPGetConvergedReason(m->ksp, &reason));
  PetscCall(KSPGetIterationNumber(m->ksp, &its));
  PetscCall(KSPGetResidualNorm(m->ksp, &rnorm));
  PetscCall(PetscTime(&end));
  PetscCheck(reason != KSP_DIVERGED_ITS, m->grid->comm, PETSC_ERR_USER_INPUT,
             "the voxel solver stopped after %" PetscInt_FMT
             " iterations at %.2g times the wanted residual: raise solver.max_iterations or solver.rtol",
             its, (double)rnorm / target);
  PetscCheck(reason > 0, m->grid->comm, PETSC_ERR_USER_INPUT,
             "the voxel solver broke down after %" PetscInt_FMT
             " iterations (%s): stiffness not positive or not finite",
             its, KSPConvergedReasons[reason]);
  info->model = "voxel";
  info->dofs = 3 * m->grid->nodes_global;
  info->iterations += its;
  info->setup_s += m->setup_s;
  info->solve_s += end - start;
  m->setup_s = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* rhs = force - K u on free components, with its norm; the norm of the reactions on the tied ones, if wanted. */
static PetscErrorCode residual(VoxelModel *m, Vec u, Vec force, double *norm, double *reactions) {
  double tied = 0;
  const PetscScalar *a;
  PetscFunctionBeginUser;
  PetscCall(voxel_apply(m, u, m->rhs));
  PetscCall(VecScale(m->rhs, -1));
  if (force)
    PetscCall(VecAXPY(m->rhs, 1, force));
  if (reactions) {
    PetscCall(VecGetArrayRead(m->rhs, &a));
    for (PetscInt t = 0; t < m->n_ties; ++t)
      tied += a[m->tie[t].dof] * a[m->tie[t].dof];
    PetscCall(VecRestoreArrayRead(m->rhs, &a));
    PetscCallMPI(MPI_Allreduce(&tied, reactions, 1, MPI_DOUBLE, MPI_SUM, m->grid->comm));
    *reactions = sqrt(*reactions);
  }
  PetscCall(zero_tied(m, m->rhs));
  PetscCall(VecNorm(m->rhs, NORM_2, norm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_residual(VoxelModel *m, Vec u, Vec force, double *relative) {
  double norm, reactions;
  PetscFunctionBeginUser;
  PetscCall(residual(m, u, force, &norm, &reactions));
  *relative = reactions > 0 ? norm / reactions : norm;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* u = motion of the grips on tied components, 0 elsewhere. */
static PetscErrorCode impose_motion(const VoxelModel *m, const double (*motion)[6], Vec u) {
  PetscScalar *a;
  PetscFunctionBeginUser;
  PetscCall(VecZeroEntries(u));
  PetscCall(VecGetArray(u, &a));
  for (PetscInt t = 0; t < m->n_ties; ++t) {
    double d[3];
    const Tie *tie = &m->tie[t];
    grip_displacement(motion[tie->grip], m->grip[tie->grip].at, tie->x, d);
    a[tie->dof] = d[tie->dof % 3];
  }
  PetscCall(VecRestoreArray(u, &a));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_solve(VoxelModel *m, const double (*motion)[6], Vec force, Vec u, SolveInfo *info) {
  PetscReal guess, start, norm, reactions;
  PetscFunctionBeginUser;
  PetscCheck(m->n_grips, m->grid->comm, PETSC_ERR_USER_INPUT, "the voxel model has no support");
  PetscCall(zero_tied(m, u));
  PetscCall(VecNorm(u, NORM_2, &guess));
  PetscCall(impose_motion(m, motion, m->step));
  PetscCall(residual(m, m->step, force, &start, NULL));
  PetscCheck(!PetscIsInfOrNanReal(start), m->grid->comm, PETSC_ERR_USER_INPUT,
             "the motions or the forces on the voxel model are not finite");
  PetscCall(VecAXPY(u, 1, m->step));
  if (guess > 0)
    PetscCall(residual(m, u, force, &norm, NULL));
  memset(info, 0, sizeof *info);
  info->model = "voxel";
  info->dofs = 3 * m->grid->nodes_global;
  if (start == 0) { /* nothing pulls on what is free: it stays where it is, whatever the guess */
    PetscCall(impose_motion(m, motion, u));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  double target = m->options.rtol * start, pull = 0, accepted = 0;
  if (force)
    PetscCall(VecNorm(force, NORM_2, &pull));
  for (int attempt = 0; attempt < EQUILIBRIUM_ATTEMPTS; ++attempt) {
    PetscCall(voxel_krylov(m, target, info));
    PetscCall(VecAXPY(u, 1, m->step));
    PetscCall(residual(m, u, force, &norm, &reactions));
    accepted = PetscMax(m->options.equilibrium * PetscMax(reactions, pull), ROUND_OFF * start);
    if (m->options.equilibrium == 0 || norm <= accepted)
      break;
    target = accepted / 2;
  }
  PetscCheck(m->options.equilibrium == 0 || norm <= accepted, m->grid->comm, PETSC_ERR_USER_INPUT,
             "the voxel solver left out-of-balance forces of %.2g of the reactions: raise solver.equilibrium",
             norm / PetscMax(reactions, pull));
  info->relative_residual = norm / start;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_energy(VoxelModel *m, Vec u, double *energy) {
  PetscFunctionBeginUser;
  PetscCall(voxel_apply(m, u, m->rhs));
  PetscCall(VecDot(u, m->rhs, energy));
  *energy /= 2;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_superpose(PetscInt n, const double *c, const Vec *v, Vec u) {
  PetscFunctionBeginUser;
  PetscCall(VecZeroEntries(u));
  for (PetscInt i = 0; i < n; ++i)
    if (c[i] != 0)
      PetscCall(VecAXPY(u, c[i], v[i]));
  PetscFunctionReturn(PETSC_SUCCESS);
}
