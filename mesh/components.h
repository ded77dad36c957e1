/* Shared by the phases of leaves_keep: pieces of this rank, what touches other ranks, the choice on rank 0, the
   slivers on what is kept. */
#ifndef TRABECULA_MESH_COMPONENTS_H
#define TRABECULA_MESH_COMPONENTS_H

#include "mesh/directory.h"
#include "mesh/voxelise.h"

enum { FACE = LEAF_EDGE * LEAF_EDGE };

typedef struct Reach {   /* what a region is known by beside its size, in indices of voxels */
  PetscInt lo[3], hi[3]; /* its box */
  PetscInt foot[2][3];   /* of its voxels at the lower plate the outermost ones along the axis `across` of the plates */
  unsigned touch;        /* plates that it touches */
} Reach;

/* Kernels: nothing yet; one voxel more; the other's more. */
void reach_start(Reach *reach);
void reach_add(const Plates *plates, const GridBox *box, const PetscInt at[3], Reach *reach);
void reach_join(const Plates *plates, const Reach *other, Reach *reach);

typedef struct Pieces {
  MPI_Comm comm;
  const GridBox *box;
  Leaves *leaves; /* sorted */
  Directory directory;
  uint8_t (*solid)[LEAF_VOXELS]; /* [leaves] whether a voxel belongs to a piece; in the end, whether it is kept */
  uint64_t *key;                 /* [leaves] */
  uint8_t (*piece)[LEAF_VOXELS]; /* [leaves] number within the leaf */
  PetscInt *first;               /* [leaves + 1] first piece of each leaf */
  PetscInt *parent;              /* [pieces] */
  PetscInt *voxels;              /* [pieces] valid at roots once summed up */
  bool *shared;                  /* [pieces] root that touches other ranks */
  const Plates *plates;          /* NULL: the largest is kept */
  Reach *reach;                  /* [pieces] valid at roots; only where there are plates */
  PetscInt64 offset;             /* global number of piece 0 */
} Pieces;

typedef struct Edge { /* two pieces of different ranks that touch */
  PetscInt64 a, b;
} Edge;

/* Voxel f of layer `at` of a face normal to axis, and the uppermost layer of a leaf that lies in the box. */
int face_voxel(int axis, int at, int f);
int upper_layer(const GridBox *box, const int32_t at[3], int axis);

/* Collective. Pairs of pieces (global numbers) that touch across ranks, each pair once; marks the roots that do. */
PetscErrorCode edges_find(Pieces *pieces, PetscInt *n_edges, Edge **edges);
/* Collective. The global numbers of the pieces that make up what is kept (the largest component, or all that both
   plates hold), on every rank, and how many components there are; what is kept region by region. */
PetscErrorCode winner_find(Pieces *pieces, PetscInt64 *n_winner, PetscInt64 **winner, Components *found,
                           Region **region);

/* Collective. Adds to solid, which says what is kept, the voxels of smaller solid fraction that share a face with it.
 */
PetscErrorCode slivers_keep(Pieces *pieces, float least);

#endif
