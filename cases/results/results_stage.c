/* Where the files of a run wait until the run is good: dir/.partial-HOST-PID. */
#include "cases/case_file/interrupt.h"
#include "cases/case_file/plain_text.h"
#include "cases/results/own_files.h"
#include "cases/results/results_impl.h"
#include "cases/results/table.h"
#include "cases/results/whole_file.h"
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_ROOM = PETSC_MAX_PATH_LEN + 300 };

static bool is_dot(const char *name) { return !strcmp(name, ".") || !strcmp(name, ".."); }

/* ".partial-HOST-": process numbers mean something on their own machine only. */
static void stage_prefix(char *prefix, size_t n) {
  char host[128] = "";
  gethostname(host, sizeof host - 1);
  for (char *c = host; *c; c++)
    if (*c == '/')
      *c = '_';
  snprintf(prefix, n, ".partial-%s-", host);
}

/* A run that was killed outright could not clean up. */
static void remove_stale(const char *dir, const char *prefix) {
  char path[PATH_ROOM], *end;
  size_t m = strlen(prefix);
  DIR *folder = opendir(dir);
  for (struct dirent *entry; folder && (entry = readdir(folder));) {
    if (strncmp(entry->d_name, prefix, m))
      continue;
    long pid = strtol(entry->d_name + m, &end, 10);
    if (pid > 0 && !*end && kill((pid_t)pid, 0) && errno == ESRCH &&
        snprintf(path, sizeof path, "%s/%s", dir, entry->d_name) < PATH_ROOM)
      folder_remove(path);
  }
  if (folder)
    closedir(folder);
}

static int probe(FILE *file, void *context) {
  (void)context;
  return fputs("trabecula\n", file) < 0 ? errno : 0;
}

/* A disk that takes a folder may still refuse a file. */
static int probe_stage(const Results *results, char *why, size_t n) {
  char path[PATH_ROOM];
  int bad = whole_file_write(results->stage, "probe", probe, NULL, why, n);
  if (bad)
    snprintf(why, n, "cannot write to folder '%.300s': %s", results->dir, strerror(bad));
  else if (snprintf(path, sizeof path, "%s/probe", results->stage) < PATH_ROOM)
    unlink(path);
  return bad;
}

static void release(Results *results) {
  folder_release(results->dir, results->claim);
  results->claim = -1;
}

/* A second sweep in one folder wants the same points: it waits for the first and finds them computed. Any other second
   run is refused. */
static int claim_or_wait(Results *results, char *why, size_t n) {
  int bad = folder_claim(results->dir, &results->claim, why, n);
  if (bad == EBUSY && results->c->runner->is_sweep && !results->quiet)
    plain_print(stdout, "waiting for the sweep that is at work in '%.300s'\n", results->dir);
  while (bad == EBUSY && results->c->runner->is_sweep) {
    nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
    why[0] = 0;
    bad = folder_claim(results->dir, &results->claim, why, n);
  }
  return bad;
}

/* The folder for this run alone, and without results that could be taken for its own. */
static int claim(Results *results, char *why, size_t n) {
  bool moved;
  int bad = claim_or_wait(results, why, n);
  if (!bad) {
    bad = own_set_aside(results->dir, &moved, why, n);
    if (bad)
      release(results);
  }
  return bad;
}

int stage_make(Results *results, char *why, size_t n) {
  char prefix[160];
  int bad = folder_make(results->dir, &results->made, why, n);
  if (bad)
    return bad;
  bad = claim(results, why, n);
  if (bad) {
    folder_unmake(results->dir, results->made);
    return bad;
  }
  stage_prefix(prefix, sizeof prefix);
  remove_stale(results->dir, prefix);
  if (snprintf(results->stage, sizeof results->stage, "%s/%s%ld", results->dir, prefix, (long)getpid()) >=
          (int)sizeof results->stage ||
      mkdir(results->stage, 0777)) {
    bad = errno ? errno : ENAMETOOLONG;
    snprintf(why, n, "cannot write to folder '%.300s': %s", results->dir, strerror(bad));
    release(results);
    folder_unmake(results->dir, results->made);
    return bad;
  }
  interrupt_guard(results->stage, results->dir, results->made);
  bad = probe_stage(results, why, n);
  if (bad) {
    release(results);
    interrupt_clean();
  }
  return bad;
}

int stage_list(Results *results) {
  static const char *const always[] = {"case.resolved.yaml", "report.json", "report.html", "summary.json"};
  json_t *files = json_array();
  int bad = 0;
  for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
    bad |= json_array_append_new(files, json_string(always[i]));
  if (json_object_get(results->record, "history"))
    bad |= json_array_append_new(files, json_string("history.csv"));
  DIR *folder = opendir(results->stage);
  for (struct dirent *entry; folder && (entry = readdir(folder));)
    if (!is_dot(entry->d_name))
      bad |= json_array_append_new(files, json_text(entry->d_name));
  bad |= json_object_set_new(results->record, "files", files);
  if (!folder)
    return errno;
  closedir(folder);
  return bad ? ENOMEM : 0;
}

static int move(const Results *results, const char *name) {
  char from[PATH_ROOM], to[PATH_ROOM];
  if (snprintf(from, sizeof from, "%s/%s", results->stage, name) >= PATH_ROOM ||
      snprintf(to, sizeof to, "%s/%s", results->dir, name) >= PATH_ROOM)
    return ENAMETOOLONG;
  const int bad = own_make_way(to); /* somebody put it there while the run was at work */
  return bad ? bad : rename(from, to) ? errno : 0;
}

int stage_publish(Results *results, char *why, size_t n) {
  DIR *folder = opendir(results->stage);
  int bad = folder ? 0 : errno;
  for (struct dirent *entry; !bad && (entry = readdir(folder));)
    if (!is_dot(entry->d_name) && strcmp(entry->d_name, "summary.json"))
      bad = move(results, entry->d_name);
  if (folder)
    closedir(folder);
  if (!bad)
    bad = move(results, "summary.json");
  if (!bad)
    own_forget_earlier(results->dir);
  if (bad) {
    snprintf(why, n, "cannot put the results into '%.300s': %s", results->dir, strerror(bad));
    return bad;
  }
  interrupt_guard(NULL, NULL, 0);
  rmdir(results->stage);
  return 0;
}
