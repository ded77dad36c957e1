/* Driver: whether a solve is what it says. The true residual, out of double precision, is held against the relative
   residual and the equilibrium of VoxelOptions; where rounding is the limit, against what rounding leaves of K u. A
   solve that misses is refused with what it reached, which keys would accept that, and what makes the body hard to
   solve. Called by the iteration (voxel_solve.c) and after superpositions. */
#include "solver/voxel/voxel_impl.h"
#include <float.h>
#include <math.h>
#include <string.h>

/* Units in the last place of the single terms of K u. */
static const double LAST_PLACES = 8;
/* A body whose strains over its size are this far below its displacements moves as a rigid one: the forces that are
   left are rounding, and there are no reactions to compare them with. */
static const double UNSTRAINED = 1e-9;
/* What keys are told to accept lies so much above what was reached. */
static const double SPARE = 1.1;
/* Labels whose stiffness differs by more, and Poisson's ratios from here on, are named as reasons. */
static const double CONTRAST = 1e6, POISSON = 0.48;

/* What rounding leaves of K u in double precision: about the norm of its diagonal terms in the last place. */
static PetscErrorCode rounding_floor(const VoxelModel *m, Vec u, double loads, double *floor) {
  const Level *fine = &m->mg.level[0];
  const PetscScalar *a;
  double sum = 0;
  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(u, &a));
  for (PetscInt l = 0; l < m->grid->n_owned; ++l) {
    const Leaf *leaf = &m->grid->leaf[l];
    for (PetscInt i = leaf->base; i < leaf->base + leaf_nodes(leaf); ++i)
      for (int c = 0; c < 3; ++c) {
        const double d = level_inverse_diagonal(fine, l, i, c), f = d > 0 ? a[3 * i + c] / d : 0;
        sum += f * f;
      }
  }
  PetscCall(VecRestoreArrayRead(u, &a));
  PetscCallMPI(MPI_Allreduce(&sum, floor, 1, MPI_DOUBLE, MPI_SUM, m->grid->comm));
  *floor = LAST_PLACES * DBL_EPSILON * (sqrt(*floor) + loads);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Nothing is strained: largest component of strain (beside the mean one that is imposed, NULL: none) times the size of
   the box, over the largest displacement. */
static PetscErrorCode is_unstrained(VoxelModel *m, Vec u, const double mean[6], bool *unstrained) {
  double size = 0, most = 0;
  PetscReal motion;
  float(*strain)[6];
  PetscFunctionBeginUser;
  for (int c = 0; c < 3; ++c)
    size = PetscMax(size, m->grid->box.voxel_mm * (double)m->grid->box.n[c]);
  PetscCall(PetscMalloc1(m->grid->voxels_owned, &strain));
  PetscCall(voxel_fields(m, u, &(VoxelFields){.strain = strain}));
  for (PetscInt v = 0; v < m->grid->voxels_owned; ++v)
    for (int k = 0; k < 6; ++k)
      most = PetscMax(most, fabs((double)strain[v][k] + (mean ? mean[k] : 0)));
  PetscCall(PetscFree(strain));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPI_DOUBLE, MPI_MAX, m->grid->comm));
  PetscCall(VecNorm(u, NORM_INFINITY, &motion));
  /* fluctuations come out of single precision against the mean */
  *unstrained = mean ? most <= 4 * FLT_EPSILON : most * size <= UNSTRAINED * motion;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Reactions or loads that forces out of balance are compared with. */
