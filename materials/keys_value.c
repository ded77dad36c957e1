/* Values by path. */
#include "materials/keys_tree.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Names may hold dots ("expect.A.voxel.E_GPa.value"), so every child whose name begins the path is tried. */
static Node *find(const Node *node, const char *path, Node **nearest, const char **rest) {
  if (!*path)
    return (Node *)node;
  for (Node *child = node->first; child; child = child->next) {
    size_t n = strlen(child->name);
    if (strncmp(path, child->name, n) || (path[n] != '.' && path[n]))
      continue;
    const char *below = path + n + (path[n] == '.');
    if (strlen(below) < strlen(*rest)) {
      *nearest = child;
      *rest = below;
    }
    Node *found = find(child, below, nearest, rest);
    if (found)
      return found;
  }
  return NULL;
}

Node *tree_find(const Node *top, const char *path, Node **nearest, const char **rest) {
  Node *near = (Node *)top;
  const char *left = path;
  Node *found = find(top, path, &near, &left);
  if (nearest)
    *nearest = near;
  if (rest)
    *rest = left;
  return found;
}

void tree_path(const Node *node, size_t n, char *path) {
  const Node *chain[2 * DOCUMENT_DEPTH];
  int depth = 0;
  char whole[1024];
  size_t used = 0;
  for (; node->parent && depth < 2 * DOCUMENT_DEPTH; node = node->parent)
    chain[depth++] = node;
  whole[0] = 0;
  while (depth-- && used < sizeof whole - 1)
    used += (size_t)snprintf(whole + used, sizeof whole - used, "%s%s", used ? "." : "", chain[depth]->name);
  shown(whole, n, path);
}

/* [+-] digits [. digits] [e [+-] digits], at least one digit before the e. */
static bool looks_like_number(const char *s) {
  int digits = 0;
  s += *s == '+' || *s == '-';
  for (; isdigit((unsigned char)*s); s++)
    digits++;
  for (s += *s == '.'; isdigit((unsigned char)*s); s++)
    digits++;
  if (digits && (*s == 'e' || *s == 'E')) {
    s++;
    s += *s == '+' || *s == '-';
    if (!isdigit((unsigned char)*s))
      return false;
    while (isdigit((unsigned char)*s))
      s++;
  }
  return digits && !*s;
}

bool scalar_number(const Node *node, double *value) {
  if (node->kind != NODE_TEXT || node->quoted || !looks_like_number(node->text))
    return false;
  *value = strtod(node->text, NULL);
  return isfinite(*value);
}

bool scalar_integer(const Node *node, PetscInt *value) {
  double number;
  if (!scalar_number(node, &number) || strpbrk(node->text, ".eE"))
    return false;
  errno = 0;
  long long integer = strtoll(node->text, NULL, 10);
  *value = (PetscInt)integer;
  return !errno && (long long)*value == integer;
}

bool scalar_bool(const Node *node, PetscBool *value) {
  if (node->kind != NODE_TEXT || node->quoted)
    return false;
  *value = strcmp(node->text, "true") ? PETSC_FALSE : PETSC_TRUE;
  return *value || !strcmp(node->text, "false");
}

bool document_has(const Document *doc, const char *path) { return tree_find(doc->top, path, NULL, NULL) != NULL; }

KeyType document_type(const Document *doc, const char *path) {
  double number;
  PetscBool truth;
  const Node *node = tree_find(doc->top, path, NULL, NULL);
  if (!node)
    return (KeyType)0;
  if (node->kind != NODE_TEXT)
    return node->kind == NODE_MAP ? KEY_MAP : KEY_LIST;
  return scalar_number(node, &number) ? KEY_NUMBER : scalar_bool(node, &truth) ? KEY_BOOL : KEY_TEXT;
}

