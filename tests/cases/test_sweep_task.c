/* ranks: 1
   Files of tasks: what is told is found again, whatever happens to the process, its disk and its twin. */
#include "cases/sweep/sweep_task.h"
#include "tests/cases/folder.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { POINTS = 7 };

static json_t *points_new(int from, int n) {
  json_t *points = json_array();
  for (int i = from; i < from + n; i++)
    assert_int_equal(
        json_array_append_new(points, json_pack("{s:o, s:f}", "key", json_sprintf("p%d", i), "x", 0.1 * i)), 0);
  return points;
}

static void write_task(const char *dir, PetscInt task, int from, int n) {
  json_t *points = points_new(from, n);
  CHECK_OK(task_write(dir, task, points));
  json_decref(points);
}

static void finish(Task *t, PetscInt i, double y) {
  json_t *row = json_pack("{s:s, s:f, s:s}", "key", t->point[i].key, "y", y, "why", "line\nfeed, \"quotes\", \xc3\xa9");
  CHECK_OK(task_finish(t, i, row));
  json_decref(row);
}

typedef struct Rows {
  int n;
  char key[64][16];
  double y[64];
} Rows;

static PetscErrorCode take(const json_t *row, void *context) {
  Rows *rows = context;
  assert_true(rows->n < 64);
  snprintf(rows->key[rows->n], sizeof rows->key[0], "%s", json_string_value(json_object_get(row, "key")));
  rows->y[rows->n++] = json_real_value(json_object_get(row, "y"));
  return PETSC_SUCCESS;
}

static Rows merged(const char *dir, TaskCount *count) {
  Rows rows = {0};
  CHECK_OK(task_merge(dir, take, &rows, count));
  return rows;
}

static int finished(const char *dir, int task) {
  char path[128];
  snprintf(path, sizeof path, "%s/slurm/finished-%d", dir, task);
  return !access(path, F_OK);
}

static int done(const Task *t) {
  int n = 0;
  for (PetscInt i = 0; i < t->n; i++)
    n += t->point[i].done;
  return n;
}

static void test_told_is_found(void **state) {
  char dir[64];
  Task *t;
  TaskCount count;
  (void)state;
  folder_open(dir);
  assert_int_equal(merged(dir, &count).n, 0); /* no folder yet */
  write_task(dir, 3, 0, POINTS);
  CHECK_OK(task_open(dir, 3, &t));
  assert_int_equal(t->n, POINTS);
  assert_string_equal(t->point[4].key, "p4");
  CHECK_NEAR(json_real_value(json_object_get(t->point[4].point, "x")), 0.4, 0, "17 digits give the same double");
  for (PetscInt i = 0; i < 5; i++) {
    CHECK_OK(task_begin(t, i));
    if (i < 3)
      finish(t, i, 1. / (1 + i));
    else if (i == 3)
      CHECK_OK(task_leave(t, i));
  }
  CHECK_OK(task_close(&t)); /* in point 4 as if killed */
  for (int again = 1; again <= 3; again++) {
    CHECK_OK(task_open(dir, 3, &t));
    for (PetscInt i = 0; i < POINTS; i++) {
      assert_int_equal(t->point[i].done, i < 3);
      assert_int_equal(t->point[i].tries, i == 4 ? again : 0);
    }
    CHECK_OK(task_begin(t, 4));
    CHECK_OK(task_close(&t));
  }
  Rows rows = merged(dir, &count);
  assert_int_equal(rows.n, 3);
  for (int i = 0; i < 3; i++)
    CHECK_NEAR(rows.y[i], 1. / (1 + i), 0, "17 digits give the same double");
  assert_int_equal(count.rows, 3);
  assert_false(finished(dir, 3));
  CHECK_OK(task_open(dir, 3, &t));
  for (PetscInt i = 3; i < POINTS; i++)
    finish(t, i, 1);
  assert_false(finished(dir, 3));
  CHECK_OK(task_close(&t));
  assert_true(finished(dir, 3));
  write_task(dir, 3, POINTS, 2); /* the next points under this number */
  assert_false(finished(dir, 3));
  assert_int_equal(count.twice, 0);
  assert_int_equal(count.unreadable, 0);
  folder_close(dir);
}

