/* The tangent of a path on the first rank: assembled in blocks of a node, factorised by MUMPS as L D L^T, so that the
   signs of D tell whether the equilibrium is stable. */
#include "solver/frame/path_model.h"

PetscErrorCode path_system_free(PathSystem *system) {
  PetscFunctionBeginUser;
  PetscCall(MatDestroy(&system->K));
  PetscCall(MatDestroy(&system->factor));
  PetscCall(VecDestroy(&system->b));
  PetscCall(VecDestroy(&system->x));
  system->analysed = PETSC_FALSE;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Upper blocks of each row: the diagonal one and those of the beams to nodes of higher number (counted twice where two
   beams join the same nodes). */
static PetscErrorCode count_blocks(const PathModel *path, PetscInt *count) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < path->n_nodes; i++)
    count[i] = 1;
  for (PetscInt b = 0; b < path->n_beams; b++)
    count[PetscMin(path->beam[b].node[0], path->beam[b].node[1])]++;
  for (PetscInt k = 0; k < path->contact.n_pattern; k++)
    for (int i = 0; i < 4; i++) {
      const PetscInt *a = path->beam[path->contact.pattern[k][0]].node,
                     *b = path->beam[path->contact.pattern[k][1]].node;
      count[PetscMin(a[i / 2], b[i % 2])]++;
    }
  for (PetscInt i = 0; i < path->n_nodes;
       i++) /* where many pairs touch the same nodes they were counted more than once */
    count[i] = PetscMin(count[i], path->n_nodes - i);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode path_system_create(PathModel *path) {
  PathSystem *system = &path->system;
  PetscInt *count;

  PetscFunctionBeginUser;
  PetscCall(path_system_free(system));
  if (path->rank)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscMalloc1(path->n_nodes, &count));
  PetscCall(count_blocks(path, count));
  PetscCall(MatCreateSeqSBAIJ(PETSC_COMM_SELF, 6, 6 * path->n_nodes, 6 * path->n_nodes, 0, count, &system->K));
  PetscCall(PetscFree(count));
  PetscCall(MatSetOption(system->K, MAT_ROW_ORIENTED, PETSC_TRUE));
  PetscCall(MatCreateVecs(system->K, &system->x, &system->b));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Block of beam b that couples its ends p and q, without the tied components but for their own diagonal. */
