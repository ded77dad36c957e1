/* Merged tables of keys, for keys_check.c only. */
#ifndef TRABECULA_MATERIALS_KEYS_ROWS_H
#define TRABECULA_MATERIALS_KEYS_ROWS_H

#include "materials/keys_tree.h"

enum { ROW_PARTS = 8 };

typedef struct Part {
  const char *text;
  int n;
} Part;

typedef struct Row {
  const KeyRow *key;
  int n, n_wild; /* parts of the path, and how many of them are '*' */
  Part part[ROW_PARTS];
  char last[64]; /* the last part, ended */
} Row;

typedef struct Rows {
  int n;
  Row *row; /* [n] sorted by number of parts, otherwise in the order of the tables */
} Rows;

PetscErrorCode rows_create(MPI_Comm comm, int n_tables, const KeyTable *tables, Rows *rows);
PetscErrorCode rows_destroy(Rows *rows);
/* The row for a chain of names: the one with the fewest '*', of equals the last. NULL: not known. */
const Row *rows_best(const Rows *rows, int depth, const char *const *name);
/* Names that may stand below a chain; returns how many (at most room). */
int rows_members(const Rows *rows, int depth, const char *const *name, int room, const char **names);
bool part_matches(const Part *part, const char *name);

/* "[0, 1)" holds x; NULL holds every x. */
bool range_holds(const char *range, double x);
bool range_valid(const char *range);
/* Is word one of the words, which spaces separate? */
bool words_hold(const char *words, const char *word);
/* "must be a number in (0, 10] mm or one of auto, none" */
void row_expectation(const KeyRow *row, bool whole, size_t n, char *what);
/* The same, with the nearest word if there is one near. */
void word_suggestion(const KeyRow *row, const char *word, size_t n, char *what);

#endif
