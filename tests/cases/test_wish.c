/* ranks: 1
   Wishes: every form is read and printed, anything else is refused, and what holds, by how much. */
#include "cases/sweep/wish.h"
#include "tests/check.h"
#include <string.h>

static Wish parsed(const char *text) {
  char why[512] = "";
  Wish wish;
  if (!wish_parse(text, &wish, why, sizeof why))
    fail_msg("'%s' is refused: %s", text, why);
  return wish;
}

static void test_forms(void **state) {
  (void)state;
  static const struct {
    const char *text, *printed;
    WishKind kind;
    double lo, hi, weight;
    int direction;
  } form[] = {
      {"within [1, 3]", "within [1, 3]", WISH_WITHIN, 1, 3, 1, 0},
      {"  within[-2.5e-1 ,+4 ]  ", "within [-0.25, 4]", WISH_WITHIN, -0.25, 4, 1, 0},
      {">= 2", ">= 2", WISH_AT_LEAST, 2, INFINITY, 1, 1},
      {">=2", ">= 2", WISH_AT_LEAST, 2, INFINITY, 1, 1},
      {"\xe2\x89\xa5 0.2", ">= 0.2", WISH_AT_LEAST, 0.2, INFINITY, 1, 1},
      {"at  least\t.5", ">= 0.5", WISH_AT_LEAST, 0.5, INFINITY, 1, 1},
      {"<= 1e3", "<= 1000", WISH_AT_MOST, -INFINITY, 1000, 1, -1},
      {"\xe2\x89\xa4-3", "<= -3", WISH_AT_MOST, -INFINITY, -3, 1, -1},
      {"at most 7", "<= 7", WISH_AT_MOST, -INFINITY, 7, 1, -1},
      {"minimal", "minimal", WISH_MINIMAL, -INFINITY, INFINITY, 1, -1},
      {"maximal weight 1", "maximal", WISH_MAXIMAL, -INFINITY, INFINITY, 1, 1},
      {"maximal  weight 2.5 ", "maximal weight 2.5", WISH_MAXIMAL, -INFINITY, INFINITY, 2.5, 1},
  };
  for (size_t i = 0; i < sizeof form / sizeof form[0]; i++) {
    char text[64];
    Wish wish = parsed(form[i].text);
    wish_text(&wish, text, sizeof text);
    assert_string_equal(text, form[i].printed);
    assert_int_equal(wish.kind, form[i].kind);
    assert_true(wish.lo == form[i].lo && wish.hi == form[i].hi && wish.weight == form[i].weight);
    assert_int_equal(wish_direction(&wish), form[i].direction);
    Wish again = parsed(text);
    assert_true(again.kind == wish.kind && again.lo == wish.lo && again.hi == wish.hi && again.weight == wish.weight);
  }
}

static void test_refusals(void **state) {
  (void)state;
  static const char *const wrong[] = {
      "",
      "2",
      "about 3",
      "within 1, 3",
      "within [1, 3",
      "within [1; 3]",
      "within [1]",
      ">= ",
      ">= two",
      ">= nan",
      ">= inf",
      ">= 1 mm",
      "> 2",
      "= 2",
      "at least",
      "atleast 2",
      "atmost 2",
      "minimally",
      "min",
      "minimal 2",
      "minimal weight",
      "minimal weight x",
      ">= 2 weight 3",
      "within [1, 3] weight 2",
      "MINIMAL",
      "maximal,",
      "within_[1, 3]",
      "at least_2",
      "minimal weight 1 2",
      ">= 0x10",
      ">= 1e999",
      ">= +-1",
  };
  static const struct {
    const char *text, *part;
  } other[] = {{"within [3, 1]", "below"},
               {"within [2, 2]", "below"},
               {"minimal weight 0", "positive"},
               {"maximal weight -1", "positive"}};
  Wish wish;
  char why[512];
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    if (wish_parse(wrong[i], &wish, why, sizeof why))
      fail_msg("'%s' is taken", wrong[i]);
    assert_non_null(strstr(why, WISH_ALLOWED));
  }
  for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
    assert_false(wish_parse(other[i].text, &wish, why, sizeof why));
    assert_non_null(strstr(why, other[i].part));
  }
}

static void test_margins(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double value, margin;
  } known[] = {
      {"within [400, 700]", 500, 0.25},
      {"within [400, 700]", 665, 0.05},
      {"within [400, 700]", 770, -0.1},
      {"within [400, 700]", 200, -0.5},
      {">= 2", 3, 0.5},
      {">= 2", 1, -0.5},
      {"<= 4", 3, 0.25},
      {"<= 4", -4, 2},
      {">= -2", -1, 0.5},
      {">= 0", 0.3, 0.3},
      {"<= 0", 0.3, -0.3},
      {"within [0, 10]", 1, 0.1},
      {"within [-10, 0]", -1, 0.1},
      {"within [0, 10]", -2, -0.2},
  };
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    const Wish wish = parsed(known[i].text);
    CHECK_NEAR(wish_margin(&wish, known[i].value), known[i].margin, 1e-12, "(value - bound) / |bound|");
    CHECK_NEAR(wish_shortfall(&wish, known[i].value), fmax(0, -known[i].margin), 1e-12, "its negative part");
    assert_int_equal(wish_holds(&wish, known[i].value), known[i].margin >= 0);
    assert_false(wish_holds(&wish, NAN));
    assert_true(wish_shortfall(&wish, NAN) == INFINITY);
    assert_false(wish_is_open(&wish));
  }
  const Wish least = parsed(">= 2"), open = parsed("minimal");
  assert_true(wish_holds(&least, 2) && wish_shortfall(&least, 2) == 0);
  assert_true(wish_is_open(&open) && wish_holds(&open, 1e9) && wish_margin(&open, 1e9) == INFINITY);
  assert_false(wish_holds(&open, NAN));
  assert_true(wish_shortfall(&open, NAN) == INFINITY && wish_shortfall(&open, 5) == 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_forms),
    cmocka_unit_test(test_refusals),
    cmocka_unit_test(test_margins),
};
CHECK_MAIN(tests)
