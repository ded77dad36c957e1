#include "materials/material_file.h"

#include "materials/content_file.h"
#include "materials/material.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOLDERS = 4, NAMES = 1000 };

/* The folders that are searched, in order: that of the case file, the user's, the one the program was built with, the
   one installed beside the program. */
typedef struct Folders {
  int n;
  char path[FOLDERS][PETSC_MAX_PATH_LEN];
} Folders;

static void add_folder(Folders *folders, const char *path, int length) {
  int n = snprintf(folders->path[folders->n], PETSC_MAX_PATH_LEN, "%.*s", length, path);
  if (n > 0 && n < PETSC_MAX_PATH_LEN)
    folders->n++;
}

static void add_installed(Folders *folders) {
  char program[PETSC_MAX_PATH_LEN];
  ssize_t n = readlink("/proc/self/exe", program, sizeof program - 64);
  if (n <= 0)
    return;
  program[n] = 0;
  char *slash = strrchr(program, '/');
  strcpy(slash ? slash : program, "/../share/trabecula/materials");
  add_folder(folders, program, (int)strlen(program));
}

static void find_folders(const char *beside, Folders *folders) {
  const char *set = getenv("TRABECULA_MATERIALS");
  folders->n = 0;
  if (beside) {
    const char *slash = strrchr(beside, '/');
    add_folder(folders, slash ? beside : ".", slash ? PetscMax(1, (int)(slash - beside)) : 1);
  }
  if (set && set[0])
    add_folder(folders, set, (int)strlen(set));
  add_folder(folders, TRABECULA_MATERIALS_DIR, (int)strlen(TRABECULA_MATERIALS_DIR));
  add_installed(folders);
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

static int scan(const char *folder, int n, char (*name)[MATERIAL_NAME]) {
  DIR *open = opendir(folder);
  if (!open)
    return n;
  for (struct dirent *entry; (entry = readdir(open)) && n < NAMES;) {
    size_t length = strlen(entry->d_name);
    if (length < 6 || length - 5 >= MATERIAL_NAME || strcmp(entry->d_name + length - 5, ".yaml"))
      continue;
    memcpy(name[n], entry->d_name, length - 5);
    name[n++][length - 5] = 0;
  }
  closedir(open);
  return n;
}

PetscErrorCode material_file_names(MPI_Comm comm, int *n, char (**name)[MATERIAL_NAME]) {
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(PetscMalloc1(NAMES, name));
  *n = 0;
  if (!rank) {
    Folders folders;
    find_folders(NULL, &folders);
    for (int f = 0; f < folders.n; f++)
      *n = scan(folders.path[f], *n, *name);
    qsort(*name, (size_t)*n, sizeof **name, by_name);
    int kept = 0;
    for (int i = 0; i < *n; i++)
      if (!kept || strcmp((*name)[kept - 1], (*name)[i]))
        memmove((*name)[kept++], (*name)[i], MATERIAL_NAME);
    *n = kept;
  }
  PetscCallMPI(MPI_Bcast(n, 1, MPI_INT, 0, comm));
  PetscCallMPI(MPI_Bcast(*name, *n * MATERIAL_NAME, MPI_CHAR, 0, comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The file of a name, decided by rank 0; empty if there is none. */
static PetscErrorCode find_file(MPI_Comm comm, const char *beside, const char *name, char *file) {
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  file[0] = 0;
  if (!rank) {
    Folders folders;
    find_folders(beside, &folders);
    for (int f = 0; f < folders.n; f++) {
      int n = snprintf(file, PETSC_MAX_PATH_LEN, "%s/%s.yaml", folders.path[f], name);
      if (n < PETSC_MAX_PATH_LEN && !access(file, F_OK))
        break;
      file[0] = 0;
    }
  }
  PetscCallMPI(MPI_Bcast(file, PETSC_MAX_PATH_LEN, MPI_CHAR, 0, comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode refuse_name(const Document *doc, const char *path, const char *word) {
  enum { LIST = 700 };
  char(*name)[MATERIAL_NAME] = NULL, list[LIST] = "", near[MATERIAL_NAME + 32] = "";
  const char *names[NAMES];
  int n = 0;
  size_t used = 0;
  PetscFunctionBeginUser;
  PetscCall(material_file_names(document_comm(doc), &n, &name));
  for (int i = 0; i < n; i++) {
    names[i] = name[i];
    if (used + strlen(name[i]) + 3 < sizeof list)
      used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", name[i]);
  }
  int nearest = name_nearest(word, n, names);
  if (nearest >= 0)
    snprintf(near, sizeof near, "; did you mean '%s'?", name[nearest]);
  PetscCall(PetscFree(name));
  PetscCall(document_error(doc, path, "material '%.80s' is not known%s known: %s; or NAME.yaml beside the case file",
                           word, near[0] ? near : ";",
                           n ? list : "none (TRABECULA_MATERIALS names no folder of them)"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static bool is_name(const char *word) { return strlen(word) < MATERIAL_NAME && !strchr(word, '/'); }

PetscErrorCode material_content(const Document *doc, const char *path, Content *content) {
  const char *word = "";
  char from[PETSC_MAX_PATH_LEN], found[PETSC_MAX_PATH_LEN] = "";
  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(from, sizeof from, "%s.from", path));
  if (document_has(doc, from))
    path = from;
  if (document_type(doc, path) == KEY_MAP || document_type(doc, path) == KEY_LIST)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(document_text(doc, path, &word));
  if (is_name(word))
    PetscCall(find_file(document_comm(doc), document_file(doc), word, found));
  PetscCall(content_add_file(document_comm(doc), found, content));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The file of the name at path, checked. */
static PetscErrorCode read_file(const Document *doc, const char *path, Document **file) {
  const KeyTable table = {n_material_keys, material_keys};
  const char *word = "";
  char found[PETSC_MAX_PATH_LEN] = "";
  PetscFunctionBeginUser;
  PetscCall(document_text(doc, path, &word));
  if (is_name(word))
    PetscCall(find_file(document_comm(doc), document_file(doc), word, found));
  if (!found[0])
    PetscCall(refuse_name(doc, path, word));
  PetscCall(document_read(document_comm(doc), found, file));
  PetscCall(document_check(*file, 1, &table));
  if (document_has(*file, "from"))
    PetscCall(document_error(*file, "from", "key 'from' belongs to the materials of a case, not to a material file"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode material_file_read(const Document *doc, const char *path, Document **file) {
  PetscFunctionBeginUser;
  *file = NULL;
  PetscErrorCode code = read_file(doc, path, file);
  if (code)
    PetscCall(document_destroy(file));
  PetscFunctionReturn(code);
}

/* Replaced values are those of the case, whatever the file says of their source. */
static PetscErrorCode replace_sources(const Document *doc, const char *path, Document *file) {
  char given[512], source[256], set[512];
  PetscFunctionBeginUser;
  for (int i = 0; i < n_material_keys; i++) {
    const char *key = material_keys[i].path;
    snprintf(given, sizeof given, "%s.%s", path, key);
    snprintf(source, sizeof source, "sources.%s", key);
    bool replaced = document_has(doc, given) && document_has(file, source);
    snprintf(given, sizeof given, "%s.%s", path, source);
    if (!replaced || document_has(doc, given))
      continue;
    snprintf(set, sizeof set, "%s=as given in the case", source);
    PetscCall(document_set(file, set));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode vary(const Document *doc, const char *path, Document *file) {
  const KeyTable table = {n_material_keys, material_keys};
  PetscFunctionBeginUser;
  PetscCall(document_merge(file, doc, path));
  PetscCall(document_check(file, 1, &table));
  PetscCall(replace_sources(doc, path, file));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode material_file_varied(const Document *doc, const char *path, Document **file) {
  char from[512];
  PetscFunctionBeginUser;
  snprintf(from, sizeof from, "%s.from", path);
  PetscCall(material_file_read(doc, from, file));
  PetscErrorCode code = vary(doc, path, *file);
  if (code)
    PetscCall(document_destroy(file));
  PetscFunctionReturn(code);
}
