/* Axes with round numbers. Kernel. */
#ifndef TRABECULA_CASES_RESULTS_CHART_AXIS_H
#define TRABECULA_CASES_RESULTS_CHART_AXIS_H

#include <stdbool.h>
#include <stddef.h>

enum { AXIS_TICKS = 128 };

typedef struct Axis {
  bool log;
  double lo, hi;   /* of the data while collecting, then of the axis */
  double from, to; /* pixels of lo and hi */
  int n;           /* ticks */
  double tick[AXIS_TICKS];
  bool labelled[AXIS_TICKS]; /* else a fine grid line */
} Axis;

Axis axis_empty(bool log);
/* Widens the range; values that are not finite, or not positive on a logarithmic axis, do not count. */
void axis_include(Axis *axis, double value);
/* Rounds the range outwards and sets the ticks: 1-2-5 steps on a linear axis, decades with 2 and 5 on a logarithmic
   one. An axis without data becomes 0 .. 1 (1 .. 10). */
void axis_finish(Axis *axis);
double axis_pixel(const Axis *axis, double value);
/* "0.25", "2000", "10⁻⁵". size of text >= 32 */
void axis_label(const Axis *axis, int tick, char *text, size_t n);

#endif
