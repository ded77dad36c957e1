#include "cases/case_file/case_content.h"
#include "cases/case_file/version.h"
#include "materials/content_file.h"
#include "materials/material.h"
#include <string.h>

/* An image may be two files: NAME.hdr with its numbers in NAME.img, either of them packed. */
static PetscErrorCode add_file(const Case *c, const char *path, Content *content) {
  static const char *const endings[] = {".img", ".img.gz"};
  char file[PETSC_MAX_PATH_LEN];
  PetscFunctionBeginUser;
  PetscCall(document_path(c->doc, path, file));
  PetscCall(content_add_file(c->comm, file, content));
  char *ending = strstr(file, ".hdr");
  if (ending && (!strcmp(ending, ".hdr") || !strcmp(ending, ".hdr.gz")))
    for (int i = 0; i < 2; i++) {
      char numbers[PETSC_MAX_PATH_LEN];
      PetscCall(PetscSNPrintf(numbers, sizeof numbers, "%.*s%s", (int)(ending - file), file, endings[i]));
      PetscCall(content_add_file(c->comm, numbers, content));
    }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A key that takes a name or a mapping is a material. */
static bool is_material(const KeyRow *row) {
  return (row->type & KEY_ANY) || (row->type & (KEY_TEXT | KEY_MAP)) == (KEY_TEXT | KEY_MAP);
}

/* The files that the keys at a row's path name; every member of the mapping where the path has a '*'. */
static PetscErrorCode add_row(const Case *c, const KeyRow *row, const char *path, Content *content) {
  const char *star = strstr(path, ".*"), *name;
  char of[256], member[512];
  PetscInt n;
  PetscFunctionBeginUser;
  if (!star) {
    if (document_has(c->doc, path) && is_material(row))
      PetscCall(material_content(c->doc, path, content));
    else if (document_has(c->doc, path))
      PetscCall(add_file(c, path, content));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(PetscSNPrintf(of, sizeof of, "%.*s", (int)(star - path), path));
  if (!document_has(c->doc, of))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(document_count(c->doc, of, &n));
  for (PetscInt i = 0; i < n; i++) {
    PetscCall(document_member(c->doc, of, i, &name));
    PetscCall(PetscSNPrintf(member, sizeof member, "%s.%s%s", of, name, star + 2));
    PetscCall(add_row(c, row, member, content));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode case_content(const Case *c, Content *content) {
  static const char *const left_out[] = {"title", "expect", "cache", "solver.checkpoint_s"};
  KeyTable tables[CASE_TABLES];
  const int n_tables = runner_tables(c->runner, tables);
  PetscFunctionBeginUser;
  *content = (Content){0, 0};
  content_add_text(content, trabecula_version);
  PetscCall(document_content(c->doc, sizeof left_out / sizeof left_out[0], left_out, content));
  for (int t = 0; t < n_tables; t++)
    for (int i = 0; i < tables[t].n; i++)
      if (is_material(&tables[t].row[i]) ||
          ((tables[t].row[i].type & KEY_FILE) && strcmp(tables[t].row[i].path, "cache")))
        PetscCall(add_row(c, &tables[t].row[i], tables[t].row[i].path, content));
  PetscFunctionReturn(PETSC_SUCCESS);
}
