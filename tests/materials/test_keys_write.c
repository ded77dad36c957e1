/* Writing: what is written reads back to the same; and texts broken at random never break the reader. */
#include "materials/keys.h"
#include "tests/materials/caught.h"

#include <stdlib.h>

static const KeyRow rows[] = {
    {"runner", KEY_WORD, NULL, NULL, "unit-cell compression", NULL, "what to compute"},
    {"text.*", KEY_TEXT, NULL, NULL, NULL, NULL, "any text"},
    {"lattice", KEY_MAP, NULL, NULL, NULL, "{}", "the lattice"},
    {"lattice.strut_mm", KEY_NUMBER, "mm", "(0, 10]", NULL, "0.15", "strut diameter"},
    {"lattice.cell", KEY_TEXT, NULL, NULL, NULL, "rhombic-dodecahedron", "cell"},
    {"cells", KEY_INTEGER | KEY_LIST, NULL, "[1, 100]", NULL, "[1, 2, 3]", "cells"},
    {"extra", KEY_ANY, NULL, NULL, NULL, "", "anything"},
    {"expect.*.value", KEY_NUMBER, NULL, NULL, NULL, NULL, "value"},
    {"exact", KEY_BOOL, NULL, NULL, NULL, "false", "yes or no"},
    {"loads", KEY_LIST, NULL, NULL, NULL, "[{axial_N: 500}, {}]", "load cases"},
    {"loads.*.axial_N", KEY_NUMBER, "N", NULL, NULL, "0", "force"},
};
static const KeyTable table = {sizeof rows / sizeof *rows, rows};

/* What document_write writes; the caller frees. */
static char *written(const Document *doc, size_t *n) {
  char *text = NULL;
  FILE *file = open_memstream(&text, n);
  assert_non_null(file);
  CHECK_OK(document_write(doc, file));
  fclose(file);
  return text;
}

/* The same value under every path. */
static void compare(const Document *a, const Document *b, const char *path) {
  const char *x, *y;
  KeyType type = document_type(a, path);
  if (type != document_type(b, path))
    fail_msg("'%s': type %d became %d", path, type, document_type(b, path));
  if (type != KEY_MAP && type != KEY_LIST) {
    CHECK_OK(document_text(a, path, &x));
    CHECK_OK(document_text(b, path, &y));
    assert_string_equal(x, y);
    return;
  }
  PetscInt n, m;
  CHECK_OK(document_count(a, path, &n));
  CHECK_OK(document_count(b, path, &m));
  assert_int_equal(n, m);
  for (PetscInt i = 0; i < n; i++) {
    char below[2048];
    CHECK_OK(document_member(a, path, i, &x));
    CHECK_OK(document_member(b, path, i, &y));
    assert_string_equal(x, y);
    snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "", x);
    compare(a, b, below);
  }
}

static void round_trip(const char *text, int n_set, const char *const *set) {
  Document *doc, *again;
  size_t n, n_again;
  CHECK_OK(document_parse(PETSC_COMM_WORLD, "a.yaml", strlen(text), text, &doc));
  for (int i = 0; i < n_set; i++)
    CHECK_OK(document_set(doc, set[i]));
  CHECK_OK(document_check(doc, 1, &table));
  char *out = written(doc, &n);
  CHECK_OK(document_parse(PETSC_COMM_WORLD, "b.yaml", n, out, &again));
  CHECK_OK(document_check(again, 1, &table));
  compare(doc, again, "");
  compare(again, doc, "");
  char *out_again = written(again, &n_again);
  assert_string_equal(out, out_again);
  free(out);
  free(out_again);
  CHECK_OK(document_destroy(&doc));
  CHECK_OK(document_destroy(&again));
}

