/* A benchmark is a row of a table; running it gives an outcome, printed as one JSON line. */
#ifndef TRABECULA_BENCH_BENCH_H
#define TRABECULA_BENCH_BENCH_H

#include "bench/body.h"
#include "bench/peers.h"
#include <jansson.h>

typedef enum BenchSet {
  SET_QUICK, /* all of them in about five minutes */
  SET_FULL,  /* half an hour and 8 GiB more */
  SET_LARGE, /* up to 22 GiB */
  SETS
} BenchSet;
extern const char *const bench_sets[SETS];

typedef struct BenchRow BenchRow;

typedef struct Outcome {
  PetscInt64 dofs, voxels;
  Meter cost;          /* of the work that the row is named after */
  double traffic;      /* compulsory bytes of that work, all ranks; 0: not defined */
  PetscInt iterations; /* -1: none */
  double base_bytes;   /* resident before the row began: the libraries' */
  double peak_bytes;   /* 0: taken at the end */
  json_t *more;        /* what else the row has to say; on every rank */
} Outcome;

struct BenchRow {
  const char *name;
  BenchSet set;
  PetscErrorCode (*run)(MPI_Comm comm, const BenchRow *row, Outcome *out);
  BodySpec body;
  double rtol;       /* of solves */
  unsigned top;      /* of solves: components that the upper plate holds */
  bool single;       /* of the operator */
  const char *peers; /* problem of peers.h, or NULL */
  const char *plain; /* PETSc's preconditioner, for the plain ways */
};

extern const BenchRow bench_rows[];
extern const int n_bench_rows;

/* What rows run. Collective. */
PetscErrorCode run_apply(MPI_Comm comm, const BenchRow *row, Outcome *out);
PetscErrorCode run_cycle(MPI_Comm comm, const BenchRow *row, Outcome *out);
PetscErrorCode run_solve(MPI_Comm comm, const BenchRow *row, Outcome *out);
PetscErrorCode run_unit_cell(MPI_Comm comm, const BenchRow *row, Outcome *out);
PetscErrorCode run_six_motions(MPI_Comm comm, const BenchRow *row, Outcome *out);
PetscErrorCode run_voxelise(MPI_Comm comm, const BenchRow *row, Outcome *out);
PetscErrorCode run_whole(MPI_Comm comm, const BenchRow *row, Outcome *out);
PetscErrorCode run_frame_cage(MPI_Comm comm, const BenchRow *row, Outcome *out);
PetscErrorCode run_frame_block(MPI_Comm comm, const BenchRow *row, Outcome *out);
PetscErrorCode run_plain(MPI_Comm comm, const BenchRow *row, Outcome *out);

/* Numbers for `more`: key and value; NAN becomes null. */
void outcome_add(json_t *to, const char *key, double value);
/* Takes what is not known yet (peak, triad), prints the line on rank 0 and frees `more`. */
PetscErrorCode outcome_print(MPI_Comm comm, const BenchRow *row, Outcome *out);

#endif
