#include "materials/content_file.h"
#include <stdio.h>

PetscErrorCode content_add_file(MPI_Comm comm, const char *file, Content *content) {
  enum { CHUNK = 1 << 20 };
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank) {
    Content bytes = {0, 0};
    char *chunk;
    size_t n = 0;
    PetscCall(PetscMalloc1(CHUNK, &chunk));
    FILE *open = fopen(file, "rb");
    while (open && (n = fread(chunk, 1, CHUNK, open)) > 0)
      content_add(&bytes, n, chunk);
    const char good = open && !ferror(open);
    if (open)
      fclose(open);
    PetscCall(PetscFree(chunk));
    content_add(content, 1, &good);
    content_add(content, sizeof bytes, &bytes);
  }
  uint64_t word[2] = {content->low, content->high};
  PetscCallMPI(MPI_Bcast(word, 2, MPI_UINT64_T, 0, comm));
  *content = (Content){word[0], word[1]};
  PetscFunctionReturn(PETSC_SUCCESS);
}
