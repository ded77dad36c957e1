/* Results of an earlier run, files of strangers, and a claim on the folder.
   A run writes beside its results a list of them with the XXH3 hash of each (.trabecula.json). The next run into the
   folder takes for its own what has a name that a run can give and the content of the list: those move to earlier/
   before any work, so that a run that fails leaves no old summary that looks like its own, and are removed once the new
   results are whole. Anything else of such a name gets another one. Nothing that a file merely claims is believed. */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "cases/results/own_files.h"
#include "cases/case_file/interrupt.h"
#include "cases/case_file/plain_text.h"
#include "cases/results/whole_file.h"
#include "materials/content.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char list_name[] = ".trabecula.json", lock_name[] = INTERRUPT_LOCK;

/* segment.vtkhdf, cage-frame.vtkhdf */
static bool is_fields(const char *name) {
  static const char ending[] = ".vtkhdf";
  const size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
  return n && !strcmp(name + n, ending);
}

bool own_name(const char *name) {
  static const char *const fixed[] = {"case.resolved.yaml", "report.json", "report.html",
                                      "summary.json",       "history.csv", "points.csv"};
  for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
    if (!strcmp(name, fixed[i]))
      return true;
  return is_fields(name);
}

static int path_of(const char *dir, const char *name, char path[PATH_MAX]) {
  return snprintf(path, PATH_MAX, "%s/%s", dir, name) < PATH_MAX ? 0 : ENAMETOOLONG;
}

/* The content of a plain file; a link, a folder, or what cannot be read has none. */
static int hash(const char *path, char text[CONTENT_TEXT]) {
  enum { CHUNK = 1 << 20 };
  Content content = {0, 0};
  struct stat info;
  char *chunk = malloc(CHUNK);
  size_t n;
  FILE *file = !chunk || lstat(path, &info) || !S_ISREG(info.st_mode) ? NULL : fopen(path, "rb");
  while (file && (n = fread(chunk, 1, CHUNK, file)) > 0)
    content_add(&content, n, chunk);
  const int bad = !file || ferror(file);
  if (file)
    fclose(file);
  free(chunk);
  content_text(&content, text);
  return bad;
}

/* Calls each for every result name in the folder, in any order, until one fails. */
static int for_names(const char *dir, int (*each)(const char *dir, const char *name, void *context), void *context) {
  int bad = 0;
  DIR *folder = opendir(dir);
  if (!folder)
    return errno == ENOENT ? 0 : errno;
  for (struct dirent *entry; !bad && (entry = readdir(folder));)
    if (own_name(entry->d_name))
      bad = each(dir, entry->d_name, context);
  closedir(folder);
  return bad;
}

static int add_hash(const char *dir, const char *name, void *files) {
  char path[PATH_MAX], text[CONTENT_TEXT];
  if (path_of(dir, name, path) || hash(path, text))
    return EIO;
  return json_object_set_new(files, name, json_string(text)) ? ENOMEM : 0;
}

static int put_list(FILE *file, void *list) {
  return json_dumpf(list, file, JSON_INDENT(1) | JSON_SORT_KEYS) || fputc('\n', file) == EOF ? errno ? errno : EIO : 0;
}

int own_write(const char *folder, char *why, size_t n) {
  json_t *files = json_object(), *list = json_pack("{s:s, s:o}", "written_by", "trabecula", "files", files);
  int bad = list ? for_names(folder, add_hash, files) : ENOMEM;
  if (bad)
    snprintf(why, n, "cannot list the results in '%.300s': %s", folder, strerror(bad));
  else
    bad = whole_file_write(folder, list_name, put_list, list, why, n);
  json_decref(list);
  return bad;
}

static json_t *read_list(const char *dir) {
  char path[PATH_MAX];
  return path_of(dir, list_name, path) ? NULL : json_load_file(path, 0, NULL);
}

static bool is_own(const json_t *list, const char *path, const char *name) {
  char text[CONTENT_TEXT];
  const char *wanted = json_string_value(json_object_get(json_object_get(list, "files"), name));
  return wanted && !hash(path, text) && !strcmp(text, wanted);
}

/* NAME.1, or the first number that is free. */
int own_make_way(const char *path) {
  char to[PATH_MAX];
  struct stat info;
  if (lstat(path, &info))
    return errno == ENOENT ? 0 : errno;
  for (int i = 1; i < 1000; i++) {
    if (snprintf(to, sizeof to, "%s.%d", path, i) >= PATH_MAX)
      return ENAMETOOLONG;
    if (!lstat(to, &info))
      continue;
    if (rename(path, to))
      return errno;
    plain_print(stderr,
                "trabecula: warning: '%s' was not written by this program, or was changed since: it is now '%s'\n",
                path, to);
    return 0;
  }
  return EEXIST;
}

typedef struct Sort {
  const json_t *list;
  const char *to; /* folder for results of an earlier run; NULL: they are removed */
  bool any;
} Sort;

static int sort_one(const char *dir, const char *name, void *context) {
  Sort *sort = context;
  char path[PATH_MAX], to[PATH_MAX];
  if (path_of(dir, name, path) || (sort->to && path_of(sort->to, name, to)))
    return ENAMETOOLONG;
  if (!is_own(sort->list, path, name)) /* fields of others stay until they are in the way */
    return is_fields(name) ? 0 : own_make_way(path);
  sort->any = true;
  return (sort->to ? rename(path, to) : unlink(path)) ? errno : 0;
}

