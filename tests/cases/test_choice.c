/* ranks: 1
   The chosen point: the front against brute force, the best one where it is known, wishes that contradict. */
#include "cases/sweep/choice.h"
#include "mesh/random.h"
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>

static void parse(PetscInt m, const char *const *text, Wish *wish) {
  char why[512];
  for (PetscInt w = 0; w < m; w++)
    assert_true(wish_parse(text[w], &wish[w], why, sizeof why));
}

static bool feasible(PetscInt m, const Wish *wish, const double *v) {
  for (PetscInt w = 0; w < m; w++)
    if (!(v[w] >= wish[w].lo && v[w] <= wish[w].hi))
      return false;
  return true;
}

static bool on_front(PetscInt n, PetscInt m, const Wish *wish, const double *value, PetscInt i) {
  for (PetscInt j = 0; j < n; j++) {
    bool nowhere_worse = feasible(m, wish, value + j * m), better = false;
    for (PetscInt w = 0; w < m && nowhere_worse; w++) {
      const bool more = wish[w].kind == WISH_MAXIMAL || wish[w].kind == WISH_AT_LEAST;
      const double gain = (value[j * m + w] - value[i * m + w]) * (wish[w].kind == WISH_WITHIN ? 0 : more ? 1 : -1);
      nowhere_worse = gain >= 0;
      better = better || gain > 0;
    }
    if (nowhere_worse && better)
      return false;
  }
  return feasible(m, wish, value + i * m);
}

/* Random tables with ties (values on a coarse grid) and values that are missing. */
static void test_front(void **state) {
  (void)state;
  enum { N = 300, M = 4 };
  static const char *const sets[][M] = {{"minimal", "maximal", ">= 0.2", "within [0.1, 0.9]"},
                                        {"minimal", "minimal", "maximal", "<= 0.8"},
                                        {"maximal", ">= 0.5", "<= 0.4", ">= 0"},
                                        {"within [0, 0.5]", "within [0.3, 1]", "within [0, 1]", "within [0, 1]"}};
  static double value[N * M];
  Wish wish[M];
  Choice c;
  for (uint64_t seed = 1; seed <= 24; seed++) {
    const double grid = seed % 2 ? 8 : 1e6;
    parse(M, sets[seed % 4], wish);
    for (int i = 0; i < N * M; i++) {
      const double u = random_uniform(seed, (uint64_t)i, 1);
      value[i] = u > 0.98 ? NAN : round(u * grid) / grid;
    }
    CHECK_OK(choice_make(N, M, wish, value, &c));
    char listed[N] = {0};
    PetscInt all = 0;
    for (PetscInt i = 0; i < c.n_front; i++)
      listed[c.front[i]]++;
    for (PetscInt i = 0; i < N; i++) {
      assert_int_equal(listed[i], on_front(N, M, wish, value, i));
      all += feasible(M, wish, value + i * M);
    }
    assert_int_equal(c.n_feasible, all);
    assert_true(all > 0 && c.best == c.front[0]);
    for (PetscInt i = 1; i < c.n_front; i++)
      assert_true(choice_cost(M, wish, &c.scale, value + c.front[i - 1] * M) <=
                  choice_cost(M, wish, &c.scale, value + c.front[i] * M));
    CHECK_OK(choice_free(&c));
  }
}

/* On a quarter circle about (1, 1), both minimal: the ideal is (0, 0) and the nearest point lies on the diagonal. */
static void test_best(void **state) {
  (void)state;
  enum { N = 181 };
  static double value[N * 3];
  Wish wish[3];
  Choice c;
  for (int i = 0; i < N; i++) {
    value[3 * i] = 1 - cos(i * M_PI / 360);
    value[3 * i + 1] = 1 - sin(i * M_PI / 360);
    value[3 * i + 2] = i;
  }
  parse(2, (const char *const[]){"minimal", "minimal"}, wish);
  static double two[N * 2];
  for (int i = 0; i < N; i++)
    memcpy(two + 2 * i, value + 3 * i, 2 * sizeof *two);
  CHECK_OK(choice_make(N, 2, wish, two, &c));
  assert_int_equal(c.n_front, N);
  assert_int_equal(c.best, 90);
  CHECK_NEAR(c.scale.range[0], 1, 1e-12, "from 0 to 1");
  CHECK_OK(choice_free(&c));

  parse(2, (const char *const[]){"minimal weight 9", "minimal"}, wish);
  CHECK_OK(choice_make(N, 2, wish, two, &c));
  double least = INFINITY;
  int at = -1;
  for (int i = 0; i < N; i++) {
    const double cost = 9 * two[2 * i] * two[2 * i] + two[2 * i + 1] * two[2 * i + 1];
    if (cost < least) {
      least = cost;
      at = i;
    }
  }
  assert_true(at > 0 && at < 90);
  assert_int_equal(c.best, at);
  CHECK_OK(choice_free(&c));

  parse(3, (const char *const[]){"minimal", "minimal", ">= 120"}, wish); /* a bound cuts the diagonal off */
  CHECK_OK(choice_make(N, 3, wish, value, &c));
  assert_int_equal(c.n_feasible, 61);
  assert_true(c.best >= 120);
  CHECK_OK(choice_free(&c));

  parse(1, (const char *const[]){"within [400, 700]"}, wish); /* no minimal or maximal: deepest inside */
  const double within[] = {410, 690, 500, 560, NAN, 540};
  CHECK_OK(choice_make(6, 1, wish, within, &c));
  assert_int_equal(c.best, 2); /* 100 / 400 against 140 / 700, 160 / 700 */
  assert_int_equal(c.n_feasible, 5);
  CHECK_OK(choice_free(&c));
}

