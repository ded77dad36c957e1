/* What a sweep has computed, as a plain table. */
#ifndef TRABECULA_CASES_SWEEP_TABLE_H
#define TRABECULA_CASES_SWEEP_TABLE_H

#include "cases/wish.h"
#include <petscsys.h>

enum { SWEEP_AXES = 16 };

typedef enum SweepAxisKind {
  SWEEP_LINEAR,
  SWEEP_LOG,   /* positive, of importance by its ratios */
  SWEEP_WHOLE, /* only whole numbers are possible */
  SWEEP_WORD,  /* its value is the index of a word */
  SWEEP_CHANCE /* a seed: makes scatter, not a trend */
} SweepAxisKind;

typedef struct SweepAxis {
  char name[64], unit[16];
  SweepAxisKind kind;
  PetscInt n_words;
  const char *const *word; /* [n_words], borrowed */
} SweepAxis;

typedef struct SweepColumn {
  char name[96], unit[24];
} SweepColumn;

typedef struct SweepTable { /* all borrowed */
  PetscInt n_points, n_axes, n_columns;
  const SweepAxis *axis;
  const double *at; /* [n_points][n_axes] */
  const SweepColumn *column;
  const double *value; /* [n_points][n_columns]; NAN where a point has none, or failed */
} SweepTable;

typedef struct SweepWish {
  Wish wish;
  PetscInt column;
} SweepWish;

#endif
