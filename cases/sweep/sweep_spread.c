#include "cases/sweep/sweep_spread.h"

#include "cases/body/scatter.h"
#include "cases/sweep/sweep_choose.h"
#include <math.h>
#include <string.h>

enum { SPREAD_COLUMNS = 16, WHERE = 256 };

bool sweep_axis_is_seed(const SweepAxis *axis) {
  const char *key = sweep_key_path(axis->key[0]), *end = strrchr(key, '.');
  return !strcmp(end ? end + 1 : key, "seed");
}

static bool is_chance(const SweepAxis *axis) { return !axis->n || sweep_axis_is_seed(axis); }

static bool is_point(const SweepRow *row) { return row->role == ROLE_POINT && !strcmp(row->status, "done"); }

/* Do two rows differ in draws and seeds only? */
static bool same_place(const SweepPlan *plan, const SweepRows *rows, PetscInt r, PetscInt s) {
  for (PetscInt a = 0; a < plan->n_axes; a++)
    if (!is_chance(&plan->axis[a]) && rows->axis[r * rows->n_axes + a] != rows->axis[s * rows->n_axes + a])
      return false;
  return true;
}

/* "metal = peek, load_N = 100": the axes that are neither drawn nor seeds. */
static void say_where(const SweepPlan *plan, const double *value, char where[WHERE]) {
  size_t used = 0;
  snprintf(where, WHERE, "all points");
  for (PetscInt a = 0; a < plan->n_axes && used < WHERE; a++) {
    const SweepAxis *axis = &plan->axis[a];
    char text[AXIS_ROOM];
    if (is_chance(axis))
      continue;
    if (axis->word)
      sweep_axis_text(axis, value[a], text);
    else
      snprintf(text, sizeof text, "%.6g", value[a]);
    used += (size_t)snprintf(where + used, WHERE - used, "%s%s = %s", used ? ", " : "", axis->name, text);
  }
}

/* first [n_first]: a row of every place; more than `most` places are counted only. */
static PetscInt find_places(const SweepPlan *plan, const SweepRows *rows, PetscInt most, PetscInt *first) {
  PetscInt n = 0;
  for (PetscInt r = 0; r < rows->n && n <= most; r++) {
    bool known = !is_point(&rows->row[r]);
    for (PetscInt i = 0; i < n && !known; i++)
      known = same_place(plan, rows, r, first[i]);
    if (!known)
      first[n++] = r;
  }
  return n;
}

static PetscErrorCode tell_place(const SweepPlan *plan, const SweepRows *rows, PetscInt first, PetscInt n,
                                 const PetscInt *column, Results *results) {
  char where[WHERE];
  double *value;
  PetscFunctionBeginUser;
  say_where(plan, rows->axis + first * rows->n_axes, where);
  PetscCall(PetscMalloc1(rows->n, &value));
  for (PetscInt i = 0; i < n; i++) {
    const SweepColumn *shown = &rows->column[column[i]];
    Scatter s;
    int m = 0;
    for (PetscInt r = 0; r < rows->n; r++) {
      const double x = rows->value[r * rows->n_columns + column[i]];
      if (is_point(&rows->row[r]) && isfinite(x) && same_place(plan, rows, r, first))
        value[m++] = x;
    }
    if (m < 2)
      continue;
    scatter_of(m, value, &s);
    char pct[2][24] = {"-", "-"}; /* of fewer than 19 points there are none */
    for (int k = 0; k < 2 && m >= 19; k++)
      snprintf(pct[k], sizeof pct[k], "%.4g", k ? s.pct95 : s.pct5);
    PetscCall(results_row(results, "%s|%s|%s|%d|%.4g|%.3g|%.4g|%s|%.4g|%s|%.4g", where, shown->name, shown->unit, m,
                          s.mean, s.deviation, s.min, pct[0], s.median, pct[1], s.max));
  }
  PetscCall(PetscFree(value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_tell_spread(const SweepPlan *plan, const SweepRows *rows, Results *results) {
  PetscInt column[SPREAD_COLUMNS], first[SPREADS + 1];
  bool chance = false;
  PetscFunctionBeginUser;
  for (PetscInt a = 0; a < plan->n_axes; a++)
    chance = chance || is_chance(&plan->axis[a]);
  const PetscInt n = sweep_shown_columns(plan, rows, SPREAD_COLUMNS, column);
  const PetscInt places = find_places(plan, rows, SPREADS, first);
  if (!chance || !n || !places)
    PetscFunctionReturn(PETSC_SUCCESS);
  if (places > SPREADS) {
    PetscCall(results_assume(results,
                             "the spread over draws and seeds is told for at most %d points of the other axes; "
                             "points.csv has all rows",
                             SPREADS));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(results_table(results, "Spread over draws and seeds",
                          "where|quantity|unit|points|mean|deviation|least|5 %|median|95 %|most"));
  for (PetscInt i = 0; i < places; i++)
    PetscCall(tell_place(plan, rows, first[i], n, column, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}
