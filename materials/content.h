/* What something is, in 128 bits: equal contents have equal ones, on every machine of the same byte order. Not against
   forgers. Kernel. */
#ifndef TRABECULA_MATERIALS_CONTENT_H
#define TRABECULA_MATERIALS_CONTENT_H

#include <stddef.h>
#include <stdint.h>

enum { CONTENT_TEXT = 33 };

typedef struct Content { /* all 0: nothing yet */
  uint64_t low, high;
} Content;

/* Appends n bytes as one piece: the pieces "ab" and "c" differ from "a" and "bc". XXH3, 128 bits (Collet). */
void content_add(Content *content, size_t n, const void *bytes);
void content_add_text(Content *content, const char *text);
/* 32 hexadecimal digits. */
void content_text(const Content *content, char text[CONTENT_TEXT]);

#endif
