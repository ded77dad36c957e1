/* YAML documents that know file, line and column of every value, checked against tables of keys. Every rank holds the
   same document (rank 0 reads, then broadcasts). User mistakes are PETSC_ERR_USER_INPUT raised once with the text
   "file:line:col: error: ..."; several mistakes in one document are reported together, a line each. */
#ifndef TRABECULA_MATERIALS_KEYS_H
#define TRABECULA_MATERIALS_KEYS_H

#include "materials/content.h"
#include <petscsys.h>
#include <stdbool.h>
#include <stdio.h>

/* Flags: a key may accept several. A KEY_LIST holds numbers, each in range (integers, if KEY_INTEGER without KEY_NUMBER
   is also set); where there are rows "path.*", its entries are checked by those instead. */
typedef enum KeyType {
  KEY_NUMBER = 1,
  KEY_INTEGER = 2,
  KEY_BOOL = 4,  /* true | false */
  KEY_WORD = 8,  /* one of words; words NULL: any text */
  KEY_TEXT = 16, /* any scalar */
  KEY_FILE = 32, /* path relative to the document */
  KEY_LIST = 64, /* see above */
  KEY_MAP = 128, /* its members are rows of their own, or '*' rows */
  KEY_ANY = 256  /* anything: whoever reads it checks it with document_check_at; document_set may open a text of it */
} KeyType;

typedef struct KeyRow {
  const char *path;     /* "lattice.cell_mm"; '*' stands for any one name: "materials.*.young_MPa" */
  int type;             /* KeyType flags */
  const char *unit;     /* NULL: none */
  const char *range;    /* interval as it is shown to the user: "(0, 10]", "[2, inf)"; NULL: any finite number */
  const char *words;    /* "auto none" for KEY_WORD */
  const char *fallback; /* default as YAML text; NULL: required if its parent is there; "": optional, no default */
  const char *help;
} KeyRow;

typedef struct KeyTable {
  int n;
  const KeyRow *row;
} KeyTable;

typedef struct Document Document;

/* Collective. At most 1 MB, one document, no anchors, aliases or tags. */
PetscErrorCode document_read(MPI_Comm comm, const char *file, Document **doc);
/* The same from memory (the same text on every rank); file is what errors name and where relative paths start. */
PetscErrorCode document_parse(MPI_Comm comm, const char *file, size_t n, const char *text, Document **doc);
/* "lattice.cell_mm=2.5": replaces or adds a value; "fatigue=null" takes a key away. Errors
   name the command line in place of the file. Below a text X it
   makes {from: X, ...} of it, which document_check refuses but where a row has KEY_ANY. */
PetscErrorCode document_set(Document *doc, const char *assignment);
/* Lays the mapping at path of `over` over the whole of doc, before doc is checked: members replace those of the same
   name, mappings are merged. Errors name the file and line that each value comes from; those of the whole, the mapping.
 */
PetscErrorCode document_merge(Document *doc, const Document *over, const char *path);
/* Unknown keys (with the nearest known one), missing keys, types, ranges, words, duplicate keys; then fills in the
   defaults. The tables are merged: where two rows have the same path, the later one counts; an exact path goes before
   one with '*'. A path whose parent has no row implies one: an optional mapping that is there. A mapping with fallback
   "{}" brings its members' defaults. */
PetscErrorCode document_check(Document *doc, int n_tables, const KeyTable *tables);
/* The same for the mapping at path; the rows' paths start there. */
PetscErrorCode document_check_at(Document *doc, const char *path, int n_tables, const KeyTable *tables);
PetscErrorCode document_destroy(Document **doc);

/* Values by path ("materials.1.young_MPa", "cells.0"). Only valid after document_check; a path that is absent is a
   programming error (PETSC_ERR_PLIB) except in document_has. Text is borrowed from the document. */
bool document_has(const Document *doc, const char *path);
KeyType document_type(const Document *doc, const char *path); /* KEY_TEXT for any scalar that is no number or bool, else
                                                                 KEY_NUMBER, KEY_BOOL, KEY_LIST or KEY_MAP */
PetscErrorCode document_number(const Document *doc, const char *path, double *value);
PetscErrorCode document_integer(const Document *doc, const char *path, PetscInt *value);
PetscErrorCode document_bool(const Document *doc, const char *path, PetscBool *value);
PetscErrorCode document_text(const Document *doc, const char *path, const char **value);
/* KEY_FILE: resolved against the folder of the document; file has size PETSC_MAX_PATH_LEN. */
PetscErrorCode document_path(const Document *doc, const char *path, char *file);
/* A list, or a single number as a list of one; *n on entry the room, on return the length (too long: an error at the
 * key). */
PetscErrorCode document_numbers(const Document *doc, const char *path, PetscInt *n, double *value);
/* Members of a mapping or list: count and names (for a list, "0", "1", ...). path "" is the top. */
PetscErrorCode document_count(const Document *doc, const char *path, PetscInt *n);
PetscErrorCode document_member(const Document *doc, const char *path, PetscInt i, const char **name);
/* Raises PETSC_ERR_USER_INPUT at the mark of path (or its nearest existing parent): "file:line:col: error: <text>". */
PetscErrorCode document_error(const Document *doc, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The row that a path of a document belongs to: its own, or that of the nearest parent whose members have no rows (a
   mapping that somebody else checks). NULL: such a document has no such key. Of several tables later rows count. */
const KeyRow *keys_find(int n_tables, const KeyTable *tables, const char *path);
/* "file:line:col" of path, for warnings. */
PetscErrorCode document_mark(const Document *doc, const char *path, char *mark, size_t n);
/* The document as understood, defaults included, as YAML. */
PetscErrorCode document_write(const Document *doc, FILE *file);
/* Appends what the document says, defaults included, without n paths that are left out. Comments, layout and the order
   of keys do not count. */
PetscErrorCode document_content(const Document *doc, int n, const char *const *left_out, Content *content);
/* Edits (insert, delete, replace, swap neighbours) from a to b; 99 if a name is longer than 63. Kernel. */
int name_distance(const char *a, const char *b);
/* Index of the nearest of n names, or -1 if none is near enough to be a slip of the keys. Kernel. */
int name_nearest(const char *name, int n, const char *const *names);

MPI_Comm document_comm(const Document *doc);
const char *document_file(const Document *doc);

#endif
