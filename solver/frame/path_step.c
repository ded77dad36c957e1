/* One step of a path: Newton's method at a load parameter, or along an arc (Crisfield 1981). */
#include "solver/frame/path_model.h"

enum { MOST_ITERATIONS = 40, HALVINGS = 4, WHY = 160 }; /* where branches part, an iteration gains a factor of 2 */
/* Out of balance may grow by this factor in an iteration before the correction is halved. */
static const double GROWTH = 3;
/* rad in an iteration */
static const double MOST_TURN = 0.25;

/* trial = at, with its states. */
static PetscErrorCode begin(PathModel *path) {
  PetscFunctionBeginUser;
  path_copy_place(path, &path->at, &path->trial);
  PetscCall(PetscArraycpy(path->state, path->state_at, path->end - path->first));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* First guess for the end of the step: as the last one went, else by the tangent. */
static PetscErrorCode predict(PathModel *path, double parameter, PetscBool *good) {
  double step = parameter - path->at.parameter;
  PetscInt failed;

  PetscFunctionBeginUser;
  *good = PETSC_TRUE;
  if (path->last_parameter * step > 0) {
    path_move(path, (const double(*)[6])path->last, step / path->last_parameter);
    path_prescribe(path, parameter);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(path_forces(path, &failed)); /* tangents of a step that has not begun: yielded fibres unload elastically */
  PetscCall(path_factorise(path, good));
  if (!*good)
    PetscFunctionReturn(PETSC_SUCCESS);
  path_prescribed_rate(path, path->at.parameter, path->step);
  for (PetscInt i = 0; i < path->n_nodes; i++)
    for (int c = 0; c < 6; c++) {
      path->step[i][c] *= step;
      path->rest[i][c] = parameter * path->load[i][c] - path->f[i][c];
    }
  PetscCall(path_correct(path, (const double(*)[6])path->rest, (const double(*)[6])path->step, path->change));
  path_move(path, (const double(*)[6])path->change, 1);
  path_prescribe(path, parameter);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The share of the correction that turns no node by more than MOST_TURN and moves none by more than that times the mean
   strut length: what reaches further than the tangent holds may end in an equilibrium far away. */
static double within_reach(const PathModel *path) {
  double most = 0;

  for (PetscInt i = 0; i < path->n_nodes; i++) {
    const double *d = path->change[i];
    most = PetscMax(most, (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) / PetscSqr(path->length));
    most = PetscMax(most, d[3] * d[3] + d[4] * d[4] + d[5] * d[5]);
  }
  return most > PetscSqr(MOST_TURN) ? MOST_TURN / PetscSqrtReal(most) : 1;
}

/* Moves by the correction, by less of it while beams fail or the imbalance grows out of hand. */
static PetscErrorCode correct(PathModel *path, double *out, PetscBool *good) {
  double before = *out, factor = within_reach(path);
  PetscInt failed;

  PetscFunctionBeginUser;
  path_move(path, (const double(*)[6])path->change, factor);
  for (int half = 0; half <= HALVINGS; half++) {
    PetscCall(path_forces(path, &failed));
    *out = path_balance(path, path->rest);
    *good = (PetscBool)(!failed && *out < PETSC_MAX_REAL);
    if (*good && (*out <= GROWTH * before || *out <= path->options.frame.rtol))
      break;
    if (half < HALVINGS) {
      factor /= 2;
      path_move(path, (const double(*)[6])path->change, -factor);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode path_step(PathModel *path, double parameter, PetscInt *iterations, PetscBool *good, char *why) {
  double out = 0;
  PetscInt failed;

  PetscFunctionBeginUser;
  *iterations = 0;
  PetscCall(begin(path));
  PetscCall(predict(path, parameter, good));
  if (!*good)
    PetscCall(PetscSNPrintf(why, WHY, "the tangent stiffness is singular"));
  if (*good) {
    PetscCall(path_forces(path, &failed));
    out = path_balance(path, path->rest);
    *good = (PetscBool)!failed;
    if (failed)
      PetscCall(PetscSNPrintf(why, WHY, "%" PetscInt_FMT " struts find no state of their fibres, or run through others",
                              failed));
  }
  while (*good && out > path->options.frame.rtol) {
    if (++*iterations > MOST_ITERATIONS) {
      *good = PETSC_FALSE;
      PetscCall(PetscSNPrintf(why, WHY, "out of balance by %.1e after %d iterations", out, MOST_ITERATIONS));
      break;
    }
    PetscCall(path_factorise(path, good));
    if (!*good) {
      PetscCall(PetscSNPrintf(why, WHY, "the tangent stiffness is singular"));
      break;
    }
    PetscCall(path_correct(path, (const double(*)[6])path->rest, NULL, path->change));
    PetscCall(correct(path, &out, good));
    if (!*good)
      PetscCall(PetscSNPrintf(
          why, WHY, "struts find no state of their fibres, or run through others (iteration %" PetscInt_FMT ")",
          *iterations));
  }
  if (*good && !*iterations) { /* the guess was right and nobody has looked at the tangent: its pivots are wanted */
    PetscBool regular;
    PetscCall(path_factorise(path, &regular));
  }
  path->residual = out;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static double product(const PathModel *path, const double (*a)[6], const double (*b)[6]) {
  double sum = 0;
  for (PetscInt i = 0; i < path->n_nodes; i++)
    for (int c = 0; c < 3; c++)
      sum += a[i][c] * b[i][c];
  return sum;
}

/* step += change + dp tangent with the arc |step| kept: the root dp that turns back least. false: no real root. */
static PetscBool close_arc(PathModel *path, double arc, double *dp) {
  const double(*d)[6] = (const double(*)[6])path->change, (*t)[6] = (const double(*)[6])path->tangent,
        (*s)[6] = (const double(*)[6])path->step;
  double a = product(path, t, t), sd = product(path, s, d), st = product(path, s, t), dt = product(path, d, t);
  double b = st + dt, c = product(path, s, s) + 2 * sd + product(path, d, d) - arc * arc, root = b * b - a * c;

  if (!(root >= 0 && a > 0))
    return PETSC_FALSE;
  root = PetscSqrtReal(root);
  double one = (-b + root) / a, two = (-b - root) / a;
  *dp = st * (one - two) > 0 ? one : two; /* the larger s . (s + d + dp t) */
  return PETSC_TRUE;
}

PetscErrorCode path_arc_step(PathModel *path, double arc, PetscInt *iterations, PetscBool *good, char *why) {
  double out = PETSC_MAX_REAL, dp;
  PetscInt failed;

  PetscFunctionBeginUser;
  *iterations = 0;
  PetscCall(begin(path));
  PetscCall(path_forces(path, &failed));
  PetscCall(PetscArrayzero(path->change, path->n_nodes));
  PetscCall(PetscArrayzero(path->step, path->n_nodes));
  for (;; ++*iterations) {
    PetscCall(path_factorise(path, good));
    if (!*good || *iterations > MOST_ITERATIONS) {
      PetscCall(
          PetscSNPrintf(why, WHY, *good ? "out of balance by %.1e along the arc" : "the tangent is singular", out));
      *good = PETSC_FALSE;
      break;
    }
    path_prescribed_rate(path, path->trial.parameter, path->tangent);
    PetscCall(path_correct(path, (const double(*)[6])path->load, (const double(*)[6])path->tangent, path->tangent));
    if (!*iterations) { /* onwards: with the last step, at first with the load */
      double along = path->last_parameter != 0
                         ? product(path, (const double(*)[6])path->last, (const double(*)[6])path->tangent)
                         : 1;
      dp = (along < 0 ? -arc : arc) /
           PetscSqrtReal(product(path, (const double(*)[6])path->tangent, (const double(*)[6])path->tangent));
    } else {
      PetscCall(path_correct(path, (const double(*)[6])path->rest, NULL, path->change));
      if (!close_arc(path, arc, &dp)) {
        *good = PETSC_FALSE;
        PetscCall(PetscSNPrintf(why, WHY, "no equilibrium at this distance"));
        break;
      }
    }
    for (PetscInt i = 0; i < path->n_nodes; i++)
      for (int c = 0; c < 6; c++) {
        path->change[i][c] += dp * path->tangent[i][c];
        path->step[i][c] += path->change[i][c];
      }
    path_move(path, (const double(*)[6])path->change, 1);
    path_prescribe(path, path->trial.parameter + dp);
    PetscCall(path_forces(path, &failed));
    out = path_balance(path, path->rest);
    if (failed || !(out < PETSC_MAX_REAL)) {
      *good = PETSC_FALSE;
      PetscCall(PetscSNPrintf(why, WHY, "%" PetscInt_FMT " struts find no state of their fibres, or run through others",
                              failed));
      break;
    }
    if (out <= path->options.frame.rtol)
      break;
  }
  path->residual = out;
  PetscFunctionReturn(PETSC_SUCCESS);
}
