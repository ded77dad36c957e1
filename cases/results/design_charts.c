#include "cases/results/design_charts.h"
#include "cases/results/chart.h"
#include "cases/results/whole_file.h"
#include "mesh/design.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STRUTS = 8, POINTS = 59 };

/* One of the two charts: struts of 0.1, 0.2, ... mm, over cells (A) or apertures (B) of lo .. hi mm. */
typedef struct Sheet {
  const char *name, *title, *x_label, *y_label, *csv;
  int n_struts;
  double lo, hi;
  bool over_aperture;
} Sheet;

static const Sheet sheets[] = {
    {"aperture-over-cell", "Aperture over unit-cell size (Fig. 2A)", "unit cell M, mm", "aperture H, mm",
     "strut_mm,cell_mm,aperture_mm,throat_mm,porosity_pct", 7, 0.1, 3.0, false},
    {"porosity-over-aperture", "Porosity over aperture (Fig. 2B)", "aperture H, mm", "porosity, %",
     "strut_mm,aperture_mm,cell_mm,throat_mm,porosity_pct,porosity_eq4_as_printed_pct", 8, 0.05, 2.0, true},
};

typedef struct Curves {
  const Sheet *sheet;
  Design design[STRUTS][POINTS];
  bool possible[STRUTS][POINTS];
  double x[STRUTS][POINTS], y[STRUTS][POINTS];
  char name[STRUTS][24];
} Curves;

static void compute(const Cell *cell, Curves *c) {
  const Sheet *s = c->sheet;
  char why[256];
  const char *key;
  for (int k = 0; k < s->n_struts; k++) {
    snprintf(c->name[k], sizeof c->name[k], "D = %.1f mm", 0.1 * (k + 1));
    for (int i = 0; i < POINTS; i++) {
      double x = s->lo + (s->hi - s->lo) * i / (POINTS - 1);
      Design d = {.cell = cell, .cell_mm = NAN, .strut_mm = 0.1 * (k + 1), .porosity_pct = NAN};
      d.aperture_mm = d.throat_mm = NAN;
      *(s->over_aperture ? &d.aperture_mm : &d.cell_mm) = x;
      c->possible[k][i] = !design_complete(&d, &key, why, sizeof why) && d.aperture_mm > 0;
      c->design[k][i] = d;
      c->x[k][i] = x;
      c->y[k][i] = !c->possible[k][i] ? NAN : s->over_aperture ? d.porosity_pct : d.aperture_mm;
    }
  }
}

static int write_csv(FILE *file, void *context) {
  const Curves *c = context;
  bool rhombic = !strcmp(c->design[0][0].cell->name, "rhombic-dodecahedron"); /* Eq. 4 is its own */
  fprintf(file, "%s\n", c->sheet->csv);
  for (int k = 0; k < c->sheet->n_struts; k++)
    for (int i = 0; i < POINTS; i++) {
      const Design *d = &c->design[k][i];
      if (!c->possible[k][i])
        continue;
      double first = c->sheet->over_aperture ? d->aperture_mm : d->cell_mm;
      double second = c->sheet->over_aperture ? d->cell_mm : d->aperture_mm;
      fprintf(file, "%.10g,%.10g,%.10g,%.10g,%.10g", d->strut_mm, first, second, d->throat_mm, d->porosity_pct);
      if (c->sheet->over_aperture)
        fprintf(file, ",%.10g", rhombic ? 100 * design_eq4_printed(d->strut_mm, d->cell_mm) : NAN);
      fputc('\n', file);
    }
  return 0; /* whole_file_write looks at the stream */
}

static int write_svg(FILE *file, void *context) {
  const Curves *c = context;
  char title[160];
  snprintf(title, sizeof title, "%s, %s", c->sheet->title, c->design[0][0].cell->name);
  Chart chart = {.title = title, .x_label = c->sheet->x_label, .y_label = c->sheet->y_label};
  chart.n_series = c->sheet->n_struts;
  for (int k = 0; k < c->sheet->n_struts; k++)
    chart.series[k] = (ChartSeries){c->name[k], POINTS, c->x[k], c->y[k], NULL, true, false};
  return chart_write(&chart, file) ? EIO : 0;
}

int design_charts_write(const Cell *cell, const char *dir, char *why, size_t n) {
  size_t made;
  char name[64];
  Curves *curves = malloc(sizeof *curves);
  int bad = curves ? folder_make(dir, &made, why, n) : ENOMEM;
  if (!curves)
    snprintf(why, n, "out of memory for the charts");
  for (size_t i = 0; i < sizeof sheets / sizeof sheets[0] && !bad; i++) {
    curves->sheet = &sheets[i];
    compute(cell, curves);
    snprintf(name, sizeof name, "%s.csv", sheets[i].name);
    bad = whole_file_write(dir, name, write_csv, curves, why, n);
    snprintf(name, sizeof name, "%s.svg", sheets[i].name);
    if (!bad)
      bad = whole_file_write(dir, name, write_svg, curves, why, n);
  }
  if (bad && curves)
    folder_unmake(dir, made);
  free(curves);
  return bad;
}
