#include "cases/body/frame_body.h"

#include "cases/body/percentile.h"

RoundStrut frame_body_strut(const Graph *g, PetscInt s) {
  return (RoundStrut){g->radius[s], g->taper ? g->taper[s] : 0, g->bore ? g->bore[s] : 0};
}

PetscErrorCode frame_body_create(MPI_Comm comm, const Graph *graph, const FrameOptions *options, const Grip grip[2],
                                 FrameBody *body) {
  PetscMPIInt rank, size;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  *body = (FrameBody){.comm = comm,
                      .graph = graph,
                      .grip = {grip[0], grip[1]},
                      .first = (PetscInt)((PetscInt64)graph->n_struts * rank / size),
                      .end = (PetscInt)((PetscInt64)graph->n_struts * (rank + 1) / size)};
  PetscCall(frame_create(comm, graph, options, &body->model));
  PetscCall(frame_grips(body->model, 2, body->grip));
  for (int i = 0; i < 6; i++)
    PetscCall(PetscMalloc1(graph->n_nodes, &body->unit[i]));
  PetscCall(PetscMalloc1(graph->n_nodes, &body->u));
  PetscCall(PetscMalloc1(graph->n_struts, &body->section));
  const PetscInt n = body->end - body->first;
  PetscCall(PetscMalloc2(STRUT_SAMPLES * n, &body->sample, STRUT_SAMPLES * n, &body->weight));
  for (PetscInt i = 0; i < n; i++) {
    const RoundStrut strut = frame_body_strut(graph, body->first + i);
    strut_volumes(&strut, graph_strut(graph, body->first + i, NULL), body->weight + STRUT_SAMPLES * i);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_body_destroy(FrameBody *body) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree2(body->sample, body->weight));
  PetscCall(PetscFree(body->section));
  PetscCall(PetscFree(body->u));
  for (int i = 0; i < 6; i++)
    PetscCall(PetscFree(body->unit[i]));
  PetscCall(frame_destroy(&body->model));
  for (int i = 0; i < 2; i++)
    PetscCall(PetscFree(body->grip[i].node));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_body_solve(FrameBody *body, SolveInfo info[6]) {
  PetscFunctionBeginUser;
  PetscCall(frame_unit_motions(body->model, 1, body->unit, body->stiffness, info));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_body_show(FrameBody *body, const double motion[6]) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < body->graph->n_nodes; k++)
    for (int a = 0; a < 6; a++) {
      body->u[k][a] = 0;
      for (int m = 0; m < 6; m++)
        body->u[k][a] += motion[m] * body->unit[m][k][a];
    }
  PetscCall(frame_sections(body->model, (const double(*)[6])body->u, body->section));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_body_percentiles(FrameBody *body, int n, const double *fraction, double *mises) {
  PetscFunctionBeginUser;
  for (PetscInt s = body->first; s < body->end; s++) {
    const RoundStrut strut = frame_body_strut(body->graph, s);
    strut_mises(&body->section[s], &strut, body->sample + STRUT_SAMPLES * (s - body->first));
  }
  for (int i = 0; i < n; i++)
    PetscCall(percentile(body->comm, STRUT_SAMPLES * (body->end - body->first), body->sample, body->weight, NULL, 0,
                         fraction[i], &mises[i]));
  PetscFunctionReturn(PETSC_SUCCESS);
}
