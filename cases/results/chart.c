#include "cases/results/chart.h"
#include "cases/results/chart_axis.h"
#include "cases/results/table.h"
#include "cases/results/xml.h"
#include <math.h>
#include <string.h>

enum { WIDTH = 720, PLOT = 330, TOP = 44, LEFT = 78, RIGHT = 18, COLOURS = 8 };

/* Okabe and Ito's colours, which colour-blind people tell apart; the yellow, invisible on white, is brown here. A
   lighter set on dark. Shapes of points and dashes differ as well. */
static const char style[] =
    "<style>.tc{font:13px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;background:#fff;border-radius:6px}"
    ".tc text{fill:#222}.tc .m{fill:#555}.tc .h{font-size:15px;font-weight:600}.tc .g{stroke:#e4e4e4}.tc "
    ".f{stroke:#f3f3f3}"
    ".tc .a{stroke:#777;fill:none}.tc .l{fill:none;stroke-width:2;stroke-linejoin:round}.tc .e{stroke-width:1.3}"
    ".tc .p{stroke-width:1.6;fill:#fff}"
    ".tc .c0{stroke:#0072b2}.tc .c1{stroke:#d55e00}.tc .c2{stroke:#009e73}.tc .c3{stroke:#b0568f}"
    ".tc .c4{stroke:#e69f00}.tc .c5{stroke:#3d9fd6}.tc .c6{stroke:#555}.tc .c7{stroke:#8c6d1f}"
    ".tc .b{fill:#0072b2}"
    "@media(prefers-color-scheme:dark){.tc{background:#1b1d21}.tc text{fill:#e6e6e6}.tc .m{fill:#aaa}"
    ".tc .g{stroke:#33363c}.tc .f{stroke:#26282d}.tc .a{stroke:#8a8a8a}.tc .p{fill:#1b1d21}"
    ".tc .c0{stroke:#4fb0ea}.tc .c1{stroke:#ff8c42}.tc .c2{stroke:#35d0a5}.tc .c3{stroke:#e08cc0}"
    ".tc .c4{stroke:#f5c04a}.tc .c5{stroke:#8fd3ff}.tc .c6{stroke:#bbb}.tc .c7{stroke:#cdb06a}.tc .b{fill:#4fb0ea}}"
    "</style>";

static const char *const dashes[] = {"", "7 4", "2 4"};

static void open_svg(const Chart *chart, int height, FILE *file) {
  fprintf(file,
          "<svg class=\"tc\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
          "role=\"img\" style=\"max-width:100%%;height:auto\"><title>",
          WIDTH, height, WIDTH, height);
  xml_text(chart->title, file);
  fprintf(file, "</title>%s<text class=\"h\" x=\"%d\" y=\"24\">", style, LEFT);
  xml_text(chart->title, file);
  fputs("</text>", file);
}

static void label(double x, double y, const char *attributes, const char *text, FILE *file) {
  fprintf(file, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, attributes);
  xml_text(text, file);
  fputs("</text>", file);
}

