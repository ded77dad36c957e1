#include "solver/level.h"
#include "solver/vector_kernel.h"
#include <math.h>
#include <petscblaslapack.h>
#include <string.h>

enum { LANCZOS_STEPS = 12 };

PetscErrorCode level_create(const Grid *grid, Grid *own, float (*scale)[LEAF_VOXELS], const Elasticity material[256],
                            Level *level) {
  const size_t local = 3 * (size_t)grid->nodes_local, owned = 3 * (size_t)grid->nodes_owned;
  PetscFunctionBeginUser;
  memset(level, 0, sizeof *level);
  level->grid = grid;
  level->own_grid = own;
  level->scale = scale;
  PetscCall(sweep_create(grid, (const float(*)[LEAF_VOXELS])scale, &level->sweep));
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
  PetscCall(PetscCalloc1(2 * local, &level->x));
  level->work = level->x + local;
  PetscCall(PetscCalloc1(local, &level->b));
  PetscCall(PetscMalloc1(owned, &level->inverse_diagonal));
  PetscCall(PetscCalloc1(grid->nodes_owned, &level->fixed));
  PetscCall(PetscCalloc1(grid->n_owned + 1, &level->fixed_start));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Frees the springs when there are none on any rank. */
static PetscErrorCode springs_take(Level *level, float *spring) {
  int any = 0, all;
  PetscFunctionBeginUser;
  for (PetscInt i = 0; spring && i < 3 * level->grid->nodes_owned; ++i)
    any |= spring[i] > 0;
  PetscCallMPI(MPI_Allreduce(&any, &all, 1, MPI_INT, MPI_MAX, level->grid->comm));
  if (!all)
    PetscCall(PetscFree(spring));
  PetscCall(PetscFree(level->spring));
  level->spring = all ? spring : NULL;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode level_fix(Level *level, const uint8_t *fixed, float *spring) {
  const Grid *g = level->grid;
  PetscInt n = 0;
  PetscFunctionBeginUser;
  PetscCall(springs_take(level, spring));
  for (PetscInt i = 0; i < g->nodes_owned; ++i)
    n += __builtin_popcount(fixed[i] & 7);
  PetscCall(PetscFree(level->fixed_dof));
  PetscCall(PetscMalloc1(n, &level->fixed_dof));
  n = 0;
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    level->fixed_start[l] = n;
    for (PetscInt i = g->leaf[l].base; i < g->leaf[l].base + leaf_nodes(&g->leaf[l]); ++i) {
      level->fixed[i] = fixed[i] & 7;
      for (int c = 0; c < 3; ++c)
        if (fixed[i] >> c & 1)
          level->fixed_dof[n++] = (int32_t)(3 * i + c);
    }
  }
  level->fixed_start[g->n_owned] = level->n_fixed_dofs = n;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void complete(const Level *level, PetscInt l, const float *x, float *y) {
  const Leaf *leaf = &level->grid->leaf[l];
  const size_t first = 3 * (size_t)leaf->base, n = 3 * (size_t)leaf_nodes(leaf);
  if (level->spring)
    for (size_t i = first; i < first + n; ++i)
      y[i] += level->spring[i] * x[i];
  for (PetscInt i = level->fixed_start[l]; i < level->fixed_start[l + 1]; ++i)
    y[level->fixed_dof[i]] = 0;
}

void level_complete(const Level *level, PetscInt l) { complete(level, l, level->x, level->work); }

typedef struct Apply {
  const Level *level;
  const float *x;
  float *y;
} Apply;

static void visit_apply(void *context, PetscInt leaf) {
  const Apply *a = context;
  complete(a->level, leaf, a->x, a->y);
}

PetscErrorCode level_apply(Level *level, float *x, float *y) {
  Apply context = {level, x, y};
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(y, 3 * (size_t)level->grid->nodes_local));
  PetscCall(sweep_float(&level->sweep, level->blocks, x, y, visit_apply, &context));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Sums each voxel's diagonal over its corners. */
static PetscErrorCode diagonal_sum(Level *level) {
  const Grid *g = level->grid;
  const size_t local = 3 * (size_t)g->nodes_local;
  double *d = (double *)(void *)level->x;
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(d, local));
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    BlockDouble f;
    if (level->sweep.late[l] & 2)
      continue;
    memset(&f, 0, sizeof f);
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      if (!(g->leaf[l].voxel[v / 8] >> v % 8 & 1))
        continue;
      const double *e = level->diagonal[g->label[l][v]], s = level->scale ? level->scale[l][v] : 1;
      for (int a = 0; a < 8; ++a)
        for (int c = 0; c < 3; ++c)
          f.v[v / 64 + (a >> 2)][v / 8 % 8 + (a >> 1 & 1)][c][v % 8 + (a & 1)] += s * e[c];
    }
    leaf_scatter_double(g->leaf, &g->leaf[l], &f, d);
  }
  PetscCall(halo_add_double(&g->halo, d));
  for (PetscInt i = 0; i < 3 * g->nodes_owned; ++i) {
    if (level->spring)
      d[i] += level->spring[i];
    level->inverse_diagonal[i] = d[i] > 0 ? (float)(1 / d[i]) : 0;
  }
  PetscCall(PetscArrayzero(level->x, 2 * local));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void level_hold(Level *level) {
  for (PetscInt i = 0; i < level->n_fixed_dofs; ++i)
    level->inverse_diagonal[level->fixed_dof[i]] = 0;
}

