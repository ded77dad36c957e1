/* Search for pairs of struts that may touch: against all pairs, lumps, lists that have aged, order, ranks.
   ranks: 1 2 */
#include "solver/frame/contact.h"
#include "solver/frame/contact_search.h"
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>

typedef struct Struts {
  PetscInt n;
  double side;
  PetscInt (*node)[2];
  double *radius;
  double (*ends)[2][3];
} Struts;

static double uniform(void) { return rand() / (double)RAND_MAX; }

/* Struts of about that length in a cube of that side, a few of them long; every third follows on the one before. */
static Struts random_struts(PetscInt n, double side, double length, double longest) {
  Struts s = {n, side, malloc((size_t)n * sizeof *s.node), malloc((size_t)n * sizeof *s.radius),
              malloc((size_t)n * sizeof *s.ends)};
  for (PetscInt i = 0; i < n; i++) {
    const bool follows = i % 3 == 2;
    const double l = i % 50 ? length : longest;
    s.node[i][0] = follows ? s.node[i - 1][1] : 2 * i;
    s.node[i][1] = 2 * i + 1;
    s.radius[i] = 0.1 * length * (0.5 + uniform());
    for (int k = 0; k < 3; k++) {
      s.ends[i][0][k] = follows ? s.ends[i - 1][1][k] : side * uniform();
      s.ends[i][1][k] = s.ends[i][0][k] + 2 * l * (uniform() - 0.5);
    }
  }
  return s;
}

static void struts_free(Struts *s) {
  free(s->node);
  free(s->radius);
  free(s->ends);
}

static PetscErrorCode search(const Struts *s, double margin, double lump, ContactSearch **found) {
  return contact_search_create(s->n, (const PetscInt(*)[2])s->node, s->radius, (const double(*)[2][3])s->ends, margin,
                               lump, found);
}
static PetscErrorCode update(ContactSearch *found, const Struts *s, PetscBool *rebuilt) {
  return contact_search_update(found, (const double(*)[2][3])s->ends, rebuilt);
}

static double gap(const Struts *s, const double (*ends)[2][3], PetscInt i, PetscInt j) {
  double share[2];
  return contact_segments(ends[i], ends[j], share) - s->radius[i] - s->radius[j];
}
static bool joined(const Struts *s, PetscInt i, PetscInt j) {
  return s->node[i][0] == s->node[j][0] || s->node[i][0] == s->node[j][1] || s->node[i][1] == s->node[j][0] ||
         s->node[i][1] == s->node[j][1];
}

/* Pairs in which the list differs from what all pairs give, in order; start: the places at the beginning. */
static PetscInt differences(const Struts *s, const double (*start)[2][3], double margin, double lump,
                            const ContactSearch *found) {
  PetscInt at = 0, wrong = 0;
  for (PetscInt i = 0; i < s->n; i++)
    for (PetscInt j = i + 1; j < s->n; j++) {
      const bool wanted = !joined(s, i, j) && gap(s, (const double(*)[2][3])s->ends, i, j) <= margin &&
                          gap(s, start, i, j) > lump * PetscMin(s->radius[i], s->radius[j]);
      const bool got = at < found->n_pairs && found->pair[at][0] == i && found->pair[at][1] == j;
      at += got;
      wrong += got != wanted;
    }
  return wrong + found->n_pairs - at; /* what is out of order or twice is never met */
}

static void list_is_that_of_all_pairs(void **state) {
  (void)state;
  const struct {
    PetscInt n;
    double side, length, longest, margin, lump;
  } row[] = {{1, 1, 1, 1, 0.1, 0.1},    {2, 0.1, 1, 1, 0.5, 0},      {300, 4, 1, 1, 0.2, 0.05},
             {600, 6, 0.5, 8, 0.1, 0},  {600, 9, 0.3, 30, 0.3, 0.2}, {400, 0.01, 0.4, 0.4, 0.02, 0.1},
             {500, 1e5, 1, 10, 0.1, 0}, {500, 8, 1e-6, 3, 0.1, 0.1}};
  for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
    Struts s = random_struts(row[r].n, row[r].side, row[r].length, row[r].longest);
    double(*start)[2][3] = malloc((size_t)s.n * sizeof *start);
    ContactSearch *found;
    memcpy(start, s.ends, (size_t)s.n * sizeof *start);
    CHECK_OK(search(&s, row[r].margin, row[r].lump, &found));
    for (int move = 0; move < 4; move++) {
      PetscBool rebuilt;
      CHECK_OK(update(found, &s, &rebuilt));
      assert_true(rebuilt == (move > 0 ? PETSC_TRUE : PETSC_FALSE));
      assert_int_equal(differences(&s, (const double(*)[2][3])start, row[r].margin, row[r].lump, found), 0);
      if (found->n_pairs > 1) { /* faults that the comparison must see */
        PetscInt *last = found->pair[found->n_pairs - 1], held = last[1];
        found->n_pairs--;
        assert_int_not_equal(differences(&s, (const double(*)[2][3])start, row[r].margin, row[r].lump, found), 0);
        found->n_pairs++;
        last[1] = last[0];
        assert_int_not_equal(differences(&s, (const double(*)[2][3])start, row[r].margin, row[r].lump, found), 0);
        last[1] = held;
      }
      for (PetscInt i = 0; i < s.n; i++) /* squeezed, and each strut on its own way */
        for (int e = 0; e < 2; e++)
          for (int k = 0; k < 3; k++)
            s.ends[i][e][k] = s.ends[i][e][k] * (k == 2 ? 0.8 : 1.05) + row[r].margin * (0.6 + 0.1 * uniform());
    }
    CHECK_OK(contact_search_destroy(&found));
    free(start);
    struts_free(&s);
  }
}