static void round_trips(void **state) {
  static const char *const texts[] = {
      "runner: unit-cell",
      "runner: 'unit-cell'\nlattice: {strut_mm: 1e-1}\ncells: [4, 4, 4]\nexact: true",
      "runner: unit-cell\ntext: {a: 'yes: no', b: '# no remark', c: '  spaces  ', d: 'it''s', e: '1.5', f: 'true'}",
      "runner: unit-cell\ntext: {a: \"tab\\t\", b: \"two\\nlines\\n\", c: \"q\\\"q\", d: '~', e: 'null', f: '- a', g: "
      "'{'}",
      "runner: unit-cell\ntext:\n  a: |\n    one\n     two\n\n  b: >-\n    folded\n    text\n  c: plain\n     over "
      "lines",
      "runner: unit-cell\ntext: {a: caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\xA6\xB4, \xC3\xBC: b, 'a b': c, '1': d, "
      "\"q\\tr\": e}",
      "runner: unit-cell\ntext: {'true': a, '~': b, '-': c, '[': d, '#': e, 'a: b': f, 'x.y': g, '': h}",
      "runner: unit-cell\nexpect: {A.voxel.E_GPa: {value: 3}, b: {value: -1.5e-3}}",
      "runner: unit-cell\nextra: {a: [1, [2, x], {b: []}], c: {}, d: [{e: 1, f: [g]}], h: []}\nloads: [{}, {axial_N: "
      "3}]",
      "runner: unit-cell\ntext: {long: 'aaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb "
      "cccccccccccccccccccccccccccccccccccccc ddddddddddddddddddddddddddd eeeeeeeeeeeeeeeeeeeeeeee'}",
  };
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    if (strstr(texts[i], "'': h")) { /* a key without letters is refused */
      Caught caught;
      Document *doc;
      CATCH(&caught, document_parse(PETSC_COMM_WORLD, "a.yaml", strlen(texts[i]), texts[i], &doc));
      CHECK_SAYS(&caught, "a key must have");
      continue;
    }
    round_trip(texts[i], 0, NULL);
  }
  static const char *const set[] = {"lattice.strut_mm=0.2", "text.a=b # no", "extra={a: [1, 2]}", "expect.E.value=3"};
  round_trip("runner: unit-cell", 4, set);
}

static void defaults_are_written(void **state) {
  Document *doc;
  size_t n;
  (void)state;
  CHECK_OK(document_parse(PETSC_COMM_WORLD, "a.yaml", 17, "runner: unit-cell", &doc));
  CHECK_OK(document_check(doc, 1, &table));
  char *out = written(doc, &n);
  assert_string_equal(out,
                      "runner: unit-cell\nlattice:\n  strut_mm: 0.15\n  cell: rhombic-dodecahedron\ncells: [1, 2, 3]\n"
                      "exact: false\nloads:\n- axial_N: 500\n- axial_N: 0\n");
  free(out);
  CHECK_OK(document_destroy(&doc));
}

static void full_disk(void **state) {
  Document *doc;
  FILE *full = fopen("/dev/full", "w");
  (void)state;
  if (!full)
    skip();
  setvbuf(full, NULL, _IONBF, 0);
  CHECK_OK(document_parse(PETSC_COMM_WORLD, "a.yaml", 17, "runner: unit-cell", &doc));
  PetscPushErrorHandler(check_quiet_, NULL);
  assert_int_equal(document_write(doc, full), PETSC_ERR_FILE_WRITE);
  PetscPopErrorHandler();
  fclose(full);
  CHECK_OK(document_destroy(&doc));
}

static unsigned draw(unsigned *seed) { return (*seed = *seed * 1103515245u + 12345u) >> 8; }

/* Texts broken at random: refused as a user's mistake with a mark, or read, checked and written; never anything else.
 */
