#include "materials/keys_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_wild(const Part *part) { return part->n == 1 && part->text[0] == '*'; }

bool part_matches(const Part *part, const char *name) {
  return is_wild(part) || (!strncmp(part->text, name, (size_t)part->n) && !name[part->n]);
}

/* Does every name that b stands for match a? */
static bool part_covers(const Part *a, const Part *b) {
  return is_wild(a) || (a->n == b->n && !strncmp(a->text, b->text, (size_t)a->n));
}

/* Splits a path; returns false if it is no path. */
static bool split(const char *path, Row *row) {
  row->n = row->n_wild = 0;
  for (;;) {
    int n = (int)strcspn(path, ".");
    if (!n || n >= (int)sizeof row->last || row->n == ROW_PARTS)
      return false;
    row->part[row->n++] = (Part){path, n};
    row->n_wild += is_wild(&row->part[row->n - 1]);
    if (!path[n]) {
      memcpy(row->last, path, (size_t)n + 1);
      return true;
    }
    path += n + 1;
  }
}

/* A parent without a row of its own. */
static const KeyRow implied = {"", KEY_MAP, NULL, NULL, NULL, "{}", NULL};
static const KeyRow implied_idle = {"", KEY_MAP, NULL, NULL, NULL, "", NULL}; /* nothing below it needs it */

/* Is there a row for the first n parts of this one? */
static bool has_prefix(const Rows *rows, const Row *row, int n) {
  for (int r = 0; r < rows->n; r++) {
    bool same = rows->row[r].n == n;
    for (int i = 0; same && i < n; i++)
      same = part_covers(&rows->row[r].part[i], &row->part[i]);
    if (same)
      return true;
  }
  return false;
}

/* Is a parent without a row needed: does anything below it have a default, or must it be there? */
static bool is_needed(const Rows *rows, const Row *row, int n) {
  for (int r = 0; r < rows->n; r++) {
    const Row *below = &rows->row[r];
    bool needed = below->n > n && below->key != &implied && below->key != &implied_idle &&
                  (!below->key->fallback || below->key->fallback[0]);
    for (int i = 0; needed && i < below->n; i++)
      needed = i < n ? part_covers(&row->part[i], &below->part[i]) : !is_wild(&below->part[i]);
    if (needed)
      return true;
  }
  return false;
}

static void add_prefix(Rows *rows, const Row *of, int n) {
  Row *row = &rows->row[rows->n++];
  *row = *of;
  row->key = is_needed(rows, of, n) ? &implied : &implied_idle;
  row->n = n;
  row->n_wild = 0;
  for (int i = 0; i < n; i++)
    row->n_wild += is_wild(&row->part[i]);
  memcpy(row->last, row->part[n - 1].text, (size_t)row->part[n - 1].n);
  row->last[row->part[n - 1].n] = 0;
}

/* Parents that have no row: first those that end with '*', for they stand for others too. */
static void add_implied(Rows *rows) {
  for (int pass = 0, n_given = rows->n; pass < 2; pass++)
    for (int r = 0; r < n_given; r++)
      for (int n = 1; n < rows->row[r].n; n++)
        if ((pass || is_wild(&rows->row[r].part[n - 1])) && !has_prefix(rows, &rows->row[r], n))
          add_prefix(rows, &rows->row[r], n);
}

/* Stable, by number of parts. */
static void sort(Rows *rows) {
  for (int i = 1; i < rows->n; i++) {
    Row row = rows->row[i];
    int j = i;
    for (; j > 0 && rows->row[j - 1].n > row.n; j--)
      rows->row[j] = rows->row[j - 1];
    rows->row[j] = row;
  }
}