/* Results in dir to the folder `to`, or away. */
static int sort_out(const char *dir, const char *to, bool *any) {
  char from_list[PATH_MAX], to_list[PATH_MAX];
  Sort sort = {read_list(dir), to, false};
  int bad = for_names(dir, sort_one, &sort);
  json_decref((json_t *)sort.list);
  *any = sort.any;
  if (bad || path_of(dir, list_name, from_list) || (to && path_of(to, list_name, to_list)))
    return bad;
  if (sort.any && to)
    return rename(from_list, to_list) && errno != ENOENT ? errno : 0;
  return unlink(from_list) && errno != ENOENT ? errno : 0;
}

/* Whether dir holds a result that its list knows. */
static int see_one(const char *dir, const char *name, void *context) {
  Sort *sort = context;
  char path[PATH_MAX];
  sort->any |= !path_of(dir, name, path) && is_own(sort->list, path, name);
  return 0;
}

static bool holds_results(const char *dir) {
  Sort sort = {read_list(dir), NULL, false};
  if (sort.list)
    (void)for_names(dir, see_one, &sort);
  json_decref((json_t *)sort.list);
  return sort.any;
}

int own_replace(const char *dir, const char *name, int (*body)(FILE *, void *), void *context, char *why, size_t n) {
  char path[PATH_MAX];
  json_t *list = read_list(dir);
  int bad = path_of(dir, name, path);
  if (!bad && !is_own(list, path, name))
    bad = own_make_way(path);
  if (bad)
    snprintf(why, n, "cannot write '%.300s/%s': %s", dir, name, strerror(bad));
  else
    bad = whole_file_write(dir, name, body, context, why, n);
  if (!bad && json_object_get(list, "files")) {
    bad = add_hash(dir, name, json_object_get(list, "files"));
    bad = bad ? bad : whole_file_write(dir, list_name, put_list, list, why, n);
  }
  json_decref(list);
  return bad;
}

int own_set_aside(const char *dir, bool *moved, char *why, size_t n) {
  char earlier[PATH_MAX];
  bool any;
  int bad = path_of(dir, "earlier", earlier);
  *moved = false;
  if (!bad && holds_results(dir)) {
    bad = sort_out(earlier, NULL, &any);
    if (!bad && mkdir(earlier, 0777) && errno != EEXIST)
      bad = errno;
    if (!bad)
      bad = sort_out(dir, earlier, moved);
  } else if (!bad)
    bad = sort_out(dir, NULL, &any); /* only files of others, if any */
  if (bad)
    snprintf(why, n, "cannot put earlier results in '%.300s' aside: %s", dir, strerror(bad));
  return bad;
}

bool own_has_earlier(const char *dir) {
  char earlier[PATH_MAX];
  return !path_of(dir, "earlier", earlier) && holds_results(earlier);
}

void own_forget_earlier(const char *dir) {
  char earlier[PATH_MAX];
  bool any;
  if (path_of(dir, "earlier", earlier) || !holds_results(earlier))
    return;
  (void)sort_out(earlier, NULL, &any);
  (void)rmdir(earlier); /* stays where others put something there */
}

void folder_claim_file(const char *dir, char *path, size_t n) { snprintf(path, n, "%s/%s", dir, lock_name); }

/* Open file description locks: of the open file, not of the process; they end with its last descriptor. NFS has them
   from its server's lock manager. Where there is none (ENOLCK, ENOTSUP) nothing can be claimed, which is said. */
static int lock(int file) {
  struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (!fcntl(file, F_OFD_SETLK, &all))
    return 0;
  if (errno == EAGAIN || errno == EACCES)
    return EBUSY;
  plain_print(stderr,
              "trabecula: warning: this file system locks no files (%s): a second run into the same folder "
              "would not be noticed\n",
              strerror(errno));
  return 0;
}

/* Who wrote the lock file last. */
static void say_holder(int file, const char *dir, char *why, size_t n) {
  char holder[200] = "";
  const ssize_t length = pread(file, holder, sizeof holder - 1, 0);
  holder[length > 0 ? length : 0] = 0;
  holder[strcspn(holder, "\n")] = 0;
  snprintf(why, n, "another run is at work in '%.300s'%s%s%s: give another folder (-o), or wait", dir,
           holder[0] ? " (" : "", holder, holder[0] ? ")" : "");
}

static void write_holder(int file) {
  char host[128] = "", text[200];
  gethostname(host, sizeof host - 1);
  const int n = snprintf(text, sizeof text, "process %ld on %s\n", (long)getpid(), host);
  if (ftruncate(file, 0) || pwrite(file, text, (size_t)n, 0) != n)
    return; /* a full disk: the lock holds without */
}

int folder_claim(const char *dir, int *claim, char *why, size_t n) {
  char path[PATH_MAX];
  struct stat here, there;
  folder_claim_file(dir, path, sizeof path);
  for (;;) {
    *claim = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (*claim < 0) {
      const int bad = errno;
      snprintf(why, n, "cannot write to folder '%.300s': %s", dir, strerror(bad));
      return bad;
    }
    if (lock(*claim)) {
      say_holder(*claim, dir, why, n);
      close(*claim);
      *claim = -1;
      return EBUSY;
    }
    if (!fstat(*claim, &here) && !stat(path, &there) && here.st_ino == there.st_ino && here.st_dev == there.st_dev)
      break;
    close(*claim); /* the run before removed it in between */
  }
  write_holder(*claim);
  return 0;
}

void folder_release(const char *dir, int claim) {
  char path[PATH_MAX];
  if (claim < 0)
    return;
  folder_claim_file(dir, path, sizeof path);
  unlink(path);
  close(claim);
}
