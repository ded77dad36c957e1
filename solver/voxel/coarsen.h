/* The next coarser grid: cubes of twice the edge wherever a finer one is solid. */
#ifndef TRABECULA_SOLVER_VOXEL_COARSEN_H
#define TRABECULA_SOLVER_VOXEL_COARSEN_H

#include "solver/voxel/level.h"

/* What coarsening carries from level to level beside the grid. */
typedef struct Porous {
  float (*power)[LEAF_VOXELS];  /* per owned leaf and voxel: stiffness (its factor times material_stiffness, MPa) to
                                   the power 2/3; NULL on the finest level: from label and factor */
  float (*finest)[LEAF_VOXELS]; /* stiffness factors of the finest grid, borrowed, or NULL: all 1 */
  float of_label[256];          /* the same power of each label's stiffness */
} Porous;

/* One number for how stiff a material is: the mean of its normal and shear constants. */
double material_stiffness(const Elasticity *c);
/* That of the finest level; allocates nothing. */
PetscErrorCode porous_create(const Grid *grid, const Elasticity material[256], Porous *porous);
/* The coarser grid; scale: factor on the stiffness of each voxel's label (that of its stiffest part), such that the
   voxel has the power mean of its eight children's stiffness, void being 0: (sum E^(2/3) / 8)^(3/2). The plain mean is
   too stiff where struts, or stiff parts in soft ones, are thinner than a coarse voxel: trilinear cubes cannot bend
   (iteration counts in bench/NOTES.md). fine->parent is set. Collective. */
PetscErrorCode coarsen(Level *fine, const Porous *porous, const Elasticity material[256], Grid **coarse,
                       Porous *coarse_porous, float (**scale)[LEAF_VOXELS]);
/* How the coarser grid is held: a component is fixed where a fixed fine node sits in the same place; other fixed fine
   nodes become springs to the ground on the coarse nodes around: where some of these are outside the body (without a
   fine node in their place), those take all of it and the ones inside a part of their own share; the stiffness is that
   of the fine diagonal. fixed [coarse nodes_owned] and spring
   [coarse nodes_owned][3] (N/mm) are the caller's. The fine level must be finished. Collective. */
PetscErrorCode coarsen_fixed(const Level *fine, const Grid *coarse, uint8_t *fixed, float *spring);
/* Whether another coarsening makes sense: periodic axes halve evenly and something is left to gain. */
bool can_coarsen(const GridBox *box, PetscInt64 nodes);
PetscErrorCode porous_free(Porous *porous);

#endif
