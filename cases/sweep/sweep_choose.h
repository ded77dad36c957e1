/* From the table of a sweep to its answer: surfaces, choice, and the chosen design computed and confirmed. Local to one
   process. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_CHOOSE_H
#define TRABECULA_CASES_SWEEP_SWEEP_CHOOSE_H

#include "cases/sweep/sweep_answer.h"
#include "cases/sweep/sweep_store.h"

enum { GAVE_WAY = 4 }; /* designs that may be tried: each may cost a confirmation */

typedef struct SweepChoice {
  bool made;  /* there were wishes and points to choose from */
  bool holds; /* every wish, as far as is known so far */
  SweepDesign design;
  double value[SWEEP_AXES];      /* of the axes of the plan */
  char content[2][CONTENT_TEXT]; /* rows of the design as chosen, and as `confirm` asks for it; "": none */
  PetscInt n_gave_way;           /* designs that missed a bound when computed, or confirmed, and gave way to this one */
  struct {
    char content[CONTENT_TEXT], words[512];
  } gave_way[GAVE_WAY];
} SweepChoice;

/* Columns that are shown and have surfaces: those of `table`, of wishes and of collect; else the first few. Returns how
   many. */
PetscInt sweep_shown_columns(const SweepPlan *plan, const SweepRows *rows, PetscInt most, PetscInt *column);
/* Warns of wishes for columns that no row has so far. */
PetscErrorCode sweep_warn_wishes(const SweepPlan *plan, const SweepRows *rows, Results *results);
/* Surfaces, charts and, where there are wishes, the choice, into results. */
PetscErrorCode sweep_choose(const SweepPlan *plan, const SweepRows *rows, Results *results, SweepChoice *choice);
/* The design, or its confirmation, is computed: where it misses a bound it gives way to the best computed design that
   meets all of them by its computed values (*again: that one is to be computed and confirmed next), or if there is none
   choice->holds is false. */
PetscErrorCode sweep_judge(const SweepPlan *plan, const SweepRows *rows, bool confirmed, SweepChoice *choice,
                           bool *again);
/* What the chosen design turned out to be, wish by wish; choice->holds follows it. */
PetscErrorCode sweep_tell_chosen(const SweepPlan *plan, const SweepRows *rows, Results *results, SweepChoice *choice);

/* The row of a content, -1: none. The value of a column or of an axis of numbers in row r, NAN: none. */
PetscInt sweep_find_content(const SweepRows *rows, const char *content);
double sweep_value_of(const SweepPlan *plan, const SweepRows *rows, PetscInt r, const char *name);

#endif
