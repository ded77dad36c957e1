/* Driver: voxel fields as VTKHDF hexahedra, one piece a rank, values as CellData. Twenty times the size of the image:
   for programs that want cells. The points of a piece are the corners of its voxels, each once; they are numbered here,
   not by the grid, because on a periodic grid the two ends of the box are different points. */
#include "solver/files/fields_file.h"
#include "solver/files/vtkhdf.h"

#include <string.h>

enum { BATCH = 256, CHUNK = 16384, CORNERS = 9 * 9 * 9, VTK_HEXAHEDRON = 12 };

typedef struct Piece {
  const Grid *grid;
  PetscInt n_points;
  uint64_t *point;                           /* [n_points] corners as keys, ascending */
  PetscInt64 counts[2], before[2], total[2]; /* points, cells: here, on lower ranks, on all */
  int rank, size;
} Piece;

enum { POINTS, CONNECTIVITY, OFFSETS, TYPES, LABEL, N_SETS };

/* 21 bits an axis: boxes of two million voxels a side. */
static uint64_t corner_key(const Leaf *leaf, int i, int j, int k) {
  return ((uint64_t)(8 * leaf->at[2] + k) << 42) | ((uint64_t)(8 * leaf->at[1] + j) << 21) |
         (uint64_t)(8 * leaf->at[0] + i);
}

/* used[c]: corner c = i + 9 j + 81 k of the leaf belongs to a solid voxel. */
static void mark_corners(const Leaf *leaf, uint8_t used[CORNERS]) {
  memset(used, 0, CORNERS);
  for (int r = 0; r < LEAF_ROWS; r++)
    for (int i = 0; i < 8; i++)
      if (leaf->voxel[r] >> i & 1)
        for (int c = 0; c < 8; c++)
          used[i + (c & 1) + 9 * (r % 8 + (c >> 1 & 1)) + 81 * (r / 8 + (c >> 2))] = 1;
}