/* A file cut anywhere, as by a kill or a lost node: the rows whose line feed is there count, no others. */
static void test_every_length(void **state) {
  char dir[64], path[128];
  Task *t;
  (void)state;
  folder_open(dir);
  write_task(dir, 0, 0, POINTS);
  CHECK_OK(task_open(dir, 0, &t));
  for (PetscInt i = 0; i < 3; i++) {
    CHECK_OK(task_begin(t, i));
    finish(t, i, 10 + i);
  }
  CHECK_OK(task_close(&t));
  snprintf(path, sizeof path, "%s/slurm", dir);
  char *text = folder_get(path, "rows-0.0.jsonl");
  assert_non_null(text);
  for (size_t n = strlen(text); n + 1 > 0; n--) {
    int whole = 0;
    for (size_t i = 0; i < n; i++)
      whole += text[i] == '\n';
    text[n] = 0;
    folder_put(path, "rows-0.0.jsonl", text);
    TaskCount count;
    Rows rows = merged(dir, &count);
    assert_int_equal(rows.n, whole / 2);
    for (int i = 0; i < rows.n; i++)
      CHECK_NEAR(rows.y[i], 10 + i, 0, "as it was told");
    assert_int_equal(count.unreadable, 0);
    CHECK_OK(task_open(dir, 0, &t)); /* goes on behind it, in a file of its own */
    assert_int_equal(done(t), whole / 2);
    if (n % 16 == 0) {
      for (PetscInt i = 0; i < POINTS; i++)
        if (!t->point[i].done)
          finish(t, i, 10 + (double)i);
      rows = merged(dir, &count);
      assert_int_equal(rows.n, POINTS);
      assert_int_equal(count.twice, 0);
      for (int i = 0; i < rows.n; i++)
        CHECK_NEAR(rows.y[i], 10 + (rows.key[i][1] - '0'), 0, "as it was told");
    }
    assert_int_equal(unlink(t->path), 0);
    CHECK_OK(task_close(&t));
  }
  free(text);
  folder_close(dir);
}

/* Whole lines that are no rows, as zeros that a crashed file system leaves: counted, and their points are missing. */
static void test_damaged(void **state) {
  char dir[64], path[128];
  Task *t;
  TaskCount count;
  (void)state;
  folder_open(dir);
  write_task(dir, 0, 0, 2);
  snprintf(path, sizeof path, "%s/slurm", dir);
  folder_put(path, "rows-0.0.jsonl", "{\"key\": \"p0\", \"y\": 1}\n{\"key\": \"p1\", \"y\":\n[1]\n\n{}\n");
  folder_put(path, "rows-0.x.jsonl", "{\"key\": \"p1\", \"y\": 1}\n");
  folder_put(path, "rows-0.0.jsonl~", "{\"key\": \"p1\", \"y\": 1}\n");
  assert_int_equal(merged(dir, &count).n, 1);
  assert_int_equal(count.unreadable, 3);
  CHECK_OK(task_open(dir, 0, &t));
  assert_int_equal(done(t), 1);
  CHECK_OK(task_close(&t));
  CHECK_SAYS(task_open(dir, 1, &t), "there is no task 1 in '");
  folder_put(path, "points-1.jsonl", "{\"key\": \"p0\"}\n{\"x\": 1}\n");
  CHECK_SAYS(task_open(dir, 1, &t), "point 2 has no key");
  folder_put(path, "points-1.jsonl", "{\"key\": \"p0\"}\nx\n");
  CHECK_SAYS(task_open(dir, 1, &t), "is damaged");
  folder_close(dir);
}

/* A requeued task whose first process still lives: each has its own file, and a point that both did is taken once. */
static void test_twins(void **state) {
  enum { TWINS = 4, MANY = 60 };
  char dir[64];
  TaskCount count;
  (void)state;
  folder_open(dir);
  write_task(dir, 0, 0, MANY);
  pid_t twin[TWINS];
  for (int k = 0; k < TWINS; k++) {
    twin[k] = fork();
    if (twin[k])
      continue;
    Task *t; /* no cmocka in here: it would go on with the other tests */
    int bad = task_open(dir, 0, &t);
    for (PetscInt i = 0; !bad && i < MANY; i++) {
      json_t *row = json_pack("{s:s, s:f}", "key", t->point[i].key, "y", (double)i);
      bad = t->point[i].done ? 0 : task_begin(t, i) || task_finish(t, i, row);
      json_decref(row);
    }
    _exit(bad);
  }
  for (int k = 0; k < TWINS; k++) {
    int status;
    assert_int_equal(waitpid(twin[k], &status, 0), twin[k]);
    assert_int_equal(status, 0);
  }
  Rows rows = merged(dir, &count);
  assert_int_equal(rows.n, MANY);
  assert_true(count.twice <= (TWINS - 1) * MANY);
  for (int i = 0; i < MANY; i++)
    CHECK_NEAR(rows.y[i], atoi(rows.key[i] + 1), 0, "as it was told");
  Task *t;
  CHECK_OK(task_open(dir, 0, &t));
  assert_int_equal(done(t), MANY);
  for (int k = 0; k < TWINS; k++) { /* a file each */
    char name[64];
    snprintf(name, sizeof name, "%s/slurm/rows-0.%d.jsonl", dir, k);
    assert_int_equal(access(name, F_OK), 0);
  }
  CHECK_OK(task_close(&t));
  folder_close(dir);
}

