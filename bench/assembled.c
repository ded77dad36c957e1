#include "bench/assembled.h"

#include "solver/voxel/element.h"

enum { NEIGHBOURS = 27, OTHER_RANK = 1000 };

/* Global numbers of the local nodes; node is the caller's. */
static PetscErrorCode global_nodes(const Grid *g, PetscInt **node) {
  double *x;
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(3 * (size_t)g->nodes_local, &x));
  for (PetscInt i = 0; i < g->nodes_owned; ++i)
    x[3 * i] = (double)(g->first_node + i);
  PetscCall(halo_broadcast_double(&g->halo, x));
  PetscCall(PetscMalloc1(g->nodes_local, node));
  for (PetscInt i = 0; i < g->nodes_local; ++i)
    (*node)[i] = (PetscInt)x[3 * (size_t)i];
  PetscCall(PetscFree(x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Local nodes at the corners of voxel v of the leaf; corner a is at bit 0 = x, bit 1 = y, bit 2 = z. */
static void voxel_corners(const Grid *g, const Leaf *leaf, int v, int32_t corner[8]) {
  for (int a = 0; a < 8; ++a) {
    int at[3] = {v % 8 + (a & 1), v / 8 % 8 + (a >> 1 & 1), v / 64 + (a >> 2)}, up = 0;
    for (int c = 0; c < 3; ++c)
      if (at[c] == leaf->extent[c]) {
        at[c] = 0;
        up |= 1 << c;
      }
    corner[a] = leaf_node(&g->leaf[up ? leaf->next[up] : leaf - g->leaf], at[0], at[1], at[2]);
  }
}

/* Which of the 27 neighbours of its own corner b is to corner a. */
static int neighbour(int a, int b) {
  int n = 0;
  for (int c = 2; c >= 0; --c)
    n = 3 * n + 1 + (b >> c & 1) - (a >> c & 1);
  return n;
}

typedef void VoxelVisit(const Grid *grid, const int32_t corner[8], uint8_t label, void *context);

static void each_voxel(const Grid *g, VoxelVisit *visit, void *context) {
  for (PetscInt l = 0; l < g->n_owned; ++l)
    for (int v = 0; v < LEAF_VOXELS; ++v)
      if (g->leaf[l].voxel[v / 8] >> v % 8 & 1) {
        int32_t corner[8];
        voxel_corners(g, &g->leaf[l], v, corner);
        visit(g, corner, g->label[l][v], context);
      }
}

typedef struct Pattern {
  int first;    /* of the three neighbours that this pass counts */
  double *seen; /* [nodes_local][3]: voxels that hold both, OTHER_RANK each when the neighbour is not its rank's */
  const double *home; /* [nodes_local][3]: rank of the node */
} Pattern;

static void count_pairs(const Grid *g, const int32_t corner[8], uint8_t label, void *context) {
  const Pattern *p = context;
  (void)g, (void)label;
  for (int a = 0; a < 8; ++a)
    for (int b = 0; b < 8; ++b) {
      const int n = neighbour(a, b) - p->first;
      if (n >= 0 && n < 3)
        p->seen[3 * (size_t)corner[a] + n] +=
            p->home[3 * (size_t)corner[a]] == p->home[3 * (size_t)corner[b]] ? 1 : OTHER_RANK;
    }
}

/* Neighbours of each owned node, itself included, on its rank and on others; counted in passes over three places each,
   which is what a halo carries. */
static PetscErrorCode count_neighbours(const Grid *g, PetscInt *here, PetscInt *there) {
  const size_t n = 3 * (size_t)g->nodes_local;
  PetscMPIInt rank;
  double *home;
  Pattern p;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(g->comm, &rank));
  PetscCall(PetscMalloc2(n, &home, n, &p.seen));
  for (size_t i = 0; i < n; ++i)
    home[i] = rank;
  PetscCall(halo_broadcast_double(&g->halo, home));
  p.home = home;
  for (p.first = 0; p.first < NEIGHBOURS; p.first += 3) {
    PetscCall(PetscArrayzero(p.seen, n));
    each_voxel(g, count_pairs, &p);
    PetscCall(halo_add_double(&g->halo, p.seen));
    for (PetscInt i = 0; i < 3 * g->nodes_owned; ++i) {
      here[i / 3] += p.seen[i] > 0 && p.seen[i] < OTHER_RANK;
      there[i / 3] += p.seen[i] >= OTHER_RANK;
    }
  }
  PetscCall(PetscFree2(home, p.seen));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode rigid_motions(const Grid *g, Mat matrix) {
  MatNullSpace space;
  PetscScalar *a;
  double(*x)[3];
  Vec at;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(g->nodes_owned, &x));
  PetscCall(grid_node_positions(g, x));
  PetscCall(MatCreateVecs(matrix, &at, NULL));
  PetscCall(VecSetBlockSize(at, 3));
  PetscCall(VecGetArray(at, &a));
  for (PetscInt i = 0; i < g->nodes_owned; ++i)
    for (int c = 0; c < 3; ++c)
      a[3 * i + c] = x[i][c];
  PetscCall(VecRestoreArray(at, &a));
  PetscCall(MatNullSpaceCreateRigidBody(at, &space));
  PetscCall(MatSetNearNullSpace(matrix, space));
  PetscCall(MatNullSpaceDestroy(&space));
  PetscCall(VecDestroy(&at));
  PetscCall(PetscFree(x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode matrix_room(const Grid *g, MatType type, Mat *matrix) {
  const PetscInt n = 3 * g->nodes_owned;
  PetscInt *here, *there;
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(g->nodes_owned, &here, g->nodes_owned, &there));
  PetscCall(count_neighbours(g, here, there));
  PetscCall(MatCreate(g->comm, matrix));
  PetscCall(MatSetSizes(*matrix, n, n, PETSC_DETERMINE, PETSC_DETERMINE));
  PetscCall(MatSetBlockSize(*matrix, 3));
  PetscCall(MatSetType(*matrix, type));
  PetscCall(MatXAIJSetPreallocation(*matrix, 3, here, there, NULL, NULL));
  PetscCall(MatSetOption(*matrix, MAT_SYMMETRIC, PETSC_TRUE));
  PetscCall(MatSetOption(*matrix, MAT_SPD, PETSC_TRUE));
  PetscCall(PetscFree2(here, there));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Fill {
  Mat matrix;
  const PetscInt *node;
  double (*K)[24][24]; /* [256] by label */
  PetscErrorCode code;
} Fill;

static void add_voxel(const Grid *g, const int32_t corner[8], uint8_t label, void *context) {
  Fill *f = context;
  PetscInt row[8];
  (void)g;
  for (int a = 0; a < 8; ++a)
    row[a] = f->node[corner[a]];
  if (!f->code)
    f->code = MatSetValuesBlocked(f->matrix, 8, row, 8, row, f->K[label][0], ADD_VALUES);
}

PetscErrorCode assembled_create(const Grid *g, const Elasticity material[256], MatType type, Mat *matrix) {
  Fill fill = {0};
  PetscInt *node;
  PetscFunctionBeginUser;
  PetscCall(global_nodes(g, &node));
  PetscCall(matrix_room(g, type, matrix));
  PetscCall(PetscMalloc1(256, &fill.K));
  for (int l = 1; l < 256; ++l)
    if (material[l].C11 > 0)
      element_matrix(&material[l], ELEMENT_FULL, g->box.voxel_mm, fill.K[l]);
  fill.matrix = *matrix;
  fill.node = node;
  each_voxel(g, add_voxel, &fill);
  PetscCall(fill.code);
  PetscCall(MatAssemblyBegin(*matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(*matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(rigid_motions(g, *matrix));
  PetscCall(PetscFree(fill.K));
  PetscCall(PetscFree(node));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode assembled_plates(const Grid *g, const Grip plate[2], double top_z_mm, Mat matrix, Vec b,
                                double *held_mJ) {
  PetscInt n = 0, *row;
  PetscScalar *a;
  Vec u;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(3 * (plate[0].n + plate[1].n), &row));
  PetscCall(VecDuplicate(b, &u));
  PetscCall(VecZeroEntries(u));
  PetscCall(VecGetArray(u, &a));
  for (int p = 0; p < 2; ++p)
    for (PetscInt i = 0; i < plate[p].n; ++i)
      for (int c = 0; c < 3; ++c)
        if (plate[p].fixed >> c & 1) {
          a[3 * plate[p].node[i] + c] = p && c == 2 ? top_z_mm : 0;
          row[n++] = (PetscInt)(3 * (g->first_node + plate[p].node[i])) + c;
        }
  PetscCall(VecRestoreArray(u, &a));
  PetscCall(MatMult(matrix, u, b));
  PetscCall(VecDot(u, b, held_mJ));
  PetscCall(VecScale(b, -1));
  PetscCall(VecGetArray(b, &a));
  for (PetscInt i = 0; i < n; ++i)
    a[row[i] - 3 * g->first_node] = 0;
  PetscCall(VecRestoreArray(b, &a));
  PetscCall(MatZeroRowsColumns(matrix, n, row, 1e6, NULL, NULL));
  PetscCall(VecDestroy(&u));
  PetscCall(PetscFree(row));
  PetscFunctionReturn(PETSC_SUCCESS);
}
