/* Driver: voxel solves as records of a Keep. A finished one is its displacements; one under way also the residual and
   the direction of the conjugate gradients. */
#include "solver/model_content.h"
#include "solver/voxel/voxel_impl.h"
#include <inttypes.h>
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
    info->iterations = (PetscInt)value[1];
    info->relative_residual = value[2];
    info->setup_s = value[3];
    info->solve_s = value[4];
    PetscCall(tell(m, "a solve is taken from", info->iterations));
    *done = PETSC_TRUE;
  } else
    solve->begun = PETSC_TRUE;
  PetscCall(record_close(&record));
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

PetscErrorCode voxel_keep_resume(VoxelModel *m, Vec u, Conjugate *k) {
  const PetscInt64 n = m->grid->nodes_owned;
  double state[STATE];
  Record *record;
  PetscFunctionBeginUser;
  m->solve.begun = PETSC_FALSE;
  PetscCall(keep_open(m->keep, m->solve.name, &m->solve.content, &record));
  if (!record)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(get_displacement(m, record, u));
  PetscCall(record_get_all(record, "under_way", STATE, 1, state));
  PetscCall(record_get_floats(record, "residual", n, 3, m->mg.level[0].b));
  PetscCall(record_get_floats(record, "direction", n, 3, k->p));
  PetscCall(record_close(&record));
  k->size = state[0], k->rho = state[1], k->alpha = state[2], k->start = state[3];
  k->estimate = state[4], k->target = state[5];
  k->iterations = (PetscInt)state[6], k->stalls = (PetscInt)state[7];
  PetscCall(tell(m, "a solve continues from", k->iterations));
  PetscFunctionReturn(PETSC_SUCCESS);
}
