/* Checking a document against tables of keys: what is refused, where and how; defaults; values. */
#include "materials/keys.h"
#include "tests/materials/caught.h"

static const KeyRow rows[] = {
    {"runner", KEY_WORD, NULL, NULL, "unit-cell compression bending", "unit-cell", "what to compute"},
    {"title", KEY_TEXT, NULL, NULL, NULL, "", "free text"},
    {"lattice", KEY_MAP, NULL, NULL, NULL, "", "the lattice"},
    {"lattice.cell", KEY_TEXT, NULL, NULL, NULL, NULL, "unit cell, see `trabecula list cells`"},
    {"lattice.strut_mm", KEY_NUMBER, "mm", "(0, 10]", NULL, "", "strut diameter"},
    {"lattice.n", KEY_INTEGER, NULL, "[2, inf)", NULL, "", "a count"},
    {"cells", KEY_INTEGER | KEY_LIST, NULL, "[1, 100]", NULL, "", "cells along x, y, z"},
    {"at_mm", KEY_LIST, "mm", NULL, NULL, "", "a point"},
    {"zones", KEY_NUMBER | KEY_WORD, "mm", "[0, 1]", "auto none", "", "rigid zones"},
    {"image", KEY_FILE, NULL, NULL, NULL, "", "label image"},
    {"exact", KEY_BOOL, NULL, NULL, NULL, "", "yes or no"},
    {"plates", KEY_WORD | KEY_MAP, NULL, NULL, "clamped frictionless", "", "one word or each"},
    {"plates.top", KEY_WORD, NULL, NULL, "clamped frictionless", "clamped", "upper plate"},
    {"plates.bottom", KEY_WORD, NULL, NULL, "clamped frictionless", "clamped", "lower plate"},
    {"materials.*", KEY_WORD | KEY_MAP, NULL, NULL, NULL, NULL, "a material"},
    {"materials.*.young_MPa", KEY_NUMBER, "MPa", "(0, inf)", NULL, NULL, "Young's modulus"},
    {"materials.*.poisson", KEY_NUMBER, NULL, "(-1, 0.5)", NULL, "0.3", "Poisson's ratio"},
    {"expect.*.value", KEY_NUMBER, NULL, NULL, NULL, NULL, "the wanted value"},
    {"expect.*.rtol", KEY_NUMBER, NULL, "(0, 1)", NULL, "", "relative tolerance"},
    {"samples", KEY_LIST, NULL, NULL, NULL, "", "samples by name"},
    {"samples.*", KEY_WORD, NULL, NULL, "A B C", "", "a sample"},
    {"loads", KEY_LIST | KEY_MAP, NULL, NULL, NULL, "", "load cases"},
    {"loads.*.force_N", KEY_NUMBER, "N", NULL, NULL, "0", "axial force"},
    {"extra", KEY_ANY, NULL, NULL, NULL, "", "checked elsewhere"},
    {"solver", KEY_MAP, NULL, NULL, NULL, "{}", "the solver"},
    {"solver.rtol", KEY_NUMBER, NULL, "(0, 1)", NULL, "1e-8", "tolerance"},
    {"solver.deep.axis", KEY_LIST, NULL, NULL, NULL, "[0, 0, 1]", "an axis"},
};
static const KeyTable table = {sizeof rows / sizeof *rows, rows};

static Document *parse(const char *text) {
  Document *doc;
  CHECK_OK(document_parse(PETSC_COMM_WORLD, "in/case.yaml", strlen(text), text, &doc));
  return doc;
}

static Document *checked(const char *text) {
  Document *doc = parse(text);
  CHECK_OK(document_check(doc, 1, &table));
  return doc;
}

