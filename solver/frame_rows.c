/* Numbering of the nodes of a frame: strut ends at a node, connected pieces, shares of the ranks by METIS. */
#include "solver/frame_model.h"
#include <metis.h>

/* Fewer nodes than this are not worth a rank. */
static const PetscInt NODES_A_RANK = 64;

static PetscErrorCode touch_create(const Graph *graph, FrameRows *rows) {
  PetscInt *fill;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(graph->n_nodes + 1, &rows->start));
  PetscCall(PetscMalloc1(2 * graph->n_struts, &rows->touch));
  for (PetscInt s = 0; s < graph->n_struts; s++)
    for (int end = 0; end < 2; end++)
      rows->start[graph->strut[s][end] + 1]++;
  for (PetscInt i = 0; i < graph->n_nodes; i++)
    rows->start[i + 1] += rows->start[i];
  PetscCall(PetscMalloc1(graph->n_nodes, &fill));
  PetscCall(PetscArraycpy(fill, rows->start, graph->n_nodes));
  for (PetscInt s = 0; s < graph->n_struts; s++)
    for (int end = 0; end < 2; end++)
      rows->touch[fill[graph->strut[s][end]]++] = 2 * s + end;
  PetscCall(PetscFree(fill));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Walks each piece from its first node. */
static PetscErrorCode pieces_create(const Graph *graph, FrameRows *rows) {
  PetscInt *queue;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(graph->n_nodes, &rows->piece));
  PetscCall(PetscMalloc1(graph->n_nodes, &queue));
  for (PetscInt i = 0; i < graph->n_nodes; i++)
    rows->piece[i] = -1;
  rows->n_pieces = 0;
  for (PetscInt i = 0; i < graph->n_nodes; i++) {
    PetscInt head = 0, tail = 0;
    if (rows->piece[i] >= 0 || rows->start[i] == rows->start[i + 1])
      continue;
    rows->piece[i] = rows->n_pieces;
    for (queue[tail++] = i; head < tail; head++)
      for (PetscInt k = rows->start[queue[head]]; k < rows->start[queue[head] + 1]; k++) {
        PetscInt other = graph->strut[rows->touch[k] / 2][1 - rows->touch[k] % 2];
        if (rows->piece[other] < 0) {
          rows->piece[other] = rows->n_pieces;
          queue[tail++] = other;
        }
      }
    rows->n_pieces++;
  }
  PetscCall(PetscFree(queue));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* part[k] of the k-th node with struts; active[] lists them, index[] is its inverse. One rank calls. */
static PetscErrorCode cut(const Graph *graph, const FrameRows *rows, const PetscInt *active, const PetscInt *index,
                          idx_t parts, idx_t *part) {
  idx_t n = (idx_t)rows->n_rows, one = 1, edge_cut, *start, *next;
  PetscInt *seen;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(n + 1, &start, 2 * graph->n_struts, &next, n, &seen));
  start[0] = 0;
  for (idx_t k = 0; k < n; k++)
    seen[k] = -1;
  for (idx_t k = 0; k < n; k++) {
    start[k + 1] = start[k];
    seen[k] = k; /* no edge to itself, none twice */
    for (PetscInt j = rows->start[active[k]]; j < rows->start[active[k] + 1]; j++) {
      PetscInt other = index[graph->strut[rows->touch[j] / 2][1 - rows->touch[j] % 2]];
      if (seen[other] != k)
        next[start[k + 1]++] = (idx_t)other;
      seen[other] = k;
    }
  }
  int status = METIS_PartGraphKway(&n, &one, start, next, NULL, NULL, NULL, &parts, NULL, NULL, NULL, &edge_cut, part);
  PetscCheck(status == METIS_OK, PETSC_COMM_SELF, PETSC_ERR_LIB, "METIS_PartGraphKway returned %d", status);
  PetscCall(PetscFree3(start, next, seen));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Block rows in order of part, then of node. */
static PetscErrorCode number(MPI_Comm comm, const Graph *graph, FrameRows *rows) {
  PetscInt *active, *count;
  idx_t *part;
  PetscMPIInt size, rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(PetscMalloc1(graph->n_nodes, &rows->row));
  PetscCall(PetscMalloc3(graph->n_nodes, &active, graph->n_nodes, &part, size + 1, &count));
  rows->n_rows = 0;
  for (PetscInt i = 0; i < graph->n_nodes; i++) {
    rows->row[i] = rows->piece[i] < 0 ? -1 : rows->n_rows;
    if (rows->row[i] >= 0)
      active[rows->n_rows++] = i;
  }
  PetscCall(PetscMalloc1(rows->n_rows, &rows->node));
  idx_t parts = (idx_t)PetscMin((PetscInt)size, PetscMax(1, rows->n_rows / NODES_A_RANK));
  PetscCall(PetscArrayzero(part, rows->n_rows));
  if (parts > 1 && rank == 0)
    PetscCall(cut(graph, rows, active, rows->row, parts, part));
  PetscCallMPI(MPI_Bcast(part, (PetscMPIInt)rows->n_rows, IDXTYPEWIDTH == 64 ? MPI_INT64_T : MPI_INT32_T, 0, comm));
  PetscCall(PetscArrayzero(count, size + 1));
  for (PetscInt k = 0; k < rows->n_rows; k++)
    count[part[k] + 1]++;
  for (PetscMPIInt p = 0; p < size; p++)
    count[p + 1] += count[p];
  rows->first = count[rank], rows->end = count[rank + 1];
  for (PetscInt k = 0; k < rows->n_rows; k++) {
    rows->row[active[k]] = count[part[k]]++;
    rows->node[rows->row[active[k]]] = active[k];
  }
  PetscCall(PetscFree3(active, part, count));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_rows_create(MPI_Comm comm, const Graph *graph, FrameRows *rows) {
  PetscFunctionBeginUser;
  PetscCall(touch_create(graph, rows));
  PetscCall(pieces_create(graph, rows));
  PetscCall(number(comm, graph, rows));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_rows_free(FrameRows *rows) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(rows->row));
  PetscCall(PetscFree(rows->node));
  PetscCall(PetscFree(rows->start));
  PetscCall(PetscFree(rows->touch));
  PetscCall(PetscFree(rows->piece));
  PetscFunctionReturn(PETSC_SUCCESS);
}
