#include "cases/sweep/sweep_answer_impl.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ROW = 4096, MOST_ROWS = 12 };

/* Appends to a row of cells. */
static void add(char row[ROW], const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(char row[ROW], const char *format, ...) {
  const size_t used = strlen(row);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(row + used, ROW - used, format, arguments);
  va_end(arguments);
}

static void add_unit(char row[ROW], const char *name, const char *unit) {
  add(row, *unit ? "%s, %s" : "%s%s", name, unit);
}

/* "cage_E_GPa within [1, 3] GPa" */
static void wish_words(const SweepStory *story, PetscInt w, char text[ROW]) {
  const AnswerColumn *column = &story->table->column[story->sweep_wish[w].column];
  char wish[96];
  wish_text(&story->wish[w], wish, sizeof wish);
  text[0] = 0;
  add(text, "%s %s", column->name, wish);
  if (!wish_is_open(&story->wish[w]) && *column->unit)
    add(text, " %s", column->unit);
}

/* The same quantity may be wished twice. */
static bool told_before(const SweepStory *story, PetscInt w) {
  for (PetscInt v = 0; v < w; v++)
    if (story->sweep_wish[v].column == story->sweep_wish[w].column)
      return true;
  return false;
}

/* A quantity may bear the name of an axis. */
static bool is_axis(const AnswerTable *table, PetscInt column) {
  for (PetscInt k = 0; k < table->n_axes; k++)
    if (!strcmp(table->axis[k].name, table->column[column].name))
      return true;
  return false;
}

PetscErrorCode sweep_tell_surfaces(const SweepStory *story, Results *results) {
  const AnswerTable *table = story->table;
  const SweepSurfaces *s = &story->surfaces;
  char form[96], name[128];
  PetscFunctionBeginUser;
  if (!s->n_axes || !table->n_columns) {
    PetscCall(results_assume(results,
                             "There are no response surfaces: they take 1 to %d axes of numbers. The answer "
                             "is that of the computed points alone.",
                             SURFACE_AXES));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(results_assume(results,
                           "Between the points quantities are read from response surfaces. Their error is that "
                           "of leaving out each point in turn and foretelling it from the others; the typical "
                           "error is the root mean square of these."));
  PetscCall(results_table(results, "Response surfaces: how well the points foretell one another",
                          "quantity|points|lowest|highest|typical error|in % of the range|largest error|surface"));
  for (PetscInt c = 0; c < table->n_columns; c++) {
    double worst = NAN;
    for (PetscInt g = 0; g < s->n_groups; g++) {
      const Surface *surface = &s->group[g].surface[c];
      char row[ROW] = "";
      add_unit(row, table->column[c].name, table->column[c].unit);
      add(row, "%s%s|%" PetscInt_FMT, *s->group[g].name ? ": " : "", s->group[g].name, surface->n_points);
      surface_form_text(surface, form, sizeof form);
      if (surface->form == SURFACE_NONE)
        add(row, "|-|-|-|-|-|none: %s", surface->why);
      else
        add(row, "|%.4g|%.4g|%.2g|%.2g|%.2g|%s", surface->value_lo, surface->value_hi, surface->error.rms,
            surface->error.range_pct, surface->error.max, form);
      PetscCall(results_row(results, "%s", row));
      if (surface->form != SURFACE_NONE)
        worst = isnan(worst) ? surface->error.range_pct : PetscMax(worst, surface->error.range_pct);
    }
    PetscCall(PetscSNPrintf(name, sizeof name, "surface.%s.error_pct", table->column[c].name));
    if (!isnan(worst))
      PetscCall(results_quantity(results, name, worst, "%", NAN));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Which wishes no computed point meets together, when none meets all. */
static PetscErrorCode tell_contradictions(const SweepStory *story, Results *results) {
  const Choice *c = &story->choice;
  char one[ROW], other[ROW];
  PetscInt pairs = 0;
  PetscFunctionBeginUser;
  for (PetscInt w = 0; w < story->m; w++) {
    wish_words(story, w, one);
    if (!c->met[w][w])
      PetscCall(results_verdict(results, VERDICT_NOTE, "no computed point meets: %s", one));
    for (PetscInt v = w + 1; v < story->m; v++) {
      if (c->met[w][v] || !c->met[w][w] || !c->met[v][v])
        continue;
      wish_words(story, v, other);
      pairs++;
      PetscCall(results_verdict(results, VERDICT_NOTE, "no computed point meets both: %s, and %s", one, other));
    }
    pairs += !c->met[w][w];
  }
  if (!pairs)
    PetscCall(results_verdict(results, VERDICT_NOTE,
                              "any two wishes are met by some computed point, but no point meets all of them"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_tell_wishes(const SweepStory *story, Results *results) {
  const SweepDesign *design = story->design;
  char words[ROW];
  PetscFunctionBeginUser;
  PetscCall(results_table(results, "Wishes", "wish|computed points that meet it|of|at the chosen design"));
  for (PetscInt w = 0; w < story->m; w++) {
    const AnswerColumn *column = &story->table->column[story->sweep_wish[w].column];
    const SurfaceValue expected = {.value = design->expected[w], .error = design->error[w]};
    const bool holds = wish_holds(&story->wish[w], expected.value);
    /* A design that is to be computed, or confirmed, has its yes or no when it is. */
    const VerdictKind kind = design->holds ? VERDICT_NOTE : holds ? VERDICT_YES : VERDICT_NO;
    const char *blank = *column->unit ? " " : "";
    char told[96];
    wish_words(story, w, words);
    if (design->point < 0)
      snprintf(told, sizeof told, "%.4g +- %.2g%s%s expected", expected.value, expected.error, blank, column->unit);
    else
      snprintf(told, sizeof told, "%.4g%s%s computed", expected.value, blank, column->unit);
    PetscCall(results_row(results, "%s|%" PetscInt_FMT "|%" PetscInt_FMT "|%s", words, story->choice.met[w][w],
                          story->table->n_points, told));
    if (wish_is_open(&story->wish[w]) && holds)
      PetscCall(results_verdict(results, VERDICT_NOTE, "%s: %s", words, told));
    else if (design->point < 0)
      PetscCall(results_verdict(results, kind, "%s: %s, holds with a probability of %.0f %%", words, told,
                                100 * proposal_sure(&story->wish[w], &expected)));
    else if (kind != VERDICT_NOTE)
      PetscCall(results_verdict(results, kind, "%s: %s", words, told));
  }
  if (!story->choice.n_feasible)
    PetscCall(tell_contradictions(story, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Cells of the axes. */
static void add_design(const AnswerTable *table, const double *at, bool by_surfaces, char row[ROW]) {
  for (PetscInt k = 0; k < table->n_axes; k++) {
    const AnswerAxis *axis = &table->axis[k];
    if (axis->kind == ANSWER_WORD)
      add(row, "|%s", axis->word[(PetscInt)at[k]]);
    else if (axis->kind == ANSWER_CHANCE && by_surfaces)
      add(row, "|any");
    else
      add(row, "|%.5g", at[k]);
  }
}

static PetscErrorCode tell_point(const SweepStory *story, PetscInt point, const char *what, Results *results) {
  char row[ROW] = "";
  PetscFunctionBeginUser;
  add(row, "%s", what);
  add_design(story->table, story->table->at + point * story->table->n_axes, false, row);
  for (PetscInt w = 0; w < story->m; w++)
    if (!told_before(story, w))
      add(row, "|%.4g", story->wished[point * story->m + w]);
  PetscCall(results_row(results, "%s", row));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What the surfaces propose for each combination of words, the chosen one first. */
static PetscErrorCode tell_proposals(const SweepStory *story, Results *results) {
  const SweepSurfaces *s = &story->surfaces;
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < s->n_groups; i++) {
    const PetscInt g = (story->group + i) % s->n_groups;
    const Proposal *p = &story->proposal[g];
    double at[ANSWER_AXES];
    bool holds = true;
    char row[ROW] = "";
    if (p->cost == INFINITY)
      continue;
    for (PetscInt w = 0; w < story->m; w++)
      holds = holds && wish_holds(&story->wish[w], p->expected[w].value);
    PetscCall(PetscArraycpy(at, story->table->at + s->group[g].point[0] * story->table->n_axes, story->table->n_axes));
    for (PetscInt k = 0; k < s->n_axes; k++)
      at[s->axis[k]] = p->at[k];
    add(row, "%s%s", i || story->design->point >= 0 ? "by the surfaces" : "chosen, by the surfaces",
        p->cost < 1 ? ""
        : holds     ? " (close to a bound)"
                    : " (breaks a wish)");
    add_design(story->table, at, true, row);
    for (PetscInt w = 0; w < story->m; w++)
      if (!told_before(story, w))
        add(row, "|%.4g +- %.2g", p->expected[w].value, p->expected[w].error);
    PetscCall(results_row(results, "%s", row));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The design itself: quantities and words. */
static PetscErrorCode tell_chosen(const SweepStory *story, Results *results) {
  const AnswerTable *table = story->table;
  const SweepDesign *design = story->design;
  char words[ROW] = "", name[128];
  PetscFunctionBeginUser;
  if (!design->holds) /* else its computation says it */
    PetscCall(results_quantity(results, "choose.feasible", 0, "", NAN));
  for (PetscInt k = 0; k < table->n_axes; k++) {
    const AnswerAxis *axis = &table->axis[k];
    if (axis->kind == ANSWER_CHANCE)
      continue;
    add(words, "%s%s = ", *words ? ", " : "", axis->name);
    if (axis->kind == ANSWER_WORD) {
      add(words, "%s", axis->word[(PetscInt)design->at[k]]);
      continue;
    }
    add(words, "%.5g%s%s", design->at[k], *axis->unit ? " " : "", axis->unit);
    PetscCall(PetscSNPrintf(name, sizeof name, "choose.%s", axis->name));
    PetscCall(results_quantity(results, name, design->at[k], axis->unit, NAN));
  }
  for (PetscInt w = 0; w < story->m; w++) {
    const AnswerColumn *column = &table->column[story->sweep_wish[w].column];
    PetscCall(PetscSNPrintf(name, sizeof name, "choose.%s", column->name));
    if (!told_before(story, w) && !is_axis(table, story->sweep_wish[w].column))
      PetscCall(results_quantity(results, name, design->expected[w], column->unit,
                                 design->point < 0 ? design->error[w] : NAN));
  }
  PetscCall(results_verdict(results, VERDICT_NOTE, "the chosen design: %s (%s)%s", words,
                            design->point < 0 ? "from the surfaces, between the computed points" : "a computed point",
                            design->holds ? "" : "; it does not meet all wishes, but comes nearest to them"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_tell_designs(const SweepStory *story, Results *results) {
  const AnswerTable *table = story->table;
  const Choice *c = &story->choice;
  const PetscInt rows = PetscMin(c->n_front, MOST_ROWS);
  char header[ROW] = "design", title[256];
  PetscFunctionBeginUser;
  PetscCall(tell_chosen(story, results));
  for (PetscInt k = 0; k < table->n_axes; k++) {
    add(header, "|");
    add_unit(header, table->axis[k].name, table->axis[k].unit);
  }
  for (PetscInt w = 0; w < story->m; w++) {
    const AnswerColumn *column = &table->column[story->sweep_wish[w].column];
    if (told_before(story, w))
      continue;
    add(header, "|");
    add_unit(header, column->name, column->unit);
  }
  if (rows)
    snprintf(title, sizeof title,
             "Best designs. Computed points that meet all wishes: %" PetscInt_FMT " of %" PetscInt_FMT
             "; of these on the front, where one wish gains only if another loses: %" PetscInt_FMT,
             c->n_feasible, table->n_points, c->n_front);
  else
    snprintf(title, sizeof title, "Best designs. No computed point meets all wishes");
  PetscCall(results_table(results, title, header));
  PetscCall(tell_proposals(story, results));
  if (!rows)
    PetscCall(tell_point(story, c->best, "computed, nearest to the wishes", results));
  for (PetscInt i = 0; i < rows; i++) { /* the best first, then spread over the front */
    const PetscInt k = rows > 1 ? i * (c->n_front - 1) / (rows - 1) : 0;
    const bool chosen = !i && story->design->point >= 0;
    PetscCall(tell_point(story, c->front[k], chosen ? "chosen, computed" : i ? "computed" : "best computed", results));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_tell_sensitivity(const SweepStory *story, Results *results) {
  const AnswerTable *table = story->table;
  const SweepSurfaces *s = &story->surfaces;
  double at[SURFACE_AXES], span[2];
  PetscFunctionBeginUser;
  if (story->proposal[story->group].cost == INFINITY)
    PetscFunctionReturn(PETSC_SUCCESS);
  story_place(story, story->group, 0, at);
  PetscCall(results_table(results, "Sensitivity at the chosen design, by the surfaces",
                          "wish|axis|now|change for 1 % more, %|change for 1 unit more|holds from|to"));
  for (PetscInt w = 0; w < story->m; w++)
    for (PetscInt k = 0; k < s->n_axes; k++) {
      const AnswerAxis *axis = &table->axis[s->axis[k]];
      const Surface *surface = story_surface(story, story->group, w);
      SurfaceValue v;
      char row[ROW] = "";
      surface_at(surface, at, &v);
      proposal_span(surface, &story->wish[w], at, k, span);
      wish_words(story, w, row);
      add(row, "|");
      add_unit(row, axis->name, axis->unit);
      add(row, "|%.4g", at[k]);
      if (surface->value_lo > 0 && surface->lo[k] > 0) /* percents need positive numbers */
        add(row, "|%+.2f", v.gradient[k] * at[k] / v.value);
      else
        add(row, "|-");
      add(row, "|%+.3g", v.gradient[k]);
      if (wish_is_open(&story->wish[w]) || isnan(span[0]))
        add(row, wish_is_open(&story->wish[w]) ? "|-|-" : "|broken here|-");
      else
        add(row, "|%.4g|%.4g", span[0], span[1]);
      PetscCall(results_row(results, "%s", row));
    }
  PetscFunctionReturn(PETSC_SUCCESS);
}
