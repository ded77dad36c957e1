#include "bench/table.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct Target {
  const char *what, *row;
  int ranks;
  const char *key;
  bool at_least; /* else at most */
  double wanted, unit;
} Target;

#define RATE "dofs_per_second_per_core"
static const Target targets[] = {
    {"operator, dense, double, Mdof/s a core", "apply-solid-128-double", 1, RATE, true, 250, 1e6},
    {"operator, dense, single, Mdof/s a core", "apply-solid-128-single", 1, RATE, true, 500, 1e6},
    {"operator, dense, double, Mdof/s a core", "apply-solid-256-double", 1, RATE, true, 250, 1e6},
    {"operator, dense, single, Mdof/s a core", "apply-solid-256-single", 1, RATE, true, 500, 1e6},
    {"operator, lattice, double, Mdof/s a core", "apply-lattice-192_74-double", 1, RATE, true, 120, 1e6},
    {"operator, lattice, single, Mdof/s a core", "apply-lattice-192_74-single", 1, RATE, true, 240, 1e6},
    {"operator, lattice, double, Mdof/s a core", "apply-lattice-192_87-double", 1, RATE, true, 120, 1e6},
    {"operator, lattice, single, Mdof/s a core", "apply-lattice-192_87-single", 1, RATE, true, 240, 1e6},
    {"solve to 1e-6, Mdof/s a core", "solve-lattice-192_74-1e-6", 1, RATE, true, 0.9, 1e6},
    {"solve to 1e-8, Mdof/s a core", "solve-lattice-192_74-1e-8", 1, RATE, true, 0.65, 1e6},
    {"solve to 1e-6, Mdof/s a core", "solve-lattice-256_74-1e-6", 1, RATE, true, 0.9, 1e6},
    {"solve to 1e-8, Mdof/s a core", "solve-lattice-256_74-1e-8", 1, RATE, true, 0.65, 1e6},
    {"solve to 1e-6, Mdof/s a core", "solve-lattice-192_87-1e-6", 1, RATE, true, 0.7, 1e6},
    {"solve to 1e-8, Mdof/s a core", "solve-lattice-192_87-1e-8", 1, RATE, true, 0.5, 1e6},
    {"processor time of ParOSol over ours", "solve-lattice-128_74-1e-6", 1, "peer:ParOSol", true, 10, 1},
    {"processor time of ParOSol over ours", "solve-lattice-128_74-1e-8", 1, "peer:ParOSol", true, 10, 1},
    {"processor time of ParOSol over ours", "solve-lattice-128_87-1e-6", 1, "peer:ParOSol", true, 10, 1},
    {"processor time of ParOSol over ours", "solve-lattice-192_74-1e-6", 1, "peer:ParOSol", true, 10, 1},
    {"processor time of ParOSol over ours", "solve-lattice-192_87-1e-6", 1, "peer:ParOSol", true, 10, 1},
    {"processor time of ParOSol over ours", "solve-lattice-256_74-1e-6", 1, "peer:ParOSol", true, 10, 1},
    {"periodic cell of 64^3, one strain, s", "solve-unit-cell-64_74", 1, "seconds", false, 0.35, 1},
    {"PETSc's GAMG over ours, time", "plain-gamg-96_74", 1, "seconds_over_ours", true, 10, 1},
    {"PETSc's GAMG over ours, memory", "plain-gamg-96_74", 1, "bytes_over_ours", true, 15, 1},
    {"PETSc's GAMG over ours, time", "plain-gamg-128_74", 1, "seconds_over_ours", true, 10, 1},
    {"PETSc's GAMG over ours, memory", "plain-gamg-128_74", 1, "bytes_over_ours", true, 15, 1},
    {"PETSc with hypre over ours, time", "plain-hypre-128_74", 1, "seconds_over_ours", true, 10, 1},
    {"PETSc with hypre over ours, memory", "plain-hypre-128_74", 1, "bytes_over_ours", true, 15, 1},
    {"iterations to 1e-8", "solve-lattice-128_74-1e-8", 1, "iterations", false, 25, 1},
    {"iterations to 1e-8", "solve-lattice-192_74-1e-8", 1, "iterations", false, 25, 1},
    {"iterations to 1e-8", "solve-lattice-192_87-1e-8", 1, "iterations", false, 25, 1},
    {"iterations to 1e-8", "solve-lattice-256_74-1e-8", 1, "iterations", false, 25, 1},
    {"iterations to 1e-8, contrast 1860", "solve-bone-100MPa-3M", 1, "iterations", false, 40, 1},
    {"iterations to 1e-8, contrast 10000", "solve-bone-18.6MPa-3M", 1, "iterations", false, 40, 1},
    {"iterations to 1e-8, contrast 1860", "solve-bone-100MPa-20M", 1, "iterations", false, 40, 1},
    {"iterations to 1e-8, contrast 10000", "solve-bone-18.6MPa-20M", 1, "iterations", false, 40, 1},
    {"peak bytes a dof", "memory-288_74", 2, "bytes_per_dof", false, 64, 1},
    {"peak bytes a dof", "solve-cage-25M", 2, "bytes_per_dof", false, 64, 1},
    {"whole run, GiB", "solve-cage-100M", 2, "peak_bytes", false, 8, 1073741824.0},
    {"whole run, minutes", "solve-cage-100M", 2, "whole_seconds", false, 8, 60},
    {"whole run, GiB", "solve-cage-300M", 2, "peak_bytes", false, 22, 1073741824.0},
    {"six motions over one solve", "six-motions-128_74", 1, "over_one", false, 3, 1},
    {"six motions over one solve", "six-motions-192_74", 1, "over_one", false, 3, 1},
    {"voxelising over one solve, %", "voxelise-192_74", 1, "over_solve", false, 5, 0.01},
    {"voxelising over one solve, %", "voxelise-256_74", 1, "over_solve", false, 5, 0.01},
    {"cage of 43 000 struts, six motions, s", "frame-cage-40k", 2, "seconds", false, 1, 1},
    {"block of a million struts, s", "frame-block-1M", 2, "seconds", false, 60, 1},
    {"block of a million struts, GiB", "frame-block-1M", 2, "peak_bytes", false, 8, 1073741824.0},
    {"two ranks over one", "solve-lattice-192_74-1e-6", 2, "speedup", true, 1.8, 1},
    {"two ranks over one", "solve-lattice-256_74-1e-6", 2, "speedup", true, 1.8, 1},
};

void targets_print(const json_t *lines) {
  printf("\n%-42s %-28s %5s %10s %12s\n", "target", "row", "ranks", "reached", "wanted");
  for (size_t t = 0; t < sizeof targets / sizeof *targets; ++t) {
    const Target *g = &targets[t];
    const double reached = line_number(lines, line_find(lines, g->row, g->ranks), g->key) / g->unit;
    if (isnan(reached))
      continue;
    printf("%-42s %-28s %5d %10.3g %s %9.4g  %s\n", g->what, g->row, g->ranks, reached,
           g->at_least ? ">=" : "<=", g->wanted,
           (g->at_least ? reached >= g->wanted : reached <= g->wanted) ? "met" : "MISSED");
  }
}
