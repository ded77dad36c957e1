/* NIfTI files, good ones and hostile ones; every file is written here but the real one.
   ranks: 1 2 */
#include "tests/mesh/nifti_file.h"

static void check_plain(const char *file, double slope, double inter) {
  Image image;
  CHECK_OK(image_read(world, file, IMAGE_AXES_AUTO, &image));
  assert_true(image.n[0] == NX && image.n[1] == NY && image.n[2] == NZ);
  assert_true(image.voxel_mm[0] == 0.5 && image.voxel_mm[1] == 0.75 && image.voxel_mm[2] == 1.25);
  assert_true(image.origin[0] == 0 && image.origin[1] == 0 && image.origin[2] == 0);
  for (int v = 0; v < N; ++v)
    assert_true(image.value[v] == (float)(slope * ramp[v] + inter));
  CHECK_OK(image_free(&image));
}

static void plain(void **state) {
  (void)state;
  Header h = header_make(INT16, 16);
  ramp_fill();
  check_plain(file_write("plain.nii", &h, 352, ramp, sizeof ramp), 1, 0);
  put_float(&h, SLOPE, 0.5);
  put_float(&h, INTER, -3);
  check_plain(file_write("scaled.nii", &h, 352, ramp, sizeof ramp), 0.5, -3);
  put_float(&h, SLOPE, 0); /* the standard: no scaling at all */
  check_plain(file_write("unscaled.nii", &h, 352, ramp, sizeof ramp), 1, 0);
}

static void swap(unsigned char *bytes, int n) {
  for (int b = 0; b < n / 2; ++b) {
    unsigned char t = bytes[b];
    bytes[b] = bytes[n - 1 - b];
    bytes[n - 1 - b] = t;
  }
}

static void other_byte_order(void **state) {
  (void)state;
  Header h = header_make(INT16, 16);
  int16_t data[N];
  ramp_fill();
  memcpy(data, ramp, sizeof data);
  for (int v = 0; v < N; ++v)
    swap((unsigned char *)&data[v], 2);
  swap(h.byte, 4);
  for (int d = 0; d < 8; ++d) {
    swap(h.byte + DIM + 2 * d, 2);
    swap(h.byte + PIXDIM + 4 * d, 4);
  }
  swap(h.byte + DATATYPE, 2);
  swap(h.byte + BITPIX, 2);
  swap(h.byte + VOX_OFFSET, 4);
  check_plain(file_write("swapped.nii", &h, 352, data, sizeof data), 1, 0);
}

static void types(void **state) {
  (void)state;
  const struct {
    int code, bits;
  } type[] = {{UINT8, 8}, {256, 8},   {INT16, 16}, {512, 16},     {8, 32},
              {768, 32},  {1024, 64}, {1280, 64},  {FLOAT32, 32}, {FLOAT64, 64}};
  for (size_t t = 0; t < sizeof type / sizeof *type; ++t) {
    Header h = header_make(type[t].code, type[t].bits);
    unsigned char data[8 * N] = {0};
    Image image;
    for (int v = 0; v < N; ++v) { /* 0 .. 59 in every type: little-endian machines */
      float f = (float)v;
      double d = v;
      unsigned char *to = data + v * type[t].bits / 8;
      if (type[t].code == FLOAT32)
        memcpy(to, &f, sizeof f);
      else if (type[t].code == FLOAT64)
        memcpy(to, &d, sizeof d);
      else
        to[0] = (unsigned char)v;
    }
    CHECK_OK(image_read(world, file_write("type.nii", &h, 352, data, (size_t)(N * type[t].bits / 8)), IMAGE_AXES_AUTO,
                        &image));
    for (int v = 0; v < N; ++v)
      assert_true(image.value[v] == (float)v);
    CHECK_OK(image_free(&image));
  }
}

