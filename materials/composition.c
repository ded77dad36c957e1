#include "materials/composition.h"

#include <math.h>

CompositionVerdict composition_verdict(double powder_ppm, double limit_ppm) {
  if (isnan(powder_ppm))
    return COMPOSITION_NOT_MEASURED;
  if (isnan(limit_ppm))
    return COMPOSITION_NO_LIMIT;
  return powder_ppm > limit_ppm ? COMPOSITION_EXCEEDS : COMPOSITION_WITHIN;
}

const char *composition_word(CompositionVerdict verdict) {
  static const char *const word[] = {
      [COMPOSITION_WITHIN] = "within",
      [COMPOSITION_EXCEEDS] = "exceeds",
      [COMPOSITION_NOT_MEASURED] = "not measured",
      [COMPOSITION_NO_LIMIT] = "no limit",
  };
  return word[verdict];
}

int composition_count(int n, const CompositionRow *row, CompositionVerdict verdict) {
  int count = 0;
  for (int i = 0; i < n; i++)
    count += row[i].verdict == verdict;
  return count;
}
