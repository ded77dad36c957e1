/* A table as the bytes of an HDF5 file: one group, in it a dataset a column, each with the text attribute "unit". Local
   to the calling rank. */
#ifndef TRABECULA_SOLVER_FILES_TABLE_IMAGE_H
#define TRABECULA_SOLVER_FILES_TABLE_IMAGE_H

#include <petscsys.h>

typedef struct TableColumn {
  const char *name, *unit;
  const char *const *text; /* [n], UTF-8; NULL: the numbers */
  const double *number;    /* [n] */
} TableColumn;

/* *bytes [*size] is freed with PetscFree. */
PetscErrorCode table_image(const char *group, PetscInt n, PetscInt n_columns, const TableColumn *column, size_t *size,
                           void **bytes);

#endif
