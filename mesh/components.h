/* Shared by the phases of leaves_keep_largest: pieces of this rank, what touches other ranks, the choice on rank 0, the
   slivers on what is kept. */
#ifndef TRABECULA_MESH_COMPONENTS_H
#define TRABECULA_MESH_COMPONENTS_H

#include "mesh/directory.h"

enum { FACE = LEAF_EDGE * LEAF_EDGE };

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
/* Collective. The global numbers of the pieces that make up the largest component, on every rank, and how many
   components there are. */
PetscErrorCode winner_find(Pieces *pieces, PetscInt64 *components, PetscInt64 *n_winner, PetscInt64 **winner);

/* Collective. Adds to solid, which says what is kept, the voxels of smaller solid fraction that share a face with it.
 */
PetscErrorCode slivers_keep(Pieces *pieces, float least);

#endif
