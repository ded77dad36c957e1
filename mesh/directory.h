/* Which rank holds which leaf: the sorted Morton keys of all leaves, the same on every rank. */
#ifndef TRABECULA_MESH_DIRECTORY_H
#define TRABECULA_MESH_DIRECTORY_H

#include "mesh/grid.h"

typedef struct Directory {
  PetscInt64 n;
  uint64_t *key;  /* [n] ascending */
  int32_t *owner; /* [n] rank */
} Directory;

/* Collective. Sorts the leaves of every rank by key and gathers their keys. */
PetscErrorCode directory_create(MPI_Comm comm, Leaves *leaves, Directory *directory);
PetscErrorCode directory_free(Directory *directory);
/* Sorts the leaves of this rank by Morton key, in place. */
PetscErrorCode leaves_sort(Leaves *leaves);
/* The same by rank [n]. */
PetscErrorCode leaves_sort_by(Leaves *leaves, const PetscInt64 *rank);

/* Position of key in n sorted keys, -1 if it is not there. */
PetscInt64 key_find(const uint64_t *key, PetscInt64 n, uint64_t wanted);
/* Coordinates of the leaf displaced by step (-1, 0, 1 an axis), wrapped in periodic directions; false: outside. */
bool leaf_neighbour(const GridBox *box, const int32_t at[3], const int step[3], int32_t out[3]);
/* Leaf coordinates of a Morton key. */
void morton_at(uint64_t key, int32_t at[3]);

#endif
