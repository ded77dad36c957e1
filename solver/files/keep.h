/* Keeping work that takes long, so that a run that is stopped goes on from there when it is started again. A Keep is
   made by whoever starts the run and borrowed by the models. All calls are collective and take NULL for "nothing is
   kept". */
#ifndef TRABECULA_SOLVER_FILES_KEEP_H
#define TRABECULA_SOLVER_FILES_KEEP_H

#include "solver/files/record.h"
#include <stdbool.h>

typedef struct Keep Keep;
struct Keep {
  MPI_Comm comm;
  char folder[PETSC_MAX_PATH_LEN];  /* of the records */
  char scratch[PETSC_MAX_PATH_LEN]; /* where they are written, on the same disk */
  Content content;                  /* of all that the models do not know of */
  Content content_ranks;            /* the same, and the number of ranks */
  double seconds;                   /* work between two records; 0: every step and every solve is recorded */
  void (*watch)(bool on);           /* from now on a request to stop waits for keep_due; until it is turned off */
  bool (*asked)(void);              /* this rank was asked to stop */
  PetscErrorCode (*tell)(void *context, bool warning, const char *text); /* one line to the user */
  void *context;
  double start, last, cost; /* s: when the first work began, when the last record was written, what that took */
  PetscBool broken;         /* the disk takes no records: told once, nothing more is tried */
};

/* The error code of a run that stopped because it was asked to. */
#define KEEP_STOPPED ((PetscErrorCode)175)

/* Long work begins and ends: a request to stop is heard between the two. */
void keep_begin(Keep *keep);
void keep_end(Keep *keep);
/* *due: it is time to write a record; *stop: a rank was asked to stop (then a record is due too). */
PetscErrorCode keep_due(Keep *keep, PetscBool *due, PetscBool *stop);
/* The same in two halves, for whoever reduces more than this: a number of each rank, and what their sum says. */
double keep_vote(const Keep *keep);
void keep_count(double votes, PetscBool *due, PetscBool *stop);

/* Whether what took `spent` seconds is to be kept at its end; *stop as above. */
PetscErrorCode keep_worth(Keep *keep, double spent, PetscBool *worth, PetscBool *stop);

/* Writes the record folder/name of what has that content; put writes the tables. A record that cannot be written is
   told once, and the run goes on without. */
PetscErrorCode keep_write(Keep *keep, const char *name, const Content *content,
                          PetscErrorCode (*put)(Record *record, void *context), void *context);
/* The record, or *record NULL: there is none, or it is damaged or of something else, which is told. */
PetscErrorCode keep_open(Keep *keep, const char *name, const Content *content, Record **record);
/* Raises KEEP_STOPPED: "stopped at WHERE; ..." */
PetscErrorCode keep_stop(Keep *keep, const char *where);

#endif
