/* A document against tables of keys: what is wrong with it, then its defaults. */
#include "materials/keys_rows.h"

#include <string.h>

/* Where the check stands: the names from the top of the table down to the node. */
typedef struct Place {
  int depth;
  const char *name[DOCUMENT_DEPTH + 2];
} Place;

static Place below(const Place *place, const char *name) {
  Place next = *place;
  if (next.depth < DOCUMENT_DEPTH + 2)
    next.name[next.depth++] = name;
  return next;
}

static void add_wrong(Mistakes *m, const Node *node, const char *what) {
  char name[2 * SHOWN_ROOM], value[SHOWN_ROOM];
  shown_name(node, sizeof name, name);
  shown_value(node, sizeof value, value);
  mistakes_add(m, node, MARK_VALUE, "key '%s' = %s: %s", name, value, what);
}

static void add_unknown(Mistakes *m, const Rows *rows, const Place *parent, const Node *node) {
  enum { NAMES = 256, LIST_ROOM = 500 };
  const char *names[NAMES];
  char name[SHOWN_ROOM], list[LIST_ROOM];
  shown(node->name, sizeof name, name);
  int n = rows_members(rows, parent->depth, parent->name, NAMES, names), nearest = name_nearest(name, n, names);
  if (nearest >= 0) {
    mistakes_add(m, node, MARK_NAME, "key '%s' is not known here; did you mean '%s'?", name, names[nearest]);
    return;
  }
  size_t used = 0;
  list[0] = 0;
  for (int i = 0; i < n && used + strlen(names[i]) + 6 < sizeof list; i++)
    used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names[i]);
  mistakes_add(m, node, MARK_NAME, "key '%s' is not known here; %s%s", name, n ? "allowed: " : "no members are allowed",
               list);
}

/* A member was set of what is a text. */
static void add_no_member(Mistakes *m, const Node *node) {
  char name[2 * SHOWN_ROOM], member[SHOWN_ROOM];
  shown_name(node, sizeof name, name);
  shown(node->last->name, sizeof member, member);
  mistakes_add(m, node->last, MARK_VALUE, "key '%s' has no member '%s' to set", name, member);
}

/* A number against the range of the row; whole: it must be an integer. */
static void check_number(Mistakes *m, const KeyRow *row, bool whole, const Node *node) {
  char what[256];
  double value;
  PetscInt integer;
  if (!scalar_number(node, &value) || (whole && !scalar_integer(node, &integer))) {
    KeyRow number = *row;
    number.type = KEY_NUMBER;
    row_expectation(&number, whole, sizeof what, what);
    add_wrong(m, node, what);
  } else if (!range_holds(row->range, value)) {
    snprintf(what, sizeof what, "must lie in %s%s%s", row->range, row->unit ? " " : "", row->unit ? row->unit : "");
    add_wrong(m, node, what);
  }
}

static void check_text(Mistakes *m, const KeyRow *row, const Node *node) {
  char what[900];
  double number;
  PetscBool truth;
  bool plain_null = !node->quoted && (!node->text[0] || !strcmp(node->text, "~") || !strcmp(node->text, "null"));
  row_expectation(row, false, sizeof what, what);
  if (plain_null && !((row->type & KEY_WORD) && words_hold(row->words, node->text))) {
    char name[2 * SHOWN_ROOM];
    shown_name(node, sizeof name, name);
    mistakes_add(m, node, MARK_VALUE, "key '%s' has no value: %s", name, what);
  } else if ((row->type & (KEY_NUMBER | KEY_INTEGER)) && scalar_number(node, &number)) {
    check_number(m, row, !(row->type & KEY_NUMBER), node);
  } else if ((row->type & KEY_BOOL) && scalar_bool(node, &truth)) {
    return;
  } else if (row->type & (KEY_TEXT | KEY_FILE)) {
    if (!node->text[0])
      add_wrong(m, node, "must not be empty");
  } else if (!(row->type & KEY_WORD) || (row->words ? !words_hold(row->words, node->text) : !node->text[0])) {
    word_suggestion(row, node->text, sizeof what, what);
    add_wrong(m, node, what);
  }
}

static void check_members(Mistakes *m, const Rows *rows, const Place *place, const Node *node);

static void check_list(Mistakes *m, const Rows *rows, const Place *place, const KeyRow *row, const Node *node) {
  Place entries = below(place, "0");
  if (!node->first) {
    add_wrong(m, node, "must not be empty");
  } else if (rows_best(rows, entries.depth, entries.name)) {
    check_members(m, rows, place, node);
  } else {
    for (const Node *entry = node->first; entry; entry = entry->next)
      check_number(m, row, (row->type & (KEY_INTEGER | KEY_NUMBER)) == KEY_INTEGER, entry);
  }
}

static void check_value(Mistakes *m, const Rows *rows, const Place *place, const KeyRow *row, const Node *node) {
  char what[900];
  if (row->type & KEY_ANY)
    return;
  if (node->opened) {
    add_no_member(m, node);
    return;
  }
  if (node->kind == NODE_TEXT) {
    check_text(m, row, node);
  } else if (node->kind == NODE_MAP && (row->type & KEY_MAP)) {
    check_members(m, rows, place, node);
  } else if (node->kind == NODE_LIST && (row->type & KEY_LIST)) {
    check_list(m, rows, place, row, node);
  } else {
    row_expectation(row, false, sizeof what, what);
    add_wrong(m, node, what);
  }
}

