/* Answers of many small tasks, kept as they come: each rank has a record of its own finished rows, so that none waits
   for another. A request to stop ends such a run at once; what was written by then is found again, on the same number
   of ranks. */
#ifndef TRABECULA_CASES_BODY_KEPT_ROWS_H
#define TRABECULA_CASES_BODY_KEPT_ROWS_H

#include "cases/results/results.h"
#include "solver/files/keep.h"

typedef struct KeptRows {
  Keep keep; /* of this rank alone; folder "": nothing is kept */
  char name[64];
  Content content;
  PetscInt n, width;
  double *row; /* [n][width] borrowed */
  bool *done;  /* [n] this rank has it */
} KeptRows;

/* Collective. what tells the tasks from others of the same case; fills in the rows that there are. results may be NULL.
 */
PetscErrorCode kept_rows_begin(Results *results, const char *what, PetscInt n, PetscInt width, double *row,
                               KeptRows *kept);
/* Row i is there. */
PetscErrorCode kept_rows_add(KeptRows *kept, PetscInt i);
PetscErrorCode kept_rows_end(KeptRows *kept);

#endif
