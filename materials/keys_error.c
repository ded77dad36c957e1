/* Messages: where, what, what is allowed. */
#include "materials/keys_tree.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

enum { LINE_ROOM = 900, FILE_ROOM = 256, MORE_ROOM = 40 };

void shown(const char *text, size_t n, char *out) {
  size_t length = strlen(text), keep = length < n ? length : n - 4;
  while (keep < length && keep > 0 && ((unsigned char)text[keep] & 0xC0) == 0x80)
    keep--; /* not inside a UTF-8 character */
  for (size_t i = 0; i < keep; i++)
    out[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i];
  strcpy(out + keep, keep < length ? "..." : "");
}

void shown_value(const Node *node, size_t n, char *out) {
  if (node->kind == NODE_TEXT)
    shown(node->text, n, out);
  else
    snprintf(out, n, "%s", node->kind == NODE_MAP ? "{...}" : "[...]");
}

void shown_name(const Node *node, size_t n, char *out) {
  size_t used = 0;
  if (node->parent && node->parent->kind == NODE_LIST) {
    shown_name(node->parent, n - 16, out);
    used = strlen(out);
    out[used++] = '.';
  }
  shown(node->name, PetscMin(n - used, SHOWN_ROOM), out + used);
}

void mark_text(const Document *doc, const Node *node, MarkKind kind, size_t n, char *mark) {
  char text[FILE_ROOM];
  while (node->filled && node->parent)
    node = node->parent;
  if (node->set) {
    shown(node->set, SHOWN_ROOM, text);
    snprintf(mark, n, "--set %s", text);
    return;
  }
  shown(node->file ? node->file : doc->file, sizeof text, text);
  int line = kind == MARK_NAME && node->name_line ? node->name_line : node->line;
  int column = kind == MARK_NAME && node->name_line ? node->name_column : node->column;
  snprintf(mark, n, "%s:%d:%d", text, PetscMax(line, 1), PetscMax(column, 1));
}

static void add(Mistakes *m, const Node *node, MarkKind kind, const char *format, va_list arguments) {
  char line[LINE_ROOM], mark[FILE_ROOM + 32];
  mark_text(m->doc, node, kind, sizeof mark, mark);
  int head = snprintf(line, sizeof line, "%s: error: ", mark);
  vsnprintf(line + head, sizeof line - (size_t)head, format, arguments);
  size_t n = strlen(line);
  m->n++;
  if (m->left_out || m->used + n + 1 + MORE_ROOM > sizeof m->text) {
    m->left_out++;
    return;
  }
  if (m->used)
    m->text[m->used++] = '\n';
  memcpy(m->text + m->used, line, n + 1);
  m->used += n;
}

void mistakes_add(Mistakes *m, const Node *node, MarkKind kind, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  add(m, node, kind, format, arguments);
  va_end(arguments);
}

PetscErrorCode mistakes_raise(Mistakes *m) {
  PetscFunctionBeginUser;
  if (m->left_out)
    snprintf(m->text + m->used, MORE_ROOM, "\n... and %" PetscInt_FMT " more", m->left_out);
  PetscCheck(!m->n, m->doc->comm, PETSC_ERR_USER_INPUT, "%s", m->text);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode document_error(const Document *doc, const char *path, const char *format, ...) {
  Mistakes m = {.doc = doc};
  Node *nearest;
  va_list arguments;
  PetscFunctionBeginUser;
  Node *node = tree_find(doc->top, path, &nearest, NULL);
  va_start(arguments, format);
  add(&m, node ? node : nearest, MARK_VALUE, format, arguments);
  va_end(arguments);
  PetscCall(mistakes_raise(&m));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode document_mark(const Document *doc, const char *path, char *mark, size_t n) {
  Node *nearest;
  PetscFunctionBeginUser;
  Node *node = tree_find(doc->top, path, &nearest, NULL);
  mark_text(doc, node ? node : nearest, MARK_VALUE, n, mark);
  PetscFunctionReturn(PETSC_SUCCESS);
}

int name_distance(const char *a, const char *b) {
  enum { ROOM = 64 };
  int row[3][ROOM]; /* the last three rows of the table of distances between beginnings of a and b */
  size_t n_a = strlen(a), n_b = strlen(b);
  if (n_a >= ROOM || n_b >= ROOM)
    return 99;
  for (size_t j = 0; j <= n_b; j++)
    row[0][j] = (int)j;
  for (size_t i = 1; i <= n_a; i++) {
    int *now = row[i % 3], *up = row[(i + 2) % 3], *up2 = row[(i + 1) % 3];
    now[0] = (int)i;
    for (size_t j = 1; j <= n_b; j++) {
      int best = up[j - 1] + (a[i - 1] != b[j - 1]);
      best = PetscMin(best, PetscMin(up[j], now[j - 1]) + 1);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        best = PetscMin(best, up2[j - 2] + 1);
      now[j] = best;
    }
  }
  return row[n_a % 3][n_b];
}

/* A forgotten unit or another case is a slip as small as one letter: "strut" or "Strut_MM" for "strut_mm". */
static int slip(const char *name, const char *known) {
  size_t n = strlen(name);
  if (n > 1 && (!strcasecmp(name, known) || (!strncasecmp(name, known, n) && known[n] == '_')))
    return PetscMin(1, name_distance(name, known));
  return name_distance(name, known);
}

int name_nearest(const char *name, int n, const char *const *names) {
  int nearest = -1, least = 0;
  for (int i = 0; i < n; i++) {
    int d = slip(name, names[i]);
    if (nearest < 0 || d < least)
      nearest = i, least = d;
  }
  int length = (int)PetscMin(strlen(name), 99);
  return nearest >= 0 && least <= PetscMax(1, length / 3) && least < length ? nearest : -1;
}
