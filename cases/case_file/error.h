/* How errors are told: one line, once, on stderr. */
#ifndef TRABECULA_CASES_CASE_FILE_ERROR_H
#define TRABECULA_CASES_CASE_FILE_ERROR_H

#include <petscsys.h>

typedef struct ErrorReport {
  char text[2200];
  PetscBool printed;
  PetscBool kept; /* the caller tells it: only where one rank of several ends them all it is printed here */
  PetscBool own;  /* an error of one rank is its own matter: the caller lets the others know */
} ErrorReport;

/* A PETSc error handler; ctx is an ErrorReport. Users' mistakes and solves that do not converge as they are, with
   "trabecula: error: " before them unless they name a place; KEEP_STOPPED as what it is; anything else as an internal
   error with its place. Rank 0 of the communicator prints; an error that one rank of several raises for itself ends
   them all with status 2. */
PetscErrorCode error_handler(MPI_Comm comm, int line, const char *function, const char *file, PetscErrorCode code,
                             PetscErrorType type, const char *message, void *ctx);
/* A text that was told, on one line and without "trabecula: error: " before it. */
void error_line(const char *told, size_t n, char *line);
/* After a failure: waits a moment until all ranks have failed; if some have not, ends them with status 2 (and prints
   what nobody printed). */
void error_meet(ErrorReport *report);

#endif
