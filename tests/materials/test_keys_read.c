/* Reading: every kind of text that is not a document is refused with its line and column.
   ranks: 1 2 */
#include "materials/keys.h"
#include "tests/materials/caught.h"

#include <sys/stat.h>
#include <unistd.h>

#define CORPUS TRABECULA_SOURCE_DIR "/tests/materials/corpus/"

static const struct {
  const char *file, *place, *says;
} bad[] = {
    {"tab", "3:1", "a tab: indent with spaces"},
    {"open-bracket", "3:5", "flow sequence that starts in line 2"},
    {"open-quote", "4:1", "while scanning a quoted scalar that starts in line 2"},
    {"indent", "2:4", "mapping values are not allowed"},
    {"anchor", "1:10", "anchors (&name) and aliases (*name) are not supported"},
    {"alias", "2:10", "anchors (&name) and aliases (*name) are not supported"},
    {"tag", "2:8", "tags (!name) are not supported"},
    {"two-documents", "2:1", "a second document starts here"},
    {"empty", "1:1", "nothing is written here"},
    {"remark", "1:1", "nothing is written here"},
    {"list", "1:1", "a mapping must stand here"},
    {"no-space", "1:1", "a mapping must stand here"},
    {"list-as-key", "2:3", "a key must be a single word"},
    {"empty-key", "2:1", "a key must have between 1 and 200 characters"},
    {"latin1", "2:11", "not a text file in UTF-8?"},
    {"control", "2:9", "control characters are not allowed"},
    {"binary", "1:1", "not a text file in UTF-8?"},
    {"zero", "2:8", "a text must not hold a zero character"},
    {"deep", "1:20", "nested more than 16 levels deep"},
    {"brace", "3:1", "could not find expected ':'"},
    {"two-colons", "1:5", "mapping values are not allowed"},
    {"version", "1:1", "found incompatible YAML document"},
    {"reserved", "1:4", "found character that cannot start any token"},
    {"block", "1:6", "while scanning a block scalar"},
};

static void corpus(void **state) {
  Caught caught;
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char file[PETSC_MAX_PATH_LEN], begins[PETSC_MAX_PATH_LEN + 32];
    Document *doc = NULL;
    snprintf(file, sizeof file, "%s%s.yaml", CORPUS, bad[i].file);
    snprintf(begins, sizeof begins, "%s:%s: error: ", file, bad[i].place);
    CATCH(&caught, document_read(PETSC_COMM_WORLD, file, &doc));
    assert_null(doc);
    CHECK_SAYS(&caught, begins);
    CHECK_SAYS(&caught, bad[i].says);
    assert_null(strchr(caught.text, '\n')); /* one line */
  }
}

static void not_a_file(void **state) {
  Caught caught;
  Document *doc = NULL;
  (void)state;
  CATCH(&caught, document_read(PETSC_COMM_WORLD, CORPUS "no-such.yaml", &doc));
  assert_string_equal(caught.text, CORPUS "no-such.yaml: error: No such file or directory");
  CATCH(&caught, document_read(PETSC_COMM_WORLD, TRABECULA_SOURCE_DIR, &doc));
  assert_string_equal(caught.text, TRABECULA_SOURCE_DIR ": error: is a folder, not a file");
  CATCH(&caught, document_read(PETSC_COMM_WORLD, "/dev/null", &doc));
  assert_string_equal(caught.text, "/dev/null: error: is not a regular file");
  CATCH(&caught, document_read(PETSC_COMM_WORLD, "", &doc));
  CHECK_SAYS(&caught, "No such file");
}

/* A name of its own for each run, the same on every rank. */
static void temporary(char *file, size_t n) {
  int id = (int)getpid();
  MPI_Bcast(&id, 1, MPI_INT, 0, PETSC_COMM_WORLD);
  snprintf(file, n, "/tmp/trabecula-test-%d.yaml", id);
}

