/* collect: columns of a sweep that follow from others. Kernel. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_COLLECT_H
#define TRABECULA_CASES_SWEEP_SWEEP_COLLECT_H

#include <stdbool.h>
#include <stddef.h>

enum { COLLECTS = 32, COLLECT_NAMES = 16, COLLECT_CASES = 8 };

typedef enum CollectKind { COLLECT_OF, COLLECT_LEAST, COLLECT_GREATEST, COLLECT_MEAN } CollectKind;

typedef struct Collect {
  const char *name, *unit; /* unit NULL: that of what it is collected from, "" where they differ */
  CollectKind kind;
  int n;
  const char *from[COLLECT_NAMES]; /* names, or patterns with * and ? */
  double times;
} Collect;

/* The cases of a sweep. The columns of several bear the names of their cases, those of a single one do not. */
typedef struct ColumnCases {
  int n;
  const char *name[COLLECT_CASES];
} ColumnCases;

typedef struct CollectSource { /* of one point */
  size_t n;
  const char *const *name, *const *unit;
  const double *value;      /* NAN: not there */
  const ColumnCases *cases; /* NULL: names are taken as they stand */
} CollectSource;

/* Whether a column is of this name, or pattern with * and ?; as another name for it: with the name of the case where
   there is only one, a plain name without that of the case where there are several. */
bool column_fits(const char *wanted, const char *column);
bool column_is_alias(const ColumnCases *cases, const char *wanted, const char *column);

/* NAN where nothing fits, or where one that fits is NAN: what a point does not give is not in its source. *unit (may be
 * NULL): its unit. */
double collect_value(const Collect *collect, const CollectSource *source, const char **unit);

#endif
