/* Reading what the benchmarks printed. bench-table is a plain program: no PETSc, no MPI. */
#ifndef TRABECULA_BENCH_TABLE_H
#define TRABECULA_BENCH_TABLE_H

#include <jansson.h>

/* A number of a line; NAN where it is missing or null. Beside the line's own keys: "speedup" over the line of the same
   name on one rank, and "peer:PROGRAM", the processor time of that program over ours. lines: all of the run. */
double line_number(const json_t *lines, const json_t *line, const char *key);
/* The line of this name and number of ranks, or NULL. */
const json_t *line_find(const json_t *lines, const char *name, int ranks);

/* Prints which targets the lines meet; those without a line are left out. */
void targets_print(const json_t *lines);

/* Counts against the last accepted ones: prints what is outside its band; returns how many are. */
int baseline_check(const json_t *lines, const json_t *baseline);
/* The lines take the place of those of the same name and ranks in baseline. */
void baseline_accept(const json_t *lines, json_t *baseline);

#endif
