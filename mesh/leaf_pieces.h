/* Face-connected pieces of voxels. Kernel: no PETSc calls, no MPI, no allocation. */
#ifndef TRABECULA_MESH_LEAF_PIECES_H
#define TRABECULA_MESH_LEAF_PIECES_H

#include "mesh/grid.h"

/* Numbers the pieces of one leaf in the order of their first voxels; piece [512] is set where label is not 0. Returns
   their number: at most 256, that of a checkerboard. */
int leaf_pieces(const uint8_t label[LEAF_VOXELS], uint8_t piece[LEAF_VOXELS]);

/* Union-find on parent [n], in which every root is the lowest of its set. */
PetscInt set_find(PetscInt *parent, PetscInt i);
void set_join(PetscInt *parent, PetscInt i, PetscInt j);

#endif
