/* The matrix of the kept nodes: struts between them, and what the stars leave. */
#include "solver/frame/block6.h"
#include "solver/frame/frame_model.h"

static PetscErrorCode preallocate(const FrameModel *model, const FrameCondensation *made, const FrameNumbers *numbers,
                                  Mat K) {
  PetscInt mine = numbers->end - numbers->first, n_nodes = model->graph->n_nodes, *count[4], *seen, *list;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc4(mine, &count[0], mine, &count[1], mine, &count[2], mine, &count[3]));
  PetscCall(PetscMalloc2(n_nodes, &seen, n_nodes, &list));
  for (PetscInt i = 0; i < n_nodes; i++)
    seen[i] = -1;
  for (PetscInt k = 0; k < mine; k++) {
    PetscInt row = numbers->first + k, n = frame_neighbours(model, made, numbers->node[row], seen, list);
    count[0][k] = count[2][k] = 1;
    for (PetscInt j = 0; j < n; j++) { /* inside and outside this rank's columns, then the same above the diagonal */
      PetscInt column = numbers->row[list[j]], outside = column < numbers->first || column >= numbers->end;
      count[outside][k]++;
      count[2 + outside][k] += column > row;
    }
  }
  PetscCall(MatXAIJSetPreallocation(K, 6, count[0], count[1], count[2], count[3]));
  PetscCall(PetscFree2(seen, list));
  PetscCall(PetscFree4(count[0], count[1], count[2], count[3]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Struts at a kept node; those to branches add nothing. */
static PetscErrorCode add_struts(const FrameModel *model, const FrameCondensation *made, const FrameNumbers *numbers,
                                 PetscInt row, Mat K) {
  const FrameRows *rows = &model->rows;
  PetscInt node = numbers->node[row];
  double own[36] = {0}, block[36];

  PetscFunctionBeginUser;
  for (PetscInt k = rows->start[node]; k < rows->start[node + 1]; k++) {
    PetscInt s = rows->touch[k] / 2, other = model->graph->strut[s][1 - rows->touch[k] % 2];
    int end = (int)(rows->touch[k] % 2);
    if (made->role[other] == ROLE_BRANCH)
      continue;
    frame_block(model, s, end, end, block);
    for (int c = 0; c < 36; c++)
      own[c] += block[c];
    if (made->role[other] != ROLE_KEPT)
      continue;
    frame_block(model, s, end, 1 - end, block);
    PetscCall(MatSetValuesBlocked(K, 1, &row, 1, &numbers->row[other], block, ADD_VALUES));
  }
  PetscCall(MatSetValuesBlocked(K, 1, &row, 1, &row, own, ADD_VALUES));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The rows of this rank of what the e-th eliminated node, a star, takes from the nodes that it is bound to. */
static PetscErrorCode take_star(const FrameModel *model, const FrameCondensation *made, const FrameNumbers *numbers,
                                PetscInt e, Mat K) {
  const FrameRows *rows = &model->rows;
  PetscInt node = made->node[e], row[STAR_STRUTS], m = 0;
  double bound[36 * STAR_STRUTS], taken[36 * STAR_STRUTS * STAR_STRUTS];
  PetscBool mine = PETSC_FALSE;

  PetscFunctionBeginUser;
  for (PetscInt k = rows->start[node]; k < rows->start[node + 1]; k++) {
    PetscInt r = numbers->row[model->graph->strut[rows->touch[k] / 2][1 - rows->touch[k] % 2]];
    mine = (PetscBool)(mine || (r >= numbers->first && r < numbers->end));
  }
  if (!mine)
    PetscFunctionReturn(PETSC_SUCCESS);
  for (PetscInt k = rows->start[node]; k < rows->start[node + 1]; k++) {
    PetscInt s = rows->touch[k] / 2, other = model->graph->strut[s][1 - rows->touch[k] % 2];
    int end = (int)(rows->touch[k] % 2);
    if (made->role[other] != ROLE_KEPT)
      continue;
    frame_block(model, s, 1 - end, end, bound + 36 * m);
    row[m++] = numbers->row[other];
  }
  block6_schur(made->factor[e], (int)m, bound, taken);
  for (PetscInt a = 0; a < m; a++)
    if (row[a] >= numbers->first && row[a] < numbers->end)
      PetscCall(MatSetValuesBlocked(K, 1, &row[a], m, row, taken + 36 * m * a, ADD_VALUES));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_assemble(const FrameModel *model, const FrameCondensation *made, const FrameNumbers *numbers,
                              MatType type, Mat *K) {
  PetscInt mine = 6 * (numbers->end - numbers->first);
  PetscBool half, blocks;

  PetscFunctionBeginUser;
  PetscCall(MatCreate(model->comm, K));
  PetscCall(MatSetSizes(*K, mine, mine, PETSC_DETERMINE, PETSC_DETERMINE));
  PetscCall(MatSetBlockSize(*K, 6));
  PetscCall(MatSetType(*K, type));
  PetscCall(preallocate(model, made, numbers, *K));
  PetscCall(MatSetOption(*K, MAT_NO_OFF_PROC_ENTRIES, PETSC_TRUE));
  PetscCall(PetscStrcmp(type, MATSBAIJ, &half));
  if (half)
    PetscCall(MatSetOption(*K, MAT_IGNORE_LOWER_TRIANGULAR, PETSC_TRUE));
  for (PetscInt row = numbers->first; row < numbers->end; row++)
    PetscCall(add_struts(model, made, numbers, row, *K));
  for (PetscInt e = made->n_branches; e < made->n; e++)
    PetscCall(take_star(model, made, numbers, e, *K));
  PetscCall(MatAssemblyBegin(*K, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(*K, MAT_FINAL_ASSEMBLY));
  PetscCall(PetscStrcmp(type, MATBAIJ, &blocks));
  if (!blocks) /* which knows no such option, and is not factorised */
    PetscCall(MatSetOption(*K, MAT_SPD, PETSC_TRUE));
  PetscFunctionReturn(PETSC_SUCCESS);
}
