/* Block rows of the kept nodes, and how METIS shares them out. */
#include "solver/frame/frame_model.h"
#include <metis.h>

/* Fewer nodes than this are not worth a rank. */
static const PetscInt NODES_A_RANK = 64;

static PetscInt visit(const FrameCondensation *made, PetscInt i, PetscInt stamp, PetscInt *seen, PetscInt n,
                      PetscInt *list) {
  if (made->role[i] != ROLE_KEPT || seen[i] == stamp)
    return n;
  seen[i] = stamp;
  if (list)
    list[n] = i;
  return n + 1;
}

PetscInt frame_neighbours(const FrameModel *model, const FrameCondensation *made, PetscInt node, PetscInt *seen,
                          PetscInt *list) {
  const FrameRows *rows = &model->rows;
  const PetscInt(*strut)[2] = (const PetscInt(*)[2])model->graph->strut;
  PetscInt n = 0;

  seen[node] = node;
  for (PetscInt k = rows->start[node]; k < rows->start[node + 1]; k++) {
    PetscInt other = strut[rows->touch[k] / 2][1 - rows->touch[k] % 2];
    n = visit(made, other, node, seen, n, list);
    if (made->role[other] != ROLE_STAR)
      continue;
    for (PetscInt j = rows->start[other]; j < rows->start[other + 1]; j++)
      n = visit(made, strut[rows->touch[j] / 2][1 - rows->touch[j] % 2], node, seen, n, list);
  }
  return n;
}

/* part[k] of the k-th kept node; kept[] lists them, index[] is its inverse. One rank calls. */
static PetscErrorCode cut(const FrameModel *model, const FrameCondensation *made, PetscInt n_kept, const PetscInt *kept,
                          const PetscInt *index, idx_t parts, idx_t *part) {
  PetscInt n_nodes = model->graph->n_nodes, *seen, *list;
  idx_t n = (idx_t)n_kept, one = 1, edge_cut, *start, *next;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(n + 1, &start, n_nodes, &seen, n_nodes, &list));
  for (int pass = 0; pass < 2; pass++) { /* count, then fill */
    for (PetscInt i = 0; i < n_nodes; i++)
      seen[i] = -1;
    if (pass)
      PetscCall(PetscMalloc1(start[n], &next));
    start[0] = 0;
    for (idx_t k = 0; k < n; k++) {
      PetscInt count = frame_neighbours(model, made, kept[k], seen, pass ? list : NULL);
      for (PetscInt j = 0; pass && j < count; j++)
        next[start[k] + j] = (idx_t)index[list[j]];
      start[k + 1] = start[k] + (idx_t)count;
    }
  }
  int status = METIS_PartGraphKway(&n, &one, start, next, NULL, NULL, NULL, &parts, NULL, NULL, NULL, &edge_cut, part);
  PetscCheck(status == METIS_OK, PETSC_COMM_SELF, PETSC_ERR_LIB, "METIS_PartGraphKway returned %d", status);
  PetscCall(PetscFree(next));
  PetscCall(PetscFree3(start, seen, list));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_numbers_create(const FrameModel *model, const FrameCondensation *made, FrameNumbers *numbers) {
  PetscInt n_nodes = model->graph->n_nodes, *kept, *count;
  idx_t *part;
  PetscMPIInt size, rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(model->comm, &size));
  PetscCallMPI(MPI_Comm_rank(model->comm, &rank));
  PetscCall(PetscMalloc1(n_nodes, &numbers->row));
  PetscCall(PetscMalloc3(n_nodes, &kept, n_nodes, &part, size + 1, &count));
  numbers->n_rows = 0;
  for (PetscInt i = 0; i < n_nodes; i++) {
    numbers->row[i] = made->role[i] == ROLE_KEPT ? numbers->n_rows : -1;
    if (numbers->row[i] >= 0)
      kept[numbers->n_rows++] = i;
  }
  PetscCall(PetscMalloc1(numbers->n_rows, &numbers->node));
  idx_t parts = (idx_t)PetscMin((PetscInt)size, PetscMax(1, numbers->n_rows / NODES_A_RANK));
  PetscCall(PetscArrayzero(part, numbers->n_rows));
  if (parts > 1 && rank == 0)
    PetscCall(cut(model, made, numbers->n_rows, kept, numbers->row, parts, part));
  PetscCallMPI(
      MPI_Bcast(part, (PetscMPIInt)numbers->n_rows, IDXTYPEWIDTH == 64 ? MPI_INT64_T : MPI_INT32_T, 0, model->comm));
  PetscCall(PetscArrayzero(count, size + 1));
  for (PetscInt k = 0; k < numbers->n_rows; k++)
    count[part[k] + 1]++;
  for (PetscMPIInt p = 0; p < size; p++)
    count[p + 1] += count[p];
  numbers->first = count[rank], numbers->end = count[rank + 1];
  for (PetscInt k = 0; k < numbers->n_rows; k++) { /* in order of part, then of node */
    numbers->row[kept[k]] = count[part[k]]++;
    numbers->node[numbers->row[kept[k]]] = kept[k];
  }
  PetscCall(PetscFree3(kept, part, count));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_numbers_free(FrameNumbers *numbers) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(numbers->row));
  PetscCall(PetscFree(numbers->node));
  PetscFunctionReturn(PETSC_SUCCESS);
}