static const struct {
  const char *text, *error;
} wrong[] = {
    {"lattice: {cell: rd, strut_mm: -3}", "1:31: error: key 'strut_mm' = -3: must lie in (0, 10] mm"},
    {"lattice: {cell: rd, strut_mm: 0}", "1:31: error: key 'strut_mm' = 0: must lie in (0, 10] mm"},
    {"lattice: {cell: rd, strut_mm: 10.01}", "1:31: error: key 'strut_mm' = 10.01: must lie in (0, 10] mm"},
    {"lattice:\n  cell: rd\n  strutt_mm: 1", "3:3: error: key 'strutt_mm' is not known here; did you mean 'strut_mm'?"},
    {"latice: {cell: rd}", "1:1: error: key 'latice' is not known here; did you mean 'lattice'?"},
    {"lattice: {cell: rd, foo: 1}", "1:21: error: key 'foo' is not known here; allowed: cell, strut_mm, n"},
    {"expect: {E.x: {wert: 1, value: 2}}", "1:16: error: key 'wert' is not known here; allowed: value, rtol"},
    {"title: x\nlattice: {}", "2:1: error: key 'lattice.cell' is missing; unit cell, see `trabecula list cells`"},
    {"materials: {1: {}}", "1:13: error: key 'materials.1.young_MPa' is missing; Young's modulus"},
    {"lattice: {cell: rd, strut_mm: nan}", "key 'strut_mm' = nan: must be a number in (0, 10] mm"},
    {"lattice: {cell: rd, strut_mm: .nan}", "key 'strut_mm' = .nan: must be a number"},
    {"lattice: {cell: rd, strut_mm: inf}", "key 'strut_mm' = inf: must be a number"},
    {"lattice: {cell: rd, strut_mm: 1e999}", "key 'strut_mm' = 1e999: must be a number"},
    {"lattice: {cell: rd, strut_mm: 0x10}", "key 'strut_mm' = 0x10: must be a number"},
    {"lattice: {cell: rd, strut_mm: 1 mm}", "key 'strut_mm' = 1 mm: must be a number"},
    {"lattice: {cell: rd, strut_mm: 1_0}", "key 'strut_mm' = 1_0: must be a number"},
    {"lattice: {cell: rd, strut_mm: '1'}", "key 'strut_mm' = 1: must be a number"},
    {"lattice: {cell: rd, strut_mm: e5}", "key 'strut_mm' = e5: must be a number"},
    {"lattice: {cell: rd, strut_mm: 1e}", "key 'strut_mm' = 1e: must be a number"},
    {"lattice: {cell: rd, strut_mm: .}", "key 'strut_mm' = .: must be a number"},
    {"lattice: {cell: rd, strut_mm: [1]}", "1:31: error: key 'strut_mm' = [...]: must be a number in (0, 10] mm"},
    {"lattice: {cell: rd, strut_mm: {a: 1}}", "1:31: error: key 'strut_mm' = {...}: must be a number in (0, 10] mm"},
    {"lattice: {cell: rd, strut_mm: }", "key 'strut_mm' has no value: must be a number in (0, 10] mm"},
    {"lattice: {cell: rd, strut_mm: ~}", "key 'strut_mm' has no value"},
    {"lattice: {cell: rd, n: 2.5}", "1:24: error: key 'n' = 2.5: must be an integer in [2, inf)"},
    {"lattice: {cell: rd, n: 1e3}", "key 'n' = 1e3: must be an integer"},
    {"lattice: {cell: rd, n: 99999999999999999999}", "key 'n' = 99999999999999999999: must be an integer"},
    {"lattice: {cell: rd, n: 1}", "key 'n' = 1: must lie in [2, inf)"},
    {"lattice: {cell: ''}", "key 'cell' = : must not be empty"},
    {"lattice: {cell: [a]}", "key 'cell' = [...]: must be a text"},
    {"lattice: rd", "1:10: error: key 'lattice' = rd: must be a mapping"},
    {"lattice:\ntitle: x", "error: key 'lattice' has no value: must be a mapping"},
    {"runner: unitcell",
     "1:9: error: key 'runner' = unitcell: must be one of unit-cell, compression, bending; did you mean 'unit-cell'?"},
    {"runner: 3", "key 'runner' = 3: must be one of unit-cell, compression, bending"},
    {"runner: {a: b}", "key 'runner' = {...}: must be one of unit-cell, compression, bending"},
    {"cells: [4, 0, 4]", "1:12: error: key 'cells.1' = 0: must lie in [1, 100]"},
    {"cells: [4, 2.5]", "1:12: error: key 'cells.1' = 2.5: must be an integer in [1, 100]"},
    {"cells: [4, [2]]", "1:12: error: key 'cells.1' = [...]: must be an integer in [1, 100]"},
    {"cells: []", "1:8: error: key 'cells' = [...]: must not be empty"},
    {"cells: many",
     "1:8: error: key 'cells' = many: must be an integer in [1, 100], or a list of such numbers in [1, 100]"},
    {"at_mm: [0, x]", "1:12: error: key 'at_mm.1' = x: must be a number of mm"},
    {"at_mm: 3", "1:8: error: key 'at_mm' = 3: must be a list"},
    {"zones: 2", "1:8: error: key 'zones' = 2: must lie in [0, 1] mm"},
    {"zones: ato", "key 'zones' = ato: must be a number in [0, 1] mm, or one of auto, none; did you mean 'auto'?"},
    {"exact: yes", "1:8: error: key 'exact' = yes: must be true or false"},
    {"exact: 'true'", "key 'exact' = true: must be true or false"},
    {"plates: free", "key 'plates' = free: must be one of clamped, frictionless, or a mapping"},
    {"plates: {top: free}", "1:15: error: key 'top' = free: must be one of clamped, frictionless"},
    {"image: ''", "key 'image' = : must not be empty"},
    {"materials: {strut: {young_MPa: 1, poisson: 0.5}}", "1:44: error: key 'poisson' = 0.5: must lie in (-1, 0.5)"},
    {"materials: [a]", "1:12: error: key 'materials' = [...]: must be a mapping"},
    {"samples: [A, D]", "1:14: error: key 'samples.1' = D: must be one of A, B, C"},
    {"loads: [{force_N: 1}, {force_n: 1}]", "1:24: error: key 'force_n' is not known here; did you mean 'force_N'?"},
    {"loads: [3]", "1:9: error: key 'loads.0' = 3: must be a mapping"},
    {"title: a\ntitle: b", "2:1: error: key 'title' is given twice; the first one stands in line 1"},
    {"lattice: {cell: a, n: 3, cell: b}", "1:26: error: key 'cell' is given twice"},
    {"title: \"a\\nb\\x1b[31m\"\nrunner: \"x\\ny\"", "key 'runner' = x y: must be one of"},
};

