/* One document laid over another. */
#include "materials/keys_tree.h"

#include <string.h>

/* Where the nodes come from, and where they go. */
typedef struct Merge {
  Document *doc;
  const char *file; /* of the nodes that come, in the memory of doc */
} Merge;

static PetscErrorCode copy_mark(const Merge *merge, const Node *from, Node *to) {
  PetscFunctionBeginUser;
  to->file = merge->file;
  to->line = from->line;
  to->column = from->column;
  to->name_line = from->name_line;
  to->name_column = from->name_column;
  if (from->set)
    PetscCall(tree_text(merge->doc, strlen(from->set), from->set, &to->set));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode copy_node(const Merge *merge, const Node *from, Node **to) {
  PetscFunctionBeginUser;
  PetscCall(tree_take(merge->doc, sizeof **to, to));
  (*to)->kind = from->kind;
  (*to)->quoted = from->quoted;
  (*to)->opened = from->opened;
  PetscCall(tree_text(merge->doc, strlen(from->name), from->name, &(*to)->name));
  if (from->text)
    PetscCall(tree_text(merge->doc, strlen(from->text), from->text, &(*to)->text));
  PetscCall(copy_mark(merge, from, *to));
  for (const Node *child = from->first; child; child = child->next) {
    Node *copy;
    PetscCall(copy_node(merge, child, &copy));
    tree_append(*to, copy);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The member that a name of `over` replaces: not one that came from there, so that a key given twice stays so. */
static Node *replaced(const Node *parent, const char *name) {
  Node *child = parent->first;
  while (child && (child->file || strcmp(child->name, name)))
    child = child->next;
  return child;
}

static PetscErrorCode merge_members(const Merge *merge, const Node *from, Node *to) {
  PetscFunctionBeginUser;
  for (const Node *child = from->first; child; child = child->next) {
    Node *old = replaced(to, child->name), *copy;
    if (old && old->kind == NODE_MAP && child->kind == NODE_MAP) {
      PetscCall(merge_members(merge, child, old));
      continue;
    }
    PetscCall(copy_node(merge, child, &copy));
    if (old)
      tree_replace(old, copy);
    else
      tree_append(to, copy);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode document_merge(Document *doc, const Document *over, const char *path) {
  Merge merge = {.doc = doc};
  const Node *from = tree_find(over->top, path, NULL, NULL);
  PetscFunctionBeginUser;
  PetscCheck(from && from->kind == NODE_MAP, doc->comm, PETSC_ERR_PLIB, "%s: '%s' is no mapping", over->file, path);
  PetscCall(tree_text(doc, strlen(over->file), over->file, &merge.file));
  PetscCall(copy_mark(&merge, from, doc->top));
  PetscCall(merge_members(&merge, from, doc->top));
  PetscFunctionReturn(PETSC_SUCCESS);
}
