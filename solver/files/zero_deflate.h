/* A zlib stream of fields that are mostly void: runs of zeros are packed, everything else is stored as it is. Stresses
   hardly shrink under deflate anyway; this way they are written at the speed of memory, and any zlib reads them.
   Kernel: no PETSc calls, no MPI, no allocation, cannot fail. */
#ifndef TRABECULA_SOLVER_FILES_ZERO_DEFLATE_H
#define TRABECULA_SOLVER_FILES_ZERO_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

/* Room that the stream of n bytes surely fits in. */
size_t zero_deflate_bound(size_t n);
/* in [n] -> out [zero_deflate_bound(n)]; returns the length of the stream. Format: RFC 1950 and 1951. */
size_t zero_deflate(size_t n, const uint8_t *in, uint8_t *out);

#endif
