/* The path seen from outside: creation, loads, and what can be asked of a point. */
#include "solver/frame/frame_model.h"
#include "solver/frame/path_model.h"
#include <string.h>

static PetscErrorCode check_options(MPI_Comm comm, const PathOptions *o) {
  PetscFunctionBeginUser;
  PetscCheck(o->pieces >= 1, comm, PETSC_ERR_USER_INPUT, "path: pieces = %" PetscInt_FMT ": must be at least 1",
             o->pieces);
  if (o->hardening) {
    const Hardening *h = o->hardening;
    PetscCheck(h->yield_MPa > 0 && h->linear_MPa >= 0 && h->saturation_MPa >= 0 && h->exponent >= 0, comm,
               PETSC_ERR_USER_INPUT,
               "path: yield_MPa = %g, linear_MPa = %g, saturation_MPa = %g, exponent = %g: must be "
               "positive, the last three may be 0",
               h->yield_MPa, h->linear_MPa, h->saturation_MPa, h->exponent);
    PetscCheck(h->rate_per_s == 0 || (h->rate_per_s > 0 && h->rate_exponent > 0), comm, PETSC_ERR_USER_INPUT,
               "path: rate_per_s = %g, rate_exponent = %g: must be positive", h->rate_per_s, h->rate_exponent);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Equal shares of the beams, in order. */
static PetscErrorCode share_beams(PathModel *path) {
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(path->size, &path->count, path->size, &path->start));
  for (PetscMPIInt r = 0; r < path->size; r++) {
    PetscInt64 from = (PetscInt64)path->n_beams * r / path->size, to = (PetscInt64)path->n_beams * (r + 1) / path->size;
    path->start[r] = (PetscMPIInt)from;
    path->count[r] = (PetscMPIInt)(to - from);
  }
  path->first = path->start[path->rank];
  path->end = path->first + path->count[path->rank];
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode allocate(PathModel *path) {
  const PetscInt n = path->n_nodes, mine = path->end - path->first;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(n, &path->load, n, &path->held));
  PetscCall(PetscMalloc6(n, &path->at.u, n, &path->at.x, n, &path->at.R, n, &path->trial.u, n, &path->trial.x, n,
                         &path->trial.R));
  PetscCall(PetscMalloc2(mine, &path->state, mine, &path->state_at));
  if (path->options.hardening)
    PetscCall(PetscMalloc2(mine, &path->fibre, mine, &path->fibre_at));
  PetscCall(PetscMalloc2(path->n_beams, &path->row, n, &path->f));
  PetscCall(PetscMalloc1(path->n_beams, &path->K));
  PetscCall(PetscMalloc5(n, &path->last, n, &path->rest, n, &path->change, n, &path->tangent, n, &path->step));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode path_create(MPI_Comm comm, const Graph *graph, const PathOptions *options, PathModel **created) {
  PathModel *path;

  PetscFunctionBeginUser;
  PetscCall(check_options(comm, options));
  PetscCall(PetscNew(&path));
  path->comm = comm;
  path->graph = graph;
  path->options = *options;
  PetscCallMPI(MPI_Comm_rank(comm, &path->rank));
  PetscCallMPI(MPI_Comm_size(comm, &path->size));
  const FrameOptions *f = &options->frame;
  path->metal = (FibreMetal){.young_MPa = f->young_MPa, .shear_MPa = f->young_MPa / (2 * (1 + f->poisson))};
  if (options->hardening)
    path->metal.hardening = *options->hardening;
  else
    path->metal.hardening.yield_MPa = PETSC_INFINITY;
  PetscCall(frame_create(comm, graph, f, &path->frame));
  PetscCall(path_mesh(path));
  PetscCall(share_beams(path));
  PetscCall(allocate(path));
  *created = path;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode free_grips(PathModel *path) {
  PetscFunctionBeginUser;
  for (PetscInt g = 0; g < path->n_grips; g++)
    PetscCall(PetscFree(path->grip[g].node));
  PetscCall(PetscFree3(path->grip, path->motion, path->reaction));
  path->n_grips = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode path_destroy(PathModel **destroyed) {
  PathModel *path = *destroyed;

  PetscFunctionBeginUser;
  if (!path)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(path_system_free(&path->system));
  PetscCall(path_contact_free(&path->contact));
  PetscCall(frame_destroy(&path->frame));
  PetscCall(free_grips(path));
  PetscCall(PetscFree(path->plate));
  PetscCall(PetscFree2(path->load, path->held));
  PetscCall(PetscFree6(path->at.u, path->at.x, path->at.R, path->trial.u, path->trial.x, path->trial.R));
  PetscCall(PetscFree2(path->state, path->state_at));
  if (path->fibre)
    PetscCall(PetscFree2(path->fibre, path->fibre_at));
  PetscCall(PetscFree2(path->row, path->f));
  PetscCall(PetscFree(path->K));
  PetscCall(PetscFree5(path->last, path->rest, path->change, path->tangent, path->step));
  PetscCall(PetscFree2(path->count, path->start));
  PetscCall(PetscFree(path->layout));
  PetscCall(PetscFree(path->beam));
  PetscCall(PetscFree(path->rest_x));
  PetscCall(PetscFree(*destroyed));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A part-tied node of a grip that turns would not know where to go. */
static PetscErrorCode check_motion(const PathModel *path, const double (*motion)[6]) {
  PetscFunctionBeginUser;
  for (PetscInt g = 0; g < path->n_grips && motion; g++)
    PetscCheck((motion[g][3] == 0 && motion[g][4] == 0 && motion[g][5] == 0) || path->grip[g].fixed == GRIP_ALL,
               path->comm, PETSC_ERR_USER_INPUT, "path: grip '%s' turns and does not tie all six components",
               path->grip[g].name);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode path_load(PathModel *path, PetscInt n, const Grip *grips, const double (*motion)[6],
                         const double (*force)[6]) {
  PetscFunctionBeginUser;
  path->n_plates = 0;
  PetscCall(frame_hold(path->frame, n, grips));
  PetscCall(free_grips(path));
  path->n_grips = n;
  PetscCall(PetscCalloc3(n, &path->grip, n, &path->motion, n, &path->reaction));
  for (PetscInt g = 0; g < n; g++) {
    path->grip[g] = grips[g];
    PetscCall(PetscMalloc1(grips[g].n, &path->grip[g].node));
    PetscCall(PetscArraycpy(path->grip[g].node, grips[g].node, grips[g].n));
    if (motion)
      PetscCall(PetscArraycpy(path->motion[g], motion[g], 6));
  }
  PetscCall(check_motion(path, motion));
  PetscCall(PetscArrayzero(path->load, path->n_nodes));
  if (force)
    PetscCall(PetscArraycpy(path->load, force, path->graph->n_nodes));
  for (PetscInt i = 0; i < path->n_nodes; i++)
    for (int c = 0; c < 6; c++)
      path->held[i][c] = i >= path->graph->n_nodes ? -1 : path->frame->rows.piece[i] < 0 ? -2 : path->frame->held[i][c];
  PetscCall(path_contact_create(path));
  PetscCall(path_system_create(path));
  PetscCall(path_reset(path));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode path_plates(PathModel *path, PetscInt n, const PathPlate *plates) {
  PetscFunctionBeginUser;
  PetscCheck(path->n_grips, path->comm, PETSC_ERR_ORDER, "path_plates before path_load");
  for (PetscInt p = 0; p < n; p++)
    PetscCheck(plates[p].grip >= 0 && plates[p].grip < path->n_grips, path->comm, PETSC_ERR_ARG_OUTOFRANGE,
               "plate %" PetscInt_FMT " is grip %" PetscInt_FMT, p, plates[p].grip);
  PetscCall(PetscFree(path->plate));
  PetscCall(PetscMalloc1(n, &path->plate));
  PetscCall(PetscArraycpy(path->plate, plates, n));
  path->n_plates = n;
  PetscCall(path_contact_create(path));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode path_reset(PathModel *path) {
  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(path->at.x, path->rest_x, path->n_nodes));
  PetscCall(PetscArrayzero(path->at.u, path->n_nodes));
  for (PetscInt i = 0; i < path->n_nodes; i++)
    for (int c = 0; c < 9; c++)
      path->at.R[i][c] = c % 4 ? 0 : 1;
  path->at.parameter = 0;
  path_copy_place(path, &path->at, &path->trial);
  for (PetscInt b = path->first; b < path->end; b++)
    beam_rest(&path->beam[b].beam, &path->metal, &path->state_at[b - path->first]);
  PetscCall(PetscArrayzero(path->reaction, path->n_grips));
  path->last_parameter = path->work = path->energy = path->residual = path->contact.energy_at = 0;
  path->steps = 0;
  path->follow = (PathFollow){0};
  PetscCall(PetscArrayzero(path->last, path->n_nodes));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode path_displacement(const PathModel *path, double (*u)[6]) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < path->graph->n_nodes; i++) {
    for (int c = 0; c < 3; c++)
      u[i][c] = path->at.u[i][c];
    rotation_log(path->at.R[i], &u[i][3]);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscInt64 path_dofs(const PathModel *path) {
  return 6 * (PetscInt64)(path->frame->rows.n_walk + path->n_nodes - path->graph->n_nodes);
}

enum { STRUT_ROW = 6 };

static void strut_row(const PathModel *path, PetscInt b, double row[STRUT_ROW]) {
  const BeamState *state = &path->state_at[b - path->first];
  double S[6];

  for (int c = 0; c < STRUT_ROW; c++)
    row[c] = 0;
  for (int p = 0; p < BEAM_POINTS; p++) {
    beam_resultants(&path->beam[b].beam, state->s, beam_point[p], S);
    row[3] = PetscMax(row[3], hypot(S[4], S[5]));
    if (!state->yielded[p])
      continue;
    row[5] += 1. / (double)(BEAM_POINTS * path->options.pieces);
    for (int f = 0; f < FIBRES; f++)
      row[4] = PetscMax(row[4], path->fibre_at[b - path->first][p][3 * FIBRES + f]);
  }
  row[0] = state->s[0];
  row[1] = hypot(state->s[2] + state->s[3], state->s[4] + state->s[5]) / path->beam[b].beam.length;
  row[2] = state->s[1];
}

PetscErrorCode path_struts(const PathModel *path, PathStrut *strut) {
  double(*row)[STRUT_ROW];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(path->n_beams, &row));
  for (PetscInt b = path->first; b < path->end; b++)
    strut_row(path, b, row[b]);
  PetscCall(path_gather(path, STRUT_ROW, row[0]));
  memset(strut, 0, (size_t)path->graph->n_struts * sizeof *strut);
  for (PetscInt b = 0; b < path->n_beams; b++) {
    PathStrut *s = &strut[path->beam[b].strut];
    s->N = PetscAbsReal(row[b][0]) > PetscAbsReal(s->N) ? row[b][0] : s->N;
    s->V = PetscMax(s->V, row[b][1]);
    s->T = PetscAbsReal(row[b][2]) > PetscAbsReal(s->T) ? row[b][2] : s->T;
    s->M = PetscMax(s->M, row[b][3]);
    s->plastic = PetscMax(s->plastic, row[b][4]);
    s->yielded_share += row[b][5];
  }
  PetscCall(PetscFree(row));
  PetscFunctionReturn(PETSC_SUCCESS);
}
