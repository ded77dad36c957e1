/* Driver: see keep.h. */
#include "solver/files/keep.h"
#include <math.h>
#include <petsctime.h>

/* Writing takes at most this part of the time, unless every step is asked for. */
static const double MOST_COST = 0.1;
/* Votes: how many ranks were asked to stop, and far above any number of ranks whether the time has come. */
static const double DUE = 1e9;

static double now(void) {
  PetscLogDouble t = 0;
  (void)PetscTime(&t);
  return t;
}

void keep_begin(Keep *keep) {
  if (!keep)
    return;
  keep->watch(true);
  if (keep->start == 0)
    keep->start = keep->last = now();
}

void keep_end(Keep *keep) {
  if (keep)
    keep->watch(false);
}

/* On rank 0. */
static bool worth_writing(const Keep *keep, double since, double spent) {
  const bool early = since < keep->seconds || (keep->seconds > 0 && spent < keep->cost / MOST_COST);
  return !keep->broken && !early;
}

double keep_vote(const Keep *keep) {
  int rank = 0;
  if (!keep)
    return 0;
  MPI_Comm_rank(keep->comm, &rank);
  const double since = now() - keep->last;
  const bool due = !rank && worth_writing(keep, since, since);
  return (due ? DUE : 0) + (keep->asked() ? 1 : 0);
}

void keep_count(double votes, PetscBool *due, PetscBool *stop) {
  *stop = (PetscBool)(fmod(votes, DUE) > 0);
  *due = (PetscBool)(votes > 0);
}

PetscErrorCode keep_due(Keep *keep, PetscBool *due, PetscBool *stop) {
  double votes = keep_vote(keep);

  PetscFunctionBeginUser;
  if (keep)
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &votes, 1, MPI_DOUBLE, MPI_SUM, keep->comm));
  keep_count(votes, due, stop);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode keep_worth(Keep *keep, double spent, PetscBool *worth, PetscBool *stop) {
  double votes = 0;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  if (keep) {
    PetscCallMPI(MPI_Comm_rank(keep->comm, &rank));
    votes = (!rank && worth_writing(keep, now() - keep->start, spent) ? DUE : 0) + (keep->asked() ? 1 : 0);
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &votes, 1, MPI_DOUBLE, MPI_SUM, keep->comm));
  }
  keep_count(votes, worth, stop);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode path_of(const Keep *keep, const char *name, char *file) {
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(file, PETSC_MAX_PATH_LEN, "%s/%s", keep->folder, name));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode keep_write(Keep *keep, const char *name, const Content *content, PetscErrorCode (*put)(Record *, void *),
                          void *context) {
  char file[PETSC_MAX_PATH_LEN], why[RECORD_WHY], text[RECORD_WHY + PETSC_MAX_PATH_LEN + 64];
  const double start = now();
  PetscBool good;
  Record *record;

  PetscFunctionBeginUser;
  if (!keep || keep->broken)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(path_of(keep, name, file));
  PetscCall(record_create(keep->comm, keep->scratch, file, content, &record));
  PetscCall(put(record, context));
  PetscCall(record_finish(&record, &good, why, NULL));
  keep->last = now();
  keep->cost = keep->last - start;
  if (!good) {
    keep->broken = PETSC_TRUE;
    PetscCall(PetscSNPrintf(text, sizeof text, "the checkpoint '%s' cannot be written (%s): the run goes on without",
                            file, why));
    PetscCall(keep->tell(keep->context, true, text));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode keep_open(Keep *keep, const char *name, const Content *content, Record **record) {
  static const char *const said[] = {
      [RECORD_DAMAGED] = "is damaged", [RECORD_FOREIGN] = "is of another case, of other files or of another version"};
  char file[PETSC_MAX_PATH_LEN], text[PETSC_MAX_PATH_LEN + 128];
  RecordState state;

  PetscFunctionBeginUser;
  *record = NULL;
  if (!keep)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(path_of(keep, name, file));
  PetscCall(record_open(keep->comm, file, content, &state, record));
  if (state == RECORD_DAMAGED || state == RECORD_FOREIGN) {
    PetscCall(PetscSNPrintf(text, sizeof text, "the checkpoint '%s' %s: it is not used", file, said[state]));
    PetscCall(keep->tell(keep->context, true, text));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode keep_stop(Keep *keep, const char *where) {
  PetscFunctionBeginUser;
  SETERRQ(keep->comm, KEEP_STOPPED, "stopped on request: %s; the same command goes on%s", where,
          keep->broken ? " from an earlier checkpoint, or begins anew" : " from there");
}
