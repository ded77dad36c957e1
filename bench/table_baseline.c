#include "bench/table.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

/* How far a count may lie from the accepted one: wanted * relative + absolute. */
typedef struct Band {
  const char *key;
  double relative, absolute;
  bool below_too; /* a smaller one is as wrong as a larger one */
} Band;

static const Band bands[] = {
    {"dofs", 0, 0, true},
    {"answer", 2e-4, 0, true},
    {"iterations", 0.05, 1, false},
    {"our_iterations", 0.05, 1, false},
    {"bytes_per_dof", 0.05, 0, false},
    {"instructions", 0.03, 0, false},
};
enum { BANDS = sizeof bands / sizeof *bands };

static bool outside(const Band *b, double got, double wanted) {
  const double room = b->relative * fabs(wanted) + b->absolute;
  return got > wanted + room || (b->below_too && got < wanted - room);
}

int baseline_check(const json_t *lines, const json_t *baseline) {
  int bad = 0;
  size_t i;
  const json_t *line;
  json_array_foreach(lines, i, line) {
    const char *name = json_string_value(json_object_get(line, "name"));
    const int ranks = (int)json_integer_value(json_object_get(line, "ranks"));
    const json_t *before = line_find(baseline, name, ranks);
    for (int b = 0; b < BANDS && before; ++b) {
      const double got = line_number(lines, line, bands[b].key), wanted = line_number(baseline, before, bands[b].key);
      if (isnan(wanted) || (isnan(got) && bands[b].key[0] == 'i')) /* not counted on one of the machines */
        continue;
      if (isnan(got) || outside(&bands[b], got, wanted)) {
        printf("%s on %d ranks: %s = %.6g, accepted %.6g\n", name, ranks, bands[b].key, got, wanted);
        ++bad;
      }
    }
  }
  return bad;
}

void baseline_accept(const json_t *lines, json_t *baseline) {
  size_t i;
  json_t *line;
  json_array_foreach(lines, i, line) {
    const char *name = json_string_value(json_object_get(line, "name"));
    const int ranks = (int)json_integer_value(json_object_get(line, "ranks"));
    const json_t *before = line_find(baseline, name, ranks);
    size_t at = 0;
    while (at < json_array_size(baseline) && json_array_get(baseline, at) != before)
      ++at;
    if (before)
      json_array_set(baseline, at, line);
    else
      json_array_append(baseline, line);
  }
}
