#include "cases/sweep/sweep_collect.h"
#include <fnmatch.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

static bool fits(const Collect *collect, const char *name) {
  for (int i = 0; i < collect->n; i++)
    if (!strcmp(collect->from[i], name) || !fnmatch(collect->from[i], name, 0))
      return true;
  return false;
}

double collect_value(const Collect *collect, const CollectSource *source, const char **unit) {
  double value = NAN, count = 0;
  bool gap = false;
  if (unit)
    *unit = collect->unit ? collect->unit : "";
  for (size_t i = 0; i < source->n; i++) {
    const double x = source->value[i];
    if (!fits(collect, source->name[i]))
      continue;
    gap = gap || isnan(x);
    if (unit && !collect->unit)
      *unit = !count || !strcmp(*unit, source->unit[i]) ? source->unit[i] : "";
    if (!count++ || (collect->kind == COLLECT_LEAST && x < value) || (collect->kind == COLLECT_GREATEST && x > value))
      value = x;
    else if (collect->kind == COLLECT_MEAN)
      value += x;
  }
  return gap ? NAN : (collect->kind == COLLECT_MEAN ? value / count : value) * collect->times;
}