/* SIGKILL between and in the midst of lines: every row that task_finish returned from is there. */
static void test_killed(void **state) {
  char dir[64];
  (void)state;
  folder_open(dir);
  write_task(dir, 0, 0, 60);
  for (int round = 0; round < 20; round++) {
    int told[2];
    assert_int_equal(pipe(told), 0);
    pid_t child = fork();
    if (!child) {
      Task *t;
      int bad = task_open(dir, 0, &t);
      for (PetscInt i = 0; !bad; i = (i + 1) % t->n) {
        json_t *row = json_pack("{s:s, s:f}", "key", t->point[i].key, "y", (double)i);
        bad = task_finish(t, i, row) || write(told[1], "x", 1) != 1;
        json_decref(row);
      }
      _exit(bad);
    }
    char x;
    int n = 0;
    while (n < 1 + round && read(told[0], &x, 1) == 1)
      n++;
    assert_int_equal(n, 1 + round);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(told[0]), close(told[1]);
    TaskCount count;
    Rows rows = merged(dir, &count);
    assert_true(rows.n >= n);
    assert_int_equal(count.unreadable, 0);
  }
  folder_close(dir);
}

/* A full disk, played by a limit on the size of files: the error says so, whole lines stay, and the row comes later. */
static void test_full_disk(void **state) {
  char dir[64], text[4096];
  Task *t;
  struct rlimit old, small;
  (void)state;
  folder_open(dir);
  write_task(dir, 0, 0, POINTS);
  CHECK_OK(task_open(dir, 0, &t));
  finish(t, 0, 1);
  memset(text, 'a', sizeof text - 1);
  text[sizeof text - 1] = 0;
  json_t *row = json_pack("{s:s, s:s}", "key", "p1", "text", text);
  getrlimit(RLIMIT_FSIZE, &old);
  small = old;
  small.rlim_cur = (rlim_t)t->size + 1000;
  void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  for (int i = 0; i < 2; i++)
    CHECK_SAYS(task_finish(t, 1, row), "cannot write '");
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
  signal(SIGXFSZ, handler);
  struct stat info;
  assert_int_equal(stat(t->path, &info), 0);
  assert_int_equal(info.st_size, t->size);
  assert_false(t->point[1].done);
  assert_int_equal(merged(dir, NULL).n, 1);
  CHECK_OK(task_finish(t, 1, row));
  TaskCount count;
  assert_int_equal(merged(dir, &count).n, 2);
  assert_int_equal(count.unreadable, 0);
  json_decref(row);
  CHECK_OK(task_close(&t));
  folder_close(dir);
}

/* Tasks, processes and lines in rising order; the first row of a point is the one. */
static void test_order(void **state) {
  char dir[64], path[128];
  TaskCount count;
  (void)state;
  folder_open(dir);
  write_task(dir, 2, 0, 4);
  snprintf(path, sizeof path, "%s/slurm", dir);
  folder_put(path, "rows-2.0.jsonl", "{\"key\": \"a\", \"y\": 3.0}\n{\"key\": \"b\", \"y\": 4.0}\n");
  folder_put(path, "rows-10.0.jsonl", "{\"key\": \"c\", \"y\": 7.0}\n{\"key\": \"a\", \"y\": 0.0}\n");
  folder_put(path, "rows-2.10.jsonl", "{\"key\": \"d\", \"y\": 6.0}\n");
  folder_put(path, "rows-2.9.jsonl", "{\"key\": \"e\", \"y\": 5.0}\n{\"key\": \"b\", \"y\": 0.0}\n");
  Rows rows = merged(dir, &count);
  assert_int_equal(rows.n, 5);
  assert_int_equal(count.twice, 2);
  for (int i = 0; i < 5; i++)
    CHECK_NEAR(rows.y[i], 3 + i, 0, "the order of tasks, processes, lines");
  folder_close(dir);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_told_is_found), cmocka_unit_test(test_every_length), cmocka_unit_test(test_damaged),
    cmocka_unit_test(test_twins),         cmocka_unit_test(test_killed),       cmocka_unit_test(test_full_disk),
    cmocka_unit_test(test_order),
};
CHECK_MAIN(tests)
