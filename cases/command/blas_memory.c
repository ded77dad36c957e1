#include "cases/command/blas_memory.h"

#include <petscblaslapack.h>
#include <sys/mman.h>

enum { BUFFER_MIB = 160 }; /* OpenBLAS on x86-64: 128, and alignment */

PetscErrorCode blas_take_memory(void) {
  const size_t bytes = (size_t)BUFFER_MIB << 20;
  PetscScalar one = 1;
  const PetscBLASInt n = 1;
  PetscBLASInt info;
  PetscFunctionBeginUser;
  void *room = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  PetscCheck(room != MAP_FAILED, PETSC_COMM_SELF, PETSC_ERR_MEM, "%d MB of address space for BLAS", BUFFER_MIB);
  munmap(room, bytes);
  LAPACKpotrf_("L", &n, &one, &n, &info); /* one of those that always take it */
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "the Cholesky factor of 1 is refused");
  PetscFunctionReturn(PETSC_SUCCESS);
}
