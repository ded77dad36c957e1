#include "bench/bench.h"

const char *const bench_sets[SETS] = {"quick", "full", "large"};

#define SOLID(v)                                                                                                       \
  { BODY_SOLID, v, 0, 0 }
#define LATTICE(v, p)                                                                                                  \
  { BODY_LATTICE, v, p, 0 }
#define CAGE(v)                                                                                                        \
  { BODY_CAGE, v, 0.80, 0 }
#define BONE(v, e)                                                                                                     \
  { BODY_BONE, v, 0.70, e }

const BenchRow bench_rows[] = {
    {"apply-solid-128-double", SET_QUICK, run_apply, SOLID(128), .single = false},
    {"apply-solid-128-single", SET_QUICK, run_apply, SOLID(128), .single = true},
    {"apply-solid-256-double", SET_QUICK, run_apply, SOLID(256), .single = false},
    {"apply-solid-256-single", SET_QUICK, run_apply, SOLID(256), .single = true},
    {"apply-lattice-192_74-double", SET_QUICK, run_apply, LATTICE(48, 0.74), .single = false},
    {"apply-lattice-192_74-single", SET_QUICK, run_apply, LATTICE(48, 0.74), .single = true},
    {"apply-lattice-192_87-double", SET_QUICK, run_apply, LATTICE(48, 0.87), .single = false},
    {"apply-lattice-192_87-single", SET_QUICK, run_apply, LATTICE(48, 0.87), .single = true},
    {"vcycle-192_74", SET_QUICK, run_cycle, LATTICE(48, 0.74), .top = GRIP_Z},
    {"vcycle-192_87", SET_QUICK, run_cycle, LATTICE(48, 0.87), .top = GRIP_Z},
    {"solve-lattice-128_74-1e-6", SET_QUICK, run_solve, LATTICE(32, 0.74), .rtol = 1e-6, .top = GRIP_Z,
     .peers = "128_74 1e-6"},
    {"solve-lattice-128_74-1e-8", SET_QUICK, run_solve, LATTICE(32, 0.74), .rtol = 1e-8, .top = GRIP_Z,
     .peers = "128_74 1e-8"},
    {"solve-lattice-128_87-1e-6", SET_QUICK, run_solve, LATTICE(32, 0.87), .rtol = 1e-6, .top = GRIP_Z,
     .peers = "128_87 1e-6"},
    {"solve-lattice-192_74-1e-6", SET_QUICK, run_solve, LATTICE(48, 0.74), .rtol = 1e-6, .top = GRIP_Z,
     .peers = "192_74 1e-6"},
    {"solve-lattice-192_74-1e-8", SET_QUICK, run_solve, LATTICE(48, 0.74), .rtol = 1e-8, .top = GRIP_Z},
    {"solve-lattice-192_87-1e-6", SET_QUICK, run_solve, LATTICE(48, 0.87), .rtol = 1e-6, .top = GRIP_Z,
     .peers = "192_87 1e-6"},
    {"solve-lattice-192_87-1e-8", SET_QUICK, run_solve, LATTICE(48, 0.87), .rtol = 1e-8, .top = GRIP_Z},
    {"solve-lattice-256_74-1e-6", SET_FULL, run_solve, LATTICE(64, 0.74), .rtol = 1e-6, .top = GRIP_Z,
     .peers = "256_74 1e-6"},
    {"solve-lattice-256_74-1e-8", SET_FULL, run_solve, LATTICE(64, 0.74), .rtol = 1e-8, .top = GRIP_Z},
    {"solve-solid-96-1e-6", SET_QUICK, run_solve, SOLID(96), .rtol = 1e-6, .top = GRIP_Z, .peers = "dense 96 1e-6"},
    {"solve-solid-160-1e-6", SET_FULL, run_solve, SOLID(160), .rtol = 1e-6, .top = GRIP_Z, .peers = "dense 160 1e-6"},
    {"solve-unit-cell-64_74",
     SET_QUICK,
     run_unit_cell,
     {BODY_CELL, 64, 0.74, 0},
     .rtol = 1e-6,
     .peers = "cell 64_74 1e-6"},
    {"solve-cage-5M", SET_QUICK, run_whole, CAGE(28), .rtol = 1e-6, .top = GRIP_XYZ},
    {"solve-cage-25M", SET_FULL, run_whole, CAGE(50), .rtol = 1e-6, .top = GRIP_XYZ},
    {"solve-cage-100M", SET_LARGE, run_whole, CAGE(80), .rtol = 1e-6, .top = GRIP_XYZ},
    {"solve-cage-300M", SET_LARGE, run_whole, CAGE(116), .rtol = 1e-6, .top = GRIP_XYZ},
    {"solve-bone-100MPa-3M", SET_QUICK, run_solve, BONE(16, 100), .rtol = 1e-8, .top = GRIP_XYZ},
    {"solve-bone-18.6MPa-3M", SET_QUICK, run_solve, BONE(16, 18.6), .rtol = 1e-8, .top = GRIP_XYZ},
    {"solve-bone-100MPa-20M", SET_FULL, run_solve, BONE(32, 100), .rtol = 1e-8, .top = GRIP_XYZ},
    {"solve-bone-18.6MPa-20M", SET_FULL, run_solve, BONE(32, 18.6), .rtol = 1e-8, .top = GRIP_XYZ},
    {"six-motions-128_74", SET_QUICK, run_six_motions, LATTICE(32, 0.74), .rtol = 1e-6},
    {"six-motions-192_74", SET_FULL, run_six_motions, LATTICE(48, 0.74), .rtol = 1e-6},
    {"voxelise-192_74", SET_QUICK, run_voxelise, LATTICE(48, 0.74), .rtol = 1e-6, .top = GRIP_Z},
    {"voxelise-256_74", SET_FULL, run_voxelise, LATTICE(64, 0.74), .rtol = 1e-6, .top = GRIP_Z},
    {"memory-192_74", SET_QUICK, run_whole, LATTICE(48, 0.74), .rtol = 1e-6, .top = GRIP_Z},
    {"memory-288_74", SET_FULL, run_whole, LATTICE(72, 0.74), .rtol = 1e-6, .top = GRIP_Z},
    {"plain-gamg-64_74", SET_QUICK, run_plain, LATTICE(16, 0.74), .rtol = 1e-6, .top = GRIP_Z, .plain = "gamg"},
    {"plain-hypre-64_74", SET_QUICK, run_plain, LATTICE(16, 0.74), .rtol = 1e-6, .top = GRIP_Z, .plain = "hypre"},
    {"plain-gamg-96_74", SET_FULL, run_plain, LATTICE(24, 0.74), .rtol = 1e-6, .top = GRIP_Z, .plain = "gamg"},
    {"plain-hypre-96_74", SET_FULL, run_plain, LATTICE(24, 0.74), .rtol = 1e-6, .top = GRIP_Z, .plain = "hypre"},
    {"plain-gamg-128_74", SET_FULL, run_plain, LATTICE(32, 0.74), .rtol = 1e-6, .top = GRIP_Z, .plain = "gamg"},
    {"plain-hypre-128_74", SET_FULL, run_plain, LATTICE(32, 0.74), .rtol = 1e-6, .top = GRIP_Z, .plain = "hypre"},
    {"frame-cage-40k", SET_QUICK, run_frame_cage, CAGE(0), .rtol = 1e-8},
    {"frame-block-1M", SET_FULL, run_frame_block, LATTICE(0, 0.80), .rtol = 1e-8},
};
const int n_bench_rows = sizeof bench_rows / sizeof *bench_rows;