static void expect(const ContactSearch *found, PetscInt n, const PetscInt (*pair)[2]) {
  assert_int_equal(found->n_pairs, n);
  for (PetscInt p = 0; p < n; p++)
    for (int side = 0; side < 2; side++)
      assert_int_equal(found->pair[p][side], pair[p][side]);
}

/* Struts 0, 2 and 3 meet, 1 lies beside them, 4 nearly touches them from below (0.002 < 0.05 * 0.1), 5 lies below. */
static void lumps_are_left_out(void **state) {
  (void)state;
  PetscInt node[6][2] = {{0, 1}, {2, 3}, {1, 4}, {1, 5}, {6, 7}, {8, 9}};
  double radius[6] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.2};
  double ends[6][2][3] = {{{0, 0, 0}, {1, 0, 0}},  {{0, 0.25, 0}, {1, 0.25, 0}},     {{1, 0, 0}, {2, -1, 0}},
                          {{1, 0, 0}, {2, -1, 1}}, {{0, 0, -0.202}, {1, 0, -0.202}}, {{0, 0, -0.6}, {1, 0, -0.6}}};
  const Struts s = {6, 0, node, radius, ends};
  ContactSearch *found;
  CHECK_OK(search(&s, 0.1, 0.05, &found));
  expect(found, 4, (const PetscInt[][2]){{0, 1}, {1, 2}, {1, 3}, {4, 5}});
  for (int e = 0; e < 2; e++) {
    ends[1][e][1] = 0;
    ends[1][e][2] = -0.1;
  }
  CHECK_OK(update(found, &s, NULL)); /* what was apart and overlaps now is in the list */
  expect(found, 5, (const PetscInt[][2]){{0, 1}, {1, 2}, {1, 3}, {1, 4}, {4, 5}});
  CHECK_OK(contact_search_destroy(&found));
  CHECK_OK(search(&s, 0.1, 0, &found)); /* what overlaps at the start is not; a gap of 0.002 is one now */
  expect(found, 4, (const PetscInt[][2]){{0, 4}, {2, 4}, {3, 4}, {4, 5}});
  CHECK_OK(contact_search_destroy(&found));
}

/* Moves below margin/2 keep the list, and it still holds every pair that touches; a longer one makes it anew. */
static void lists_age_safely(void **state) {
  (void)state;
  const double margin = 0.3;
  Struts s = random_struts(500, 5, 1, 1);
  double(*start)[2][3] = malloc((size_t)s.n * sizeof *start);
  PetscBool rebuilt;
  ContactSearch *found;
  CHECK_OK(search(&s, margin, 0, &found));
  memcpy(start, s.ends, (size_t)s.n * sizeof *start);
  PetscInt touching = 0, missed = 0, at;
  for (double part = 0.49; part < 1.4; part += 0.8) { /* of the margin */
    for (PetscInt i = 0; i < s.n; i++)
      for (int e = 0; e < 2; e++)
        for (int k = 0; k < 3; k++)
          s.ends[i][e][k] = start[i][e][k] + (k == i % 3 ? part * margin * (i % 2 ? 1 : -1) : 0);
    at = missed = touching = 0;
    for (PetscInt i = 0; i < s.n; i++)
      for (PetscInt j = i + 1; j < s.n; j++) {
        const bool got = at < found->n_pairs && found->pair[at][0] == i && found->pair[at][1] == j;
        const bool touch = !joined(&s, i, j) && gap(&s, (const double(*)[2][3])start, i, j) > 0 &&
                           gap(&s, (const double(*)[2][3])s.ends, i, j) < 0;
        at += got;
        touching += touch;
        missed += touch && !got;
      }
    assert_int_equal(missed > 0, part > 0.5); /* beyond, the old list is at fault, which shows that the test sees it */
    assert_true(touching > 10);
    CHECK_OK(update(found, &s, &rebuilt));
    assert_true(rebuilt == (part > 0.5 ? PETSC_TRUE : PETSC_FALSE));
  }
  CHECK_OK(contact_search_destroy(&found));
  free(start);
  struts_free(&s);
}

