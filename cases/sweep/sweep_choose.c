#include "cases/sweep/sweep_choose.h"

#include "cases/sweep/sweep_spread.h"
#include <math.h>
#include <string.h>

PetscInt sweep_shown_columns(const SweepPlan *plan, const SweepRows *rows, PetscInt most, PetscInt *column) {
  const PetscInt few = 6;
  PetscInt n = 0, n_names = 0;
  const char *name[SWEEP_SETS + SWEEP_WISHES + COLLECTS];
  for (PetscInt i = 0; i < plan->n_table; i++)
    name[n_names++] = plan->table[i];
  for (PetscInt i = 0; i < plan->n_wishes; i++)
    name[n_names++] = plan->wish[i].name;
  for (PetscInt i = 0; i < plan->n_collect; i++)
    name[n_names++] = plan->collect[i].name;
  for (PetscInt i = 0; i < n_names && n < most; i++) {
    const PetscInt k = rows_column(rows, name[i]);
    bool known = k < 0;
    for (PetscInt j = 0; j < n && !known; j++)
      known = column[j] == k;
    if (!known)
      column[n++] = k;
  }
  for (PetscInt k = 0; k < rows->n_columns && n < few && !n_names; k++)
    if (!strcmp(rows->column[k].kind, "quantity") && strncmp(rows->column[k].name, "design.", 7) &&
        !strchr(rows->column[k].name, '|'))
      column[n++] = k;
  return n;
}

enum { MOST_COLUMNS = 24 };

typedef struct Board { /* an AnswerTable and what it borrows */
  AnswerTable table;
  AnswerAxis axis[SWEEP_AXES];
  AnswerColumn column[MOST_COLUMNS + SWEEP_WISHES];
  double *at, *value;
} Board;

