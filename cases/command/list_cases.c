#include "cases/command/list_cases.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_yaml(const struct dirent *entry) {
  size_t n = strlen(entry->d_name);
  return n > 5 && !strcmp(entry->d_name + n - 5, ".yaml");
}

/* The value of "key: value" at the beginning of a line, without quotes and comments. */
static void take(const char *line, const char *key, char *value, size_t n) {
  size_t m = strlen(key);
  if (value[0] || strncmp(line, key, m) || line[m] != ':')
    return;
  line += m + 1 + strspn(line + m + 1, " \t");
  char end = *line == '"' || *line == '\'' ? *line++ : 0;
  size_t length = end ? strcspn(line, end == '"' ? "\"\n" : "'\n") : strcspn(line, "#\n");
  while (length && line[length - 1] == ' ')
    length--;
  snprintf(value, n, "%.*s", (int)length, line);
}

/* The first sentence or line of the comment that opens the file, for cases without title. */
static void take_comment(const char *line, char *comment, size_t n) {
  if (comment[0] || line[0] != '#')
    return;
  line += 1 + strspn(line + 1, "# \t");
  snprintf(comment, n, "%.*s", (int)strcspn(line, "\n"), line);
}

static PetscErrorCode add_file(json_t *table, const char *folder, const char *name) {
  char path[PETSC_MAX_PATH_LEN], line[1024], runner[64] = "", title[256] = "", comment[256] = "";
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, "%s/%s", folder, name));
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file)) {
    take(line, "runner", runner, sizeof runner);
    take(line, "title", title, sizeof title);
    take_comment(line, comment, sizeof comment);
  }
  if (file)
    fclose(file);
  if (runner[0])
    PetscCall(table_cells(table, (const char *const[]){path, runner, title[0] ? title : comment}));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode list_case_files(json_t *table) {
  char folder[PETSC_MAX_PATH_LEN] = "cases";
  struct dirent **entries = NULL;
  PetscFunctionBeginUser;
  int n = scandir(folder, &entries, is_yaml, alphasort);
  if (n <= 0) {
    char self[PETSC_MAX_PATH_LEN - 16];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length > 0 ? length : 0] = 0;
    for (int up = 0; up < 2 && strrchr(self, '/'); up++)
      *strrchr(self, '/') = 0;
    PetscCall(PetscSNPrintf(folder, sizeof folder, "%s/cases", self));
    free(entries);
    n = scandir(folder, &entries, is_yaml, alphasort);
  }
  PetscErrorCode failed = PETSC_SUCCESS;
  for (int i = 0; i < n; i++) {
    if (!failed)
      failed = add_file(table, folder, entries[i]->d_name);
    free(entries[i]);
  }
  if (n >= 0)
    free(entries);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}