static PetscErrorCode add_block(PathModel *path, PetscInt b, int p, int q) {
  const PetscInt *node = path->beam[b].node;
  double block[36];

  PetscFunctionBeginUser;
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++) {
      PetscBool tied = (PetscBool)(path->held[node[p]][i] != -1 || path->held[node[q]][j] != -1);
      block[6 * i + j] = tied && !(p == q && i == j) ? 0 : path->K[b][12 * (6 * p + i) + 6 * q + j];
      if (tied && p == q && i == j)
        block[6 * i + j] = PetscAbsReal(block[6 * i + j]) + 1e-300;
    }
  PetscCall(MatSetValuesBlocked(path->system.K, 1, &node[p], 1, &node[q], block, ADD_VALUES));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode assemble(PathModel *path) {
  Mat K = path->system.K;

  PetscFunctionBeginUser;
  PetscCall(MatZeroEntries(K));
  for (PetscInt b = 0; b < path->n_beams; b++) {
    const PetscInt *node = path->beam[b].node;
    PetscCall(add_block(path, b, 0, 0));
    PetscCall(add_block(path, b, 1, 1));
    PetscCall(add_block(path, b, node[0] > node[1], node[0] < node[1]));
  }
  for (PetscInt i = 0; i < path->n_nodes; i++)
    if (path->held[i][0] == -2) { /* no strut: no equation */
      double one[36] = {0};
      for (int c = 0; c < 6; c++)
        one[7 * c] = 1;
      PetscCall(MatSetValuesBlocked(K, 1, &i, 1, &i, one, ADD_VALUES));
    }
  PetscCall(path_contact_assemble(path, K));
  PetscCall(MatAssemblyBegin(K, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(K, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode factorise(PathSystem *system, PetscBool *good) {
  MatFactorInfo info;
  MatFactorError error;

  PetscFunctionBeginUser;
  PetscCall(MatFactorInfoInitialize(&info));
  if (!system->analysed) {
    PetscCall(MatDestroy(&system->factor));
    PetscCall(MatGetFactor(system->K, MATSOLVERMUMPS, MAT_FACTOR_CHOLESKY, &system->factor));
    PetscCall(MatMumpsSetIcntl(system->factor, 6, 0)); /* no look at the numbers: a restored path has the same order */
    PetscCall(MatMumpsSetIcntl(system->factor, 14, 60)); /* per cent more work space than estimated */
    PetscCall(MatMumpsSetIcntl(system->factor, 13, 1));  /* signs of all pivots */
    PetscCall(MatCholeskyFactorSymbolic(system->factor, system->K, NULL, &info));
    system->analysed = PETSC_TRUE;
  }
  PetscCall(MatCholeskyFactorNumeric(system->factor, system->K, &info));
  PetscCall(MatFactorGetError(system->factor, &error));
  *good = (PetscBool)(error == MAT_FACTOR_NOERROR);
  if (*good)
    PetscCall(MatMumpsGetInfog(system->factor, 12, &system->negative_pivots));
  else
    system->analysed = PETSC_FALSE; /* MUMPS starts afresh after a failure */
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode path_factorise(PathModel *path, PetscBool *good) {
  MPI_Datatype row;

  PetscFunctionBeginUser;
  PetscCall(path_tangents(path));
  if (path->size > 1) {
    const PetscInt mine = path->end - path->first;
    PetscCallMPI(MPI_Type_contiguous(144, MPI_DOUBLE, &row));
    PetscCallMPI(MPI_Type_commit(&row));
    PetscCallMPI(MPI_Gatherv(path->rank ? path->K[path->first] : MPI_IN_PLACE, (PetscMPIInt)mine, row, path->K[0],
                             path->count, path->start, row, 0, path->comm));
    PetscCallMPI(MPI_Type_free(&row));
  }
  if (!path->rank) {
    PetscBool grown;
    PetscCall(path_contact_pattern(path, &grown));
    if (grown)
      PetscCall(path_system_create(path));
    PetscCall(assemble(path));
    PetscCall(factorise(&path->system, good));
  }
  PetscInt told[2] = {!path->rank && *good, path->system.negative_pivots};
  PetscCallMPI(MPI_Bcast(told, 2, MPIU_INT, 0, path->comm));
  *good = (PetscBool)told[0];
  path->system.negative_pivots = told[1];
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* b -= K step on the free components, for beams that touch tied ones. */
static void subtract_prescribed(const PathModel *path, const double (*step)[6], double *b) {
  for (PetscInt m = 0; m < path->n_beams; m++) {
    const PetscInt *node = path->beam[m].node;
    double u[12], most = 0;
    for (int c = 0; c < 12; c++) {
      u[c] = path->held[node[c / 6]][c % 6] == -1 ? 0 : step[node[c / 6]][c % 6];
      most = PetscMax(most, PetscAbsReal(u[c]));
    }
    if (most == 0)
      continue;
    for (int r = 0; r < 12; r++) {
      double sum = 0;
      for (int c = 0; c < 12; c++)
        sum += path->K[m][12 * r + c] * u[c];
      b[6 * node[r / 6] + r % 6] -= sum;
    }
  }
}

PetscErrorCode path_correct(PathModel *path, const double (*rest)[6], const double (*step)[6], double (*change)[6]) {
  PathSystem *system = &path->system;

  PetscFunctionBeginUser;
  if (!path->rank) {
    double *b;
    const double *x;
    PetscCall(VecGetArrayWrite(system->b, &b));
    for (PetscInt i = 0; i < 6 * path->n_nodes; i++)
      b[i] = rest ? rest[i / 6][i % 6] : 0;
    if (step)
      subtract_prescribed(path, step, b);
    for (PetscInt i = 0; i < 6 * path->n_nodes; i++)
      if (path->held[i / 6][i % 6] != -1)
        b[i] = 0;
    PetscCall(VecRestoreArrayWrite(system->b, &b));
    PetscCall(MatSolve(system->factor, system->b, system->x));
    PetscCall(VecGetArrayRead(system->x, &x));
    for (PetscInt i = 0; i < 6 * path->n_nodes; i++)
      change[i / 6][i % 6] = x[i];
    PetscCall(VecRestoreArrayRead(system->x, &x));
  }
  PetscCallMPI(MPI_Bcast(change[0], (PetscMPIInt)(6 * path->n_nodes), MPI_DOUBLE, 0, path->comm));
  for (PetscInt i = 0; i < path->n_nodes; i++)
    for (int c = 0; c < 6; c++)
      if (path->held[i][c] != -1)
        change[i][c] = step ? step[i][c] : 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}
