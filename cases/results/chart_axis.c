#include "cases/results/chart_axis.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

Axis axis_empty(bool log) { return (Axis){.log = log, .lo = INFINITY, .hi = -INFINITY}; }

void axis_include(Axis *axis, double value) {
  if (!isfinite(value) || (axis->log && value <= 0))
    return;
  axis->lo = fmin(axis->lo, value);
  axis->hi = fmax(axis->hi, value);
}

static void add(Axis *axis, double value, bool labelled) {
  if (axis->n == AXIS_TICKS)
    return;
  axis->tick[axis->n] = value;
  axis->labelled[axis->n++] = labelled;
}

/* Largest (up: smallest) of 1, 2, 5 times a power of ten that is not above (below) x > 0. */
static double round_125(double x, bool up) {
  double decade = pow(10, floor(log10(x) + 1e-9)), mantissa = x / decade;
  static const double steps[] = {1, 2, 5, 10};
  int i = 0;
  if (up) {
    while (i < 3 && steps[i] < mantissa * (1 - 1e-9))
      i++;
  } else
    while (i < 3 && steps[i + 1] <= mantissa * (1 + 1e-9))
      i++;
  return steps[i] * decade;
}

static void finish_linear(Axis *axis) {
  double span = axis->hi - axis->lo;
  if (axis->lo > 0 && axis->lo < 0.4 * axis->hi)
    axis->lo = 0; /* zero is worth seeing when it is near */
  if (axis->hi < 0 && axis->hi > 0.4 * axis->lo)
    axis->hi = 0;
  if (!(span > 1e-12 * fmax(fabs(axis->lo), fabs(axis->hi)))) {
    double pad = 0.1 * fabs(axis->lo);
    axis->lo -= pad;
    axis->hi += pad > 0 ? pad : 1;
  }
  double step = round_125((axis->hi - axis->lo) / 6, true);
  axis->lo = step * floor(axis->lo / step + 1e-9);
  axis->hi = step * ceil(axis->hi / step - 1e-9);
  int n = (int)lround((axis->hi - axis->lo) / step);
  for (int i = 0; i <= n; i++) {
    double tick = axis->lo + i * step;
    add(axis, fabs(tick) < 1e-9 * step ? 0 : tick, true);
  }
}

static void finish_log(Axis *axis) {
  if (axis->hi / axis->lo < 1 + 1e-9) {
    axis->lo /= 2;
    axis->hi *= 2;
  }
  axis->lo = round_125(axis->lo, false);
  axis->hi = round_125(axis->hi, true);
  double decades = log10(axis->hi / axis->lo);
  int skip = decades > 12 ? (int)ceil(decades / 12) : 1; /* very long axes: not every decade */
  int first = (int)floor(log10(axis->lo) + 1e-9), last = (int)ceil(log10(axis->hi) - 1e-9);
  for (int d = first; d <= last; d++)
    for (int m = 1; m <= 9; m++) {
      double tick = m * pow(10, d);
      bool labelled = m == 1        ? (d - first) % skip == 0
                      : decades < 1 ? (m <= 5 || m == 7)
                                    : (decades < 3.5 && (m == 2 || m == 5));
      bool fine = decades < 5;
      if (tick > axis->lo * (1 - 1e-9) && tick < axis->hi * (1 + 1e-9) && (labelled || fine || m == 1))
        add(axis, tick, labelled);
    }
}

void axis_finish(Axis *axis) {
  if (!(axis->lo <= axis->hi)) {
    axis->lo = axis->log ? 1 : 0;
    axis->hi = axis->log ? 10 : 1;
  }
  if (axis->log)
    finish_log(axis);
  else
    finish_linear(axis);
}

double axis_pixel(const Axis *axis, double value) {
  double t = axis->log ? log(fmax(value, axis->lo * 1e-3) / axis->lo) / log(axis->hi / axis->lo)
                       : (value - axis->lo) / (axis->hi - axis->lo);
  return axis->from + t * (axis->to - axis->from);
}

static void power_label(double value, char *text, size_t n) {
  static const char *const digit[] = {"\u2070", "\u00b9", "\u00b2", "\u00b3", "\u2074",
                                      "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
  int power = (int)floor(log10(fabs(value)) + 1e-9), shown = power < 0 ? -power : power;
  double mantissa = value / pow(10, power);
  size_t used =
      fabs(mantissa - 1) < 1e-9 ? (size_t)snprintf(text, n, "10") : (size_t)snprintf(text, n, "%.3g\u00b710", mantissa);
  used += (size_t)snprintf(text + used, n - used, "%s", power < 0 ? "\u207b" : "");
  if (shown >= 100)
    used += (size_t)snprintf(text + used, n - used, "%s", digit[shown / 100]);
  if (shown >= 10)
    used += (size_t)snprintf(text + used, n - used, "%s", digit[shown / 10 % 10]);
  snprintf(text + used, n - used, "%s", digit[shown % 10]);
}

void axis_label(const Axis *axis, int tick, char *text, size_t n) {
  double value = axis->tick[tick], largest = fmax(fabs(axis->lo), fabs(axis->hi));
  double size = axis->log ? fabs(value) : largest; /* the labels of a linear axis are all of one kind */
  if (value != 0 && (size >= (axis->log ? 1e5 : 1e6) || size < 1e-3))
    power_label(value, text, n);
  else
    snprintf(text, n, "%.6g", value);
  if (text[0] == '-' && strlen(text) + 3 < n) { /* a true minus sign */
    memmove(text + 3, text + 1, strlen(text));
    memcpy(text, "\u2212", 3);
  }
}
