#include "cases/results/say.h"
#include <stdio.h>

void say_count(double count, size_t n, char *text) {
  if (count >= 1e9)
    snprintf(text, n, "%.3g billion", count / 1e9);
  else if (count >= 1e6)
    snprintf(text, n, "%.3g million", count / 1e6);
  else
    snprintf(text, n, "%.0f", count);
}

void say_bytes(double bytes, size_t n, char *text) {
  if (bytes >= 1e9)
    snprintf(text, n, "%.3g GB", bytes / 1e9);
  else
    snprintf(text, n, "%.3g MB", bytes / 1e6);
}

void say_seconds(double s, size_t n, char *text) {
  if (s < 1)
    snprintf(text, n, "below a second");
  else if (s < 120)
    snprintf(text, n, "%.2g s", s);
  else if (s < 7200)
    snprintf(text, n, "%.2g min", s / 60);
  else
    snprintf(text, n, "%.2g h", s / 3600);
}
