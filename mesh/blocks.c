#include "mesh/blocks.h"

PetscInt64 block_bounds(const GridBox *box, const int32_t at[3], int32_t edge, double centre[3], double *half) {
  PetscInt64 voxels = 1;
  double diagonal = 0;
  for (int c = 0; c < 3; ++c) {
    PetscInt64 lo = (PetscInt64)at[c] * edge * LEAF_EDGE, hi = lo + (PetscInt64)edge * LEAF_EDGE;
    hi = PetscMin(hi, box->n[c]);
    if (lo >= hi)
      return 0;
    voxels *= hi - lo;
    centre[c] = box->origin[c] + 0.5 * (double)(lo + hi) * box->voxel_mm;
    diagonal += (double)(hi - lo) * (double)(hi - lo);
  }
  *half = 0.5 * sqrt(diagonal) * box->voxel_mm * (1 + 1e-9); /* rounding must not cull a voxel that just touches */
  return voxels;
}

void leaf_extent(const GridBox *box, const int32_t at[3], int extent[3]) {
  for (int c = 0; c < 3; ++c)
    extent[c] = (int)PetscMin(LEAF_EDGE, box->n[c] - (PetscInt64)LEAF_EDGE * at[c]);
}

PetscErrorCode blocks_check(MPI_Comm comm, const GridBox *box) {
  PetscFunctionBeginUser;
  PetscCheck(box->voxel_mm > 0 && box->voxel_mm < HUGE_VAL, comm, PETSC_ERR_USER_INPUT,
             "the voxel edge is %g mm: must be a positive number", box->voxel_mm);
  for (int c = 0; c < 3; ++c) {
    PetscCheck(isfinite(box->origin[c]), comm, PETSC_ERR_USER_INPUT, "the corner of the voxel box is not finite");
    PetscCheck(box->n[c] >= 1 && box->n[c] <= 8 << 20, comm, PETSC_ERR_USER_INPUT,
               "the box has %" PetscInt_FMT " voxels along %c: must lie in [1, %d]", box->n[c], "xyz"[c], 8 << 20);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct List { /* blocks of one size in Morton order */
  PetscInt64 n;
  int32_t (*at)[3];
} List;

/* Keeps the blocks to split, in place; returns the voxels of the full ones. */
static PetscInt64 list_filter(const GridBox *box, int32_t edge, BlockTest *test, const void *context, List *list) {
  PetscInt64 kept = 0, full = 0;
  for (PetscInt64 first = 0; first < list->n;) {
    double centre[BLOCK_BATCH][3], half[BLOCK_BATCH];
    PetscInt64 voxels[BLOCK_BATCH], source[BLOCK_BATCH];
    uint8_t fate[BLOCK_BATCH];
    int n = 0;
    for (; n < BLOCK_BATCH && first < list->n; ++first) {
      voxels[n] = block_bounds(box, list->at[first], edge, centre[n], &half[n]);
      if (voxels[n])
        source[n++] = first;
    }
    if (n)
      test(context, n, (const double(*)[3])centre, half, fate);
    for (int i = 0; i < n; ++i) {
      if (fate[i] == BLOCK_FULL)
        full += voxels[i];
      if (fate[i] != BLOCK_SPLIT)
        continue;
      for (int c = 0; c < 3; ++c)
        list->at[kept][c] = list->at[source[i]][c];
      ++kept;
    }
  }
  list->n = kept;
  return full;
}

/* Replaces blocks by their eight children, those wholly outside the box left out. */
static PetscErrorCode list_split(const GridBox *box, int32_t child_edge, List *list) {
  List out = {0, NULL};
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(8 * list->n, &out.at));
  for (PetscInt64 b = 0; b < list->n; ++b)
    for (int child = 0; child < 8; ++child) {
      int inside = 1;
      for (int c = 0; c < 3; ++c) {
        int32_t at = 2 * list->at[b][c] + (child >> c & 1);
        out.at[out.n][c] = at;
        inside &= (PetscInt64)at * child_edge * LEAF_EDGE < box->n[c];
      }
      out.n += inside;
    }
  PetscCall(PetscFree(list->at));
  *list = out;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* This rank's contiguous share of a list that every rank holds. */
static void list_share(MPI_Comm comm, List *list) {
  PetscMPIInt rank, size;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &size);
  PetscInt64 lo = list->n * rank / size, hi = list->n * (rank + 1) / size;
  for (PetscInt64 b = lo; b < hi; ++b)
    for (int c = 0; c < 3; ++c)
      list->at[b - lo][c] = list->at[b][c];
  list->n = hi - lo;
}

/* Moves leaves between ranks so that all hold equally many, order kept. */
static PetscErrorCode list_balance(MPI_Comm comm, List *list) {
  PetscMPIInt rank, size, *count;
  PetscInt64 before = 0, all = 0, sum_out = 0, sum_in = 0;
  MPI_Datatype triple;
  List in = {0, NULL};
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCallMPI(MPI_Exscan(&list->n, &before, 1, MPIU_INT64, MPI_SUM, comm));
  PetscCallMPI(MPI_Allreduce(&list->n, &all, 1, MPIU_INT64, MPI_SUM, comm));
  if (rank == 0)
    before = 0;
  PetscCall(PetscCalloc1(4 * size, &count)); /* sent, where; received, where */
  for (int r = 0; r < size; ++r) {
    PetscInt64 lo = PetscMax(all * r / size, before), hi = PetscMin(all * (r + 1) / size, before + list->n);
    count[r] = (PetscMPIInt)PetscMax(hi - lo, 0);
    count[size + r] = (PetscMPIInt)sum_out;
    sum_out += count[r];
  }
  PetscCallMPI(MPI_Alltoall(count, 1, MPI_INT, count + 2 * size, 1, MPI_INT, comm));
  for (int r = 0; r < size; ++r) {
    count[3 * size + r] = (PetscMPIInt)sum_in;
    sum_in += count[2 * size + r];
  }
  in.n = sum_in;
  PetscCall(PetscMalloc1(PetscMax(in.n, 1), &in.at));
  PetscCallMPI(MPI_Type_contiguous(3, MPI_INT32_T, &triple));
  PetscCallMPI(MPI_Type_commit(&triple));
  PetscCallMPI(
      MPI_Alltoallv(list->at, count, count + size, triple, in.at, count + 2 * size, count + 3 * size, triple, comm));
  PetscCallMPI(MPI_Type_free(&triple));
  PetscCall(PetscFree(count));
  PetscCall(PetscFree(list->at));
  *list = in;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode blocks_find(MPI_Comm comm, const GridBox *box, BlockTest *test, const void *context, PetscInt *n,
                           int32_t (**at)[3], PetscInt64 *full) {
  const int shares_a_rank = 256; /* every rank splits the coarse blocks until there are so many; then each its share */
  PetscMPIInt rank, size;
  PetscBool shared;
  PetscInt64 filled = 0, voxels;
  int32_t edge = 1;
  List list = {1, NULL};
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  shared = size == 1 ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(blocks_check(comm, box));
  while (edge < leaves_along(PetscMax(box->n[0], PetscMax(box->n[1], box->n[2]))))
    edge *= 2;
  PetscCall(PetscCalloc1(1, &list.at));
  for (;; edge /= 2) {
    voxels = list_filter(box, edge, test, context, &list);
    if (shared || rank == 0)
      filled += voxels;
    if (!shared && (list.n >= shares_a_rank * (PetscInt64)size || edge == 1)) {
      list_share(comm, &list);
      shared = PETSC_TRUE;
    }
    if (edge == 1)
      break;
    PetscCall(list_split(box, edge / 2, &list));
  }
  PetscCall(list_balance(comm, &list));
  PetscCheck(list.n < PETSC_MAX_INT, PETSC_COMM_SELF, PETSC_ERR_SUP, "more than 2^31 leaves on one rank");
  *n = (PetscInt)list.n;
  *at = list.at;
  if (full)
    *full = filled;
  PetscFunctionReturn(PETSC_SUCCESS);
}
