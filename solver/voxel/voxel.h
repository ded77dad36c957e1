/* Linear elasticity on a Grid: matrix-free operator, multigrid-preconditioned conjugate gradients. All calls are
 * collective. */
#ifndef TRABECULA_SOLVER_VOXEL_VOXEL_H
#define TRABECULA_SOLVER_VOXEL_VOXEL_H

#include "materials/elasticity.h"
#include "mesh/grid.h"
#include "solver/files/keep.h"
#include "solver/grip.h"
#include "solver/voxel/element.h"
#include <petscvec.h>

typedef struct VoxelModel VoxelModel;

typedef struct VoxelOptions {
  double rtol; /* relative residual |b - K u| / |b|, b the forces of the prescribed motions on the undeformed body */
  PetscInt max_iterations;
  double equilibrium; /* out-of-balance forces over reactions or loads, |f - K u| / max(|reactions|, |f|), that a solve
                         must also reach, else PETSC_ERR_NOT_CONVERGED; 0: not asked. b grows with the number of voxels,
                         reactions do not: on fine grids this is the stricter of the two */
  ElementChoice element;
} VoxelOptions;

/* material[label] for every label present (others ignored); the stiffness factors of the grid scale the stiffness. The
   grid is borrowed. Vectors u are made by VecDuplicate/VecDestroy from voxel_vector, 3 values a owned node, mm. A
   material that is not positive definite or a label without material is PETSC_ERR_USER_INPUT. */
PetscErrorCode voxel_create(const Grid *grid, const Elasticity material[256], const VoxelOptions *options,
                            VoxelModel **model);
PetscErrorCode voxel_destroy(VoxelModel **model);
PetscErrorCode voxel_vector(const VoxelModel *model, Vec *u);
/* Solves of the model are kept, finished and under way, and found again: bit for bit, on the same number of ranks. keep
   is borrowed; NULL: no longer. */
PetscErrorCode voxel_keep(VoxelModel *model, Keep *keep);
/* Other materials on the same grid (comparisons); keeps the grips. */
PetscErrorCode voxel_materials(VoxelModel *model, const Elasticity material[256]);
/* Sets the grips (copied). Where two grips tie the same component of a node the first one holds it. Refuses
   (PETSC_ERR_USER_INPUT) grips without nodes and supports that leave a rigid motion of the body free, naming the
   motion. Not for periodic grids. */
PetscErrorCode voxel_grips(VoxelModel *model, PetscInt n, const Grip *grips);
/* Static equilibrium under motions of all grips [n_grips][6] and nodal forces (N, NULL: none). u on entry is the
 * initial guess. */
PetscErrorCode voxel_solve(VoxelModel *model, const double (*motion)[6], Vec force, Vec u, SolveInfo *info);
/* Forces and moments that the grips exert on the body, [n_grips][6]: K u - force summed over their tied components. */
PetscErrorCode voxel_reactions(VoxelModel *model, Vec u, Vec force, double (*reaction)[6]);
/* Strain energy, N mm. */
PetscErrorCode voxel_energy(VoxelModel *model, Vec u, double *energy);
/* |K u - force| over free components relative to |K u| over tied ones: the equilibrium residual that is reported.
   PETSC_ERR_NOT_CONVERGED where it misses VoxelOptions.equilibrium. */
PetscErrorCode voxel_residual(VoxelModel *model, Vec u, Vec force, double *relative);
/* The six unit motions of one grip, all others held: u[6] (created here; those without effect are zero vectors) and the
 * 6x6 stiffness. */
PetscErrorCode voxel_unit_motions(VoxelModel *model, PetscInt grip, Vec u[6], double stiffness[6][6],
                                  SolveInfo info[6]);
/* u = sum c[i] v[i]. */
PetscErrorCode voxel_superpose(PetscInt n, const double *c, const Vec *v, Vec u);

/* Per owned voxel, in the order of grid_voxel_centres; any may be NULL. stress: mean stress of the solid in the voxel
   [][6] (xx yy zz yz xz xy, MPa): that of the material under the voxel's mean strain times stiffness factor over solid
   fraction. With the solid area it is in equilibrium: a voxel of stiffness s E and solid area f h^2 carries the force
   s E strain h^2. mises: of that stress. energy_density: mean strain energy, N mm per mm3 of solid (exact element
   mean): times solid fraction and h^3 it adds up to the energy of the body. strain [][6] mean, engineering shears.
   Means over the solid of a body weight all of them with the solid fraction. */
typedef struct VoxelFields {
  float (*stress)[6];
  float *mises;
  float *energy_density;
  float (*strain)[6];
  float (*displacement)[3]; /* at the voxel centre, mm */
} VoxelFields;
PetscErrorCode voxel_fields(VoxelModel *model, Vec u, const VoxelFields *fields);
/* The same for chosen leaves, where there is no room for all. u must not change between begin and end (collective).
   voxel_fields_leaves is local: leaf [n] are owned leaves in any order; the values are packed leaf after leaf in that
   order, each leaf's voxels ascending. */
PetscErrorCode voxel_fields_begin(VoxelModel *model, Vec u);
PetscErrorCode voxel_fields_leaves(const VoxelModel *model, PetscInt n, const PetscInt *leaf,
                                   const VoxelFields *fields);
PetscErrorCode voxel_fields_end(VoxelModel *model, Vec u);

/* Effective elasticity of a grid that is periodic in all three directions. strains: bit a set: solve for unit
   macroscopic strain a (order xx yy zz yz xz xy, engineering); columns not solved are left 0. C in MPa over the volume
   of the whole box; its error is quadratic in that of the solution where both strains of an entry were solved. */
PetscErrorCode voxel_homogenise(VoxelModel *model, unsigned strains, double C[6][6], SolveInfo info[6]);

/* Laws by label [256] (C11 0: the label is not present; borrowed) and the choice of their element. */
void voxel_laws(const VoxelModel *model, const Elasticity **law, ElementChoice *element);
/* How much stiffer full integration makes a cube of that many voxels an edge between clamped plates than mean
   dilatation does: the locking of a law. Not collective. */
enum { VOXEL_LOCKING_EDGE = 6 };
PetscErrorCode voxel_locking(const Elasticity *law, double *ratio);

/* Bytes a solve needs, all ranks, for so many nodes and voxels (measured constant, see bench/NOTES.md); for `check`. */
double voxel_memory_estimate(double nodes, double voxels);

#endif