static void mistakes(void **state) {
  Caught caught;
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    Document *doc = parse(wrong[i].text);
    CATCH(&caught, document_check(doc, 1, &table));
    assert_true(!strncmp(caught.text, "in/case.yaml:", 13));
    CHECK_SAYS(&caught, wrong[i].error);
    assert_null(strchr(caught.text, '\n')); /* the one mistake, in one line */
    CHECK_OK(document_destroy(&doc));
  }
}

/* All mistakes at once, a line each; what does not fit is counted. */
static void together(void **state) {
  Caught caught;
  Document *doc;
  (void)state;
  doc = parse("runner: x\nlattice: {strut_mm: -1}\nfoo: 1\nexact: 2\n");
  CATCH(&caught, document_check(doc, 1, &table));
  CHECK_SAYS(&caught, "in/case.yaml:1:9: error: key 'runner' = x: ");
  CHECK_SAYS(&caught, "\nin/case.yaml:2:21: error: key 'strut_mm' = -1: ");
  CHECK_SAYS(&caught, "\nin/case.yaml:3:1: error: key 'foo' is not known here; allowed: ");
  CHECK_SAYS(&caught, "\nin/case.yaml:4:8: error: key 'exact' = 2: ");
  CHECK_SAYS(&caught, "\nin/case.yaml:2:1: error: key 'lattice.cell' is missing");
  CHECK_OK(document_destroy(&doc));

  enum { MANY = 3000 };
  static char text[MANY * 16];
  size_t n = 0;
  for (int i = 0; i < MANY; i++)
    n += (size_t)snprintf(text + n, sizeof text - n, "zzzz%d: 1\n", i);
  doc = parse(text);
  CATCH(&caught, document_check(doc, 1, &table));
  int lines = 1;
  for (const char *s = caught.text; (s = strchr(s, '\n')); s++)
    lines++;
  char end[64];
  snprintf(end, sizeof end, "\n... and %d more", MANY - lines + 1);
  assert_string_equal(caught.text + strlen(caught.text) - strlen(end), end);
  CHECK_OK(document_destroy(&doc));
}

/* Long and strange texts of users pass PETSc's formatting unharmed and short. */
static void strange_texts(void **state) {
  Caught caught;
  char text[5000];
  (void)state;
  Document *doc = parse("runner: '%s%n [|%g|] %d'");
  CATCH(&caught, document_check(doc, 1, &table));
  CHECK_SAYS(&caught, "key 'runner' = %s%n ");
  CHECK_OK(document_destroy(&doc));
  snprintf(text, sizeof text, "runner: %04000d", 7);
  doc = parse(text);
  CATCH(&caught, document_check(doc, 1, &table));
  assert_true(strlen(caught.text) < 400);
  CHECK_SAYS(&caught, "0000...: must be one of unit-cell");
  CHECK_OK(document_destroy(&doc));
}

