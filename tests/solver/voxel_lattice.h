/* A lattice of rhombic dodecahedra between clamped plates: stiffness, iterations, memory. */
#ifndef TRABECULA_TESTS_SOLVER_VOXEL_LATTICE_H
#define TRABECULA_TESTS_SOLVER_VOXEL_LATTICE_H

#include "tests/solver/voxel_build.h"
#include <sys/resource.h>

typedef struct Compression {
  double dofs, young, bytes; /* young: nominal, over that of the struts; bytes: what the peak of all ranks grew by */
  int iterations;
  uint64_t checksum;
} Compression;

static inline double peak_bytes(MPI_Comm comm) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double mine = 1024.0 * (double)usage.ru_maxrss, all;
  MPI_Allreduce(&mine, &all, 1, MPI_DOUBLE, MPI_SUM, comm);
  return all;
}

static inline Compression compress_lattice(MPI_Comm comm, double porosity, int voxels, int side, double rtol) {
  const double before = peak_bytes(comm);
  const VoxelOptions options = {.rtol = rtol, .max_iterations = 100};
  Grid *g = lattice_grid(comm, porosity, voxels, side, false);
  Elasticity c[256] = {{0}};
  Compression result;
  SolveInfo info;
  VoxelModel *m;
  c[1] = elasticity_isotropic(1, 0.34);
  CHECK_OK(voxel_create(g, c, &options, &m));
  result.young = compress_clamped(m, g, 2, 0.01, &info) / (0.01 * side * side);
  result.iterations = (int)info.iterations;
  result.dofs = (double)info.dofs;
  CHECK_OK(grid_checksum(g, &result.checksum));
  CHECK_OK(voxel_destroy(&m));
  CHECK_OK(grid_destroy(&g));
  result.bytes = peak_bytes(comm) - before;
  return result;
}

#endif
