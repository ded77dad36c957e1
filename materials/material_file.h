/* Finding and reading the files of materials, for material.c only. */
#ifndef TRABECULA_MATERIALS_MATERIAL_FILE_H
#define TRABECULA_MATERIALS_MATERIAL_FILE_H

#include "materials/keys.h"

enum { MATERIAL_NAME = 64 };

/* The checked document of the material named at path of doc, and its name; the caller destroys it. */
PetscErrorCode material_file_read(const Document *doc, const char *path, Document **file);
/* Names of the files in the folders that are searched, but for that of the case file (where other files stand too);
   sorted, the same on every rank; the caller frees with PetscFree. */
PetscErrorCode material_file_names(MPI_Comm comm, int *n, char (**name)[MATERIAL_NAME]);

#endif
