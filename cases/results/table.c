#define _GNU_SOURCE /* vasprintf */
#include "cases/results/table.h"
#include "cases/case_file/plain_text.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

json_t *json_text(const char *text) {
  char *copy = strdup(text);
  if (!copy)
    return NULL;
  plain_text(copy);
  json_t *good = json_string(copy);
  free(copy);
  return good;
}

void number_text(double value, char text[NUMBER_ROOM]) {
  for (int digits = 15; digits <= 17; digits++) { /* %g drops zeros at the end */
    snprintf(text, NUMBER_ROOM, "%.*g", digits, value);
    if (strtod(text, NULL) == value)
      break;
  }
}

/* The next code point; bytes that are no UTF-8 count as one each. */
static unsigned next_code(const unsigned char **text) {
  const unsigned char *t = *text;
  int more = t[0] < 0xC0 ? 0 : t[0] < 0xE0 ? 1 : t[0] < 0xF0 ? 2 : 3;
  unsigned code = more ? t[0] & (0x3Fu >> more) : t[0];
  (*text)++;
  for (int i = 0; i < more && (**text & 0xC0) == 0x80; i++)
    code = code << 6 | (*(*text)++ & 0x3Fu);
  return code;
}

int text_width(const char *text) {
  int width = 0;
  for (const unsigned char *t = (const unsigned char *)text; *t;) {
    unsigned code = next_code(&t);
    bool none = (code >= 0x300 && code < 0x370) || (code >= 0x200B && code < 0x2010) || code == 0xFE0F;
    bool wide = (code >= 0x1100 && code < 0x1160) || (code >= 0x2E80 && code < 0xA4D0) ||
                (code >= 0xAC00 && code < 0xD7A4) || (code >= 0xFF00 && code < 0xFF61) || code >= 0x1F300;
    width += none ? 0 : wide ? 2 : 1;
  }
  return width;
}

/* Cells separated by '|', without the blanks around them. */
static json_t *split(const char *line) {
  json_t *cells = json_array();
  for (const char *start = line, *end; cells; start = end + 1) {
    end = start + strcspn(start, "|");
    const char *a = start, *b = end;
    while (a < b && isspace((unsigned char)*a))
      a++;
    while (b > a && isspace((unsigned char)b[-1]))
      b--;
    char *cell = strndup(a, (size_t)(b - a));
    int bad = !cell || json_array_append_new(cells, json_text(cell));
    free(cell);
    if (bad) {
      json_decref(cells);
      return NULL;
    }
    if (!*end)
      break;
  }
  return cells;
}

PetscErrorCode table_new(const char *title, const char *header, json_t **table) {
  PetscFunctionBeginUser;
  *table = json_pack("{s:o, s:o, s:[]}", "title", json_text(title), "header", split(header), "rows");
  PetscCheck(*table, PETSC_COMM_SELF, PETSC_ERR_MEM, "table '%s'", title);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode table_row_list(json_t *table, const char *format, va_list arguments) {
  char *line = NULL;
  PetscFunctionBeginUser;
  PetscCheck(vasprintf(&line, format, arguments) >= 0, PETSC_COMM_SELF, PETSC_ERR_MEM, "row of a table");
  json_t *row = split(line);
  free(line);
  size_t wanted = json_array_size(json_object_get(table, "header")), n = row ? json_array_size(row) : 0;
  int bad = !row || json_array_append_new(json_object_get(table, "rows"), row);
  PetscCheck(!bad, PETSC_COMM_SELF, PETSC_ERR_MEM, "row of a table");
  PetscCheck(n == wanted, PETSC_COMM_SELF, PETSC_ERR_PLIB, "table '%s': a row of %d cells under a header of %d",
             json_string_value(json_object_get(table, "title")), (int)n, (int)wanted);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode table_row(json_t *table, const char *format, ...) {
  va_list arguments;
  PetscFunctionBeginUser;
  va_start(arguments, format);
  PetscErrorCode failed = table_row_list(table, format, arguments);
  va_end(arguments);
  PetscCall(failed);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode table_cells(json_t *table, const char *const *text) {
  size_t columns = json_array_size(json_object_get(table, "header"));
  json_t *row = json_array();
  PetscFunctionBeginUser;
  int bad = !row || json_array_append_new(json_object_get(table, "rows"), row);
  for (size_t c = 0; c < columns && !bad; c++)
    bad = json_array_append_new(row, json_text(text[c]));
  PetscCheck(!bad, PETSC_COMM_SELF, PETSC_ERR_MEM, "row of a table");
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const char *cell(const json_t *row, size_t column) {
  const char *text = json_string_value(json_array_get(row, column));
  return text ? text : "";
}

static bool looks_numeric(const char *text) {
  if (!strncmp(text, "\u2212", 3)) /* minus sign */
    text += 3;
  text += strspn(text, "+-<>~ ");
  return isdigit((unsigned char)*text) || (*text == '.' && isdigit((unsigned char)text[1]));
}

bool table_numeric(const json_t *table, size_t column) {
  size_t i;
  const json_t *row, *rows = json_object_get(table, "rows");
  bool any = false;
  json_array_foreach(rows, i, row) {
    const char *text = cell(row, column);
    if (!*text || !strcmp(text, "-") || !strcmp(text, "\u2013") || !strcmp(text, "\u2014"))
      continue;
    if (!looks_numeric(text))
      return false;
    any = true;
  }
  return any;
}

static int column_width(const json_t *table, size_t column) {
  size_t i;
  const json_t *row, *rows = json_object_get(table, "rows");
  int width = text_width(cell(json_object_get(table, "header"), column));
  json_array_foreach(rows, i, row) {
    int w = text_width(cell(row, column));
    width = w > width ? w : width;
  }
  return width;
}

/* No blanks at the end of the line. */
static void print_row(FILE *file, const json_t *row, size_t columns, const int *width, const bool *right) {
  while (columns && !*cell(row, columns - 1))
    columns--;
  for (size_t c = 0; c < columns; c++) {
    const char *text = cell(row, c);
    int pad = width[c] - text_width(text);
    fprintf(file, "%s%*s%s%*s", c ? "  " : "", right[c] ? pad : 0, "", text, right[c] || c + 1 == columns ? 0 : pad,
            "");
  }
  fputc('\n', file);
}

enum { COLUMNS = 64 };

void table_print(const json_t *table, FILE *file) {
  const json_t *header = json_object_get(table, "header"), *rows = json_object_get(table, "rows"), *row;
  size_t i, columns = json_array_size(header);
  int width[COLUMNS] = {0}, all = 0;
  bool right[COLUMNS] = {false};
  columns = columns < COLUMNS ? columns : COLUMNS;
  for (size_t c = 0; c < columns; c++) {
    width[c] = column_width(table, c);
    right[c] = table_numeric(table, c);
    all += width[c] + (c ? 2 : 0);
  }
  const char *title = json_string_value(json_object_get(table, "title"));
  if (title && *title)
    fprintf(file, "%s\n", title);
  print_row(file, header, columns, width, right);
  for (int k = 0; k < all && k < 160; k++)
    fputs("\u2500", file);
  fputc('\n', file);
  json_array_foreach(rows, i, row) print_row(file, row, columns, width, right);
}