static void defaults(void **state) {
  Document *doc = checked("materials: {strut: {young_MPa: 5}, bone: cortical-bone}\nplates: {top: frictionless}\n"
                          "loads: [{}, {force_N: 7}]\n");
  double value, axis[3];
  const char *text;
  char mark[64];
  PetscInt n = 3;
  (void)state;
  CHECK_OK(document_number(doc, "solver.rtol", &value));
  CHECK_NEAR(value, 1e-8, 0, "the row's default");
  CHECK_OK(document_numbers(doc, "solver.deep.axis", &n, axis));
  assert_true(n == 3 && axis[0] == 0 && axis[2] == 1);
  CHECK_OK(document_number(doc, "materials.strut.poisson", &value));
  CHECK_NEAR(value, 0.3, 0, "the row's default");
  assert_false(document_has(doc, "materials.bone.poisson")); /* a word has no members */
  assert_int_equal(document_type(doc, "materials.bone"), KEY_TEXT);
  CHECK_OK(document_text(doc, "plates.bottom", &text));
  assert_string_equal(text, "clamped");
  CHECK_OK(document_text(doc, "runner", &text));
  assert_string_equal(text, "unit-cell");
  CHECK_OK(document_number(doc, "loads.0.force_N", &value));
  assert_true(value == 0);
  CHECK_OK(document_number(doc, "loads.1.force_N", &value));
  assert_true(value == 7);
  assert_false(document_has(doc, "lattice") || document_has(doc, "title") || document_has(doc, "expect.x"));
  /* a default has no place of its own: it is told by the mapping it belongs to */
  CHECK_OK(document_mark(doc, "plates.bottom", mark, sizeof mark));
  assert_string_equal(mark, "in/case.yaml:2:9");
  CHECK_OK(document_check(doc, 1, &table)); /* a second check finds nothing wrong with the defaults */
  CHECK_OK(document_destroy(&doc));
}

/* Later tables override earlier ones; exact paths go before '*'; a table of another module may add keys. */
static void merged_tables(void **state) {
  static const KeyRow more[] = {
      {"lattice.strut_mm", KEY_NUMBER, "mm", "(0, 1]", NULL, "0.5", "thinner"},
      {"expect.special.value", KEY_BOOL, NULL, NULL, NULL, NULL, "exact path"},
      {"lattice.colour", KEY_TEXT, NULL, NULL, NULL, "", "new"},
  };
  const KeyTable both[] = {table, {3, more}, table};
  Caught caught;
  double value;
  (void)state;
  Document *doc =
      parse("lattice: {cell: rd, strut_mm: 2, colour: red}\nexpect: {special: {value: true}, b: {value: 1}}");
  CATCH(&caught, document_check(doc, 2, both));
  CHECK_SAYS(&caught, "key 'strut_mm' = 2: must lie in (0, 1] mm");
  CHECK_OK(document_check(doc, 3, both)); /* the first table again, at the end */
  CHECK_OK(document_destroy(&doc));
  doc = parse("lattice: {cell: rd}");
  CHECK_OK(document_check(doc, 2, both));
  CHECK_OK(document_number(doc, "lattice.strut_mm", &value));
  CHECK_NEAR(value, 0.5, 0, "default of the later row");
  CHECK_OK(document_destroy(&doc));
  doc = parse("lattice: {}");
  CATCH(&caught, document_check(doc, 3, both));
  assert_null(strchr(caught.text, '\n')); /* the missing key is told once */
  CHECK_OK(document_destroy(&doc));
}

static PetscErrorCode check_row(KeyRow row) {
  Document *doc = parse("a: 1");
  KeyTable one = {1, &row};
  PetscPushErrorHandler(check_quiet_, NULL);
  PetscErrorCode code = document_check(doc, 1, &one);
  PetscPopErrorHandler();
  CHECK_OK(document_destroy(&doc));
  return code;
}

