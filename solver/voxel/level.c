#include "solver/voxel/level.h"
#include "solver/voxel/vector_kernel.h"
#include <math.h>
#include <petscblaslapack.h>
#include <string.h>

enum { LANCZOS_STEPS = 12 };

PetscErrorCode level_create(const Grid *grid, Grid *own, float (*scale)[LEAF_VOXELS], const Elasticity material[256],
                            ElementChoice element, Level *level) {
  const size_t local = 3 * (size_t)grid->nodes_local, owned = 3 * (size_t)grid->nodes_owned;
  PetscFunctionBeginUser;
  memset(level, 0, sizeof *level);
  level->grid = grid;
  level->own_grid = own;
  level->scale = scale;
  PetscCall(sweep_create(grid, (const float(*)[LEAF_VOXELS])scale, &level->sweep));
  PetscCall(PetscCalloc1(256, &level->blocks));
  PetscCall(PetscCalloc1(256, &level->corner));
  for (int l = 1; l < 256; ++l) {
    ElementBlocks e;
    double K[24][24];
    if (material[l].C11 <= 0)
      continue;
    element_blocks(&material[l], element, grid->box.voxel_mm, &e);
    for (int i = 0; i < 72; ++i)
      (&level->blocks[l].b[0][0][0])[i] = (float)(&e.b[0][0][0])[i];
    element_matrix(&material[l], element, grid->box.voxel_mm, K);
    for (int c = 0; c < 3; ++c) {
      level->corner[l][c] = K[c][c];
      level->corner[l][3 + c] = K[(c + 1) % 3][(c + 2) % 3];
    }
  }
  PetscCall(PetscCalloc1(2 * local, &level->x));
  level->work = level->x + local;
  PetscCall(PetscCalloc1(local, &level->b));
  PetscCall(PetscMalloc1(2 * owned, &level->inverse_block));
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

/* Sums over the voxels at each node the diagonal of their corner blocks (first 0) or its off-diagonal part yz xz xy
   (first 3) into sum [nodes_local][3]. */
static PetscErrorCode corners_sum(const Level *level, int first, double *sum) {
  const Grid *g = level->grid;
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(sum, 3 * (size_t)g->nodes_local));
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    BlockDouble f;
    if (!leaf_voxels(&g->leaf[l]))
      continue;
    memset(&f, 0, sizeof f);
    for (int v = 0; v < LEAF_VOXELS; ++v) {
      if (!(g->leaf[l].voxel[v / 8] >> v % 8 & 1))
        continue;
      const double *e = level->corner[g->label[l][v]] + first, s = level->scale ? level->scale[l][v] : 1;
      for (int a = 0; a < 8; ++a)
        for (int c = 0; c < 3; ++c) {
          const int flip = first && ((a >> (c + 1) % 3 ^ a >> (c + 2) % 3) & 1);
          f.v[v / 64 + (a >> 2)][v / 8 % 8 + (a >> 1 & 1)][c][v % 8 + (a & 1)] += flip ? -s * e[c] : s * e[c];
        }
    }
    leaf_scatter_double(g->leaf, &g->leaf[l], &f, sum);
  }
  PetscCall(halo_add_double(&g->halo, sum));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Inverse of a symmetric 3x3 block a, o (yz xz xy); where rounding leaves a direction without stiffness, that of the
   diagonal alone. out [6] with a stride. */
static void block_invert(const double a[3], const double o[3], size_t stride, float *out) {
  const double minor[3] = {a[1] * a[2] - o[0] * o[0], a[0] * a[2] - o[1] * o[1], a[0] * a[1] - o[2] * o[2]};
  const double cofactor[3] = {o[1] * o[2] - a[0] * o[0], o[0] * o[2] - a[1] * o[1], o[0] * o[1] - a[2] * o[2]};
  const double det = a[0] * minor[0] + o[2] * cofactor[2] + o[1] * cofactor[1];
  const bool definite = det > 1e-6 * a[0] * a[1] * a[2] && minor[0] > 0 && minor[1] > 0 && minor[2] > 0;
  for (size_t c = 0; c < 3; ++c) {
    out[c * stride] = (float)(definite ? minor[c] / det : a[c] > 0 ? 1 / a[c] : 0);
    out[(3 + c) * stride] = (float)(definite ? cofactor[c] / det : 0);
  }
}

static PetscErrorCode blocks_invert(Level *level) {
  const Grid *g = level->grid;
  const size_t local = 3 * (size_t)g->nodes_local;
  double *shear, *sum = (double *)(void *)level->x;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(local, &shear));
  PetscCall(corners_sum(level, 0, sum));
  PetscCall(corners_sum(level, 3, shear));
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    const size_t base = (size_t)g->leaf[l].base, n = (size_t)leaf_nodes(&g->leaf[l]);
    for (size_t i = base; i < base + n; ++i) {
      double *a = sum + 3 * i, *o = shear + 3 * i;
      for (size_t c = 0; c < 3; ++c) {
        const unsigned others = level->fixed[i] >> (c + 1) % 3 | level->fixed[i] >> (c + 2) % 3;
        a[c] += level->spring ? level->spring[3 * i + c] : 0;
        o[c] = others & 1 ? 0 : o[c];
      }
      block_invert(a, o, n, level->inverse_block + 6 * base + (i - base));
    }
  }
  PetscCall(PetscFree(shear));
  PetscCall(PetscArrayzero(level->x, 2 * local));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void level_hold(Level *level) {
  const Grid *g = level->grid;
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    const size_t base = (size_t)g->leaf[l].base, n = (size_t)leaf_nodes(&g->leaf[l]);
    for (PetscInt i = level->fixed_start[l]; i < level->fixed_start[l + 1]; ++i) {
      const size_t node = (size_t)level->fixed_dof[i] / 3, c = (size_t)level->fixed_dof[i] % 3;
      level->inverse_block[6 * base + c * n + (node - base)] = 0;
    }
  }
}

