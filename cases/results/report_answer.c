/* The upper half of the report: what came out. */
#include "cases/results/chart.h"
#include "cases/results/report_parts.h"
#include "cases/results/table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *part_text(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static void missed_and_all(const json_t *record, size_t *missed, size_t *all) {
  size_t i;
  const json_t *entry, *list = json_object_get(record, "expect");
  *missed = 0;
  *all = json_array_size(list);
  json_array_foreach(list, i, entry) *missed += !json_is_true(json_object_get(entry, "pass"));
}

void part_header(const json_t *record, const char *title, FILE *file) {
  size_t missed, all;
  missed_and_all(record, &missed, &all);
  fputs("<p class=\"soft small\">Trabecula report</p><h1>", file);
  xml_text(title, file);
  fputs("</h1>\n<p class=\"soft\">Case <b>", file);
  xml_text(part_text(record, "case"), file);
  fputs("</b>, runner <b>", file);
  xml_text(part_text(record, "runner"), file);
  fputs("</b> (", file);
  xml_text(part_text(record, "runner_help"), file);
  fputs("), ", file);
  xml_text(part_text(record, "date"), file);
  fputs("</p>\n", file);
  if (all && !missed)
    fprintf(file, "<p><span class=\"badge good\">%s known answer%s met</span></p>\n", all == 1 ? "The one" : "All",
            all == 1 ? " was" : "s were");
  else if (all)
    fprintf(file, "<p><span class=\"badge bad\">%zu of %zu known answers missed</span></p>\n", missed, all);
}

static void list_item(const char *colour, const char *tag, const char *text, FILE *file) {
  fprintf(file, "<li class=\"%s-b\"><span class=\"tag %s\">%s</span><span>", colour, colour, tag);
  xml_text(text, file);
  fputs("</span></li>\n", file);
}

void part_verdicts(const json_t *record, FILE *file) {
  const json_t *verdicts = json_object_get(record, "verdicts"), *warnings = json_object_get(record, "warnings"), *entry;
  size_t i;
  if (!json_array_size(verdicts) && !json_array_size(warnings))
    return;
  fputs("<h2>The answer in words</h2>\n<ul class=\"v\">\n", file);
  json_array_foreach(verdicts, i, entry) {
    const char *kind = part_text(entry, "kind");
    if (!strcmp(kind, "yes"))
      list_item("good", "\u2713 YES", part_text(entry, "text"), file);
    else if (!strcmp(kind, "no"))
      list_item("bad", "\u2717 NO", part_text(entry, "text"), file);
    else if (!strcmp(kind, "not shown"))
      list_item("note", "NOT SHOWN", part_text(entry, "text"), file);
  }
  json_array_foreach(verdicts, i, entry) if (!strcmp(part_text(entry, "kind"), "note"))
      list_item("soft", "NOTE", part_text(entry, "text"), file);
  json_array_foreach(warnings, i, entry) if (json_is_string(entry))
      list_item("note", "WARNING", json_string_value(entry), file);
  fputs("</ul>\n", file);
}

static void write_cells(const json_t *cells, const bool *right, size_t columns, const char *tag, FILE *file) {
  fputs("<tr>", file);
  for (size_t c = 0; c < columns; c++) {
    const char *text = json_string_value(json_array_get(cells, c));
    bool wide = !right[c] && text && strlen(text) > 18; /* more than a word or two: not one word a line */
    fprintf(file, "<%s%s>", tag, right[c] ? " class=\"n\"" : wide ? " class=\"t\"" : "");
    xml_text(text ? text : "", file);
    fprintf(file, "</%s>", tag);
  }
  fputs("</tr>\n", file);
}

void part_table(const json_t *table, FILE *file) {
  enum { COLUMNS = 64 };
  bool right[COLUMNS] = {false};
  size_t i, columns = json_array_size(json_object_get(table, "header"));
  const json_t *row;
  columns = columns < COLUMNS ? columns : COLUMNS;
  for (size_t c = 0; c < columns; c++)
    right[c] = table_numeric(table, c);
  if (*part_text(table, "title")) {
    fputs("<h3>", file);
    xml_text(part_text(table, "title"), file);
    fputs("</h3>\n", file);
  }
  fputs("<div class=\"scroll\"><table><thead>", file);
  write_cells(json_object_get(table, "header"), right, columns, "th", file);
  fputs("</thead><tbody>\n", file);
  json_array_foreach(json_object_get(table, "rows"), i, row) write_cells(row, right, columns, "td", file);
  fputs("</tbody></table></div>\n", file);
}

void part_tables(const json_t *record, FILE *file) {
  const json_t *tables = json_object_get(record, "tables"), *table;
  size_t i;
  if (!json_array_size(tables))
    return;
  fputs("<h2>Results</h2>\n", file);
  json_array_foreach(tables, i, table) part_table(table, file);
}

/* Numbers of a JSON list into room of n; null is NAN. */
static void read_numbers(const json_t *list, size_t n, double *value) {
  for (size_t i = 0; i < n; i++) {
    const json_t *number = json_array_get(list, i);
    value[i] = json_is_number(number) ? json_number_value(number) : NAN;
  }
}

