/* Static equilibrium: conjugate gradients in single precision on the double-precision residual. */
#include "solver/voxel/vector_kernel.h"
#include "solver/voxel/voxel_impl.h"
#include <math.h>
#include <string.h>

/* Out-of-balance forces, over those of the motions on the undeformed body, that double precision surely reaches. */
static const double ROUND_OFF = 1e-12;
/* The residual that the recurrence carries, in single precision, is replaced by the true one each time it has fallen by
   this factor: at a contrast of 1e4 rounding is hardly below it then (at 1e-6 the count was 34 to 99, not 25). */
static const double STRETCH = 1e-3;
enum { STALLS = 3 };
/* A replacement that finds less than this gained since the last one: rounding has the upper hand. */
static const double STALLED = 0.5;

typedef struct Balance { /* of a leaf: force - K u over scale */
  const Level *fine;
  double *y, inverse_scale, sum, *tie_force;
  const double *force;
} Balance;

static void visit_balance(void *context, PetscInt l) {
  Balance *c = context;
  const Leaf *leaf = &c->fine->grid->leaf[l];
  const size_t first = 3 * (size_t)leaf->base, n = 3 * (size_t)leaf_nodes(leaf);
  double *restrict y = c->y + first, sum = 0;
  float *restrict b = c->fine->b + first;
  for (size_t i = 0; c->force && i < n; ++i)
    y[i] -= c->force[first + i];
  for (PetscInt t = c->fine->fixed_start[l]; t < c->fine->fixed_start[l + 1]; ++t) {
    c->tie_force[t] = c->y[c->fine->fixed_dof[t]];
    c->y[c->fine->fixed_dof[t]] = 0;
  }
  for (size_t i = 0; i < n; ++i) {
    sum += y[i] * y[i];
    b[i] = (float)(-y[i] * c->inverse_scale);
    y[i] = 0;
  }
  c->sum += sum;
}

