/* A design that was chosen by response surfaces, or by its computed values and then confirmed by a finer model, may
   miss a bound when it is computed. Then it gives way: of all computed designs (points of the grid and designs that
   were tried) that meet every bound by their computed values, the best one is taken, by the same rule as the choice
   itself (choice.h). So a design is never said to meet a bound and to miss it. Driver, after each computation of a
   design. */
#include "cases/sweep/sweep_choose.h"

#include <math.h>
#include <string.h>

/* The first bound that row r misses, or why it was not computed, in words; "" where it meets all. */
static void find_miss(const SweepPlan *plan, const SweepRows *rows, PetscInt r, size_t n, char *miss) {
  miss[0] = 0;
  if (r < 0 || strcmp(rows->row[r].status, "done"))
    snprintf(miss, n, "could not be computed (%s)",
             r >= 0 && rows->row[r].why ? rows->row[r].why
             : r >= 0                   ? rows->row[r].status
                                        : "no row");
  for (PetscInt i = 0; i < plan->n_wishes && !miss[0]; i++) {
    const Wish *wish = &plan->wish[i].wish;
    const double x = sweep_value_of(plan, rows, r, plan->wish[i].name);
    char text[96];
    wish_text(wish, text, sizeof text);
    if (isnan(x))
      snprintf(miss, n, "has no %s", plan->wish[i].name);
    else if (!wish_holds(wish, x))
      snprintf(miss, n, "has %s = %.5g, which is not %s", plan->wish[i].name, x, text);
  }
}

static bool was_tried(const SweepChoice *choice, const char *content) {
  for (PetscInt i = 0; i < choice->n_gave_way; i++)
    if (!strcmp(choice->gave_way[i].content, content))
      return true;
  return false;
}

/* Rows of computed designs that have not given way yet, and their values of the wishes. */
static PetscInt list_designs(const SweepPlan *plan, const SweepRows *rows, const SweepChoice *choice, PetscInt *row,
                             double *value) {
  PetscInt n = 0;
  for (PetscInt r = 0; r < rows->n; r++) {
    if (strcmp(rows->row[r].status, "done") || rows->row[r].role == ROLE_CONFIRM ||
        was_tried(choice, rows->row[r].content))
      continue;
    for (PetscInt i = 0; i < plan->n_wishes; i++)
      value[n * plan->n_wishes + i] = sweep_value_of(plan, rows, r, plan->wish[i].name);
    row[n++] = r;
  }
  return n;
}

/* The row of the best design that meets all bounds, -1: none does. */
static PetscErrorCode best_computed(const SweepPlan *plan, const SweepRows *rows, const SweepChoice *choice,
                                    PetscInt *best) {
  Wish wish[SWEEP_WISHES];
  PetscInt *row;
  double *value;
  Choice made;
  PetscFunctionBeginUser;
  *best = -1;
  for (PetscInt i = 0; i < plan->n_wishes; i++)
    wish[i] = plan->wish[i].wish;
  PetscCall(PetscMalloc2(rows->n + 1, &row, rows->n * plan->n_wishes + 1, &value));
  const PetscInt n = list_designs(plan, rows, choice, row, value);
  if (n) {
    PetscCall(choice_make(n, plan->n_wishes, wish, value, &made));
    if (made.n_feasible)
      *best = row[made.best];
    PetscCall(choice_free(&made));
  }
  PetscCall(PetscFree2(row, value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void take_row(const SweepPlan *plan, const SweepRows *rows, PetscInt r, SweepChoice *choice) {
  for (PetscInt a = 0; a < plan->n_axes; a++)
    choice->value[a] = choice->design.at[a] = rows->axis[r * rows->n_axes + a];
  for (PetscInt i = 0; i < plan->n_wishes; i++) {
    choice->design.expected[i] = sweep_value_of(plan, rows, r, plan->wish[i].name);
    choice->design.error[i] = 0;
  }
  choice->design.point = r; /* a computed one */
  choice->content[0][0] = choice->content[1][0] = 0;
}

/* Notes that the design gave way, and what to. */
static PetscErrorCode give_way(const SweepPlan *plan, const SweepRows *rows, bool confirmed, const char *miss,
                               SweepChoice *choice, PetscInt *best) {
  const PetscInt n = choice->n_gave_way++;
  char *words = choice->gave_way[n].words, where[192], there[192];
  const size_t room = sizeof choice->gave_way[n].words;
  PetscFunctionBeginUser;
  PetscCall(PetscStrncpy(choice->gave_way[n].content, choice->content[0], CONTENT_TEXT));
  *best = -1;
  if (choice->n_gave_way < GAVE_WAY)
    PetscCall(best_computed(plan, rows, choice, best));
  sweep_point_text(plan, choice->value, sizeof where, where);
  const int used = snprintf(words, room, "%s %s %s", where, confirmed ? "as confirmed" : "as computed", miss);
  const size_t at = PetscMin((size_t)used, room);
  if (*best >= 0) {
    sweep_point_text(plan, rows->axis + *best * rows->n_axes, sizeof there, there);
    snprintf(words + at, room - at, ": it gives way to the best computed design that meets every bound, %s", there);
  } else
    snprintf(words + at, room - at, "; %s",
             choice->n_gave_way == GAVE_WAY ? "no further design is tried"
                                            : "no other computed design meets every bound");
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_judge(const SweepPlan *plan, const SweepRows *rows, bool confirmed, SweepChoice *choice,
                           bool *again) {
  char miss[256];
  PetscInt best = -1;
  PetscFunctionBeginUser;
  *again = false;
  find_miss(plan, rows, sweep_find_content(rows, choice->content[confirmed]), sizeof miss, miss);
  if (!miss[0])
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(give_way(plan, rows, confirmed, miss, choice, &best));
  if (best >= 0)
    take_row(plan, rows, best, choice);
  else
    choice->holds = false;
  *again = best >= 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}
