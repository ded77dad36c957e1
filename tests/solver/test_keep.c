/* Records of a Keep: when they are due, what is told, a disk that takes none.
   ranks: 1 2 */
#include "solver/files/keep.h"
#include "tests/check.h"
#include "tests/solver/record_forge.h"
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ROWS = 3000 };

static struct {
  bool asked;
  int warnings, watched;
  char text[4096];
} heard;

static void watch(bool on) { heard.watched += on ? 1 : -1; }
static bool asked(void) { return heard.asked; }
static PetscErrorCode tell(void *context, bool warning, const char *text) {
  (void)context;
  heard.warnings += warning;
  snprintf(heard.text, sizeof heard.text, "%s", text);
  return PETSC_SUCCESS;
}

static int rank_of(void) {
  int rank;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  return rank;
}

static void keep_make(Keep *keep) {
  *keep = (Keep){.comm = PETSC_COMM_WORLD, .content = {3, 4}, .watch = watch, .asked = asked, .tell = tell};
  strcpy(keep->folder, "/tmp/trabecula-test-XXXXXX");
  if (!rank_of())
    assert_non_null(mkdtemp(keep->folder));
  MPI_Bcast(keep->folder, PETSC_MAX_PATH_LEN, MPI_CHAR, 0, PETSC_COMM_WORLD);
  strcpy(keep->scratch, keep->folder);
  memset(&heard, 0, sizeof heard);
}

static int count_files(const Keep *keep) {
  int n = -2; /* . and .. */
  DIR *folder = opendir(keep->folder);
  while (readdir(folder))
    n++;
  closedir(folder);
  return n;
}

static void keep_remove(const Keep *keep) {
  char file[PETSC_MAX_PATH_LEN + 16];
  MPI_Barrier(PETSC_COMM_WORLD);
  snprintf(file, sizeof file, "%s/work.h5", keep->folder);
  unlink(file);
  rmdir(keep->folder);
}

/* Row i of the ranks together is i, i/2 as numbers, -i as floats. */
static PetscErrorCode put(Record *record, void *context) {
  const PetscInt n = rank_of() ? ROWS / 3 : ROWS;
  double *row;
  float *less;
  (void)context;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(2 * n, &row, n, &less));
  for (PetscInt i = 0; i < n; i++) {
    const PetscInt k = i + (rank_of() ? ROWS : 0);
    row[2 * i] = k, row[2 * i + 1] = 0.5 * k, less[i] = (float)-k;
  }
  PetscCall(record_put(record, "numbers", n, 2, row));
  PetscCall(record_put_floats(record, "floats", n, 1, less));
  PetscCall(record_put(record, "none", 0, 4, row));
  PetscCall(PetscFree2(row, less));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What was put comes back, with the rows shared out in another way. */
static void test_tables(void **state) {
  Keep keep;
  Record *record;
  PetscInt64 n;
  int size;
  (void)state;
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  keep_make(&keep);
  CHECK_OK(keep_open(&keep, "work.h5", &keep.content, &record));
  assert_null(record);
  assert_int_equal(heard.warnings, 0);
  CHECK_OK(keep_write(&keep, "work.h5", &keep.content, put, NULL));
  assert_int_equal(count_files(&keep), 1);
  CHECK_OK(keep_open(&keep, "work.h5", &keep.content, &record));
  assert_non_null(record);
  CHECK_OK(record_rows(record, "numbers", &n));
  assert_int_equal(n, ROWS + (size - 1) * (ROWS / 3));
  const PetscInt64 mine = rank_of() ? n - 7 : size > 1 ? 7 : n, first = rank_of() ? 7 : 0;
  double *row = calloc((size_t)n * 2, sizeof *row);
  float *less = calloc((size_t)n, sizeof *less);
  CHECK_OK(record_get(record, "numbers", mine, 2, row));
  CHECK_OK(record_get_floats(record, "floats", mine, 1, less));
  for (PetscInt64 i = 0; i < mine; i++)
    assert_true(row[2 * i] == (double)(first + i) && row[2 * i + 1] == 0.5 * (double)(first + i) &&
                less[i] == -(float)(first + i));
  CHECK_OK(record_get_all(record, "numbers", n, 2, row));
  for (PetscInt64 i = 0; i < n; i++)
    assert_true(row[2 * i] == (double)i);
  CHECK_OK(record_rows(record, "none", &n));
  assert_int_equal(n, 0);
  CHECK_OK(record_get(record, "none", 0, 4, row));
  CHECK_OK(record_rows(record, "nowhere", &n));
  assert_int_equal(n, 0);
  CHECK_FAILS_SAYING(record_get(record, "numbers", mine, 3, row), PETSC_ERR_USER_INPUT, "remove it to begin anew");
  CHECK_OK(record_close(&record)); /* the last call on it */
  CHECK_OK(keep_open(&keep, "work.h5", &(Content){3, 5}, &record));
  assert_null(record);
  assert_int_equal(heard.warnings, 1);
  assert_non_null(strstr(heard.text, "is of another case"));
  free(row);
  free(less);
  keep_remove(&keep);
}

