/* A plain check of XML-like text: every tag is closed in order, attributes are quoted, no bare < or &. */
#ifndef TRABECULA_TESTS_WELL_FORMED_H
#define TRABECULA_TESTS_WELL_FORMED_H

#include "tests/check.h"
#include <ctype.h>
#include <string.h>

static inline bool well_formed_void(const char *name) {
  return !strcmp(name, "meta") || !strcmp(name, "!DOCTYPE") || !strcmp(name, "br"); /* HTML's tags without end */
}

/* Steps over the tag that begins at *at; name (32) and whether it closes itself. */
static inline bool well_formed_tag(const char **at, char *name) {
  const char *c = *at + 1;
  int n = 0;
  for (; *c && !isspace((unsigned char)*c) && *c != '>' && *c != '/' && n < 31; c++)
    name[n++] = *c;
  if (!n && *c == '/')
    for (; *c && *c != '>' && n < 31; c++)
      name[n++] = *c;
  name[n] = 0;
  for (char quote = 0; *c && (quote || *c != '>'); c++) {
    if (!quote && *c == '<')
      fail_msg("a tag inside the tag at: %.60s", *at);
    if (*c == '"' || *c == '\'')
      quote = !quote ? *c : quote == *c ? 0 : quote;
  }
  if (!*c)
    fail_msg("a tag without end: %.60s", *at);
  bool self = c[-1] == '/';
  *at = c + 1;
  return self;
}

static inline void well_formed(const char *text) {
  char stack[64][32], name[32];
  int depth = 0;
  for (const char *c = text; *c;) {
    if (*c == '&' && !strspn(c + 1, "abcdefghijklmnopqrstuvwxyz#0123456789"))
      fail_msg("a bare ampersand at: %.60s", c);
    if ((unsigned char)*c < 0x20 && *c != '\n' && *c != '\t')
      fail_msg("a control character at: %.60s", c + 1);
    if (*c != '<') {
      c++;
      continue;
    }
    const char *tag = c;
    bool self = well_formed_tag(&c, name);
    if (name[0] == '/') {
      if (!depth || strcmp(stack[depth - 1], name + 1))
        fail_msg("%s closes %s at: %.60s", name, depth ? stack[depth - 1] : "nothing", tag);
      depth--;
    } else if (!self && !well_formed_void(name)) {
      assert_true(depth < 64);
      strcpy(stack[depth++], name);
    }
  }
  if (depth)
    fail_msg("<%s> is not closed", stack[depth - 1]);
}

#endif
