/* bench-table LINES BASELINE [--accept]: what the benchmarks printed, one JSON line each, as a table beside the
   accepted figures. Exit status: 0 good; 1 a count is outside its band; 2 an error. */
#include "bench/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const json_t *line_find(const json_t *lines, const char *name, int ranks) {
  size_t i;
  const json_t *line;
  json_array_foreach(lines, i, line) {
    if (!strcmp(json_string_value(json_object_get(line, "name")), name) &&
        json_integer_value(json_object_get(line, "ranks")) == ranks)
      return line;
  }
  return NULL;
}

static double peer_ratio(const json_t *line, const char *program) {
  const json_t *peer, *list = json_object_get(line, "peers");
  size_t i;
  json_array_foreach(list, i, peer) {
    if (!strcmp(json_string_value(json_object_get(peer, "program")), program))
      return json_number_value(json_object_get(peer, "cpu_ratio"));
  }
  return NAN;
}

double line_number(const json_t *lines, const json_t *line, const char *key) {
  if (!strncmp(key, "peer:", 5))
    return peer_ratio(line, key + 5);
  if (!strcmp(key, "speedup") && line) {
    const json_t *one = line_find(lines, json_string_value(json_object_get(line, "name")), 1);
    return line_number(lines, one, "seconds") / line_number(lines, line, "seconds");
  }
  const json_t *value = json_object_get(line, key);
  return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Columns: title, key, what it is divided by, digits after the point. */
typedef struct Column {
  const char *title, *key;
  double unit;
  int width, digits;
} Column;

static const Column columns[] = {
    {"ranks", "ranks", 1, 5, 0},
    {"Mdof", "dofs", 1e6, 8, 2},
    {"seconds", "seconds", 1, 9, 4},
    {"cpu s", "cpu_seconds", 1, 9, 4},
    {"Mdof/s", "dofs_per_second", 1e6, 8, 2},
    {"a core", "dofs_per_second_per_core", 1e6, 8, 2},
    {"B/dof", "bytes_per_dof", 1, 7, 0},
    {"triad%", "fraction_of_triad", 0.01, 6, 1},
    {"its", "iterations", 1, 4, 0},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* What only some rows say: printed where it is there. */
typedef struct Note {
  const char *key, *text;
} Note;
static const Note notes[] = {
    {"peer:ParOSol", "ParOSol %.3gx"},
    {"peer:VoxelFEM", "VoxelFEM %.3gx"},
    {"peer:FANS", "FANS %.3gx"},
    {"peer:TopOpt_in_PETSc", "TopOpt %.3gx"},
    {"seconds_over_ours", "time %.3gx ours"},
    {"bytes_over_ours", "memory %.3gx ours"},
    {"over_one", "%.3g solves"},
    {"over_solve", "%.3g of a solve"},
    {"in_applications", "%.3g applications"},
    {"whole_seconds", "whole %.4g s"},
};

static void print_value(double value, int width, int digits) {
  if (isnan(value))
    printf(" %*s", width, "-");
  else
    printf(" %*.*f", width, digits, value);
}

static void table_print(const json_t *lines, const json_t *baseline) {
  size_t i;
  const json_t *line;
  printf("%-28s", "row");
  for (int c = 0; c < COLUMNS; ++c)
    printf(" %*s", columns[c].width, columns[c].title);
  printf(" %8s\n", "time/acc");
  json_array_foreach(lines, i, line) {
    const char *name = json_string_value(json_object_get(line, "name"));
    const json_t *before = line_find(baseline, name, (int)line_number(lines, line, "ranks"));
    const char *gap = "  ";
    printf("%-28s", name);
    for (int c = 0; c < COLUMNS; ++c)
      print_value(line_number(lines, line, columns[c].key) / columns[c].unit, columns[c].width, columns[c].digits);
    print_value(line_number(lines, line, "seconds") / line_number(baseline, before, "seconds"), 8, 2);
    for (size_t n = 0; n < sizeof notes / sizeof *notes; ++n) {
      const double value = line_number(lines, line, notes[n].key);
      if (isnan(value))
        continue;
      fputs(gap, stdout);
      printf(notes[n].text, value); /* formats are the table's above */
      gap = ", ";
    }
    putchar('\n');
  }
}

/* The lines of a file; a later one replaces an earlier one of the same name and ranks. NULL after a message. */
static json_t *lines_read(const char *file) {
  json_t *lines = json_array(), *one = json_array();
  char *text = NULL;
  size_t room = 0;
  FILE *in = fopen(file, "r");
  while (in && getline(&text, &room, in) > 0) {
    json_error_t why;
    json_t *line = json_loads(text, 0, &why);
    if (!json_is_string(json_object_get(line, "name")))
      fprintf(stderr, "bench-table: %s: a line is no result: %s", file, text);
    else {
      json_array_clear(one);
      json_array_append(one, line);
      baseline_accept(one, lines);
    }
    json_decref(line);
  }
  if (!in)
    fprintf(stderr, "bench-table: error: cannot read %s\n", file);
  else
    fclose(in);
  free(text);
  json_decref(one);
  if (in)
    return lines;
  json_decref(lines);
  return NULL;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: bench-table LINES BASELINE [--accept]\n");
    return 2;
  }
  json_t *lines = lines_read(argv[1]), *baseline = json_load_file(argv[2], 0, NULL);
  if (!lines)
    return 2;
  if (!json_is_array(baseline)) {
    json_decref(baseline);
    baseline = json_array(); /* nothing accepted so far */
  }
  table_print(lines, baseline);
  targets_print(lines);
  int status = 0;
  if (argc > 3 && !strcmp(argv[3], "--accept")) {
    baseline_accept(lines, baseline);
    if (json_dump_file(baseline, argv[2], JSON_INDENT(1) | JSON_REAL_PRECISION(6))) {
      fprintf(stderr, "bench-table: error: cannot write %s\n", argv[2]);
      status = 2;
    }
  } else if (baseline_check(lines, baseline))
    status = 1;
  json_decref(lines);
  json_decref(baseline);
  return status;
}
