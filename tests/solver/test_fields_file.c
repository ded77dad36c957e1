/* ranks: 1 2 4
   VTKHDF files read back with the plain HDF5 interface. Every field is a known function of position, so that a value
   in the wrong place shows. With TRABECULA_KEEP=FOLDER the files stay there for other readers. */
#include "tests/check.h"

#include "solver/files/fields_file.h"
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NX = 19, NY = 70, NZ = 21 }; /* neither multiples of a leaf nor of a chunk; three strips of chunks in y */

static const double origin[3] = {-3, 5, 0.25};
static const double edge = 0.5;

/* A slanted layer that leaves the faces of the box empty; three labels. */
static int label_at(int i, int j, int k) {
  int inside = i > 1 && i < NX - 2 && j > 2 && j < NY - 1 && k > 0 && k < NZ - 3;
  return inside && (i + 2 * j + 3 * k) % 7 < 4 ? 1 + (i + j + k) % 3 : 0;
}

/* The first call is collective. */
static char *folder(void) {
  static char name[256];
  int rank;
  if (name[0])
    return name;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  if (rank == 0) {
    const char *keep = getenv("TRABECULA_KEEP");
    snprintf(name, sizeof name, "%s", keep ? keep : "/tmp/test_fields_file.XXXXXX");
    if (!keep)
      assert_non_null(mkdtemp(name));
  }
  (void)MPI_Bcast(name, sizeof name, MPI_CHAR, 0, PETSC_COMM_WORLD);
  return name;
}

static void file_name(const char *what, char file[PETSC_MAX_PATH_LEN]) {
  snprintf(file, PETSC_MAX_PATH_LEN, "%s/%s.vtkhdf", folder(), what);
}

static Grid *make_grid(PetscBool partial, PetscBool periodic) {
  const GridBox box = {edge, {origin[0], origin[1], origin[2]}, {NX, NY, NZ}, {periodic, periodic, periodic}};
  Leaves leaves = {0};
  Grid *grid = NULL;
  int rank, size;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  const int m[3] = {(NX + 7) / 8, (NY + 7) / 8, (NZ + 7) / 8}, n = m[0] * m[1] * m[2];
  CHECK_OK(PetscMalloc1(n, &leaves.at));
  CHECK_OK(PetscMalloc1(n, &leaves.label));
  if (partial)
    CHECK_OK(PetscMalloc1(n, &leaves.solid));
  if (partial)
    CHECK_OK(PetscMalloc1(n, &leaves.stiffness_factor));
  for (int l = rank; l < n; l += size) {
    int32_t *at = leaves.at[leaves.n];
    int any = 0;
    at[0] = l % m[0], at[1] = l / m[0] % m[1], at[2] = l / m[0] / m[1];
    for (int v = 0; v < LEAF_VOXELS; v++) {
      int i = 8 * at[0] + v % 8, j = 8 * at[1] + v / 8 % 8, k = 8 * at[2] + v / 64;
      leaves.label[leaves.n][v] = (uint8_t)(periodic ? i < NX && j < NY && k < NZ : label_at(i, j, k));
      any |= leaves.label[leaves.n][v];
      if (partial)
        leaves.solid[leaves.n][v] = (float)(leaves.label[leaves.n][v] / 4.),
        leaves.stiffness_factor[leaves.n][v] = (float)(leaves.label[leaves.n][v] / 16.);
    }
    leaves.n += any != 0;
  }
  CHECK_OK(grid_create(PETSC_COMM_WORLD, &box, &leaves, 0, NULL, &grid));
  CHECK_OK(leaves_free(&leaves));
  return grid;
}

/* "position": the centre itself; "ramp": x + 10 y + 100 z. */
static void write_with(PetscErrorCode (*write)(const char *, const Grid *, PetscInt, const Field *), const char *file,
                       const Grid *grid, PetscErrorCode wanted) {
  double(*x)[3];
  float *position, *ramp;
  PetscInt n = grid->voxels_owned;
  CHECK_OK(PetscMalloc3(n, &x, 3 * n, &position, n, &ramp));
  CHECK_OK(grid_voxel_centres(grid, x, NULL));
  for (PetscInt v = 0; v < n; v++) {
    for (int d = 0; d < 3; d++)
      position[3 * v + d] = (float)x[v][d];
    ramp[v] = (float)(x[v][0] + 10 * x[v][1] + 100 * x[v][2]);
  }
  const Field fields[2] = {{"position", "mm", 3, position}, {"ramp", "MPa", 1, ramp}};
  if (wanted == PETSC_SUCCESS)
    CHECK_OK(write(file, grid, 2, fields));
  else
    CHECK_REFUSED(write(file, grid, 2, fields));
  CHECK_OK(PetscFree3(x, position, ramp));
}

static int first_rank(void) {
  int rank;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  return rank == 0;
}

