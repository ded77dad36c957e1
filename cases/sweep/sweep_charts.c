#include "cases/sweep/sweep_answer_impl.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_CHARTS = 6, LINE = 61, GROUPS = 7 };

typedef struct Sheet { /* memory of one chart */
  Chart chart;
  double *x, *y; /* computed points, of all groups one after another */
  double line_x[GROUPS][LINE], line_y[GROUPS][LINE], chosen[2];
  char title[224], x_label[96], y_label[128], name[2 * GROUPS][160];
} Sheet;

static void add_series(Sheet *sheet, PetscInt n, const double *x, const double *y, bool line, const char *group,
                       const char *what) {
  char *name = sheet->name[sheet->chart.n_series];
  snprintf(name, sizeof sheet->name[0], "%s%s%s", group, *group ? ", " : "", what);
  sheet->chart.series[sheet->chart.n_series++] = (ChartSeries){name, n, x, y, NULL, line, !line};
}

/* The surface along the first numeric axis, the others as in the chosen design. */
static void add_line(const SweepStory *story, PetscInt g, PetscInt column, Sheet *sheet) {
  const SweepGroup *group = &story->surfaces.group[g];
  const Surface *surface = &group->surface[column];
  double at[SURFACE_AXES];
  SurfaceValue v;
  story_place(story, g, column, at);
  for (int i = 0; i < LINE; i++) {
    const double part = (double)i / (LINE - 1);
    at[0] = surface->log_axis[0] ? surface->lo[0] * pow(surface->hi[0] / surface->lo[0], part)
                                 : surface->lo[0] + part * (surface->hi[0] - surface->lo[0]);
    surface_at(surface, at, &v);
    sheet->line_x[g][i] = at[0];
    sheet->line_y[g][i] = v.value;
  }
  add_series(sheet, LINE, sheet->line_x[g], sheet->line_y[g], true, group->name, "surface");
}

static void fill(const SweepStory *story, PetscInt column, Sheet *sheet) {
  const AnswerTable *table = story->table;
  const SweepSurfaces *s = &story->surfaces;
  double lo = INFINITY, hi = -INFINITY;
  PetscInt used = 0;
  for (PetscInt g = 0; g < PetscMin(s->n_groups, GROUPS); g++) {
    const SweepGroup *group = &s->group[g];
    for (PetscInt i = 0; i < group->n; i++) {
      sheet->x[used + i] = group->at[i * s->n_axes];
      sheet->y[used + i] = table->value[group->point[i] * table->n_columns + column];
      lo = fmin(lo, sheet->y[used + i]);
      hi = fmax(hi, sheet->y[used + i]);
    }
    add_series(sheet, group->n, sheet->x + used, sheet->y + used, false, group->name, "computed");
    if (group->surface[column].form != SURFACE_NONE)
      add_line(story, g, column, sheet);
    used += group->n;
  }
  sheet->chart.log_y = lo > 0 && hi > 50 * lo;
}

static void add_chosen(const SweepStory *story, PetscInt column, Sheet *sheet) {
  for (PetscInt w = story->m - 1; w >= 0; w--)
    if (story->sweep_wish[w].column == column)
      sheet->chosen[1] = story->design->expected[w];
  sheet->chosen[0] = story->design->at[story->surfaces.axis[0]];
  sheet->chart.series[sheet->chart.n_series++] =
      (ChartSeries){"chosen design", 1, sheet->chosen, sheet->chosen + 1, NULL, false, true};
}

static PetscErrorCode tell_chart(const SweepStory *story, PetscInt column, Sheet *sheet, Results *results) {
  const SweepSurfaces *s = &story->surfaces;
  const AnswerAxis *axis = &story->table->axis[s->axis[0]];
  const AnswerColumn *quantity = &story->table->column[column];
  const char *others = s->n_axes < 2 ? ""
                       : story->m    ? "; surface: other axes as chosen"
                                     : "; surface: other axes midway";
  PetscFunctionBeginUser;
  sheet->chart = (Chart){.title = sheet->title, .x_label = sheet->x_label, .y_label = sheet->y_label};
  sheet->chart.log_x = axis->kind == ANSWER_LOG;
  snprintf(sheet->title, sizeof sheet->title, "%s over %s%s", quantity->name, axis->name, others);
  snprintf(sheet->x_label, sizeof sheet->x_label, "%s%s%s", axis->name, *axis->unit ? ", " : "", axis->unit);
  snprintf(sheet->y_label, sizeof sheet->y_label, "%s%s%s", quantity->name, *quantity->unit ? ", " : "",
           quantity->unit);
  fill(story, column, sheet);
  if (story->m)
    add_chosen(story, column, sheet);
  PetscCall(results_chart(results, &sheet->chart));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode sweep_tell_charts(const SweepStory *story, Results *results) {
  const PetscInt n = story->m ? story->m : story->table->n_columns;
  PetscInt told[MOST_CHARTS], n_told = 0;
  Sheet *sheet;
  PetscFunctionBeginUser;
  if (!story->surfaces.n_axes)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscNew(&sheet));
  PetscCall(PetscMalloc2(story->table->n_points, &sheet->x, story->table->n_points, &sheet->y));
  for (PetscInt i = 0; i < n && n_told < MOST_CHARTS; i++) {
    const PetscInt column = story->m ? story->sweep_wish[i].column : i;
    bool before = false;
    for (PetscInt k = 0; k < n_told; k++)
      before = before || told[k] == column;
    if (before)
      continue;
    told[n_told++] = column;
    PetscCall(tell_chart(story, column, sheet, results));
  }
  PetscCall(PetscFree2(sheet->x, sheet->y));
  PetscCall(PetscFree(sheet));
  PetscFunctionReturn(PETSC_SUCCESS);
}
