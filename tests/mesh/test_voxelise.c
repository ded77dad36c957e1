/* Voxeliser: volumes, culling against brute force, the same result on any number of ranks.
   ranks: 1 2 4 */
#include "mesh/design.h"
#include "mesh/graph.h"
#include "mesh/leaf_fill.h"
#include "tests/mesh/leaves_check.h"
#include <stdlib.h>

static const MPI_Comm world = MPI_COMM_WORLD;

static double uniform(unsigned *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return *seed / 4294967296.0;
}

static double sphere_error(double radius, PetscBool partial) { /* radius in voxels */
  Leaves leaves;
  double volume;
  const GridBox box = {.voxel_mm = 0.5, .origin = {-10, 3, 1}, .n = {2 * (PetscInt)radius + 4, 70, 70}};
  const Shape ball = sphere(-10 + 0.5 * (radius + 2.13), 3 + 0.5 * 34.71, 1 + 0.5 * 35.37, 0.5 * radius);
  const Part part = {1, &ball};
  CHECK_OK(voxelise(world, &box, 1, &part, partial, &leaves));
  volume = leaves_volume(world, &leaves);
  CHECK_OK(leaves_free(&leaves));
  return volume / (4 * PETSC_PI / 3 * pow(radius, 3)) - 1;
}

static void sphere_volume(void **state) {
  (void)state;
  /* The centres in a ball of radius r differ from its volume by O(r^(21/16)) (Heath-Brown 1999): relative r^-1.69. */
  for (double r = 4; r <= 32; r *= 2)
    CHECK_BELOW(fabs(sphere_error(r + 0.2, PETSC_FALSE)), 1.5 * pow(r, -21.0 / 16),
                "Heath-Brown 1999, constant chosen");
  for (double r = 4; r <= 32; r *= 2)
    CHECK_BELOW(fabs(sphere_error(r + 0.2, PETSC_TRUE)), 1e-4 + 0.02 / (r * r),
                "planes in half-voxel cells, corrected by the mean curvature; slivers below 0.005 are void");
}

static void plane_cuts(void **state) {
  (void)state;
  const double square[3] = {0, 0, 1}, slant[3] = {1, 1, 1}, flat[3] = {0.6, -0.8, 0};
  CHECK_NEAR(plane_fraction(0, square), 0.5, 1e-9, "symmetry");
  CHECK_NEAR(plane_fraction(0.25, square), 0.25, 1e-2, "slab; slopes are kept off zero by 1e-3");
  CHECK_NEAR(plane_fraction(1, slant), 0.5 * 0.5 * 0.5 / 6, 1e-12, "corner tetrahedron of edge 1/2");
  CHECK_NEAR(plane_fraction(-1, slant), 1 - 0.5 * 0.5 * 0.5 / 6, 1e-12, "its complement");
  CHECK_NEAR(plane_fraction(0.5, flat), 0.2 * 0.2 / (2 * 0.6 * 0.8), 1e-2, "corner prism of legs 0.2/0.6, 0.2/0.8");
  CHECK_NEAR(plane_fraction(-9, slant), 1, 1e-12, "far inside");
  assert_true(plane_fraction(9, slant) == 0);
}

enum { PARTS = 7 };
static void random_parts(unsigned seed, Shape *shape, Part *part) {
  for (int p = 0; p < PARTS; ++p) {
    double x = 20 * uniform(&seed), y = 26 * uniform(&seed), z = 16 * uniform(&seed);
    shape[p] = sphere(x, y, z, 1 + 6 * uniform(&seed));
    part[p] = (Part){(uint8_t)(p % 3 == 2 ? 0 : p + 1), &shape[p]};
  }
}
static const GridBox odd_box = {.voxel_mm = 0.5, .origin = {0.3, -0.2, 0.1}, .n = {37, 50, 29}};