static PetscInt renamed(PetscInt i, PetscInt n) { return (PetscInt)((int64_t)i * 7919 % n); }

/* 100 000 struts as dense as in a rhombic dodecahedron of edge 1 mm, 80 % porous; renamed, they give the same pairs. */
static void large_meshes_are_quick(void **state) {
  (void)state;
  const PetscInt n = 100000;
  const double margin = 0.05;
  Struts s = random_struts(n, cbrt(n / 32.), 0.433, 0.433), t = random_struts(n, 1, 1, 1);
  ContactSearch *found, *twin;
  int64_t sum[2] = {0}, pairs[2] = {0};
  for (PetscInt i = 0; i < n; i++) {
    const PetscInt j = renamed(i, n);
    s.radius[i] = 0.08;
    for (int e = 0; e < 2; e++) {
      t.node[j][e] = s.node[i][e];
      for (int k = 0; k < 3; k++)
        t.ends[j][e][k] = s.ends[i][e][k];
    }
    t.radius[j] = s.radius[i];
  }
  CHECK_OK(search(&s, margin, 0, &found));
  CHECK_OK(search(&t, margin, 0, &twin));
  for (PetscInt i = 0; i < n; i++)
    for (int e = 0; e < 2; e++)
      s.ends[i][e][2] *= 0.7, t.ends[renamed(i, n)][e][2] *= 0.7;
  const double start = MPI_Wtime();
  CHECK_OK(update(found, &s, NULL));
  const double seconds = MPI_Wtime() - start;
  CHECK_OK(update(twin, &t, NULL));
  for (PetscInt p = 0; p < found->n_pairs; p++) {
    const int64_t i = renamed(found->pair[p][0], n), j = renamed(found->pair[p][1], n);
    sum[0] += PetscMin(i, j) * n + PetscMax(i, j);
  }
  for (PetscInt p = 0; p < twin->n_pairs; p++)
    sum[1] += (int64_t)twin->pair[p][0] * n + twin->pair[p][1];
  pairs[0] = found->n_pairs;
  pairs[1] = twin->n_pairs;
  printf("%d struts, %d pairs, %.3f s\n", (int)n, (int)pairs[0], seconds);
  assert_true(pairs[0] > n / 10);
  assert_true(pairs[0] == pairs[1] && sum[0] == sum[1]);
  int64_t same[2] = {sum[0], -sum[0]}, most[2];
  MPI_Allreduce(same, most, 2, MPI_INT64_T, MPI_MAX, PETSC_COMM_WORLD);
  assert_true(most[0] == -most[1]); /* every rank has the same list */
  CHECK_OK(contact_search_destroy(&found));
  CHECK_OK(contact_search_destroy(&twin));
  struts_free(&s);
  struts_free(&t);
}

static void mistakes_are_refused(void **state) {
  (void)state;
  Struts s = random_struts(10, 1, 1, 1);
  ContactSearch *found;
  CHECK_FAILS(search(&s, 0, 0, &found), PETSC_ERR_ARG_OUTOFRANGE);
  CHECK_OK(search(&s, 0.1, 0, &found));
  const double held = s.ends[7][1][2];
  s.ends[7][1][2] = NAN;
  CHECK_FAILS(update(found, &s, NULL), PETSC_ERR_FP);
  s.ends[7][1][2] = held;
  CHECK_OK(update(found, &s, NULL));
  assert_int_equal(differences(&s, (const double(*)[2][3])s.ends, 0.1, 0, found), 0);
  CHECK_OK(contact_search_destroy(&found));
  s.radius[3] = 0;
  CHECK_FAILS(search(&s, 0.1, 0, &found), PETSC_ERR_ARG_OUTOFRANGE);
  s.n = 0;
  CHECK_OK(search(&s, 0.1, 0, &found));
  assert_int_equal(found->n_pairs, 0);
  CHECK_OK(contact_search_destroy(&found));
  struts_free(&s);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(list_is_that_of_all_pairs),
                                          cmocka_unit_test(lumps_are_left_out), cmocka_unit_test(lists_age_safely),
                                          cmocka_unit_test(large_meshes_are_quick),
                                          cmocka_unit_test(mistakes_are_refused)};
CHECK_MAIN(tests)