/* Mistakes of a table are mistakes of the program. */
static void wrong_tables(void **state) {
  (void)state;
  CHECK_OK(check_row((KeyRow){"a", KEY_NUMBER, NULL, "[0, 2)", NULL, NULL, ""}));
  assert_int_equal(check_row((KeyRow){"a", KEY_NUMBER, NULL, "0..2", NULL, NULL, ""}), PETSC_ERR_PLIB);
  assert_int_equal(check_row((KeyRow){"a", KEY_NUMBER, NULL, "[2, 0]", NULL, NULL, ""}), PETSC_ERR_PLIB);
  assert_int_equal(check_row((KeyRow){"a..b", KEY_NUMBER, NULL, NULL, NULL, NULL, ""}), PETSC_ERR_PLIB);
  assert_int_equal(check_row((KeyRow){"", KEY_NUMBER, NULL, NULL, NULL, NULL, ""}), PETSC_ERR_PLIB);
  KeyRow two[] = {{"a", KEY_NUMBER, NULL, NULL, NULL, NULL, ""}, {"b", KEY_NUMBER, NULL, "[0, 1]", NULL, "2", ""}};
  KeyTable tables = {2, two};
  Document *doc = parse("a: 1");
  PetscPushErrorHandler(check_quiet_, NULL);
  assert_int_equal(document_check(doc, 1, &tables), PETSC_ERR_PLIB); /* a default outside its range */
  PetscPopErrorHandler();
  CHECK_OK(document_destroy(&doc));
}

static void check_at(void **state) {
  static const KeyRow member[] = {{"young_MPa", KEY_NUMBER, "MPa", "(0, inf)", NULL, NULL, "modulus"}};
  const KeyTable members = {1, member};
  Caught caught;
  (void)state;
  Document *doc = checked("extra:\n  young_MPa: -1\n");
  CATCH(&caught, document_check_at(doc, "extra", 1, &members));
  assert_string_equal(caught.text, "in/case.yaml:2:14: error: key 'young_MPa' = -1: must lie in (0, inf) MPa");
  CHECK_OK(document_destroy(&doc));
  doc = checked("extra: {b: 3}");
  CATCH(&caught, document_check_at(doc, "extra", 1, &members));
  CHECK_SAYS(&caught, "1:9: error: key 'b' is not known here; allowed: young_MPa");
  CHECK_SAYS(&caught, "1:1: error: key 'extra.young_MPa' is missing; modulus");
  CHECK_OK(document_destroy(&doc));
}

static void values(void **state) {
  Document *doc = checked("title: 12 monkeys\nlattice: {cell: 7, strut_mm: +1.5e-1, n: 12}\nexact: true\n"
                          "cells: 5\nat_mm: [1, -2.5, 3e2]\nexpect: {A.voxel.E_GPa: {value: .5}, A.voxel: {value: 2}}\n"
                          "image: sub/labels.nii.gz\nzones: auto\nsamples: [A, B]\n");
  double value, list[3];
  PetscInt n, integer;
  PetscBool truth;
  const char *text;
  char path[PETSC_MAX_PATH_LEN];
  Caught caught;
  (void)state;
  CHECK_OK(document_number(doc, "lattice.strut_mm", &value));
  CHECK_NEAR(value, 0.15, 0, "the text");
  CHECK_OK(document_integer(doc, "lattice.n", &integer));
  assert_int_equal(integer, 12);
  CHECK_OK(document_text(doc, "lattice.cell", &text));
  assert_string_equal(text, "7");
  CHECK_OK(document_bool(doc, "exact", &truth));
  assert_true(truth);
  n = 3;
  CHECK_OK(document_numbers(doc, "cells", &n, list));
  assert_true(n == 1 && list[0] == 5);
  n = 3;
  CHECK_OK(document_numbers(doc, "at_mm", &n, list));
  assert_true(n == 3 && list[1] == -2.5 && list[2] == 300);
  n = 2;
  CATCH(&caught, document_numbers(doc, "at_mm", &n, list));
  CHECK_SAYS(&caught, "in/case.yaml:5:8: error: key 'at_mm' holds 3 numbers; at most 2 are allowed");
  /* names with dots */
  CHECK_OK(document_number(doc, "expect.A.voxel.E_GPa.value", &value));
  CHECK_NEAR(value, 0.5, 0, "the text");
  CHECK_OK(document_number(doc, "expect.A.voxel.value", &value));
  CHECK_NEAR(value, 2, 0, "the text");
  CHECK_OK(document_count(doc, "expect", &n));
  assert_int_equal(n, 2);
  CHECK_OK(document_member(doc, "expect", 1, &text));
  assert_string_equal(text, "A.voxel");
  CHECK_OK(document_member(doc, "samples", 1, &text));
  assert_string_equal(text, "1");
  CHECK_OK(document_member(doc, "", 0, &text));
  assert_string_equal(text, "title");
  CHECK_OK(document_path(doc, "image", path));
  assert_string_equal(path, "in/sub/labels.nii.gz");
  assert_int_equal(document_type(doc, "title"), KEY_TEXT);
  assert_int_equal(document_type(doc, "lattice.n"), KEY_NUMBER);
  assert_int_equal(document_type(doc, "exact"), KEY_BOOL);
  assert_int_equal(document_type(doc, "at_mm"), KEY_LIST);
  assert_int_equal(document_type(doc, "lattice"), KEY_MAP);
  CHECK_OK(document_mark(doc, "expect.A.voxel.E_GPa.value", path, sizeof path));
  assert_string_equal(path, "in/case.yaml:6:33");
  CATCH(&caught, document_error(doc, "lattice.porosity_pct", "needs %d more", 2));
  assert_string_equal(caught.text, "in/case.yaml:2:10: error: needs 2 more"); /* at the nearest parent */
  PetscPushErrorHandler(check_quiet_, NULL);
  assert_int_equal(document_number(doc, "lattice.none", &value), PETSC_ERR_PLIB);
  assert_int_equal(document_member(doc, "samples", 2, &text), PETSC_ERR_PLIB);
  PetscPopErrorHandler();
  CHECK_OK(document_destroy(&doc));
}

