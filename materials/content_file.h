/* The content of a file. */
#ifndef TRABECULA_MATERIALS_CONTENT_FILE_H
#define TRABECULA_MATERIALS_CONTENT_FILE_H

#include "materials/content.h"
#include <petscsys.h>

/* Collective. Appends the bytes of a file that rank 0 reads; one that it cannot read differs from every one that it
   can. The same on every rank that brings the same content. */
PetscErrorCode content_add_file(MPI_Comm comm, const char *file, Content *content);

#endif