static bool has_member(const Node *node, const char *name) {
  const Node *child = node->first;
  while (child && strcmp(child->name, name))
    child = child->next;
  return child != NULL;
}

static const Node *earlier(const Node *node) {
  const Node *other = node->parent->first;
  while (other != node && strcmp(other->name, node->name))
    other = other->next;
  return other == node ? NULL : other;
}

static void check_members(Mistakes *m, const Rows *rows, const Place *place, const Node *node) {
  for (const Node *child = node->first; child; child = child->next) {
    Place here = below(place, child->name);
    const Row *row = rows_best(rows, here.depth, here.name);
    const Node *first = node->kind == NODE_MAP ? earlier(child) : NULL;
    if (first) {
      char name[SHOWN_ROOM];
      shown_name(child, sizeof name, name);
      mistakes_add(m, child, MARK_NAME, "key '%s' is given twice; the first one stands in line %d", name,
                   first->name_line);
    } else if (!row) {
      add_unknown(m, rows, place, child);
    } else {
      check_value(m, rows, &here, row->key, child);
    }
  }
}

/* One row's default below one parent that lacks it. */
static PetscErrorCode fill(Document *doc, const Rows *rows, const Place *place, const KeyRow *row, Node *parent) {
  Node *child;
  Mistakes m = {.doc = doc};
  PetscFunctionBeginUser;
  PetscCall(tree_parse(doc, NULL, strlen(row->fallback), row->fallback, &child));
  PetscCall(tree_text(doc, strlen(place->name[place->depth - 1]), place->name[place->depth - 1], &child->name));
  child->filled = true;
  for (Node *below_it = child->first; below_it; below_it = below_it->next)
    below_it->filled = true;
  bool is_empty_list = child->kind == NODE_LIST && !child->first && (row->type & KEY_LIST);
  if (!is_empty_list)
    check_value(&m, rows, place, row, child);
  PetscCheck(!m.n, doc->comm, PETSC_ERR_PLIB, "the default of key '%s' is wrong: %s", row->path, m.text);
  tree_append(parent, child);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One row below one parent: is it missing, has it a default? */
static PetscErrorCode complete(Document *doc, Mistakes *m, const Rows *rows, int r, const Place *at, Node *parent) {
  PetscFunctionBeginUser;
  const char *name = rows->row[r].last;
  const KeyRow *row = rows->row[r].key;
  Place place = below(at, name);
  if (parent->kind != NODE_MAP || !strcmp(name, "*") || rows_best(rows, place.depth, place.name) != &rows->row[r] ||
      has_member(parent, name))
    PetscFunctionReturn(PETSC_SUCCESS);
  if (!row->fallback) {
    char path[2 * SHOWN_ROOM];
    tree_path(parent, SHOWN_ROOM, path);
    mistakes_add(m, parent, parent->parent ? MARK_NAME : MARK_VALUE, "key '%s%s%s' is missing%s%s", path,
                 path[0] ? "." : "", name, row->help ? "; " : "", row->help ? row->help : "");
  } else if (row->fallback[0]) {
    PetscCall(fill(doc, rows, &place, row, parent));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Row r below every node that its first parts match. */
static PetscErrorCode complete_below(Document *doc, Mistakes *m, const Rows *rows, int r, const Place *at, Node *node) {
  PetscFunctionBeginUser;
  if (at->depth == rows->row[r].n - 1) {
    PetscCall(complete(doc, m, rows, r, at, node));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  for (Node *child = node->first; child; child = child->next)
    if (part_matches(&rows->row[r].part[at->depth], child->name)) {
      Place next = below(at, child->name);
      PetscCall(complete_below(doc, m, rows, r, &next, child));
    }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode document_check_at(Document *doc, const char *path, int n_tables, const KeyTable *tables) {
  Rows rows;
  Mistakes m = {.doc = doc};
  Place start = {0};
  PetscFunctionBeginUser;
  Node *top = tree_find(doc->top, path, NULL, NULL);
  PetscCheck(top, doc->comm, PETSC_ERR_PLIB, "%s: no key '%s'", doc->file, path);
  PetscErrorCode code = rows_create(doc->comm, n_tables, tables, &rows);
  if (!code && top->kind == NODE_MAP)
    check_members(&m, &rows, &start, top);
  else if (!code)
    add_wrong(&m, top, "must be a mapping");
  for (int r = 0; r < rows.n && !code; r++) /* rows are sorted by depth: parents come first */
    code = complete_below(doc, &m, &rows, r, &start, top);
  PetscCall(rows_destroy(&rows));
  if (!code)
    code = mistakes_raise(&m);
  PetscFunctionReturn(code);
}

PetscErrorCode document_check(Document *doc, int n_tables, const KeyTable *tables) {
  PetscFunctionBeginUser;
  PetscCall(document_check_at(doc, "", n_tables, tables));
  PetscFunctionReturn(PETSC_SUCCESS);
}
