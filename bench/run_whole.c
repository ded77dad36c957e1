/* A whole run, as a user has it: mesh, one solve, stresses, output. What it needs at most and what its parts take. */
#include "bench/solve.h"

#include "solver/files/fields_file.h"
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static PetscErrorCode leaf_fields(void *context, PetscInt n, const PetscInt *leaf, float *const *value) {
  const Solve *solve = context;
  const VoxelFields fields = {.mises = value[0], .displacement = (float(*)[3])value[1]};
  PetscFunctionBeginUser;
  PetscCall(voxel_fields_leaves(solve->model, n, leaf, &fields));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Bytes of a file, which is removed. Collective. */
static PetscErrorCode file_remove(MPI_Comm comm, const char *file, double *bytes) {
  PetscMPIInt rank;
  FILE *written;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  *bytes = NAN;
  if (rank == 0 && (written = fopen(file, "rb"))) {
    fseek(written, 0, SEEK_END);
    *bytes = (double)ftell(written);
    fclose(written);
    unlink(file);
  }
  PetscCallMPI(MPI_Bcast(bytes, 1, MPI_DOUBLE, 0, comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Von Mises stress and displacement of every voxel to a file, recovered leaf by leaf. */
static PetscErrorCode write_fields(MPI_Comm comm, Solve *solve, Outcome *out) {
  const char *dir = getenv("TRABECULA_BENCH_DIR");
  const Field field[2] = {{"von_Mises", "MPa", 1, NULL}, {"displacement", "mm", 3, NULL}};
  char file[PETSC_MAX_PATH_LEN];
  double bytes;
  Meter output;
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(file, sizeof file, "%s/fields.vtkhdf", dir ? dir : "."));
  PetscCall(meter_start(comm, &output));
  PetscCall(voxel_fields_begin(solve->model, solve->u));
  PetscCall(fields_stream_voxels(file, solve->body->grid, 2, field, leaf_fields, solve));
  PetscCall(voxel_fields_end(solve->model, solve->u));
  PetscCall(meter_stop(comm, &output));
  PetscCall(file_remove(comm, file, &bytes));
  outcome_add(out->more, "output_seconds", output.wall_s);
  outcome_add(out->more, "file_bytes", bytes);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode run_whole(MPI_Comm comm, const BenchRow *row, Outcome *out) {
  Solve solve = {.rtol = row->rtol, .top = row->top, .keep = true};
  double mesh_peak, solve_peak, peak;
  Meter whole;
  Body body;
  PetscFunctionBeginUser;
  PetscCall(meter_start(comm, &whole));
  PetscCall(body_create(comm, &row->body, &body));
  PetscCall(meter_peak(comm, &mesh_peak));
  solve.body = &body;
  PetscCall(meter_repeat(comm, 1, 0, solve_once, &solve, &out->cost));
  PetscCall(meter_peak(comm, &solve_peak));
  PetscCall(solve_tell(&solve, out));
  PetscCall(write_fields(comm, &solve, out));
  PetscCall(solve_free(&solve));
  PetscCall(body_destroy(&body));
  PetscCall(meter_stop(comm, &whole));
  PetscCall(meter_peak(comm, &peak));
  outcome_add(out->more, "whole_seconds", whole.wall_s);
  outcome_add(out->more, "whole_cpu_seconds", whole.cpu_s);
  outcome_add(out->more, "mesh_peak_bytes", mesh_peak);
  outcome_add(out->more, "solve_peak_bytes", solve_peak);
  outcome_add(out->more, "peak_bytes", peak);
  PetscFunctionReturn(PETSC_SUCCESS);
}
