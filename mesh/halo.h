/* Copies of other ranks' nodes: owners send values, ghosts return contributions. */
#ifndef TRABECULA_MESH_HALO_H
#define TRABECULA_MESH_HALO_H

#include <petscsys.h>
#include <stdint.h>

/* Ghost nodes are ordered by neighbour, so each neighbour's are one run; roots are this rank's owned nodes that
   neighbour k holds ghosts of, in the order of its ghosts. */
typedef struct Halo {
  MPI_Comm comm;
  int n;                 /* neighbours */
  int *rank;             /* [n] */
  PetscInt *root_start;  /* [n + 1] into root */
  int32_t *root;         /* owned local node indices */
  PetscInt *ghost_start; /* [n + 1] local node indices; ghost_start[0] = nodes_owned */
  void *buffer;          /* room for 3 doubles a root */
  MPI_Request *request;  /* [2 n] */
} Halo;

/* x [nodes_local][3]: broadcast: owned values to the ghosts; add: ghost values added into the owned ones (ghosts keep
   theirs). Collective over neighbours. Between start and finish of one exchange no other may start, ghosts of x must be
   left alone, and in an add the owned values may change but are only complete after finish. */
PetscErrorCode halo_broadcast_start_double(const Halo *halo, double *x);
PetscErrorCode halo_broadcast_start_float(const Halo *halo, float *x);
PetscErrorCode halo_broadcast_finish(const Halo *halo);
PetscErrorCode halo_add_start_double(const Halo *halo, double *x);
PetscErrorCode halo_add_start_float(const Halo *halo, float *x);
PetscErrorCode halo_add_finish_double(const Halo *halo, double *x);
PetscErrorCode halo_add_finish_float(const Halo *halo, float *x);
/* Both halves at once. */
PetscErrorCode halo_broadcast_double(const Halo *halo, double *x);
PetscErrorCode halo_broadcast_float(const Halo *halo, float *x);
PetscErrorCode halo_add_double(const Halo *halo, double *x);
PetscErrorCode halo_add_float(const Halo *halo, float *x);
PetscErrorCode halo_free(Halo *halo);

#endif