/* Deterministic start values in (-0.5, 0.5) from a node's place, so that the estimate is the same on any number of
 * ranks. */
static float start_value(const Leaf *leaf, int v, int c) {
  uint64_t h = morton_key(leaf->at) * 1536 + (uint64_t)(3 * v + c);
  h = (h ^ h >> 31) * 0x9e3779b97f4a7c15ULL;
  h = (h ^ h >> 29) * 0xbf58476d1ce4e5b9ULL;
  return (float)(h >> 40) / 16777216.0f - 0.5f;
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

/* Start values times D. */
static void lanczos_start(const Level *level, float *t) {
  const Grid *g = level->grid;
  for (PetscInt l = 0, node = 0; l < g->n_owned; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (g->leaf[l].node[v / 8] >> v % 8 & 1) {
        for (int c = 0; c < 3; ++c) {
          const float d = level_inverse_diagonal(level, l, node, c);
          t[3 * (size_t)node + (size_t)c] = d > 0 ? start_value(&g->leaf[l], v, c) / d : 0;
        }
        ++node;
      }
  level_zero_fixed(level, t);
}

/* q = D^-1 t and its norm sqrt(q . t). */
static PetscErrorCode blocks_solve(const Level *level, const float *t, float *q, double *norm) {
  const Grid *g = level->grid;
  double sum = 0;
  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < g->n_owned; ++l) {
    const size_t base = (size_t)g->leaf[l].base;
    sum += vector_solve((size_t)leaf_nodes(&g->leaf[l]), level->inverse_block + 6 * base, t + 3 * base, q + 3 * base);
  }
  PetscCallMPI(MPI_Allreduce(&sum, norm, 1, MPI_DOUBLE, MPI_SUM, g->comm));
  *norm = sqrt(PetscMax(*norm, 0));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Rayleigh {
  const Level *level;
  double sum; /* q . K q */
} Rayleigh;

static void visit_rayleigh(void *context, PetscInt l) {
  Rayleigh *c = context;
  const Leaf *leaf = &c->level->grid->leaf[l];
  const size_t first = 3 * (size_t)leaf->base;
  level_complete(c->level, l);
  c->sum += vector_dot(3 * (size_t)leaf_nodes(leaf), c->level->x + first, c->level->work + first);
}

/* Lanczos for D^-1 K in the inner product of D: q the vectors, s and old D times the last two. */
static PetscErrorCode lanczos(Level *level, float *old, double *bound) {
  const size_t n = 3 * (size_t)level->grid->nodes_owned;
  double alpha[LANCZOS_STEPS], beta[LANCZOS_STEPS], norm;
  float *q = level->x, *s = level->b, *t = level->work;
  int steps = 0;
  PetscFunctionBeginUser;
  lanczos_start(level, t);
  PetscCall(blocks_solve(level, t, q, &norm));
  while (norm > 0 && steps < LANCZOS_STEPS) { /* norm > 0: something is free */
    Rayleigh r = {.level = level};
    float *next = old;
    vector_shift(n, (float)(1 / norm), t, next, q);
    old = s;
    s = next;
    PetscCall(sweep_float(&level->sweep, level->blocks, q, t, visit_rayleigh, &r));
    PetscCallMPI(MPI_Allreduce(&r.sum, &alpha[steps], 1, MPI_DOUBLE, MPI_SUM, level->grid->comm));
    vector_orthogonalise(n, (float)alpha[steps], s, steps ? (float)norm : 0, old, t);
    PetscCall(blocks_solve(level, t, q, &norm));
    beta[steps] = norm;
    if (beta[steps++] < 1e-5 * fabs(alpha[0]))
      break; /* an invariant space: few free components */
  }
  if (steps)
    PetscCall(ritz_bound(steps, alpha, beta, bound));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode level_finish(Level *level) {
  const size_t local = 3 * (size_t)level->grid->nodes_local;
  double bound = 1; /* everything fixed: any positive number serves, since x stays 0 */
  float *old;
  PetscFunctionBeginUser;
  PetscCall(blocks_invert(level));
  PetscCall(PetscCalloc1(local, &old));
  PetscCall(lanczos(level, old, &bound));
  PetscCall(PetscFree(old));
  level->lambda = (float)bound;
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
  PetscCall(PetscFree(level->corner));
  PetscCall(PetscFree(level->fixed));
  PetscCall(PetscFree(level->spring));
  PetscCall(PetscFree(level->fixed_dof));
  PetscCall(PetscFree(level->fixed_start));
  PetscCall(PetscFree(level->inverse_block));
  PetscCall(PetscFree(level->x));
  PetscCall(PetscFree(level->b));
  PetscCall(PetscFree(level->parent));
  PetscFunctionReturn(PETSC_SUCCESS);
}