static void random_texts(void **state) {
  static const char seed_text[] =
      "runner: unit-cell # one\nlattice: {cell: rd, strut_mm: 0.15}\ncells: [4, 4, 4]\nexact: true\n"
      "text: {a: 'b c', d: \"e\\n\"}\nexpect:\n  A.voxel.E_GPa: {value: 3}\n  b:\n    value: 1e-3\n"
      "loads:\n- axial_N: 500\n- {axial_N: -1}\nextra: [1, {a: b}]\n";
  static const char bits[] = "{}[]:,#'\"\n\t &*!|>-?%@`~0.e\\";
  unsigned seed = 7;
  int n_read = 0, n_checked = 0;
  Caught caught;
  (void)state;
  for (int run = 0; run < 6000; run++) {
    char text[2 * sizeof seed_text], begins[] = "case.yaml:";
    size_t n = sizeof seed_text - 1;
    memcpy(text, seed_text, n + 1);
    for (unsigned k = draw(&seed) % 4; k < 4; k++) {
      size_t at = draw(&seed) % n, length = 1 + draw(&seed) % 12;
      switch (draw(&seed) % 5) {
      case 0: /* another byte */
        text[at] = (char)draw(&seed);
        break;
      case 1: /* a piece of syntax */
        text[at] = bits[draw(&seed) % (sizeof bits - 1)];
        break;
      case 2: /* cut the end off */
        n = at > 20 ? at : n;
        break;
      case 3: /* take a piece out */
        length = length < n - at ? length : n - at - 1;
        memmove(text + at, text + at + length, n - at - length);
        n -= length;
        break;
      default: /* repeat a piece */
        length = length < n - at ? length : n - at;
        if (n + length < sizeof text) {
          memmove(text + at + length, text + at, n - at);
          n += length;
        }
      }
    }
    Document *doc = NULL;
    caught.n = 0;
    PetscPushErrorHandler(caught_handler, &caught);
    PetscErrorCode code = document_parse(PETSC_COMM_WORLD, "case.yaml", n, text, &doc);
    n_read += !code;
    if (!code)
      code = document_check(doc, 1, &table);
    n_checked += !code;
    PetscPopErrorHandler();
    if (code && (code != PETSC_ERR_USER_INPUT || caught.n != 1 || strncmp(caught.text, begins, strlen(begins))))
      fail_msg("code %d, %d errors: %s\nfrom\n%.*s", (int)code, caught.n, caught.text, (int)n, text);
    if (!code) { /* and what was good stays the same through writing */
      size_t n_out;
      char *out = written(doc, &n_out);
      Document *again;
      CHECK_OK(document_parse(PETSC_COMM_WORLD, "b.yaml", n_out, out, &again));
      CHECK_OK(document_check(again, 1, &table));
      compare(doc, again, "");
      CHECK_OK(document_destroy(&again));
      free(out);
    }
    CHECK_OK(document_destroy(&doc));
  }
  assert_true(n_read > 300 && n_checked > 100 && n_read < 5500); /* the breaking neither does nothing nor everything */
}

/* The worst documents of 1 MB are refused, in well under a second each; were anything quadratic in their size, the
   test would run into its time limit. */
static void large_texts(void **state) {
  enum { ROOM = 1000000 };
  static const char *const piece[] = {"[", "{", "- ", "a: ", "a: 1\n", "? ", "'", "{a: ", "[a, ", "# \n", "!", "&a "};
  char *text = malloc(ROOM);
  Caught caught;
  (void)state;
  for (size_t p = 0; p < sizeof piece / sizeof *piece; p++) {
    size_t length = strlen(piece[p]), n = 0;
    for (; n + length <= ROOM; n += length)
      memcpy(text + n, piece[p], length);
    Document *doc = NULL;
    PetscPushErrorHandler(caught_handler, &caught);
    PetscErrorCode code = document_parse(PETSC_COMM_WORLD, "case.yaml", n, text, &doc);
    if (!code)
      code = document_check(doc, 1, &table);
    PetscPopErrorHandler();
    assert_int_equal(code, PETSC_ERR_USER_INPUT);
    CHECK_OK(document_destroy(&doc));
  }
  free(text);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(round_trips),  cmocka_unit_test(defaults_are_written), cmocka_unit_test(full_disk),
    cmocka_unit_test(random_texts), cmocka_unit_test(large_texts),
};
CHECK_MAIN(tests)