/* Deterministic start values in (-0.5, 0.5) from a node's place, so that the estimate is the same on any number of
 * ranks. */
static float start_value(const Leaf *leaf, int v, int c) {
  uint64_t h = morton_key(leaf->at) * 1536 + (uint64_t)(3 * v + c);
  h = (h ^ h >> 31) * 0x9e3779b97f4a7c15ULL;
  h = (h ^ h >> 29) * 0xbf58476d1ce4e5b9ULL;
  return (float)(h >> 40) / 16777216.0f - 0.5f;
}

/* a . b and b . b in the inner product of the diagonal, over all ranks. */
static PetscErrorCode diagonal_dots(const Level *level, const float *a, const float *b, double *ab, double *bb) {
  const PetscInt n = 3 * level->grid->nodes_owned;
  double sum[2] = {0, 0}, all[2];
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n; ++i) {
    const double d = level->inverse_diagonal[i];
    if (d == 0)
      continue;
    sum[0] += (double)a[i] * b[i] / d;
    sum[1] += (double)b[i] * b[i] / d;
  }
  PetscCallMPI(MPI_Allreduce(sum, all, 2, MPI_DOUBLE, MPI_SUM, level->grid->comm));
  *ab = all[0];
  *bb = all[1];
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Largest Ritz value of n Lanczos steps plus the size of its residual: a safe bound in practice even where the top of
   the spectrum is crowded (Y. Zhou, Y. Saad, M. Tiago, J. Chelikowsky, J. Comput. Phys. 219 (2006) 172). alpha [n],
   beta [n]: beta[k] couples step k with k + 1. */
static PetscErrorCode ritz_bound(int n, double *alpha, double *beta, double *bound) {
  double vectors[LANCZOS_STEPS * LANCZOS_STEPS], work[2 * LANCZOS_STEPS];
  const double last = beta[n - 1];
  PetscBLASInt order = n, bad = 0;
  PetscFunctionBeginUser;
  LAPACKsteqr_("I", &order, alpha, beta, vectors, &order, work, &bad);
  PetscCheck(bad == 0, PETSC_COMM_SELF, PETSC_ERR_LIB, "dsteqr failed");
  *bound = alpha[n - 1] + last * fabs(vectors[(n - 1) * n + n - 1]);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void lanczos_start(const Level *level, float *q) {
  const Grid *g = level->grid;
  for (PetscInt l = 0, node = 0; l < g->n_owned; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (g->leaf[l].node[v / 8] >> v % 8 & 1) {
        for (int c = 0; c < 3; ++c)
          q[3 * (size_t)node + (size_t)c] = start_value(&g->leaf[l], v, c);
        ++node;
      }
  level_zero_fixed(level, q);
}

PetscErrorCode level_finish(Level *level) {
  const size_t n = 3 * (size_t)level->grid->nodes_owned, local = 3 * (size_t)level->grid->nodes_local;
  double alpha[LANCZOS_STEPS], beta[LANCZOS_STEPS], before = 0, unused, norm, bound = 1;
  float *q = level->x, *w = level->work, *old = level->b;
  int steps = 0;
  PetscFunctionBeginUser;
  PetscCall(diagonal_sum(level));
  lanczos_start(level, q);
  PetscCall(PetscArrayzero(old, local));
  PetscCall(diagonal_dots(level, q, q, &unused, &norm));
  for (size_t i = 0; i < n && norm > 0; ++i)
    q[i] /= (float)sqrt(norm);
  while (norm > 0 && steps < LANCZOS_STEPS) { /* q, old: the last two Lanczos vectors; norm > 0: something is free */
    PetscCall(level_apply(level, q, w));
    for (size_t i = 0; i < n; ++i)
      w[i] *= level->inverse_diagonal[i];
    PetscCall(diagonal_dots(level, w, q, &alpha[steps], &unused));
    for (size_t i = 0; i < n; ++i)
      w[i] -= (float)alpha[steps] * q[i] + (float)before * old[i];
    PetscCall(diagonal_dots(level, w, w, &unused, &norm));
    before = beta[steps] = sqrt(norm);
    if (beta[steps++] < 1e-5 * fabs(alpha[0]))
      break; /* an invariant space: few free components */
    for (size_t i = 0; i < n; ++i) {
      old[i] = q[i];
      q[i] = w[i] / (float)before;
    }
  }
  if (steps)
    PetscCall(ritz_bound(steps, alpha, beta, &bound));
  level->lambda = (float)bound; /* everything fixed: any positive number serves, since x stays 0 */
  PetscCall(PetscArrayzero(level->x, 2 * local));
  PetscCall(PetscArrayzero(level->b, local));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode level_free(Level *level) {
  PetscFunctionBeginUser;
  if (level->own_grid) {
    PetscCall(PetscFree(level->scale));
    PetscCall(grid_destroy(&level->own_grid));
  }
  PetscCall(sweep_free(&level->sweep));
  PetscCall(PetscFree(level->blocks));
  PetscCall(PetscFree(level->diagonal));
  PetscCall(PetscFree(level->fixed));
  PetscCall(PetscFree(level->spring));
  PetscCall(PetscFree(level->fixed_dof));
  PetscCall(PetscFree(level->fixed_start));
  PetscCall(PetscFree(level->inverse_diagonal));
  PetscCall(PetscFree(level->x));
  PetscCall(PetscFree(level->b));
  PetscCall(PetscFree(level->parent));
  PetscFunctionReturn(PETSC_SUCCESS);
}
