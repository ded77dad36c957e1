/* ranks: 1
   What a terminal or a spreadsheet would obey comes out as plain text: every code point below, one by one. */
#include "cases/case_file/plain_text.h"
#include "cases/results/table.h"
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>

static void put_code(unsigned code, char text[8]) {
  const int n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  static const unsigned char head[] = {0, 0, 0xC0, 0xE0, 0xF0};
  memset(text, 0, 8);
  for (int i = n - 1; i >= 0; i--, code >>= 6)
    text[i] = (char)(i || n > 1 ? (i ? 0x80 | (code & 0x3F) : head[n] | code) : code);
}

/* Of all code points only those stay that no terminal obeys. */
static void test_every_code(void **state) {
  (void)state;
  long stayed = 0, gone = 0;
  for (unsigned code = 1; code < 0x30000; code++) {
    char text[8], copy[8];
    if (code >= 0xD800 && code < 0xE000)
      continue;
    put_code(code, text);
    memcpy(copy, text, 8);
    plain_text(copy);
    const bool same = !strcmp(copy, text);
    if (!same)
      assert_string_equal(copy, "?");
    stayed += same, gone += !same;
    if (code < 0xA0) /* ISO 6429: C0, DEL, C1 */
      assert_int_equal(same, code == '\t' || code == '\n' || (code >= 0x20 && code < 0x7F));
  }
  assert_int_equal(gone, 30 + 33 - 1 + 7 + 4 + 2 + 1 + 1); /* C0 but two of 31; DEL and C1; lines and directions */
  assert_true(stayed > 0x2F000 - 0x800);
}

static void test_bytes(void **state) {
  (void)state;
  static const char *const pair[][2] = {{"\x1b[2Jgone", "?[2Jgone"},
                                        {"a\x9bz", "a?z"},
                                        {"\xc2\x9b"
                                         "1m",
                                         "?1m"},
                                        {"\xc0\xaf", "??"},
                                        {"\xed\xa0\x80", "???"},
                                        {"\xe2\x80", "??"},
                                        {"\xf5\x80\x80\x80", "????"},
                                        {"Ø15 × 25 mm ±", "Ø15 × 25 mm ±"},
                                        {"two\nlines", "two\nlines"},
                                        {"", ""}};
  for (size_t i = 0; i < sizeof pair / sizeof pair[0]; i++) {
    char text[64];
    strcpy(text, pair[i][0]);
    plain_text(text);
    assert_string_equal(text, pair[i][1]);
    json_t *json = json_text(pair[i][0]); /* records of results are made of it */
    assert_string_equal(json_string_value(json), pair[i][1]);
    json_decref(json);
  }
}

static void test_cells(void **state) {
  (void)state;
  static const char *const pair[][2] = {{"titanium", "titanium"},
                                        {"=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"},
                                        {"+1+1", "'+1+1"},
                                        {"-2+3", "'-2+3"},
                                        {"@SUM(A1)", "'@SUM(A1)"},
                                        {"  =1", "\"'  =1\""},
                                        {"\t=1", "\"'\t=1\""},
                                        {"-5", "-5"},
                                        {"+1e-3", "+1e-3"},
                                        {"a,b", "\"a,b\""},
                                        {"say \"so\"", "\"say \"\"so\"\"\""},
                                        {"=a,\"b\"", "\"'=a,\"\"b\"\"\""},
                                        {"two\nlines", "\"two\nlines\""},
                                        {"back\r=1", "back?=1"},
                                        {"two\r\nlines", "\"two\r\nlines\""},
                                        {"\x1b]0;x\a", "\"?]0;x?\""},
                                        {"", ""}};
  for (size_t i = 0; i < sizeof pair / sizeof pair[0]; i++) {
    char *text = NULL;
    size_t n = 0;
    FILE *file = open_memstream(&text, &n);
    csv_text(pair[i][0], file);
    fclose(file);
    assert_string_equal(text, pair[i][1]);
    free(text);
  }
}

static void test_print(void **state) {
  (void)state;
  char *text = NULL;
  size_t n = 0;
  FILE *file = open_memstream(&text, &n);
  assert_int_equal(plain_print(file, "%s: %d\n", "case\x1b[31m.yaml", 7), 0);
  fclose(file);
  assert_string_equal(text, "case?[31m.yaml: 7\n");
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_code), cmocka_unit_test(test_bytes),
                                     cmocka_unit_test(test_cells), cmocka_unit_test(test_print)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
