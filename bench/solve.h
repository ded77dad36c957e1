/* One solve between two plates, as rows repeat it. */
#ifndef TRABECULA_BENCH_SOLVE_H
#define TRABECULA_BENCH_SOLVE_H

#include "bench/bench.h"
#include "solver/voxel/voxel.h"

/* Bytes that an iteration moves at least when its vectors do not fit the cache: the solution, the residual and the
   search direction are read and written once. */
enum { ITERATION_BYTES = 6 * sizeof(double) };

typedef struct Solve {
  const Body *body;
  double rtol;
  unsigned top;      /* components that the upper plate holds; it moves by -1 % of the height */
  VoxelModel *model; /* of the last solve, and its plates and solution: kept when keep is set */
  Grip plate[2];
  Vec u;
  bool keep;
  SolveInfo info;
  double force; /* N, on the upper plate, upwards */
} Solve;

/* Sets up and solves; context is a Solve. */
PetscErrorCode solve_once(void *context);
/* Frees what was kept. */
PetscErrorCode solve_free(Solve *solve);
/* Into out: size, iterations, traffic, apparent modulus, times of the parts. */
PetscErrorCode solve_tell(const Solve *solve, Outcome *out);

#endif
