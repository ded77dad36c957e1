/* What the tests of leaves share: a sphere, counts and a sum that does not depend on the ranks. */
#ifndef TRABECULA_TESTS_MESH_LEAVES_CHECK_H
#define TRABECULA_TESTS_MESH_LEAVES_CHECK_H

#include "mesh/voxelise.h"
#include "tests/check.h"
#include <string.h>

/* number: centre and radius. */
static void sphere_distance(const Shape *s, PetscInt n, const double (*x)[3], double *d) {
  const double *c = s->number;
  for (PetscInt i = 0; i < n; ++i)
    d[i] = sqrt((x[i][0] - c[0]) * (x[i][0] - c[0]) + (x[i][1] - c[1]) * (x[i][1] - c[1]) +
                (x[i][2] - c[2]) * (x[i][2] - c[2])) -
           c[3];
}

static inline Shape sphere(double x, double y, double z, double radius) {
  return (Shape){.distance = sphere_distance, .number = {x, y, z, radius}};
}

static inline uint64_t mix(uint64_t h) { /* a bijection of 64 bits in which every bit of h reaches all */
  h = (h ^ h >> 31) * 0x9e3779b97f4a7c15ULL;
  h = (h ^ h >> 29) * 0xd6e8feb86659fd93ULL;
  return h ^ h >> 32;
}

/* Sum of a hash of every solid voxel's place, label, solid fraction and stiffness factor, over the ranks of comm. */
static inline uint64_t leaves_sum(MPI_Comm comm, const Leaves *leaves) {
  uint64_t sum = 0;
  for (PetscInt l = 0; l < leaves->n; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      const float f[2] = {leaves->solid ? leaves->solid[l][v] : 1,
                          leaves->stiffness_factor ? leaves->stiffness_factor[l][v] : 1};
      uint32_t bits[2];
      memcpy(bits, f, sizeof bits);
      if (leaves->label[l][v])
        sum += mix(mix(mix(mix(morton_key(leaves->at[l])) + (uint64_t)v) + leaves->label[l][v]) + bits[0]) +
               3 * mix(bits[1]);
    }
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_UINT64_T, MPI_SUM, comm);
  return sum;
}

/* Solid volume in voxels, over all ranks. */
static inline double leaves_volume(MPI_Comm comm, const Leaves *leaves) {
  double sum = 0;
  for (PetscInt l = 0; l < leaves->n; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (leaves->label[l][v])
        sum += leaves->solid ? leaves->solid[l][v] : 1;
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, comm);
  return sum;
}

/* The whole box as one array of labels [n[2]][n[1]][n[0]] on every rank; the caller frees it. */
static inline uint8_t *leaves_dense(MPI_Comm comm, const GridBox *box, const Leaves *leaves) {
  size_t n = (size_t)box->n[0] * (size_t)box->n[1] * (size_t)box->n[2];
  uint8_t *dense = calloc(n, 1);
  for (PetscInt l = 0; l < leaves->n; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      const PetscInt i = 8 * leaves->at[l][0] + (v & 7), j = 8 * leaves->at[l][1] + (v >> 3 & 7),
                     k = 8 * leaves->at[l][2] + (v >> 6);
      if (!leaves->label[l][v])
        continue;
      assert_true(i < box->n[0] && j < box->n[1] && k < box->n[2]);
      dense[i + box->n[0] * (j + box->n[1] * k)] = leaves->label[l][v];
    }
  MPI_Allreduce(MPI_IN_PLACE, dense, (int)n, MPI_UINT8_T, MPI_MAX, comm);
  return dense;
}

/* This rank's share of a dense array of labels: leaves in Morton order, every leaf to rank (index mod size) when dealt,
   else in runs; empty leaves left out. */
static inline Leaves leaves_from_dense(MPI_Comm comm, const GridBox *box, const uint8_t *dense, bool dealt) {
  Leaves all = {0};
  int rank, size, count = 0, found = 0;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &size);
  for (int pass = 0; pass < 2; ++pass) {
    found = 0;
    for (int32_t a = 0; 8 * a < box->n[2]; ++a)
      for (int32_t b = 0; 8 * b < box->n[1]; ++b)
        for (int32_t c = 0; 8 * c < box->n[0]; ++c) {
          uint8_t label[LEAF_VOXELS] = {0};
          int solid = 0;
          for (int v = 0; v < LEAF_VOXELS; ++v) {
            const PetscInt i = 8 * c + (v & 7), j = 8 * b + (v >> 3 & 7), k = 8 * a + (v >> 6);
            if (i < box->n[0] && j < box->n[1] && k < box->n[2])
              label[v] = dense[i + box->n[0] * (j + box->n[1] * k)];
            solid += label[v] != 0;
          }
          if (!solid)
            continue;
          if (pass && (dealt ? found % size : (int)((int64_t)found * size / count)) == rank) {
            CHECK_OK(leaves_resize(&all, all.n + 1));
            memcpy(all.at[all.n - 1], (const int32_t[3]){c, b, a}, sizeof *all.at);
            memcpy(all.label[all.n - 1], label, sizeof label);
          }
          ++found;
        }
    count = found;
  }
  return all;
}

#endif
