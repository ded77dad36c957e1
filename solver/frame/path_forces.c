/* Beams at a trial place: their states, the forces that hold them, what is out of balance; accepting a point. */
#include "solver/frame/path_model.h"
#include <string.h>

PetscErrorCode path_gather(const PathModel *path, PetscMPIInt width, double *rows) {
  MPI_Datatype row;

  PetscFunctionBeginUser;
  if (path->size == 1)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCallMPI(MPI_Type_contiguous(width, MPI_DOUBLE, &row));
  PetscCallMPI(MPI_Type_commit(&row));
  PetscCallMPI(MPI_Allgatherv(MPI_IN_PLACE, 0, row, rows, path->count, path->start, row, path->comm));
  PetscCallMPI(MPI_Type_free(&row));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void frame_of(const PathModel *path, const PathBeam *b, BeamFrame *frame) {
  double u[2][3], R[2][9];

  for (int end = 0; end < 2; end++) {
    memcpy(u[end], path->trial.u[b->node[end]], sizeof u[end]);
    memcpy(R[end], path->trial.R[b->node[end]], sizeof R[end]);
  }
  corotate(&b->shape, (const double(*)[3])u, (const double(*)[9])R, frame);
}

/* A row whose energy is no number stands for a beam without a state. */
static void beam_row(PathModel *path, PetscInt b, double row[BEAM_ROW]) {
  const PetscInt own = b - path->first;
  const BeamState *old = &path->state_at[own];
  BeamState *state = &path->state[own];
  BeamFrame frame;

  frame_of(path, &path->beam[b], &frame);
  row[BEAM_ENERGY] = 0;
  const Beam *beam = &path->beam[b].beam;
  int iterations = path->fibre ? beam_update(beam, &path->metal, frame.v, old->yielded,
                                             (const double(*)[FIBRE_STATE])path->fibre_at[own], path->fibre[own], state)
                               : beam_elastic(beam, frame.v, state);
  if (iterations < 0) {
    *state = *old; /* a fresh guess for the next trial */
    row[BEAM_ENERGY] = NAN;
  }
  corotate_forces(&frame, state->s, row);
  for (int i = 0; i < 6; i++)
    row[BEAM_ENERGY] += 0.5 * (state->s[i] + old->s[i]) * (state->v[i] - old->v[i]);
}

PetscErrorCode path_forces(PathModel *path, PetscInt *failed) {
  PetscFunctionBeginUser;
  *failed = 0;
  for (PetscInt i = 0; i < path->n_nodes; i++)
    for (int c = 0; c < 3; c++)
      *failed += isfinite(path->trial.x[i][c]) ? 0 : 1;
  if (*failed)
    PetscFunctionReturn(PETSC_SUCCESS);
  path->metal.step_s = path->options.duration_s * PetscAbsReal(path->trial.parameter - path->at.parameter);
  for (PetscInt b = path->first; b < path->end; b++)
    beam_row(path, b, path->row[b]);
  PetscCall(path_gather(path, BEAM_ROW, path->row[0]));
  PetscCall(PetscArrayzero(path->f, path->n_nodes));
  path->step_energy = 0;
  for (PetscInt b = 0; b < path->n_beams; b++) {
    const double *row = path->row[b];
    for (int c = 0; c < 12; c++)
      path->f[path->beam[b].node[c / 6]][c % 6] += row[c];
    *failed += isnan(row[BEAM_ENERGY]) ? 1 : 0;
    path->step_energy += row[BEAM_ENERGY];
  }
  if (path->contact.search && !*failed) {
    PetscCall(path_contact_forces(path, failed));
    path->step_energy += path->contact.energy - path->contact.energy_at;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

double path_balance(const PathModel *path, double (*rest)[6]) {
  double out = 0, held = 0, load = 0, carried = 0;

  for (PetscInt i = 0; i < path->n_nodes; i++)
    for (int c = 0; c < 6; c++) {
      double weight = c < 3 ? 1 : 1 / path->length, applied = path->trial.parameter * path->load[i][c];
      if (path->held[i][c] == -1) {
        rest[i][c] = applied - path->f[i][c];
        out += PetscSqr(weight * rest[i][c]);
        load += PetscSqr(weight * applied);
      } else {
        rest[i][c] = 0;
        held += PetscSqr(weight * path->f[i][c]);
      }
    }
  for (PetscInt b = 0; b < path->n_beams; b++)
    for (int c = 0; c < 12; c++)
      carried += PetscSqr((c % 6 < 3 ? 1 : 1 / path->length) * path->row[b][c]);
  double reference = PetscMax(PetscSqrtReal(held + load), 1e-3 * PetscSqrtReal(carried));
  return reference > 0 ? PetscSqrtReal(out) / reference : 0;
}

/* Forces of the grips on the frame at trial, moments about their moved points. */
static void reactions(const PathModel *path, double (*reaction)[6]) {
  memset(reaction, 0, (size_t)path->n_grips * sizeof *reaction);
  for (PetscInt i = 0; i < path->n_nodes; i++)
    for (int c = 0; c < 6; c++) {
      PetscInt g = path->held[i][c];
      if (g < 0)
        continue;
      reaction[g][c] += path->f[i][c];
      if (c < 3) {
        int j = (c + 1) % 3, k = (c + 2) % 3;
        const double *at = path->grip[g].at, *m = path->motion[g], t = path->trial.parameter;
        reaction[g][3 + j] += (path->trial.x[i][k] - at[k] - t * m[k]) * path->f[i][c];
        reaction[g][3 + k] -= (path->trial.x[i][j] - at[j] - t * m[j]) * path->f[i][c];
      }
    }
}

/* Work of grips and dead loads between at and trial, by the trapezoid rule. */
static double step_work(const PathModel *path, const double (*reaction)[6]) {
  double work = 0, from = path->at.parameter, to = path->trial.parameter;

  for (PetscInt g = 0; g < path->n_grips; g++)
    for (int c = 0; c < 6; c++)
      work += 0.5 * (path->reaction[g][c] + reaction[g][c]) * (to - from) * path->motion[g][c];
  for (PetscInt i = 0; i < path->n_nodes; i++)
    for (int c = 0; c < 6; c++)
      if (path->held[i][c] == -1)
        work += 0.5 * (from + to) * path->load[i][c] * path->step[i][c];
  return work;
}

PetscErrorCode path_accept(PathModel *path) {
  double(*reaction)[6];
  const PetscInt mine = path->end - path->first;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(path->n_grips, &reaction));
  path_between(path, path->step);
  reactions(path, reaction);
  path_contact_reactions(path, reaction);
  path->work += step_work(path, (const double(*)[6])reaction);
  path->energy += path->step_energy;
  path->contact.energy_at = path->contact.energy;
  PetscCall(PetscArraycpy(path->reaction, reaction, path->n_grips));
  PetscCall(PetscFree(reaction));
  PetscCall(PetscArraycpy(path->last, path->step, path->n_nodes));
  path->last_parameter = path->trial.parameter - path->at.parameter;
  path_copy_place(path, &path->trial, &path->at);
  PetscCall(PetscArraycpy(path->state_at, path->state, mine));
  for (PetscInt b = 0; b < mine && path->fibre; b++)
    for (int p = 0; p < BEAM_POINTS; p++)
      if (path->state[b].yielded[p])
        PetscCall(PetscArraycpy(path->fibre_at[b][p], path->fibre[b][p], FIBRE_STATE));
  path->steps++;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Here because it needs the frames of the beams. */
PetscErrorCode path_tangents(PathModel *path) {
  PetscFunctionBeginUser;
  for (PetscInt b = path->first; b < path->end; b++) {
    BeamFrame frame;
    const BeamState *state = &path->state[b - path->first];
    frame_of(path, &path->beam[b], &frame);
    corotate_stiffness(&frame, state->s, state->k, path->K[b], NULL);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
