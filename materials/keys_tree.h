/* The inside of a Document, shared by the keys_*.c files only. */
#ifndef TRABECULA_MATERIALS_KEYS_TREE_H
#define TRABECULA_MATERIALS_KEYS_TREE_H

#include "materials/keys.h"

enum {
  DOCUMENT_BYTES = 1000000, /* the largest file that is read */
  DOCUMENT_DEPTH = 16,      /* levels of nesting */
  DOCUMENT_MEMBERS = 10000, /* members of one mapping */
  DOCUMENT_NAME = 200,      /* length of a key */
  ERROR_ROOM = 2000,        /* PetscError formats into 2048 bytes and cuts what is beyond */
  SHOWN_ROOM = 96           /* a user's text as it stands in a message */
};

typedef enum NodeKind { NODE_TEXT, NODE_LIST, NODE_MAP } NodeKind;

typedef struct Node Node;
struct Node {
  NodeKind kind;
  const char *name; /* as a member of its parent; "0", "1", ... in a list; "" at the top */
  const char *text; /* NODE_TEXT */
  bool quoted;      /* the text stood in quotes: never a number */
  bool filled;      /* a default */
  const char *file; /* that it comes from; NULL: that of the document */
  const char *set;  /* the assignment of the command line that it comes from; NULL: the file */
  bool opened;      /* an assignment made this mapping of the text that is now its member "from" */
  int line, column; /* of the value, from 1 */
  int name_line, name_column;
  PetscInt n; /* children */
  Node *parent, *first, *last, *next;
};

typedef struct Block {
  struct Block *next;
  size_t used, size;
} Block;

struct Document {
  MPI_Comm comm;
  char file[PETSC_MAX_PATH_LEN];
  Node *top;
  Block *memory; /* all nodes and texts live until document_destroy */
};

/* Several mistakes, a line each, raised at once. */
typedef struct Mistakes {
  const Document *doc;
  PetscInt n, left_out;
  size_t used;
  char text[ERROR_ROOM];
} Mistakes;

/* keys_read.c. Parses text as one YAML document into the memory of doc; line and column count from where text starts.
   set: the assignment that the text belongs to, or NULL. Syntax errors are raised. */
PetscErrorCode tree_parse(Document *doc, const char *set, size_t n, const char *text, Node **top);
PetscErrorCode tree_take(Document *doc, size_t n, void *memory);
PetscErrorCode tree_text(Document *doc, size_t n, const char *text, const char **copy);
void tree_append(Node *parent, Node *child);
/* The value, with its children, takes the place of the old one and its name; *value is not to be used after. */
void tree_replace(Node *old, Node *value);

/* keys_value.c. The node of a path below top, or NULL; *nearest (may be NULL) the deepest node on the way that exists,
 *rest what of the path lies below it. Names may hold dots. */
Node *tree_find(const Node *top, const char *path, Node **nearest, const char **rest);
/* Full path of a node with dots; ends with "..." if it does not fit. */
void tree_path(const Node *node, size_t n, char *path);
bool scalar_number(const Node *node, double *value);
bool scalar_integer(const Node *node, PetscInt *value);
bool scalar_bool(const Node *node, PetscBool *value);

/* keys_error.c. */
typedef enum MarkKind { MARK_VALUE, MARK_NAME } MarkKind;
void mark_text(const Document *doc, const Node *node, MarkKind kind, size_t n, char *mark);
void mistakes_add(Mistakes *m, const Node *node, MarkKind kind, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
PetscErrorCode mistakes_raise(Mistakes *m);
/* Text as it may stand in a message: no control characters, at most n - 1 bytes, "..." at the end if cut. */
void shown(const char *text, size_t n, char *out);
/* The value of a node in one line: scalar text, "a list", "a mapping". */
void shown_value(const Node *node, size_t n, char *out);
/* Name of a node as messages call it: its last component, for list entries with the list before it. */
void shown_name(const Node *node, size_t n, char *out);

#endif