PetscErrorCode rows_create(MPI_Comm comm, int n_tables, const KeyTable *tables, Rows *rows) {
  int n = 0;
  PetscFunctionBeginUser;
  for (int t = 0; t < n_tables; t++)
    n += tables[t].n;
  rows->n = 0;
  PetscCall(PetscMalloc1(n * ROW_PARTS, &rows->row)); /* room for every prefix */
  for (int t = 0; t < n_tables; t++)
    for (int i = 0; i < tables[t].n; i++) {
      const KeyRow *key = &tables[t].row[i];
      Row *row = &rows->row[rows->n++];
      row->key = key;
      PetscCheck(split(key->path, row), comm, PETSC_ERR_PLIB, "key table: '%s' is no path", key->path);
      PetscCheck(range_valid(key->range), comm, PETSC_ERR_PLIB, "key table: '%s' of '%s' is no range", key->range,
                 key->path);
    }
  add_implied(rows);
  sort(rows);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode rows_destroy(Rows *rows) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(rows->row));
  rows->n = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static bool row_matches(const Row *row, int depth, const char *const *name) {
  for (int i = 0; i < depth; i++)
    if (!part_matches(&row->part[i], name[i]))
      return false;
  return true;
}

const Row *rows_best(const Rows *rows, int depth, const char *const *name) {
  const Row *best = NULL;
  for (int r = 0; r < rows->n; r++) {
    const Row *row = &rows->row[r];
    if (row->n == depth && row_matches(row, depth, name) && (!best || row->n_wild <= best->n_wild))
      best = row;
  }
  return best;
}

static const KeyRow *find_row(int n_tables, const KeyTable *tables, const Row *wanted, int n) {
  const KeyRow *best = NULL;
  for (int t = 0, least = ROW_PARTS; t < n_tables; t++)
    for (int i = 0; i < tables[t].n; i++) {
      Row row;
      if (!split(tables[t].row[i].path, &row) || row.n != n || row.n_wild > least)
        continue;
      bool same = true;
      for (int k = 0; same && k < n; k++)
        same = part_covers(&row.part[k], &wanted->part[k]);
      if (same) {
        best = &tables[t].row[i];
        least = row.n_wild;
      }
    }
  return best;
}

/* Do rows stand below the first n parts of this one? */
static bool has_members(int n_tables, const KeyTable *tables, const Row *of, int n) {
  for (int t = 0; t < n_tables; t++)
    for (int i = 0; i < tables[t].n; i++) {
      Row row;
      bool same = split(tables[t].row[i].path, &row) && row.n > n;
      for (int k = 0; same && k < n; k++)
        same = part_covers(&row.part[k], &of->part[k]);
      if (same)
        return true;
    }
  return false;
}

const KeyRow *keys_find(int n_tables, const KeyTable *tables, const char *path) {
  Row wanted;
  if (!split(path, &wanted))
    return NULL;
  const KeyRow *row = find_row(n_tables, tables, &wanted, wanted.n);
  for (int n = wanted.n - 1; n > 0 && !row; n--) {
    const KeyRow *parent = find_row(n_tables, tables, &wanted, n);
    if (parent)
      return parent->type & (KEY_MAP | KEY_ANY) && !has_members(n_tables, tables, &wanted, n) ? parent : NULL;
  }
  return row;
}

int rows_members(const Rows *rows, int depth, const char *const *name, int room, const char **names) {
  int n = 0;
  for (int r = 0; r < rows->n; r++) {
    const Row *row = &rows->row[r];
    bool fits = row->n == depth + 1 && strcmp(row->last, "*") && row_matches(row, depth, name);
    for (int i = 0; fits && i < n; i++)
      fits = strcmp(names[i], row->last) != 0;
    if (fits && n < room)
      names[n++] = row->last;
  }
  return n;
}

/* "(0, 10]": the bounds and whether they belong to it. */
typedef struct Range {
  double lo, hi;
  bool with_lo, with_hi;
} Range;

