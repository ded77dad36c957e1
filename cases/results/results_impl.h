/* The inside of Results: one JSON record holds all that was said; the summary, the terminal and the report are views of
   it. */
#ifndef TRABECULA_CASES_RESULTS_RESULTS_IMPL_H
#define TRABECULA_CASES_RESULTS_RESULTS_IMPL_H

#include "cases/results/results.h"
#include "solver/files/keep.h"
#include <jansson.h>

struct Results {
  const Case *c; /* borrowed */
  MPI_Comm comm;
  PetscMPIInt rank;
  PetscBool quiet;
  double start; /* MPI_Wtime at the beginning */
  char dir[PETSC_MAX_PATH_LEN];
  char stage[PETSC_MAX_PATH_LEN]; /* folder inside dir where files wait until the run is good */
  size_t made;                    /* folder_make() of dir */
  int claim;                      /* folder_claim() of dir; rank 0 */
  json_t *record;                 /* the same on every rank */
  Keep keep;                      /* folder "": nothing is kept */
};

#define RESULTS_JSON(bad) PetscCheck(!(bad), PETSC_COMM_SELF, PETSC_ERR_MEM, "results record")

/* Raises rank 0's why (size 512; "" for good) on all ranks as a user's mistake. */
PetscErrorCode results_agree(MPI_Comm comm, char *why);
/* A number that JSON can hold: null when it is not finite. */
json_t *results_number(double value);
double results_value(const json_t *number); /* null is NAN */

/* results_stage.c, rank 0 only; 0 when good, else an errno and why. Makes dir and in it the stage, a folder that no
   other run uses; proves that files can be written there; removes stages that killed runs of this machine left. */
int stage_make(Results *results, char *why, size_t n);
/* Names in the stage into record.files. */
int stage_list(Results *results);
/* All files of the stage into dir, summary.json last: where it is, the others are. Files that an earlier run into the
   same dir left and this one does not give are removed. */
int stage_publish(Results *results, char *why, size_t n);

/* checkpoint.c. Sets results->keep up for checkpoints in dir and says what there is of an earlier run; after a good end
   removes them. */
PetscErrorCode checkpoint_begin(Results *results);
PetscErrorCode checkpoint_remove(const Results *results);

/* results_expect.c: fills record.expect; *missed counts. */
PetscErrorCode results_expect(Results *results, int *missed);
/* results_write.c: history.csv, case.resolved.yaml, report.json, report.html, summary.json. Rank 0 of results_finish.
 */
int results_write(Results *results, char *why, size_t n);
/* results_print.c. Rank 0 only. */
void results_print_header(const json_t *record, FILE *file);
PetscErrorCode results_print(const Results *results, FILE *file); /* quiet: only the expectations missed */

#endif
