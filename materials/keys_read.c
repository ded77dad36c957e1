/* Text to tree: libyaml's events, one pass. Anchors, aliases and tags are refused as they come by. */
#include "materials/keys_tree.h"

#include <string.h>
#include <yaml.h>

enum { BLOCK_BYTES = 32768, ALIGNMENT = 16, BLOCK_HEAD = 32 };

/* Memory that lives as long as the document. */
PetscErrorCode tree_take(Document *doc, size_t n, void *memory) {
  PetscFunctionBeginUser;
  n = (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (!doc->memory || doc->memory->size - doc->memory->used < n) {
    size_t size = PetscMax((size_t)BLOCK_BYTES, BLOCK_HEAD + n);
    char *room;
    PetscCall(PetscMalloc1(size, &room));
    Block *block = (Block *)room;
    *block = (Block){doc->memory, BLOCK_HEAD, size};
    doc->memory = block;
  }
  *(void **)memory = (char *)doc->memory + doc->memory->used;
  memset(*(void **)memory, 0, n);
  doc->memory->used += n;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode tree_text(Document *doc, size_t n, const char *text, const char **copy) {
  char *c = NULL;
  PetscFunctionBeginUser;
  PetscCall(tree_take(doc, n + 1, &c));
  memcpy(c, text, n);
  *copy = c;
  PetscFunctionReturn(PETSC_SUCCESS);
}

void tree_append(Node *parent, Node *child) {
  child->parent = parent;
  child->next = NULL;
  if (parent->last)
    parent->last->next = child;
  else
    parent->first = child;
  parent->last = child;
  parent->n++;
}

void tree_replace(Node *old, Node *value) {
  value->name = old->name;
  value->parent = old->parent;
  value->next = old->next;
  for (Node *child = value->first; child; child = child->next)
    child->parent = old;
  *old = *value;
}

typedef struct Parse {
  Document *doc;
  const char *set; /* see Node */
  size_t n;
  const char *text;
  yaml_parser_t yaml;
} Parse;

static PetscErrorCode refuse(Parse *p, yaml_mark_t at, const char *what) {
  Node place = {.set = p->set, .line = (int)at.line + 1, .column = (int)at.column + 1};
  Mistakes m = {.doc = p->doc};
  PetscFunctionBeginUser;
  mistakes_add(&m, &place, MARK_VALUE, "%s", what);
  PetscCall(mistakes_raise(&m));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Line and column of a byte: libyaml gives only the offset of bytes that are no characters. */
static yaml_mark_t mark_of_offset(const Parse *p, size_t offset) {
  yaml_mark_t at = {offset, 0, 0};
  for (size_t i = 0; i < offset && i < p->n; i++) {
    at.column++;
    if (p->text[i] == '\n')
      at.line++, at.column = 0;
  }
  return at;
}

static PetscErrorCode refuse_syntax(Parse *p) {
  const yaml_parser_t *y = &p->yaml;
  char what[512];
  PetscFunctionBeginUser;
  PetscCheck(y->error != YAML_MEMORY_ERROR, p->doc->comm, PETSC_ERR_MEM, "%s: out of memory", p->doc->file);
  if (y->error == YAML_READER_ERROR) {
    snprintf(what, sizeof what, "%s (not a text file in UTF-8?)", y->problem ? y->problem : "unreadable");
    PetscCall(refuse(p, mark_of_offset(p, y->problem_offset), what));
  }
  size_t i = y->problem_mark.index, n;
  bool tab = i < p->n && p->text[i] == '\t';
  n = (size_t)snprintf(what, sizeof what, "%s", y->problem ? y->problem : "not YAML");
  if (y->context)
    n += (size_t)snprintf(what + n, sizeof what - n, " %s", y->context);
  if (y->context && y->context_mark.line != y->problem_mark.line)
    n += (size_t)snprintf(what + n, sizeof what - n, " that starts in line %d", (int)y->context_mark.line + 1);
  if (tab)
    snprintf(what + n, sizeof what - n, " (a tab: indent with spaces)");
  PetscCall(refuse(p, y->problem_mark, what));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The caller deletes the event; on an error there is none to delete. */
static PetscErrorCode next_event(Parse *p, yaml_event_t *event) {
  PetscFunctionBeginUser;
  memset(event, 0, sizeof *event);
  if (!yaml_parser_parse(&p->yaml, event))
    PetscCall(refuse_syntax(p));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What a node must not be. Also refuses a zero character inside a text. NULL: nothing wrong. */
static const char *unwanted(const yaml_event_t *e) {
  const char *anchored = "anchors (&name) and aliases (*name) are not supported: write the value out";
  const char *tagged = "tags (!name) are not supported";
  switch (e->type) {
  case YAML_ALIAS_EVENT:
    return anchored;
  case YAML_SCALAR_EVENT:
    if (strlen((const char *)e->data.scalar.value) != e->data.scalar.length)
      return "a text must not hold a zero character";
    return e->data.scalar.anchor ? anchored : e->data.scalar.tag ? tagged : NULL;
  case YAML_SEQUENCE_START_EVENT:
    return e->data.sequence_start.anchor ? anchored : e->data.sequence_start.tag ? tagged : NULL;
  case YAML_MAPPING_START_EVENT:
    return e->data.mapping_start.anchor ? anchored : e->data.mapping_start.tag ? tagged : NULL;
  default:
    return NULL;
  }
}

static PetscErrorCode parse_node(Parse *p, const yaml_event_t *start, int depth, Node *node);

/* The name of the next member: of a list its number, of a mapping the key. *end: there is none. */
static PetscErrorCode parse_name(Parse *p, const Node *parent, yaml_event_t *event, Node *child, bool *end) {
  char number[32];
  yaml_mark_t at = event->start_mark;
  PetscFunctionBeginUser;
  *end = event->type == (parent->kind == NODE_LIST ? YAML_SEQUENCE_END_EVENT : YAML_MAPPING_END_EVENT);
  if (*end)
    PetscFunctionReturn(PETSC_SUCCESS);
  child->name_line = (int)at.line + 1;
  child->name_column = (int)at.column + 1;
  if (parent->kind == NODE_LIST) {
    snprintf(number, sizeof number, "%" PetscInt_FMT, parent->n);
    PetscCall(tree_text(p->doc, strlen(number), number, &child->name));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  const char *wrong = unwanted(event);
  if (!wrong && event->type != YAML_SCALAR_EVENT)
    wrong = "a key must be a single word";
  else if (!wrong && (event->data.scalar.length == 0 || event->data.scalar.length > DOCUMENT_NAME))
    wrong = "a key must have between 1 and 200 characters";
  else if (!wrong && parent->n >= DOCUMENT_MEMBERS)
    wrong = "more than 10000 members in one mapping";
  if (wrong)
    PetscCall(refuse(p, at, wrong));
  PetscCall(tree_text(p->doc, event->data.scalar.length, (const char *)event->data.scalar.value, &child->name));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode parse_member(Parse *p, int depth, Node *parent, bool *end) {
  yaml_event_t event;
  Node *child;
  PetscFunctionBeginUser;
  PetscCall(tree_take(p->doc, sizeof *child, &child));
  PetscCall(next_event(p, &event));
  PetscErrorCode code = parse_name(p, parent, &event, child, end);
  if (!code && !*end && parent->kind == NODE_MAP) {
    yaml_event_delete(&event);
    PetscCall(next_event(p, &event));
  }
  if (!code && !*end)
    code = parse_node(p, &event, depth, child);
  yaml_event_delete(&event);
  if (code)
    PetscFunctionReturn(code); /* raised below */
  if (!*end)
    tree_append(parent, child);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode parse_node(Parse *p, const yaml_event_t *start, int depth, Node *node) {
  PetscFunctionBeginUser;
  const char *wrong = unwanted(start);
  if (!wrong && depth > DOCUMENT_DEPTH)
    wrong = "nested more than 16 levels deep";
  if (wrong)
    PetscCall(refuse(p, start->start_mark, wrong));
  node->set = p->set;
  node->line = (int)start->start_mark.line + 1;
  node->column = (int)start->start_mark.column + 1;
  if (start->type == YAML_SCALAR_EVENT) {
    node->kind = NODE_TEXT;
    node->quoted = start->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    PetscCall(tree_text(p->doc, start->data.scalar.length, (const char *)start->data.scalar.value, &node->text));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  node->kind = start->type == YAML_SEQUENCE_START_EVENT ? NODE_LIST : NODE_MAP;
  for (bool end = false; !end;)
    PetscCall(parse_member(p, depth + 1, node, &end));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Stream start, document start, one node, document end, stream end. */
static PetscErrorCode parse_stream(Parse *p, Node **top) {
  yaml_event_t event;
  PetscFunctionBeginUser;
  PetscCall(next_event(p, &event));
  yaml_event_delete(&event);
  PetscCall(next_event(p, &event));
  yaml_event_type_t type = event.type;
  yaml_event_delete(&event);
  if (type == YAML_STREAM_END_EVENT)
    PetscCall(refuse(p, (yaml_mark_t){0, 0, 0}, "nothing is written here"));
  PetscCall(next_event(p, &event));
  PetscCall(tree_take(p->doc, sizeof **top, top));
  (*top)->name = "";
  PetscErrorCode code = parse_node(p, &event, 0, *top);
  yaml_event_delete(&event);
  if (code)
    PetscFunctionReturn(code);
  PetscCall(next_event(p, &event)); /* the end of the document */
  yaml_event_delete(&event);
  PetscCall(next_event(p, &event));
  type = event.type;
  yaml_mark_t at = event.start_mark;
  yaml_event_delete(&event);
  if (type != YAML_STREAM_END_EVENT)
    PetscCall(refuse(p, at, "a second document starts here: a file holds one"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode tree_parse(Document *doc, const char *set, size_t n, const char *text, Node **top) {
  Parse p = {.doc = doc, .set = set, .n = n, .text = text};
  PetscFunctionBeginUser;
  PetscCheck(yaml_parser_initialize(&p.yaml), doc->comm, PETSC_ERR_MEM, "%s: out of memory", doc->file);
  yaml_parser_set_input_string(&p.yaml, (const unsigned char *)text, n);
  PetscErrorCode code = parse_stream(&p, top);
  yaml_parser_delete(&p.yaml);
  PetscFunctionReturn(code);
}

PetscErrorCode document_parse(MPI_Comm comm, const char *file, size_t n, const char *text, Document **doc) {
  Document *d;
  PetscFunctionBeginUser;
  *doc = NULL;
  PetscCall(PetscNew(&d));
  d->comm = comm;
  PetscCall(PetscStrncpy(d->file, file, sizeof d->file));
  PetscErrorCode code = tree_parse(d, NULL, n, text, &d->top);
  if (!code && d->top->kind != NODE_MAP) {
    Mistakes m = {.doc = d};
    mistakes_add(&m, d->top, MARK_VALUE, "a mapping must stand here: lines of 'key: value'");
    code = mistakes_raise(&m);
  }
  if (code) {
    PetscCall(document_destroy(&d));
    PetscFunctionReturn(code);
  }
  *doc = d;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode document_destroy(Document **doc) {
  PetscFunctionBeginUser;
  if (*doc) {
    for (Block *block = (*doc)->memory, *next; block; block = next) {
      next = block->next;
      PetscCall(PetscFree(block));
    }
    PetscCall(PetscFree(*doc));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
