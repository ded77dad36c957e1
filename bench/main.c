/* bench NAME: runs that row of the table and prints one JSON line; bench --list [quick|full|large]: names of the rows
   of that set and the smaller ones. */
#include "bench/bench.h"

#include <stdio.h>
#include <string.h>

static int list_rows(const char *set) {
  int most = -1;
  for (int s = 0; s < SETS; ++s)
    if (!strcmp(bench_sets[s], set))
      most = s;
  for (int i = 0; i < n_bench_rows; ++i)
    if ((int)bench_rows[i].set <= most)
      puts(bench_rows[i].name);
  if (most < 0)
    fprintf(stderr, "bench: error: unknown set '%s': quick, full or large\n", set);
  return most < 0 ? 2 : 0;
}

static const BenchRow *row_find(const char *name) {
  for (int i = 0; i < n_bench_rows; ++i)
    if (!strcmp(bench_rows[i].name, name))
      return &bench_rows[i];
  return NULL;
}

static PetscErrorCode run_row(MPI_Comm comm, const BenchRow *row) {
  Outcome out = {.more = json_object()};
  PetscFunctionBeginUser;
  PetscCall(meter_peak(comm, &out.base_bytes));
  PetscCall(row->run(comm, row, &out));
  PetscCall(outcome_print(comm, row, &out));
  PetscFunctionReturn(PETSC_SUCCESS);
}

int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "--list"))
    return list_rows(argc > 2 ? argv[2] : bench_sets[SETS - 1]);
  const BenchRow *row = argc > 1 ? row_find(argv[1]) : NULL;
  if (!row) {
    fprintf(stderr, "bench: error: %s: bench --list names the rows\n", argc > 1 ? "no such row" : "no row named");
    return 2;
  }
  meter_open();
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscErrorCode code = run_row(PETSC_COMM_WORLD, row);
  if (code)
    MPI_Abort(MPI_COMM_WORLD, 1);
  PetscCall(PetscFinalize());
  return 0;
}
