#include "cases/body/measure.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>

static bool inside(const double x[3], const double lo[3], const double hi[3]) {
  return x[0] >= lo[0] && x[0] <= hi[0] && x[1] >= lo[1] && x[1] <= hi[1] && x[2] >= lo[2] && x[2] <= hi[2];
}

PetscErrorCode grip_pick_box(const char *name, PetscInt n, const double (*x)[3], const double lo[3], const double hi[3],
                             Grip *grip) {
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(grip, sizeof(*grip)));
  PetscCall(PetscStrncpy(grip->name, name, sizeof(grip->name)));
  for (PetscInt i = 0; i < n; i++)
    grip->n += inside(x[i], lo, hi);
  PetscCall(PetscMalloc1(grip->n, &grip->node));
  grip->n = 0;
  for (PetscInt i = 0; i < n; i++)
    if (inside(x[i], lo, hi))
      grip->node[grip->n++] = i;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether a comes before b: farther to sign along axis, then by the other coordinates. Differences below a nanometre
   are none. */
static bool before(const double a[3], const double b[3], int axis, int sign) {
  const double same = 1e-6;
  if (fabs(a[axis] - b[axis]) > same)
    return sign * a[axis] > sign * b[axis];
  for (int i = 1; i < 3; i++) {
    int k = (axis + i) % 3;
    if (fabs(a[k] - b[k]) > same)
      return a[k] < b[k];
  }
  return false;
}

PetscErrorCode grip_pick_extreme(MPI_Comm comm, const char *name, const Grip *among, const double (*x)[3], int axis,
                                 int sign, Grip *grip) {
  PetscMPIInt rank, size, winner = -1;
  PetscInt best = -1;
  double mine[4] = {0}, *all; /* position, and whether there is one */

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMemzero(grip, sizeof(*grip)));
  PetscCall(PetscStrncpy(grip->name, name, sizeof(grip->name)));
  for (PetscInt i = 0; i < among->n; i++)
    if (best < 0 || before(x[among->node[i]], x[best], axis, sign))
      best = among->node[i];
  if (best >= 0) {
    memcpy(mine, x[best], sizeof(x[best]));
    mine[3] = 1;
  }
  PetscCall(PetscMalloc1(4 * size, &all));
  PetscCallMPI(MPI_Allgather(mine, 4, MPI_DOUBLE, all, 4, MPI_DOUBLE, comm));
  for (PetscMPIInt r = 0; r < size; r++)
    if (all[4 * r + 3] > 0 && (winner < 0 || before(&all[4 * r], &all[4 * winner], axis, sign)))
      winner = r;
  if (winner >= 0)
    memcpy(grip->at, &all[4 * winner], sizeof(grip->at));
  PetscCall(PetscFree(all));
  if (winner == rank) {
    grip->n = 1;
    PetscCall(PetscMalloc1(1, &grip->node));
    grip->node[0] = best;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode grip_release(PetscInt n, Grip *grips) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n; i++)
    PetscCall(PetscFree(grips[i].node));
  PetscFunctionReturn(PETSC_SUCCESS);
}

double measure_balance(PetscInt n, const Grip *grips, const double (*reaction)[6], double length_mm) {
  double sum[6] = {0}, largest = 0;
  for (PetscInt g = 0; g < n; g++) {
    const double *f = reaction[g], *a = grips[g].at;
    for (int i = 0; i < 3; i++) {
      int j = (i + 1) % 3, k = (i + 2) % 3;
      sum[i] += f[i];
      sum[3 + i] += (f[3 + i] + a[j] * f[k] - a[k] * f[j]) / length_mm;
      largest = fmax(largest, fabs(f[i]));
    }
  }
  double far = 0;
  for (int i = 0; i < 6; i++)
    far = fmax(far, fabs(sum[i]));
  return largest > 0 ? far / largest : 0;
}

double measure_without_noise(double value, double scale) { return fabs(value) < 1e-9 * scale ? 0 : value; }

double measure_half_work(PetscInt n, const double (*reaction)[6], const double (*motion)[6]) {
  double work = 0;
  for (PetscInt g = 0; g < n; g++)
    for (int i = 0; i < 6; i++)
      work += reaction[g][i] * motion[g][i];
  return work / 2;
}