static PetscErrorCode set_axis(const SweepAxis *from, AnswerAxis *to) {
  PetscFunctionBeginUser;
  *to = (AnswerAxis){.kind = from->word                 ? ANSWER_WORD
                             : sweep_axis_is_seed(from) ? ANSWER_CHANCE
                             : from->is_whole           ? ANSWER_WHOLE
                             : from->is_log             ? ANSWER_LOG
                                                        : ANSWER_LINEAR,
                     .n_words = from->word ? from->n : 0,
                     .word = from->word};
  PetscCall(PetscStrncpy(to->name, from->name, sizeof to->name));
  PetscCall(PetscStrncpy(to->unit, from->unit, sizeof to->unit));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Name and unit of a column, and where its values stand: column `from` of rows, or else an axis. */
static PetscErrorCode set_column(const SweepPlan *plan, const SweepRows *rows, PetscInt from, PetscInt axis,
                                 AnswerColumn *to) {
  PetscFunctionBeginUser;
  *to = (AnswerColumn){.name = ""};
  PetscCall(PetscStrncpy(to->name, from >= 0 ? rows->column[from].name : plan->axis[axis].name, sizeof to->name));
  const char *unit = from >= 0 ? rows->column[from].unit : plan->axis[axis].unit;
  PetscCall(PetscStrncpy(to->unit, strcmp(unit, "-") ? unit : "", sizeof to->unit));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscInt find_axis(const SweepPlan *plan, const char *name) {
  for (PetscInt a = 0; a < plan->n_axes; a++)
    if (!strcmp(plan->axis[a].name, name) && !plan->axis[a].word)
      return a;
  return -1;
}

/* The column that a wish may mean; NULL: none is near. */
static const char *near_column(const SweepRows *rows, const char *name) {
  const char **names, *near = NULL;
  if (PetscMalloc1(PetscMax(1, rows->n_columns), &names))
    return NULL;
  for (PetscInt k = 0; k < rows->n_columns; k++)
    names[k] = rows->column[k].name;
  const int k = name_nearest(name, (int)rows->n_columns, names);
  if (k >= 0)
    near = names[k];
  (void)PetscFree(names);
  return near;
}

PetscErrorCode sweep_warn_wishes(const SweepPlan *plan, const SweepRows *rows, Results *results) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < plan->n_wishes; i++) {
    const char *name = plan->wish[i].name, *near = near_column(rows, name);
    bool known = rows_column(rows, name) >= 0 || find_axis(plan, name) >= 0;
    for (PetscInt k = 0; k < plan->n_collect && !known; k++)
      known = !strcmp(plan->collect[k].name, name);
    if (!known)
      PetscCall(results_warn(results, "key 'choose.%s': no point has a column of this name so far%s%s%s", name,
                             near ? "; did you mean '" : "", near ? near : "", near ? "'?" : ""));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The finished points of the sweep as a table for sweep_answer; its columns are the shown ones and those of wishes. */
static PetscErrorCode board_make(const SweepPlan *plan, const SweepRows *rows, AnswerWish *wish, Board *board) {
  PetscInt from[MOST_COLUMNS + SWEEP_WISHES], axis[MOST_COLUMNS + SWEEP_WISHES], n = 0, points = 0;
  PetscFunctionBeginUser;
  n = sweep_shown_columns(plan, rows, MOST_COLUMNS, from);
  for (PetscInt i = 0; i < plan->n_wishes; i++) {
    const PetscInt k = rows_column(rows, plan->wish[i].name), a = find_axis(plan, plan->wish[i].name);
    char path[PETSC_MAX_PATH_LEN];
    PetscCall(PetscSNPrintf(path, sizeof path, "choose.%s", plan->wish[i].name));
    const char *near = k < 0 && a < 0 ? near_column(rows, plan->wish[i].name) : NULL;
    if (k < 0 && a < 0)
      PetscCall(document_error(plan->c->doc, path, "key '%s': no point has a column of this name%s%s%s", path,
                               near ? "; did you mean '" : "", near ? near : "", near ? "'?" : ""));
    PetscInt at = 0;
    while (at < n && (from[at] != k || (k < 0 && axis[at] != a)))
      at++;
    if (at == n) {
      from[n] = k;
      axis[n++] = a;
    }
    wish[i] = (AnswerWish){plan->wish[i].wish, at};
  }
  for (PetscInt a = 0; a < plan->n_axes; a++)
    PetscCall(set_axis(&plan->axis[a], &board->axis[a]));
  for (PetscInt k = 0; k < n; k++)
    PetscCall(set_column(plan, rows, from[k], from[k] < 0 ? axis[k] : 0, &board->column[k]));
  for (PetscInt i = 0; i < plan->n_wishes; i++) /* named as the sweep file does: with its case, or without */
    PetscCall(PetscStrncpy(board->column[wish[i].column].name, plan->wish[i].name, sizeof board->column->name));
  PetscCall(PetscMalloc2(rows->n * plan->n_axes, &board->at, rows->n * PetscMax(1, n), &board->value));
  for (PetscInt r = 0; r < rows->n; r++) {
    if (strcmp(rows->row[r].status, "done") || rows->row[r].role != ROLE_POINT)
      continue;
    for (PetscInt a = 0; a < plan->n_axes; a++)
      board->at[points * plan->n_axes + a] = rows->axis[r * rows->n_axes + a];
    for (PetscInt k = 0; k < n; k++)
      board->value[points * n + k] =
          from[k] >= 0 ? rows->value[r * rows->n_columns + from[k]] : rows->axis[r * rows->n_axes + axis[k]];
    points++;
  }
  board->table = (AnswerTable){.n_points = points,
                               .n_axes = plan->n_axes,
                               .n_columns = n,
                               .axis = board->axis,
                               .at = board->at,
                               .column = board->column,
                               .value = board->value};
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_choose(const SweepPlan *plan, const SweepRows *rows, Results *results, SweepChoice *choice) {
  AnswerWish wish[SWEEP_WISHES];
  Board *board;
  PetscFunctionBeginUser;
  memset(choice, 0, sizeof *choice);
  PetscCall(PetscNew(&board));
  PetscErrorCode failed = board_make(plan, rows, wish, board);
  if (!failed && board->table.n_points)
    failed = sweep_answer(&board->table, plan->n_wishes, wish, results, &choice->design);
  choice->made = plan->n_wishes && board->table.n_points;
  choice->holds = choice->made && choice->design.holds;
  for (PetscInt a = 0; a < plan->n_axes; a++)
    choice->value[a] = choice->design.at[a];
  PetscCall(PetscFree2(board->at, board->value));
  PetscCall(PetscFree(board));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscInt sweep_find_content(const SweepRows *rows, const char *content) {
  for (PetscInt r = 0; r < rows->n && content[0]; r++)
    if (!strcmp(rows->row[r].content, content))
      return r;
  return -1;
}

double sweep_value_of(const SweepPlan *plan, const SweepRows *rows, PetscInt r, const char *name) {
  const PetscInt k = rows_column(rows, name), a = find_axis(plan, name);
  return r < 0 ? NAN : k >= 0 ? rows->value[r * rows->n_columns + k] : rows->axis[r * rows->n_axes + a];
}

/* One wish as it was expected, is, and was confirmed. */
static PetscErrorCode tell_wish(const SweepPlan *plan, const SweepRows *rows, PetscInt i, const PetscInt row[2],
                                Results *results, SweepChoice *choice) {
  const SweepWish *wish = &plan->wish[i];
  const PetscInt k = rows_column(rows, wish->name);
  char text[96], expected[64] = "as computed", value[2][32] = {"-", "-"}, name[160];
  const char *holds[2] = {"-", "-"};
  PetscFunctionBeginUser;
  wish_text(&wish->wish, text, sizeof text);
  if (choice->design.point < 0)
    snprintf(expected, sizeof expected, "%.4g ± %.2g", choice->design.expected[i], choice->design.error[i]);
  for (int j = 0; j < 2; j++) {
    if (row[j] < 0)
      continue;
    const double x = sweep_value_of(plan, rows, row[j], wish->name);
    const bool open = wish_is_open(&wish->wish);
    snprintf(value[j], sizeof value[j], "%.4g", x);
    holds[j] = open ? "" : wish_holds(&wish->wish, x) ? "yes" : "NO";
    choice->holds = choice->holds && (open || wish_holds(&wish->wish, x));
    PetscCall(PetscSNPrintf(name, sizeof name, "%s.%s", j ? "confirmed" : "chosen", wish->name));
    PetscCall(results_quantity(results, name, x, k >= 0 ? rows->column[k].unit : "", NAN));
  }
  if (!wish_is_open(&wish->wish) && row[0] >= 0)
    PetscCall(results_verdict(results, strcmp(holds[0], "NO") && strcmp(holds[1], "NO") ? VERDICT_YES : VERDICT_NO,
                              "%s %s: %s computed%s%s%s", wish->name, text, value[0], row[1] >= 0 ? ", " : "",
                              row[1] >= 0 ? value[1] : "", row[1] >= 0 ? " confirmed" : ""));
  PetscCall(
      results_row(results, "%s|%s|%s|%s|%s|%s|%s", wish->name, text, expected, value[0], holds[0], value[1], holds[1]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The designs that gave way, and of the last one, by name, where it stands. */
static PetscErrorCode tell_gave_way(const SweepPlan *plan, Results *results, const SweepChoice *choice) {
  char name[96];
  PetscFunctionBeginUser;
  if (!choice->content[0][0]) /* nothing was chosen, or nothing met the bounds by what was expected */
    PetscFunctionReturn(PETSC_SUCCESS);
  for (PetscInt i = 0; i < choice->n_gave_way; i++)
    PetscCall(results_verdict(results, VERDICT_NOTE, "%s", choice->gave_way[i].words));
  PetscCall(results_quantity(results, "choose.feasible", choice->holds ? 1 : 0, "", NAN));
  PetscCall(results_quantity(results, "choose.gave_way", (double)choice->n_gave_way, "", NAN));
  for (PetscInt a = 0; a < plan->n_axes; a++)
    if (!plan->axis[a].word && !sweep_axis_is_seed(&plan->axis[a])) {
      PetscCall(PetscSNPrintf(name, sizeof name, "chosen.axis.%s", plan->axis[a].name));
      PetscCall(results_quantity(results, name, choice->value[a], plan->axis[a].unit, NAN));
    }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_tell_chosen(const SweepPlan *plan, const SweepRows *rows, Results *results, SweepChoice *choice) {
  static const char *const what[2] = {"the chosen design", "its confirmation"};
  PetscInt row[2];
  char where[256];
  PetscFunctionBeginUser;
  PetscCall(tell_gave_way(plan, results, choice));
  for (int j = 0; j < 2; j++) {
    row[j] = sweep_find_content(rows, choice->content[j]);
    if (row[j] < 0)
      continue;
    if (rows->row[row[j]].warnings)
      PetscCall(results_warn(results, "%s: %s", what[j], rows->row[row[j]].warnings));
    if (rows->row[row[j]].missed)
      PetscCall(results_warn(results, "%s missed expectations of its cases: %s", what[j], rows->row[row[j]].missed));
    if (!strcmp(rows->row[row[j]].status, "done"))
      continue;
    PetscCall(results_verdict(results, VERDICT_NO, "%s could not be computed: %s", what[j],
                              rows->row[row[j]].why ? rows->row[row[j]].why : rows->row[row[j]].status));
    choice->holds = false;
    row[j] = -1;
  }
  if (row[0] < 0)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(results_table(results, "The chosen design, computed", "wish|is|expected|computed|holds|confirmed|holds"));
  for (PetscInt i = 0; i < plan->n_wishes; i++)
    PetscCall(tell_wish(plan, rows, i, row, results, choice));
  sweep_point_text(plan, choice->value, sizeof where, where);
  PetscCall(results_verdict(results, choice->holds ? VERDICT_YES : VERDICT_NO, "%s %s: %s", where,
                            choice->holds ? "meets every bound" : "does not meet every bound",
                            row[1] >= 0 ? "as computed and as confirmed" : "as computed; nothing confirmed it"));
  PetscFunctionReturn(PETSC_SUCCESS);
}
