/* A record on disk: named tables of numbers in an HDF5 file, which is there whole or not at all. The last bytes of the
   file are the content of all before them, so that what was damaged is found out before HDF5 reads it. Rank 0 alone
   speaks to the disk; all calls are collective. A record that cannot be written is no error: the caller decides. */
#ifndef TRABECULA_SOLVER_STORE_H
#define TRABECULA_SOLVER_STORE_H

#include "materials/content.h"
#include <petscsys.h>

enum { STORE_WHY = 256 };
typedef struct Store Store;
typedef enum StoreState { STORE_GOOD, STORE_ABSENT, STORE_FOREIGN, STORE_DAMAGED } StoreState;

/* A new record of what has that content, under a temporary name in the folder scratch (of the same disk as file). */
PetscErrorCode store_create(MPI_Comm comm, const char *scratch, const char *file, const Content *content,
                            Store **store);
/* A table of rows of `width` numbers: this rank's n rows behind those of the ranks before it. */
PetscErrorCode store_put(Store *store, const char *name, PetscInt64 n, PetscInt width, const double *value);
PetscErrorCode store_put_floats(Store *store, const char *name, PetscInt64 n, PetscInt width, const float *value);
/* The record takes its name, or is removed: *good says which, why [STORE_WHY] why not, *bytes its size (NULL: not
   asked). */
PetscErrorCode store_finish(Store **store, PetscBool *good, char *why, double *bytes);

/* *store is NULL unless *state is STORE_GOOD: the file is there, whole, and of that content. */
PetscErrorCode store_open(MPI_Comm comm, const char *file, const Content *content, StoreState *state, Store **store);
/* Rows of all ranks together; 0 where there is no such table. */
PetscErrorCode store_rows(Store *store, const char *name, PetscInt64 *n);
/* This rank's n rows, as store_put took them, on any number of ranks. PETSC_ERR_FILE_READ where the table has another
   form. */
PetscErrorCode store_get(Store *store, const char *name, PetscInt64 n, PetscInt width, double *value);
PetscErrorCode store_get_floats(Store *store, const char *name, PetscInt64 n, PetscInt width, float *value);
/* A table of n rows to every rank; store_put it with n = 0 on all ranks but the first. */
PetscErrorCode store_get_all(Store *store, const char *name, PetscInt64 n, PetscInt width, double *value);
PetscErrorCode store_close(Store **store);

#endif
