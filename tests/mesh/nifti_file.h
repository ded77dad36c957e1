/* NIfTI files that tests write byte by byte, into a folder that is there for the group of tests. */
#ifndef TRABECULA_TESTS_MESH_NIFTI_FILE_H
#define TRABECULA_TESTS_MESH_NIFTI_FILE_H

#include "mesh/image.h"
#include "tests/mesh/leaves_check.h"
#include <stdlib.h>
#include <unistd.h>

static const MPI_Comm world = MPI_COMM_WORLD;
enum { NX = 5, NY = 4, NZ = 3, N = NX * NY * NZ };

/* The 348 bytes of a NIfTI-1 header, by the offsets of the standard (nifti1.h of the NIfTI-1 data format, 2003). */
typedef union Header {
  unsigned char byte[352]; /* with the four bytes that say there are no extensions */
} Header;

static inline void put16(Header *h, int offset, int value) {
  int16_t v = (int16_t)value;
  memcpy(h->byte + offset, &v, sizeof v);
}
static inline void put_float(Header *h, int offset, double value) {
  float v = (float)value;
  memcpy(h->byte + offset, &v, sizeof v);
}

enum {
  DIM = 40,
  INTENT = 68,
  DATATYPE = 70,
  BITPIX = 72,
  PIXDIM = 76,
  VOX_OFFSET = 108,
  SLOPE = 112,
  INTER = 116,
  UNITS = 123
};
enum { QFORM = 252, SFORM = 254, SROW = 280, MAGIC = 344 };
enum { INT16 = 4, UINT8 = 2, FLOAT32 = 16, COMPLEX64 = 32, RGB24 = 128, FLOAT64 = 64, FLOAT128 = 1536 };

static inline Header header_make(int datatype, int bits) {
  Header h = {{0}};
  const int32_t size = 348;
  memcpy(h.byte, &size, sizeof size);
  put16(&h, DIM, 3);
  put16(&h, DIM + 2, NX);
  put16(&h, DIM + 4, NY);
  put16(&h, DIM + 6, NZ);
  for (int d = 4; d < 8; ++d)
    put16(&h, DIM + 2 * d, 1);
  put16(&h, DATATYPE, datatype);
  put16(&h, BITPIX, bits);
  for (int d = 0; d < 8; ++d)
    put_float(&h, PIXDIM + 4 * d, 1);
  put_float(&h, PIXDIM + 4, 0.5);
  put_float(&h, PIXDIM + 8, 0.75);
  put_float(&h, PIXDIM + 12, 1.25);
  put_float(&h, VOX_OFFSET, 352);
  h.byte[UNITS] = 2; /* mm */
  memcpy(h.byte + MAGIC, "n+1", 4);
  return h;
}

/* sform: world axis `to[c]` and signed step of each file axis. */
static inline void put_sform(Header *h, const int to[3], const double step[3], const double shift[3]) {
  put16(h, SFORM, 1);
  for (int w = 0; w < 3; ++w)
    for (int c = 0; c < 4; ++c)
      put_float(h, SROW + 16 * w + 4 * c, c == 3 ? shift[w] : to[c] == w ? step[c] : 0);
}

static char folder[] = "/tmp/trabecula-image-XXXXXX";
static char path[PETSC_MAX_PATH_LEN];

static inline const char *in_folder(const char *name) {
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

/* Rank 0 writes; all ranks return when it is there. */
static inline const char *file_write(const char *name, const Header *h, size_t head, const void *data, size_t bytes) {
  int rank;
  in_folder(name);
  MPI_Comm_rank(world, &rank);
  if (rank == 0) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fwrite(h->byte, 1, head, f) == head && fwrite(data, 1, bytes, f) == bytes);
    assert_int_equal(fclose(f), 0);
  }
  MPI_Barrier(world);
  return path;
}

static inline int setup(void **state) {
  int rank;
  (void)state;
  MPI_Comm_rank(world, &rank);
  if (rank == 0 && !mkdtemp(folder))
    return 1;
  MPI_Bcast(folder, (int)sizeof folder, MPI_CHAR, 0, world);
  return 0;
}

static inline int teardown(void **state) {
  char command[sizeof folder + 16];
  int rank;
  (void)state;
  MPI_Comm_rank(world, &rank);
  MPI_Barrier(world);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return rank == 0 ? system(command) : 0;
}

static int16_t ramp[N];
static inline void ramp_fill(void) {
  for (int v = 0; v < N; ++v)
    ramp[v] = (int16_t)(7 * v - 100);
}

/* The group of tests, with the folder around it. */
static inline int nifti_main(int argc, char **argv, const struct CMUnitTest *tests, size_t n) {
  int failed, worst = 0;
  if (PetscInitialize(&argc, &argv, NULL, NULL))
    return 1;
  failed = _cmocka_run_group_tests("images", tests, n, setup, teardown);
  MPI_Allreduce(&failed, &worst, 1, MPI_INT, MPI_MAX, PETSC_COMM_WORLD);
  PetscFinalize();
  return worst ? 1 : 0;
}

#endif
