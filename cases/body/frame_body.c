#include "cases/body/frame_body.h"

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
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_body_destroy(FrameBody *body) {
  PetscFunctionBeginUser;
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
  PetscCall(frame_mises_percentiles(body->comm, body->graph, body->section, NULL, n, fraction, mises));
  PetscFunctionReturn(PETSC_SUCCESS);
}