static uint8_t brute_label(const GridBox *box, const Part *part, PetscInt i, PetscInt j, PetscInt k) {
  const double x[3] = {box->origin[0] + ((double)i + 0.5) * box->voxel_mm,
                       box->origin[1] + ((double)j + 0.5) * box->voxel_mm,
                       box->origin[2] + ((double)k + 0.5) * box->voxel_mm};
  uint8_t label = 0;
  for (int p = 0; p < PARTS; ++p) {
    double d;
    part[p].shape->distance(part[p].shape, 1, (const double(*)[3])x, &d);
    label = d <= 0 ? part[p].label : label;
  }
  return label;
}

static PetscInt64 brute_differences(const Leaves *leaves, const Part *part) {
  uint8_t *dense = leaves_dense(world, &odd_box, leaves);
  PetscInt64 wrong = 0, v = 0;
  for (PetscInt k = 0; k < odd_box.n[2]; ++k)
    for (PetscInt j = 0; j < odd_box.n[1]; ++j)
      for (PetscInt i = 0; i < odd_box.n[0]; ++i)
        wrong += dense[v++] != brute_label(&odd_box, part, i, j, k);
  free(dense);
  return wrong;
}

static void culling_is_brute_force(void **state) {
  (void)state;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    Shape shape[PARTS];
    Part part[PARTS];
    Leaves leaves;
    int64_t total;
    random_parts(seed, shape, part);
    CHECK_OK(voxelise(world, &odd_box, PARTS, part, PETSC_FALSE, &leaves));
    assert_int_equal(brute_differences(&leaves, part), 0);
    for (PetscInt l = 1; l < leaves.n; ++l)
      assert_true(morton_key(leaves.at[l - 1]) < morton_key(leaves.at[l]));
    /* the deliberate fault: without its last leaf (on the last rank that has one) the comparison must fail */
    total = leaves.n;
    MPI_Allreduce(MPI_IN_PLACE, &total, 1, MPI_INT64_T, MPI_SUM, world);
    assert_true(total > 20);
    if (leaves.n)
      --leaves.n;
    assert_true(brute_differences(&leaves, part) > 0);
    CHECK_OK(leaves_free(&leaves));
  }
}

static void ranks_do_not_matter(void **state) {
  (void)state;
  for (int partial = 0; partial < 2; ++partial) {
    Shape shape[PARTS];
    Part part[PARTS];
    Leaves many, one;
    int64_t least, most;
    random_parts(77, shape, part);
    CHECK_OK(voxelise(world, &odd_box, PARTS, part, partial, &many));
    CHECK_OK(voxelise(PETSC_COMM_SELF, &odd_box, PARTS, part, partial, &one));
    assert_true(leaves_sum(world, &many) == leaves_sum(PETSC_COMM_SELF, &one));
    least = most = many.n;
    MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_INT64_T, MPI_MIN, world);
    MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPI_INT64_T, MPI_MAX, world);
    assert_true(most <= 2 * least + 8); /* shares are equal but for leaves that turn out empty */
    if (one.n > 1) {
      uint64_t whole = leaves_sum(PETSC_COMM_SELF, &one);
      one.label[one.n / 2][0] ^= 1; /* the fault that the sum must notice */
      assert_true(leaves_sum(PETSC_COMM_SELF, &one) != whole);
    }
    CHECK_OK(leaves_free(&many));
    CHECK_OK(leaves_free(&one));
  }
}