/* Reads all that a record says it has. Refusals say what to do. */
static void read_all(const Keep *keep, const char *name) {
  static const struct {
    const char *name;
    int width;
  } table[] = {{"numbers", 2}, {"none", 4}, {"floats", 1}};
  char said[CHECK_SAID];
  PetscErrorCode code;
  Record *record;
  PetscInt64 n;
  Keep opened = *keep;
  CHECK_OK(keep_open(&opened, name, &keep->content, &record));
  for (int t = 0; record && t < 3; t++) {
    CHECK_OK(record_rows(record, table[t].name, &n));
    assert_in_range(n, 0, 1000 * ROWS);
    double *row = calloc((size_t)n * 4 + 1, sizeof *row);
    const PetscInt64 mine = rank_of() ? 0 : n;
    if (t == 2)
      CHECK_CATCH(record_get_floats(record, "floats", mine, 1, (float *)row), code, said);
    else
      CHECK_CATCH(record_get(record, table[t].name, mine, table[t].width, row), code, said);
    if (code && !strstr(said, "remove it to begin anew"))
      fail_msg("refused with '%s'", said);
    free(row);
    if (code)
      break;
  }
  CHECK_OK(record_close(&record));
}

/* Tables that lie beyond the file, overlap nothing, ask for any amount of memory, or have no end of name. */
static void hostile_indices(const Keep *keep, Forge *forge, const char *file) {
  static const uint64_t huge[] = {UINT64_MAX, INT64_MAX, 1ull << 61, 1ull << 32, 1ull << 31, 0, 3};
  const RecordIndex good = forge_index(forge);
  for (int field = 0; field < 6; field++)
    for (size_t k = 0; k < sizeof huge / sizeof *huge; k++) {
      RecordIndex bad = good;
      uint64_t *const of[] = {&bad.n, &bad.table[0].at, &bad.table[0].rows, &bad.table[0].width, &bad.table[0].bytes};
      if (field < 5)
        *of[field] = huge[k];
      else
        memset(bad.table[k % 2].name, 'a', sizeof bad.table[0].name);
      forge_set_index(forge, &bad);
      MPI_Barrier(PETSC_COMM_WORLD);
      if (!rank_of())
        forge_write(forge, file);
      MPI_Barrier(PETSC_COMM_WORLD);
      read_all(keep, "work.h5");
    }
  forge_set_index(forge, &good);
}

