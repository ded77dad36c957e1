/* The parts of an answer, for those that tell it. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_ANSWER_IMPL_H
#define TRABECULA_CASES_SWEEP_SWEEP_ANSWER_IMPL_H

#include "cases/sweep/proposal.h"
#include "cases/sweep/sweep_answer.h"
#include "cases/sweep/sweep_surfaces.h"

typedef struct SweepStory {
  const AnswerTable *table;
  PetscInt m; /* wishes; what follows the surfaces is there if there are any */
  const AnswerWish *sweep_wish;
  SweepSurfaces surfaces;
  Wish wish[CHOICE_WISHES];
  double *wished;     /* [n_points][m] of the computed points */
  Choice choice;      /* among the computed points */
  Proposal *proposal; /* [n_groups]; cost INFINITY where a surface is missing */
  PetscInt group;     /* of the chosen design */
  SweepDesign *design;
} SweepStory;

/* The surface of wish w for the words of group g. */
const Surface *story_surface(const SweepStory *story, PetscInt g, PetscInt w);
/* The numeric axes of the chosen design; without one the middle of the box of a surface of group g. */
void story_place(const SweepStory *story, PetscInt g, PetscInt column, double *at);

/* sweep_answer_tables.c */
PetscErrorCode sweep_tell_surfaces(const SweepStory *story, Results *results);
PetscErrorCode sweep_tell_wishes(const SweepStory *story, Results *results);
PetscErrorCode sweep_tell_designs(const SweepStory *story, Results *results);
PetscErrorCode sweep_tell_sensitivity(const SweepStory *story, Results *results);
/* sweep_charts.c: the wished quantities, without wishes the first ones, over the first numeric axis. */
PetscErrorCode sweep_tell_charts(const SweepStory *story, Results *results);

#endif
