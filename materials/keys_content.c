/* The content of a document: kinds, names and texts of its nodes. */
#include "materials/keys_tree.h"

enum { LEFT_OUT = 16 };

typedef struct LeftOut {
  int n;
  const Node *node[LEFT_OUT];
} LeftOut;

static bool is_left_out(const LeftOut *left_out, const Node *node) {
  for (int i = 0; i < left_out->n; i++)
    if (left_out->node[i] == node)
      return true;
  return false;
}

/* Members are summed up, so that their order is nothing; entries of a list have their place for a name. */
static Content node_content(const LeftOut *left_out, const Node *node) {
  const char kind[2] = {(char)node->kind, (char)node->quoted};
  Content content = {0, 0}, sum = {0, 0};

  content_add(&content, sizeof kind, kind);
  if (node->kind == NODE_TEXT)
    content_add_text(&content, node->text);
  for (const Node *child = node->first; child; child = child->next) {
    if (is_left_out(left_out, child))
      continue;
    Content member = node_content(left_out, child);
    content_add_text(&member, child->name);
    sum.low += member.low;
    sum.high += member.high;
  }
  content_add(&content, sizeof sum, &sum);
  return content;
}

PetscErrorCode document_content(const Document *doc, int n, const char *const *left_out, Content *content) {
  LeftOut nodes = {0};

  PetscFunctionBeginUser;
  PetscCheck(n <= LEFT_OUT, doc->comm, PETSC_ERR_PLIB, "%d keys are left out, there is room for %d", n, LEFT_OUT);
  for (int i = 0; i < n; i++)
    nodes.node[nodes.n++] = tree_find(doc->top, left_out[i], NULL, NULL);
  const Content all = node_content(&nodes, doc->top);
  content_add(content, sizeof all, &all);
  PetscFunctionReturn(PETSC_SUCCESS);
}
