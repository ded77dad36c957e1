#include "cases/sweep/sweep_task.h"
#include "cases/results/whole_file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROCESSES = 100000 }; /* that may work on one task, one after the other */

static PetscErrorCode file_failed(const char *what, const char *path, int number) {
  SETERRQ(PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "cannot %s '%.300s': %s", what, path, strerror(number));
}

static PetscErrorCode path_of(const char *dir, const char *name, char path[PETSC_MAX_PATH_LEN]) {
  PetscFunctionBeginUser;
  PetscCheck(snprintf(path, PETSC_MAX_PATH_LEN, "%s/slurm%s%s", dir, name[0] ? "/" : "", name) < PETSC_MAX_PATH_LEN,
             PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "the name of the results folder '%.300s' is too long", dir);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Calls line for every whole line of the file that is a JSON object; a last line without its end is one that its
   writer was killed in. *missing: there is no such file. */
static PetscErrorCode read_lines(const char *path, PetscErrorCode (*line)(json_t *object, void *context), void *context,
                                 PetscInt *unreadable, PetscBool *missing) {
  char *text = NULL;
  size_t room = 0;
  ssize_t length;
  PetscErrorCode failed = PETSC_SUCCESS;
  PetscFunctionBeginUser;
  FILE *file = fopen(path, "r");
  *missing = !file && errno == ENOENT;
  if (*missing)
    PetscFunctionReturn(PETSC_SUCCESS);
  if (!file)
    PetscCall(file_failed("read", path, errno));
  errno = 0;
  while (!failed && (length = getline(&text, &room, file)) > 0 && text[length - 1] == '\n') {
    json_t *object = json_loadb(text, (size_t)length, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(object))
      failed = line(object, context);
    else
      ++*unreadable;
    json_decref(object);
    errno = 0;
  }
  int bad = ferror(file) ? errno : 0;
  free(text);
  fclose(file);
  PetscCall(failed);
  if (bad)
    PetscCall(file_failed("read", path, bad));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int write_points(FILE *file, void *points) {
  size_t i;
  const json_t *point;
  json_array_foreach((json_t *)points, i, point) if (json_dumpf(point, file, JSON_COMPACT | JSON_REAL_PRECISION(17)) ||
                                                     fputc('\n', file) == EOF) return errno
      ? errno
      : EIO;
  return 0;
}

PetscErrorCode task_write(const char *dir, PetscInt task, const json_t *points) {
  char folder[PETSC_MAX_PATH_LEN], finished[PETSC_MAX_PATH_LEN], name[64], why[512];
  size_t made;
  PetscFunctionBeginUser;
  PetscCall(path_of(dir, "", folder));
  PetscCheck(!folder_make(folder, &made, why, sizeof why), PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "%s", why);
  snprintf(name, sizeof name, "finished-%" PetscInt_FMT, task);
  PetscCall(path_of(dir, name, finished));
  if (unlink(finished) && errno != ENOENT)
    PetscCall(file_failed("remove", finished, errno));
  snprintf(name, sizeof name, "points-%" PetscInt_FMT ".jsonl", task);
  PetscCheck(!whole_file_write(folder, name, write_points, (void *)points, why, sizeof why), PETSC_COMM_SELF,
             PETSC_ERR_USER_INPUT, "%s", why);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode add_point(json_t *object, void *context) {
  Task *t = context;
  PetscFunctionBeginUser;
  const char *key = json_string_value(json_object_get(object, "key"));
  PetscCheck(key, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "'%.300s': point %" PetscInt_FMT " has no key", t->path,
             t->n + 1);
  if (!(t->n & (t->n - 1))) { /* a power of two: full */
    TaskPoint *more = realloc(t->point, (t->n ? 2 * (size_t)t->n : 1) * sizeof *more);
    PetscCheck(more, PETSC_COMM_SELF, PETSC_ERR_MEM, "%" PetscInt_FMT " points of a task", t->n);
    t->point = more;
  }
  t->point[t->n++] = (TaskPoint){json_incref(object), key, PETSC_FALSE, 0};
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What an earlier process told about a point. */
static PetscErrorCode add_told(json_t *object, void *context) {
  Task *t = context;
  PetscFunctionBeginUser;
  const char *done = json_string_value(json_object_get(object, "key"));
  const char *begin = json_string_value(json_object_get(object, "begin"));
  const char *left = json_string_value(json_object_get(object, "left"));
  const char *key = done ? done : begin ? begin : left;
  for (PetscInt i = 0; key && i < t->n; i++)
    if (!strcmp(t->point[i].key, key)) {
      t->point[i].done = t->point[i].done || done;
      t->point[i].tries += begin ? 1 : -1;
    }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The first number N whose file this process can create is its own; those before hold what others told. A listing of
   the folder would not do: NFS may show an old one, but creates exclusively. */
static PetscErrorCode open_rows(const char *dir, PetscInt task, Task *t) {
  char name[64];
  PetscInt unreadable = 0;
  PetscBool missing;
  PetscFunctionBeginUser;
  for (int n = 0; n < PROCESSES; n++) {
    snprintf(name, sizeof name, "rows-%" PetscInt_FMT ".%d.jsonl", task, n);
    PetscCall(path_of(dir, name, t->path));
    t->file = open(t->path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
    if (t->file >= 0)
      PetscFunctionReturn(PETSC_SUCCESS);
    if (errno != EEXIST)
      PetscCall(file_failed("create", t->path, errno));
    PetscCall(read_lines(t->path, add_told, t, &unreadable, &missing));
  }
  SETERRQ(PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "task %" PetscInt_FMT " of '%.300s' was started %d times", task, dir,
          PROCESSES);
}

static PetscErrorCode open_task(const char *dir, PetscInt task, Task *t) {
  char name[64];
  PetscInt unreadable = 0;
  PetscBool missing;
  PetscFunctionBeginUser;
  snprintf(name, sizeof name, "finished-%" PetscInt_FMT, task);
  PetscCall(path_of(dir, name, t->finished));
  snprintf(name, sizeof name, "points-%" PetscInt_FMT ".jsonl", task);
  PetscCall(path_of(dir, name, t->path));
  PetscCall(read_lines(t->path, add_point, t, &unreadable, &missing));
  PetscCheck(!missing, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "there is no task %" PetscInt_FMT " in '%.300s/slurm'; `trabecula sweep --slurm` writes them", task, dir);
  PetscCheck(!unreadable, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT, "'%.300s' is damaged: submit again", t->path);
  PetscCall(open_rows(dir, task, t));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode task_open(const char *dir, PetscInt task, Task **t) {
  PetscFunctionBeginUser;
  *t = calloc(1, sizeof **t);
  PetscCheck(*t, PETSC_COMM_SELF, PETSC_ERR_MEM, "a task");
  (*t)->file = -1;
  PetscErrorCode failed = open_task(dir, task, *t);
  if (failed)
    PetscCall(task_close(t));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode note_finished(const Task *t) {
  PetscFunctionBeginUser;
  if (t->file < 0)
    PetscFunctionReturn(PETSC_SUCCESS); /* never opened */
  for (PetscInt i = 0; i < t->n; i++)
    if (!t->point[i].done)
      PetscFunctionReturn(PETSC_SUCCESS);
  int file = open(t->finished, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0)
    PetscCall(file_failed("create", t->finished, errno));
  close(file);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode task_close(Task **t) {
  PetscFunctionBeginUser;
  if (!*t)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscErrorCode failed = note_finished(*t);
  for (PetscInt i = 0; i < (*t)->n; i++)
    json_decref((*t)->point[i].point);
  if ((*t)->file >= 0)
    close((*t)->file); /* all of it was synchronised */
  free((*t)->point);
  free(*t);
  *t = NULL;
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int put(int file, const char *text, size_t n) {
  while (n) {
    ssize_t done = write(file, text, n);
    if (done < 0 && errno != EINTR)
      return errno;
    if (done > 0) {
      text += done;
      n -= (size_t)done;
    }
  }
  return fsync(file) ? errno : 0;
}

/* object is the caller's new reference. */
static PetscErrorCode append(Task *t, json_t *object) {
  PetscFunctionBeginUser;
  char *text = object ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
  json_decref(object);
  PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_MEM, "a line of '%.300s'", t->path);
  size_t n = strlen(text);
  text[n] = '\n'; /* instead of its end, so that one write holds all */
  int bad = put(t->file, text, n + 1);
  free(text);
  if (bad && ftruncate(t->file, (off_t)t->size))
    bad = errno; /* then the next line would not stand alone: the caller stops at any error */
  if (bad)
    PetscCall(file_failed("write", t->path, bad));
  t->size += (long long)n + 1;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode task_begin(Task *t, PetscInt i) {
  PetscFunctionBeginUser;
  PetscCall(append(t, json_pack("{s:s}", "begin", t->point[i].key)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode task_finish(Task *t, PetscInt i, const json_t *row) {
  PetscFunctionBeginUser;
  const char *key = json_string_value(json_object_get(row, "key"));
  PetscCheck(key && !strcmp(key, t->point[i].key), PETSC_COMM_SELF, PETSC_ERR_PLIB, "a row of another point");
  PetscCall(append(t, json_incref((json_t *)row)));
  t->point[i].done = PETSC_TRUE;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode task_leave(Task *t, PetscInt i) {
  PetscFunctionBeginUser;
  PetscCall(append(t, json_pack("{s:s}", "left", t->point[i].key)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct Merge {
  PetscErrorCode (*take)(const json_t *row, void *context);
  void *context;
  json_t *seen;
  TaskCount count;
} Merge;

static PetscErrorCode merge_line(json_t *object, void *context) {
  Merge *m = context;
  PetscFunctionBeginUser;
  const char *key = json_string_value(json_object_get(object, "key"));
  if (!key)
    PetscFunctionReturn(PETSC_SUCCESS);
  if (json_object_get(m->seen, key)) {
    m->count.twice++;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCheck(!json_object_set_new(m->seen, key, json_true()), PETSC_COMM_SELF, PETSC_ERR_MEM, "keys of points");
  PetscCall(m->take(object, m->context));
  m->count.rows++;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Task and process of a file of rows: false for any other name. */
static bool rows_name(const char *name, long number[2]) {
  int end = 0;
  return sscanf(name, "rows-%9ld.%9ld.jsonl%n", &number[0], &number[1], &end) == 2 && end && !name[end];
}

static int is_rows(const struct dirent *entry) {
  long number[2];
  return rows_name(entry->d_name, number);
}

static int by_number(const struct dirent **a, const struct dirent **b) {
  long x[2] = {0}, y[2] = {0};
  rows_name((*a)->d_name, x);
  rows_name((*b)->d_name, y);
  return x[0] != y[0] ? (x[0] > y[0]) - (x[0] < y[0]) : (x[1] > y[1]) - (x[1] < y[1]);
}

static PetscErrorCode merge_file(const char *dir, const char *name, Merge *m) {
  char path[PETSC_MAX_PATH_LEN];
  PetscBool missing;
  PetscFunctionBeginUser;
  PetscCall(path_of(dir, name, path));
  PetscCall(read_lines(path, merge_line, m, &m->count.unreadable, &missing));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode task_merge(const char *dir, PetscErrorCode (*take)(const json_t *row, void *context), void *context,
                          TaskCount *count) {
  char folder[PETSC_MAX_PATH_LEN];
  struct dirent **entry = NULL;
  Merge m = {take, context, NULL, {0}};
  PetscErrorCode failed = PETSC_SUCCESS;
  PetscFunctionBeginUser;
  PetscCall(path_of(dir, "", folder));
  int n = scandir(folder, &entry, is_rows, by_number);
  if (n < 0 && errno != ENOENT)
    PetscCall(file_failed("read folder", folder, errno));
  m.seen = json_object();
  for (int i = 0; i < n; i++) {
    if (!failed)
      failed = merge_file(dir, entry[i]->d_name, &m);
    free(entry[i]);
  }
  free(entry);
  json_decref(m.seen);
  PetscCall(failed);
  if (count)
    *count = m.count;
  PetscFunctionReturn(PETSC_SUCCESS);
}
