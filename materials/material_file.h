/* Finding and reading the files of materials, for material.c only. */
#ifndef TRABECULA_MATERIALS_MATERIAL_FILE_H
#define TRABECULA_MATERIALS_MATERIAL_FILE_H

#include "materials/keys.h"

enum { MATERIAL_NAME = 64 };

/* The checked document of the material named at path of doc, and its name; the caller destroys it. */
PetscErrorCode material_file_read(const Document *doc, const char *path, Document **file);
/* The same of the mapping at path, whose member `from` is the name: the file with the mapping laid over it. A source of
   the file stands no longer for a value that the mapping replaces. */
PetscErrorCode material_file_varied(const Document *doc, const char *path, Document **file);
/* Names of the files in the folders that are searched, but for that of the case file (where other files stand too);
   sorted, the same on every rank; the caller frees with PetscFree. */
PetscErrorCode material_file_names(MPI_Comm comm, int *n, char (**name)[MATERIAL_NAME]);

#endif
