/* The machine's memory bandwidth, to hold rates against. */
#ifndef TRABECULA_BENCH_TRIAD_H
#define TRABECULA_BENCH_TRIAD_H

#include <petscsys.h>

/* Best of several STREAM triads of all ranks at once on arrays of TRIAD_BYTES together (larger than any cache of a
   workstation), bytes a second of all ranks. Collective. */
#define TRIAD_BYTES 1.2e9
PetscErrorCode triad_bandwidth(MPI_Comm comm, double *bytes_per_s);

#endif