static void last_part_wins(void **state) {
  (void)state;
  const GridBox box = {.voxel_mm = 1, .n = {32, 32, 32}};
  const Shape big = sphere(16, 16, 16, 14), mid = sphere(16, 16, 16, 9), hole = sphere(16, 16, 16, 5);
  const Part onion[3] = {{7, &big}, {200, &mid}, {0, &hole}}, over[2] = {{9, &hole}, {3, &big}};
  for (int partial = 0; partial < 2; ++partial) {
    Leaves leaves;
    uint8_t *dense;
    CHECK_OK(voxelise(world, &box, 3, onion, partial, &leaves));
    dense = leaves_dense(world, &box, &leaves);
    assert_int_equal(dense[16 + 32 * (16 + 32 * 16)], 0);
    assert_int_equal(dense[16 + 32 * (16 + 32 * 23)], 200);
    assert_int_equal(dense[16 + 32 * (16 + 32 * 27)], 7);
    assert_int_equal(dense[0], 0);
    CHECK_NEAR(leaves_volume(world, &leaves), 4 * PETSC_PI / 3 * (14. * 14 * 14 - 5. * 5 * 5), partial ? 1e-3 : 2e-2,
               "volume of the spherical shell");
    for (PetscInt l = 0; l < leaves.n; ++l)
      for (int v = 0; partial && v < LEAF_VOXELS; ++v)
        assert_true(leaves.label[l][v] ? leaves.solid[l][v] >= 0.005f && leaves.solid[l][v] <= 1
                                       : leaves.solid[l][v] == 0);
    free(dense);
    CHECK_OK(leaves_free(&leaves));
    CHECK_OK(voxelise(world, &box, 2, over, partial, &leaves));
    dense = leaves_dense(world, &box, &leaves);
    assert_int_equal(dense[16 + 32 * (16 + 32 * 16)], 3); /* wholly covered by the later part */
    free(dense);
    CHECK_OK(leaves_free(&leaves));
  }
}

static void no_voxel_for_nothing(void **state) {
  (void)state;
  const GridBox box = {.voxel_mm = 1, .n = {20, 20, 20}}, bad = {.voxel_mm = 1, .n = {20, 0, 20}};
  const Shape away = sphere(-50, 0, 0, 3);
  const Part part = {1, &away};
  Leaves leaves;
  CHECK_OK(voxelise(world, &box, 1, &part, PETSC_FALSE, &leaves));
  assert_int_equal(leaves.n, 0);
  CHECK_OK(leaves_free(&leaves));
  CHECK_REFUSED(voxelise(world, &bad, 1, &part, PETSC_FALSE, &leaves));
}

/* A wire of 2.5 voxels radius across 65536^3 voxels: 2.8e14 candidates. */
static void wire_distance(const Shape *s, PetscInt n, const double (*x)[3], double *d) {
  for (PetscInt i = 0; i < n; ++i) {
    static const double u[3] = {0.8, 0.5, 0.33166247903554}; /* no direction of the grid */
    double along = x[i][0] * u[0] + x[i][1] * u[1] + x[i][2] * u[2], square = 0;
    along = fmin(fmax(along, s->number[0]), s->number[1]);
    for (int c = 0; c < 3; ++c)
      square += (x[i][c] - along * u[c]) * (x[i][c] - along * u[c]);
    d[i] = sqrt(square) - s->number[2];
  }
}

/* Empty space must cost nothing: a box of 2.8e14 voxels would never end. */
static void huge_box(void **state) {
  (void)state;
  const GridBox box = {.voxel_mm = 1, .n = {65536, 65536, 65536}};
  const double from = 40000, length = 2000, radius = 2.5;
  const Shape wire = {.distance = wire_distance, .number = {from, from + length, radius}};
  const Part part = {1, &wire};
  const double volume = PETSC_PI * radius * radius * (length + 4.0 / 3 * radius);
  Leaves leaves;
  double offset;
  CHECK_OK(voxelise(world, &box, 1, &part, PETSC_FALSE, &leaves));
  CHECK_NEAR(leaves_volume(world, &leaves), volume, 0.01, "volume of the capsule");
  CHECK_OK(leaves_free(&leaves));
  CHECK_OK(voxelise_match(world, &box, &wire, volume, &offset, NULL));
  CHECK_BELOW(fabs(offset), 0.02, "the wire nearly has its own volume already");
}

