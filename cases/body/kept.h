/* Models that outlive a case, so that the next one in the same process finds them: one of a kind, known by the content
   of all that it was made from. All collective; every rank of the process asks in the same order. */
#ifndef TRABECULA_CASES_BODY_KEPT_H
#define TRABECULA_CASES_BODY_KEPT_H

#include "materials/content.h"
#include <petscsys.h>

typedef enum KeptKind {
  KEPT_CAGE_FRAME,
  KEPT_CAGE_VOXELS,
  KEPT_SEGMENT_CAGE,
  KEPT_SEGMENT_VARIANTS,
  KEPT_KINDS
} KeptKind;

/* *thing: the one of that kind and content (of this rank's part), which stays the store's; NULL: there is none, and
   what there was of the kind is destroyed, before a new one is made. Found only where every rank finds it. */
PetscErrorCode kept_find(MPI_Comm comm, KeptKind kind, const Content *content, void *thing);
/* The store takes a finished thing; comm must live until kept_free. */
PetscErrorCode kept_put(MPI_Comm comm, KeptKind kind, const Content *content, double bytes, void *thing,
                        PetscErrorCode (*destroy)(void *thing));
/* At the end of a case: destroys what is too large to wait for another one. bytes are those of all ranks. */
enum { KEPT_BYTES = 1000000000 };
PetscErrorCode kept_trim(void);
/* Destroys all: before PetscFinalize. */
PetscErrorCode kept_free(void);

#endif
