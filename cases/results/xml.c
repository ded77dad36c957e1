#include "cases/results/xml.h"

void xml_text(const char *text, FILE *file) {
  for (const unsigned char *c = (const unsigned char *)text; *c; c++)
    switch (*c) {
    case '&':
      fputs("&amp;", file);
      break;
    case '<':
      fputs("&lt;", file);
      break;
    case '>':
      fputs("&gt;", file);
      break;
    case '"':
      fputs("&quot;", file);
      break;
    case '\'':
      fputs("&#39;", file);
      break;
    default:
      if (*c >= 0x20 || *c == '\t' || *c == '\n')
        fputc(*c, file);
    }
}
