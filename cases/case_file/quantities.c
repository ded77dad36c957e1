/* Names of quantities: a pattern of the table is expanded to all names that this case can give, and names are looked up
   among those. So a name that is not there is a mistake of typing, known before any work; and one whose row wants
   another model, or more than the case asks for, is known to be skipped. */
#include "cases/case_file/quantities.h"
#include "cases/case_file/case.h"
#include <fnmatch.h>
#include <string.h>

typedef struct List {
  const Case *c;
  const QuantityRow *row;
  PetscInt n, room;
  QuantityName *name;
} List;

static PetscErrorCode add(List *list, const char *name) {
  PetscFunctionBeginUser;
  if (list->n == list->room) {
    list->room = list->room ? 2 * list->room : 256;
    PetscCall(PetscRealloc((size_t)list->room * sizeof *list->name, &list->name));
  }
  list->name[list->n].row = list->row;
  PetscCall(PetscStrncpy(list->name[list->n++].name, name, QUANTITY_ROOM));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode expand(List *list, const char *done, const char *rest);

/* done + the first n letters of word, then the rest. */
static PetscErrorCode join(List *list, const char *done, size_t n, const char *word, const char *rest) {
  char next[QUANTITY_ROOM];
  PetscFunctionBeginUser;
  if ((size_t)snprintf(next, sizeof next, "%s%.*s", done, (int)n, word) < sizeof next)
    PetscCall(expand(list, next, rest));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The members of the mapping, or the numbers of the list, at path. */
static PetscErrorCode expand_members(List *list, const char *done, const char *path, const char *rest) {
  const Document *doc = list->c->doc;
  const char *name;
  PetscInt n;
  PetscFunctionBeginUser;
  if (!document_has(doc, path))
    PetscFunctionReturn(PETSC_SUCCESS);
  const bool map = document_type(doc, path) == KEY_MAP;
  n = 1;
  if (map || document_type(doc, path) == KEY_LIST)
    PetscCall(document_count(doc, path, &n));
  double number[64];
  PetscInt room = 64;
  if (!map && n <= room)
    PetscCall(document_numbers(doc, path, &room, number));
  for (PetscInt i = 0; i < n && (map || i < room); i++) {
    char text[32];
    if (map)
      PetscCall(document_member(doc, path, i, &name));
    else
      PetscCall(PetscSNPrintf(text, sizeof text, "%.6g", number[i]));
    PetscCall(join(list, done, strlen(map ? name : text), map ? name : text, rest));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode expand(List *list, const char *done, const char *rest) {
  const size_t plain = strcspn(rest, "{<");
  char head[QUANTITY_ROOM], path[128];
  PetscFunctionBeginUser;
  if ((size_t)snprintf(head, sizeof head, "%s%.*s", done, (int)plain, rest) >= sizeof head)
    PetscFunctionReturn(PETSC_SUCCESS); /* no run gives names of this length */
  rest += plain;
  if (!*rest) {
    PetscCall(add(list, head));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  const char *end = strchr(rest, *rest == '{' ? '}' : '>');
  PetscCheck(end && end - rest < (ptrdiff_t)sizeof path, PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "pattern of quantities '%s' does not close", list->row->pattern);
  if (*rest == '<') {
    PetscCall(PetscSNPrintf(path, sizeof path, "%.*s", (int)(end - rest - 1), rest + 1));
    PetscCall(expand_members(list, head, path, end + 1));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  for (const char *word = rest + 1; word <= end; word += strcspn(word, ",}") + 1)
    PetscCall(join(list, head, strcspn(word, ",}"), word, end + 1));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode quantity_names(const Case *c, PetscInt *n, QuantityName **names) {
  List list = {.c = c};
  PetscFunctionBeginUser;
  PetscErrorCode failed = PETSC_SUCCESS;
  for (int i = 0; i < c->runner->quantities->n && !failed; i++) {
    list.row = &c->runner->quantities->row[i];
    failed = expand(&list, "", list.row->pattern);
  }
  if (failed)
    (void)PetscFree(list.name);
  PetscCall(failed);
  *n = list.n;
  *names = list.name;
  PetscFunctionReturn(PETSC_SUCCESS);
}

const QuantityName *quantity_find(PetscInt n, const QuantityName *names, const char *name) {
  for (PetscInt i = 0; i < n; i++)
    if (!strcmp(names[i].name, name) || (strchr(names[i].row->pattern, '*') && !fnmatch(names[i].name, name, 0)))
      return &names[i];
  return NULL;
}

PetscErrorCode quantity_reason(const Case *c, const QuantityRow *row, size_t n, char *why) {
  static const char *const model[] = {"", "voxel", "frame", "both"};
  const unsigned has = (c->wants_voxel ? QUANTITY_VOXEL : 0) | (c->wants_frame ? QUANTITY_FRAME : 0);
  PetscBool given = PETSC_TRUE;
  PetscFunctionBeginUser;
  why[0] = 0;
  if ((row->models & has) != row->models)
    PetscCall(PetscSNPrintf(why, n, "model: %s does not give it (model: %s does)", model[has],
                            row->models == QUANTITY_BOTH    ? "both"
                            : row->models == QUANTITY_VOXEL ? "voxel or both"
                                                            : "frame or both"));
  else if (row->given)
    PetscCall(row->given(c, &given));
  if (!given)
    PetscCall(PetscSNPrintf(why, n, "this case does not ask for it: %s", row->otherwise));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode refuse(const Case *c, PetscInt n, const QuantityName *names, const char *name) {
  char path[PETSC_MAX_PATH_LEN];
  const char **plain;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &plain));
  for (PetscInt i = 0; i < n; i++)
    plain[i] = names[i].name;
  const int near = name_nearest(name, (int)n, plain);
  PetscCall(PetscFree(plain));
  PetscCall(PetscSNPrintf(path, sizeof path, "expect.%s", name));
  if (near >= 0)
    PetscCall(document_error(c->doc, path,
                             "expectation '%s': no run of this case gives such a quantity; did you mean "
                             "'%s'?",
                             name, names[near].name));
  PetscCall(document_error(c->doc, path,
                           "expectation '%s': no run of this case gives such a quantity; `trabecula list "
                           "quantities %s` names them",
                           name, c->runner->name));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode quantities_check_expect(const Case *c) {
  PetscInt n, n_names;
  QuantityName *names;
  const char *name;
  PetscFunctionBeginUser;
  if (!document_has(c->doc, "expect"))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(document_count(c->doc, "expect", &n));
  PetscCall(quantity_names(c, &n_names, &names));
  PetscErrorCode failed = PETSC_SUCCESS;
  for (PetscInt i = 0; i < n && !failed; i++) {
    failed = document_member(c->doc, "expect", i, &name);
    if (!failed && !quantity_find(n_names, names, name))
      failed = refuse(c, n_names, names, name);
  }
  PetscCall(PetscFree(names));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode quantities_skip(const Case *c, const char *name, size_t n, char *why) {
  PetscInt n_names;
  QuantityName *names;
  PetscFunctionBeginUser;
  why[0] = 0;
  PetscCall(quantity_names(c, &n_names, &names));
  const QuantityName *found = quantity_find(n_names, names, name);
  PetscErrorCode failed = found ? quantity_reason(c, found->row, n, why) : PETSC_SUCCESS;
  PetscCall(PetscFree(names));
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}
