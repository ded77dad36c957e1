#include "solver/voxel/coarsest.h"
#include <string.h>

/* Global number of every local node, as doubles so that the halo can carry them. */
static PetscErrorCode global_numbers(const Grid *g, double **number) {
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(3 * g->nodes_local, number));
  for (PetscInt i = 0; i < 3 * g->nodes_owned; ++i)
    (*number)[i] = (double)(3 * g->first_node + i);
  PetscCall(halo_broadcast_double(&g->halo, *number));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Local node at corner a of voxel v, for which the gather of node numbers through the leaf serves: block holds the
 * numbers. */
static PetscErrorCode leaf_assemble(const Level *level, PetscInt l, const BlockDouble *number,
                                    const Elasticity material[256], ElementChoice element, Mat A) {
  const Grid *g = level->grid;
  PetscFunctionBeginUser;
  for (int v = 0; v < LEAF_VOXELS; ++v) {
    double K[24][24];
    PetscInt row[24];
    if (!(g->leaf[l].voxel[v / 8] >> v % 8 & 1))
      continue;
    element_matrix(&material[g->label[l][v]], element, g->box.voxel_mm, K);
    for (int i = 0; i < 576; ++i)
      K[i / 24][i % 24] *= level->scale ? (double)level->scale[l][v] : 1;
    for (int a = 0; a < 8; ++a)
      for (int c = 0; c < 3; ++c)
        row[3 * a + c] = (PetscInt)number->v[v / 64 + (a >> 2)][v / 8 % 8 + (a >> 1 & 1)][c][v % 8 + (a & 1)];
    PetscCall(MatSetValues(A, 24, row, 24, row, &K[0][0], ADD_VALUES));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode coarsest_create(Level *level, const Elasticity material[256], ElementChoice element, KSP *ksp, Vec *b,
                               Vec *x) {
  const Grid *g = level->grid;
  const PetscInt n = 3 * g->nodes_owned;
  double *number;
  PetscInt *row, n_fixed = 0;
  double held = (double)level->n_fixed_dofs, all_held; /* fixed or on springs */
  Mat A;
  KSP direct;
  PC pc;
  PetscFunctionBeginUser;
  PetscCall(MatCreateAIJ(g->comm, n, n, PETSC_DETERMINE, PETSC_DETERMINE, 81, NULL, 81, NULL, &A));
  PetscCall(MatSetOption(A, MAT_NEW_NONZERO_ALLOCATION_ERR, PETSC_FALSE));
  PetscCall(global_numbers(g, &number));
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    BlockDouble block;
    leaf_gather_double(g->leaf, &g->leaf[l], number, &block);
    PetscCall(leaf_assemble(level, l, &block, material, element, A));
  }
  PetscCall(PetscFree(number));
  for (PetscInt i = 0; level->spring && i < n; ++i)
    PetscCall(MatSetValue(A, (PetscInt)(3 * g->first_node) + i, (PetscInt)(3 * g->first_node) + i, level->spring[i],
                          ADD_VALUES));
  PetscCall(MatAssemblyBegin(A, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(A, MAT_FINAL_ASSEMBLY));
  for (PetscInt i = 0; level->spring && i < n; ++i)
    held += level->spring[i];
  PetscCallMPI(MPI_Allreduce(&held, &all_held, 1, MPI_DOUBLE, MPI_SUM, g->comm));
  PetscCall(PetscMalloc1(level->n_fixed_dofs + 3, &row));
  for (; n_fixed < level->n_fixed_dofs; ++n_fixed)
    row[n_fixed] = (PetscInt)(3 * g->first_node) + level->fixed_dof[n_fixed];
  if (all_held == 0 && g->first_node == 0 && g->nodes_owned)
    for (int c = 0; c < 3; ++c)
      row[n_fixed++] = c;
  PetscCall(MatZeroRowsColumns(A, n_fixed, row, 1, NULL, NULL));
  PetscCall(PetscFree(row));
  PetscCall(MatSetOption(A, MAT_SPD, PETSC_TRUE));
  PetscCall(MatCreateVecs(A, x, b));
  PetscCall(KSPCreate(g->comm, ksp));
  PetscCall(KSPSetOptionsPrefix(*ksp, "coarsest_"));
  PetscCall(KSPSetOperators(*ksp, A, A));
  PetscCall(KSPSetType(*ksp, KSPPREONLY));
  PetscCall(KSPGetPC(*ksp, &pc));
  PetscCall(PCSetType(pc, PCREDUNDANT));
  PetscCall(PCRedundantGetKSP(pc, &direct));
  PetscCall(KSPSetType(direct, KSPPREONLY));
  PetscCall(KSPGetPC(direct, &pc));
  PetscCall(PCSetType(pc, PCCHOLESKY));
  PetscCall(KSPSetUp(*ksp));
  PetscCall(MatDestroy(&A));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode coarsest_solve(Level *level, KSP ksp, Vec b, Vec x) {
  const PetscInt n = 3 * level->grid->nodes_owned;
  PetscScalar *to;
  const PetscScalar *from;
  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(b, &to));
  for (PetscInt i = 0; i < n; ++i)
    to[i] = level->b[i];
  PetscCall(VecRestoreArrayWrite(b, &to));
  PetscCall(KSPSolve(ksp, b, x));
  PetscCall(VecGetArrayRead(x, &from));
  for (PetscInt i = 0; i < n; ++i)
    level->x[i] = (float)from[i];
  PetscCall(VecRestoreArrayRead(x, &from));
  level_zero_fixed(level, level->x);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode coarsest_destroy(KSP *ksp, Vec *b, Vec *x) {
  PetscFunctionBeginUser;
  PetscCall(KSPDestroy(ksp));
  PetscCall(VecDestroy(b));
  PetscCall(VecDestroy(x));
  PetscFunctionReturn(PETSC_SUCCESS);
}
