/* Label images that tests make for their cases: NIfTI-1 files of bytes. */
#ifndef TRABECULA_TESTS_LABEL_IMAGE_H
#define TRABECULA_TESTS_LABEL_IMAGE_H

#include "tests/cases/answer.h"

typedef struct LabelImage {
  int n[3];
  double voxel_mm[3];
  uint8_t (*label)(int, int, int);
  double turn_deg; /* of the image's axes about the world's z, in the sform; 0: there is none */
} LabelImage;

/* The 352 bytes before the voxels. */
typedef union LabelHeader {
  unsigned char byte[352];
  int16_t half[176];
  int32_t whole[88];
  float real[88];
} LabelHeader;

static inline void label_header(const LabelImage *image, LabelHeader *head) {
  memset(head, 0, sizeof *head);
  head->whole[0] = 348; /* sizeof_hdr */
  head->half[20] = 3;   /* dim: rank and extents */
  for (int i = 0; i < 7; i++)
    head->half[21 + i] = (int16_t)(i < 3 ? image->n[i] : 1);
  head->half[35] = 2; /* datatype: unsigned char */
  head->half[36] = 8; /* bits */
  head->real[19] = 1; /* pixdim */
  for (int i = 0; i < 3; i++)
    head->real[20 + i] = (float)image->voxel_mm[i];
  head->real[27] = 352; /* offset of the voxels */
  head->real[28] = 1;   /* slope */
  head->byte[123] = 2;  /* mm */
  memcpy(head->byte + 344, "n+1\0", 4);
  if (image->turn_deg == 0)
    return;
  const double c = cos(image->turn_deg * PETSC_PI / 180), s = sin(image->turn_deg * PETSC_PI / 180);
  const double *v = image->voxel_mm,
               m[3][4] = {{c * v[0], -s * v[1], 0, 3}, {s * v[0], c * v[1], 0, 4}, {0, 0, v[2], 5}};
  head->half[127] = 1; /* sform code */
  for (int w = 0; w < 12; w++)
    head->real[70 + w] = (float)m[w / 4][w % 4];
}

/* Writes FOLDER/labels.nii; all ranks return when it is there. */
static inline void label_image_put(const char *folder, const LabelImage *image) {
  LabelHeader head;
  char file[128];
  label_header(image, &head);
  snprintf(file, sizeof file, "%s/labels.nii", folder);
  if (!folder_rank()) {
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    fwrite(&head, 1, sizeof head, f);
    for (int k = 0; k < image->n[2]; k++)
      for (int j = 0; j < image->n[1]; j++)
        for (int i = 0; i < image->n[0]; i++)
          fputc(image->label(i, j, k), f);
    fclose(f);
  }
  MPI_Barrier(PETSC_COMM_WORLD);
}

/* The text of a case with FOLDER/ before its labels.nii. */
static inline const char *label_case(const char *text, const char *folder) {
  static char with_folder[1024];
  const char *name = strstr(text, "labels.nii");
  snprintf(with_folder, sizeof with_folder, "%.*s%s/%s", (int)(name - text), text, folder, name);
  return with_folder;
}

/* Runs an image case; the folder of the case holds the image. */
static inline void label_answer(const LabelImage *image, const char *text, const char *const *set, Answer *a) {
  char folder[64];
  folder_open(folder);
  label_image_put(folder, image);
  answer_open(label_case(text, folder), set, a);
  folder_close(folder);
}

/* The same of `check`: refused with a message that holds part. */
static inline void label_refused(const LabelImage *image, const char *text, const char *const *set, const char *part) {
  char folder[64];
  folder_open(folder);
  label_image_put(folder, image);
  answer_refused(label_case(text, folder), set, part);
  folder_close(folder);
}

#endif
