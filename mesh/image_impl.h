/* Shared by the phases of reading an image, all on rank 0: the header, the axes, the values. */
#ifndef TRABECULA_MESH_IMAGE_IMPL_H
#define TRABECULA_MESH_IMAGE_IMPL_H

#include "mesh/image.h"
#include <nifti2_io.h>

typedef struct ImageRaw { /* what is checked as it stands in the file: the library repairs or prints, here it is an
                             error */
  int64_t dim[8];
  int datatype, bits, intent;
  double spacing[3], slope, intercept, offset; /* offset: byte of the file at which the values begin */
  bool single;                                 /* header and values in one file */
  int head;                                    /* bytes of the header with the four that follow it */
} ImageRaw;

typedef struct ImageSource { /* what rank 0 knows of the file */
  const char *file;
  ImageAxes axes; /* as asked */
  char *why;      /* [IMAGE_WHY] what is wrong with it; empty: nothing */
  nifti_image *header;
  ImageRaw raw;
  int64_t voxels;
  int64_t first, stride[3]; /* where voxel (i,j,k) of the file goes: first + stride . (i,j,k) */
} ImageSource;

typedef struct ImageType {
  int code, bytes;
} ImageType;

/* Notes what is wrong, unless something is already; returns false for `return image_refuse(...)`. */
bool image_refuse(ImageSource *source, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* NULL: values that are not real numbers of 8 to 64 bits. */
const ImageType *image_type(int code);
/* Finds the header, checks every number of it, and that the data file can hold the voxels. */
bool image_header(ImageSource *source);
/* Size, spacing, origin and the order of the voxels (see image.h). */
bool image_place(ImageSource *source, Image *image);

#endif