static void packed(void **state) {
  (void)state;
  Header h = header_make(INT16, 16);
  char command[2 * PETSC_MAX_PATH_LEN];
  int rank, failed = 0;
  Image image;
  ramp_fill();
  MPI_Comm_rank(world, &rank);
  file_write("packed.nii", &h, 352, ramp, sizeof ramp);
  snprintf(command, sizeof command, "gzip -f %s && cd %s && head -c 150 packed.nii.gz > cut.nii.gz", path, folder);
  if (rank == 0)
    failed = system(command);
  MPI_Bcast(&failed, 1, MPI_INT, 0, world);
  assert_int_equal(failed, 0);
  check_plain(in_folder("packed.nii.gz"), 1, 0);
  CHECK_REFUSED(image_read(world, in_folder("cut.nii.gz"), IMAGE_AXES_AUTO, &image));
}

/* World coordinates of a voxel do not depend on how the file stores it: all 48 signed permutations of the axes. */
static void axes(void **state) {
  (void)state;
  static const int order[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  const double size[3] = {0.5, 0.75, 1.25};
  ramp_fill();
  for (int o = 0; o < 48; ++o) {
    const int *to = order[o / 8], n[3] = {NX, NY, NZ};
    double step[3], shift[3] = {10, -20, 30};
    Header h = header_make(INT16, 16);
    Image image;
    for (int c = 0; c < 3; ++c)
      step[c] = o >> c & 1 ? -size[c] : size[c];
    put_sform(&h, to, step, shift);
    CHECK_OK(image_read(world, file_write("axes.nii", &h, 352, ramp, sizeof ramp), IMAGE_AXES_AUTO, &image));
    for (int v = 0; v < N; ++v) {
      const int at[3] = {v % NX, v / NX % NY, v / NX / NY};
      int64_t index[3];
      for (int c = 0; c < 3; ++c) {
        double world_mm = shift[to[c]] + step[c] * at[c];
        assert_int_equal(image.n[to[c]], n[c]);
        assert_true(fabs(image.voxel_mm[to[c]] - size[c]) < 1e-6);
        index[to[c]] = (int64_t)floor((world_mm - image.origin[to[c]]) / image.voxel_mm[to[c]]);
      }
      assert_true(image.value[index[0] + image.n[0] * (index[1] + image.n[1] * index[2])] == (float)ramp[v]);
    }
    CHECK_OK(image_free(&image));
  }
}

static void units(void **state) {
  (void)state;
  Header h = header_make(INT16, 16);
  Image image;
  h.byte[UNITS] = 3; /* micrometre */
  CHECK_OK(image_read(world, file_write("micron.nii", &h, 352, ramp, sizeof ramp), IMAGE_AXES_AUTO, &image));
  CHECK_NEAR(image.voxel_mm[2], 1.25e-3, 1e-12, "1.25 um");
  assert_false(image.unit_unknown);
  CHECK_OK(image_free(&image));
  h.byte[UNITS] = 1; /* metre */
  CHECK_OK(image_read(world, file_write("metre.nii", &h, 352, ramp, sizeof ramp), IMAGE_AXES_AUTO, &image));
  CHECK_NEAR(image.voxel_mm[2], 1250, 1e-12, "1.25 m");
  CHECK_OK(image_free(&image));
  h.byte[UNITS] = 0;
  CHECK_OK(image_read(world, file_write("unknown.nii", &h, 352, ramp, sizeof ramp), IMAGE_AXES_AUTO, &image));
  assert_true(image.unit_unknown && image.voxel_mm[2] == 1.25);
  CHECK_OK(image_free(&image));
}

/* What is known of values without room for them is what there is. */
static void scanned(void **state) {
  (void)state;
  Header h = header_make(INT16, 16);
  int16_t label[N] = {0};
  Image image;
  ImageScan scan;
  char why[IMAGE_WHY];
  label[2 + NX * (1 + NY * 1)] = 7;
  label[3 + NX * (2 + NY * 1)] = 200;
  CHECK_OK(
      image_scan(world, file_write("scan.nii", &h, 352, label, sizeof label), IMAGE_AXES_AUTO, &image, &scan, why));
  assert_null(image.value);
  assert_true(scan.least == 0 && scan.most == 200 && !scan.others && scan.count[0] == N - 2 && scan.count[7] == 1);
  const PetscInt lo[3] = {2, 1, 1}, hi[3] = {3, 2, 1};
  for (int c = 0; c < 3; ++c)
    assert_true(scan.lo[c] == lo[c] && scan.hi[c] == hi[c]);
  ramp_fill();
  CHECK_OK(image_scan(world, file_write("grey.nii", &h, 352, ramp, sizeof ramp), IMAGE_AXES_AUTO, &image, &scan, why));
  assert_true(scan.least == -100 && scan.most == 7 * (N - 1) - 100 && scan.others > 0);
  CHECK_REFUSED(image_check_labels(world, scan.least, scan.most, scan.others));
  put_float(&h, VOX_OFFSET, 0);
  CHECK_OK(image_open(world, file_write("zero.nii", &h, 352, ramp, sizeof ramp), IMAGE_AXES_AUTO, &image, why));
  assert_non_null(strstr(why, "vox_offset")); /* on every rank */
}

static void refused(const char *what, const Header *h, size_t head, size_t bytes) {
  static const unsigned char zeros[4096];
  Image image;
  assert_true(bytes <= sizeof zeros);
  print_message("refused: %s\n", what);
  CHECK_REFUSED(image_read(world, file_write("bad.nii", h, head, zeros, bytes), IMAGE_AXES_AUTO, &image));
  assert_null(image.value);
}

static void hostile(void **state) {
  (void)state;
  Image image;
  Header h;
  CHECK_REFUSED(image_read(world, in_folder("missing.nii"), IMAGE_AXES_AUTO, &image));
  CHECK_REFUSED(image_read(world, folder, IMAGE_AXES_AUTO, &image));
  h = header_make(INT16, 16);
  refused("empty", &h, 0, 0);
  refused("half a header", &h, 170, 0);
  refused("no data", &h, 352, 0);
  refused("one byte short", &h, 352, sizeof ramp - 1);
  memset(h.byte, 'x', sizeof h.byte);
  refused("text", &h, 352, 4096);
  h = header_make(INT16, 16);
  memset(h.byte + MAGIC, 0, 4);
  refused("ANALYZE", &h, 352, sizeof ramp);
  h = header_make(INT16, 16);
  for (int d = 1; d < 4; ++d)
    put16(&h, DIM + 2 * d, 32767);
  refused("32767^3 voxels", &h, 352, 4096);
  h = header_make(INT16, 16);
  put16(&h, DIM, 7);
  for (int d = 1; d < 8; ++d)
    put16(&h, DIM + 2 * d, 32767);
  refused("more voxels than 64 bits count", &h, 352, 4096);
  for (int bad = 0; bad < 3; ++bad) {
    h = header_make(INT16, 16);
    put16(&h, DIM + 4, (int[]){0, -1, -32768}[bad]);
    refused("dimension below 1", &h, 352, 4096);
  }
  for (int bad = 0; bad < 2; ++bad) {
    h = header_make(INT16, 16);
    put16(&h, DIM, bad ? 8 : 0);
    refused("number of dimensions", &h, 352, 4096);
  }
  h = header_make(INT16, 16);
  put16(&h, DIM, 4);
  put16(&h, DIM + 8, 2);
  refused("two volumes", &h, 352, 4096);
  for (int bad = 0; bad < 4; ++bad) {
    h = header_make(INT16, 16);
    put_float(&h, PIXDIM + 8, (double[]){0, -1, NAN, INFINITY}[bad]);
    refused("voxel size", &h, 352, 4096);
  }
  for (int bad = 0; bad < 3; ++bad) {
    h = header_make(INT16, 16);
    put_float(&h, bad == 2 ? INTER : SLOPE, (double[]){NAN, INFINITY, NAN}[bad]);
    refused("slope or intercept", &h, 352, 4096);
  }
  for (int bad = 0; bad < 5; ++bad) {
    static const int type[5][2] = {{RGB24, 24}, {COMPLEX64, 64}, {FLOAT128, 128}, {1, 1}, {4711, 16}};
    h = header_make(type[bad][0], type[bad][1]);
    refused("type of the values", &h, 352, 4096);
  }
  for (int bad = 0; bad < 4; ++bad) {
    h = header_make(INT16, 16);
    put_float(&h, VOX_OFFSET, (double[]){-400, 1e9, 1e30, NAN}[bad]);
    refused("offset of the data", &h, 352, 60);
  }
  for (int bad = 0; bad < 3; ++bad) {
    h = header_make(INT16, 16);
    put_float(&h, VOX_OFFSET, (double[]){0, 348, 351}[bad]);
    refused("data that begin within the header of a single file", &h, 352, sizeof ramp);
  }
  h = header_make(INT16, 16);
  refused("more data than voxels", &h, 352, sizeof ramp + 1);
  put16(&h, BITPIX, 8);
  refused("bits that are not the type's", &h, 352, sizeof ramp);
  h = header_make(INT16, 16);
  put16(&h, INTENT, 1007);
  refused("vectors", &h, 352, sizeof ramp);
  h = header_make(INT16, 16);
  h.byte[UNITS] = 5;
  refused("unit of length", &h, 352, sizeof ramp);
  for (int bad = 0; bad < 2; ++bad) {
    float value[N] = {[17] = bad ? INFINITY : NAN};
    h = header_make(FLOAT32, 32);
    CHECK_REFUSED(image_read(world, file_write("bad.nii", &h, 352, value, sizeof value), IMAGE_AXES_AUTO, &image));
  }
}

/* Any bytes may be refused but must not crash; a header with random damage is the nastiest random input. */
static void damaged_headers(void **state) {
  (void)state;
  unsigned seed = 3;
  int read = 0;
  for (int run = 0; run < 200; ++run) {
    Header h = header_make(INT16, 16);
    Image image;
    PetscErrorCode code;
    unsigned char data[sizeof ramp] = {0};
    for (int k = 0; k <= run % 5; ++k) {
      seed = seed * 1664525u + 1013904223u;
      h.byte[4 + (seed >> 8) % 348] = (unsigned char)(seed >> 20);
    }
    file_write("damaged.nii", &h, 352, data, sizeof data);
    PetscPushErrorHandler(check_quiet_, NULL);
    code = image_read(world, path, IMAGE_AXES_AUTO, &image);
    PetscPopErrorHandler();
    assert_true(code == PETSC_SUCCESS || code == PETSC_ERR_USER_INPUT);
    read += code == PETSC_SUCCESS;
    if (!code)
      CHECK_OK(image_free(&image));
    MPI_Barrier(world);
  }
  assert_true(read > 0 && read < 200);
}

static void real_mask(void **state) {
  (void)state;
  const char *file = TRABECULA_SOURCE_DIR "/../shared/data/thoracic_T12_mask_1.5mm.nii.gz";
  GridBox box = {.voxel_mm = 1.5};
  Leaves leaves;
  Components found;
  Image image;
  PetscInt64 solid = 0, sum = 0;
  if (access(file, R_OK)) {
    print_message("%s is not here: skipped\n", file);
    skip();
  }
  CHECK_OK(image_read(world, file, IMAGE_AXES_AUTO, &image));
  assert_true(image.n[0] == 120 && image.n[1] == 126 && image.n[2] == 164);
  for (int c = 0; c < 3; ++c)
    CHECK_NEAR(image.voxel_mm[c], 1.5, 1e-6, "resampled to 1.5 mm");
  for (PetscInt v = 0; v < 120 * 126 * 164; ++v)
    solid += image.value[v] != 0;
  CHECK_OK(voxelise_image(world, &image, &box, &leaves));
  sum = (PetscInt64)leaves_volume(world, &leaves);
  assert_true(sum == solid && solid > 5000);
  CHECK_OK(leaves_keep_largest(world, &box, 0, &leaves, &found));
  assert_true(found.voxels_kept > 0.95 * (double)solid && found.voxels_kept + found.voxels_dropped == solid);
  CHECK_OK(leaves_partition(world, &box, &leaves));
  assert_true((PetscInt64)leaves_volume(world, &leaves) == found.voxels_kept);
  CHECK_OK(leaves_free(&leaves));
  CHECK_OK(image_free(&image));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(plain),
    cmocka_unit_test(other_byte_order),
    cmocka_unit_test(types),
    cmocka_unit_test(packed),
    cmocka_unit_test(axes),
    cmocka_unit_test(scanned),
    cmocka_unit_test(units),
    cmocka_unit_test(hostile),
    cmocka_unit_test(damaged_headers),
    cmocka_unit_test(real_mask),
};

int main(int argc, char **argv) { return nifti_main(argc, argv, tests, sizeof tests / sizeof *tests); }
