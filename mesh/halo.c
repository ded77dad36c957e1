#include "mesh/halo.h"

/* One neighbourhood exchange: out[k] is sent from send + start, in[k] received; three values a node. */
static PetscErrorCode exchange(const Halo *h, MPI_Datatype type, size_t size, char *send, const PetscInt *send_start,
                               char *receive, const PetscInt *receive_start) {
  PetscFunctionBeginUser;
  for (int k = 0; k < h->n; ++k) {
    PetscMPIInt ns, nr;
    PetscCall(PetscMPIIntCast(3 * (send_start[k + 1] - send_start[k]), &ns));
    PetscCall(PetscMPIIntCast(3 * (receive_start[k + 1] - receive_start[k]), &nr));
    PetscCallMPI(
        MPI_Irecv(receive + 3 * size * (size_t)receive_start[k], nr, type, h->rank[k], 7, h->comm, &h->request[2 * k]));
    PetscCallMPI(
        MPI_Isend(send + 3 * size * (size_t)send_start[k], ns, type, h->rank[k], 7, h->comm, &h->request[2 * k + 1]));
  }
  PetscCallMPI(MPI_Waitall(2 * h->n, h->request, MPI_STATUSES_IGNORE));
  PetscFunctionReturn(PETSC_SUCCESS);
}

#define HALO_FUNCTIONS(REAL, TYPE)                                                                                     \
  PetscErrorCode halo_broadcast_##REAL(const Halo *h, REAL *x) {                                                       \
    REAL *buffer = h->buffer;                                                                                          \
    PetscFunctionBeginUser;                                                                                            \
    if (!h->n)                                                                                                         \
      PetscFunctionReturn(PETSC_SUCCESS);                                                                              \
    for (PetscInt i = 0; i < h->root_start[h->n]; ++i)                                                                 \
      for (int c = 0; c < 3; ++c)                                                                                      \
        buffer[3 * i + c] = x[3 * (size_t)h->root[i] + c];                                                             \
    PetscCall(exchange(h, TYPE, sizeof(REAL), (char *)buffer, h->root_start, (char *)x, h->ghost_start));              \
    PetscFunctionReturn(PETSC_SUCCESS);                                                                                \
  }                                                                                                                    \
  PetscErrorCode halo_add_##REAL(const Halo *h, REAL *x) {                                                             \
    REAL *buffer = h->buffer;                                                                                          \
    PetscFunctionBeginUser;                                                                                            \
    if (!h->n)                                                                                                         \
      PetscFunctionReturn(PETSC_SUCCESS);                                                                              \
    PetscCall(exchange(h, TYPE, sizeof(REAL), (char *)x, h->ghost_start, (char *)buffer, h->root_start));              \
    for (PetscInt i = 0; i < h->root_start[h->n]; ++i)                                                                 \
      for (int c = 0; c < 3; ++c)                                                                                      \
        x[3 * (size_t)h->root[i] + c] += buffer[3 * i + c];                                                            \
    PetscFunctionReturn(PETSC_SUCCESS);                                                                                \
  }
HALO_FUNCTIONS(double, MPI_DOUBLE)
HALO_FUNCTIONS(float, MPI_FLOAT)

PetscErrorCode halo_free(Halo *h) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(h->rank));
  PetscCall(PetscFree(h->root_start));
  PetscCall(PetscFree(h->root));
  PetscCall(PetscFree(h->ghost_start));
  PetscCall(PetscFree(h->buffer));
  PetscCall(PetscFree(h->request));
  PetscFunctionReturn(PETSC_SUCCESS);
}
