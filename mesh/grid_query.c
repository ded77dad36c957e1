#include "mesh/grid.h"

static uint64_t mix(uint64_t v) { /* splitmix64 finaliser */
  v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9ULL;
  v = (v ^ v >> 27) * 0x94d049bb133111ebULL;
  return v ^ v >> 31;
}

PetscErrorCode grid_checksum(const Grid *g, uint64_t *sum) {
  uint64_t mine = 0;
  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    const Leaf *leaf = &g->leaf[l];
    const uint64_t key = mix(morton_key(leaf->at) + 1);
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      if (g->label[l][v])
        mine += mix(key + (uint64_t)v * 1000 + g->label[l][v]);
      if (leaf->node[v / 8] >> v % 8 & 1)
        mine += mix(key ^ (uint64_t)(v + 1) << 32);
    }
  }
  PetscCallMPI(MPI_Allreduce(&mine, sum, 1, MPI_UINT64_T, MPI_SUM, g->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode grid_node_positions(const Grid *g, double (*x)[3]) {
  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    const Leaf *leaf = &g->leaf[l];
    PetscInt n = leaf->base;
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      const int at[3] = {v % 8, v / 8 % 8, v / 64};
      if (!(leaf->node[v / 8] >> v % 8 & 1))
        continue;
      for (int c = 0; c < 3; ++c)
        x[n][c] = g->box.origin[c] + g->box.voxel_mm * (8.0 * leaf->at[c] + at[c]);
      ++n;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode grid_voxel_centres(const Grid *g, double (*x)[3], uint8_t *label) {
  PetscInt n = 0;
  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < g->n_owned; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      const int at[3] = {v % 8, v / 8 % 8, v / 64};
      if (!g->label[l][v])
        continue;
      for (int c = 0; c < 3; ++c)
        x[n][c] = g->box.origin[c] + g->box.voxel_mm * (8.0 * g->leaf[l].at[c] + at[c] + 0.5);
      if (label)
        label[n] = g->label[l][v];
      ++n;
    }
  PetscFunctionReturn(PETSC_SUCCESS);
}

void grid_solid_fractions(const Grid *g, float *solid) {
  PetscInt n = 0;
  for (PetscInt l = 0; l < g->n_owned; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (g->label[l][v])
        solid[n++] = g->solid ? g->solid[l][v] : 1;
}

PetscErrorCode grid_relative_density(const Grid *g, double *density) {
  double mine = 0, all;
  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < g->n_owned; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (g->label[l][v])
        mine += g->solid ? g->solid[l][v] : 1;
  PetscCallMPI(MPI_Allreduce(&mine, &all, 1, MPI_DOUBLE, MPI_SUM, g->comm));
  *density = all / ((double)g->box.n[0] * (double)g->box.n[1] * (double)g->box.n[2]);
  PetscFunctionReturn(PETSC_SUCCESS);
}
