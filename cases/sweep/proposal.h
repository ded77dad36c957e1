/* The design that response surfaces promise most of, also between the computed points. Driver; the rest kernels. Not
   collective. */
#ifndef TRABECULA_CASES_SWEEP_PROPOSAL_H
#define TRABECULA_CASES_SWEEP_PROPOSAL_H

#include "cases/sweep/choice.h"
#include "cases/sweep/surface.h"

typedef struct ProposalSpace { /* one combination of words: its numeric axes, the same ones for all surfaces */
  PetscInt n_axes, n_points;
  const double *at;       /* computed points [n_points][n_axes] */
  const Surface *surface; /* one for each wish */
  const bool *whole_axis; /* [n_axes]: only whole numbers are possible */
} ProposalSpace;

typedef struct Proposal {
  double at[SURFACE_AXES];
  SurfaceValue expected[CHOICE_WISHES];
  double sure[CHOICE_WISHES]; /* probability that the wish holds, from the standard error */
  double cost;                /* choice_cost with every bound kept at a distance of one standard error */
} Proposal;

/* proposal [n]: the best of each space, all by the same scale, so that the least cost is the best of all. Bounds are
   to be kept with one standard error to spare. Candidates are the computed points and PROPOSAL_CANDIDATES Sobol points
   in the box of the surfaces; the best of them is moved to the optimum nearby (compass search). */
enum { PROPOSAL_CANDIDATES = 2048 };
PetscErrorCode proposal_make(PetscInt n, const ProposalSpace *space, PetscInt m, const Wish *wish, Proposal *proposal);

/* Probability that a wish holds for a normally distributed value. */
double proposal_sure(const Wish *wish, const SurfaceValue *value);
/* How far one axis may move from at [n_axes] within the box until the surface breaks the wish: span = {from, to}; NAN
   where it is broken at `at` already. */
void proposal_span(const Surface *surface, const Wish *wish, const double *at, PetscInt axis, double span[2]);

#endif
