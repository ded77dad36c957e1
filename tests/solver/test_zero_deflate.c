/* Streams of mostly void fields, read back by zlib. */
#include "tests/check.h"

#include "solver/files/zero_deflate.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void check_stream(size_t n, const uint8_t *in) {
  uint8_t *packed = malloc(zero_deflate_bound(n)), *out = malloc(n + 1);
  uLongf length = (uLongf)n + 1;
  const size_t bytes = zero_deflate(n, in, packed);
  assert_true(bytes <= zero_deflate_bound(n));
  assert_int_equal(uncompress(out, &length, packed, (uLong)bytes), Z_OK); /* checks the sum as well */
  assert_int_equal(length, n);
  assert_memory_equal(out, in, n);
  free(packed), free(out);
}

/* Every length of a run of zeros up to several matches, in every place within a word. */
static void runs_of_zeros(void **state) {
  (void)state;
  uint8_t in[1200];
  for (int zeros = 0; zeros < 1100; zeros++)
    for (int before = 0; before < 9; before += 1 + (zeros > 40)) {
      memset(in, 7, sizeof in);
      memset(in + before, 0, (size_t)zeros);
      check_stream((size_t)(before + zeros), in);
      check_stream((size_t)(before + zeros + 11), in);
    }
}

static void noise_and_void(void **state) {
  (void)state;
  const size_t n = 300007; /* longer than four stored blocks, no whole number of words */
  uint8_t *in = malloc(n);
  uint32_t bits = 1;
  for (uint32_t often = 0; often < 4; often++) { /* all noise; void in runs of 4, 64, 1024 bytes or so */
    for (size_t i = 0; i < n; i++) {
      bits = bits * 1664525u + 1013904223u;
      const uint32_t run = (uint32_t)(i >> (often * 4 - 2 * (often > 0))) * 2654435761u;
      in[i] = often && run >> 31 ? 0 : (uint8_t)(bits >> 24);
    }
    check_stream(n, in);
  }
  memset(in, 0, n);
  uint8_t packed[4096];
  CHECK_BELOW((double)zero_deflate(n, in, packed), 13. / 8 * (double)n / 258 + 32, "13 bits for 258 zeros");
  check_stream(n, in);
  free(in);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(runs_of_zeros), cmocka_unit_test(noise_and_void)};
CHECK_MAIN(tests)