static void too_large(void **state) {
  Caught caught;
  char file[64];
  int rank;
  Document *doc = NULL;
  (void)state;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  temporary(file, sizeof file);
  for (int n = 1000000; n <= 1000001; n++) {
    if (!rank) {
      FILE *f = fopen(file, "w");
      assert_non_null(f);
      fprintf(f, "a: 1 #");
      for (int i = 6; i < n; i++)
        fputc('x', f);
      fclose(f);
    }
    MPI_Barrier(PETSC_COMM_WORLD);
    if (n == 1000000) {
      CHECK_OK(document_read(PETSC_COMM_WORLD, file, &doc));
      CHECK_OK(document_destroy(&doc));
    } else {
      CATCH(&caught, document_read(PETSC_COMM_WORLD, file, &doc));
      CHECK_SAYS(&caught, "error: is larger than 1 MB");
    }
  }
  if (!rank)
    unlink(file);
}

static void unreadable(void **state) {
  Caught caught;
  char file[64];
  int rank;
  Document *doc = NULL;
  (void)state;
  if (geteuid() == 0)
    skip(); /* root reads everything */
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  temporary(file, sizeof file);
  if (!rank) {
    fclose(fopen(file, "w"));
    chmod(file, 0);
  }
  MPI_Barrier(PETSC_COMM_WORLD);
  CATCH(&caught, document_read(PETSC_COMM_WORLD, file, &doc));
  CHECK_SAYS(&caught, "Permission denied");
  if (!rank)
    unlink(file);
}

/* What is not refused: each line a document, and the text of its key a. */
static void good(void **state) {
  static const struct {
    const char *text, *a;
  } row[] = {{"a: b", "b"},
             {"a: 'b: c'", "b: c"},
             {"a: \"b\\tc\"", "b\tc"},
             {"{a: b, c: [1, {d: e}]}", "b"},
             {"---\na: b\n...\n", "b"},
             {"a: |\n b\n c\n", "b\nc\n"},
             {"a: >-\n b\n c\n", "b c"},
             {"\"a\": b # c", "b"},
             {"%YAML 1.1\n---\na: b", "b"},
             {"\xEF\xBB\xBF"
              "a: b",
              "b"},
             {"a: b\r\nc: d\r\n", "b"},
             {"a: \xC3\xA9", "\xC3\xA9"},
             {"a:\n - 1\nz: 3\n", NULL}};
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    Document *doc;
    const char *a;
    CHECK_OK(document_parse(PETSC_COMM_WORLD, "x.yaml", strlen(row[i].text), row[i].text, &doc));
    assert_true(document_has(doc, "a"));
    if (row[i].a) {
      CHECK_OK(document_text(doc, "a", &a));
      assert_string_equal(a, row[i].a);
    }
    CHECK_OK(document_destroy(&doc));
    assert_null(doc);
  }
}

static void every_rank_has_it(void **state) {
  Document *doc;
  double young, sum;
  int size;
  (void)state;
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  CHECK_OK(document_read(PETSC_COMM_WORLD, TRABECULA_SOURCE_DIR "/materials/tantalum-sebm.yaml", &doc));
  CHECK_OK(document_number(doc, "young_MPa", &young));
  MPI_Allreduce(&young, &sum, 1, MPI_DOUBLE, MPI_SUM, PETSC_COMM_WORLD);
  CHECK_NEAR(sum, 186000.0 * size, 1e-15, "materials/tantalum-sebm.yaml");
  assert_string_equal(document_file(doc), TRABECULA_SOURCE_DIR "/materials/tantalum-sebm.yaml");
  assert_true(document_comm(doc) == PETSC_COMM_WORLD);
  CHECK_OK(document_destroy(&doc));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(corpus),     cmocka_unit_test(not_a_file), cmocka_unit_test(too_large),
    cmocka_unit_test(unreadable), cmocka_unit_test(good),       cmocka_unit_test(every_rank_has_it),
};
CHECK_MAIN(tests)