/* The node of a path that must be there. */
static PetscErrorCode get(const Document *doc, const char *path, const Node **node) {
  PetscFunctionBeginUser;
  *node = tree_find(doc->top, path, NULL, NULL);
  PetscCheck(*node, doc->comm, PETSC_ERR_PLIB, "%s: no key '%s', and no default", doc->file, path);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode refuse(const Document *doc, const Node *node, const char *what) {
  char name[2 * SHOWN_ROOM], value[SHOWN_ROOM];
  Mistakes m = {.doc = doc};
  PetscFunctionBeginUser;
  shown_name(node, sizeof name, name);
  shown_value(node, sizeof value, value);
  mistakes_add(&m, node, MARK_VALUE, "key '%s' = %s: %s", name, value, what);
  PetscCall(mistakes_raise(&m));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode document_number(const Document *doc, const char *path, double *value) {
  const Node *node;
  PetscFunctionBeginUser;
  PetscCall(get(doc, path, &node));
  if (!scalar_number(node, value))
    PetscCall(refuse(doc, node, "must be a number"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode document_integer(const Document *doc, const char *path, PetscInt *value) {
  const Node *node;
  PetscFunctionBeginUser;
  PetscCall(get(doc, path, &node));
  if (!scalar_integer(node, value))
    PetscCall(refuse(doc, node, "must be an integer"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode document_bool(const Document *doc, const char *path, PetscBool *value) {
  const Node *node;
  PetscFunctionBeginUser;
  PetscCall(get(doc, path, &node));
  if (!scalar_bool(node, value))
    PetscCall(refuse(doc, node, "must be true or false"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode document_text(const Document *doc, const char *path, const char **value) {
  const Node *node;
  PetscFunctionBeginUser;
  PetscCall(get(doc, path, &node));
  if (node->kind != NODE_TEXT)
    PetscCall(refuse(doc, node, "must be a text"));
  *value = node->text;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode document_path(const Document *doc, const char *path, char *file) {
  const char *text = "";
  PetscFunctionBeginUser;
  PetscCall(document_text(doc, path, &text));
  const char *slash = strrchr(doc->file, '/');
  int folder = text[0] == '/' || !slash ? 0 : (int)(slash - doc->file) + 1;
  int n = snprintf(file, PETSC_MAX_PATH_LEN, "%.*s%s", folder, doc->file, text);
  if (n >= PETSC_MAX_PATH_LEN)
    PetscCall(document_error(doc, path, "the path is longer than %d characters", PETSC_MAX_PATH_LEN - 1));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode document_numbers(const Document *doc, const char *path, PetscInt *n, double *value) {
  const Node *node;
  PetscInt room = *n;
  PetscFunctionBeginUser;
  PetscCall(get(doc, path, &node));
  *n = node->kind == NODE_TEXT ? 1 : node->n;
  if (*n > room)
    PetscCall(document_error(doc, path,
                             "key '%s' holds %" PetscInt_FMT " numbers; at most %" PetscInt_FMT " are allowed",
                             node->name, *n, room));
  const Node *entry = node->kind == NODE_TEXT ? node : node->first;
  for (PetscInt i = 0; i < *n; i++, entry = entry->next)
    if (!scalar_number(entry, &value[i]))
      PetscCall(refuse(doc, entry, "must be a number"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode document_count(const Document *doc, const char *path, PetscInt *n) {
  const Node *node;
  PetscFunctionBeginUser;
  PetscCall(get(doc, path, &node));
  *n = node->n;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode document_member(const Document *doc, const char *path, PetscInt i, const char **name) {
  const Node *node;
  PetscFunctionBeginUser;
  PetscCall(get(doc, path, &node));
  PetscCheck(i >= 0 && i < node->n, doc->comm, PETSC_ERR_PLIB, "%s: key '%s' has no member %" PetscInt_FMT, doc->file,
             path, i);
  const Node *child = node->first;
  while (i--)
    child = child->next;
  *name = child->name;
  PetscFunctionReturn(PETSC_SUCCESS);
}

MPI_Comm document_comm(const Document *doc) { return doc->comm; }

const char *document_file(const Document *doc) { return doc->file; }
