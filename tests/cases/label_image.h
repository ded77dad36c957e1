/* Label images for tests: NIfTI-1, one byte a voxel, cubes. */
#ifndef TRABECULA_TESTS_LABEL_IMAGE_H
#define TRABECULA_TESTS_LABEL_IMAGE_H

#include "tests/cases/folder.h"

/* FOLDER/labels.nii of n[0] x n[1] x n[2] voxels, x fastest. Collective. */
static inline void label_image_put(const char *folder, const int n[3], float voxel_mm, const uint8_t *label) {
  union {
    unsigned char byte[352];
    int16_t half[176];
    int32_t whole[88];
    float real[88];
  } head;
  char file[128];
  memset(&head, 0, sizeof head);
  head.whole[0] = 348; /* sizeof_hdr */
  head.half[20] = 3;   /* dim: rank and extents */
  for (int i = 0; i < 7; i++)
    head.half[21 + i] = (int16_t)(i < 3 ? n[i] : 1);
  head.half[35] = 2; /* datatype: unsigned char */
  head.half[36] = 8; /* bits */
  head.real[19] = 1; /* pixdim */
  head.real[20] = head.real[21] = head.real[22] = voxel_mm;
  head.real[27] = 352; /* offset of the voxels */
  head.real[28] = 1;   /* slope */
  head.byte[123] = 2;  /* mm */
  memcpy(head.byte + 344, "n+1\0", 4);
  snprintf(file, sizeof file, "%s/labels.nii", folder);
  if (!folder_rank()) {
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    fwrite(&head, 1, 352, f);
    fwrite(label, 1, (size_t)n[0] * (size_t)n[1] * (size_t)n[2], f);
    fclose(f);
  }
  MPI_Barrier(PETSC_COMM_WORLD);
}

#endif
