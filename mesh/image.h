/* Label and grey-value images (NIfTI). A plain value, read by rank 0 and the same on every rank. */
#ifndef TRABECULA_MESH_IMAGE_H
#define TRABECULA_MESH_IMAGE_H

#include <petscsys.h>

/* Axes: where the file's sform (else its qform) is a signed permutation of the axes times the voxel size, the voxels
   are put into the order of ascending world coordinates (NIfTI: x to the right, y forward, z up) and origin is the
   lowest corner in them. Where it is oblique or missing, the image keeps its own axes and origin is 0. */
typedef struct Image {
  PetscInt n[3];
  double voxel_mm[3];
  double origin[3]; /* mm, corner of voxel (0,0,0) */
  float *value;     /* [n[0] n[1] n[2]], first index fastest, after slope and intercept */
} Image;

/* Collective. Missing, truncated or foreign files: PETSC_ERR_USER_INPUT with the file's name and what is wrong with it.
   Reads .nii, .nii.gz and .hdr/.img pairs of real numbers in up to three dimensions. */
PetscErrorCode image_read(MPI_Comm comm, const char *file, Image *image);
PetscErrorCode image_free(Image *image);

#endif
