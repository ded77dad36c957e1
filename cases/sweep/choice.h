/* Which of many points is chosen by wishes: those that meet all bounds, the Pareto front among them, the best one; and
   which wishes contradict when there is none. Driver; choice_cost and choice_margin are kernels. Not collective. */
#ifndef TRABECULA_CASES_SWEEP_CHOICE_H
#define TRABECULA_CASES_SWEEP_CHOICE_H

#include "cases/sweep/wish.h"
#include <petscsys.h>

enum { CHOICE_WISHES = 16 };

typedef struct ChoiceScale { /* of minimal and maximal wishes over the front; where there is none 0 and 1 */
  double ideal[CHOICE_WISHES], range[CHOICE_WISHES];
} ChoiceScale;

typedef struct Choice {
  PetscInt n_feasible;      /* points that meet all wishes */
  PetscInt n_front, *front; /* by cost, the best first; owned. Of points equal in everything that has a direction all
                               are there; without such wishes all feasible points are. */
  PetscInt best;            /* front[0], or where nothing is feasible the point with the least summed shortfall */
  PetscInt met[CHOICE_WISHES][CHOICE_WISHES]; /* points that meet wishes i and j together; i = j: wish i */
  ChoiceScale scale;
} Choice;

/* value [n][m], NAN where there is none, n at least 1, m in 1 .. CHOICE_WISHES. On the front more is better where
   wishes say maximal or at least, less where minimal or at most; the best is nearest to the ideal (choice_cost), of
   equals the one with the largest margin, then the first. */
PetscErrorCode choice_make(PetscInt n, PetscInt m, const Wish *wish, const double *value, Choice *choice);
PetscErrorCode choice_free(Choice *choice);

/* What the best point has least of: below 1 when value [m] meets all wishes, else 1 + the sum of the shortfalls. With
   minimal or maximal wishes it grows with the sum of weight x ((value - ideal) / range)^2 (values beyond the ideal
   count as negative), without with the loss of the least margin. */
double choice_cost(PetscInt m, const Wish *wish, const ChoiceScale *scale, const double *value);
/* The least margin of all wishes. */
double choice_margin(PetscInt m, const Wish *wish, const double *value);

#endif
