/* Memory of BLAS. */
#ifndef TRABECULA_CASES_COMMAND_BLAS_MEMORY_H
#define TRABECULA_CASES_COMMAND_BLAS_MEMORY_H

#include <petscsys.h>

/* Lets BLAS take its buffer now, which it keeps: OpenBLAS 0.3 that gets none later, where the address space is limited
   (ulimit -v), tries for ever. PETSC_ERR_MEM where there is no room. */
PetscErrorCode blas_take_memory(void);

#endif