/* Memory of one chart read back from the record; freed as one block. */
static double *read_series(const json_t *list, Chart *chart) {
  size_t total = 0, used = 0, n_series = json_array_size(list);
  n_series = n_series < CHART_SERIES ? n_series : CHART_SERIES;
  for (size_t i = 0; i < n_series; i++)
    total += 3 * json_array_size(json_object_get(json_array_get(list, i), "x"));
  double *memory = calloc(total + 1, sizeof *memory);
  for (size_t i = 0; memory && i < n_series; i++) {
    const json_t *s = json_array_get(list, i), *error = json_object_get(s, "error");
    size_t n = json_array_size(json_object_get(s, "x"));
    double *x = memory + used, *y = x + n, *half = y + n;
    read_numbers(json_object_get(s, "x"), n, x);
    read_numbers(json_object_get(s, "y"), n, y);
    read_numbers(error, n, half);
    chart->series[chart->n_series++] = (ChartSeries){part_text(s, "name"),
                                                     (PetscInt)n,
                                                     x,
                                                     y,
                                                     json_is_array(error) ? half : NULL,
                                                     json_is_true(json_object_get(s, "line")),
                                                     json_is_true(json_object_get(s, "points"))};
    used += 3 * n;
  }
  return memory;
}

static void write_chart(const json_t *json, FILE *file) {
  Chart chart = {.title = part_text(json, "title"),
                 .x_label = part_text(json, "x_label"),
                 .y_label = part_text(json, "y_label"),
                 .log_x = json_is_true(json_object_get(json, "log_x")),
                 .log_y = json_is_true(json_object_get(json, "log_y"))};
  const json_t *bars = json_object_get(json, "bars");
  size_t n = json_array_size(bars);
  double *memory = read_series(json_object_get(json, "series"), &chart), *value = calloc(n + 1, sizeof *value);
  const char **name = calloc(n + 1, sizeof *name);
  for (size_t i = 0; name && value && i < n; i++) {
    const json_t *number = json_object_get(json_array_get(bars, i), "value");
    name[i] = part_text(json_array_get(bars, i), "name");
    value[i] = json_is_number(number) ? json_number_value(number) : NAN;
  }
  if (memory && name && value) {
    chart.n_bars = (PetscInt)n;
    chart.bar_name = name;
    chart.bar_value = value;
    fputs("<figure>", file);
    (void)chart_write(&chart, file); /* read_series keeps to CHART_SERIES, its only condition */
    fputs("</figure>\n", file);
  }
  free(memory);
  free(value);
  free(name);
}

void part_charts(const json_t *record, FILE *file) {
  const json_t *charts = json_object_get(record, "charts"), *chart;
  size_t i;
  if (!json_array_size(charts))
    return;
  fputs("<h2>Charts</h2>\n", file);
  json_array_foreach(charts, i, chart) write_chart(chart, file);
}

static void wanted_text(const json_t *entry, size_t n, char *text) {
  const json_t *wanted = json_object_get(entry, "wanted"), *lo = json_object_get(entry, "lo"),
               *hi = json_object_get(entry, "hi");
  if (json_is_number(wanted))
    snprintf(text, n, "%.6g \u00b1 %.3g %%", json_number_value(wanted),
             100 * json_number_value(json_object_get(entry, "rtol")));
  else if (lo && hi)
    snprintf(text, n, "%.6g to %.6g", json_number_value(lo), json_number_value(hi));
  else
    snprintf(text, n, "%s %.6g", lo ? "at least" : "at most", json_number_value(lo ? lo : hi));
}

static void expectation_row(const json_t *record, const json_t *entry, FILE *file) {
  const json_t *value = json_object_get(entry, "value");
  const json_t *quantity = json_object_get(json_object_get(record, "quantities"), part_text(entry, "name"));
  bool pass = json_is_true(json_object_get(entry, "pass"));
  char wanted[96];
  wanted_text(entry, sizeof wanted, wanted);
  fputs("<tr><td>", file);
  xml_text(part_text(entry, "name"), file);
  fputs("</td><td class=\"n\">", file);
  if (json_is_number(value))
    fprintf(file, "%.6g ", json_number_value(value));
  else
    fputs("no number ", file);
  xml_text(part_text(quantity, "unit"), file);
  fprintf(file, "</td><td class=\"n\">%s</td><td class=\"w %s\"><b>%s</b></td><td>", wanted, pass ? "good" : "bad",
          pass ? "\u2713 met" : "\u2717 missed");
  xml_text(part_text(entry, "source"), file);
  fputs("</td></tr>\n", file);
}

void part_expectations(const json_t *record, FILE *file) {
  const json_t *list = json_object_get(record, "expect"), *entry;
  size_t i;
  if (!json_array_size(list))
    return;
  fputs("<h2>Known answers</h2>\n<p class=\"soft\">The case states what should come out and where that is known from. "
        "This is how the run compares.</p>\n<div class=\"scroll\"><table><thead><tr><th>quantity</th>"
        "<th class=\"n\">computed</th><th class=\"n\">wanted</th><th>result</th><th>source</th></tr></thead><tbody>\n",
        file);
  json_array_foreach(list, i, entry) expectation_row(record, entry, file);
  fputs("</tbody></table></div>\n", file);
}