static void absolute_path(void **state) {
  char path[PETSC_MAX_PATH_LEN];
  (void)state;
  Document *doc = checked("image: /data/ct.nii");
  CHECK_OK(document_path(doc, "image", path));
  assert_string_equal(path, "/data/ct.nii");
  CHECK_OK(document_destroy(&doc));
}

/* Assignments of the command line: replace, add, add with parents; then errors name them in place of the file. */
/* null takes a key away, wherever it stands among its like; the word in quotes does not. */
static void taken_away(void **state) {
  const char *base = "title: a\nlattice: {cell: rd, strut_mm: 0.2, n: 3}\nruns: 1\n";
  static const char *const set[] = {"lattice.n=null", "title=~", "runs=null", "not.there=null"};
  PetscInt n;
  (void)state;
  Document *doc = parse(base);
  for (size_t i = 0; i < sizeof set / sizeof *set; i++)
    CHECK_OK(document_set(doc, set[i]));
  assert_false(document_has(doc, "title") || document_has(doc, "lattice.n") || document_has(doc, "runs") ||
               document_has(doc, "not"));
  CHECK_OK(document_set(doc, "lattice.n=5")); /* the mapping is whole */
  CHECK_OK(document_set(doc, "title='null'"));
  CHECK_OK(document_check(doc, 1, &table));
  CHECK_OK(document_count(doc, "lattice", &n));
  assert_int_equal(n, 3);
  CHECK_OK(document_integer(doc, "lattice.n", &n));
  assert_int_equal(n, 5);
  assert_true(document_has(doc, "title"));
  CHECK_OK(document_destroy(&doc));
}

static void rows_found(void **state) {
  static const KeyRow open_rows[] = {{"metal", KEY_TEXT | KEY_MAP, NULL, NULL, NULL, "", "checked by somebody else"}};
  const KeyTable both[] = {table, {1, open_rows}};
  (void)state;
  assert_ptr_equal(keys_find(2, both, "lattice.strut_mm"), &rows[4]);
  assert_ptr_equal(keys_find(2, both, "plates.top"), &rows[12]);
  assert_ptr_equal(keys_find(2, both, "metal.young_MPa"), &open_rows[0]);
  assert_ptr_equal(keys_find(2, both, "metal"), &open_rows[0]);
  assert_null(keys_find(2, both, "lattice.strat_mm"));
  assert_null(keys_find(2, both, "lattice.strut_mm.x"));
  assert_null(keys_find(1, both, "metal.young_MPa"));
  assert_null(keys_find(2, both, ""));
  assert_null(keys_find(2, both, "a..b"));
}