/* A whole data set below /VTKHDF, malloc'ed; *n items. */
static void *read_set(hid_t root, const char *name, hid_t type, size_t *n) {
  hid_t set = H5Dopen2(root, name, H5P_DEFAULT), space = H5Dget_space(set);
  assert_true(set >= 0);
  *n = (size_t)H5Sget_simple_extent_npoints(space);
  void *value = malloc(*n * H5Tget_size(type) + 1);
  assert_true(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
  H5Sclose(space);
  H5Dclose(set);
  return value;
}

static void read_text(hid_t root, const char *object, const char *name, char *text, size_t n) {
  hid_t attribute = H5Aopen_by_name(root, object, name, H5P_DEFAULT, H5P_DEFAULT), type = H5Aget_type(attribute);
  assert_true(attribute >= 0);
  assert_true(H5Tget_size(type) < n && H5Tget_strpad(type) == H5T_STR_NULLPAD && !H5Tis_variable_str(type));
  memset(text, 0, n);
  assert_true(H5Aread(attribute, type, text) >= 0);
  H5Tclose(type);
  H5Aclose(attribute);
}

static void read_attribute(hid_t root, const char *name, hid_t type, void *value) {
  hid_t attribute = H5Aopen(root, name, H5P_DEFAULT);
  assert_true(attribute >= 0 && H5Aread(attribute, type, value) >= 0);
  H5Aclose(attribute);
}

static hid_t open_root(const char *file, const char *type, hid_t *id) {
  char text[32];
  int64_t version[2];
  *id = H5Fopen(file, H5F_ACC_RDONLY, H5P_DEFAULT);
  assert_true(*id >= 0);
  hid_t root = H5Gopen2(*id, "VTKHDF", H5P_DEFAULT);
  read_text(root, ".", "Type", text, sizeof text);
  assert_string_equal(text, type);
  read_attribute(root, "Version", H5T_NATIVE_INT64, version);
  assert_int_equal(version[0], 1);
  assert_int_equal(version[1], 0);
  return root;
}

static void test_image(void **state) {
  (void)state;
  char file[PETSC_MAX_PATH_LEN], unit[8];
  Grid *grid = make_grid(PETSC_TRUE, PETSC_FALSE);
  file_name("image", file);
  write_with(fields_write_voxels, file, grid, PETSC_SUCCESS);
  if (first_rank()) {
    hid_t id, root = open_root(file, "ImageData", &id);
    double at[3], spacing[3];
    int extent[6];
    size_t n[5];
    read_attribute(root, "WholeExtent", H5T_NATIVE_INT, extent);
    read_attribute(root, "Origin", H5T_NATIVE_DOUBLE, at);
    read_attribute(root, "Spacing", H5T_NATIVE_DOUBLE, spacing);
    /* the solid: i 2..16, j 3..68, k 1..17 */
    const int lo[3] = {2, 3, 1}, size[3] = {15, 66, 17};
    for (int d = 0; d < 3; d++) {
      assert_int_equal(extent[2 * d], 0);
      assert_int_equal(extent[2 * d + 1], size[d] - 1);
      CHECK_NEAR(spacing[d], edge, 1e-15, "voxel edge");
      CHECK_NEAR(at[d], origin[d] + (lo[d] + 0.5) * edge, 1e-15, "centre of the lowest solid voxel");
    }
    uint8_t *label = read_set(root, "PointData/label", H5T_NATIVE_UINT8, &n[0]);
    float *fraction = read_set(root, "PointData/solid_fraction", H5T_NATIVE_FLOAT, &n[1]);
    float *factor = read_set(root, "PointData/stiffness_factor", H5T_NATIVE_FLOAT, &n[4]);
    float *ramp = read_set(root, "PointData/ramp", H5T_NATIVE_FLOAT, &n[2]);
    float *position = read_set(root, "PointData/position", H5T_NATIVE_FLOAT, &n[3]);
    const size_t points = (size_t)(size[0] * size[1] * size[2]);
    assert_true(n[0] == points && n[1] == points && n[2] == points && n[4] == points && n[3] == 3 * points);
    for (int p = 0; p < (int)points; p++) {
      int i[3] = {p % size[0], p / size[0] % size[1], p / size[0] / size[1]};
      int wanted = label_at(i[0] + lo[0], i[1] + lo[1], i[2] + lo[2]);
      float x[3];
      for (int d = 0; d < 3; d++)
        x[d] = wanted ? (float)(at[d] + i[d] * edge) : 0;
      assert_int_equal(label[p], wanted);
      assert_true(fraction[p] == (float)(wanted / 4.) && factor[p] == (float)(wanted / 16.));
      assert_true(fabs(ramp[p] - (x[0] + 10. * x[1] + 100. * x[2])) < 1e-3);
      assert_memory_equal(&position[3 * p], x, sizeof x);
    }
    read_text(root, "PointData/ramp", "unit", unit, sizeof unit);
    assert_string_equal(unit, "MPa");
    free(label), free(fraction), free(factor), free(ramp), free(position);
    H5Gclose(root);
    H5Fclose(id);
  }
  CHECK_OK(grid_destroy(&grid));
}

/* Every cell is a cube of the voxel's edge, right-handed, around the position that its own field states. */
static void check_pieces(hid_t root, PetscInt64 voxels) {
  size_t pieces, n[6];
  int64_t *points = read_set(root, "NumberOfPoints", H5T_NATIVE_INT64, &pieces);
  int64_t *cubes = read_set(root, "NumberOfCells", H5T_NATIVE_INT64, &pieces);
  int64_t *ids = read_set(root, "NumberOfConnectivityIds", H5T_NATIVE_INT64, &pieces);
  float(*x)[3] = read_set(root, "Points", H5T_NATIVE_FLOAT, &n[0]);
  int64_t *connectivity = read_set(root, "Connectivity", H5T_NATIVE_INT64, &n[1]);
  int64_t *offset = read_set(root, "Offsets", H5T_NATIVE_INT64, &n[2]);
  uint8_t *type = read_set(root, "Types", H5T_NATIVE_UINT8, &n[3]);
  float(*position)[3] = read_set(root, "CellData/position", H5T_NATIVE_FLOAT, &n[4]);
  float *ramp = read_set(root, "CellData/ramp", H5T_NATIVE_FLOAT, &n[5]);
  static const double corner[8][3] = {{-1, -1, -1}, {1, -1, -1}, {1, 1, -1}, {-1, 1, -1},
                                      {-1, -1, 1},  {1, -1, 1},  {1, 1, 1},  {-1, 1, 1}}; /* VTK_HEXAHEDRON */
  PetscInt64 c = 0, p = 0;
  assert_true(n[3] == (size_t)voxels && n[1] == (size_t)(8 * voxels) && n[5] == (size_t)voxels);
  for (size_t piece = 0; piece < pieces; piece++) {
    assert_int_equal(ids[piece], 8 * cubes[piece]);
    for (int64_t e = 0; e < cubes[piece]; e++, c++) {
      assert_int_equal(offset[c + (PetscInt64)piece], 8 * e);
      assert_int_equal(type[c], 12);
      for (int v = 0; v < 8; v++) {
        int64_t id = connectivity[8 * c + v];
        assert_true(id >= 0 && id < points[piece]);
        for (int d = 0; d < 3; d++)
          assert_true(fabs(x[p + id][d] - (position[c][d] + corner[v][d] * edge / 2)) < 1e-5);
      }
      assert_true(fabs(ramp[c] - (position[c][0] + 10. * position[c][1] + 100. * position[c][2])) < 1e-3);
    }
    p += points[piece];
  }
  free(points), free(cubes), free(ids), free(x), free(connectivity), free(offset), free(type), free(position);
  free(ramp);
}

static void test_cells(void **state) {
  (void)state;
  for (int periodic = 0; periodic < 2; periodic++) {
    char file[PETSC_MAX_PATH_LEN];
    Grid *grid = make_grid(PETSC_FALSE, (PetscBool)periodic);
    PetscInt64 voxels = grid->voxels_global;
    file_name(periodic ? "cells-periodic" : "cells", file);
    write_with(fields_write_voxel_cells, file, grid, PETSC_SUCCESS);
    if (first_rank()) {
      hid_t id, root = open_root(file, "UnstructuredGrid", &id);
      check_pieces(root, voxels);
      H5Gclose(root);
      H5Fclose(id);
    }
    CHECK_OK(grid_destroy(&grid));
  }
}

/* Three struts in a periodic cell of 2 mm, one of which leaves it through the upper x face. */
static void test_frame(void **state) {
  (void)state;
  char file[PETSC_MAX_PATH_LEN];
  double x[3][3] = {{0, 0, 0}, {1, 1, 0}, {1, 0, 1}};
  PetscInt strut[3][2] = {{0, 1}, {1, 2}, {2, 0}};
  double radius[3] = {0.1, 0.2, 0.3};
  int8_t shift[3][3] = {{0, 0, 0}, {0, 0, 0}, {1, 0, 0}};
  const Graph graph = {
      .n_nodes = 3, .n_struts = 3, .x = x, .strut = strut, .radius = radius, .shift = shift, .period = {2, 2, 2}};
  const float normal[3] = {10, 20, 30}, u[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const Field cell[1] = {{"normal_force", "N", 1, normal}}, point[1] = {{"displacement", "mm", 3, u}};
  file_name("frame", file);
  CHECK_OK(fields_write_frame(PETSC_COMM_WORLD, file, &graph, 1, cell, 1, point));
  if (!first_rank())
    return;
  size_t n[5];
  hid_t id, root = open_root(file, "UnstructuredGrid", &id);
  double(*points)[3] = read_set(root, "Points", H5T_NATIVE_DOUBLE, &n[0]);
  int64_t *connectivity = read_set(root, "Connectivity", H5T_NATIVE_INT64, &n[1]);
  double *radii = read_set(root, "CellData/radius", H5T_NATIVE_DOUBLE, &n[2]);
  float *force = read_set(root, "CellData/normal_force", H5T_NATIVE_FLOAT, &n[3]);
  float(*moved)[3] = read_set(root, "PointData/displacement", H5T_NATIVE_FLOAT, &n[4]);
  assert_true(n[0] == 12 && n[1] == 6 && n[2] == 3 && n[3] == 3 && n[4] == 12);
  const double far_side[3] = {2, 0, 0};
  assert_memory_equal(points[connectivity[5]], far_side, sizeof far_side);
  assert_memory_equal(moved[connectivity[5]], u, 3 * sizeof *u);
  assert_memory_equal(points[connectivity[4]], x[2], sizeof x[2]);
  assert_memory_equal(radii, radius, sizeof radius);
  assert_memory_equal(force, normal, sizeof normal);
  free(points), free(connectivity), free(radii), free(force), free(moved);
  H5Gclose(root);
  H5Fclose(id);
}

/* A name that cannot be taken is refused on every rank, and nothing stays behind. */
static void test_refused(void **state) {
  (void)state;
  char file[PETSC_MAX_PATH_LEN];
  Grid *grid = make_grid(PETSC_FALSE, PETSC_FALSE);
  file_name("missing/image", file);
  write_with(fields_write_voxels, file, grid, PETSC_ERR_USER_INPUT);
  file_name("taken", file); /* a folder has this name: the last step fails */
  if (first_rank())
    assert_int_equal(mkdir(file, 0777), 0);
  write_with(fields_write_voxels, file, grid, PETSC_ERR_USER_INPUT);
  if (first_rank()) {
    char temporary[PETSC_MAX_PATH_LEN + 4];
    snprintf(temporary, sizeof temporary, "%s.tmp", file);
    assert_int_equal(access(temporary, F_OK), -1);
    rmdir(file);
  }
  CHECK_OK(grid_destroy(&grid));
}

/* Room for half of what is to be written: a memory file system of 512 KiB, where this user may mount one. */
static void test_full_disk(void **state) {
  (void)state;
  char disk[PETSC_MAX_PATH_LEN], file[PETSC_MAX_PATH_LEN];
  Grid *grid = make_grid(PETSC_FALSE, PETSC_TRUE);
  int mounted = 0;
  snprintf(disk, sizeof disk, "%s/disk", folder());
  if (first_rank())
    mounted = mkdir(disk, 0777) == 0 && mount("none", disk, "tmpfs", 0, "size=512k") == 0;
  (void)MPI_Bcast(&mounted, 1, MPI_INT, 0, PETSC_COMM_WORLD);
  if (mounted) {
    file_name("disk/noise", file);
    float *noise;
    uint32_t bits = 1;
    CHECK_OK(PetscMalloc1(9 * grid->voxels_owned, &noise));
    for (PetscInt i = 0; i < 9 * grid->voxels_owned; i++)
      noise[i] = (float)((bits = bits * 1664525u + 1013904223u) >> 8);
    const Field field = {"noise", "1", 9, noise};
    CHECK_REFUSED(fields_write_voxels(file, grid, 1, &field));
    CHECK_REFUSED(fields_write_voxel_cells(file, grid, 1, &field));
    CHECK_OK(PetscFree(noise));
    (void)MPI_Barrier(PETSC_COMM_WORLD);
  }
  CHECK_OK(grid_destroy(&grid));
  if (first_rank()) {
    const int unmounted = !mounted || umount(disk) == 0; /* fails while a file in it is still open */
    assert_true(unmounted && rmdir(disk) == 0);
  }
  if (!mounted) {
    print_message("skipped: this user may not mount a small disk to fill\n");
    skip();
  }
}

static int clean_up(void **state) {
  (void)state;
  static const char *const what[] = {"image", "cells", "cells-periodic", "frame"};
  char file[PETSC_MAX_PATH_LEN];
  if (getenv("TRABECULA_KEEP") || !first_rank())
    return 0;
  for (size_t w = 0; w < sizeof what / sizeof *what; w++) {
    file_name(what[w], file);
    unlink(file);
  }
  return rmdir(folder()); /* fails when something was left behind */
}

static const struct CMUnitTest group[] = {cmocka_unit_test(test_image), cmocka_unit_test(test_cells),
                                          cmocka_unit_test(test_frame), cmocka_unit_test(test_full_disk),
                                          cmocka_unit_test_teardown(test_refused, clean_up)};
CHECK_MAIN(group)
