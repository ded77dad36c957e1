/* Driver: voxel solves as records of a Keep. A finished one is its displacements; one under way also the residual and
   the direction of the conjugate gradients. */
#include "solver/model_content.h"
#include "solver/voxel/voxel_impl.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { INFO = 5, STATE = 8 };

static PetscErrorCode add_vector(Vec u, Content *content) {
  const PetscScalar *a;
  PetscInt n;
  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(u, &n));
  PetscCall(VecGetArrayRead(u, &a));
  content_add(content, (size_t)n * sizeof *a, a);
  PetscCall(VecRestoreArrayRead(u, &a));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All that the solution follows from, of every rank. */
static PetscErrorCode solve_content(const VoxelModel *m, const double (*motion)[6], Vec force, Vec u,
                                    Content *content) {
  Content mine = m->keep->content_ranks, *all;
  PetscMPIInt size;
  PetscFunctionBeginUser;
  content_add_grid(&mine, m->grid);
  content_add(&mine, sizeof m->material, m->material);
  content_add_voxel_options(&mine, &m->options);
  content_add(&mine, sizeof m->superposed, &m->superposed);
  for (PetscInt g = 0; g < m->n_grips; ++g)
    content_add(&mine, sizeof m->grip[g].at, m->grip[g].at);
  content_add(&mine, (size_t)m->n_ties * sizeof *m->tie, m->tie);
  content_add(&mine, motion ? (size_t)m->n_grips * sizeof *motion : 0, motion);
  if (force)
    PetscCall(add_vector(force, &mine));
  PetscCall(add_vector(u, &mine));
  PetscCallMPI(MPI_Comm_size(m->grid->comm, &size));
  PetscCall(PetscMalloc1(size, &all));
  PetscCallMPI(MPI_Allgather(&mine, sizeof mine, MPI_BYTE, all, sizeof mine, MPI_BYTE, m->grid->comm));
  *content = (Content){0, 0};
  content_add(content, (size_t)size * sizeof *all, all);
  PetscCall(PetscFree(all));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Kept {
  VoxelModel *m;
  Vec u;
  const SolveInfo *info;
  const Conjugate *k; /* NULL: finished */
  PetscBool first;    /* this rank is */
} Kept;

static PetscErrorCode put(Record *record, void *context) {
  const Kept *kept = context;
  const VoxelModel *m = kept->m;
  const Conjugate *k = kept->k;
  const PetscInt64 n = m->grid->nodes_owned;
  const PetscScalar *a;
  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(kept->u, &a));
  PetscCall(record_put(record, "displacement", n, 3, a));
  PetscCall(VecRestoreArrayRead(kept->u, &a));
  if (!k) {
    const SolveInfo *i = kept->info;
    const double info[INFO] = {(double)i->dofs, (double)i->iterations, i->relative_residual, i->setup_s, i->solve_s};
    PetscCall(record_put(record, "finished", kept->first ? INFO : 0, 1, info));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  const double state[STATE] = {
      k->size, k->rho, k->alpha, k->start, k->estimate, k->target, (double)k->iterations, (double)k->stalls};
  PetscCall(record_put(record, "under_way", kept->first ? STATE : 0, 1, state));
  PetscCall(record_put_floats(record, "residual", n, 3, m->mg.level[0].b));
  PetscCall(record_put_floats(record, "direction", n, 3, k->p));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_record(VoxelModel *m, Vec u, const SolveInfo *info, const Conjugate *k) {
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(m->grid->comm, &rank));
  Kept kept = {m, u, info, k, (PetscBool)!rank};
  PetscCall(keep_write(m->keep, m->solve.name, &m->solve.content, put, &kept));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode get_displacement(const VoxelModel *m, Record *record, Vec u) {
  PetscScalar *a;
  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(u, &a));
  PetscCall(record_get(record, "displacement", m->grid->nodes_owned, 3, a));
  PetscCall(VecRestoreArrayWrite(u, &a));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A number of a record, which may be anything. */
static double within(double value, double most) { return value >= 0 && value <= most ? value : 0; }

static PetscErrorCode tell(const VoxelModel *m, const char *what, PetscInt iterations) {
  char text[160];
  PetscFunctionBeginUser;
  PetscCall(
      PetscSNPrintf(text, sizeof text, "voxels: %s %s: %" PetscInt_FMT " iterations", what, m->solve.name, iterations));
  PetscCall(m->keep->tell(m->keep->context, false, text));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_keep_find(VoxelModel *m, const double (*motion)[6], Vec force, Vec u, SolveInfo *info,
                               PetscBool *done) {
  VoxelSolve *solve = &m->solve;
  double value[INFO];
  PetscInt64 finished;
  Record *record;
  PetscFunctionBeginUser;
  *done = PETSC_FALSE;
  *solve = (VoxelSolve){.name = ""};
  if (!m->keep)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(solve_content(m, motion, force, u, &solve->content));
  PetscCall(PetscSNPrintf(solve->name, sizeof solve->name, "checkpoint-%016" PRIx64 "-%016" PRIx64 ".h5",
                          m->keep->content_ranks.high, solve->content.high));
  PetscCall(keep_open(m->keep, solve->name, &solve->content, &record));
  if (!record)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(record_rows(record, "finished", &finished));
  if (finished) {
    PetscCall(get_displacement(m, record, u));
    PetscCall(record_get_all(record, "finished", INFO, 1, value));
    info->iterations = (PetscInt)within(value[1], 1e6);
    info->setup_s = within(value[3], 1e9);
    info->solve_s = within(value[4], 1e9);
    *done = PETSC_TRUE;
  } else
    solve->begun = PETSC_TRUE;
  PetscCall(record_close(&record));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_keep_taken(VoxelModel *m, bool good, SolveInfo *info) {
  char text[160];
  PetscFunctionBeginUser;
  if (good) {
    PetscCall(tell(m, "a solve is taken from", info->iterations));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(PetscSNPrintf(text, sizeof text, "the checkpoint '%s' does not hold what it says: it is not used",
                          m->solve.name));
  PetscCall(m->keep->tell(m->keep->context, true, text));
  info->iterations = 0;
  info->setup_s = info->solve_s = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_keep_done(VoxelModel *m, Vec u, const SolveInfo *info) {
  PetscBool worth, stop;
  char where[64];
  PetscFunctionBeginUser;
  if (!m->keep)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(keep_worth(m->keep, info->solve_s, &worth, &stop));
  if (worth)
    PetscCall(write_record(m, u, info, NULL));
  if (stop) {
    PetscCall(
        PetscSNPrintf(where, sizeof where, "after a voxel solve of %" PetscInt_FMT " iterations", info->iterations));
    PetscCall(keep_stop(m->keep, where));
  }
  keep_end(m->keep);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_keep_iteration(VoxelModel *m, Vec u, Conjugate *k) {
  PetscBool due, stop;
  char where[64];
  PetscFunctionBeginUser;
  keep_count(k->votes, &due, &stop);
  k->votes = 0;
  if (due)
    PetscCall(write_record(m, u, NULL, k));
  if (stop) {
    PetscCall(PetscSNPrintf(where, sizeof where, "voxel solve, after %" PetscInt_FMT " iterations", k->iterations));
    PetscCall(keep_stop(m->keep, where));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Resumed { /* what a record of an iteration holds, before it is believed */
  double state[STATE];
  Vec u;
  float *residual, *direction; /* [nodes_owned][3] */
} Resumed;

static PetscErrorCode resumed_read(const VoxelModel *m, Record *record, Resumed *r) {
  const PetscInt64 n = m->grid->nodes_owned;
  PetscFunctionBeginUser;
  PetscCall(get_displacement(m, record, r->u));
  PetscCall(record_get_all(record, "under_way", STATE, 1, r->state));
  PetscCall(record_get_floats(record, "residual", n, 3, r->residual));
  PetscCall(record_get_floats(record, "direction", n, 3, r->direction));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The numbers can be those of an iteration that began as k did. */
static bool state_possible(const VoxelModel *m, const Resumed *r, const Conjugate *k) {
  const double *s = r->state, most = 1e3 * k->start;
  bool good = s[0] > 0 && s[0] <= most && s[1] >= 0 && s[3] > 0 && s[3] <= most && s[4] > 0 && s[4] <= most;
  for (int i = 0; i < STATE; ++i)
    good = good && isfinite(s[i]);
  return good && s[6] >= 0 && s[6] <= (double)m->options.max_iterations && s[7] >= 0 && s[7] < 1e3;
}

/* Residual and direction are finite, tied components follow their grips, and the residual is that of the displacements
   but for the single precision of the recurrence. b becomes the true one. */
static PetscErrorCode resumed_check(VoxelModel *m, Vec u, Vec force, const Conjugate *k, const Resumed *r, bool *good) {
  const size_t n = 3 * (size_t)m->grid->nodes_owned;
  const double recurrence = 1e-2; /* of the residual at the last replacement */
  const float *b = m->mg.level[0].b;
  const PetscScalar *own;
  PetscScalar *read;
  double wrong = 0, off = 0, norm;
  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(u, &own));
  PetscCall(VecGetArray(r->u, &read));
  for (PetscInt t = 0; t < m->n_ties; ++t)
    wrong += read[m->tie[t].dof] != own[m->tie[t].dof] || r->direction[m->tie[t].dof] != 0;
  PetscCall(VecRestoreArrayRead(u, &own));
  for (size_t i = 0; i < n; ++i) { /* what is still to be added to u belongs to it */
    wrong += !isfinite(read[i]) || !isfinite(r->residual[i]) || !isfinite(r->direction[i]);
    read[i] += r->state[0] * r->state[2] * (double)r->direction[i];
  }
  PetscCall(VecRestoreArray(r->u, &read));
  PetscCall(voxel_out_of_balance(m, r->u, force, r->state[0], &norm));
  for (size_t i = 0; i < n; ++i)
    off += PetscSqr((double)b[i] - (double)r->residual[i]);
  double mine[2] = {wrong, off}, all[2];
  PetscCallMPI(MPI_Allreduce(mine, all, 2, MPI_DOUBLE, MPI_SUM, m->grid->comm));
  *good = all[0] == 0 && state_possible(m, r, k) && isfinite(norm) &&
          r->state[0] * sqrt(all[1]) <= recurrence * r->state[3];
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Takes over what was found good: u without what is still to be added to it. */
static PetscErrorCode resumed_take(VoxelModel *m, Record *record, const Resumed *r, Vec u, Conjugate *k) {
  const size_t n = 3 * (size_t)m->grid->nodes_owned;
  const double *state = r->state;
  PetscFunctionBeginUser;
  PetscCall(get_displacement(m, record, u));
  PetscCall(PetscArraycpy(m->mg.level[0].b, r->residual, n));
  PetscCall(PetscArraycpy(k->p, r->direction, n));
  k->size = state[0], k->rho = state[1], k->alpha = state[2], k->start = state[3];
  k->estimate = state[4], k->target = state[5];
  k->iterations = (PetscInt)state[6], k->stalls = (PetscInt)state[7];
  PetscCall(tell(m, "a solve continues from", k->iterations));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* u, b and k stay as they are unless the record is good. */
static PetscErrorCode resume(VoxelModel *m, Record *record, Vec u, Vec force, Conjugate *k) {
  const size_t n = 3 * (size_t)m->grid->nodes_owned;
  float *b = m->mg.level[0].b, *kept;
  SolveInfo none = {.iterations = 0};
  Resumed r;
  bool good = false;
  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(u, &r.u));
  PetscCall(PetscMalloc3(n, &r.residual, n, &r.direction, n, &kept));
  PetscCall(PetscArraycpy(kept, b, n));
  PetscCall(resumed_read(m, record, &r));
  PetscCall(resumed_check(m, u, force, k, &r, &good));
  if (good) {
    PetscCall(resumed_take(m, record, &r, u, k));
  } else {
    PetscCall(PetscArraycpy(b, kept, n));
    PetscCall(voxel_keep_taken(m, false, &none));
  }
  PetscCall(PetscFree3(r.residual, r.direction, kept));
  PetscCall(VecDestroy(&r.u));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_keep_resume(VoxelModel *m, Vec u, Vec force, Conjugate *k) {
  Record *record;
  PetscFunctionBeginUser;
  m->solve.begun = PETSC_FALSE;
  PetscCall(keep_open(m->keep, m->solve.name, &m->solve.content, &record));
  if (!record)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(resume(m, record, u, force, k));
  PetscCall(record_close(&record));
  PetscFunctionReturn(PETSC_SUCCESS);
}
