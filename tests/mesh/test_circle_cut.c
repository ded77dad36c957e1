/* The part of a circle inside half-planes against closed forms, and its limits. ranks: 1 */
#include "mesh/circle_cut.h"
#include "tests/check.h"

static CircleCut cut_at(double angle, double offset) { return (CircleCut){{cos(angle), sin(angle)}, offset}; }

static void test_halves(void **state) {
  (void)state;
  for (double angle = 0; angle < 3; angle += 0.17) {
    const CircleCut two[2] = {cut_at(angle, 0), cut_at(angle + M_PI / 2, 0)};
    CHECK_NEAR(circle_part(1, two), 0.5, 1e-13, "a plane through the centre");
    CHECK_NEAR(circle_part(2, two), 0.25, 1e-13, "two at right angles");
    const CircleCut slab[3] = {cut_at(angle, 0), cut_at(angle + M_PI, 0), cut_at(angle, 2)};
    assert_true(circle_part(2, slab) < 1e-13);
    CHECK_NEAR(circle_part(1, &slab[2]), 1, 1e-13, "a plane that misses the circle");
  }
  CHECK_NEAR(circle_part(0, NULL), 1, 1e-15, "no plane");
  assert_true(circle_part(1, &(CircleCut){{1, 0}, -1.5}) == 0);
}

static void test_segment(void **state) {
  double last = 0;

  (void)state;
  for (int i = 1; i < 400; i++) {
    double h = -1 + i / 200., part = circle_part(1, &(CircleCut){{0.6, 0.8}, h});
    assert_true(fabs(part - (1 - (acos(h) - h * sqrt(1 - h * h)) / M_PI)) < 1e-4);
    assert_true(part > last && part - last < 0.005); /* the slope is at most 2/pi */
    last = part;
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_halves), cmocka_unit_test(test_segment)};
CHECK_MAIN(tests)
