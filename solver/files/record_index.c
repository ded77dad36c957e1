/* Kernel: see record_index.h. Comparisons are divisions, so that no product of numbers from a file can overflow. */
#include "solver/files/record_index.h"
#include <string.h>

static const char mark[16] = "trabecula rec 2";

void record_index_begin(uint64_t high, uint64_t low, RecordIndex *index) {
  memset(index, 0, sizeof *index);
  memcpy(index->mark, mark, sizeof mark);
  index->high = high;
  index->low = low;
}

bool record_index_add(RecordIndex *index, const char *name, const RecordTable *place) {
  const size_t length = strlen(name);
  if (index->n >= RECORD_TABLES || length >= RECORD_NAME)
    return false;
  RecordTable *table = &index->table[index->n++];
  *table = *place;
  memset(table->name, 0, sizeof table->name);
  memcpy(table->name, name, length);
  return true;
}

bool record_index_known(const RecordIndex *index) { return !memcmp(index->mark, mark, sizeof mark); }

static bool table_within(const RecordTable *t, uint64_t end) {
  if (!memchr(t->name, 0, sizeof t->name) || (t->bytes != 4 && t->bytes != 8) || !t->width || t->at > end)
    return false;
  const uint64_t numbers = (end - t->at) / t->bytes;
  return t->width <= numbers ? t->rows <= numbers / t->width : t->rows == 0 && t->width <= INT32_MAX;
}

bool record_index_within(const RecordIndex *index, uint64_t end) {
  bool good = index->n <= RECORD_TABLES;
  for (uint64_t i = 0; good && i < index->n; i++)
    good = table_within(&index->table[i], end);
  return good;
}

const RecordTable *record_index_find(const RecordIndex *index, const char *name) {
  for (uint64_t i = 0; i < index->n; i++)
    if (!strcmp(index->table[i].name, name))
      return &index->table[i];
  return NULL;
}
