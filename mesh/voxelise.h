/* From shapes and images to leaves of voxels: voxelise, keep the largest piece, cut over the ranks. All collective. */
#ifndef TRABECULA_MESH_VOXELISE_H
#define TRABECULA_MESH_VOXELISE_H

#include "mesh/grid.h"
#include "mesh/image.h"
#include "mesh/shape.h"

typedef struct Part {
  uint8_t label;      /* 1 .. 255; 0 carves */
  const Shape *shape; /* borrowed */
} Part;

/* A voxel takes the label of the last part that holds its centre. With partial_volume, voxels on the surface of the
   union have the solid fraction sampled in the voxel (void below 0.005), the same stiffness factor (one array) and the
   label of the nearest part. Leaves are culled by distance; each rank does a contiguous share. */
PetscErrorCode voxelise(MPI_Comm comm, const GridBox *box, PetscInt n_parts, const Part *parts,
                        PetscBool partial_volume, Leaves *leaves);
/* The offset (mm) for which the voxels with d(centre) <= offset fill volume_mm3 of the box as nearly as whole shells of
   equal distance allow (at least one shell); it lies midway between two shells, so that a symmetric shape gives a
   symmetric voxel set. Struts along a diagonal of the grid have few, large shells: a volume that must be met closely
   wants partial volumes instead. reached_mm3: what they fill; NULL: not wanted. */
PetscErrorCode voxelise_match(MPI_Comm comm, const GridBox *box, const Shape *shape, double volume_mm3,
                              double *offset_mm, double *reached_mm3);
/* Label image to voxels of box->voxel_mm: nearest label at each voxel centre; values must be whole numbers 0..255. box
   is set from the image (given voxel_mm). */
PetscErrorCode voxelise_image(MPI_Comm comm, const Image *image, GridBox *box, Leaves *leaves);

typedef struct Components {
  PetscInt64 components, voxels_kept, voxels_dropped; /* by shared faces; dropped: those of the other pieces */
} Components;
/* Keeps the largest face-connected piece (ties: the one whose first voxel comes first along the Morton curve), periodic
   directions included. Slivers, of a solid fraction below `least`, hold nothing together: they count in no piece, and
   those that share a face with the largest one are kept. */
PetscErrorCode leaves_keep_largest(MPI_Comm comm, const GridBox *box, float least, Leaves *leaves, Components *found);
/* METIS cut of the leaf graph, weighted by solid voxels, and migration. Leaves end up sorted by Morton key on their
 * ranks. */
PetscErrorCode leaves_partition(MPI_Comm comm, const GridBox *box, Leaves *leaves);

#endif
