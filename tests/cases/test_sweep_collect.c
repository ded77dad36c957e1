/* ranks: 1
   Columns that follow from others: least, greatest, mean and copies, by name and by pattern. */
#include "cases/sweep/sweep_collect.h"
#include "tests/check.h"
#include <string.h>

enum { N = 9 };
static const char *const names[N] = {"cage.flexion.margin",
                                     "cage.torsion.margin",
                                     "cage.compression.margin",
                                     "cage.E_MPa",
                                     "cell.E_MPa",
                                     "a[1]",
                                     "odd/path.name.with/x",
                                     "",
                                     "worn"};
static const char *const units[N] = {"", "", "", "MPa", "GPa", "mm", "s", "-", "um"};
static const double values[N] = {3, -2, 7, 1500, 2, 5, 11, 13, NAN};
static const CollectSource source = {N, names, units, values, NULL};

static double collected(CollectKind kind, double times, int n, const char *const *from) {
  Collect collect = {.name = "x", .kind = kind, .n = n, .times = times};
  for (int i = 0; i < n; i++)
    collect.from[i] = from[i];
  return collect_value(&collect, &source, NULL);
}
#define FROM(...)                                                                                                      \
  (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)), (const char *const[]) { __VA_ARGS__ }

static void test_kinds(void **state) {
  (void)state;
  CHECK_NEAR(collected(COLLECT_LEAST, 1, FROM("cage.*.margin")), -2, 0, "least of 3, -2, 7");
  CHECK_NEAR(collected(COLLECT_GREATEST, 1, FROM("cage.*.margin")), 7, 0, "greatest of 3, -2, 7");
  CHECK_NEAR(collected(COLLECT_MEAN, 1, FROM("cage.*.margin")), 8. / 3, 1e-15, "mean of 3, -2, 7");
  CHECK_NEAR(collected(COLLECT_OF, 0.001, FROM("cage.E_MPa")), 1.5, 1e-15, "1500 MPa");
  CHECK_NEAR(collected(COLLECT_LEAST, -2, FROM("cage.*.margin")), 4, 0, "the factor comes after the choice");
  CHECK_NEAR(collected(COLLECT_MEAN, 2, FROM("cage.flexion.margin", "a[1]")), 8, 0, "twice the mean of 3 and 5");
  CHECK_NEAR(collected(COLLECT_MEAN, 1, FROM("a[1]", "a*", "?[1]")), 5, 0, "a column counts once");
}

static void test_patterns(void **state) {
  (void)state;
  CHECK_NEAR(collected(COLLECT_OF, 1, FROM("c?ll.E_*")), 2, 0, "? is one letter");
  CHECK_NEAR(collected(COLLECT_GREATEST, 1, FROM("*.E_MPa")), 1500, 0, "of both cases");
  CHECK_NEAR(collected(COLLECT_OF, 1, FROM("a[1]")), 5, 0, "a name is itself, whatever a pattern means by it");
  CHECK_NEAR(collected(COLLECT_OF, 1, FROM("odd*x")), 11, 0, "* also fits / and .");
  CHECK_NEAR(collected(COLLECT_OF, 1, FROM("")), 13, 0, "an empty name");
  assert_true(isnan(collected(COLLECT_LEAST, 1, FROM("cage.*.margi")))); /* all of the name, not its beginning */
  assert_true(isnan(collected(COLLECT_LEAST, 1, FROM("CAGE.*"))));
}

static void test_nothing(void **state) {
  (void)state;
  for (int kind = COLLECT_OF; kind <= COLLECT_MEAN; kind++) {
    assert_true(isnan(collected((CollectKind)kind, 1, FROM("nothing"))));
    assert_true(isnan(collected((CollectKind)kind, 1, FROM("nothing", "worn"))));
    assert_true(isnan(collected((CollectKind)kind, 1, FROM("worn", "cage.E_MPa")))); /* not the least of the rest */
    assert_true(isnan(collected((CollectKind)kind, 1, FROM("cage.E_MPa", "worn"))));
    assert_true(isnan(collected((CollectKind)kind, 0, FROM("worn"))));
    const CollectSource none = {0, NULL, NULL, NULL, NULL};
    assert_true(
        isnan(collect_value(&(Collect){.kind = (CollectKind)kind, .n = 1, .from = {"*"}, .times = 1}, &none, NULL)));
  }
}

static void test_units(void **state) {
  Collect collect = {.name = "x", .kind = COLLECT_LEAST, .n = 2, .from = {"c*.E_MPa", "a*"}, .times = 1};
  const char *unit;
  (void)state;
  CHECK_NEAR(collect_value(&collect, &source, &unit), 2, 0, "the least");
  assert_string_equal(unit, ""); /* GPa and mm */
  collect.n = 1;
  (void)collect_value(&collect, &source, &unit);
  assert_string_equal(unit, ""); /* GPa and MPa: no column has the least of all */
  collect.from[0] = "cell.E_*";
  (void)collect_value(&collect, &source, &unit);
  assert_string_equal(unit, "GPa");
  collect.from[0] = "cage.E_MPa";
  collect.unit = "N/mm2";
  (void)collect_value(&collect, &source, &unit);
  assert_string_equal(unit, "N/mm2");
  collect = (Collect){.name = "x", .n = 1, .from = {"nothing"}, .times = 1};
  (void)collect_value(&collect, &source, &unit);
  assert_string_equal(unit, "");
}

/* Names are found with and without that of their case. */
static void test_names_of_cases(void **state) {
  static const char *const plain[] = {"flexion.margin", "torsion.margin", "margin", "cage.x"};
  static const double value[] = {3, 2, 1, 9};
  static const char *const none[] = {"", "", "", ""};
  const ColumnCases one = {1, {"cage"}}, two = {2, {"cage", "cell"}};
  const CollectSource single = {4, plain, none, value, &one}, several = {N, names, units, values, &two};
  const Collect all = {.kind = COLLECT_LEAST, .n = 1, .from = {"cage.*.margin"}, .times = 1},
                own = {.kind = COLLECT_OF, .n = 1, .from = {"cage.torsion.margin"}, .times = 1},
                bare = {.kind = COLLECT_OF, .n = 1, .from = {"torsion.margin"}, .times = 1},
                exact = {.kind = COLLECT_OF, .n = 1, .from = {"cage.x"}, .times = 1};
  (void)state;
  CHECK_NEAR(collect_value(&all, &single, NULL), 2, 0, "a pattern with the name of the only case");
  CHECK_NEAR(collect_value(&own, &single, NULL), 2, 0, "a name with that of the only case");
  CHECK_NEAR(collect_value(&bare, &single, NULL), 2, 0, "a name as it stands");
  CHECK_NEAR(collect_value(&exact, &single, NULL), 9, 0, "a name as it stands comes first");
  CHECK_NEAR(collect_value(&own, &several, NULL), -2, 0, "a name as it stands");
  CHECK_NEAR(collect_value(&bare, &several, NULL), -2, 0, "without the name of its case");
  assert_true(column_is_alias(&two, "E_MPa", "cage.E_MPa") && column_is_alias(&two, "E_MPa", "cell.E_MPa"));
  assert_false(column_is_alias(&two, "MPa", "cage.E_MPa"));
  assert_false(column_is_alias(NULL, "E_MPa", "cage.E_MPa"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_kinds),          cmocka_unit_test(test_patterns), cmocka_unit_test(test_nothing),
    cmocka_unit_test(test_names_of_cases), cmocka_unit_test(test_units),
};
CHECK_MAIN(tests)
