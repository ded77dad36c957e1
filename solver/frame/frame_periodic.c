/* Effective elasticity of a periodic frame: unit macroscopic strains move the images of a node against each other, the
   nodes of the cell find their equilibrium, and C is the energy of pairs of these states over the volume. */
#include "solver/frame/frame_model.h"

/* A lattice that holds together in fewer than three directions (separate rods or layers), or in several pieces that
   interpenetrate without touching, can move without force. Following struts from a node back to itself gives a vector
   of periods; those of all loops must span space. */
static PetscErrorCode loops_span(const Graph *graph, const FrameRows *rows, PetscInt *directions) {
  PetscInt(*cell)[3], *queue, *seen, tail = 0;
  double span[3][3];

  PetscFunctionBeginUser;
  *directions = 0;
  PetscCall(PetscCalloc3(graph->n_nodes, &cell, graph->n_nodes, &queue, graph->n_nodes, &seen));
  queue[tail++] = rows->walk[0];
  seen[rows->walk[0]] = 1;
  for (PetscInt head = 0; head < tail; head++)
    for (PetscInt k = rows->start[queue[head]]; k < rows->start[queue[head] + 1]; k++) {
      PetscInt s = rows->touch[k] / 2, end = rows->touch[k] % 2, other = graph->strut[s][1 - end], loop[3];
      double rest[3], size = 0;
      for (int c = 0; c < 3; c++)
        loop[c] = cell[queue[head]][c] + (end ? -1 : 1) * (PetscInt)graph->shift[s][c];
      if (!seen[other]) {
        seen[other] = 1;
        PetscCall(PetscArraycpy(cell[other], loop, 3));
        queue[tail++] = other;
        continue;
      }
      for (int c = 0; c < 3; c++)
        rest[c] = (double)(loop[c] - cell[other][c]);
      for (PetscInt d = 0; d < *directions; d++) { /* what is new against the directions found */
        double part = rest[0] * span[d][0] + rest[1] * span[d][1] + rest[2] * span[d][2];
        for (int c = 0; c < 3; c++)
          rest[c] -= part * span[d][c];
      }
      for (int c = 0; c < 3; c++)
        size += rest[c] * rest[c];
      if (*directions < 3 && size > 1e-8) {
        for (int c = 0; c < 3; c++)
          span[*directions][c] = rest[c] / PetscSqrtReal(size);
        ++*directions;
      }
    }
  PetscCall(PetscFree3(cell, queue, seen));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* u[a] [n_nodes][6]: the periodic part of the displacement under unit strain a. info: sums over the six,
   the worst residual. */
static PetscErrorCode solve_strains(FrameModel *model, double (**u)[6], SolveInfo *info) {
  static const double strain[6][6] = {{1}, {0, 1}, {0, 0, 1}, {0, 0, 0, 1}, {0, 0, 0, 0, 1}, {0, 0, 0, 0, 0, 1}};
  FrameLoad load[6];
  SolveInfo one[6];

  PetscFunctionBeginUser;
  for (int a = 0; a < 6; a++)
    load[a] = (FrameLoad){.strain = strain[a], .u = u[a]};
  PetscCall(frame_equilibrate(model, 6, load, one));
  *info = (SolveInfo){.name = "unit strains", .model = "frame", .dofs = one[0].dofs};
  for (int a = 0; a < 6; a++) {
    info->iterations += one[a].iterations;
    info->setup_s += one[a].setup_s;
    info->solve_s += one[a].solve_s;
    info->relative_residual = PetscMax(info->relative_residual, one[a].relative_residual);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Twice the energy that two deformations of a strut share. */
static double shared_energy(const StrutElement *strut, const StrutDeformation *p, const StrutDeformation *q) {
  double energy = strut->stretch * p->stretch * q->stretch + strut->twist * p->twist * q->twist;

  for (int c = 0; c < 3; c++)
    energy += strut->shear * p->shear[c] * q->shear[c] + strut->bend * p->bend[c] * q->bend[c];
  return energy;
}

static void accumulate(const FrameModel *model, double (*const *u)[6], double C[6][6]) {
  const double *period = model->graph->period, volume = period[0] * period[1] * period[2];

  for (int i = 0; i < 36; i++)
    C[i / 6][i % 6] = 0;
  for (PetscInt s = 0; s < model->graph->n_struts; s++) {
    StrutDeformation q[6];
    for (int a = 0; a < 6; a++) {
      double strain[6] = {0};
      strain[a] = 1;
      frame_deform(model, s, (const double(*)[6])u[a], strain, &q[a]);
    }
    for (int a = 0; a < 6; a++)
      for (int b = 0; b < 6; b++)
        C[a][b] += shared_energy(&model->element[s], &q[a], &q[b]) / volume;
  }
}

PetscErrorCode frame_homogenise(FrameModel *model, double C[6][6], SolveInfo *info) {
  const Graph *graph = model->graph;
  double(*u[6])[6];
  PetscInt directions;
  SolveInfo unwanted;

  PetscFunctionBeginUser;
  PetscCheck(graph->shift, model->comm, PETSC_ERR_ARG_WRONGSTATE, "frame_homogenise wants a periodic graph");
  PetscCheck(model->rows.n_pieces == 1, model->comm, PETSC_ERR_USER_INPUT,
             "frame: the periodic lattice falls into %" PetscInt_FMT " pieces that do not touch", model->rows.n_pieces);
  PetscCall(loops_span(graph, &model->rows, &directions));
  PetscCheck(directions == 3, model->comm, PETSC_ERR_USER_INPUT,
             "frame: the periodic lattice holds together in %" PetscInt_FMT " of three directions only", directions);
  for (PetscInt i = 0; i < graph->n_nodes; i++) /* a translation of all nodes costs nothing: one node stays */
    for (int c = 0; c < 6; c++)
      model->held[i][c] = i == model->rows.walk[0] && c < 3 ? 0 : -1;
  PetscCall(frame_system_create(model));
  for (int a = 0; a < 6; a++)
    PetscCall(PetscCalloc1(graph->n_nodes, &u[a]));
  PetscCall(solve_strains(model, u, info ? info : &unwanted));
  accumulate(model, u, C);
  for (int a = 0; a < 6; a++)
    PetscCall(PetscFree(u[a]));
  PetscFunctionReturn(PETSC_SUCCESS);
}
