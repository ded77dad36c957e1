/* Sparse voxel grid: leaves of 8 x 8 x 8 voxels, distributed over ranks; nodes numbered compactly inside each leaf.
   A plain value once made. Voxel (i,j,k) has its lower corner at node (i,j,k); node (i,j,k) lives in leaf
   (i/8,j/8,k/8). Void costs nothing in a vector. */
#ifndef TRABECULA_MESH_GRID_H
#define TRABECULA_MESH_GRID_H

#include "mesh/halo.h"
#include "mesh/leaves.h"

typedef struct GridBox {
  double voxel_mm;
  double origin[3]; /* mm, position of node (0,0,0) */
  PetscInt n[3];    /* voxels along each axis */
  bool periodic[3]; /* node n is node 0 */
} GridBox;

typedef struct Leaf {
  uint8_t voxel[LEAF_ROWS]; /* bit i of row j + 8 k: voxel (i,j,k) is solid. Empty in ghost leaves */
  uint8_t node[LEAF_ROWS];  /* the same for the nodes numbered here (in ghost leaves: those that owned voxels touch) */
  uint16_t row[LEAF_ROWS];  /* nodes of the leaf before this row */
  int32_t base;             /* local index of its first node */
  int32_t next[8]; /* local index of the leaf one step up in x (bit 0), y (bit 1), z (bit 2), periodic; -1: none */
  int32_t at[3];
  uint8_t extent[3]; /* 8, or at the upper end of a periodic axis the voxels left: node `extent` is node 0 of next */
} Leaf;

typedef struct Grid {
  MPI_Comm comm;
  GridBox box;
  PetscInt n_owned;              /* leaves owned here, sorted by Morton key; leaves that hold only nodes included */
  PetscInt n_local;              /* ... and the ghost leaves behind them */
  Leaf *leaf;                    /* [n_local] */
  uint8_t (*label)[LEAF_VOXELS]; /* [n_owned] */
  float (*solid)[LEAF_VOXELS];   /* [n_owned] solid fractions and stiffness factors as in Leaves, or NULL: all 1; */
  float (*stiffness_factor)[LEAF_VOXELS]; /* may be one array */
  PetscInt nodes_owned;                   /* local nodes 0 .. nodes_owned-1 are owned, then come ghosts */
  PetscInt nodes_local;
  PetscInt voxels_owned;
  PetscInt64 nodes_global, voxels_global, first_node, first_voxel; /* first_*: of this rank in the global numbering */
  Halo halo;                                                       /* ghost nodes */
  PetscInt *ghost_leaf;   /* [halo.n + 1] ghost leaves of neighbour k are ghost_leaf[k] .. ghost_leaf[k + 1] - 1 */
  PetscInt64 n_directory; /* all leaves of all ranks, replicated */
  uint64_t *key;          /* [n_directory] Morton keys, sorted */
  int32_t *owner;         /* [n_directory] rank */
} Grid;

/* Nodes of other ranks that a rank wants ghosts of beyond those its own voxels touch. */
typedef struct NodeWish {
  int32_t at[3];
  uint8_t node[LEAF_ROWS];
} NodeWish;

/* Collective. Numbers the leaves; copies what it keeps of leaves. wish [n_wish] may repeat leaves and name own ones;
   every wished node must exist. An empty grid is PETSC_ERR_USER_INPUT. */
PetscErrorCode grid_create(MPI_Comm comm, const GridBox *box, const Leaves *leaves, PetscInt n_wish,
                           const NodeWish *wish, Grid **grid);
/* Local index of the leaf at these coordinates, or -1 when this rank holds no copy of it. */
PetscInt grid_local_leaf(const Grid *grid, const int32_t at[3]);
/* Rank that owns the leaf, or -1 when there is no such leaf. */
int grid_owner(const Grid *grid, const int32_t at[3]);
PetscErrorCode grid_destroy(Grid **grid);

/* Rank-independent checksum over the solid voxels, labels and nodes. Collective. */
PetscErrorCode grid_checksum(const Grid *grid, uint64_t *sum);
/* Positions of the owned nodes, mm, x [nodes_owned][3]; centres and labels of the owned voxels [voxels_owned], leaf by
   leaf in ascending i + 8 j + 64 k: the order of every per-voxel array in the program. label may be NULL. */
PetscErrorCode grid_node_positions(const Grid *grid, double (*x)[3]);
PetscErrorCode grid_voxel_centres(const Grid *grid, double (*x)[3], uint8_t *label);
/* Solid fractions of the owned voxels [voxels_owned], in that order. */
void grid_solid_fractions(const Grid *grid, float *solid);
/* Fraction of the box that is solid, by the solid fractions of the voxels. Collective. */
PetscErrorCode grid_relative_density(const Grid *grid, double *density);
/* Index of the local node (i,j,k) of leaf, 0 <= i,j,k < 8, which must be present in leaf->node. */
static inline int32_t leaf_node(const Leaf *leaf, int i, int j, int k) {
  int r = j + 8 * k;
  return leaf->base + leaf->row[r] + __builtin_popcount(leaf->node[r] & ((1u << i) - 1u));
}
/* Solid voxels of a leaf. */
static inline int leaf_voxels(const Leaf *leaf) {
  int n = 0;
  for (int r = 0; r < LEAF_ROWS; r += 8) {
    uint64_t rows;
    __builtin_memcpy(&rows, leaf->voxel + r, 8);
    n += __builtin_popcountll(rows);
  }
  return n;
}
uint64_t morton_key(const int32_t at[3]);

#endif
