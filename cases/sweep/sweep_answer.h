/* What a sweep answers: how well its quantities are known between the points, which design the wishes choose, what
   else there is to choose from, and how much each axis matters. Driver. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_ANSWER_H
#define TRABECULA_CASES_SWEEP_SWEEP_ANSWER_H

#include "cases/results/results.h"
#include "cases/sweep/answer_table.h"
#include "cases/sweep/choice.h"

typedef struct SweepDesign {
  double at[ANSWER_AXES]; /* words by their index; chance as in one of the computed points */
  PetscInt point;         /* the computed point that it is, or -1: it lies between them */
  bool holds;             /* every wish, by what is expected */
  double expected[CHOICE_WISHES], error[CHOICE_WISHES]; /* of the wishes' quantities; error 0 at a computed point */
} SweepDesign;

/* Tells results: tables "Response surfaces", "Wishes", "Best designs", "Sensitivity at the chosen design"; charts; a
   verdict for each wish (a note where the design meets all of them: it is to be computed yet); the quantities
   surface.COLUMN.error_pct (of the combination of words where it is largest), choose.feasible (0, where no design
   meets all), choose.AXIS (numbers) and choose.COLUMN (with its standard error). The design chosen is the better
   of the best computed point and of what the surfaces propose with one standard error to spare. m wishes, at most
   CHOICE_WISHES; with none only surfaces and charts are told and design stays as it is. At least one point. Collective
   as results.h. */
PetscErrorCode sweep_answer(const AnswerTable *table, PetscInt m, const AnswerWish *wish, Results *results,
                            SweepDesign *design);

#endif
