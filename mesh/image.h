/* Label and grey-value images (NIfTI). A plain value, read by rank 0 and the same on every rank. */
#ifndef TRABECULA_MESH_IMAGE_H
#define TRABECULA_MESH_IMAGE_H

#include <petscsys.h>
#include <stdbool.h>
#include <stdint.h>

/* Which of the file's transforms gives the axes. AUTO: the sform where its code is above 0, else the qform, else the
   axes of the file. FILE: the axes of the file and its pixdim, whatever the transforms say. */
typedef enum ImageAxes { IMAGE_AXES_AUTO, IMAGE_AXES_SFORM, IMAGE_AXES_QFORM, IMAGE_AXES_FILE } ImageAxes;

/* Axes: the voxels are put into the order of ascending world coordinates (NIfTI: x to the right, y forward, z up) along
   the world axes that are nearest to the file's. The centre of the image keeps its place in the world; where the file's
   own axes are taken, the origin is 0. */
typedef struct Image {
  PetscInt n[3];
  double voxel_mm[3];
  double origin[3];   /* mm, corner of voxel (0,0,0) */
  ImageAxes axes;     /* what was used; never AUTO */
  double tilt_deg;    /* largest angle between an axis of the file and the world axis it was taken for */
  double form_voxels; /* how far sform and qform (or the sform and pixdim) lie apart at a corner of the image, in
                         voxels; 0: there is nothing to compare */
  bool unit_unknown;  /* the file names no unit of length: mm was taken */
  float *value;       /* [n[0] n[1] n[2]], first index fastest, after slope and intercept; NULL: only the header */
} Image;

/* What the values of an image are, found without room for them. */
typedef struct ImageScan {
  double least, most;
  PetscInt64 count[256]; /* voxels of each whole number; only where all values are whole numbers 0 .. 255 */
  PetscInt64 others;     /* voxels whose value is no whole number 0 .. 255 */
  PetscInt lo[3], hi[3]; /* box of the voxels that are not 0: first and last index along each axis; hi < lo: none */
} ImageScan;

enum { IMAGE_WHY = 400 };

/* All collective. Reads .nii, .nii.gz and .hdr/.img pairs of real numbers in up to three dimensions. What is wrong with
   a file (missing, truncated or foreign; tilted by 45 degrees and more, or sheared; values that are no numbers) is said
   in why [IMAGE_WHY], to be read after the file's name, the same on every rank; empty: nothing is. */

/* The header alone: no room is taken for the values, however many the file promises. */
PetscErrorCode image_open(MPI_Comm comm, const char *file, ImageAxes axes, Image *image, char *why);
/* The header, and what the values are; they pass by in small portions. */
PetscErrorCode image_scan(MPI_Comm comm, const char *file, ImageAxes axes, Image *image, ImageScan *scan, char *why);
/* All of it. What is wrong is PETSC_ERR_USER_INPUT with the file's name here. */
PetscErrorCode image_read(MPI_Comm comm, const char *file, ImageAxes axes, Image *image);
/* Refuses what is no label image: "not a label image: values -1600 ... 1600". */
PetscErrorCode image_check_labels(MPI_Comm comm, double least, double most, PetscInt64 others);
PetscErrorCode image_free(Image *image);

#endif
