#include "cases/sweep/choice.h"
#include <math.h>

double choice_margin(PetscInt m, const Wish *wish, const double *value) {
  double least = INFINITY;
  for (PetscInt w = 0; w < m; w++)
    least = fmin(least, wish_margin(&wish[w], value[w]));
  return least;
}

/* All real numbers to -1 .. 1, in order. */
static double squash(double x) { return isinf(x) ? (x > 0 ? 1 : -1) : x / (1 + fabs(x)); }

double choice_cost(PetscInt m, const Wish *wish, const ChoiceScale *scale, const double *value) {
  double shortfall = 0, distance = 0;
  bool open = false;
  for (PetscInt w = 0; w < m; w++) {
    shortfall += wish_shortfall(&wish[w], value[w]);
    if (!wish_is_open(&wish[w]))
      continue;
    const double t = -wish_direction(&wish[w]) * (value[w] - scale->ideal[w]) / scale->range[w];
    distance += wish[w].weight * t * fabs(t);
    open = true;
  }
  if (shortfall > 0)
    return 1 + shortfall;
  return squash(open ? distance : -choice_margin(m, wish, value));
}

typedef struct Context {
  PetscInt m;
  const Wish *wish;
  const double *value;
  const ChoiceScale *scale;
} Context;

/* Whether point a has more of what wish w wants than b, less (-1) or neither. */
static int leads(const Context *c, PetscInt w, PetscInt a, PetscInt b) {
  const double x = c->value[a * c->m + w], y = c->value[b * c->m + w];
  return wish_direction(&c->wish[w]) * ((x > y) - (x < y));
}

static int by_index(const PetscInt *a, const PetscInt *b) { return (*a > *b) - (*a < *b); }

/* In the order of the wishes, so that whatever dominates a point stands before it. */
static int by_wishes(const void *a, const void *b, void *context) {
  const Context *c = context;
  int order = 0;
  for (PetscInt w = 0; w < c->m && !order; w++)
    order = -leads(c, w, *(const PetscInt *)a, *(const PetscInt *)b);
  return order ? order : by_index(a, b);
}

static int by_cost(const void *a, const void *b, void *context) {
  const Context *c = context;
  const double *x = c->value + *(const PetscInt *)a * c->m, *y = c->value + *(const PetscInt *)b * c->m;
  const double cost_x = choice_cost(c->m, c->wish, c->scale, x), cost_y = choice_cost(c->m, c->wish, c->scale, y);
  if (cost_x != cost_y)
    return cost_x < cost_y ? -1 : 1;
  const double margin_x = choice_margin(c->m, c->wish, x), margin_y = choice_margin(c->m, c->wish, y);
  return margin_x != margin_y ? (margin_x > margin_y ? -1 : 1) : by_index(a, b);
}

static bool dominates(const Context *c, PetscInt a, PetscInt b) {
  bool somewhere = false;
  for (PetscInt w = 0; w < c->m; w++) {
    const int lead = leads(c, w, a, b);
    if (lead < 0)
      return false;
    somewhere = somewhere || lead > 0;
  }
  return somewhere;
}

/* point [n] in the order of by_wishes: keeps those that none before them dominates. The one that dominated last is
   asked first. */
static PetscInt filter(const Context *c, PetscInt n, PetscInt *point) {
  PetscInt kept = 0, last = 0;
  for (PetscInt i = 0; i < n; i++) {
    bool dominated = kept && dominates(c, point[last], point[i]);
    for (PetscInt k = 0; k < kept && !dominated; k++)
      if (dominates(c, point[k], point[i])) {
        dominated = true;
        last = k;
      }
    if (!dominated)
      point[kept++] = point[i];
  }
  return kept;
}

static void scale_of(const Context *c, PetscInt n, const PetscInt *front, ChoiceScale *scale) {
  for (PetscInt w = 0; w < c->m; w++) {
    const int direction = wish_direction(&c->wish[w]);
    double best = -INFINITY, worst = INFINITY;
    for (PetscInt i = 0; i < n && wish_is_open(&c->wish[w]); i++) {
      const double value = direction * c->value[front[i] * c->m + w];
      best = isfinite(value) ? fmax(best, value) : best; /* a life may be infinite */
      worst = isfinite(value) ? fmin(worst, value) : worst;
    }
    scale->ideal[w] = isfinite(best) ? direction * best : 0;
    scale->range[w] = isfinite(best) ? best - worst : 0;
    if (scale->range[w] == 0) /* one point, or all alike */
      scale->range[w] = scale->ideal[w] != 0 ? fabs(scale->ideal[w]) : 1;
  }
}

/* Counts who meets what and lists the feasible points. */
static void count_met(const Context *c, PetscInt n, Choice *choice) {
  for (PetscInt i = 0; i < n; i++) {
    bool holds[CHOICE_WISHES], all = true;
    for (PetscInt w = 0; w < c->m; w++) {
      holds[w] = wish_holds(&c->wish[w], c->value[i * c->m + w]);
      all = all && holds[w];
      for (PetscInt v = 0; v <= w; v++)
        choice->met[w][v] = choice->met[v][w] += holds[w] && holds[v];
    }
    if (all)
      choice->front[choice->n_feasible++] = i;
  }
}

PetscErrorCode choice_make(PetscInt n, PetscInt m, const Wish *wish, const double *value, Choice *choice) {
  Context context = {m, wish, value, &choice->scale};
  PetscFunctionBeginUser;
  PetscCheck(n >= 1 && m >= 1 && m <= CHOICE_WISHES, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "%" PetscInt_FMT " points, %" PetscInt_FMT " wishes", n, m);
  *choice = (Choice){0};
  PetscCall(PetscMalloc1(n, &choice->front));
  count_met(&context, n, choice);
  if (choice->n_feasible) /* PETSc 3.18 does not sort nothing */
    PetscCall(PetscTimSort(choice->n_feasible, choice->front, sizeof *choice->front, by_wishes, &context));
  choice->n_front = filter(&context, choice->n_feasible, choice->front);
  scale_of(&context, choice->n_front, choice->front, &choice->scale);
  if (choice->n_front)
    PetscCall(PetscTimSort(choice->n_front, choice->front, sizeof *choice->front, by_cost, &context));
  choice->best = choice->n_front ? choice->front[0] : 0;
  for (PetscInt i = 1; i < n && !choice->n_front; i++)
    if (by_cost(&i, &choice->best, &context) < 0)
      choice->best = i;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode choice_free(Choice *choice) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(choice->front));
  PetscFunctionReturn(PETSC_SUCCESS);
}
