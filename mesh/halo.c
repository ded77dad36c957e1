#include "mesh/halo.h"

/* Starts one exchange with all neighbours: neighbour k gets what begins at send_start[k] and gives what begins at
   receive_start[k]; three values a node. */
static PetscErrorCode exchange_start(const Halo *h, size_t size, const char *send, const PetscInt *send_start,
                                     char *receive, const PetscInt *receive_start) {
  const MPI_Datatype type = size == sizeof(double) ? MPI_DOUBLE : MPI_FLOAT;
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
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode halo_broadcast_finish(const Halo *h) {
  PetscFunctionBeginUser;
  if (h->n)
    PetscCallMPI(MPI_Waitall(2 * h->n, h->request, MPI_STATUSES_IGNORE));
  PetscFunctionReturn(PETSC_SUCCESS);
}

#define HALO_FUNCTIONS(REAL)                                                                                           \
  PetscErrorCode halo_broadcast_start_##REAL(const Halo *h, REAL *x) {                                                 \
    REAL *buffer = h->buffer;                                                                                          \
    PetscFunctionBeginUser;                                                                                            \
    if (!h->n)                                                                                                         \
      PetscFunctionReturn(PETSC_SUCCESS);                                                                              \
    for (PetscInt i = 0; i < h->root_start[h->n]; ++i)                                                                 \
      for (int c = 0; c < 3; ++c)                                                                                      \
        buffer[3 * (size_t)i + (size_t)c] = x[3 * (size_t)h->root[i] + (size_t)c];                                     \
    PetscCall(exchange_start(h, sizeof(REAL), (char *)buffer, h->root_start, (char *)x, h->ghost_start));              \
    PetscFunctionReturn(PETSC_SUCCESS);                                                                                \
  }                                                                                                                    \
  PetscErrorCode halo_add_start_##REAL(const Halo *h, REAL *x) {                                                       \
    PetscFunctionBeginUser;                                                                                            \
    if (h->n)                                                                                                          \
      PetscCall(exchange_start(h, sizeof(REAL), (char *)x, h->ghost_start, h->buffer, h->root_start));                 \
    PetscFunctionReturn(PETSC_SUCCESS);                                                                                \
  }                                                                                                                    \
  PetscErrorCode halo_add_finish_##REAL(const Halo *h, REAL *x) {                                                      \
    const REAL *buffer = h->buffer;                                                                                    \
    PetscFunctionBeginUser;                                                                                            \
    PetscCall(halo_broadcast_finish(h));                                                                               \
    for (PetscInt i = 0; h->n && i < h->root_start[h->n]; ++i)                                                         \
      for (int c = 0; c < 3; ++c)                                                                                      \
        x[3 * (size_t)h->root[i] + (size_t)c] += buffer[3 * (size_t)i + (size_t)c];                                    \
    PetscFunctionReturn(PETSC_SUCCESS);                                                                                \
  }                                                                                                                    \
  PetscErrorCode halo_broadcast_##REAL(const Halo *h, REAL *x) {                                                       \
    PetscFunctionBeginUser;                                                                                            \
    PetscCall(halo_broadcast_start_##REAL(h, x));                                                                      \
    PetscCall(halo_broadcast_finish(h));                                                                               \
    PetscFunctionReturn(PETSC_SUCCESS);                                                                                \
  }                                                                                                                    \
  PetscErrorCode halo_add_##REAL(const Halo *h, REAL *x) {                                                             \
    PetscFunctionBeginUser;                                                                                            \
    PetscCall(halo_add_start_##REAL(h, x));                                                                            \
    PetscCall(halo_add_finish_##REAL(h, x));                                                                           \
    PetscFunctionReturn(PETSC_SUCCESS);                                                                                \
  }
HALO_FUNCTIONS(double)
HALO_FUNCTIONS(float)

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
