/* ranks: 1
   Axes at round numbers; charts that are well-formed, complete and harmless. */
#include "cases/results/chart.h"
#include "cases/results/chart_axis.h"
#include "cases/results/table.h"
#include "cases/results/xml.h"
#include "tests/cases/well_formed.h"
#include <stdlib.h>

static Axis axis_of(bool log, double lo, double hi) {
  Axis axis = axis_empty(log);
  axis_include(&axis, lo);
  axis_include(&axis, hi);
  axis_finish(&axis);
  axis.from = 0;
  axis.to = 100;
  return axis;
}

static double mantissa(double x) { return x / pow(10, floor(log10(x) + 1e-9)); }

/* For ranges of every size: the data lie inside, the ends are ticks, steps are 1, 2 or 5, and there are a handful. */
static void test_linear(void **state) {
  (void)state;
  srand(1);
  for (int i = 0; i < 2000; i++) {
    double scale = pow(10, rand() % 24 - 12), lo = scale * (rand() % 2001 - 1000),
           hi = lo + scale * (1 + rand() % 3000);
    Axis axis = axis_of(false, lo, hi);
    double step = (axis.hi - axis.lo) / (axis.n - 1), m = mantissa(step);
    assert_true(axis.lo <= lo + 1e-6 * step && axis.hi >= hi - 1e-6 * step);
    assert_true(axis.n >= 3 && axis.n <= 16);
    assert_true(fabs(m - 1) < 1e-6 || fabs(m - 2) < 1e-6 || fabs(m - 5) < 1e-6);
    CHECK_NEAR(axis_pixel(&axis, axis.tick[axis.n - 1]), 100, 1e-6, "the last tick is the end of the axis");
    assert_true(fabs(axis_pixel(&axis, axis.tick[0])) < 1e-6);
  }
}

static void test_log(void **state) {
  (void)state;
  srand(2);
  for (int i = 0; i < 2000; i++) {
    double lo = pow(10, (rand() % 1000) / 50. - 10), hi = lo * pow(10, (1 + rand() % 1000) / 60.);
    Axis axis = axis_of(true, lo, hi);
    int labels = 0;
    assert_true(axis.lo <= lo * (1 + 1e-6) && axis.hi >= hi * (1 - 1e-6));
    for (int t = 0; t < axis.n; t++) {
      double x = axis_pixel(&axis, axis.tick[t]);
      assert_true(x > -1e-6 && x < 100 + 1e-6);
      labels += axis.labelled[t];
    }
    if (labels < 2 || labels > 16)
      fail_msg("%d labels from %g to %g", labels, lo, hi);
  }
  Axis decade = axis_of(true, 1, 100);
  CHECK_NEAR(axis_pixel(&decade, 10), 50, 1e-12, "the middle of two decades");
}

/* Values that a logarithm does not take, and axes without data. */
static void test_odd_axes(void **state) {
  Axis axis = axis_empty(true);
  (void)state;
  axis_include(&axis, 0);
  axis_include(&axis, -5);
  axis_include(&axis, NAN);
  axis_include(&axis, INFINITY);
  axis_finish(&axis);
  assert_true(axis.lo == 1 && axis.hi == 10);
  axis = axis_of(false, 3, 3);
  assert_true(axis.lo < 3 && axis.hi > 3);
  axis = axis_of(false, 0, 0);
  assert_true(axis.lo < axis.hi);
  axis = axis_of(true, 7, 7);
  assert_true(axis.lo < 7 && axis.hi > 7);
}

static void test_labels(void **state) {
  static const struct {
    bool log;
    double lo, hi;
    const char *first, *last;
  } row[] = {{false, 0, 1, "0", "1"},         {false, -1, 1, "\u22121", "1"},
             {false, 0, 2.4, "0", "2.5"},     {true, 1e-5, 1, "10\u207b\u2075", "1"},
             {true, 1, 1e6, "1", "10\u2076"}, {false, 0, 4e6, "0", "4\u00b710\u2076"},
             {true, 0.1, 5, "0.1", "5"}};
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    char text[32];
    Axis axis = axis_of(row[i].log, row[i].lo, row[i].hi);
    axis_label(&axis, 0, text, sizeof text);
    assert_string_equal(text, row[i].first);
    axis_label(&axis, axis.n - 1, text, sizeof text);
    assert_string_equal(text, row[i].last);
  }
}

static char *written(const Chart *chart) {
  char *text = NULL;
  size_t n = 0;
  FILE *file = open_memstream(&text, &n);
  assert_non_null(file);
  CHECK_OK(chart_write(chart, file));
  assert_int_equal(fclose(file), 0);
  well_formed(text);
  assert_null(strstr(text, "nan"));
  assert_null(strstr(text, "inf"));
  assert_null(strstr(text, "<script"));
  return text;
}

static int count(const char *text, const char *part) {
  int n = 0;
  for (const char *at = text; (at = strstr(at, part)); at++)
    n++;
  return n;
}

