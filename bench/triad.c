#include "bench/triad.h"

#include "bench/meter.h"
#include "bench/triad_kernel.h"

enum { TRIADS = 10 };

PetscErrorCode triad_bandwidth(MPI_Comm comm, double *bytes_per_s) {
  Meter meter;
  double *a, *b, *c, best = 0;
  PetscMPIInt size;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  const size_t n = (size_t)(TRIAD_BYTES / 24 / size);
  PetscCall(PetscMalloc3(n, &a, n, &b, n, &c));
  for (size_t i = 0; i < n; ++i) {
    a[i] = 0;
    b[i] = (double)i;
    c[i] = 2;
  }
  for (int k = 0; k < TRIADS; ++k) {
    PetscCall(meter_start(comm, &meter));
    triad_kernel(n, 1 + k, b, c, a);
    PetscCall(meter_stop(comm, &meter));
    best = PetscMax(best, 24.0 * (double)n * size / meter.wall_s);
  }
  PetscCheck(a[1] == 1 + 2.0 * TRIADS, PETSC_COMM_SELF, PETSC_ERR_PLIB, "the triad is wrong");
  PetscCall(PetscFree3(a, b, c));
  *bytes_per_s = best;
  PetscFunctionReturn(PETSC_SUCCESS);
}
