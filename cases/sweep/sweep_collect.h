/* collect: columns of a sweep that follow from others. Kernel. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_COLLECT_H
#define TRABECULA_CASES_SWEEP_SWEEP_COLLECT_H

#include <stddef.h>

enum { COLLECTS = 32, COLLECT_NAMES = 16 };

typedef enum CollectKind { COLLECT_OF, COLLECT_LEAST, COLLECT_GREATEST, COLLECT_MEAN } CollectKind;

typedef struct Collect {
  const char *name, *unit; /* unit NULL: that of what it is collected from, "" where they differ */
  CollectKind kind;
  int n;
  const char *from[COLLECT_NAMES]; /* names, or patterns with * and ? */
  double times;
} Collect;

typedef struct CollectSource { /* of one point */
  size_t n;
  const char *const *name, *const *unit;
  const double *value; /* NAN: not there */
} CollectSource;

/* NAN where nothing fits, or where one that fits is NAN: what a point does not give is not in its source. *unit (may be
 * NULL): its unit. */
double collect_value(const Collect *collect, const CollectSource *source, const char **unit);

#endif
