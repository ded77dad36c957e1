/* The next coarser grid: cubes of twice the edge wherever a finer one is solid. */
#ifndef TRABECULA_SOLVER_COARSEN_H
#define TRABECULA_SOLVER_COARSEN_H

#include "solver/level.h"

/* What coarsening carries from level to level beside the grid, per owned leaf and voxel. */
typedef struct Porous {
  float (*fill)[LEAF_VOXELS];      /* solid fraction */
  float (*stiffness)[LEAF_VOXELS]; /* mean stiffness of the solid in it, MPa (material_stiffness) */
} Porous;

/* One number for how stiff a material is: the mean of its normal and shear constants. */
double material_stiffness(const Elasticity *c);
/* fill and stiffness of the finest level. */
PetscErrorCode porous_create(const Grid *grid, const Elasticity material[256], Porous *porous);
/* The coarser grid with its fill and stiffness; scale: factor on the stiffness of each voxel's label (that of its
   stiffest part): mean stiffness times fill ^ exponent. fine->parent is set. Collective. */
PetscErrorCode coarsen(Level *fine, const Porous *porous, const Elasticity material[256], Grid **coarse,
                       Porous *coarse_porous, float (**scale)[LEAF_VOXELS]);
/* How the coarser grid is held: a component is fixed where a fixed fine node sits in the same place; other fixed fine
   nodes become springs to the ground on the coarse nodes around, on those outside the body (without a fine node in
   their place) if there are any; their stiffness is that of the fine diagonal. fixed [coarse nodes_owned] and spring
   [coarse nodes_owned][3] (N/mm) are the caller's. The fine level must be finished. Collective. */
PetscErrorCode coarsen_fixed(const Level *fine, const Grid *coarse, uint8_t *fixed, float *spring);
/* Whether another coarsening makes sense: periodic axes halve evenly and something is left to gain. */
bool can_coarsen(const GridBox *box, PetscInt64 nodes);
PetscErrorCode porous_free(Porous *porous);

#endif
