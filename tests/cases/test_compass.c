/* ranks: 1
   Compass search: valleys inside and at the edge of the box, places to be avoided. */
#include "cases/sweep/compass.h"
#include "tests/check.h"

static double valley(void *context, const double *x) {
  const double *at = context;
  return pow(x[0] - at[0], 2) + 9 * pow(x[1] - at[1], 2) + (x[0] - at[0]) * (x[1] - at[1]);
}

/* Only where the first is below the second is there a value. */
static double half(void *context, const double *x) { return x[0] < x[1] ? valley(context, x) : NAN; }

static void test_search(void **state) {
  (void)state;
  const double lo[2] = {-1, 0}, hi[2] = {2, 5};
  double inside[2] = {0.3, 1.7}, beyond[2] = {4, 1.7}, x[2] = {-1, 5};
  CHECK_BELOW(compass_search(2, lo, hi, 1e-6, valley, inside, x), 1e-9, "the bottom of the valley");
  CHECK_NEAR(x[0], 0.3, 1e-4, "its place");
  CHECK_NEAR(x[1], 1.7, 1e-4, "its place");
  (void)compass_search(2, lo, hi, 1e-6, valley, beyond, x);
  CHECK_NEAR(x[0], 2, 1e-12, "the wall");
  CHECK_NEAR(x[1], 1.7 + 2. / 18, 1e-4, "the least along the wall: 18 (y - 1.7) = 4 - 2");
  x[0] = 2, x[1] = 1; /* starts where there is no value */
  CHECK_BELOW(compass_search(2, lo, hi, 1e-6, half, inside, x), 1e-9, "the bottom of the valley");
  assert_true(x[0] < x[1]);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_search)};
CHECK_MAIN(tests)