static int compare_keys(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static PetscErrorCode piece_create(const Grid *grid, Piece *piece) {
  uint8_t used[CORNERS];
  PetscInt n = 0, unique = 0;

  PetscFunctionBeginUser;
  memset(piece, 0, sizeof *piece);
  piece->grid = grid;
  PetscCallMPI(MPI_Comm_rank(grid->comm, &piece->rank));
  PetscCallMPI(MPI_Comm_size(grid->comm, &piece->size));
  for (PetscInt l = 0; l < grid->n_owned; l++) {
    mark_corners(&grid->leaf[l], used);
    for (int c = 0; c < CORNERS; c++)
      n += used[c];
  }
  PetscCall(PetscMalloc1(n, &piece->point));
  n = 0;
  for (PetscInt l = 0; l < grid->n_owned; l++) {
    mark_corners(&grid->leaf[l], used);
    for (int c = 0; c < CORNERS; c++)
      if (used[c])
        piece->point[n++] = corner_key(&grid->leaf[l], c % 9, c / 9 % 9, c / 81);
  }
  if (n)
    qsort(piece->point, (size_t)n, sizeof *piece->point, compare_keys);
  for (PetscInt i = 0; i < n; i++)
    if (i == 0 || piece->point[i] != piece->point[i - 1])
      piece->point[unique++] = piece->point[i];
  piece->n_points = unique;
  piece->counts[0] = unique;
  piece->counts[1] = grid->voxels_owned;
  PetscCallMPI(MPI_Exscan(piece->counts, piece->before, 2, MPIU_INT64, MPI_SUM, grid->comm));
  if (piece->rank == 0)
    piece->before[0] = piece->before[1] = 0;
  PetscCallMPI(MPI_Allreduce(piece->counts, piece->total, 2, MPIU_INT64, MPI_SUM, grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_rows(Vtkhdf *v, const VtkhdfSet *set, PetscInt64 first, PetscInt64 n, const void *value) {
  const hsize_t start[VTKHDF_DIMS] = {(hsize_t)first};
  const hsize_t count[VTKHDF_DIMS] = {(hsize_t)n, set->dims[1]};

  PetscFunctionBeginUser;
  PetscCall(vtkhdf_write(v, set, start, count, value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The three counts of each piece. */
static PetscErrorCode write_counts(Vtkhdf *v, const Piece *piece) {
  const char *const name[3] = {"NumberOfPoints", "NumberOfCells", "NumberOfConnectivityIds"};
  const int64_t count[3] = {piece->counts[0], piece->counts[1], 8 * piece->counts[1]};

  PetscFunctionBeginUser;
  for (int c = 0; c < 3; c++) {
    VtkhdfSet set = {.name = name[c],
                     .type = H5T_NATIVE_INT64,
                     .n_dims = 1,
                     .dims = {(hsize_t)piece->size},
                     .chunk = {(hsize_t)piece->size}};
    PetscCall(vtkhdf_create(v, &set));
    PetscCall(write_rows(v, &set, piece->rank, 1, &count[c]));
    PetscCall(vtkhdf_close_set(v, &set));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_points(Vtkhdf *v, const Piece *piece, const VtkhdfSet *set) {
  const GridBox *box = &piece->grid->box;
  const PetscInt64 batch = (PetscInt64)BATCH * LEAF_VOXELS;
  const uint64_t axis = ((uint64_t)1 << 21) - 1;
  PetscInt64 rounds = (piece->counts[0] + batch - 1) / batch;
  float(*x)[3];

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &rounds, 1, MPIU_INT64, MPI_MAX, piece->grid->comm));
  PetscCall(PetscMalloc1(PetscMin(batch, piece->counts[0]), &x));
  PetscErrorCode code = PETSC_SUCCESS;
  for (PetscInt64 r = 0; r < rounds && !code; r++) {
    PetscInt64 from = PetscMin(r * batch, piece->counts[0]), to = PetscMin(from + batch, piece->counts[0]);
    for (PetscInt64 p = from; p < to; p++)
      for (int d = 0; d < 3; d++)
        x[p - from][d] = (float)(box->origin[d] + (double)(piece->point[p] >> (21 * d) & axis) * box->voxel_mm);
    code = write_rows(v, set, piece->before[0] + from, to - from, x);
  }
  PetscCall(PetscFree(x));
  PetscCall(code);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Connectivity and label of the voxels of one leaf, appended; the corners in the order of VTK_HEXAHEDRON. */
static PetscInt leaf_cells(const Piece *piece, PetscInt l, int64_t (*connectivity)[8], uint8_t *label) {
  static const uint8_t corner[8] = {0, 1, 3, 2, 4, 5, 7, 6};
  const Leaf *leaf = &piece->grid->leaf[l];
  uint8_t used[CORNERS];
  int64_t number[CORNERS];
  PetscInt n = 0;
  mark_corners(leaf, used);
  for (int c = 0; c < CORNERS; c++)
    if (used[c]) {
      uint64_t key = corner_key(leaf, c % 9, c / 9 % 9, c / 81);
      const uint64_t *found = bsearch(&key, piece->point, (size_t)piece->n_points, sizeof key, compare_keys);
      number[c] = found - piece->point;
    }
  for (int r = 0; r < LEAF_ROWS; r++)
    for (int i = 0; i < 8; i++)
      if (leaf->voxel[r] >> i & 1) {
        for (int c = 0; c < 8; c++) {
          int b = corner[c];
          connectivity[n][c] = number[i + (b & 1) + 9 * (r % 8 + (b >> 1 & 1)) + 81 * (r / 8 + (b >> 2))];
        }
        label[n++] = piece->grid->label[l][i + 8 * r];
      }
  return n;
}

typedef struct Batch {
  int64_t (*connectivity)[8], *offset;
  uint8_t *type, *label;
} Batch;

static PetscErrorCode write_cells(Vtkhdf *v, const Piece *piece, const VtkhdfSet *set, PetscInt n, const Field *fields,
                                  Batch *batch) {
  const PetscInt64 first = piece->before[1], first_offset = first + piece->rank;
  PetscInt rounds = (piece->grid->n_owned + BATCH - 1) / BATCH;
  PetscInt64 done = 0;
  const int64_t zero = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &rounds, 1, MPIU_INT, MPI_MAX, piece->grid->comm));
  PetscCall(write_rows(v, &set[OFFSETS], first_offset, 1, &zero));
  for (PetscInt r = 0; r < rounds; r++) {
    PetscInt m = 0;
    for (PetscInt l = r * BATCH; l < PetscMin((r + 1) * BATCH, piece->grid->n_owned); l++)
      m += leaf_cells(piece, l, batch->connectivity + m, batch->label + m);
    for (PetscInt c = 0; c < m; c++) {
      batch->type[c] = VTK_HEXAHEDRON;
      batch->offset[c] = 8 * (done + c + 1);
    }
    PetscCall(write_rows(v, &set[CONNECTIVITY], 8 * (first + done), 8 * (PetscInt64)m, batch->connectivity));
    PetscCall(write_rows(v, &set[OFFSETS], first_offset + done + 1, m, batch->offset));
    PetscCall(write_rows(v, &set[TYPES], first + done, m, batch->type));
    PetscCall(write_rows(v, &set[LABEL], first + done, m, batch->label));
    for (PetscInt f = 0; f < n; f++)
      PetscCall(
          write_rows(v, &set[N_SETS + f], first + done, m, fields[f].value + (size_t)(done * fields[f].components)));
    done += m;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void describe(const Piece *piece, PetscInt n, const Field *fields, char (*name)[64], VtkhdfSet *set) {
  const hsize_t points = (hsize_t)piece->total[0], voxels = (hsize_t)piece->total[1], pieces = (hsize_t)piece->size;
  const VtkhdfSet fixed[N_SETS] = {
      [POINTS] = {.name = "Points", .unit = "mm", .type = H5T_NATIVE_FLOAT, .n_dims = 2, .dims = {points, 3}},
      [CONNECTIVITY] = {.name = "Connectivity", .type = H5T_NATIVE_INT64, .n_dims = 1, .dims = {8 * voxels, 1}},
      [OFFSETS] = {.name = "Offsets", .type = H5T_NATIVE_INT64, .n_dims = 1, .dims = {voxels + pieces, 1}},
      [TYPES] = {.name = "Types", .type = H5T_NATIVE_UINT8, .n_dims = 1, .dims = {voxels, 1}},
      [LABEL] = {.name = "CellData/label", .unit = "1", .type = H5T_NATIVE_UINT8, .n_dims = 1, .dims = {voxels, 1}}};
  memcpy(set, fixed, sizeof fixed);
  for (PetscInt f = 0; f < n; f++) {
    snprintf(name[f], sizeof name[f], "CellData/%s", fields[f].name);
    const VtkhdfSet field = {.name = name[f],
                             .unit = fields[f].unit,
                             .type = H5T_NATIVE_FLOAT,
                             .n_dims = fields[f].components > 1 ? 2 : 1,
                             .dims = {voxels, (hsize_t)fields[f].components}};
    set[N_SETS + f] = field;
  }
  for (PetscInt s = 0; s < N_SETS + n; s++) {
    set[s].chunk[0] = CHUNK;
    set[s].chunk[1] = set[s].dims[1];
  }
}

static PetscErrorCode write_piece(Vtkhdf *v, const Piece *piece, PetscInt n, const Field *fields, VtkhdfSet *set) {
  const size_t room = (size_t)BATCH * LEAF_VOXELS;
  Batch batch;

  PetscFunctionBeginUser;
  PetscCall(vtkhdf_group(v, "CellData"));
  PetscCall(write_counts(v, piece));
  for (PetscInt s = 0; s < N_SETS + n; s++)
    PetscCall(vtkhdf_create(v, &set[s]));
  PetscCall(write_points(v, piece, &set[POINTS]));
  PetscCall(PetscMalloc4(room, &batch.connectivity, room, &batch.offset, room, &batch.type, room, &batch.label));
  PetscErrorCode code = write_cells(v, piece, set, n, fields, &batch);
  PetscCall(PetscFree4(batch.connectivity, batch.offset, batch.type, batch.label));
  PetscCall(code);
  for (PetscInt s = 0; s < N_SETS + n; s++)
    PetscCall(vtkhdf_close_set(v, &set[s]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode fields_write_voxel_cells(const char *file, const Grid *grid, PetscInt n, const Field *fields) {
  Vtkhdf v;
  Piece piece;
  VtkhdfSet *set;
  char(*name)[64];

  PetscFunctionBeginUser;
  if (!file[0])
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(piece_create(grid, &piece));
  PetscCall(PetscMalloc2(N_SETS + n, &set, n, &name));
  describe(&piece, n, fields, name, set);
  PetscErrorCode code = vtkhdf_open(grid->comm, file, "UnstructuredGrid", VTKHDF_TOGETHER, &v);
  if (!code)
    code = write_piece(&v, &piece, n, fields, set);
  PetscCall(PetscFree2(set, name));
  PetscCall(PetscFree(piece.point));
  PetscCall(code);
  PetscCall(vtkhdf_finish(&v));
  PetscFunctionReturn(PETSC_SUCCESS);
}
