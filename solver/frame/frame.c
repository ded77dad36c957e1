/* The frame seen from outside: creation, grips, solution, and what follows from displacements. */
#include "solver/frame/frame.h"
#include "solver/frame/frame_model.h"

static PetscErrorCode check_options(MPI_Comm comm, const FrameOptions *options) {
  PetscFunctionBeginUser;
  PetscCheck(options->young_MPa > 0 && isfinite(options->young_MPa), comm, PETSC_ERR_USER_INPUT,
             "frame: young_MPa = %g: must lie in (0, inf)", options->young_MPa);
  PetscCheck(options->poisson > -1 && options->poisson < 0.5, comm, PETSC_ERR_USER_INPUT,
             "frame: poisson = %g: must lie in (-1, 0.5)", options->poisson);
  PetscCheck(options->rtol > 0 && options->rtol < 1, comm, PETSC_ERR_USER_INPUT, "frame: rtol = %g: must lie in (0, 1)",
             options->rtol);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode check_graph(MPI_Comm comm, const Graph *graph) {
  PetscFunctionBeginUser;
  PetscCheck(graph->n_struts > 0, comm, PETSC_ERR_USER_INPUT, "frame: the graph has no struts");
  for (PetscInt i = 0; i < graph->n_nodes; i++)
    for (int c = 0; c < 3; c++)
      PetscCheck(isfinite(graph->x[i][c]), comm, PETSC_ERR_USER_INPUT,
                 "frame: node %" PetscInt_FMT " has coordinate %g", i, graph->x[i][c]);
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    PetscCheck(graph->radius[s] > 0 && isfinite(graph->radius[s]), comm, PETSC_ERR_USER_INPUT,
               "frame: strut %" PetscInt_FMT " has radius %g mm: must lie in (0, inf)", s, graph->radius[s]);
    for (int end = 0; end < 2; end++)
      PetscCheck(graph->strut[s][end] >= 0 && graph->strut[s][end] < graph->n_nodes, comm, PETSC_ERR_ARG_OUTOFRANGE,
                 "strut %" PetscInt_FMT " ends at node %" PetscInt_FMT, s, graph->strut[s][end]);
    PetscCheck(!graph->taper || PetscAbsReal(graph->taper[s]) < 1, comm, PETSC_ERR_USER_INPUT,
               "frame: strut %" PetscInt_FMT " has taper %g: must lie in (-1, 1)", s, graph->taper[s]);
    PetscCheck(!graph->bore || (graph->bore[s] >= 0 && graph->bore[s] < 1), comm, PETSC_ERR_USER_INPUT,
               "frame: strut %" PetscInt_FMT " has bore %g: must lie in [0, 1)", s, graph->bore[s]);
    PetscCheck(graph_area_share(graph, s) > 0 && graph_area_share(graph, s) <= 1, comm, PETSC_ERR_USER_INPUT,
               "frame: strut %" PetscInt_FMT " has the share %g of its section inside: must lie in (0, 1]", s,
               graph_area_share(graph, s));
    double length = graph_strut(graph, s, NULL);
    PetscCheck(length > 1e-9 * graph->radius[s], comm, PETSC_ERR_USER_INPUT,
               "frame: strut %" PetscInt_FMT " between nodes %" PetscInt_FMT " and %" PetscInt_FMT " has no length", s,
               graph->strut[s][0], graph->strut[s][1]);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Do struts s and t, which join the same nodes, join the same images of them? */
static PetscBool same_images(const Graph *graph, PetscInt s, PetscInt t) {
  int sign = graph->strut[s][0] == graph->strut[t][0] ? 1 : -1, same = 1, opposite = 1;

  if (!graph->shift)
    return PETSC_TRUE;
  for (int c = 0; c < 3; c++) {
    same = same && graph->shift[s][c] == sign * graph->shift[t][c];
    opposite = opposite && graph->shift[s][c] == -graph->shift[t][c];
  }
  return (PetscBool)(same || (opposite && graph->strut[s][0] == graph->strut[s][1]));
}

static PetscErrorCode check_twins(MPI_Comm comm, const Graph *graph, const FrameRows *rows) {
  PetscInt *seen, twin[3] = {-1, -1, -1}; /* two struts and a node */

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(graph->n_nodes, &seen));
  for (PetscInt i = 0; i < graph->n_nodes; i++)
    seen[i] = -1;
  for (PetscInt i = 0; i < graph->n_nodes && twin[0] < 0; i++)
    for (PetscInt k = rows->start[i]; k < rows->start[i + 1]; k++) {
      PetscInt s = rows->touch[k] / 2, other = graph->strut[s][1 - rows->touch[k] % 2];
      for (PetscInt j = rows->start[i]; seen[other] == i && j < k; j++) {
        PetscInt t = rows->touch[j] / 2;
        if (t != s && graph->strut[t][1 - rows->touch[j] % 2] == other && same_images(graph, s, t) && twin[0] < 0)
          twin[0] = t, twin[1] = s, twin[2] = i;
      }
      seen[other] = i;
    }
  PetscCall(PetscFree(seen));
  PetscCheck(twin[0] < 0, comm, PETSC_ERR_USER_INPUT,
             "frame: struts %" PetscInt_FMT " and %" PetscInt_FMT " both join nodes %" PetscInt_FMT
             " and %" PetscInt_FMT,
             twin[0], twin[1], twin[2],
             graph->strut[twin[1]][0] == twin[2] ? graph->strut[twin[1]][1] : graph->strut[twin[1]][0]);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_create(MPI_Comm comm, const Graph *graph, const FrameOptions *options, FrameModel **created) {
  FrameModel *model;

  PetscFunctionBeginUser;
  PetscCall(check_options(comm, options));
  PetscCall(check_graph(comm, graph));
  PetscCall(PetscNew(&model));
  model->comm = comm;
  model->graph = graph;
  model->options = *options;
  PetscCall(PetscCalloc1(graph->n_struts, &model->element));
  PetscCall(PetscMalloc2(graph->n_nodes, &model->held, graph->n_nodes, &model->internal));
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    StrutElement *strut = &model->element[s];
    strut->radius = graph->radius[s];
    strut->taper = graph->taper ? graph->taper[s] : 0;
    strut->bore = graph->bore ? graph->bore[s] : 0;
    strut->area_lost = 1 - graph_area_share(graph, s);
    strut->length = graph_strut(graph, s, strut->axis);
    model->length += strut->length / (double)graph->n_struts;
  }
  PetscCall(frame_rows_create(graph, &model->rows));
  PetscErrorCode refused = check_twins(comm, graph, &model->rows);
  if (!refused && options->node_zones == NODE_ZONES_AUTO)
    refused = frame_zones(model);
  if (refused)
    PetscCall(frame_destroy(&model));
  PetscCall(refused);
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    strut_stiffen(&model->element[s], options->young_MPa, options->poisson, options->timoshenko);
    strut_limit(&model->element[s], options->young_MPa, model->length, FRAME_STIFFEST);
  }
  *created = model;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode free_grips(FrameModel *model) {
  PetscFunctionBeginUser;
  for (PetscInt g = 0; g < model->n_grips; g++)
    PetscCall(PetscFree(model->grips[g].node));
  PetscCall(PetscFree(model->grips));
  model->n_grips = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_destroy(FrameModel **destroyed) {
  FrameModel *model = *destroyed;

  PetscFunctionBeginUser;
  if (!model)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(frame_system_free(&model->system));
  PetscCall(free_grips(model));
  PetscCall(frame_rows_free(&model->rows));
  PetscCall(PetscFree2(model->held, model->internal));
  PetscCall(PetscFree(model->element));
  PetscCall(PetscFree(*destroyed));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_hold(FrameModel *model, PetscInt n, const Grip *grips) {
  PetscFunctionBeginUser;
  PetscCheck(!model->graph->shift, model->comm, PETSC_ERR_ARG_WRONGSTATE, "a periodic frame takes no grips");
  PetscCheck(n > 0, model->comm, PETSC_ERR_USER_INPUT, "frame: nothing holds it (no grips)");
  for (PetscInt g = 0; g < n; g++) {
    PetscCheck(grips[g].n > 0, model->comm, PETSC_ERR_USER_INPUT, "frame: grip '%s' has no nodes", grips[g].name);
    for (PetscInt k = 0; k < grips[g].n; k++)
      PetscCheck(grips[g].node[k] >= 0 && grips[g].node[k] < model->graph->n_nodes, model->comm,
                 PETSC_ERR_ARG_OUTOFRANGE, "grip '%s' ties node %" PetscInt_FMT, grips[g].name, grips[g].node[k]);
  }
  PetscCall(free_grips(model));
  PetscCall(PetscCalloc1(n, &model->grips));
  for (PetscInt i = 0; i < model->graph->n_nodes; i++)
    for (int c = 0; c < 6; c++)
      model->held[i][c] = -1;
  for (PetscInt g = 0; g < n; g++) {
    model->grips[g] = grips[g];
    PetscCall(PetscMalloc1(grips[g].n, &model->grips[g].node));
    model->n_grips = g + 1;
    PetscCall(PetscArraycpy(model->grips[g].node, grips[g].node, grips[g].n));
    for (PetscInt k = 0; k < grips[g].n; k++)
      for (int c = 0; c < 6; c++)
        if (grips[g].fixed >> c & 1 && model->held[grips[g].node[k]][c] < 0)
          model->held[grips[g].node[k]][c] = g;
  }
  PetscErrorCode refused = frame_check_support(model);
  if (refused)
    PetscCall(free_grips(model));
  PetscCall(refused);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_grips(FrameModel *model, PetscInt n, const Grip *grips) {
  PetscFunctionBeginUser;
  PetscCall(frame_hold(model, n, grips));
  PetscCall(frame_system_create(model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* u of the tied components from the motions of their grips, 0 elsewhere. */
static void apply_motion(const FrameModel *model, const double (*motion)[6], double (*u)[6]) {
  for (PetscInt i = 0; i < model->graph->n_nodes; i++)
    for (int c = 0; c < 6; c++) {
      PetscInt g = model->held[i][c];
      double v[6] = {0};
      if (g >= 0 && motion) {
        grip_displacement(motion[g], model->grips[g].at, model->graph->x[i], v);
        v[3] = motion[g][3], v[4] = motion[g][4], v[5] = motion[g][5];
      }
      u[i][c] = v[c];
    }
}

PetscErrorCode frame_solve(FrameModel *model, const double (*motion)[6], const double (*force)[6], double (*u)[6],
                           SolveInfo *info) {
  SolveInfo unwanted;

  PetscFunctionBeginUser;
  PetscCheck(model->n_grips, model->comm, PETSC_ERR_ORDER, "frame_solve before frame_grips");
  if (force)
    for (PetscInt i = 0; i < model->graph->n_nodes; i++)
      for (int c = 0; c < 6; c++)
        PetscCheck(isfinite(force[i][c]) && (force[i][c] == 0 || model->rows.piece[i] >= 0), model->comm,
                   PETSC_ERR_USER_INPUT, "frame: load %g on node %" PetscInt_FMT ", which has no strut or is no number",
                   force[i][c], i);
  if (!info)
    info = &unwanted;
  apply_motion(model, motion, u);
  PetscCall(PetscStrncpy(info->name, "frame", sizeof info->name));
  PetscCall(frame_equilibrate(model, 1, &(FrameLoad){.force = force, .u = u}, info));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void frame_deform(const FrameModel *model, PetscInt s, const double (*u)[6], const double strain[6],
                  StrutDeformation *q) {
  const PetscInt *node = model->graph->strut[s];
  const StrutElement *strut = &model->element[s];

  if (!strain) {
    strut_deform(strut, u[node[0]], u[node[1]], q);
    return;
  }
  double far[6], length = strut->zone[0] + strut->length + strut->zone[1];
  double dx = length * strut->axis[0], dy = length * strut->axis[1], dz = length * strut->axis[2];
  for (int c = 0; c < 6; c++)
    far[c] = u[node[1]][c];
  far[0] += strain[0] * dx + 0.5 * (strain[5] * dy + strain[4] * dz);
  far[1] += strain[1] * dy + 0.5 * (strain[5] * dx + strain[3] * dz);
  far[2] += strain[2] * dz + 0.5 * (strain[4] * dx + strain[3] * dy);
  strut_deform(strut, u[node[0]], far, q);
}

void frame_internal_forces(const FrameModel *model, const double (*u)[6], const double strain[6], double (*f)[6],
                           double *largest, double *carried) {
  double reach = 0, sum = 0, ell = model->length;

  for (PetscInt i = 0; i < model->graph->n_nodes; i++)
    for (int c = 0; c < 6; c++)
      f[i][c] = 0;
  for (PetscInt s = 0; s < model->graph->n_struts; s++) {
    const PetscInt *node = model->graph->strut[s];
    StrutDeformation q;
    double end[12], move = 0;
    frame_deform(model, s, u, strain, &q);
    strut_forces(&model->element[s], &q, end);
    for (int c = 0; c < 12; c++) {
      double v = u[node[c / 6]][c % 6];
      f[node[c / 6]][c % 6] += end[c];
      move += c % 6 < 3 ? v * v : PetscSqr(ell * v);
      sum += c % 6 < 3 ? PetscSqr(end[c]) : PetscSqr(end[c] / ell);
    }
    reach += move * PetscSqr(model->element[s].stretch);
  }
  if (largest)
    *largest = PetscSqrtReal(reach + sum);
  if (carried)
    *carried = PetscSqrtReal(sum);
}

PetscErrorCode frame_reactions(FrameModel *model, const double (*u)[6], double (*reaction)[6]) {
  const double(*f)[6] = (const double(*)[6])model->internal;

  PetscFunctionBeginUser;
  PetscCheck(model->n_grips, model->comm, PETSC_ERR_ORDER, "frame_reactions before frame_grips");
  frame_internal_forces(model, u, NULL, model->internal, NULL, NULL);
  PetscCall(PetscArrayzero(reaction, model->n_grips));
  for (PetscInt i = 0; i < model->graph->n_nodes; i++)
    for (int c = 0; c < 6; c++) {
      PetscInt g = model->held[i][c];
      if (g < 0)
        continue;
      reaction[g][c] += f[i][c];
      if (c < 3) {
        int j = (c + 1) % 3, k = (c + 2) % 3;
        double dj = model->graph->x[i][j] - model->grips[g].at[j], dk = model->graph->x[i][k] - model->grips[g].at[k];
        reaction[g][3 + j] += dk * f[i][c];
        reaction[g][3 + k] -= dj * f[i][c];
      }
    }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_energy(FrameModel *model, const double (*u)[6], double *energy) {
  PetscFunctionBeginUser;
  *energy = 0;
  for (PetscInt s = 0; s < model->graph->n_struts; s++) {
    StrutDeformation q;
    frame_deform(model, s, u, NULL, &q);
    *energy += strut_energy(&model->element[s], &q);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_unit_motions(FrameModel *model, PetscInt grip, double (*const u[6])[6], double stiffness[6][6],
                                  SolveInfo info[6]) {
  double(*motion)[6], (*reaction)[6];
  FrameLoad load[6];
  SolveInfo unwanted[6];

  PetscFunctionBeginUser;
  PetscCheck(grip >= 0 && grip < model->n_grips, model->comm, PETSC_ERR_ARG_OUTOFRANGE, "no grip %" PetscInt_FMT, grip);
  PetscCall(PetscCalloc2(model->n_grips, &motion, model->n_grips, &reaction));
  if (!info)
    info = unwanted;
  for (int m = 0; m < 6; m++) {
    motion[grip][m] = 1;
    apply_motion(model, (const double(*)[6])motion, u[m]);
    motion[grip][m] = 0;
    load[m] = (FrameLoad){.u = u[m]};
    PetscCall(PetscSNPrintf(info[m].name, sizeof info[m].name, "%s unit motion %d", model->grips[grip].name, m + 1));
  }
  PetscCall(frame_equilibrate(model, 6, load, info));
  for (int m = 0; m < 6; m++) {
    PetscCall(frame_reactions(model, (const double(*)[6])u[m], reaction));
    for (int i = 0; i < 6; i++)
      stiffness[i][m] = reaction[grip][i];
  }
  PetscCall(PetscFree2(motion, reaction));
  PetscFunctionReturn(PETSC_SUCCESS);
}