static PetscErrorCode carried(const VoxelModel *m, const KrylovGoal *goal, double *force) {
  PetscFunctionBeginUser;
  PetscCall(voxel_tie_norm(m, force));
  *force = PetscMax(*force, goal->load);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_goal_target(const VoxelModel *m, const KrylovGoal *goal, double *target) {
  double force;
  PetscFunctionBeginUser;
  *target = goal->target;
  if (goal->equilibrium > 0) {
    PetscCall(carried(m, goal, &force));
    *target = PetscMin(*target, goal->equilibrium * force);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode voxel_settled(VoxelModel *m, Vec u, const KrylovGoal *goal, double norm, Settled *settled) {
  double target, force, floor;
  bool unstrained = false;
  PetscFunctionBeginUser;
  PetscCall(voxel_goal_target(m, goal, &target));
  *settled = norm <= target ? SETTLED_YES : SETTLED_NO;
  if (norm <= target)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(carried(m, goal, &force));
  PetscCall(rounding_floor(m, u, goal->rounding, &floor));
  const bool balanced = goal->equilibrium > 0 ? norm <= goal->equilibrium * force : true;
  if (!(norm <= floor && balanced) && norm <= PetscMax(floor, goal->least))
    PetscCall(is_unstrained(m, u, goal->mean, &unstrained));
  if (norm <= floor)
    *settled = SETTLED_ROUNDING;
  if ((norm <= floor && balanced) || unstrained)
    *settled = SETTLED_YES;
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Text {
  char text[900];
  size_t n;
} Text;

static void add(Text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(Text *t, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int n = vsnprintf(t->text + t->n, sizeof t->text - t->n, format, arguments);
  va_end(arguments);
  t->n = PetscMin(sizeof t->text - 1, t->n + (size_t)PetscMax(n, 0));
}

/* What was reached, and the values of the keys that accept it. */
static void add_reached(const VoxelModel *m, const KrylovGoal *goal, double norm, double force, Text *t) {
  const double rtol = norm / goal->start, out = force > 0 ? norm / force : INFINITY;
  const bool missed[2] = {rtol > m->options.rtol, goal->equilibrium > 0 && out > goal->equilibrium};
  add(t, "relative residual %.2g (solver.rtol %.2g)", rtol, m->options.rtol);
  if (goal->equilibrium > 0)
    add(t, ", forces out of balance %.2g of the reactions (solver.equilibrium %.2g%s)", out,
        goal->equilibrium / goal->share, goal->share < 1 ? ", of which unit displacements may use a tenth" : "");
  if ((missed[0] && rtol * SPARE > 1e-2) || (missed[1] && out * SPARE > goal->share))
    add(t, "; that is too far from a solution for any key to accept");
  else if (missed[0] || missed[1])
    add(t, "; what accepts this:");
  else
    return;
  if (strstr(t->text, "any key"))
    return;
  if (missed[0])
    add(t, " solver.rtol: %.2g%s", rtol * SPARE, missed[1] ? " and" : "");
  if (missed[1])
    add(t, " solver.equilibrium: %.2g", out * SPARE / goal->share);
}

/* Contrasts and Poisson's ratios that slow the iteration down or that double precision cannot hold. */
static void add_reasons(const VoxelModel *m, Text *t) {
  int soft = 0, stiff = 0;
  for (int l = 1; l < 256; ++l) {
    const Elasticity *c = &m->material[l];
    if (c->C11 <= 0)
      continue;
    if (element_poisson(c) >= POISSON)
      add(t,
          "; label %d is nearly incompressible (Poisson's ratio %.6g), which slows the solver down: 0.49 or less "
          "helps, "
          "and changes little where the sides are free",
          l, element_poisson(c));
    soft = !soft || c->C44 < m->material[soft].C44 ? l : soft;
    stiff = !stiff || c->C44 > m->material[stiff].C44 ? l : stiff;
  }
  if (soft && m->material[stiff].C44 > CONTRAST * m->material[soft].C44)
    add(t,
        "; labels %d and %d differ in stiffness by a factor %.2g: nearer to each other, or the soft one as void, is "
        "easier to solve",
        stiff, soft, m->material[stiff].C44 / m->material[soft].C44);
}

static const char *how_it_ended(const VoxelModel *m, const Conjugate *k, Settled settled, bool broken) {
  if (broken)
    return "breaks down (stiffness not positive, or not finite, in single precision)";
  if (settled == SETTLED_ROUNDING)
    return "meets the limit of double precision";
  return k->iterations < m->options.max_iterations ? "stalls" : "stopped";
}

PetscErrorCode voxel_refuse(const VoxelModel *m, const KrylovGoal *goal, const Conjugate *k, Settled settled,
                            bool broken) {
  Text t = {.n = 0};
  double force;
  PetscFunctionBeginUser;
  PetscCall(carried(m, goal, &force));
  add(&t, "the voxel solver %s after %d iterations: ", how_it_ended(m, k, settled, broken), (int)k->iterations);
  add_reached(m, goal, PetscMax(k->estimate, k->recurrence), force, &t);
  const double rate = log(goal->start / k->estimate) / PetscMax((double)k->iterations, 1);
  const double more = log(k->estimate / k->target) / rate;
  if (settled == SETTLED_NO && !broken && k->iterations >= m->options.max_iterations && rate > 0 && isfinite(more) &&
      more + (double)k->iterations < 1e5)
    add(&t, "; what may reach it, by the mean rate so far: solver.max_iterations: %.0f",
        ceil(1.2 * ((double)k->iterations + more) / 100) * 100);
  add_reasons(m, &t);
  SETERRQ(m->grid->comm, PETSC_ERR_NOT_CONVERGED, "%s", t.text);
}

PetscErrorCode voxel_residual(VoxelModel *m, Vec u, Vec force, double *relative) {
  double norm, reactions;
  PetscReal loads = 0;
  bool unstrained = true;
  PetscFunctionBeginUser;
  PetscCall(voxel_prepare(m));
  PetscCall(voxel_out_of_balance(m, u, force, 1, &norm));
  PetscCall(voxel_tie_norm(m, &reactions));
  if (force)
    PetscCall(VecNorm(force, NORM_2, &loads));
  *relative = reactions > 0 ? norm / reactions : norm;
  if (m->options.equilibrium > 0 && norm > m->options.equilibrium * PetscMax(reactions, loads))
    PetscCall(is_unstrained(m, u, NULL, &unstrained));
  PetscCheck(
      unstrained, m->grid->comm, PETSC_ERR_NOT_CONVERGED,
      "voxels: the forces of a load case are out of balance by %.2g of its reactions (solver.equilibrium %.2g): a "
      "smaller solver.rtol than %.2g brings them nearer, solver.equilibrium: %.2g accepts this",
      *relative, m->options.equilibrium, m->options.rtol, SPARE * *relative);
  PetscFunctionReturn(PETSC_SUCCESS);
}