static int double_compare(const void *a, const void *b) {
  const double *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

/* Against the sorted distances of all voxels: the count is the best that whole shells allow, the offset in the middle
   of a gap. */
static void match_is_best(const GridBox *box, const Shape *shape, double wanted) {
  const PetscInt n = box->n[0] * box->n[1] * box->n[2];
  double *d = malloc((size_t)n * sizeof *d), offset, reached, best = HUGE_VAL, got = 0;
  PetscInt v = 0;
  CHECK_OK(voxelise_match(world, box, shape, wanted * pow(box->voxel_mm, 3), &offset, &reached));
  for (PetscInt k = 0; k < box->n[2]; ++k)
    for (PetscInt j = 0; j < box->n[1]; ++j)
      for (PetscInt i = 0; i < box->n[0]; ++i, ++v) {
        const double x[3] = {box->origin[0] + ((double)i + 0.5) * box->voxel_mm,
                             box->origin[1] + ((double)j + 0.5) * box->voxel_mm,
                             box->origin[2] + ((double)k + 0.5) * box->voxel_mm};
        shape->distance(shape, 1, (const double(*)[3])x, &d[v]);
        got += d[v] <= offset;
      }
  qsort(d, (size_t)n, sizeof *d, double_compare);
  for (v = 0; v < n; ++v)
    if (v == n - 1 || d[v + 1] - d[v] > 1e-9 * box->voxel_mm)
      best = fmin(best, fabs((double)(v + 1) - wanted));
  assert_true(fabs(got - wanted) == best);
  CHECK_NEAR(reached, got * pow(box->voxel_mm, 3), 1e-12, "the volume of the voxels counted here");
  for (v = 0; v + 1 < n && d[v + 1] <= offset; ++v)
    ;
  if (v + 1 < n)
    assert_true(fabs(0.5 * (d[v] + d[v + 1]) - offset) < 1e-9 * box->voxel_mm);
  free(d);
}

static void match_whole_shells(void **state) {
  (void)state;
  const GridBox box = {.voxel_mm = 0.25, .origin = {-1, 0, 0}, .n = {20, 23, 19}};
  const Shape ball = sphere(1.5, 3, 2.5, 1.6), off = sphere(1.4813, 2.927, 2.613, 0.4), speck = sphere(9, 9, 9, 1e-3);
  for (double wanted = 1; wanted < 8740; wanted *= 2.3) {
    match_is_best(&box, &ball, wanted);
    match_is_best(&box, &off, wanted);
  }
  match_is_best(&box, &speck, 4000.4); /* the band must widen */
  match_is_best(&box, &ball, 8740);
  double offset;
  CHECK_REFUSED(voxelise_match(world, &box, &ball, 8741 * pow(0.25, 3), &offset, NULL));
  CHECK_REFUSED(voxelise_match(world, &box, &ball, 0, &offset, NULL));
  CHECK_REFUSED(voxelise_match(world, &box, &ball, NAN, &offset, NULL));
}

/* The cell is invariant under the 48 operations of the cube about its centre and corners; so must be its voxels. */
static void cell_symmetry(void **state) {
  (void)state;
  const Cell *cell = cell_find("rhombic-dodecahedron");
  const PetscInt n = 36;
  const GridBox box = {.voxel_mm = 1.0 / 36, .n = {n, n, n}, .periodic = {true, true, true}};
  for (double density = 0.08; density < 0.4; density += 0.09) {
    Graph graph;
    Shape *shape;
    Leaves leaves;
    double offset;
    uint8_t *dense;
    assert_non_null(cell);
    CHECK_OK(graph_periodic(cell, 1, 0.2, &graph));
    CHECK_OK(shape_struts(&graph, 0, &shape));
    match_is_best(&box, shape, density * (double)(n * n * n));
    CHECK_OK(voxelise_match(world, &box, shape, density, &offset, NULL));
    CHECK_OK(shape_destroy(&shape));
    CHECK_OK(shape_struts(&graph, offset, &shape));
    const Part part = {1, shape};
    CHECK_OK(voxelise(world, &box, 1, &part, PETSC_FALSE, &leaves));
    dense = leaves_dense(world, &box, &leaves);
    for (PetscInt k = 0; k < n; ++k)
      for (PetscInt j = 0; j < n; ++j)
        for (PetscInt i = 0; i < n; ++i) {
          uint8_t here = dense[i + n * (j + n * k)];
          assert_int_equal(here, dense[n - 1 - i + n * (j + n * k)]);
          assert_int_equal(here, dense[j + n * (i + n * k)]);
          assert_int_equal(here, dense[j + n * (k + n * i)]); /* these three generate the group */
        }
    free(dense);
    CHECK_OK(leaves_free(&leaves));
    CHECK_OK(shape_destroy(&shape));
    CHECK_OK(graph_free(&graph));
  }
}

/* Eq. 1 is exact for this cell while D/M <= 1/sqrt 6. */
static void cell_partial_volume(void **state) {
  (void)state;
  Graph graph;
  Shape *shape;
  bool exact;
  const double wanted = design_relative_density(cell_find("rhombic-dodecahedron"), 0.2, &exact);
  assert_true(exact);
  CHECK_OK(graph_periodic(cell_find("rhombic-dodecahedron"), 1, 0.2, &graph));
  CHECK_OK(shape_struts(&graph, 0, &shape));
  for (PetscInt n = 8; n <= 64; n *= 2) {
    const GridBox box = {.voxel_mm = 1.0 / (double)n, .n = {n, n, n}, .periodic = {true, true, true}};
    const Part part = {1, shape};
    Leaves leaves;
    CHECK_OK(voxelise(world, &box, 1, &part, PETSC_TRUE, &leaves));
    CHECK_NEAR(leaves_volume(world, &leaves) * pow(box.voxel_mm, 3), wanted, 0.5 / (double)(n * n) + 2e-4,
               "Eq. 1; second order in the voxel, and slivers below 0.005");
    CHECK_OK(leaves_free(&leaves));
  }
  CHECK_OK(shape_destroy(&shape));
  CHECK_OK(graph_free(&graph));
}

static void image_labels(void **state) {
  (void)state;
  enum { X = 21, Y = 9, Z = 17 };
  float value[X * Y * Z];
  Image image = {.n = {X, Y, Z}, .voxel_mm = {1.5, 2, 1.5}, .origin = {-3, 4, 5}, .value = value};
  GridBox box = {.voxel_mm = 0.5};
  Leaves leaves;
  uint8_t *dense;
  unsigned seed = 5;
  for (int v = 0; v < X * Y * Z; ++v)
    value[v] = uniform(&seed) < 0.7 ? 0 : floorf(256 * (float)uniform(&seed));
  CHECK_OK(voxelise_image(world, &image, &box, &leaves));
  assert_true(box.n[0] == 3 * X && box.n[1] == 4 * Y && box.n[2] == 3 * Z);
  assert_true(box.origin[0] == -3 && box.origin[1] == 4 && box.origin[2] == 5);
  dense = leaves_dense(world, &box, &leaves);
  for (PetscInt k = 0, v = 0; k < box.n[2]; ++k)
    for (PetscInt j = 0; j < box.n[1]; ++j)
      for (PetscInt i = 0; i < box.n[0]; ++i)
        assert_int_equal(dense[v++], (int)value[i / 3 + X * (j / 4 + Y * (k / 3))]);
  free(dense);
  CHECK_OK(leaves_free(&leaves));
  value[100] = 3.5f;
  CHECK_REFUSED(voxelise_image(world, &image, &box, &leaves));
  value[100] = NAN;
  CHECK_REFUSED(voxelise_image(world, &image, &box, &leaves));
  value[100] = 256;
  CHECK_REFUSED(voxelise_image(world, &image, &box, &leaves));
  value[100] = 255;
  box.voxel_mm = 100;
  CHECK_REFUSED(voxelise_image(world, &image, &box, &leaves));
  box.voxel_mm = -1;
  CHECK_REFUSED(voxelise_image(world, &image, &box, &leaves));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(plane_cuts),
    cmocka_unit_test(sphere_volume),
    cmocka_unit_test(culling_is_brute_force),
    cmocka_unit_test(ranks_do_not_matter),
    cmocka_unit_test(last_part_wins),
    cmocka_unit_test(no_voxel_for_nothing),
    cmocka_unit_test(huge_box),
    cmocka_unit_test(match_whole_shells),
    cmocka_unit_test(cell_symmetry),
    cmocka_unit_test(cell_partial_volume),
    cmocka_unit_test(image_labels),
};
CHECK_MAIN(tests)
