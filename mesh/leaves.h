/* A rank's share of the voxels before they are numbered as a grid. */
#ifndef TRABECULA_MESH_LEAVES_H
#define TRABECULA_MESH_LEAVES_H

#include <petscsys.h>
#include <stdbool.h>
#include <stdint.h>

enum { LEAF_EDGE = 8, LEAF_ROWS = 64, LEAF_VOXELS = 512 };

/* Any distribution over the ranks, each leaf on exactly one. The solid fraction says how much matter a voxel holds
   (volume, porosity, mass, the area that carries stress), its stiffness factor what that is worth in the operator. They
   may be one array (partial volumes: Voigt's bound of a cut voxel), two (softened voxels), or only one of them there
   (bone of a density of its own fills its voxels). */
typedef struct Leaves {
  PetscInt n;
  int32_t (*at)[3];                       /* [n] leaf coordinates: voxel index / 8 */
  uint8_t (*label)[LEAF_VOXELS];          /* [n] 0 is void; voxel (i,j,k) of the leaf at i + 8 j + 64 k */
  float (*solid)[LEAF_VOXELS];            /* [n] share of the voxel's volume, (0, 1]; void: 0. NULL: all 1 */
  float (*stiffness_factor)[LEAF_VOXELS]; /* [n] on the stiffness of the label's material, > 0; void: 0. NULL: all 1 */
} Leaves;

/* Cuts or extends the arrays to n leaves; contents of the first ones stay, and so does which arrays there are and
   whether they are one. Not collective. */
PetscErrorCode leaves_resize(Leaves *leaves, PetscInt n);
/* n leaves of undefined contents with the arrays that others have. Not collective. */
PetscErrorCode leaves_create_like(const Leaves *others, PetscInt n, Leaves *leaves);
/* Make the arrays where they are not there, of ones; the second one also of its own where it is that of the solid
   fraction, with the same values. Not collective. */
PetscErrorCode leaves_add_solid(Leaves *leaves);
PetscErrorCode leaves_add_stiffness_factor(Leaves *leaves);
/* The same arrays on all ranks, and one or two of them. Collective. */
PetscErrorCode leaves_agree(MPI_Comm comm, Leaves *leaves);
PetscErrorCode leaves_free(Leaves *leaves);

/* Copies leaf f of from over leaf t of to, which must be another one and have the same arrays. */
void leaf_copy(Leaves *to, PetscInt t, const Leaves *from, PetscInt f);
/* Makes voxel v of leaf l void. */
void leaf_clear_voxel(Leaves *leaves, PetscInt l, int v);

#endif
