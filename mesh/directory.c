#include "mesh/directory.h"
#include "mesh/blocks.h"
#include "mesh/voxelise.h"
#include <stdlib.h>
#include <string.h>

typedef struct Entry {
  uint64_t key;
  PetscInt64 value;
} Entry;

static int entry_compare(const void *a, const void *b) {
  const Entry *x = a, *y = b;
  return (x->key > y->key) - (x->key < y->key);
}

PetscInt64 key_find(const uint64_t *key, PetscInt64 n, uint64_t wanted) {
  PetscInt64 lo = 0, hi = n;
  while (lo < hi) {
    PetscInt64 mid = (lo + hi) / 2;
    if (key[mid] < wanted)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo < n && key[lo] == wanted ? lo : -1;
}

bool leaf_neighbour(const GridBox *box, const int32_t at[3], const int step[3], int32_t out[3]) {
  for (int c = 0; c < 3; ++c) {
    int32_t n = leaves_along(box->n[c]);
    out[c] = at[c] + step[c];
    if (out[c] >= 0 && out[c] < n)
      continue;
    if (!box->periodic[c])
      return false;
    out[c] = out[c] < 0 ? n - 1 : 0;
  }
  return true;
}

void morton_at(uint64_t key, int32_t at[3]) {
  for (int c = 0; c < 3; ++c) {
    at[c] = 0;
    for (int bit = 0; bit < 21; ++bit)
      at[c] |= (int32_t)(key >> (3 * bit + c) & 1) << bit;
  }
}

/* In place: leaf order[i].value comes to position i. Follows the cycles; spare has room for one leaf. */
static void leaves_permute(Leaves *leaves, Entry *order, Leaves *spare) {
  for (PetscInt start = 0; start < leaves->n; ++start) {
    PetscInt hole = start;
    if (order[start].value == start)
      continue;
    leaf_copy(spare, 0, leaves, start);
    while (order[hole].value != start) {
      PetscInt next = (PetscInt)order[hole].value;
      leaf_copy(leaves, hole, leaves, next);
      order[hole].value = hole;
      hole = next;
    }
    order[hole].value = hole;
    leaf_copy(leaves, hole, spare, 0);
  }
}

/* Sorts the leaves by the keys of order, whose values are 0 .. n-1. */
static PetscErrorCode leaves_order(Leaves *leaves, Entry *order) {
  bool sorted = true;
  PetscFunctionBeginUser;
  for (PetscInt l = 1; l < leaves->n; ++l)
    sorted &= order[l - 1].key <= order[l].key;
  if (!sorted) {
    Leaves spare;
    PetscCall(leaves_create_like(leaves, 1, &spare));
    qsort(order, (size_t)leaves->n, sizeof(Entry), entry_compare);
    leaves_permute(leaves, order, &spare);
    PetscCall(leaves_free(&spare));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode leaves_sort(Leaves *leaves) {
  Entry *order;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(leaves->n, &order));
  for (PetscInt l = 0; l < leaves->n; ++l)
    order[l] = (Entry){morton_key(leaves->at[l]), l};
  PetscCall(leaves_order(leaves, order));
  PetscCall(PetscFree(order));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode leaves_sort_by(Leaves *leaves, const PetscInt64 *rank) {
  Entry *order;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(leaves->n, &order));
  for (PetscInt l = 0; l < leaves->n; ++l)
    order[l] = (Entry){(uint64_t)rank[l], l};
  PetscCall(leaves_order(leaves, order));
  PetscCall(PetscFree(order));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Brings keys and owners into ascending order of key; does nothing when they are. */
static PetscErrorCode directory_sort(Directory *directory) {
  Entry *order;
  bool sorted = true;
  PetscFunctionBeginUser;
  for (PetscInt64 i = 1; i < directory->n; ++i)
    sorted &= directory->key[i - 1] < directory->key[i];
  if (sorted)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscMalloc1(directory->n, &order));
  for (PetscInt64 i = 0; i < directory->n; ++i)
    order[i] = (Entry){directory->key[i], directory->owner[i]};
  qsort(order, (size_t)directory->n, sizeof(Entry), entry_compare);
  for (PetscInt64 i = 0; i < directory->n; ++i) {
    directory->key[i] = order[i].key;
    directory->owner[i] = (int32_t)order[i].value;
    PetscCheck(!i || directory->key[i - 1] < directory->key[i], PETSC_COMM_SELF, PETSC_ERR_PLIB,
               "a leaf is there twice");
  }
  PetscCall(PetscFree(order));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode directory_create(MPI_Comm comm, Leaves *leaves, Directory *directory) {
  PetscMPIInt size, mine, *count, *start;
  PetscInt64 total = 0;
  uint64_t *key;
  PetscFunctionBeginUser;
  PetscCall(leaves_sort(leaves));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMPIIntCast(leaves->n, &mine));
  PetscCall(PetscMalloc2(size, &count, size, &start));
  PetscCallMPI(MPI_Allgather(&mine, 1, MPI_INT, count, 1, MPI_INT, comm));
  for (int r = 0; r < size; ++r) {
    start[r] = (PetscMPIInt)total;
    total += count[r];
    PetscCheck(total < PETSC_MPI_INT_MAX, comm, PETSC_ERR_SUP, "more than 2^31 leaves");
  }
  directory->n = total;
  PetscCall(PetscMalloc1(leaves->n, &key));
  PetscCall(PetscMalloc2(total, &directory->key, total, &directory->owner));
  for (PetscInt l = 0; l < leaves->n; ++l)
    key[l] = morton_key(leaves->at[l]);
  PetscCallMPI(MPI_Allgatherv(key, mine, MPI_UINT64_T, directory->key, count, start, MPI_UINT64_T, comm));
  for (int r = 0; r < size; ++r)
    for (PetscMPIInt i = 0; i < count[r]; ++i)
      directory->owner[start[r] + i] = r;
  PetscCall(PetscFree(key));
  PetscCall(PetscFree2(count, start));
  PetscCall(directory_sort(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode directory_free(Directory *directory) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree2(directory->key, directory->owner));
  PetscFunctionReturn(PETSC_SUCCESS);
}
