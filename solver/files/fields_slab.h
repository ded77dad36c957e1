/* Slabs of a voxel image: which rank holds which part, the way of the values there, and their chunks. */
#ifndef TRABECULA_SOLVER_FILES_FIELDS_SLAB_H
#define TRABECULA_SOLVER_FILES_FIELDS_SLAB_H

#include "mesh/grid.h"

enum { SLAB_Z = 8, SLAB_Y = 32, SLAB_X = 64 }; /* voxels of a chunk, where the image has so many */

typedef struct SlabRow { /* solid voxels of one row of a leaf */
  int32_t x, y;          /* image coordinates; x of the leaf's first voxel, solid or not */
  uint8_t z, mask;       /* z in the slab */
} SlabRow;

typedef struct SlabPlan { /* the image is the bounding box of the solid */
  const Grid *grid;
  int size, rank;
  PetscInt lo[3], n[3]; /* lowest solid voxel; extent, voxels */
  PetscInt edge[3];     /* of a chunk, voxels */
  PetscInt chunks[3];
  PetscInt *first;              /* [n_owned + 1] voxels before each leaf */
  PetscInt n_listed, *by_layer; /* [n_listed] leaves with voxels by at[2], in Morton order within a layer */
  /* of one slab */
  PetscInt n_leaves, *leaf;                             /* those that reach into it, [n_owned] */
  PetscInt n_voxels;                                    /* in those */
  PetscInt n_sent, n_received, room_send, room_receive; /* rows */
  SlabRow *sent, *received;                             /* by rank */
  PetscInt *source;                                     /* [room_send] place of a row's first voxel in those leaves */
  int *send, *receive, *send_at, *receive_at;           /* [size] rows */
  int *send_voxels, *receive_voxels;                    /* [size] */
} SlabPlan;

/* Collective. */
PetscErrorCode slab_create(const Grid *grid, SlabPlan *plan);
PetscErrorCode slab_free(SlabPlan *plan);
/* Collective. The leaves that reach into layers z0 .. z0 + 7 of the image and where their rows go. */
PetscErrorCode slab_place(SlabPlan *plan, PetscInt z0);
/* Rows of chunks in y that a rank holds: slab_strip(rank) .. slab_strip(rank + 1) - 1. */
PetscInt slab_strip(const SlabPlan *plan, int rank);
/* Collective. Values (items of so many bytes, one a voxel, leaf after leaf as in plan->leaf) into the chunks of this
   rank's strips, strip after strip and x ascending: dense [chunks][edge z][edge y][edge x] items, zero before;
   touched [chunks] is set where something was written. */
PetscErrorCode slab_spread(const SlabPlan *plan, size_t bytes, const char *value, char *dense, bool *touched);

#endif
