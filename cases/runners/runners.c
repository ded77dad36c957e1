#include "cases/runners/runner.h"
#include <string.h>

const Runner *const runners[] = {
    &runner_unit_cell, &runner_calibrate, &runner_compression, &runner_bending,
    &runner_cage,      &runner_segment,   &runner_sweep,
};
const int n_runners = sizeof runners / sizeof runners[0];

bool runner_cheap(const Runner *runner, const char *key) {
  for (const char *word = runner->cheap; *word; word += strspn(word, " ")) {
    size_t n = strcspn(word, " ");
    if (n && !strncmp(key, word, n) && (!key[n] || key[n] == '.'))
      return true;
    word += n;
  }
  return false;
}