/* A right seal under false bytes, of the index or of anything else: refused in words or taken within bounds. */
static void test_forged(void **state) {
  Keep keep;
  Record *record;
  char file[PETSC_MAX_PATH_LEN + 16];
  (void)state;
  keep_make(&keep);
  CHECK_OK(keep_write(&keep, "work.h5", &keep.content, put, NULL));
  snprintf(file, sizeof file, "%s/work.h5", keep.folder);
  MPI_Barrier(PETSC_COMM_WORLD);
  Forge forge = forge_read(file);
  hostile_indices(&keep, &forge, file);
  for (unsigned seed = 0; seed < 200; seed++) {
    MPI_Barrier(PETSC_COMM_WORLD);
    if (!rank_of())
      forge_bytes(&forge, file, seed);
    MPI_Barrier(PETSC_COMM_WORLD);
    read_all(&keep, "work.h5");
  }
  MPI_Barrier(PETSC_COMM_WORLD);
  forge.n -= 1; /* the index is not at its place */
  if (!rank_of())
    forge_write(&forge, file);
  MPI_Barrier(PETSC_COMM_WORLD);
  CHECK_OK(keep_open(&keep, "work.h5", &keep.content, &record));
  assert_null(record);
  free(forge.at);
  keep_remove(&keep);
}

/* Files of at most 16 kB: it is told once, nothing stays behind but the record that was there, and nothing more is
   tried. */
static void test_full_disk(void **state) {
  void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
  struct rlimit old, small;
  PetscBool due, stop;
  Keep keep;
  Record *record;
  (void)state;
  keep_make(&keep);
  CHECK_OK(keep_write(&keep, "work.h5", &keep.content, put, NULL));
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
  small = (struct rlimit){16384, old.rlim_max};
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  for (int i = 0; i < 3; i++)
    CHECK_OK(keep_write(&keep, "work.h5", &keep.content, put, NULL));
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
  signal(SIGXFSZ, before);
  assert_int_equal(heard.warnings, 1);
  assert_non_null(strstr(heard.text, "cannot be written (File too large)"));
  assert_int_equal(count_files(&keep), 1);
  keep_begin(&keep);
  CHECK_OK(keep_due(&keep, &due, &stop));
  assert_false(due || stop);
  CHECK_OK(keep_open(&keep, "work.h5", &keep.content, &record));
  assert_non_null(record);
  CHECK_OK(record_close(&record));
  keep_remove(&keep);
}

/* By the clock of the first rank, or when any rank is asked. */
static void test_due(void **state) {
  PetscBool due, stop, worth;
  Keep keep;
  (void)state;
  keep_make(&keep);
  keep.seconds = 1000;
  keep_begin(&keep);
  assert_int_equal(heard.watched, 1);
  CHECK_OK(keep_due(&keep, &due, &stop));
  assert_false(due || stop);
  heard.asked = rank_of() == 1;
  int size;
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  CHECK_OK(keep_due(&keep, &due, &stop));
  assert_true(due == (size > 1) && stop == (size > 1));
  heard.asked = true;
  CHECK_OK(keep_due(&keep, &due, &stop));
  assert_true(due && stop);
  heard.asked = false;
  keep.start -= 1001; /* the clock of the others does not count */
  keep.last -= rank_of() ? 0 : 1001;
  CHECK_OK(keep_due(&keep, &due, &stop));
  assert_true(due && !stop);
  keep.cost = 101; /* writing took a tenth of that time */
  CHECK_OK(keep_due(&keep, &due, &stop));
  assert_false(due || stop);
  CHECK_OK(keep_worth(&keep, 1009, &worth, &stop));
  assert_false(worth || stop);
  CHECK_OK(keep_worth(&keep, 1011, &worth, &stop));
  assert_true(worth && !stop);
  keep.seconds = 0;
  CHECK_OK(keep_worth(&keep, 0, &worth, &stop));
  assert_true(worth);
  CHECK_OK(keep_due(&keep, &due, &stop));
  assert_true(due);
  keep_end(&keep);
  assert_int_equal(heard.watched, 0);
  CHECK_FAILS(keep_stop(&keep, "somewhere"), KEEP_STOPPED);
  CHECK_OK(keep_due(NULL, &due, &stop));
  assert_false(due || stop);
  CHECK_OK(keep_worth(NULL, 1e9, &worth, &stop));
  assert_false(worth || stop);
  keep_remove(&keep);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_tables),
    cmocka_unit_test(test_forged),
    cmocka_unit_test(test_full_disk),
    cmocka_unit_test(test_due),
};
CHECK_MAIN(tests)
