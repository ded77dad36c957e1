/* Numbers as people say them: an estimate has no more digits. */
#ifndef TRABECULA_CASES_RESULTS_SAY_H
#define TRABECULA_CASES_RESULTS_SAY_H

#include <stddef.h>

void say_count(double count, size_t n, char *text); /* 1234567 as "1.23 million" */
void say_bytes(double bytes, size_t n, char *text); /* "1.2 GB" */
void say_seconds(double s, size_t n, char *text);   /* "below a second", "12 s", "3.1 min" */

#endif
