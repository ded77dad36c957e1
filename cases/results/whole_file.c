#define _XOPEN_SOURCE 700 /* nftw */
#include "cases/results/whole_file.h"
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_body(const char *path, int (*body)(FILE *, void *), void *context) {
  FILE *file = fopen(path, "w");
  if (!file)
    return errno;
  errno = 0;
  int bad = body(file, context);
  if (!bad && (fflush(file) || ferror(file)))
    bad = errno ? errno : EIO;
  if (!bad && fsync(fileno(file)) && errno != EINVAL) /* EINVAL: a device that cannot be synchronised */
    bad = errno;
  if (fclose(file) && !bad)
    bad = errno;
  return bad;
}

int whole_file_write(const char *dir, const char *name, int (*body)(FILE *, void *), void *context, char *why,
                     size_t n) {
  char path[PATH_MAX], temporary[PATH_MAX];
  int bad = 0;
  if (snprintf(path, sizeof path, "%s/%s", dir, name) >= PATH_MAX ||
      snprintf(temporary, sizeof temporary, "%s/.%s.%ld.part", dir, name, (long)getpid()) >= PATH_MAX)
    bad = ENAMETOOLONG;
  if (!bad) {
    bad = write_body(temporary, body, context);
    if (!bad && rename(temporary, path))
      bad = errno;
    if (bad)
      unlink(temporary);
  }
  if (bad)
    snprintf(why, n, "cannot write '%.300s/%s': %s", dir, name, strerror(bad));
  return bad;
}

/* ".NAME.PROCESS.part" */
static long writer_of(const char *name) {
  char *end;
  const char *dot = strrchr(name, '.');
  if (name[0] != '.' || strcmp(dot, ".part"))
    return 0;
  while (dot > name && dot[-1] != '.')
    dot--;
  const long process = strtol(dot, &end, 10);
  return strcmp(end, ".part") ? 0 : process;
}

void whole_file_tidy(const char *dir) {
  char path[PATH_MAX];
  DIR *folder = opendir(dir);
  for (struct dirent *entry; folder && (entry = readdir(folder));) {
    const long process = writer_of(entry->d_name);
    if (process > 0 && kill((pid_t)process, 0) && errno == ESRCH &&
        snprintf(path, sizeof path, "%s/%s", dir, entry->d_name) < PATH_MAX)
      unlink(path);
  }
  if (folder)
    closedir(folder);
}

int folder_make(const char *dir, size_t *made, char *why, size_t n) {
  char path[PATH_MAX];
  size_t length = strlen(dir);
  *made = length;
  if (!length || length >= sizeof path) {
    snprintf(why, n, "the name of the output folder is %s", length ? "too long" : "empty");
    return ENAMETOOLONG;
  }
  memcpy(path, dir, length + 1);
  size_t old = 0; /* length of the prefix known to exist */
  for (size_t i = 1; i <= length; i++) {
    if (path[i] != '/' && path[i])
      continue;
    char keep = path[i];
    path[i] = 0;
    struct stat info;
    int bad = mkdir(path, 0777) ? errno : 0;
    if (bad && !stat(path, &info) && S_ISDIR(info.st_mode))
      old = i;
    else if (bad) {
      snprintf(why, n, "cannot create folder '%.300s': %s", path, strerror(bad == EEXIST ? ENOTDIR : bad));
      folder_unmake(path, old);
      return bad;
    }
    path[i] = keep;
  }
  *made = old;
  return 0;
}

void folder_unmake(const char *dir, size_t made) {
  char path[PATH_MAX];
  size_t length = strlen(dir);
  if (length >= sizeof path)
    return;
  memcpy(path, dir, length + 1);
  for (size_t i = length; i > made; i--)
    if (i == length || path[i] == '/') {
      path[i] = 0;
      rmdir(path);
    }
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place) {
  (void)info, (void)kind, (void)place;
  (void)remove(path);
  return 0;
}

void folder_remove(const char *dir) { (void)nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS); }
