/* Contents: equal ones agree, others differ, pieces do not run into each other. */
#include "materials/content.h"
#include "tests/check.h"
#include <string.h>

static void text_of(const char *const *piece, int n, char text[CONTENT_TEXT]) {
  Content content = {0};
  for (int i = 0; i < n; i++)
    content_add_text(&content, piece[i]);
  content_text(&content, text);
}

static void known(void **state) {
  char a[CONTENT_TEXT], b[CONTENT_TEXT], c[CONTENT_TEXT], d[CONTENT_TEXT];
  (void)state;
  text_of((const char *const[]){"ab", "c"}, 2, a);
  text_of((const char *const[]){"ab", "c"}, 2, b);
  text_of((const char *const[]){"a", "bc"}, 2, c);
  text_of((const char *const[]){"c", "ab"}, 2, d);
  assert_string_equal(a, b);
  assert_string_not_equal(a, c);
  assert_string_not_equal(a, d);
  assert_int_equal(strlen(a), 32);
  assert_int_equal(strspn(a, "0123456789abcdef"), 32);
}

/* Every single bit of a long piece counts. */
static void every_bit(void **state) {
  unsigned char bytes[257];
  Content base = {0};
  (void)state;
  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (unsigned char)(7 * i);
  content_add(&base, sizeof bytes, bytes);
  for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
    Content other = {0};
    bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    content_add(&other, sizeof bytes, bytes);
    bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    assert_false(other.low == base.low && other.high == base.high);
  }
}

static void empty_pieces_count(void **state) {
  Content one = {0}, two = {0};
  (void)state;
  content_add(&one, 0, "");
  content_add(&two, 0, "");
  content_add(&two, 0, "");
  assert_false(one.low == two.low && one.high == two.high);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(known), cmocka_unit_test(every_bit),
                                     cmocka_unit_test(empty_pieces_count)};
  (void)argc, (void)argv;
  return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
