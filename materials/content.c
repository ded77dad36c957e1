#include "materials/content.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

void content_add(Content *content, size_t n, const void *bytes) {
  const XXH128_hash_t piece = XXH3_128bits(bytes, n);
  const uint64_t chain[5] = {content->low, content->high, piece.low64, piece.high64, n};
  const XXH128_hash_t all = XXH3_128bits(chain, sizeof chain);
  *content = (Content){all.low64, all.high64};
}

void content_add_text(Content *content, const char *text) { content_add(content, strlen(text), text); }

void content_text(const Content *content, char text[CONTENT_TEXT]) {
  snprintf(text, CONTENT_TEXT, "%016" PRIx64 "%016" PRIx64, content->high, content->low);
}
