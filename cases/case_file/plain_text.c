/* Neutral text for terminals and spreadsheets.
   Terminals obey the control characters of ISO 6429 (C0 and C1; in UTF-8 the latter are C2 80 .. C2 9F), and the
   characters of Unicode TR 9 that turn the direction of writing show a name as another one. Spreadsheets compute a cell
   that begins with = + - @ (OWASP: CSV injection). Every text that a user or a file gave goes through here on its way
   out: json_text() for the records of results, which all views are made of; error_handler() for errors; csv_text() for
   tables. */
#define _GNU_SOURCE /* vasprintf */
#include "cases/case_file/plain_text.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the UTF-8 character at t (RFC 3629: shortest form, no surrogates), its code in *code; 0: it is none. */
static int utf8_length(const unsigned char *t, unsigned *code) {
  static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
  const int n = t[0] < 0x80 ? 1 : t[0] < 0xC0 ? 0 : t[0] < 0xE0 ? 2 : t[0] < 0xF0 ? 3 : t[0] < 0xF8 ? 4 : 0;
  *code = n > 1 ? t[0] & (0x7Fu >> n) : t[0];
  for (int i = 1; i < n; i++) {
    if ((t[i] & 0xC0) != 0x80)
      return 0;
    *code = *code << 6 | (t[i] & 0x3Fu);
  }
  return n && *code >= least[n] && *code <= 0x10FFFF && !(*code >= 0xD800 && *code < 0xE000) ? n : 0;
}

static bool is_control(unsigned code) {
  return (code < 0x20 && code != '\t' && code != '\n') || (code >= 0x7F && code < 0xA0) ||
         (code >= 0x2028 && code <= 0x202E) || /* lines, embeddings, overrides */
         (code >= 0x2066 && code <= 0x2069) || code == 0x200E || code == 0x200F || code == 0x061C || code == 0xFEFF;
}

void plain_text(char *text) {
  unsigned code;
  char *to = text;
  for (const char *from = text; *from;) {
    const int n = utf8_length((const unsigned char *)from, &code);
    if (!n || (is_control(code) && !(code == '\r' && from[1] == '\n')))
      *to++ = '?';
    else
      for (int i = 0; i < n; i++)
        *to++ = from[i];
    from += n ? n : 1;
  }
  *to = 0;
}

int plain_print(FILE *file, const char *format, ...) {
  va_list arguments;
  char *text;
  va_start(arguments, format);
  const int n = vasprintf(&text, format, arguments);
  va_end(arguments);
  if (n < 0)
    return 1;
  plain_text(text);
  const int bad = fputs(text, file) < 0;
  free(text);
  return bad;
}

static bool is_number(const char *text) {
  char *end;
  (void)strtod(text, &end);
  return end != text && !*end;
}

void csv_text(const char *text, FILE *file) {
  char *copy = strdup(text);
  if (!copy) {
    fputs("?", file);
    return;
  }
  plain_text(copy);
  const char first = copy[strspn(copy, " \t\n")];
  const bool formula = first && (copy[0] == '\t' || strchr("=+-@", first)) && !is_number(copy);
  const bool quoted = copy[strcspn(copy, ",;\"\t\n")] || copy[0] == ' ' || (copy[0] && copy[strlen(copy) - 1] == ' ');
  if (quoted)
    fputc('"', file);
  if (formula)
    fputc('\'', file);
  for (const char *c = copy; *c; c++) {
    if (*c == '"')
      fputc('"', file);
    fputc(*c, file);
  }
  if (quoted)
    fputc('"', file);
  free(copy);
}