PetscErrorCode voxel_out_of_balance(VoxelModel *m, Vec u, Vec force, double scale, double *norm) {
  Balance c = {.fine = &m->mg.level[0], .inverse_scale = 1 / scale, .tie_force = m->tie_force};
  PetscFunctionBeginUser;
  if (force)
    PetscCall(VecGetArrayRead(force, &c.force));
  PetscCall(voxel_sweep(m, u, &c.y, visit_balance, &c));
  if (force)
    PetscCall(VecRestoreArrayRead(force, &c.force));
  PetscCallMPI(MPI_Allreduce(&c.sum, norm, 1, MPI_DOUBLE, MPI_SUM, m->grid->comm));
  *norm = sqrt(*norm);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_normalise(VoxelModel *m, Vec u, Vec force, double norm) {
  const size_t n = 3 * (size_t)m->grid->nodes_owned;
  float *b = m->mg.level[0].b;
  PetscFunctionBeginUser;
  if (norm > 1e-10 && norm < 1e10)
    for (size_t i = 0; i < n; ++i)
      b[i] *= (float)(1 / norm);
  else if (norm > 0)
    PetscCall(voxel_out_of_balance(m, u, force, norm, &norm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_tie_norm(const VoxelModel *m, double *norm) {
  double sum = 0;
  PetscFunctionBeginUser;
  for (PetscInt t = 0; t < m->n_ties; ++t)
    sum += m->tie_force[t] * m->tie_force[t];
  PetscCallMPI(MPI_Allreduce(&sum, norm, 1, MPI_DOUBLE, MPI_SUM, m->grid->comm));
  *norm = sqrt(*norm);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static bool fully_periodic(const Grid *g) { return g->box.periodic[0] && g->box.periodic[1] && g->box.periodic[2]; }

/* b . z; of a body that is free to translate (periodic) the mean is first taken out of each component of z. */
static PetscErrorCode preconditioned_dot(VoxelModel *m, double *dot) {
  const Grid *g = m->grid;
  const Level *fine = &m->mg.level[0];
  const size_t n = 3 * (size_t)g->nodes_owned;
  double mine, mean[3] = {0, 0, 0};
  PetscFunctionBeginUser;
  if (fully_periodic(g)) {
    for (size_t i = 0; i < n; ++i)
      mean[i % 3] += (double)fine->x[i];
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, mean, 3, MPI_DOUBLE, MPI_SUM, g->comm));
    for (size_t i = 0; i < n; ++i)
      fine->x[i] -= (float)(mean[i % 3] / (double)g->nodes_global);
  }
  mine = vector_dot(n, fine->b, fine->x);
  PetscCallMPI(MPI_Allreduce(&mine, dot, 1, MPI_DOUBLE, MPI_SUM, g->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Product { /* q = K p, and p . q */
  const Level *fine;
  const float *p;
  double *q, sum;
} Product;

static void visit_product(void *context, PetscInt l) {
  Product *c = context;
  const Leaf *leaf = &c->fine->grid->leaf[l];
  const size_t first = 3 * (size_t)leaf->base;
  for (PetscInt t = c->fine->fixed_start[l]; t < c->fine->fixed_start[l + 1]; ++t)
    c->q[c->fine->fixed_dof[t]] = 0;
  c->sum += vector_dot_mixed(3 * (size_t)leaf_nodes(leaf), c->p + first, c->q + first);
}

/* One iteration; *broken says that the operator or the preconditioner is not positive, or a number not finite. */
static PetscErrorCode iterate(VoxelModel *m, double *u, Conjugate *k, bool *broken) {
  Level *fine = &m->mg.level[0];
  const size_t n = 3 * (size_t)m->grid->nodes_owned;
  Product product = {.fine = fine, .p = k->p, .q = (double *)(void *)fine->x};
  double rho, curvature, all[2];
  PetscFunctionBeginUser;
  PetscCall(multigrid_cycle(&m->mg));
  PetscCall(preconditioned_dot(m, &rho));
  vector_turn(n, k->size * k->alpha, u, k->rho > 0 ? (float)(rho / k->rho) : 0, fine->x, k->p);
  k->alpha = 0;
  PetscCall(PetscArrayzero(product.q, 3 * (size_t)m->grid->nodes_local)); /* z is used up */
  PetscCall(sweep_mixed(&fine->sweep, m->blocks, k->p, product.q, visit_product, &product));
  PetscCallMPI(MPI_Allreduce(&product.sum, &curvature, 1, MPI_DOUBLE, MPI_SUM, m->grid->comm));
  ++k->iterations;
  *broken = !(rho > 0) || !(curvature > 0) || isinf(rho) || isinf(curvature);
  k->alpha = *broken ? 0 : rho / curvature;
  const double mine[2] = {vector_descend(n, k->alpha, product.q, fine->b), keep_vote(m->keep)};
  PetscCallMPI(MPI_Allreduce(mine, all, 2, MPI_DOUBLE, MPI_SUM, m->grid->comm));
  k->rho = rho;
  k->estimate = k->size * sqrt(all[0]);
  k->votes = all[1];
  *broken |= !isfinite(k->estimate);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The residual of u in place of the recurrence's, of norm 1 in units of the new size; the direction is kept. */
static PetscErrorCode replace(VoxelModel *m, Vec u, Vec force, Conjugate *k) {
  const size_t n = 3 * (size_t)m->grid->nodes_owned;
  const double before = k->size;
  PetscScalar *a;
  PetscFunctionBeginUser;
  PetscCall(VecGetArray(u, &a));
  for (size_t i = 0; i < n && k->alpha != 0; ++i)
    a[i] += k->size * k->alpha * (double)k->p[i];
  PetscCall(VecRestoreArray(u, &a));
  k->alpha = 0;
  k->size = k->estimate > 0 ? k->estimate : k->size;
  PetscCall(voxel_out_of_balance(m, u, force, k->size, &k->estimate));
  const float ratio = (float)(before / k->size);
  for (size_t i = 0; i < n; ++i)
    k->p[i] *= ratio;
  k->rho *= (before / k->size) * (before / k->size);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The true residual in place of the recurrence's, with the target for the reactions of now; *end: it is reached, or, as
   hardly anything was gained, all that double precision has. */
static PetscErrorCode look(VoxelModel *m, Vec u, Vec force, const KrylovGoal *goal, Conjugate *k, Settled *end) {
  PetscFunctionBeginUser;
  k->recurrence = k->estimate;
  PetscCall(replace(m, u, force, k));
  PetscCall(voxel_goal_target(m, goal, &k->target));
  *end = k->estimate <= k->target ? SETTLED_YES : SETTLED_NO;
  if (!*end && (k->estimate > STALLED * k->start || k->estimate <= goal->least))
    PetscCall(voxel_settled(m, u, goal, k->estimate, end));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode conjugate_gradients(VoxelModel *m, Vec u, Vec force, const KrylovGoal *goal, Conjugate *k) {
  PetscScalar *a;
  Settled end;
  bool broken;
  PetscFunctionBeginUser;
  PetscCall(voxel_goal_target(m, goal, &k->target));
  end = k->estimate <= k->target ? SETTLED_YES : SETTLED_NO;
  if (m->solve.begun)
    PetscCall(voxel_keep_resume(m, u, force, k));
  while (end != SETTLED_YES) {
    if (k->votes > 0)
      PetscCall(voxel_keep_iteration(m, u, k));
    if (k->iterations >= m->options.max_iterations) {
      PetscCall(look(m, u, force, goal, k, &end));
      if (end != SETTLED_YES)
        PetscCall(voxel_refuse(m, goal, k, end, false));
      break;
    }
    PetscCall(VecGetArray(u, &a));
    PetscCall(iterate(m, a, k, &broken));
    PetscCall(VecRestoreArray(u, &a));
    if (!broken && k->estimate > k->target && k->estimate > STRETCH * k->start)
      continue;
    PetscCall(look(m, u, force, goal, k, &end));
    if (broken && end != SETTLED_YES)
      PetscCall(voxel_refuse(m, goal, k, end, true));
    if (end == SETTLED_ROUNDING || (end == SETTLED_NO && k->estimate > STALLED * k->start))
      if (++k->stalls >= STALLS)
        PetscCall(voxel_refuse(m, goal, k, end, false));
    k->start = k->estimate;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_krylov(VoxelModel *m, Vec u, Vec force, const KrylovGoal *goal, double *norm, SolveInfo *info) {
  Conjugate k = {.size = goal->scale, .start = *norm, .estimate = *norm, .recurrence = *norm};
  PetscLogDouble start, end;
  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  PetscCall(PetscCalloc1(3 * (size_t)m->grid->nodes_local, &k.p));
  keep_begin(m->keep);
  const PetscErrorCode code = conjugate_gradients(m, u, force, goal, &k);
  PetscCall(PetscFree(k.p));
  PetscCall(code);
  PetscCall(PetscTime(&end));
  *norm = k.estimate;
  info->model = "voxel";
  info->dofs = 3 * m->grid->nodes_global;
  info->iterations += k.iterations;
  info->setup_s += m->setup_s;
  info->solve_s += end - start;
  m->setup_s = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Tied components of u take the motion of their grips. */
static PetscErrorCode impose_motion(const VoxelModel *m, const double (*motion)[6], Vec u) {
  PetscScalar *a;
  PetscFunctionBeginUser;
  PetscCall(VecGetArray(u, &a));
  for (PetscInt t = 0; t < m->n_ties; ++t) {
    double d[3];
    const Tie *tie = &m->tie[t];
    grip_displacement(motion[tie->grip], m->grip[tie->grip].at, tie->x, d);
    a[tie->dof] = d[tie->dof % 3];
  }
  PetscCall(VecRestoreArray(u, &a));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Norm of the out-of-balance forces of the motions and forces on the undeformed body; u: with the motions in place. */
static PetscErrorCode start_norm(VoxelModel *m, const double (*motion)[6], Vec force, Vec u, double *start,
                                 double *norm) {
  PetscReal size;
  Vec undeformed;
  PetscFunctionBeginUser;
  PetscCall(VecNorm(u, NORM_INFINITY, &size));
  if (size == 0) {
    PetscCall(impose_motion(m, motion, u));
    PetscCall(voxel_out_of_balance(m, u, force, 1, start));
    *norm = *start;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(voxel_vector(m, &undeformed));
  PetscCall(impose_motion(m, motion, undeformed));
  PetscCall(voxel_out_of_balance(m, undeformed, force, 1, start));
  PetscCall(VecDestroy(&undeformed));
  PetscCall(impose_motion(m, motion, u));
  PetscCall(voxel_out_of_balance(m, u, force, 1, norm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static KrylovGoal goal_make(const VoxelModel *m, double start, double load, double norm) {
  const double share = m->superposed ? VOXEL_SUPERPOSED : 1;
  return (KrylovGoal){.target = m->options.rtol * start,
                      .start = start,
                      .equilibrium = share * m->options.equilibrium,
                      .share = share,
                      .load = load,
                      .least = ROUND_OFF * start,
                      .rounding = load,
                      .scale = norm};
}

/* Looks for the solve among the records; what is found must be a solution here and now, else u begins at 0. */
static PetscErrorCode recall(VoxelModel *m, const double (*motion)[6], Vec force, double load, Vec u, SolveInfo *info,
                             Settled *settled) {
  double start, norm;
  PetscBool done;
  PetscFunctionBeginUser;
  *settled = SETTLED_NO;
  PetscCall(voxel_keep_find(m, motion, force, u, info, &done));
  if (!done)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(start_norm(m, motion, force, u, &start, &norm));
  const KrylovGoal goal = goal_make(m, start, load, norm);
  if (isfinite(norm))
    PetscCall(voxel_settled(m, u, &goal, norm, settled));
  PetscCall(voxel_keep_taken(m, *settled == SETTLED_YES, info));
  if (*settled == SETTLED_YES)
    info->relative_residual = norm / start;
  else
    PetscCall(VecZeroEntries(u));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_solve(VoxelModel *m, const double (*motion)[6], Vec force, Vec u, SolveInfo *info) {
  PetscReal start, norm, load = 0;
  Settled settled;
  PetscFunctionBeginUser;
  PetscCheck(m->n_grips, m->grid->comm, PETSC_ERR_USER_INPUT, "the voxel model has no support");
  memset(info, 0, sizeof *info);
  info->model = "voxel";
  info->dofs = 3 * m->grid->nodes_global;
  PetscCall(voxel_prepare(m));
  if (force)
    PetscCall(VecNorm(force, NORM_2, &load));
  PetscCall(recall(m, motion, force, load, u, info, &settled));
  if (settled == SETTLED_YES)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(start_norm(m, motion, force, u, &start, &norm));
  PetscCheck(isfinite(start) && isfinite(norm), m->grid->comm, PETSC_ERR_USER_INPUT,
             "the motions or the forces on the voxel model are not finite");
  if (start == 0) { /* nothing pulls on what is free: it stays where it is, whatever the guess */
    PetscCall(VecZeroEntries(u));
    PetscCall(impose_motion(m, motion, u));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  const KrylovGoal goal = goal_make(m, start, load, norm);
  PetscCall(voxel_normalise(m, u, force, norm));
  PetscCall(voxel_krylov(m, u, force, &goal, &norm, info));
  info->relative_residual = norm / start;
  PetscCall(voxel_keep_done(m, u, info));
  PetscFunctionReturn(PETSC_SUCCESS);
}