static void line(double x1, double y1, double x2, double y2, const char *name, FILE *file) {
  fprintf(file, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", name, x1, y1, x2, y2);
}

static void draw_axes(const Chart *chart, const Axis *x, const Axis *y, FILE *file) {
  char text[32];
  for (int labelled = 0; labelled < 2; labelled++) { /* the fine lines lie under the others */
    for (int i = 0; i < x->n; i++)
      if (x->labelled[i] == labelled)
        line(axis_pixel(x, x->tick[i]), y->from, axis_pixel(x, x->tick[i]), y->to, labelled ? "g" : "f", file);
    for (int i = 0; i < y->n; i++)
      if (y->labelled[i] == labelled)
        line(x->from, axis_pixel(y, y->tick[i]), x->to, axis_pixel(y, y->tick[i]), labelled ? "g" : "f", file);
  }
  for (int i = 0; i < x->n; i++)
    if (x->labelled[i]) {
      axis_label(x, i, text, sizeof text);
      label(axis_pixel(x, x->tick[i]), y->from + 18, "class=\"m\" text-anchor=\"middle\"", text, file);
    }
  for (int i = 0; i < y->n; i++)
    if (y->labelled[i]) {
      axis_label(y, i, text, sizeof text);
      label(x->from - 8, axis_pixel(y, y->tick[i]) + 4, "class=\"m\" text-anchor=\"end\"", text, file);
    }
  fprintf(file, "<path class=\"a\" d=\"M%.1f %.1fV%.1fH%.1f\"/>", x->from, y->to, y->from, x->to);
  label((x->from + x->to) / 2, y->from + 40, "text-anchor=\"middle\"", chart->x_label ? chart->x_label : "", file);
  snprintf(text, sizeof text, "%.1f", (y->from + y->to) / 2);
  fprintf(file, "<text text-anchor=\"middle\" transform=\"translate(18 %s) rotate(-90)\">", text);
  xml_text(chart->y_label ? chart->y_label : "", file);
  fputs("</text>", file);
}

static bool visible(const Chart *chart, const ChartSeries *s, PetscInt i) {
  return isfinite(s->x[i]) && isfinite(s->y[i]) && (!chart->log_x || s->x[i] > 0) && (!chart->log_y || s->y[i] > 0);
}

static void draw_point(int index, double x, double y, FILE *file) {
  int c = index % COLOURS;
  switch (index % 4) {
  case 0:
    fprintf(file, "<circle class=\"p c%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.2\"/>", c, x, y);
    break;
  case 1:
    fprintf(file, "<rect class=\"p c%d\" x=\"%.1f\" y=\"%.1f\" width=\"7.6\" height=\"7.6\"/>", c, x - 3.8, y - 3.8);
    break;
  case 2:
    fprintf(file, "<path class=\"p c%d\" d=\"M%.1f %.1fl4.8 8.4h-9.6z\"/>", c, x, y - 5.2);
    break;
  default:
    fprintf(file, "<path class=\"p c%d\" d=\"M%.1f %.1fl5.2 5.2l-5.2 5.2l-5.2 -5.2z\"/>", c, x, y - 5.2);
  }
}

static void draw_error(const Axis *x, const Axis *y, int index, const ChartSeries *s, PetscInt i, FILE *file) {
  double at = axis_pixel(x, s->x[i]), low = s->y[i] - s->error[i], high = s->y[i] + s->error[i];
  double bottom = axis_pixel(y, y->log && low < y->lo ? y->lo : low), top = axis_pixel(y, high);
  fprintf(file, "<path class=\"l e c%d\" d=\"M%.1f %.1fh8m-4 0V%.1fm-4 0h8\"/>", index % COLOURS, at - 4, bottom, top);
}

static void draw_line(const Chart *chart, const Axis *x, const Axis *y, int index, FILE *file) {
  const ChartSeries *s = &chart->series[index];
  bool down = false;
  fprintf(file, "<path class=\"l c%d\" stroke-dasharray=\"%s\" d=\"", index % COLOURS, dashes[index / COLOURS % 3]);
  for (PetscInt i = 0; i < s->n; i++) {
    bool here = visible(chart, s, i);
    if (here)
      fprintf(file, "%c%.1f %.1f", down ? 'L' : 'M', axis_pixel(x, s->x[i]), axis_pixel(y, s->y[i]));
    down = here;
  }
  fputs("\"/>", file);
}

static void draw_series(const Chart *chart, const Axis *x, const Axis *y, int index, FILE *file) {
  const ChartSeries *s = &chart->series[index];
  if (s->line)
    draw_line(chart, x, y, index, file);
  for (PetscInt i = 0; s->error && i < s->n; i++)
    if (visible(chart, s, i) && isfinite(s->error[i]) && s->error[i] > 0)
      draw_error(x, y, index, s, i, file);
  for (PetscInt i = 0; s->points && i < s->n; i++)
    if (visible(chart, s, i))
      draw_point(index, axis_pixel(x, s->x[i]), axis_pixel(y, s->y[i]), file);
}

/* Rows of names under the plot; draws only when file is given. Returns the height it takes. */
static int legend(const Chart *chart, int top, FILE *file) {
  double x = LEFT, y = top;
  if (chart->n_series < 2)
    return 0;
  for (int i = 0; i < chart->n_series; i++) {
    const ChartSeries *s = &chart->series[i];
    double width = 52 + 7.2 * text_width(s->name ? s->name : "");
    if (x > LEFT && x + width - 20 > WIDTH - RIGHT) {
      x = LEFT;
      y += 22;
    }
    if (file && s->line)
      fprintf(file, "<path class=\"l c%d\" stroke-dasharray=\"%s\" d=\"M%.1f %.1fh22\"/>", i % COLOURS,
              dashes[i / COLOURS % 3], x, y);
    if (file && s->points)
      draw_point(i, x + 11, y, file);
    if (file)
      label(x + 28, y + 4, "", s->name ? s->name : "", file);
    x += width;
  }
  return (int)(y - top) + 22;
}

static void find_ranges(const Chart *chart, Axis *x, Axis *y) {
  *x = axis_empty(chart->log_x);
  *y = axis_empty(chart->log_y);
  for (int k = 0; k < chart->n_series; k++) {
    const ChartSeries *s = &chart->series[k];
    for (PetscInt i = 0; i < s->n; i++)
      if (visible(chart, s, i)) {
        double error = s->error && isfinite(s->error[i]) ? fabs(s->error[i]) : 0;
        axis_include(x, s->x[i]);
        axis_include(y, s->y[i]);
        axis_include(y, s->y[i] + error);
        if (!chart->log_y || s->y[i] - error > 0.1 * s->y[i]) /* a bar down to nothing does not stretch a log axis */
          axis_include(y, s->y[i] - error);
      }
  }
  axis_finish(x);
  axis_finish(y);
}

static void write_lines(const Chart *chart, FILE *file) {
  Axis x, y;
  find_ranges(chart, &x, &y);
  x.from = LEFT;
  x.to = WIDTH - RIGHT;
  y.from = TOP + PLOT;
  y.to = TOP;
  int below = TOP + PLOT + 66;
  open_svg(chart, below + legend(chart, below, NULL), file);
  draw_axes(chart, &x, &y, file);
  for (int i = 0; i < chart->n_series; i++)
    draw_series(chart, &x, &y, i, file);
  legend(chart, below, file);
  fputs("</svg>\n", file);
}

/* Bars lie: their names are words. */
static void write_bars(const Chart *chart, FILE *file) {
  enum { BAR = 26 };
  Axis x = axis_empty(false);
  char text[32];
  int widest = 0, bottom = TOP + BAR * (int)chart->n_bars + 6;
  axis_include(&x, 0);
  for (PetscInt i = 0; i < chart->n_bars; i++) {
    int width = text_width(chart->bar_name[i]);
    widest = width > widest ? width : widest;
    axis_include(&x, chart->bar_value[i]);
  }
  axis_finish(&x);
  x.from = fmin(24 + 7.2 * widest, 0.5 * WIDTH);
  x.to = WIDTH - 70;
  open_svg(chart, bottom + 50, file);
  for (int i = 0; i < x.n; i++) {
    axis_label(&x, i, text, sizeof text);
    line(axis_pixel(&x, x.tick[i]), TOP, axis_pixel(&x, x.tick[i]), bottom, "g", file);
    label(axis_pixel(&x, x.tick[i]), bottom + 18, "class=\"m\" text-anchor=\"middle\"", text, file);
  }
  for (PetscInt i = 0; i < chart->n_bars; i++) {
    double value = chart->bar_value[i], zero = axis_pixel(&x, 0), y = TOP + BAR * (double)i + 4;
    label(x.from - 8, y + 15, "text-anchor=\"end\"", chart->bar_name[i], file);
    if (!isfinite(value))
      continue;
    double end = axis_pixel(&x, value);
    fprintf(file, "<rect class=\"b\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>", fmin(zero, end), y,
            fabs(end - zero), BAR - 8);
    snprintf(text, sizeof text, "%.3g", value);
    label(fmax(zero, end) + 6, y + 14, "class=\"m\"", text, file);
  }
  line(axis_pixel(&x, 0), TOP, axis_pixel(&x, 0), bottom, "a", file);
  const char *name = chart->x_label && *chart->x_label ? chart->x_label : chart->y_label;
  label((x.from + x.to) / 2, bottom + 40, "text-anchor=\"middle\"", name ? name : "", file);
  fputs("</svg>\n", file);
}

PetscErrorCode chart_write(const Chart *chart, FILE *file) {
  PetscFunctionBeginUser;
  PetscCheck(chart->n_series >= 0 && chart->n_series <= CHART_SERIES, PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "chart '%s' has %" PetscInt_FMT " series", chart->title, chart->n_series);
  if (chart->n_bars)
    write_bars(chart, file);
  else
    write_lines(chart, file);
  PetscFunctionReturn(PETSC_SUCCESS);
}
