/* A path in steps whose size follows the iterations they take. */
#include "solver/frame/path_model.h"

enum { EASY = 5, HARD = 10 }; /* iterations of a step that may grow, that should shrink */
static const double GROW = 1.5, SHRINK = 0.7;

static PetscErrorCode check_steps(const PathModel *path, const PathSteps *s) {
  PetscFunctionBeginUser;
  PetscCheck(path->n_grips, path->comm, PETSC_ERR_ORDER, "path_follow before path_load");
  PetscCheck(s->first > 0 && s->least > 0 && s->least <= s->first && s->most >= s->first && s->max_steps > 0,
             path->comm, PETSC_ERR_USER_INPUT,
             "path: steps first %g, least %g, most %g, at most %" PetscInt_FMT
             ": must be positive and least <= first <= most",
             s->first, s->least, s->most, s->max_steps);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The arc of a step of the load parameter by the tangent where the path is. */
static PetscErrorCode first_arc(PathModel *path, double step, double *arc) {
  PetscInt failed;
  PetscBool good;
  double sum = 0;

  PetscFunctionBeginUser;
  path_copy_place(path, &path->at, &path->trial);
  PetscCall(PetscArraycpy(path->state, path->state_at, path->end - path->first));
  PetscCall(path_forces(path, &failed));
  PetscCall(path_factorise(path, &good));
  PetscCheck(good, path->comm, PETSC_ERR_USER_INPUT, "path: the frame or its supports are a mechanism");
  path_prescribed_rate(path, path->at.parameter, path->tangent);
  PetscCall(path_correct(path, (const double(*)[6])path->load, (const double(*)[6])path->tangent, path->tangent));
  for (PetscInt i = 0; i < path->n_nodes; i++)
    for (int c = 0; c < 3; c++)
      sum += PetscSqr(path->tangent[i][c]);
  *arc = step * PetscSqrtReal(sum);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PathPoint point_of(const PathModel *path, PetscInt iterations) {
  return (PathPoint){.step = path->steps,
                     .iterations = iterations,
                     .parameter = path->at.parameter,
                     .reaction = (const double(*)[6])path->reaction,
                     .work = path->work,
                     .energy = path->energy,
                     .residual = path->residual,
                     .negative_pivots = path->system.negative_pivots,
                     .contacts = path->contact.n_touch + path->contact.n_press};
}

PetscErrorCode path_follow(PathModel *path, const PathSteps *steps,
                           PetscErrorCode (*each)(PathModel *, const PathPoint *, void *, PetscBool *), void *context,
                           PathOutcome *outcome) {
  const PetscBool arc = (PetscBool)(steps->control == PATH_ARC);
  double size = steps->first, scale = 1;
  PetscBool stop = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(check_steps(path, steps));
  *outcome = (PathOutcome){0};
  if (path->follow.resumed) {
    const PathFollow *was = &path->follow;
    size = was->size, scale = was->scale;
    *outcome = (PathOutcome){.steps = was->steps, .iterations = was->iterations, .cuts = was->cuts};
    path->follow.resumed = PETSC_FALSE;
  } else if (arc) /* sizes are lengths of the arc from here on */
    PetscCall(first_arc(path, 1, &scale));
  while (!stop) {
    PetscInt iterations;
    PetscBool good;
    double from = path->at.parameter, left = steps->to - from, take = size;
    if (arc ? PetscAbsReal(from) >= PetscAbsReal(steps->to)
            : PetscAbsReal(left) <= 1e-12 * PetscMax(1, PetscAbsReal(steps->to)))
      break;
    if (outcome->steps == steps->max_steps) {
      PetscCall(PetscSNPrintf(outcome->why, sizeof outcome->why,
                              "the target was not reached in %" PetscInt_FMT " steps", steps->max_steps));
      PetscFunctionReturn(PETSC_SUCCESS);
    }
    if (!arc && PetscAbsReal(left) < 1.5 * take) /* no crumb at the end */
      take = PetscAbsReal(left) <= take ? PetscAbsReal(left) : 0.5 * PetscAbsReal(left);
    if (arc)
      PetscCall(path_arc_step(path, take * scale, &iterations, &good, outcome->why));
    else
      PetscCall(path_step(path, PetscAbsReal(left) <= take ? steps->to : from + (left < 0 ? -take : take), &iterations,
                          &good, outcome->why));
    outcome->iterations += iterations;
    if (!good) {
      outcome->cuts++;
      path->last_parameter = arc ? path->last_parameter : 0; /* the tangent is the better guess then */
      size = 0.5 * take;
      if (size < steps->least)
        PetscFunctionReturn(PETSC_SUCCESS);
      continue;
    }
    PetscCall(path_accept(path));
    outcome->steps++;
    outcome->why[0] = 0;
    if (iterations <= EASY)
      size = PetscMin(GROW * PetscMax(size, take), steps->most);
    else if (iterations > HARD)
      size = PetscMax(SHRINK * take, steps->least);
    path->follow = (PathFollow){PETSC_FALSE, size, scale, outcome->steps, outcome->iterations, outcome->cuts};
    if (each) {
      PathPoint point = point_of(path, iterations);
      PetscCall(each(path, &point, context, &stop));
    }
  }
  outcome->reached = PETSC_TRUE;
  PetscFunctionReturn(PETSC_SUCCESS);
}
