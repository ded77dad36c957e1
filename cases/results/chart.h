/* Line and point charts as SVG text: axes linear or logarithmic, ticks at round numbers, a legend. */
#ifndef TRABECULA_CASES_RESULTS_CHART_H
#define TRABECULA_CASES_RESULTS_CHART_H

#include <petscsys.h>
#include <stdbool.h>
#include <stdio.h>

enum { CHART_SERIES = 16 };

typedef struct ChartSeries {
  const char *name;
  PetscInt n;
  const double *x, *y;
  const double *error; /* half widths in y, or NULL */
  bool line, points;
} ChartSeries;

typedef struct Chart {
  const char *title, *x_label, *y_label; /* labels carry their unit */
  bool log_x, log_y;
  PetscInt n_series;
  ChartSeries series[CHART_SERIES]; /* borrowed */
  PetscInt n_bars;                  /* a bar chart instead: names and values */
  const char *const *bar_name;
  const double *bar_value;
} Chart;

/* A whole <svg> element, self-contained (no scripts, no fonts, no links), readable in light and dark. Points that are
 * not finite are left out. */
PetscErrorCode chart_write(const Chart *chart, FILE *file);

#endif
