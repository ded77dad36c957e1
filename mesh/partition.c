/* METIS cut of the leaf graph and migration of the leaves. */
#include "mesh/directory.h"
#include "mesh/voxelise.h"
#include <metis.h>
#include <stdlib.h>

enum { NEIGHBOURS = 18, LEAF_COST = 16 };          /* a leaf costs as much as so many voxels, however empty */
static const int face_weight = 4, edge_weight = 1; /* how much two leaves have to tell each other, roughly */

static PetscInt64 label_count(const uint8_t label[LEAF_VOXELS]) {
  PetscInt64 n = 0;
  for (int v = 0; v < LEAF_VOXELS; ++v)
    n += label[v] != 0;
  return n;
}

/* Weights of all leaves in the order of the directory, on rank 0. */
static PetscErrorCode weights_gather(MPI_Comm comm, const Leaves *leaves, const Directory *directory, idx_t *weight) {
  PetscMPIInt rank, size, *count;
  int32_t *mine, *all = NULL;
  PetscInt64 sum = 0;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscCalloc1(2 * size, &count));
  for (PetscInt64 i = 0; i < directory->n; ++i)
    ++count[directory->owner[i]];
  for (int r = 0; r < size; sum += count[r++])
    count[size + r] = (PetscMPIInt)sum;
  PetscCall(PetscMalloc1(leaves->n, &mine));
  for (PetscInt l = 0; l < leaves->n; ++l)
    mine[l] = (int32_t)label_count(leaves->label[l]) + LEAF_COST;
  if (rank == 0)
    PetscCall(PetscMalloc1(directory->n, &all));
  PetscCallMPI(MPI_Gatherv(mine, count[rank], MPI_INT32_T, all, count, count + size, MPI_INT32_T, 0, comm));
  for (PetscInt64 i = 0; rank == 0 && i < directory->n; ++i) /* each rank's leaves came sorted by key */
    weight[i] = all[count[size + directory->owner[i]]++];
  PetscCall(PetscFree(mine));
  PetscCall(PetscFree(all));
  PetscCall(PetscFree(count));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* METIS sums weights in idx_t: scales them down until they cannot overflow. */
static void weights_scale(PetscInt64 n, idx_t *weight) {
  PetscInt64 sum = 0, divisor;
  for (PetscInt64 i = 0; i < n; ++i)
    sum += weight[i];
  divisor = 1 + sum / (1 << 30);
  for (PetscInt64 i = 0; divisor > 1 && i < n; ++i)
    weight[i] = (idx_t)PetscMax(weight[i] / divisor, 1);
}

/* Leaves that share a face or an edge, as METIS wants them. The same pair may meet twice across a short period; it is
   listed once. start [n + 1]; to, weight [room]. */
static void graph_fill(const GridBox *box, const Directory *directory, idx_t *start, idx_t *to, idx_t *weight) {
  idx_t n = 0;
  for (PetscInt64 i = 0; i < directory->n; ++i) {
    int32_t at[3], next[3];
    start[i] = n;
    morton_at(directory->key[i], at);
    for (int s = 0; s < 27; ++s) {
      const int step[3] = {s % 3 - 1, s / 3 % 3 - 1, s / 9 - 1}, far = abs(step[0]) + abs(step[1]) + abs(step[2]);
      PetscInt64 found = -1;
      bool known = false;
      if ((far == 1 || far == 2) && leaf_neighbour(box, at, step, next))
        found = key_find(directory->key, directory->n, morton_key(next));
      for (idx_t e = start[i]; e < n; ++e)
        known |= to[e] == found;
      if (found < 0 || found == i || known)
        continue;
      to[n] = (idx_t)found;
      weight[n++] = far == 1 ? face_weight : edge_weight;
    }
  }
  start[directory->n] = n;
}

/* With two leaves across a period a face neighbour may be listed as an edge neighbour first: both ends must agree. */
static void graph_symmetrise(PetscInt64 n, const idx_t *start, const idx_t *to, idx_t *weight) {
  for (idx_t i = 0; i < n; ++i)
    for (idx_t e = start[i]; e < start[i + 1]; ++e)
      for (idx_t f = start[to[e]]; f < start[to[e] + 1]; ++f)
        if (to[f] == i)
          weight[e] = weight[f] = PetscMax(weight[e], weight[f]);
}

static PetscErrorCode graph_cut(const GridBox *box, const Directory *directory, idx_t parts, idx_t *load, idx_t *part,
                                int *status) {
  idx_t n = (idx_t)directory->n, constraints = 1, cut, options[METIS_NOPTIONS], *start, *to, *weight;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n + 1, &start));
  PetscCall(PetscMalloc2(NEIGHBOURS * (size_t)n, &to, NEIGHBOURS * (size_t)n, &weight));
  graph_fill(box, directory, start, to, weight);
  graph_symmetrise(n, start, to, weight);
  weights_scale(n, load);
  METIS_SetDefaultOptions(options);
  options[METIS_OPTION_SEED] = 1;
  *status =
      METIS_PartGraphKway(&n, &constraints, start, to, load, NULL, weight, &parts, NULL, NULL, options, &cut, part);
  PetscCall(PetscFree(start));
  PetscCall(PetscFree2(to, weight));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Cuts the curve into runs of equal load. */
static void curve_cut(PetscInt64 n, idx_t parts, const idx_t *load, idx_t *part) {
  PetscInt64 sum = 0, before = 0;
  for (PetscInt64 i = 0; i < n; ++i)
    sum += load[i];
  for (PetscInt64 i = 0; i < n; before += load[i++])
    part[i] = (idx_t)((before + load[i] / 2) * parts / sum);
}