static const char hostile[] = "<script>alert('1')</script> & \"x\"\x01";

/* Points that are not finite or not positive on a logarithmic axis are left out; the rest are there. */
static void test_points(void **state) {
  double x[] = {1, 2, NAN, 4, -5, 6, 7}, y[] = {1, INFINITY, 3, 4, 5, -6, 7}, error[] = {0.5, 1, 1, 100, 1, 1, NAN};
  Chart chart = {.title = hostile, .x_label = hostile, .y_label = hostile, .log_x = true, .log_y = true, .n_series = 1};
  (void)state;
  chart.series[0] = (ChartSeries){hostile, 7, x, y, error, true, true};
  char *text = written(&chart);
  assert_int_equal(count(text, "<circle"), 3);          /* 1, 4, 7 */
  assert_int_equal(count(text, "class=\"l e c0\""), 2); /* the error of the last is none */
  free(text);
  chart.log_x = chart.log_y = false;
  text = written(&chart);
  assert_int_equal(count(text, "<circle"), 5);
  free(text);
}

/* Sixteen series: as many names in the legend, all inside the picture. */
static void test_series(void **state) {
  double x[] = {0, 1, 2}, y[CHART_SERIES][3];
  char name[CHART_SERIES][32];
  Chart chart = {.title = "many", .x_label = "x", .y_label = "y", .n_series = CHART_SERIES};
  (void)state;
  for (int i = 0; i < CHART_SERIES; i++) {
    for (int k = 0; k < 3; k++)
      y[i][k] = i * k;
    snprintf(name[i], sizeof name[i], "the series number %d", i);
    chart.series[i] = (ChartSeries){name[i], 3, x, y[i], NULL, true, true};
  }
  char *text = written(&chart);
  assert_int_equal(count(text, "the series number"), CHART_SERIES);
  const char *box = strstr(text, "viewBox=\"0 0 ");
  assert_non_null(box);
  double width, height;
  assert_int_equal(sscanf(box, "viewBox=\"0 0 %lf %lf", &width, &height), 2);
  for (const char *at = text; (at = strstr(at, "<text x=\"")); at++) {
    double tx, ty;
    assert_int_equal(sscanf(at, "<text x=\"%lf\" y=\"%lf\"", &tx, &ty), 2);
    assert_true(tx >= 0 && tx <= width && ty >= 0 && ty <= height);
  }
  free(text);
}

static void test_bars(void **state) {
  const char *const name[] = {"titanium", hostile, "nothing"};
  const double value[] = {0.6, -0.2, NAN};
  Chart chart = {.title = "bars", .x_label = "index", .n_bars = 3, .bar_name = name, .bar_value = value};
  (void)state;
  char *text = written(&chart);
  assert_int_equal(count(text, "<rect"), 2);
  assert_non_null(strstr(text, "titanium"));
  free(text);
}

static void test_empty(void **state) {
  Chart chart = {.title = "empty", .x_label = NULL, .y_label = NULL, .log_x = true};
  (void)state;
  free(written(&chart));
  chart.n_series = CHART_SERIES + 1;
  PetscPushErrorHandler(check_quiet_, NULL);
  PetscErrorCode code = chart_write(&chart, stdout);
  PetscPopErrorHandler();
  assert_int_equal(code, PETSC_ERR_PLIB);
}

/* Widths of texts and the layout of tables on a terminal. */
static void test_table(void **state) {
  json_t *table;
  char *text = NULL;
  size_t n = 0;
  (void)state;
  assert_int_equal(text_width("E/\u03c1\u00b2"), 4);
  assert_int_equal(text_width("e\u0301"), 1);
  assert_int_equal(text_width("\u9aa8"), 2);
  CHECK_OK(table_new("title", "name|value", &table));
  CHECK_OK(table_row(table, "%s|%d", "\u03c1\u00b2", 7));
  CHECK_OK(table_row(table, "long|%.1f", 123.5));
  CHECK_OK(table_row(table, "none|\u2013"));
  assert_false(table_numeric(table, 0));
  assert_true(table_numeric(table, 1));
  FILE *file = open_memstream(&text, &n);
  table_print(table, file);
  fclose(file);
  assert_non_null(strstr(text, "\n\u03c1\u00b2        7\nlong  123.5\nnone      \u2013\n"));
  free(text);
  PetscPushErrorHandler(check_quiet_, NULL);
  assert_int_equal(table_row(table, "only one"), PETSC_ERR_PLIB);
  PetscPopErrorHandler();
  json_decref(table);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_linear), cmocka_unit_test(test_log),    cmocka_unit_test(test_odd_axes),
    cmocka_unit_test(test_labels), cmocka_unit_test(test_points), cmocka_unit_test(test_series),
    cmocka_unit_test(test_bars),   cmocka_unit_test(test_empty),  cmocka_unit_test(test_table),
};
CHECK_MAIN(tests)
