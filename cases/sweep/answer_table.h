/* What a sweep has computed, as a plain table. */
#ifndef TRABECULA_CASES_SWEEP_ANSWER_TABLE_H
#define TRABECULA_CASES_SWEEP_ANSWER_TABLE_H

#include "cases/sweep/wish.h"
#include <petscsys.h>

enum { ANSWER_AXES = 16 };

typedef enum AnswerAxisKind {
  ANSWER_LINEAR,
  ANSWER_LOG,   /* positive, of importance by its ratios */
  ANSWER_WHOLE, /* only whole numbers are possible */
  ANSWER_WORD,  /* its value is the index of a word */
  ANSWER_CHANCE /* a seed: makes scatter, not a trend */
} AnswerAxisKind;

typedef struct AnswerAxis {
  char name[64], unit[16];
  AnswerAxisKind kind;
  PetscInt n_words;
  const char *const *word; /* [n_words], borrowed */
} AnswerAxis;

typedef struct AnswerColumn {
  char name[96], unit[24];
} AnswerColumn;

typedef struct AnswerTable { /* all borrowed */
  PetscInt n_points, n_axes, n_columns;
  const AnswerAxis *axis;
  const double *at; /* [n_points][n_axes] */
  const AnswerColumn *column;
  const double *value; /* [n_points][n_columns]; NAN where a point has none, or failed */
} AnswerTable;

typedef struct AnswerWish {
  Wish wish;
  PetscInt column;
} AnswerWish;

#endif
