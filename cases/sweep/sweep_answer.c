#include "cases/sweep/sweep_answer_impl.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

const Surface *story_surface(const SweepStory *story, PetscInt g, PetscInt w) {
  return &story->surfaces.group[g].surface[story->sweep_wish[w].column];
}

void story_place(const SweepStory *story, PetscInt g, PetscInt column, double *at) {
  const SweepSurfaces *s = &story->surfaces;
  const Surface *surface = &s->group[g].surface[column];
  for (PetscInt k = 0; k < s->n_axes; k++)
    at[k] = story->m               ? story->design->at[s->axis[k]]
            : surface->log_axis[k] ? sqrt(surface->lo[k] * surface->hi[k])
                                   : 0.5 * (surface->lo[k] + surface->hi[k]);
}

/* The best of each group by its surfaces; groups without a surface for every wish have none. */
static PetscErrorCode propose(SweepStory *story) {
  const SweepSurfaces *s = &story->surfaces;
  ProposalSpace *space;
  Surface *surface; /* shallow copies in the order of the wishes */
  Proposal *found;
  PetscInt n = 0, *of;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(s->n_groups, &space, s->n_groups * story->m, &surface, s->n_groups, &found, s->n_groups, &of));
  for (PetscInt g = 0; g < s->n_groups; g++) {
    bool all = true;
    story->proposal[g].cost = INFINITY;
    for (PetscInt w = 0; w < story->m; w++) {
      surface[n * story->m + w] = *story_surface(story, g, w);
      all = all && surface[n * story->m + w].form != SURFACE_NONE;
    }
    if (all) {
      space[n] = (ProposalSpace){s->n_axes, s->group[g].n, s->group[g].at, surface + n * story->m, s->whole_axis};
      of[n++] = g;
    }
  }
  if (n)
    PetscCall(proposal_make(n, space, story->m, story->wish, found));
  for (PetscInt i = 0; i < n; i++)
    story->proposal[of[i]] = found[i];
  PetscCall(PetscFree4(space, surface, found, of));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void take_point(SweepStory *story, PetscInt point) {
  SweepDesign *design = story->design;
  *design = (SweepDesign){.point = point, .holds = story->choice.n_feasible > 0};
  for (PetscInt k = 0; k < story->table->n_axes; k++)
    design->at[k] = story->table->at[point * story->table->n_axes + k];
  for (PetscInt w = 0; w < story->m; w++)
    design->expected[w] = story->wished[point * story->m + w];
  for (PetscInt g = 0; g < story->surfaces.n_groups; g++)
    for (PetscInt i = 0; i < story->surfaces.group[g].n; i++)
      if (story->surfaces.group[g].point[i] == point)
        story->group = g;
}

static void take_proposal(SweepStory *story, PetscInt g) {
  const SweepSurfaces *s = &story->surfaces;
  const Proposal *p = &story->proposal[g];
  SweepDesign *design = story->design;
  take_point(story, s->group[g].point[0]); /* its words */
  design->point = -1;
  design->holds = true;
  for (PetscInt k = 0; k < s->n_axes; k++)
    design->at[s->axis[k]] = p->at[k];
  for (PetscInt w = 0; w < story->m; w++) {
    design->expected[w] = p->expected[w].value;
    design->error[w] = p->expected[w].error;
    design->holds = design->holds && wish_holds(&story->wish[w], p->expected[w].value);
  }
}

/* The best proposal where it promises more than the best computed point, by the scale of the computed ones. A point
   that meets all wishes yields only to a proposal that does so with one standard error to spare. */
static void decide(SweepStory *story) {
  const Choice *choice = &story->choice;
  double value[CHOICE_WISHES];
  PetscInt best = 0;
  for (PetscInt g = 1; g < story->surfaces.n_groups; g++)
    if (story->proposal[g].cost < story->proposal[best].cost)
      best = g;
  for (PetscInt w = 0; w < story->m; w++)
    value[w] = story->proposal[best].expected[w].value;
  take_point(story, choice->best);
  if (story->proposal[best].cost < (choice->n_feasible ? 1 : INFINITY) &&
      choice_cost(story->m, story->wish, &choice->scale, value) <
          choice_cost(story->m, story->wish, &choice->scale, story->wished + choice->best * story->m))
    take_proposal(story, best);
}

static PetscErrorCode choose(SweepStory *story) {
  const AnswerTable *table = story->table;
  PetscFunctionBeginUser;
  for (PetscInt w = 0; w < story->m; w++) {
    story->wish[w] = story->sweep_wish[w].wish;
    for (PetscInt i = 0; i < table->n_points; i++)
      story->wished[i * story->m + w] = table->value[i * table->n_columns + story->sweep_wish[w].column];
  }
  PetscCall(choice_make(table->n_points, story->m, story->wish, story->wished, &story->choice));
  PetscCall(propose(story));
  decide(story);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_answer(const AnswerTable *table, PetscInt m, const AnswerWish *wish, Results *results,
                            SweepDesign *design) {
  SweepStory story = {.table = table, .m = m, .sweep_wish = wish, .design = design};
  PetscFunctionBeginUser;
  PetscCheck(table->n_points >= 1 && table->n_axes <= ANSWER_AXES && m <= CHOICE_WISHES, PETSC_COMM_SELF,
             PETSC_ERR_ARG_OUTOFRANGE, "%" PetscInt_FMT " points, %" PetscInt_FMT " axes, %" PetscInt_FMT " wishes",
             table->n_points, table->n_axes, m);
  PetscCall(sweep_surfaces_make(table, &story.surfaces));
  PetscCall(sweep_tell_surfaces(&story, results));
  if (m) {
    PetscCall(PetscMalloc1(table->n_points * m, &story.wished));
    PetscCall(PetscCalloc1(story.surfaces.n_groups, &story.proposal));
    PetscCall(choose(&story));
    PetscCall(sweep_tell_wishes(&story, results));
    PetscCall(sweep_tell_designs(&story, results));
    PetscCall(sweep_tell_sensitivity(&story, results));
  }
  PetscCall(sweep_tell_charts(&story, results));
  PetscCall(choice_free(&story.choice));
  PetscCall(PetscFree(story.wished));
  PetscCall(PetscFree(story.proposal));
  PetscCall(sweep_surfaces_free(table, &story.surfaces));
  PetscFunctionReturn(PETSC_SUCCESS);
}
