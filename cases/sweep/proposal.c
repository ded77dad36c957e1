#include "cases/sweep/proposal.h"
#include "cases/sweep/compass.h"
#include "cases/sweep/sampling.h"
#include <math.h>

double proposal_sure(const Wish *wish, const SurfaceValue *v) {
  if (!(v->error > 0))
    return wish_holds(wish, v->value) ? 1 : 0;
  return normal_below((wish->hi - v->value) / v->error) - normal_below((wish->lo - v->value) / v->error);
}

/* The value moved by its error towards the bound that is nearer. */
static double cautious(const Wish *wish, const SurfaceValue *v) {
  if (wish_is_open(wish))
    return v->value;
  return v->value - wish->lo < wish->hi - v->value ? v->value - v->error : v->value + v->error;
}

typedef struct Search {
  const ProposalSpace *space;
  PetscInt m;
  const Wish *wish;
  const ChoiceScale *scale;
  double lo[SURFACE_AXES], hi[SURFACE_AXES]; /* where all surfaces have points */
} Search;

static void box_of(Search *s) {
  for (PetscInt k = 0; k < s->space->n_axes; k++) {
    s->lo[k] = -INFINITY;
    s->hi[k] = INFINITY;
    for (PetscInt w = 0; w < s->m; w++) {
      s->lo[k] = fmax(s->lo[k], s->space->surface[w].lo[k]);
      s->hi[k] = fmin(s->hi[k], s->space->surface[w].hi[k]);
    }
  }
}

/* The design at u [n_axes] in the unit cube. */
static void design_at(const Search *s, const double *u, double *at) {
  for (PetscInt k = 0; k < s->space->n_axes; k++) {
    const double lo = s->lo[k], hi = s->hi[k];
    at[k] = s->space->surface->log_axis[k] ? sampling_log(lo, hi, u[k]) : lo + u[k] * (hi - lo);
    if (s->space->whole_axis[k])
      at[k] = rint(at[k]);
  }
}

static void cautious_values(const Search *s, const double *at, double *value) {
  SurfaceValue v;
  for (PetscInt w = 0; w < s->m; w++) {
    surface_at(&s->space->surface[w], at, &v);
    value[w] = cautious(&s->wish[w], &v);
  }
}

static double cost_at(void *context, const double *u) {
  const Search *s = context;
  double at[SURFACE_AXES], value[CHOICE_WISHES];
  design_at(s, u, at);
  cautious_values(s, at, value);
  return choice_cost(s->m, s->wish, s->scale, value);
}

/* The place of a design in the unit cube. */
static void place_of(const Search *s, const double *at, double *u) {
  for (PetscInt k = 0; k < s->space->n_axes; k++) {
    const double lo = s->lo[k], hi = s->hi[k];
    const bool in_log = s->space->surface->log_axis[k];
    u[k] = !(hi > lo) ? 0 : in_log ? log(at[k] / lo) / log(hi / lo) : (at[k] - lo) / (hi - lo);
    u[k] = fmin(fmax(u[k], 0), 1);
  }
}

/* Candidates of one space: places [..][n_axes] in the unit cube, cautious values [..][m]. */
static void list_candidates(const Search *s, double *place, double *value) {
  const PetscInt d = s->space->n_axes, n = s->space->n_points;
  double at[SURFACE_AXES];
  for (PetscInt i = 0; i < n; i++)
    place_of(s, s->space->at + i * d, place + i * d);
  sampling_fill(SAMPLING_SOBOL, 1, PROPOSAL_CANDIDATES, (int)d, place + n * d);
  for (PetscInt i = 0; i < n + PROPOSAL_CANDIDATES; i++) {
    design_at(s, place + i * d, at);
    cautious_values(s, at, value + i * s->m);
  }
}

static void refine(Search *s, double *u, Proposal *p) {
  double zero[SURFACE_AXES] = {0}, one[SURFACE_AXES];
  for (int k = 0; k < SURFACE_AXES; k++)
    one[k] = 1;
  p->cost = compass_search((int)s->space->n_axes, zero, one, 1. / 4096, cost_at, s, u);
  design_at(s, u, p->at);
  for (PetscInt w = 0; w < s->m; w++) {
    surface_at(&s->space->surface[w], p->at, &p->expected[w]);
    p->sure[w] = proposal_sure(&s->wish[w], &p->expected[w]);
  }
}

PetscErrorCode proposal_make(PetscInt n, const ProposalSpace *space, PetscInt m, const Wish *wish, Proposal *proposal) {
  PetscInt all = 0, most = 0, at = 0;
  double *place, *value;
  Choice choice;
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n; i++) {
    all += space[i].n_points + PROPOSAL_CANDIDATES;
    most = PetscMax(most, space[i].n_axes);
  }
  PetscCall(PetscMalloc2(all * most, &place, all * m, &value));
  for (PetscInt i = 0; i < n; i++) {
    Search s = {.space = &space[i], .m = m, .wish = wish};
    box_of(&s);
    list_candidates(&s, place + at * most, value + at * m);
    at += space[i].n_points + PROPOSAL_CANDIDATES;
  }
  PetscCall(choice_make(all, m, wish, value, &choice));
  at = 0;
  for (PetscInt i = 0; i < n; i++) {
    const PetscInt end = at + space[i].n_points + PROPOSAL_CANDIDATES;
    Search s = {.space = &space[i], .m = m, .wish = wish, .scale = &choice.scale};
    PetscInt best = at;
    for (PetscInt k = at; k < end; k++)
      if (choice_cost(m, wish, &choice.scale, value + k * m) < choice_cost(m, wish, &choice.scale, value + best * m))
        best = k;
    box_of(&s);
    refine(&s, place + at * most + (best - at) * space[i].n_axes, &proposal[i]);
    at = end;
  }
  PetscCall(choice_free(&choice));
  PetscCall(PetscFree2(place, value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* From a place of the axis where the wish holds towards `end`: the last place before it breaks. */
static double reach(const Surface *surface, const Wish *wish, double *at, PetscInt axis, double end) {
  enum { STEPS = 200, HALVINGS = 30 };
  const double start = at[axis];
  double holds = start, breaks = NAN;
  SurfaceValue v;
  for (int i = 1; i <= STEPS && isnan(breaks); i++) {
    at[axis] = i == STEPS ? end : start + (end - start) * i / STEPS;
    surface_at(surface, at, &v);
    *(wish_holds(wish, v.value) ? &holds : &breaks) = at[axis];
  }
  for (int i = 0; i < HALVINGS && !isnan(breaks); i++) {
    at[axis] = 0.5 * (holds + breaks);
    surface_at(surface, at, &v);
    *(wish_holds(wish, v.value) ? &holds : &breaks) = at[axis];
  }
  at[axis] = start;
  return holds;
}

void proposal_span(const Surface *surface, const Wish *wish, const double *at, PetscInt axis, double span[2]) {
  double here[SURFACE_AXES];
  SurfaceValue v;
  for (PetscInt k = 0; k < surface->n_axes; k++)
    here[k] = at[k];
  surface_at(surface, at, &v);
  const bool holds = wish_holds(wish, v.value);
  span[0] = holds ? reach(surface, wish, here, axis, surface->lo[axis]) : NAN;
  span[1] = holds ? reach(surface, wish, here, axis, surface->hi[axis]) : NAN;
}
