/* What a stretch of work costs, all ranks together. Collective. */
#ifndef TRABECULA_BENCH_METER_H
#define TRABECULA_BENCH_METER_H

#include <petscsys.h>

typedef struct Meter {
  double wall_s;       /* of the slowest rank */
  double cpu_s;        /* user and system, of all ranks */
  double instructions; /* user space, of all ranks; NAN where the machine does not count them */
} Meter;

/* Opens the counter of instructions, if there is one. Local. */
void meter_open(void);
PetscErrorCode meter_start(MPI_Comm comm, Meter *meter);
/* Turns the start into the difference. */
PetscErrorCode meter_stop(MPI_Comm comm, Meter *meter);

/* Repeats work(context) at least `least` times and until it has taken seconds, at most REPEAT_MOST times: the run with
   the median wall time. Odd numbers of runs only. */
enum { REPEAT_MOST = 101 };
PetscErrorCode meter_repeat(MPI_Comm comm, int least, double seconds, PetscErrorCode (*work)(void *context),
                            void *context, Meter *median);

/* Largest resident memory so far, bytes, summed over the ranks: pages that ranks share count once for each. */
PetscErrorCode meter_peak(MPI_Comm comm, double *bytes);

#endif
