/* A record on disk: named tables of numbers in an HDF5 file, which is there whole or not at all. Behind them stand an
   index (record_index.h), by which it is read, and the content of all bytes before, so that what was damaged is found
   out. Who writes a right seal under false bytes is refused, or taken within bounds, but harms nothing. Rank 0 alone
   speaks to the disk; all calls are collective. A record that cannot be written is no error: the caller decides. */
#ifndef TRABECULA_SOLVER_FILES_RECORD_H
#define TRABECULA_SOLVER_FILES_RECORD_H

#include "materials/content.h"
#include <petscsys.h>
#include <stdbool.h>

enum { RECORD_WHY = 256 };
typedef struct Record Record;
typedef enum RecordState { RECORD_GOOD, RECORD_ABSENT, RECORD_FOREIGN, RECORD_DAMAGED } RecordState;

/* A new record of what has that content, under a temporary name in the folder scratch (of the same disk as file). */
PetscErrorCode record_create(MPI_Comm comm, const char *scratch, const char *file, const Content *content,
                             Record **record);
/* A table of rows of `width` numbers: this rank's n rows behind those of the ranks before it. */
PetscErrorCode record_put(Record *record, const char *name, PetscInt64 n, PetscInt width, const double *value);
PetscErrorCode record_put_floats(Record *record, const char *name, PetscInt64 n, PetscInt width, const float *value);
/* The record takes its name, or is removed: *good says which, why [RECORD_WHY] why not, *bytes its size (NULL: not
   asked). */
PetscErrorCode record_finish(Record **record, PetscBool *good, char *why, double *bytes);

/* Whether a file is a record, of any content and version since 2, damaged or not, or empty. Local. */
bool record_is_one(const char *file);
/* *record is NULL unless *state is RECORD_GOOD: the file is there, whole, and of that content. */
PetscErrorCode record_open(MPI_Comm comm, const char *file, const Content *content, RecordState *state,
                           Record **record);
/* Rows of all ranks together; 0 where there is no such table. */
PetscErrorCode record_rows(Record *record, const char *name, PetscInt64 *n);
/* This rank's n rows, as record_put took them, on any number of ranks. PETSC_ERR_USER_INPUT where the table has another
   form. */
PetscErrorCode record_get(Record *record, const char *name, PetscInt64 n, PetscInt width, double *value);
PetscErrorCode record_get_floats(Record *record, const char *name, PetscInt64 n, PetscInt width, float *value);
/* A table of n rows to every rank; record_put it with n = 0 on all ranks but the first. */
PetscErrorCode record_get_all(Record *record, const char *name, PetscInt64 n, PetscInt width, double *value);
/* Raises PETSC_ERR_USER_INPUT on all ranks unless good on every one: the file does not hold what it should, what says
   which part, and is to be removed. A seal that is right says only that nothing was damaged by chance. */
PetscErrorCode record_check(Record *record, bool good, const char *what);
/* A number of a record as a count or an index: whole and from least to most, else good becomes false and least is
   returned. Kernel. */
PetscInt record_count(double value, PetscInt least, PetscInt most, bool *good);
PetscErrorCode record_close(Record **record);

#endif
