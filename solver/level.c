#include "solver/level.h"
#include <math.h>
#include <string.h>

enum { POWER_STEPS = 24 };

PetscErrorCode level_create(const Grid *grid, Grid *own, float (*scale)[LEAF_VOXELS], const Elasticity material[256],
                            Level *level) {
  PetscFunctionBeginUser;
  memset(level, 0, sizeof *level);
  level->grid = grid;
  level->own_grid = own;
  level->scale = scale;
  PetscCall(PetscCalloc1(256, &level->blocks));
  PetscCall(PetscCalloc1(256, &level->diagonal));
  for (int l = 1; l < 256; ++l) {
    ElementBlocks e;
    if (material[l].C11 <= 0)
      continue;
    element_blocks(&material[l], grid->box.voxel_mm, &e);
    for (int i = 0; i < 72; ++i)
      (&level->blocks[l].b[0][0][0])[i] = (float)(&e.b[0][0][0])[i];
    for (int c = 0; c < 3; ++c)
      level->diagonal[l][c] = e.diagonal[c];
  }
  PetscCall(PetscCalloc1(3 * grid->nodes_local, &level->x));
  PetscCall(PetscCalloc1(3 * grid->nodes_local, &level->b));
  PetscCall(PetscCalloc1(3 * grid->nodes_local, &level->work));
  PetscCall(PetscCalloc1(3 * grid->nodes_owned, &level->p));
  PetscCall(PetscCalloc1(3 * grid->nodes_owned, &level->inverse_diagonal));
  PetscCall(PetscCalloc1(grid->nodes_owned, &level->fixed));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode level_fix(Level *level, const uint8_t *fixed, float *spring) {
  PetscInt n = 0;
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < level->grid->nodes_owned; ++i)
    n += __builtin_popcount(fixed[i] & 7);
  PetscCall(PetscFree(level->spring));
  level->spring = spring;
  PetscCall(PetscFree(level->fixed_dof));
  PetscCall(PetscMalloc1(n, &level->fixed_dof));
  level->n_fixed_dofs = 0;
  for (PetscInt i = 0; i < level->grid->nodes_owned; ++i) {
    level->fixed[i] = fixed[i] & 7;
    for (int c = 0; c < 3; ++c)
      if (fixed[i] >> c & 1)
        level->fixed_dof[level->n_fixed_dofs++] = (int32_t)(3 * i + c);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode level_apply(Level *level, float *x, float *y) {
  const Grid *g = level->grid;
  PetscFunctionBeginUser;
  PetscCall(halo_broadcast_float(&g->halo, x));
  PetscCall(PetscMemzero(y, sizeof(float) * 3 * (size_t)g->nodes_local));
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    BlockFloat u, f;
    leaf_gather_float(g->leaf, &g->leaf[l], x, &u);
    leaf_multiply_float(&g->leaf[l], g->label[l], level->scale ? level->scale[l] : NULL, level->blocks, &u, &f);
    leaf_scatter_float(g->leaf, &g->leaf[l], &f, y);
  }
  PetscCall(halo_add_float(&g->halo, y));
  for (PetscInt i = 0; level->spring && i < 3 * g->nodes_owned; ++i)
    y[i] += level->spring[i] * x[i];
  level_zero_fixed(level, y);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Sums each voxel's diagonal over its corners. */
static PetscErrorCode diagonal_sum(Level *level) {
  const Grid *g = level->grid;
  float *d = level->work;
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(d, sizeof(float) * 3 * (size_t)g->nodes_local));
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    BlockFloat f;
    memset(&f, 0, sizeof f);
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      if (!(g->leaf[l].voxel[v / 8] >> v % 8 & 1))
        continue;
      const double *e = level->diagonal[g->label[l][v]], s = level->scale ? level->scale[l][v] : 1;
      for (int a = 0; a < 8; ++a)
        for (int c = 0; c < 3; ++c)
          f.v[v / 64 + (a >> 2)][v / 8 % 8 + (a >> 1 & 1)][c][v % 8 + (a & 1)] += (float)(s * e[c]);
    }
    leaf_scatter_float(g->leaf, &g->leaf[l], &f, d);
  }
  PetscCall(halo_add_float(&g->halo, d));
  for (PetscInt i = 0; i < 3 * g->nodes_owned; ++i) {
    if (level->spring)
      d[i] += level->spring[i];
    level->inverse_diagonal[i] = d[i] > 0 ? 1 / d[i] : 0;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Deterministic start values in (-0.5, 0.5) from a node's place, so that the estimate is the same on any number of
 * ranks. */
static float start_value(const Leaf *leaf, int v, int c) {
  uint64_t h = morton_key(leaf->at) * 1536 + (uint64_t)(3 * v + c);
  h = (h ^ h >> 31) * 0x9e3779b97f4a7c15ULL;
  h = (h ^ h >> 29) * 0xbf58476d1ce4e5b9ULL;
  return (float)(h >> 40) / 16777216.0f - 0.5f;
}

PetscErrorCode level_finish(Level *level) {
  const Grid *g = level->grid;
  double scale = 1;
  PetscFunctionBeginUser;
  PetscCall(diagonal_sum(level));
  for (PetscInt l = 0, n = 0; l < g->n_owned; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (g->leaf[l].node[v / 8] >> v % 8 & 1) {
        for (int c = 0; c < 3; ++c)
          level->x[3 * n + c] = start_value(&g->leaf[l], v, c);
        ++n;
      }
  level_zero_fixed(level, level->x);
  for (int step = 0; step <= POWER_STEPS; ++step) {
    double sum[2] = {0, 0}, all[2];
    PetscCall(level_apply(level, level->x, level->work));
    for (PetscInt i = 0; i < 3 * g->nodes_owned; ++i) { /* Rayleigh quotient in the D inner product */
      if (level->inverse_diagonal[i] == 0)
        continue;
      sum[0] += (double)level->x[i] * level->work[i];
      sum[1] += (double)level->x[i] * level->x[i] / level->inverse_diagonal[i];
    }
    PetscCallMPI(MPI_Allreduce(sum, all, 2, MPI_DOUBLE, MPI_SUM, g->comm));
    if (!(all[1] > 0)) { /* everything is fixed */
      level->lambda = 1;
      break;
    }
    level->lambda = (float)(all[0] / all[1]);
    scale = 1 / level->lambda;
    for (PetscInt i = 0; i < 3 * g->nodes_owned; ++i)
      level->x[i] = (float)(scale * level->inverse_diagonal[i] * level->work[i]);
  }
  PetscCall(PetscMemzero(level->x, sizeof(float) * 3 * (size_t)g->nodes_local));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode level_free(Level *level) {
  PetscFunctionBeginUser;
  if (level->own_grid) {
    PetscCall(PetscFree(level->scale));
    PetscCall(grid_destroy(&level->own_grid));
  }
  PetscCall(PetscFree(level->blocks));
  PetscCall(PetscFree(level->diagonal));
  PetscCall(PetscFree(level->fixed));
  PetscCall(PetscFree(level->spring));
  PetscCall(PetscFree(level->fixed_dof));
  PetscCall(PetscFree(level->inverse_diagonal));
  PetscCall(PetscFree(level->x));
  PetscCall(PetscFree(level->b));
  PetscCall(PetscFree(level->work));
  PetscCall(PetscFree(level->p));
  PetscCall(PetscFree(level->parent));
  PetscFunctionReturn(PETSC_SUCCESS);
}
