/* Kernel: where the tables of a record stand in its file. The index stands at the end of the file, before its seal. A
   record is read by its index, never by the structures of HDF5 in it, which are for people's tools: HDF5 1.10 does not
   withstand structures that were made to harm. */
#ifndef TRABECULA_SOLVER_FILES_RECORD_INDEX_H
#define TRABECULA_SOLVER_FILES_RECORD_INDEX_H

#include <stdbool.h>
#include <stdint.h>

enum { RECORD_TABLES = 16, RECORD_NAME = 24 };

typedef struct RecordTable { /* rows x width numbers of `bytes` bytes each from byte `at` of the file on */
  char name[RECORD_NAME];
  uint64_t at, rows, width, bytes;
} RecordTable;

typedef struct RecordIndex { /* as it stands in the file; numbers in the order of this machine */
  char mark[16];
  uint64_t high, low; /* content that the record is of */
  uint64_t n;
  RecordTable table[RECORD_TABLES];
} RecordIndex;

void record_index_begin(uint64_t high, uint64_t low, RecordIndex *index);
/* False: the index is full, or the name too long. */
bool record_index_add(RecordIndex *index, const char *name, const RecordTable *place);
/* Whether it begins as an index of this version does. */
bool record_index_known(const RecordIndex *index);
/* Whether every table lies within the first `end` bytes of the file; nothing else is said about them. */
bool record_index_within(const RecordIndex *index, uint64_t end);
/* NULL: there is no such table. */
const RecordTable *record_index_find(const RecordIndex *index, const char *name);

#endif
