/* A folder of its own for a test, the same on every rank; removed with what is in it. */
#ifndef TRABECULA_TESTS_FOLDER_H
#define TRABECULA_TESTS_FOLDER_H

#include "tests/check.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static inline int folder_rank(void) {
  int rank;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  return rank;
}

static inline void folder_open(char path[64]) {
  strcpy(path, "/tmp/trabecula-test-XXXXXX");
  if (!folder_rank())
    assert_non_null(mkdtemp(path));
  MPI_Bcast(path, 64, MPI_CHAR, 0, PETSC_COMM_WORLD);
}

static inline void folder_empty(const char *path) {
  char child[4096];
  DIR *dir = opendir(path);
  for (struct dirent *entry; dir && (entry = readdir(dir));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
      continue;
    if (snprintf(child, sizeof child, "%s/%s", path, entry->d_name) < (int)sizeof child && unlink(child))
      folder_empty(child);
  }
  if (dir)
    closedir(dir);
  rmdir(path);
}

static inline void folder_close(const char *path) {
  MPI_Barrier(PETSC_COMM_WORLD);
  if (!folder_rank())
    folder_empty(path);
  MPI_Barrier(PETSC_COMM_WORLD);
}

/* Entries but "." and "..": -1 when there is no such folder. */
static inline int folder_count(const char *path) {
  int n = 0;
  DIR *dir = opendir(path);
  if (!dir)
    return -1;
  for (struct dirent *entry; (entry = readdir(dir));)
    n += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
  closedir(dir);
  return n;
}

static inline void folder_put(const char *path, const char *name, const char *text) {
  char file[4096];
  snprintf(file, sizeof file, "%s/%s", path, name);
  if (!folder_rank()) {
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
  }
  MPI_Barrier(PETSC_COMM_WORLD);
}

/* The whole of a file, to be freed; NULL when there is none. */
static inline char *folder_get(const char *path, const char *name) {
  char file[4096];
  snprintf(file, sizeof file, "%s/%s", path, name);
  FILE *f = fopen(file, "r");
  if (!f)
    return NULL;
  size_t n = 0, room = 1 << 20;
  char *text = malloc(room);
  assert_non_null(text);
  n = fread(text, 1, room - 1, f);
  text[n] = 0;
  fclose(f);
  return text;
}

/* The message of the last error raised under this handler. */
typedef struct Heard {
  char text[2200];
  int times;
} Heard;

static inline PetscErrorCode folder_hear(MPI_Comm comm, int line, const char *function, const char *file,
                                         PetscErrorCode code, PetscErrorType type, const char *message, void *ctx) {
  Heard *heard = ctx;
  (void)comm, (void)line, (void)function, (void)file;
  if (type == PETSC_ERROR_INITIAL) {
    snprintf(heard->text, sizeof heard->text, "%s", message);
    heard->times++;
  }
  return code;
}

/* call must be refused as a user's mistake with a message that holds part. */
#define CHECK_SAYS(call, part)                                                                                         \
  do {                                                                                                                 \
    Heard heard_ = {"", 0};                                                                                            \
    PetscPushErrorHandler(folder_hear, &heard_);                                                                       \
    PetscErrorCode code_ = (call);                                                                                     \
    PetscPopErrorHandler();                                                                                            \
    assert_int_equal(code_, PETSC_ERR_USER_INPUT);                                                                     \
    assert_int_equal(heard_.times, 1);                                                                                 \
    if (!strstr(heard_.text, part))                                                                                    \
      fail_msg("the message is '%s', without '%s'", heard_.text, part);                                                \
  } while (0)

#endif
