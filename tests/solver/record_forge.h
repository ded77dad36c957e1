/* Records as a stranger makes them: one number of a table is another, and the seal is right again. */
#ifndef TRABECULA_TESTS_SOLVER_RECORD_FORGE_H
#define TRABECULA_TESTS_SOLVER_RECORD_FORGE_H

#include "materials/content.h"
#include "tests/check.h"
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FORGE_CHUNK = 1 << 16, FORGE_TABLES = 16 };

/* The content of all bytes, in the pieces that a record is read in, behind them. */
static inline void forge_seal(const char *file) {
  static char chunk[FORGE_CHUNK];
  Content seal = {0, 0};
  FILE *f = fopen(file, "r+b");
  size_t n;
  assert_non_null(f);
  content_add_text(&seal, "trabecula");
  while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
    content_add(&seal, n, chunk);
  fseek(f, 0, SEEK_END);
  fwrite(&seal, sizeof seal, 1, f);
  fclose(f);
}

/* Names of the tables of a file. */
static inline int forge_tables(const char *file, char name[FORGE_TABLES][32]) {
  hid_t id = H5Fopen(file, H5F_ACC_RDONLY, H5P_DEFAULT);
  H5G_info_t info;
  assert_true(id >= 0 && H5Gget_info(id, &info) >= 0 && info.nlinks <= FORGE_TABLES);
  for (hsize_t i = 0; i < info.nlinks; i++)
    H5Lget_name_by_idx(id, ".", H5_INDEX_NAME, H5_ITER_INC, i, name[i], 32, H5P_DEFAULT);
  H5Fclose(id);
  return (int)info.nlinks;
}

/* Number `which` (of the share 0 .. 1 of all) of a table becomes value. False: the table is empty. */
static inline bool forge_number(const char *file, const char *table, double which, double value) {
  hid_t id = H5Fopen(file, H5F_ACC_RDWR, H5P_DEFAULT), data = H5Dopen2(id, table, H5P_DEFAULT);
  hid_t space = H5Dget_space(data);
  const hssize_t n = H5Sget_simple_extent_npoints(space);
  double *all = calloc((size_t)n + 1, sizeof *all);
  assert_true(data >= 0 && all);
  if (n > 0) {
    H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, all);
    all[(hssize_t)(which * (double)(n - 1))] = value;
    H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, all);
  }
  free(all);
  H5Sclose(space);
  H5Dclose(data);
  H5Fclose(id);
  forge_seal(file);
  return n > 0;
}

static inline void forge_copy(const char *from, const char *to) {
  FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
  char chunk[4096];
  size_t n;
  assert_true(in && out);
  while ((n = fread(chunk, 1, sizeof chunk, in)) > 0)
    fwrite(chunk, 1, n, out);
  fclose(in);
  fclose(out);
}

#endif
