/* Records as a stranger makes them: bytes, or one number of a table, are others, and the seal is right again. */
#ifndef TRABECULA_TESTS_SOLVER_RECORD_FORGE_H
#define TRABECULA_TESTS_SOLVER_RECORD_FORGE_H

#include "materials/content.h"
#include "solver/files/record_index.h"
#include "tests/check.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FORGE_CHUNK = 1 << 16 };

typedef struct Forge { /* a record in memory */
  size_t n;            /* bytes before the seal; the index are the last of them */
  unsigned char *at;   /* of malloc */
} Forge;

static inline Forge forge_read(const char *file) {
  FILE *f = fopen(file, "rb");
  assert_non_null(f);
  fseek(f, 0, SEEK_END);
  Forge forge = {(size_t)ftell(f) - sizeof(Content), NULL};
  forge.at = malloc(forge.n);
  rewind(f);
  assert_true(forge.at && fread(forge.at, 1, forge.n, f) == forge.n);
  fclose(f);
  return forge;
}

/* With the content of all bytes, in the pieces that a record is read in, behind them. */
static inline void forge_write(const Forge *forge, const char *file) {
  Content seal = {0, 0};
  FILE *f = fopen(file, "wb");
  assert_non_null(f);
  content_add_text(&seal, "trabecula");
  for (size_t i = 0; i < forge->n; i += FORGE_CHUNK)
    content_add(&seal, forge->n - i < FORGE_CHUNK ? forge->n - i : FORGE_CHUNK, forge->at + i);
  assert_true(fwrite(forge->at, 1, forge->n, f) == forge->n && fwrite(&seal, sizeof seal, 1, f) == 1);
  fclose(f);
}

static inline RecordIndex forge_index(const Forge *forge) {
  RecordIndex index;
  memcpy(&index, forge->at + forge->n - sizeof index, sizeof index);
  return index;
}

static inline void forge_set_index(Forge *forge, const RecordIndex *index) {
  memcpy(forge->at + forge->n - sizeof *index, index, sizeof *index);
}

/* Writes `to` with number `which` (of the share 0 .. 1 of all) of a table as value. False: the table is empty. */
static inline bool forge_number(const Forge *forge, const char *to, const RecordTable *table, double which,
                                double value) {
  const uint64_t n = table->rows * table->width;
  if (!n)
    return false;
  unsigned char *at = forge->at + table->at + (uint64_t)(which * (double)(n - 1)) * table->bytes, old[8];
  const float single = (float)value;
  memcpy(old, at, table->bytes);
  memcpy(at, table->bytes == 4 ? (const void *)&single : &value, table->bytes);
  forge_write(forge, to);
  memcpy(at, old, table->bytes);
  return true;
}

/* Writes `to` with up to 8 bytes of the whole as chance has it; the same for the same seed. */
static inline void forge_bytes(const Forge *forge, const char *to, unsigned seed) {
  Forge other = {forge->n, malloc(forge->n)};
  assert_non_null(other.at);
  memcpy(other.at, forge->at, forge->n);
  unsigned long long x = 0x9e3779b97f4a7c15ull * (seed + 1);
  for (unsigned i = 0; i <= seed % 8; i++) {
    x = x * 6364136223846793005ull + 1442695040888963407ull;
    const size_t back = seed % 2 ? sizeof(RecordIndex) : forge->n; /* every second time in the index */
    other.at[forge->n - 1 - (size_t)(x >> 20) % back] = (unsigned char)(x >> 12);
  }
  forge_write(&other, to);
  free(other.at);
}

#endif
