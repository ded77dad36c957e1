/* collect: columns of a sweep that follow from others, and the names by which columns are found. Kernel. */
#include "cases/sweep/sweep_collect.h"
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME_ROOM = 512 };

bool column_fits(const char *wanted, const char *column) {
  return !strcmp(wanted, column) || !fnmatch(wanted, column, 0);
}

bool column_is_alias(const ColumnCases *cases, const char *wanted, const char *column) {
  char full[NAME_ROOM];
  if (cases && cases->n == 1 && snprintf(full, sizeof full, "%s.%s", cases->name[0], column) < NAME_ROOM)
    return column_fits(wanted, full);
  for (int k = 0; cases && k < cases->n; k++) {
    const size_t n = strlen(cases->name[k]);
    if (!strncmp(column, cases->name[k], n) && column[n] == '.' && !strcmp(wanted, column + n + 1))
      return true;
  }
  return false;
}

/* Names as they stand come first: others count where there is none of them. */
static bool fits(const Collect *collect, const CollectSource *source, const char *name) {
  for (int i = 0; i < collect->n; i++) {
    const char *from = collect->from[i];
    bool direct = column_fits(from, name), any = direct;
    if (direct)
      return true;
    if (!column_is_alias(source->cases, from, name))
      continue;
    for (size_t k = 0; k < source->n && !any; k++)
      any = column_fits(from, source->name[k]);
    if (!any)
      return true;
  }
  return false;
}

double collect_value(const Collect *collect, const CollectSource *source, const char **unit) {
  double value = NAN, count = 0;
  bool gap = false;
  if (unit)
    *unit = collect->unit ? collect->unit : "";
  for (size_t i = 0; i < source->n; i++) {
    const double x = source->value[i];
    if (!fits(collect, source, source->name[i]))
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
