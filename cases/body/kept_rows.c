#include "cases/body/kept_rows.h"
#include <inttypes.h>

/* A task that is shared out by other rules on every number of ranks has the rank in its name. */
static void name_record(const char *what, int rank, KeptRows *kept) {
  kept->content = kept->keep.content_ranks;
  content_add_text(&kept->content, what);
  content_add(&kept->content, sizeof rank, &rank);
  snprintf(kept->name, sizeof kept->name, "checkpoint-%016" PRIx64 "-%016" PRIx64 ".h5", kept->keep.content_ranks.high,
           kept->content.high);
}

/* Rows of a record: their number, then their values. */
static PetscErrorCode put(Record *record, void *context) {
  const KeptRows *kept = context;
  const PetscInt wide = kept->width + 1;
  PetscInt n = 0;
  double *row;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(kept->n * wide, &row));
  for (PetscInt i = 0; i < kept->n; i++)
    if (kept->done[i]) {
      row[n * wide] = (double)i;
      PetscCall(PetscArraycpy(row + n++ * wide + 1, kept->row + i * kept->width, kept->width));
    }
  PetscCall(record_put(record, "rows", n, wide, row));
  PetscCall(PetscFree(row));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Numbers of rows are checked; the values may be any, also none (NAN), as the one who computes them says. */
static PetscErrorCode take(Record *record, KeptRows *kept, PetscInt *taken) {
  const PetscInt wide = kept->width + 1;
  PetscInt64 n;
  double *row;
  bool good = true;

  PetscFunctionBeginUser;
  PetscCall(record_rows(record, "rows", &n));
  PetscCall(PetscMalloc1(n * wide, &row));
  PetscErrorCode failed = record_get(record, "rows", n, wide, row);
  for (PetscInt64 k = 0; !failed && good && k < n; k++) {
    const PetscInt i = record_count(row[k * wide], 0, kept->n - 1, &good);
    good = good && !kept->done[i];
    PetscCall(PetscArraycpy(kept->row + i * kept->width, row + k * wide + 1, kept->width));
    kept->done[i] = good;
  }
  if (!failed)
    failed = record_check(record, good, "rows");
  *taken = (PetscInt)n;
  PetscCall(PetscFree(row));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void watch_nothing(bool on) { (void)on; }
static bool ask_nothing(void) { return false; }

PetscErrorCode kept_rows_begin(Results *results, const char *what, PetscInt n, PetscInt width, double *row,
                               KeptRows *kept) {
  const Keep *keep = results_keep(results);
  PetscMPIInt rank;
  PetscInt taken = 0;
  Record *record;

  PetscFunctionBeginUser;
  *kept = (KeptRows){.n = n, .width = width, .row = row};
  PetscCall(PetscCalloc1(n, &kept->done));
  if (!keep)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCallMPI(MPI_Comm_rank(keep->comm, &rank));
  kept->keep = *keep;
  kept->keep.comm = PETSC_COMM_SELF;
  kept->keep.watch = watch_nothing;
  kept->keep.asked = ask_nothing;
  name_record(what, rank, kept);
  PetscCall(keep_open(&kept->keep, kept->name, &kept->content, &record));
  PetscErrorCode failed = record ? take(record, kept, &taken) : PETSC_SUCCESS;
  PetscCall(record_close(&record));
  if (failed)
    PetscCall(kept_rows_end(kept));
  PetscCall(failed);
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &taken, 1, MPIU_INT, MPI_SUM, keep->comm));
  if (taken)
    PetscCall(results_progress(results, "frame: %" PetscInt_FMT " of %" PetscInt_FMT " %s are taken from checkpoints",
                               taken, n, what));
  kept->keep.start = 0; /* the work begins */
  keep_begin(&kept->keep);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode kept_rows_add(KeptRows *kept, PetscInt i) {
  PetscBool due, stop;

  PetscFunctionBeginUser;
  kept->done[i] = true;
  if (!kept->keep.folder[0])
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(keep_due(&kept->keep, &due, &stop));
  if (due)
    PetscCall(keep_write(&kept->keep, kept->name, &kept->content, put, kept));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode kept_rows_end(KeptRows *kept) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(kept->done));
  PetscFunctionReturn(PETSC_SUCCESS);
}
