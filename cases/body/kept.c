#include "cases/body/kept.h"

static struct {
  MPI_Comm comm;
  Content content;
  double bytes;
  void *thing;
  PetscErrorCode (*destroy)(void *thing);
} kept[KEPT_KINDS];

static PetscErrorCode drop(int kind) {
  void *thing = kept[kind].thing;
  PetscFunctionBeginUser;
  kept[kind].thing = NULL;
  if (thing)
    PetscCall(kept[kind].destroy(thing));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode kept_find(MPI_Comm comm, KeptKind kind, const Content *content, void *thing) {
  const Content *old = &kept[kind].content;
  int same = kept[kind].thing && kept[kind].comm == comm && old->low == content->low && old->high == content->high;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &same, 1, MPI_INT, MPI_MIN, comm));
  if (!same)
    PetscCall(drop(kind));
  *(void **)thing = kept[kind].thing;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode kept_put(MPI_Comm comm, KeptKind kind, const Content *content, double bytes, void *thing,
                        PetscErrorCode (*destroy)(void *thing)) {
  PetscFunctionBeginUser;
  PetscCall(drop(kind));
  kept[kind].comm = comm;
  kept[kind].content = *content;
  kept[kind].bytes = bytes;
  kept[kind].thing = thing;
  kept[kind].destroy = destroy;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode kept_trim(void) {
  PetscFunctionBeginUser;
  for (int kind = 0; kind < KEPT_KINDS; kind++)
    if (kept[kind].bytes > KEPT_BYTES)
      PetscCall(drop(kind));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode kept_free(void) {
  PetscFunctionBeginUser;
  for (int kind = 0; kind < KEPT_KINDS; kind++)
    PetscCall(drop(kind));
  PetscFunctionReturn(PETSC_SUCCESS);
}
