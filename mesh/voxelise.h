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
/* A voxel with less solid than this is void: it would hang on by next to nothing. */
#define VOXEL_LEAST_SOLID 0.005

/* Kernel. The voxel edge nearest to wanted_mm of which whole numbers fill a box of size_mm within half a per mille
   along each axis; false where it is not within a tenth of wanted_mm: fit then holds the nearest finer and coarser ones
   that do (0: none found within a factor of two). */
bool image_fit_voxels(const double size_mm[3], double wanted_mm, double *voxel_mm, double fit[2]);
/* Kernel. Keeps the voxels lo .. hi (both included) of an image; in place. */
void image_crop(Image *image, const PetscInt lo[3], const PetscInt hi[3]);
/* Label image to voxels of box->voxel_mm, whole numbers of which must fill the image (within half a per mille, by which
   they are stretched); values must be whole numbers 0..255. Where the voxels do not divide those of the image, they
   carry the share of solid in them (void below VOXEL_LEAST_SOLID) and the label of the solid that has most of it (ties:
   the lower label). box is set from the image (given voxel_mm). */
PetscErrorCode voxelise_image(MPI_Comm comm, const Image *image, GridBox *box, Leaves *leaves);
/* Solid volume of leaves in whole voxels, and how much of it lies in voxels that are partly filled. Collective. */
PetscErrorCode leaves_solid(MPI_Comm comm, const Leaves *leaves, double *solid, double *partly);

/* Two plates between which a body stands: which of them a voxel touches (bit 0: the lower, bit 1: the upper one). */
typedef struct Plates {
  unsigned (*touch)(const void *context, const GridBox *box, const PetscInt at[3]); /* kernel; at: the voxel */
  const void *context;
  int across; /* axis along which the outermost voxels at the lower plate are looked for */
} Plates;

/* A disconnected region, by shared faces, that is kept; indices of voxels. */
typedef struct Region {
  PetscInt64 voxels;
  PetscInt lo[3], hi[3]; /* its box, both ends included */
  PetscInt foot[2][3];   /* lowest and highest of its voxels at the lower plate along `across`; without plates: none */
} Region;

typedef struct Components {
  PetscInt64 components, kept; /* disconnected regions in all, and those that are kept */
  PetscInt64 voxels_kept, voxels_dropped;
  double solid_dropped; /* of the dropped voxels, in whole voxels */
} Components;
/* Keeps the largest face-connected region (ties: the one whose first voxel comes first along the Morton curve),
   periodic directions included. Low-fraction voxels, of less than `least`, hold nothing together: they count in no
   region, and those that share a face with what is kept are kept. */
PetscErrorCode leaves_keep_largest(MPI_Comm comm, const GridBox *box, float least, Leaves *leaves, Components *found);
/* The same, but keeps every region that both plates touch; found->kept may be 0, and leaves are empty then. region
   [found->kept], the same on every rank, in the order of their numbers; to be freed with PetscFree. */
PetscErrorCode leaves_keep_held(MPI_Comm comm, const GridBox *box, float least, const Plates *plates, Leaves *leaves,
                                Components *found, Region **region);
/* METIS cut of the leaf graph, weighted by solid voxels, and migration. Leaves end up sorted by Morton key on their
 * ranks. */
PetscErrorCode leaves_partition(MPI_Comm comm, const GridBox *box, Leaves *leaves);

#endif