/* Equal points: both on the front; the one with more room to its bounds is chosen, then the first. */
static void test_ties(void **state) {
  (void)state;
  const double value[] = {1, 5, 3, 5, 1, 5, 1, 9, 1, 9, NAN, 20};
  Wish wish[2];
  Choice c;
  parse(2, (const char *const[]){"minimal", "within [4, 16]"}, wish);
  CHECK_OK(choice_make(6, 2, wish, value, &c));
  assert_int_equal(c.n_front, 4);
  assert_int_equal(c.front[0], 3); /* 7 / 16 from the upper bound */
  assert_int_equal(c.front[1], 4);
  assert_int_equal(c.front[2], 0);
  CHECK_OK(choice_free(&c));
}

/* A life without end is the best there is. */
static void test_infinite(void **state) {
  (void)state;
  const double value[] = {1e6, 3, 1e7, 4, INFINITY, 9, 1e5, 1};
  Wish wish[2];
  Choice c;
  parse(2, (const char *const[]){"maximal", "minimal"}, wish);
  CHECK_OK(choice_make(4, 2, wish, value, &c));
  assert_int_equal(c.n_front, 4);
  assert_int_equal(c.best, 2);
  CHECK_OK(choice_free(&c));
  parse(1, (const char *const[]){"maximal"}, wish);
  CHECK_OK(choice_make(1, 1, wish, value + 4, &c));
  assert_int_equal(c.best, 0);
  CHECK_OK(choice_free(&c));
}

static void test_contradiction(void **state) {
  (void)state;
  enum { N = 11 };
  double value[N * 3];
  Wish wish[3];
  Choice c;
  for (int i = 0; i < N; i++) { /* strength falls and openness grows with i */
    value[3 * i] = 10 - i;
    value[3 * i + 1] = i;
    value[3 * i + 2] = i == 3 ? NAN : 1;
  }
  parse(3, (const char *const[]){">= 7", ">= 6", "maximal"}, wish);
  CHECK_OK(choice_make(N, 3, wish, value, &c));
  assert_int_equal(c.n_feasible, 0);
  assert_int_equal(c.n_front, 0);
  assert_int_equal(c.met[0][0], 4);
  assert_int_equal(c.met[1][1], 5);
  assert_int_equal(c.met[0][1], 0);
  assert_int_equal(c.met[2][2], 10);
  assert_int_equal(c.met[0][2], 3);
  assert_int_equal(c.met[2][0], 3);
  assert_int_equal(c.best, 6); /* a step costs 1 / 7 of the first or 1 / 6 of the second */
  CHECK_NEAR(choice_cost(3, wish, &c.scale, value + 3 * c.best), 1 + 3. / 7, 1e-12, "1 + summed shortfall");
  CHECK_OK(choice_free(&c));
  for (int i = 0; i < N * 3; i++)
    value[i] = NAN;
  CHECK_OK(choice_make(N, 3, wish, value, &c));
  assert_true(c.best == 0 && c.n_feasible == 0);
  CHECK_OK(choice_free(&c));
}

/* Ten thousand points of which thousands are on the front. */
static void test_many(void **state) {
  (void)state;
  enum { N = 10000, M = 4 };
  double *value = malloc(sizeof *value * N * M);
  Wish wish[M];
  Choice c;
  parse(M, (const char *const[]){"minimal", "maximal", "minimal", "maximal"}, wish);
  for (int i = 0; i < N; i++) {
    double length = 0;
    for (int w = 0; w < M; w++) {
      value[i * M + w] = random_uniform(3, (uint64_t)(i * M + w), 2);
      length += value[i * M + w] * value[i * M + w];
    }
    for (int w = 0; w < M; w++) /* on a sphere no point dominates another */
      value[i * M + w] *= (w % 2 ? 1 : -1) / sqrt(length) * (i % 2 ? 1 : 0.99);
  }
  CHECK_OK(choice_make(N, M, wish, value, &c));
  assert_true(c.n_front > N / 2 - 1);
  CHECK_OK(choice_free(&c));
  free(value);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_front),    cmocka_unit_test(test_best),          cmocka_unit_test(test_ties),
    cmocka_unit_test(test_infinite), cmocka_unit_test(test_contradiction), cmocka_unit_test(test_many),
};
CHECK_MAIN(tests)
