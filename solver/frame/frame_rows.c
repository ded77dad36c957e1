/* Strut ends at the nodes of a frame, and its connected pieces. */
#include "solver/frame/frame_model.h"

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
  PetscInt *walk, tail = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(graph->n_nodes, &rows->piece));
  PetscCall(PetscMalloc1(graph->n_nodes, &rows->walk));
  walk = rows->walk;
  for (PetscInt i = 0; i < graph->n_nodes; i++)
    rows->piece[i] = -1;
  rows->n_pieces = 0;
  for (PetscInt i = 0; i < graph->n_nodes; i++) {
    PetscInt head = tail;
    if (rows->piece[i] >= 0 || rows->start[i] == rows->start[i + 1])
      continue;
    rows->piece[i] = rows->n_pieces;
    for (walk[tail++] = i; head < tail; head++)
      for (PetscInt k = rows->start[walk[head]]; k < rows->start[walk[head] + 1]; k++) {
        PetscInt other = graph->strut[rows->touch[k] / 2][1 - rows->touch[k] % 2];
        if (rows->piece[other] < 0) {
          rows->piece[other] = rows->n_pieces;
          walk[tail++] = other;
        }
      }
    rows->n_pieces++;
  }
  rows->n_walk = tail;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_rows_create(const Graph *graph, FrameRows *rows) {
  PetscFunctionBeginUser;
  PetscCall(touch_create(graph, rows));
  PetscCall(pieces_create(graph, rows));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_rows_free(FrameRows *rows) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(rows->start));
  PetscCall(PetscFree(rows->touch));
  PetscCall(PetscFree(rows->piece));
  PetscCall(PetscFree(rows->walk));
  PetscFunctionReturn(PETSC_SUCCESS);
}
