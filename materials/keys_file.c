/* A document from a file (rank 0 reads, all ranks parse) and assignments from the command line. */
#include "materials/keys_tree.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* On rank 0: the text of a file, or why not. PETSc's allocator, so that the caller frees. */
static PetscErrorCode slurp(const char *file, char **text, PetscInt64 *n, size_t room, char *why) {
  struct stat about;
  FILE *f = NULL;
  PetscFunctionBeginUser;
  *n = 0;
  why[0] = 0;
  PetscCall(PetscMalloc1(DOCUMENT_BYTES + 1, text));
  if (stat(file, &about))
    snprintf(why, room, "%s", strerror(errno));
  else if (S_ISDIR(about.st_mode))
    snprintf(why, room, "is a folder, not a file");
  else if (!S_ISREG(about.st_mode))
    snprintf(why, room, "is not a regular file");
  else if (!(f = fopen(file, "rb")))
    snprintf(why, room, "%s", strerror(errno));
  if (f) {
    *n = (PetscInt64)fread(*text, 1, DOCUMENT_BYTES + 1, f);
    if (ferror(f))
      snprintf(why, room, "%s", strerror(errno));
    else if (*n > DOCUMENT_BYTES)
      snprintf(why, room, "is larger than 1 MB, too large for a file of keys");
    fclose(f);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode document_read(MPI_Comm comm, const char *file, Document **doc) {
  char why[256] = "", *text = NULL, name[256];
  PetscInt64 n = 0;
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  *doc = NULL;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank)
    PetscCall(slurp(file, &text, &n, sizeof why, why));
  PetscCallMPI(MPI_Bcast(why, sizeof why, MPI_CHAR, 0, comm));
  if (why[0]) {
    PetscCall(PetscFree(text));
    shown(file, sizeof name, name);
    SETERRQ(comm, PETSC_ERR_USER_INPUT, "%s: error: %s", name, why);
  }
  PetscCallMPI(MPI_Bcast(&n, 1, MPIU_INT64, 0, comm));
  if (rank)
    PetscCall(PetscMalloc1(n + 1, &text));
  PetscCallMPI(MPI_Bcast(text, (PetscMPIInt)n, MPI_CHAR, 0, comm));
  PetscErrorCode code = document_parse(comm, file, (size_t)n, text, doc);
  PetscCall(PetscFree(text));
  PetscFunctionReturn(code);
}

/* Makes the members on the way to a new value, all but the last; *last is the name of that. */
static PetscErrorCode grow(Document *doc, const char *set, Node **parent, const char **last) {
  PetscFunctionBeginUser;
  for (const char *dot; (dot = strchr(*last, '.')); *last = dot + 1) {
    Node *child;
    PetscCall(tree_take(doc, sizeof *child, &child));
    child->kind = NODE_MAP;
    child->set = set;
    PetscCall(tree_text(doc, (size_t)(dot - *last), *last, &child->name));
    tree_append(*parent, child);
    *parent = child;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A text X becomes {from: X}, so that members can be set beside it; document_check refuses it where that means nothing.
 */
static PetscErrorCode open_text(Document *doc, Node *node) {
  Node *from;
  PetscFunctionBeginUser;
  PetscCall(tree_take(doc, sizeof *from, &from));
  *from = *node;
  from->name = "from";
  node->kind = NODE_MAP;
  node->opened = true;
  tree_append(node, from);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* An empty component: ".a", "a..b", "a." */
static bool malformed(const char *path) {
  size_t n = strlen(path);
  return n == 0 || n > DOCUMENT_NAME || path[0] == '.' || path[n - 1] == '.' || strstr(path, "..");
}

static void take_away(Node *node) {
  Node *parent = node->parent, *before = NULL;
  for (Node *child = parent->first; child != node; child = child->next)
    before = child;
  *(before ? &before->next : &parent->first) = node->next;
  if (parent->last == node)
    parent->last = before;
  parent->n--;
}

/* YAML's word for nothing. */
static bool is_null(const Node *value) {
  return value->kind == NODE_TEXT && !value->quoted && (!strcmp(value->text, "null") || !strcmp(value->text, "~"));
}

PetscErrorCode document_set(Document *doc, const char *assignment) {
  Node *value, *old, *parent;
  const char *set, *path, *rest;
  PetscFunctionBeginUser;
  PetscCall(tree_text(doc, strlen(assignment), assignment, &set));
  Node place = {.set = set};
  Mistakes m = {.doc = doc};
  const char *equals = strchr(set, '=');
  PetscCall(tree_text(doc, equals ? (size_t)(equals - set) : 0, set, &path));
  if (malformed(path) || !equals[1]) {
    mistakes_add(&m, &place, MARK_VALUE, "must read key.path=value");
    PetscCall(mistakes_raise(&m));
  }
  PetscCall(tree_parse(doc, set, strlen(equals + 1), equals + 1, &value));
  old = tree_find(doc->top, path, &parent, &rest);
  if (is_null(value) && (old ? old->parent && old->parent->kind == NODE_MAP : parent->kind == NODE_MAP)) {
    if (old)
      take_away(old);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (old) {
    tree_replace(old, value);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (parent->kind == NODE_TEXT)
    PetscCall(open_text(doc, parent));
  if (parent->kind != NODE_MAP) {
    char name[SHOWN_ROOM];
    shown_name(parent, sizeof name, name);
    mistakes_add(&m, &place, MARK_VALUE, "key '%s' has no member '%s' to set", name, rest);
    PetscCall(mistakes_raise(&m));
  }
  PetscCall(grow(doc, set, &parent, &rest));
  PetscCall(tree_text(doc, strlen(rest), rest, &value->name));
  tree_append(parent, value);
  PetscFunctionReturn(PETSC_SUCCESS);
}
