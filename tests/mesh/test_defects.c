/* Struts that are not as drawn. ranks: 1 2 4 */
#include "mesh/defects.h"
#include "mesh/random.h"
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>

/* Random123's known answers (kat_vectors). */
static void philox_known_answers(void **state) {
  static const struct {
    uint32_t counter[4], key[2], want[4];
  } known[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  (void)state;
  for (int i = 0; i < 3; i++) {
    uint32_t out[4];
    philox(known[i].counter, known[i].key, out);
    assert_memory_equal(out, known[i].want, sizeof out);
  }
}

static void numbers(void **state) {
  enum { N = 200000 };
  double mean = 0, square = 0, fourth = 0, normal = 0, variance = 0, together = 0, seeds = 0;
  (void)state;
  for (uint64_t i = 0; i < N; i++) {
    const double u = random_uniform(7, i, 1) - 0.5, v = random_uniform(7, i, 2) - 0.5,
                 w = random_uniform(8, i, 1) - 0.5;
    const double z = random_normal(7, i, 3, 3);
    assert_true(fabs(u) < 0.5 && fabs(z) <= 3);
    mean += u / N, square += u * u / N, fourth += u * u * u * u / N;
    together += u * v / N, seeds += u * w / N;
    normal += z / N, variance += z * z / N;
  }
  const double five = 5 / sqrt(N); /* standard errors */
  CHECK_BELOW(fabs(mean), five * sqrt(1. / 12), "mean of a uniform number");
  CHECK_BELOW(fabs(square - 1. / 12), five * sqrt(1. / 80 - 1. / 144), "variance of a uniform number");
  CHECK_BELOW(fabs(fourth - 1. / 80), five * sqrt(1. / 2304 - 1. / 6400), "fourth moment of a uniform number");
  CHECK_BELOW(fabs(together), five / 12, "purposes are independent");
  CHECK_BELOW(fabs(seeds), five / 12, "seeds are independent");
  CHECK_BELOW(fabs(normal), five, "mean of a normal number");
  /* 1 - 2 * 3 phi(3) / (2 Phi(3) - 1) */
  CHECK_NEAR(variance, 1 - 6 * exp(-4.5) / sqrt(2 * PETSC_PI) / erf(3 / sqrt(2)), five * sqrt(2), "cut off at 3");
}

static void make_block(const char *cell, PetscInt n, Graph *graph) {
  CHECK_OK(graph_tile(cell_find(cell), 1, 0.2, (PetscInt[3]){n, n, n}, (double[3]){0}, PETSC_FALSE, graph));
}

static void same_graph(const Graph *a, const Graph *b) {
  assert_true(a->n_nodes == b->n_nodes && a->n_struts == b->n_struts);
  assert_memory_equal(a->x, b->x, (size_t)a->n_nodes * sizeof *a->x);
  assert_memory_equal(a->strut, b->strut, (size_t)a->n_struts * sizeof *a->strut);
  assert_memory_equal(a->radius, b->radius, (size_t)a->n_struts * sizeof *a->radius);
}

static const Defects all_kinds = {.build_axis = 2,
                                  .vertical_pct = -5,
                                  .horizontal_pct = 20,
                                  .scatter_pct = 10,
                                  .waviness_pct = 3,
                                  .pieces = 4,
                                  .missing = 0.1,
                                  .layer_axis = 2,
                                  .layer_hi = 5,
                                  .layer_mm = 0.8,
                                  .layer_diameter_pct = 80,
                                  .layer_missing = 0.3};

static void perfect_stays_perfect(void **state) {
  Graph block, out;
  DefectsFound found;
  (void)state;
  for (int c = 0; c < n_cells; c++) {
    make_block(cells[c].name, 3, &block);
    CHECK_OK(graph_defects(&block, &(Defects){0}, 5, &out, &found));
    same_graph(&block, &out);
    assert_true(!found.missing && !found.hanging && !found.dangling && found.struts == block.n_struts);
    assert_true(found.diameter_mean_pct == 100 && found.diameter_cv_pct == 0);
    CHECK_OK(graph_free(&out));
    CHECK_OK(graph_free(&block));
  }
}

static uint64_t bytes_sum(uint64_t sum, const void *data, size_t n) {
  const unsigned char *byte = data;
  for (size_t i = 0; i < n; i++)
    sum = (sum ^ byte[i]) * 1099511628211u; /* Fowler, Noll and Vo */
  return sum;
}

/* The same seed gives the same lattice, on every rank; another one another. */
static void seeds_and_ranks(void **state) {
  Graph block, a, b, other;
  (void)state;
  make_block("rhombic-dodecahedron", 5, &block);
  CHECK_OK(graph_defects(&block, &all_kinds, 5, &a, NULL));
  CHECK_OK(graph_defects(&block, &all_kinds, 5, &b, NULL));
  CHECK_OK(graph_defects(&block, &all_kinds, 6, &other, NULL));
  same_graph(&a, &b);
  assert_true(a.n_struts != other.n_struts);
  uint64_t sum[2], least[2];
  sum[0] = bytes_sum(1469598103934665603u, a.x, (size_t)a.n_nodes * sizeof *a.x);
  sum[0] = bytes_sum(sum[0], a.radius, (size_t)a.n_struts * sizeof *a.radius);
  sum[0] = bytes_sum(sum[0], a.strut, (size_t)a.n_struts * sizeof *a.strut);
  sum[1] = ~sum[0];
  MPI_Allreduce(sum, least, 2, MPI_UINT64_T, MPI_MIN, PETSC_COMM_WORLD);
  assert_true(least[0] == sum[0] && least[1] == sum[1]); /* least and largest are one */
  CHECK_OK(graph_free(&block));
  CHECK_OK(graph_free(&a));
  CHECK_OK(graph_free(&b));
  CHECK_OK(graph_free(&other));
}

/* A part of the lattice has the defects that it has in the whole. */
static void parts_have_the_same_draws(void **state) {
  Defects d = {.scatter_pct = 20, .missing = 0.3, .keep_islands = true};
  Graph block, cut, whole, part;
  Shape *box;
  (void)state;
  make_block("octet", 4, &block);
  CHECK_OK(shape_box((double[3]){1, 1, 1}, (double[3]){3, 3, 3}, &box));
  CHECK_OK(graph_clip(&block, box, NULL, 0, &cut));
  CHECK_OK(graph_defects(&block, &d, 3, &whole, NULL));
  CHECK_OK(graph_defects(&cut, &d, 3, &part, NULL));
  PetscInt same = 0;
  for (PetscInt s = 0, w = 0; s < part.n_struts; s++) {
    while (w < whole.n_struts && whole.origin[w] != part.origin[s])
      w++;
    assert_true(w < whole.n_struts && whole.radius[w] == part.radius[s]);
    same++;
  }
  assert_true(same > 100 && part.n_struts < cut.n_struts);
  CHECK_OK(shape_destroy(&box));
  CHECK_OK(graph_free(&block));
  CHECK_OK(graph_free(&cut));
  CHECK_OK(graph_free(&whole));
  CHECK_OK(graph_free(&part));
}

static void diameters_scatter(void **state) {
  Graph block, out;
  DefectsFound found;
  (void)state;
  make_block("rhombic-dodecahedron", 12, &block);
  for (double cv = 5; cv < 41; cv *= 2) {
    CHECK_OK(graph_defects(&block, &(Defects){.scatter_pct = cv}, 11, &out, &found));
    const double n = block.n_struts, s = sqrt(log(1 + 1e-4 * cv * cv));
    double mean = 0, log_mean = 0, log2 = 0, least = HUGE_VAL, most = 0;
    assert_int_equal(out.n_struts, block.n_struts);
    for (PetscInt i = 0; i < out.n_struts; i++) {
      double f = out.radius[i] / 0.1;
      mean += f / n, log_mean += log(f) / n, log2 += log(f) * log(f) / n;
      least = fmin(least, f), most = fmax(most, f);
    }
    CHECK_BELOW(fabs(mean - 1), 4 * 0.01 * cv / sqrt(n), "the mean is kept: within 4 standard errors");
    CHECK_NEAR(found.diameter_mean_pct, 100 * mean, 1e-12, "the same sum");
    CHECK_NEAR(found.diameter_cv_pct, cv, 0.04, "asked for; the cut takes 1.4 % (more in the long upper tail)");
    CHECK_NEAR(sqrt(log2 - log_mean * log_mean), s * 0.98658, 0.01, "standard deviation of a normal cut off at 3");
    assert_true(log(most) - log(least) <= 6 * s && log(most) - log(least) > 5 * s);
    assert_true(least >= defects_least_diameter(&(Defects){.scatter_pct = cv}) * (1 - 1e-12));
    CHECK_OK(graph_free(&out));
  }
  CHECK_OK(graph_free(&block));
}

static void diameters_by_inclination(void **state) {
  Graph block, out;
  (void)state;
  for (int axis = 0; axis < 3; axis++) {
    Defects d = {.build_axis = axis, .vertical_pct = -6, .horizontal_pct = 30};
    make_block("simple-cubic", 2, &block);
    CHECK_OK(graph_defects(&block, &d, 1, &out, NULL));
    for (PetscInt s = 0; s < out.n_struts; s++) {
      double u[3];
      graph_strut(&out, s, u);
      CHECK_NEAR(out.radius[s], 0.1 * (fabs(u[axis]) > 0.5 ? 0.94 : 1.3), 1e-13, "vertical or horizontal");
    }
    CHECK_OK(graph_free(&out));
    CHECK_OK(graph_free(&block));
    make_block("body-centred-cubic", 2, &block);
    CHECK_OK(graph_defects(&block, &d, 1, &out, NULL));
    for (PetscInt s = 0; s < out.n_struts; s++)
      CHECK_NEAR(out.radius[s], 0.1 * (1 - 0.02 + 0.2), 1e-13, "cos^2 = 1/3 along the diagonal of a cube");
    CHECK_OK(graph_free(&out));
    CHECK_OK(graph_free(&block));
  }
}

/* Ends stay; the offset of the middle has the standard deviation asked for and no preferred direction. */
static void struts_wave(void **state) {
  Graph block, out;
  double square = 0, plane[3] = {0, 0, 0}, lean = 0;
  const Defects d = {.waviness_pct = 5, .pieces = 4};
  (void)state;
  make_block("simple-cubic", 14, &block);
  CHECK_OK(graph_defects(&block, &d, 2, &out, NULL));
  assert_true(out.n_struts == 4 * block.n_struts && out.n_nodes == block.n_nodes + 3 * block.n_struts);
  assert_memory_equal(out.x, block.x, (size_t)block.n_nodes * sizeof *block.x);
  for (PetscInt s = 0; s < block.n_struts; s++) {
    double u[3], along = 0, size2 = 0;
    graph_strut(&block, s, u);
    for (PetscInt i = 0; i < 3; i++) {
      double off[3];
      for (int k = 0; k < 3; k++) {
        off[k] = out.x[block.n_nodes + 3 * s + i][k] - block.x[block.strut[s][0]][k] - 0.25 * (double)(i + 1) * u[k];
        along += fabs(off[k] * u[k]);
        size2 += i == 1 ? off[k] * off[k] : 0;
        plane[k] += i == 1 ? off[k] * off[k] : 0;
        lean += i == 1 ? off[k] : 0;
      }
      if (i != 1) {
        const double *middle = out.x[block.n_nodes + 3 * s + 1], *end = block.x[block.strut[s][0]];
        for (int k = 0; k < 3; k++)
          CHECK_BELOW(fabs(off[k] - sqrt(0.5) * (middle[k] - end[k] - 0.5 * u[k])), 1e-13, "half sine at a quarter");
      }
    }
    CHECK_BELOW(along, 1e-12, "across the strut");
    CHECK_BELOW(sqrt(size2), 0.15 * (1 + 1e-9), "three standard deviations");
    square += size2;
  }
  const double n = block.n_struts, error = 1 / sqrt(n);
  CHECK_NEAR(sqrt(square / n), 0.05 * 0.98658, 4 * error, "standard deviation, cut off at 3");
  for (int k = 0; k < 3; k++)
    CHECK_NEAR(plane[k], square / 3, 6 * error, "as much in every direction: struts along three axes");
  CHECK_BELOW(fabs(lean), 4 * 0.05 * sqrt(n), "no preferred side");
  CHECK_OK(graph_free(&out));
  CHECK_OK(graph_free(&block));
}

static void struts_are_missing(void **state) {
  Graph block, out;
  DefectsFound found;
  (void)state;
  make_block("rhombic-dodecahedron", 8, &block);
  const double n = block.n_struts;
  for (double missing = 0.05; missing < 0.5; missing *= 2) {
    CHECK_OK(graph_defects(&block, &(Defects){.missing = missing}, 4, &out, &found));
    CHECK_BELOW(fabs((double)found.missing - missing * n), 4 * sqrt(missing * (1 - missing) * n), "binomial");
    assert_int_equal(out.n_struts + found.missing + found.hanging, block.n_struts);
    PetscInt loose = 0, *degree = calloc((size_t)out.n_nodes, sizeof *degree);
    for (PetscInt s = 0; s < 2 * out.n_struts; s++)
      degree[out.strut[s / 2][s % 2]]++;
    for (PetscInt s = 0; s < out.n_struts; s++)
      loose += degree[out.strut[s][0]] == 1 || degree[out.strut[s][1]] == 1;
    /* the perfect block has loose struts too: those to the middles of its edges' cells; they are not counted */
    assert_true(found.dangling > 0 && found.dangling <= loose);
    free(degree);
    CHECK_OK(graph_free(&out));
  }
  CHECK_OK(graph_defects(&block, &(Defects){.missing = 1}, 4, &out, &found));
  assert_true(out.n_struts == 0 && found.missing == block.n_struts); /* for the caller to refuse */
  CHECK_OK(graph_free(&out));
  CHECK_OK(graph_free(&block));
}

/* Two struts in a row and one beside them; which ones go is up to the seed. */
static void islands_and_loose_ends(void **state) {
  static const double x[4][3] = {{0, 0, 0}, {1, 0, 0}, {2, 0, 0}, {3.5, 0, 0}};
  Graph row;
  int seen[8] = {0};
  (void)state;
  CHECK_OK(graph_allocate(4, 3, NULL, &row));
  memcpy(row.x, x, sizeof x);
  for (int s = 0; s < 3; s++) {
    row.strut[s][0] = s;
    row.strut[s][1] = s + 1;
    row.radius[s] = 0.1;
  }
  for (uint64_t seed = 0; seed < 64; seed++) {
    const double p = 0.5;
    int gone = 0, n;
    for (uint64_t s = 0; s < 3; s++)
      gone |= (random_uniform(seed, s, 1) < p) << s;
    seen[gone]++;
    if (gone == 7)
      continue;
    Graph out;
    DefectsFound found;
    CHECK_OK(graph_defects(&row, &(Defects){.missing = p}, seed, &out, &found));
    n = __builtin_popcount((unsigned)gone);
    assert_int_equal(found.missing, n);
    assert_int_equal(found.hanging, gone == 2 ? 1 : 0); /* the shorter of two pieces */
    assert_int_equal(found.dangling, n ? 1 : 0);
    CHECK_OK(graph_free(&out));
  }
  for (int i = 0; i < 8; i++)
    assert_true(seen[i] > 0);
  CHECK_OK(graph_free(&row));
}

static void end_layers(void **state) {
  Graph block, out;
  Defects d = {.layer_axis = 1, .layer_lo = 0, .layer_hi = 10, .layer_mm = 1.2, .layer_diameter_pct = 70};
  PetscInt in_layer[2] = {0, 0};
  (void)state;
  make_block("simple-cubic", 10, &block);
  for (int pass = 0; pass < 2; pass++) {
    d.layer_missing = pass ? 0.4 : 0;
    CHECK_OK(graph_defects(&block, &d, 9, &out, NULL));
    for (PetscInt s = 0; s < out.n_struts; s++) {
      double y = 0.5 * (out.x[out.strut[s][0]][1] + out.x[out.strut[s][1]][1]);
      bool layer = y < 1.2 || y > 8.8;
      in_layer[pass] += layer;
      CHECK_NEAR(out.radius[s], layer ? 0.07 : 0.1, 1e-13, "70 % in the layers");
    }
    if (!pass)
      assert_int_equal(out.n_struts, block.n_struts);
    CHECK_OK(graph_free(&out));
  }
  CHECK_NEAR((double)in_layer[1], 0.6 * (double)in_layer[0], 4 * sqrt(0.4 / 0.6 / (double)in_layer[0]) + 0.01,
             "binomial, and what hangs on nothing");
  CHECK_OK(graph_free(&block));
}

/* Cones and bores keep their form; periodic cells wave, and lose nothing that cannot be judged. */
static void other_graphs(void **state) {
  Graph cell, waisted, out;
  Defects d = {.scatter_pct = 10, .keep_islands = true};
  (void)state;
  CHECK_OK(graph_periodic(cell_find("kelvin"), 2, 0.2, &cell));
  CHECK_OK(graph_waist(&cell, 0.7, &waisted));
  CHECK_OK(graph_bore(&waisted, 0.4));
  CHECK_OK(graph_defects(&waisted, &d, 9, &out, NULL));
  assert_non_null(out.shift);
  for (PetscInt s = 0; s < out.n_struts; s++) {
    assert_true(out.taper[s] == waisted.taper[s] && out.bore[s] == 0.4);
    CHECK_NEAR(out.radius[s] / waisted.radius[s], out.radius[s - s % 2] / waisted.radius[s - s % 2], 1e-14,
               "halves of one strut have one draw");
  }
  CHECK_OK(graph_free(&out));
  d.waviness_pct = 2, d.pieces = 3;
  CHECK_OK(graph_defects(&cell, &d, 9, &out, NULL));
  assert_true(out.n_struts == 3 * cell.n_struts && out.shift);
  CHECK_OK(graph_free(&out));
  CHECK_OK(graph_free(&waisted));
  CHECK_OK(graph_free(&cell));
}

static void mistakes(void **state) {
  static const Defects wrong[] = {
      {.scatter_pct = -1},  {.scatter_pct = 61},    {.scatter_pct = NAN},
      {.missing = -0.1},    {.missing = 1.1},       {.waviness_pct = 21, .pieces = 4},
      {.layer_missing = 2}, {.vertical_pct = -100}, {.horizontal_pct = -99},
      {.layer_mm = 1},      {.layer_mm = -1},       {.scatter_pct = 60, .vertical_pct = -90}};
  Graph block, out;
  (void)state;
  make_block("simple-cubic", 2, &block);
  for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
    CHECK_REFUSED(graph_defects(&block, &wrong[i], 1, &out, NULL));
  CHECK_OK(graph_free(&block));
}

static const struct CMUnitTest group[] = {
    cmocka_unit_test(philox_known_answers),
    cmocka_unit_test(numbers),
    cmocka_unit_test(perfect_stays_perfect),
    cmocka_unit_test(seeds_and_ranks),
    cmocka_unit_test(parts_have_the_same_draws),
    cmocka_unit_test(diameters_scatter),
    cmocka_unit_test(diameters_by_inclination),
    cmocka_unit_test(struts_wave),
    cmocka_unit_test(struts_are_missing),
    cmocka_unit_test(islands_and_loose_ends),
    cmocka_unit_test(end_layers),
    cmocka_unit_test(other_graphs),
    cmocka_unit_test(mistakes),
};
CHECK_MAIN(group)