static void assignments(void **state) {
  static const struct {
    const char *set, *error;
  } bad[] = {
      {"lattice.strut_mm=-3", "--set lattice.strut_mm=-3: error: key 'strut_mm' = -3: must lie in (0, 10] mm"},
      {"lattice.strut=3", "--set lattice.strut=3: error: key 'strut' is not known here; did you mean 'strut_mm'?"},
      {"cells=[1, x]", "--set cells=[1, x]: error: key 'cells.1' = x: must be an integer"},
      {"plates={top: x}", "--set plates={top: x}: error: key 'top' = x: must be one of clamped, frictionless"},
      {"cells=[1", "--set cells=[1: error: did not find expected"},
      {"title=*a", "--set title=*a: error: anchors (&name)"},
      {"title", "--set title: error: must read key.path=value"},
      {"title=", "--set title=: error: must read key.path=value"},
      {"=3", "--set =3: error: must read key.path=value"},
      {"a..b=3", "--set a..b=3: error: must read key.path=value"},
      {"lattice.cell.x=3", "--set lattice.cell.x=3: error: key 'cell' has no member 'x' to set"},
      {"cells.5=3", "--set cells.5=3: error: key 'cells' has no member '5' to set"},
      {"", "--set : error: must read key.path=value"},
  };
  const char *base = "lattice: {cell: rd, strut_mm: 0.2}\ncells: [1, 2, 3]\nexpect: {A.voxel.E_GPa: {value: 1}}\n";
  static const char *const good[] = {"lattice.strut_mm=0.25",        "cells.1=9",       "solver.rtol=1e-6",
                                     "expect.A.voxel.E_GPa.value=4", "title=two words", "plates={top: frictionless}",
                                     "lattice.strut_mm=0.5"};
  Caught caught;
  double value, list[3];
  const char *text;
  PetscInt n = 3;
  (void)state;
  Document *doc = parse(base);
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    CHECK_OK(document_set(doc, good[i]));
  CHECK_OK(document_check(doc, 1, &table));
  CHECK_OK(document_number(doc, "lattice.strut_mm", &value));
  CHECK_NEAR(value, 0.5, 0, "the last assignment");
  CHECK_OK(document_numbers(doc, "cells", &n, list));
  assert_true(n == 3 && list[0] == 1 && list[1] == 9 && list[2] == 3);
  CHECK_OK(document_number(doc, "solver.rtol", &value));
  CHECK_NEAR(value, 1e-6, 0, "the assignment");
  CHECK_OK(document_number(doc, "expect.A.voxel.E_GPa.value", &value));
  CHECK_NEAR(value, 4, 0, "the assignment");
  CHECK_OK(document_text(doc, "title", &text));
  assert_string_equal(text, "two words");
  CATCH(&caught, document_error(doc, "plates.top", "no"));
  assert_string_equal(caught.text, "--set plates={top: frictionless}: error: no");
  CHECK_OK(document_destroy(&doc));
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    doc = parse(base);
    PetscPushErrorHandler(caught_handler, &caught);
    caught.n = 0;
    PetscErrorCode code = document_set(doc, bad[i].set);
    if (!code)
      code = document_check(doc, 1, &table);
    PetscPopErrorHandler();
    assert_int_equal(code, PETSC_ERR_USER_INPUT);
    CHECK_SAYS(&caught, bad[i].error);
    assert_int_equal(caught.n, 1);
    CHECK_OK(document_destroy(&doc));
  }
}

static void nearest_names(void **state) {
  static const char *const names[] = {"rhombic-dodecahedron", "kelvin", "octet", "bcc"};
  (void)state;
  assert_int_equal(name_distance("", ""), 0);
  assert_int_equal(name_distance("abc", ""), 3);
  assert_int_equal(name_distance("kitten", "sitting"), 3);
  assert_int_equal(name_distance("ab", "ba"), 1);
  assert_int_equal(name_distance("strut_mm", "strut_mm"), 0);
  assert_int_equal(name_nearest("octett", 4, names), 2);
  assert_int_equal(name_nearest("rombic-dodekahedron", 4, names), 0);
  assert_int_equal(name_nearest("xyz", 4, names), -1);
  assert_int_equal(name_nearest("x", 0, names), -1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(mistakes),    cmocka_unit_test(together),      cmocka_unit_test(strange_texts),
    cmocka_unit_test(defaults),    cmocka_unit_test(merged_tables), cmocka_unit_test(wrong_tables),
    cmocka_unit_test(check_at),    cmocka_unit_test(values),        cmocka_unit_test(absolute_path),
    cmocka_unit_test(assignments), cmocka_unit_test(nearest_names), cmocka_unit_test(taken_away),
    cmocka_unit_test(rows_found),
};
CHECK_MAIN(tests)