/* New rank of every leaf, in the order of the directory, on every rank. Fewer than a handful of leaves a rank are cut
   along the curve: METIS would leave ranks empty. */
static PetscErrorCode parts_find(MPI_Comm comm, const GridBox *box, const Leaves *leaves, const Directory *directory,
                                 idx_t *part) {
  PetscMPIInt rank, size;
  int status = METIS_OK;
  idx_t *load;
  PetscFunctionBeginUser;
  PetscCheck(directory->n < INT32_MAX / 40, comm, PETSC_ERR_SUP,
             "%" PetscInt64_FMT " leaves are more than METIS with 32-bit indices can cut", directory->n);
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMalloc1(rank ? 0 : directory->n, &load));
  PetscCall(weights_gather(comm, leaves, directory, load));
  if (rank == 0 && directory->n >= 8 * (PetscInt64)size)
    PetscCall(graph_cut(box, directory, size, load, part, &status));
  else if (rank == 0)
    curve_cut(directory->n, size, load, part);
  PetscCall(PetscFree(load));
  PetscCallMPI(MPI_Bcast(&status, 1, MPI_INT, 0, comm));
  PetscCheck(status == METIS_OK, comm, PETSC_ERR_LIB, "METIS_PartGraphKway failed with status %d", status);
  PetscCallMPI(MPI_Bcast(part, (PetscMPIInt)directory->n, sizeof(idx_t) == 4 ? MPI_INT32_T : MPI_INT64_T, 0, comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode exchange(MPI_Comm comm, const PetscMPIInt *count, size_t bytes, const void *out, void *in) {
  PetscMPIInt size;
  MPI_Datatype type;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCallMPI(MPI_Type_contiguous((PetscMPIInt)bytes, MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCallMPI(MPI_Alltoallv(out, count, count + size, type, in, count + 2 * size, count + 3 * size, type, comm));
  PetscCallMPI(MPI_Type_free(&type));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The same of one value a voxel, for `sum` leaves that come; frees what was sent. */
static PetscErrorCode values_exchange(MPI_Comm comm, const PetscMPIInt *count, PetscInt64 sum,
                                      float (**out)[LEAF_VOXELS], float (**in)[LEAF_VOXELS]) {
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(PetscMax(sum, 1), in));
  PetscCall(exchange(comm, count, sizeof **in, *out, *in));
  PetscCall(PetscFree(*out));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Sends leaf l, in the order of increasing ranks, and replaces the leaves by those received; one array after the
   other, so that no more than one is there twice. count [2 size]: leaves to each rank and where they begin. */
static PetscErrorCode leaves_send(MPI_Comm comm, PetscMPIInt *count, Leaves *leaves) {
  PetscMPIInt size;
  PetscInt64 sum = 0;
  const bool one = leaves->solid == leaves->stiffness_factor;
  Leaves in = {0};
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCallMPI(MPI_Alltoall(count, 1, MPI_INT, count + 2 * size, 1, MPI_INT, comm));
  for (int r = 0; r < size; sum += count[2 * size + r++])
    count[3 * size + r] = (PetscMPIInt)sum;
  PetscCheck(sum < PETSC_MPI_INT_MAX, PETSC_COMM_SELF, PETSC_ERR_SUP, "more than 2^31 leaves on one rank");
  in.n = (PetscInt)sum;
  PetscCall(PetscMalloc1(PetscMax(sum, 1), &in.at));
  PetscCall(exchange(comm, count, sizeof *in.at, leaves->at, in.at));
  PetscCall(PetscFree(leaves->at));
  PetscCall(PetscMalloc1(PetscMax(sum, 1), &in.label));
  PetscCall(exchange(comm, count, sizeof *in.label, leaves->label, in.label));
  PetscCall(PetscFree(leaves->label));
  if (leaves->solid)
    PetscCall(values_exchange(comm, count, sum, &leaves->solid, &in.solid));
  if (one)
    in.stiffness_factor = in.solid;
  else if (leaves->stiffness_factor)
    PetscCall(values_exchange(comm, count, sum, &leaves->stiffness_factor, &in.stiffness_factor));
  *leaves = in;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode leaves_partition(MPI_Comm comm, const GridBox *box, Leaves *leaves) {
  PetscMPIInt rank, size, *count;
  PetscInt64 mine = 0, sum = 0, *target;
  Directory directory;
  idx_t *part;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(leaves_sort(leaves));
  if (size == 1)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(leaves_agree(comm, leaves));
  PetscCall(directory_create(comm, leaves, &directory));
  PetscCall(PetscMalloc1(directory.n, &part));
  PetscCall(parts_find(comm, box, leaves, &directory, part));
  PetscCall(PetscCalloc1(4 * size, &count)); /* sent, where; received, where */
  PetscCall(PetscMalloc1(leaves->n, &target));
  for (PetscInt64 i = 0; i < directory.n; ++i)
    if (directory.owner[i] == rank) {
      target[mine++] = part[i];
      ++count[part[i]];
    }
  for (int r = 0; r < size; sum += count[r++])
    count[size + r] = (PetscMPIInt)sum;
  PetscCall(PetscFree(part));
  PetscCall(directory_free(&directory));
  PetscCall(leaves_sort_by(leaves, target));
  PetscCall(PetscFree(target));
  PetscCall(leaves_send(comm, count, leaves));
  PetscCall(PetscFree(count));
  PetscCall(leaves_sort(leaves));
  PetscFunctionReturn(PETSC_SUCCESS);
}
