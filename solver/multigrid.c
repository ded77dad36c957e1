#include "solver/multigrid.h"
#include "solver/coarsen.h"
#include "solver/coarsest.h"
#include "solver/transfer_kernel.h"
#include <string.h>

enum { SMOOTHING_DEGREE = 3 };
/* Chebyshev interval as fractions of the estimated largest eigenvalue. */
static const float INTERVAL_LOW = 0.1f, INTERVAL_HIGH = 1.0f;

PetscErrorCode multigrid_create(const Grid *grid, const Elasticity material[256], Multigrid *mg) {
  Porous porous, next;
  PetscFunctionBeginUser;
  memset(mg, 0, sizeof *mg);
  PetscCall(level_create(grid, NULL, grid->fraction, material, &mg->level[0]));
  PetscCall(porous_create(grid, material, &porous));
  for (mg->n = 1; mg->n < MULTIGRID_LEVELS; ++mg->n) {
    Level *fine = &mg->level[mg->n - 1];
    Grid *coarse;
    float(*scale)[LEAF_VOXELS];
    if (!can_coarsen(&fine->grid->box, fine->grid->nodes_global))
      break;
    PetscCall(coarsen(fine, &porous, material, &coarse, &next, &scale));
    PetscCall(level_create(coarse, coarse, scale, material, &mg->level[mg->n]));
    PetscCall(porous_free(&porous));
    porous = next;
  }
  PetscCall(porous_free(&porous));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode multigrid_fix(Multigrid *mg, const Elasticity material[256], const uint8_t *fixed) {
  PetscFunctionBeginUser;
  PetscCall(level_fix(&mg->level[0], fixed, NULL));
  PetscCall(level_finish(&mg->level[0]));
  for (int l = 1; l < mg->n; ++l) {
    const PetscInt n = mg->level[l].grid->nodes_owned;
    uint8_t *coarse;
    float *spring;
    PetscCall(PetscMalloc1(n, &coarse));
    PetscCall(PetscMalloc1(3 * n, &spring));
    PetscCall(coarsen_fixed(&mg->level[l - 1], mg->level[l].grid, coarse, spring));
    PetscCall(level_fix(&mg->level[l], coarse, spring));
    PetscCall(level_finish(&mg->level[l]));
    PetscCall(PetscFree(coarse));
  }
  PetscCall(coarsest_destroy(&mg->coarsest, &mg->coarse_b, &mg->coarse_x));
  PetscCall(coarsest_create(&mg->level[mg->n - 1], material, &mg->coarsest, &mg->coarse_b, &mg->coarse_x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Chebyshev iteration for K x = b on [low, high] of D^-1 K; x is the start unless zero. */
static PetscErrorCode smooth(Level *level, bool zero) {
  const PetscInt n = 3 * level->grid->nodes_owned;
  const float low = INTERVAL_LOW * level->lambda, high = INTERVAL_HIGH * level->lambda;
  const float theta = (high + low) / 2, delta = (high - low) / 2, sigma = theta / delta;
  const float *restrict d = level->inverse_diagonal, *restrict b = level->b, *restrict w = level->work;
  float *restrict x = level->x, *restrict p = level->p;
  float rho = 1 / sigma;
  PetscFunctionBeginUser;
  for (int step = 0; step < SMOOTHING_DEGREE; ++step) {
    const float next = 1 / (2 * sigma - rho);
    const float keep = step ? next * rho : 0, gain = step ? 2 * next / delta : 1 / theta;
    if (!step && zero)
      for (PetscInt i = 0; i < n; ++i)
        x[i] = p[i] = gain * d[i] * b[i];
    else {
      PetscCall(level_apply(level, level->x, level->work));
      if (!step)
        for (PetscInt i = 0; i < n; ++i)
          x[i] += p[i] = gain * d[i] * (b[i] - w[i]);
      else
        for (PetscInt i = 0; i < n; ++i)
          x[i] += p[i] = keep * p[i] + gain * d[i] * (b[i] - w[i]);
    }
    if (step)
      rho = next;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Residual of level l into the right-hand side of level l + 1. */
static PetscErrorCode restrict_residual(Multigrid *mg, int l) {
  Level *f = &mg->level[l], *c = &mg->level[l + 1];
  PetscFunctionBeginUser;
  PetscCall(level_apply(f, f->x, f->work));
  for (PetscInt i = 0; i < 3 * f->grid->nodes_owned; ++i)
    f->work[i] = f->b[i] - f->work[i];
  level_zero_fixed(f, f->work);
  PetscCall(PetscMemzero(c->b, sizeof(float) * 3 * (size_t)c->grid->nodes_local));
  for (PetscInt i = 0; i < f->grid->n_owned; ++i)
    leaf_restrict(c->grid->leaf, f->parent[i], &f->grid->leaf[i], f->work, c->b);
  PetscCall(halo_add_float(&c->grid->halo, c->b));
  level_zero_fixed(c, c->b);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode prolong_correction(Multigrid *mg, int l) {
  Level *f = &mg->level[l], *c = &mg->level[l + 1];
  PetscFunctionBeginUser;
  PetscCall(halo_broadcast_float(&c->grid->halo, c->x));
  for (PetscInt i = 0; i < f->grid->n_owned; ++i)
    leaf_prolong(c->grid->leaf, f->parent[i], &f->grid->leaf[i], c->x, f->x);
  level_zero_fixed(f, f->x);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode multigrid_cycle(Multigrid *mg, const double *r, double *z) {
  Level *fine = &mg->level[0], *last = &mg->level[mg->n - 1];
  const PetscInt n = 3 * fine->grid->nodes_owned;
  double scale = 0, all;
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n; ++i)
    scale = PetscMax(scale, fabs(r[i])); /* keeps single precision in range */
  PetscCallMPI(MPI_Allreduce(&scale, &all, 1, MPI_DOUBLE, MPI_MAX, fine->grid->comm));
  scale = all > 0 ? all : 1;
  for (PetscInt i = 0; i < n; ++i)
    fine->b[i] = (float)(r[i] / scale);
  for (int l = 0; l + 1 < mg->n; ++l) {
    PetscCall(smooth(&mg->level[l], true));
    PetscCall(restrict_residual(mg, l));
  }
  PetscCall(coarsest_solve(last, mg->coarsest, mg->coarse_b, mg->coarse_x));
  for (int l = mg->n - 2; l >= 0; --l) {
    PetscCall(prolong_correction(mg, l));
    PetscCall(smooth(&mg->level[l], false));
  }
  for (PetscInt i = 0; i < n; ++i)
    z[i] = scale * fine->x[i];
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode multigrid_free(Multigrid *mg) {
  PetscFunctionBeginUser;
  PetscCall(coarsest_destroy(&mg->coarsest, &mg->coarse_b, &mg->coarse_x));
  for (int l = 0; l < mg->n; ++l)
    PetscCall(level_free(&mg->level[l]));
  mg->n = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}