static bool range_read(const char *text, Range *range) {
  char *end;
  range->with_lo = text[0] == '[';
  if (!range->with_lo && text[0] != '(')
    return false;
  range->lo = strtod(text + 1, &end);
  if (*end != ',')
    return false;
  range->hi = strtod(end + 1, &end);
  range->with_hi = *end == ']';
  return (*end == ']' || *end == ')') && !end[1] && range->lo < range->hi;
}

bool range_valid(const char *range) {
  Range r;
  return !range || range_read(range, &r);
}

bool range_holds(const char *range, double x) {
  Range r;
  if (!range || !range_read(range, &r))
    return true;
  return (x > r.lo || (r.with_lo && x == r.lo)) && (x < r.hi || (r.with_hi && x == r.hi));
}

bool words_hold(const char *words, const char *word) {
  size_t n = strlen(word);
  for (const char *w = words; w && *w; w += strspn(w, " ")) {
    size_t length = strcspn(w, " ");
    if (length == n && !strncmp(w, word, n))
      return n > 0;
    w += length;
  }
  return false;
}

typedef struct Line {
  size_t room, used;
  char *text;
} Line;

static void line_add(Line *line, const char *text) {
  int n = snprintf(line->text + line->used, line->room - line->used, "%s", text);
  line->used = PetscMin(line->used + (size_t)n, line->room - 1);
}

static void line_add_words(Line *line, const char *words) {
  for (const char *w = words; *w;) {
    int n = (int)strcspn(w, " ");
    char word[64];
    snprintf(word, sizeof word, "%.*s", n, w);
    line_add(line, w == words ? "one of " : ", ");
    line_add(line, word);
    w += n;
    w += strspn(w, " ");
  }
}

static void line_add_number(Line *line, const KeyRow *row, const char *what) {
  line_add(line, what);
  if (row->range) {
    line_add(line, " in ");
    line_add(line, row->range);
  }
  if (row->unit) {
    line_add(line, row->range ? " " : " of ");
    line_add(line, row->unit);
  }
}

void row_expectation(const KeyRow *row, bool whole, size_t n, char *what) {
  static const struct {
    int type;
    const char *text;
  } plain[] = {
      {KEY_BOOL, "true or false"}, {KEY_FILE, "the path of a file"}, {KEY_TEXT, "a text"}, {KEY_MAP, "a mapping"}};
  Line line = {n, 0, what};
  bool some = false;
  line_add(&line, "must be ");
  if (whole || (row->type & (KEY_NUMBER | KEY_INTEGER))) {
    line_add_number(&line, row, whole || !(row->type & KEY_NUMBER) ? "an integer" : "a number");
    some = true;
  }
  if (row->type & KEY_WORD) {
    line_add(&line, some ? ", or " : "");
    if (row->words)
      line_add_words(&line, row->words);
    else
      line_add(&line, "a name");
    some = true;
  }
  if (row->type & KEY_LIST) {
    line_add(&line, some ? ", or " : "");
    line_add_number(&line, row, row->type & (KEY_NUMBER | KEY_INTEGER) ? "a list of such numbers" : "a list");
    some = true;
  }
  for (int i = 0; i < 4; i++)
    if (row->type & plain[i].type) {
      line_add(&line, some ? ", or " : "");
      line_add(&line, plain[i].text);
      some = true;
    }
}

void word_suggestion(const KeyRow *row, const char *word, size_t n, char *what) {
  enum { WORDS = 64 };
  char word_text[WORDS][64];
  const char *words[WORDS];
  int n_words = 0;
  row_expectation(row, false, n, what);
  for (const char *w = row->words; w && *w && n_words < WORDS; w += strspn(w, " ")) {
    int length = (int)strcspn(w, " ");
    snprintf(word_text[n_words], sizeof word_text[0], "%.*s", length, w);
    words[n_words] = word_text[n_words];
    n_words++;
    w += length;
  }
  int nearest = name_nearest(word, n_words, words);
  size_t used = strlen(what);
  if (nearest >= 0)
    snprintf(what + used, n - used, "; did you mean '%s'?", words[nearest]);
}
