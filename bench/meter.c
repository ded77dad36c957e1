#include "bench/meter.h"

#include <linux/perf_event.h>
#include <math.h>
#include <petsctime.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int counter = -1; /* file descriptor of the instruction counter */

void meter_open(void) {
  struct perf_event_attr a;
  memset(&a, 0, sizeof a);
  a.size = sizeof a;
  a.type = PERF_TYPE_HARDWARE;
  a.config = PERF_COUNT_HW_INSTRUCTIONS;
  a.exclude_kernel = a.exclude_hv = 1;
  counter = (int)syscall(SYS_perf_event_open, &a, 0, -1, -1, 0);
}

static double instructions_now(void) {
  uint64_t n;
  return counter >= 0 && read(counter, &n, sizeof n) == (ssize_t)sizeof n ? (double)n : NAN;
}

static double cpu_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double wall_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

PetscErrorCode meter_start(MPI_Comm comm, Meter *m) {
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Barrier(comm));
  *m = (Meter){wall_now(), cpu_now(), instructions_now()};
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode meter_stop(MPI_Comm comm, Meter *m) {
  const double wall = wall_now() - m->wall_s;
  const double sum[2] = {cpu_now() - m->cpu_s, instructions_now() - m->instructions};
  double all[2];
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(sum, all, 2, MPI_DOUBLE, MPI_SUM, comm));
  PetscCallMPI(MPI_Allreduce(&wall, &m->wall_s, 1, MPI_DOUBLE, MPI_MAX, comm));
  m->cpu_s = all[0];
  m->instructions = all[1];
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int by_wall(const void *a, const void *b) {
  const Meter *x = a, *y = b;
  return (x->wall_s > y->wall_s) - (x->wall_s < y->wall_s);
}

PetscErrorCode meter_repeat(MPI_Comm comm, int least, double seconds, PetscErrorCode (*work)(void *), void *context,
                            Meter *median) {
  Meter run[REPEAT_MOST];
  double total = 0; /* the same on all ranks */
  int n = 0;
  PetscFunctionBeginUser;
  while (n < least || ((total < seconds || n % 2 == 0) && n < REPEAT_MOST)) {
    PetscCall(meter_start(comm, &run[n]));
    PetscCall(work(context));
    PetscCall(meter_stop(comm, &run[n]));
    total += run[n++].wall_s;
  }
  qsort(run, (size_t)n, sizeof *run, by_wall);
  *median = run[n / 2];
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode meter_peak(MPI_Comm comm, double *bytes) {
  char line[256];
  double kB = 0;
  FILE *file = fopen("/proc/self/status", "r");
  PetscFunctionBeginUser;
  PetscCheck(file, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "no /proc/self/status to read the peak memory from");
  while (fgets(line, sizeof line, file))
    if (!strncmp(line, "VmHWM:", 6))
      kB = strtod(line + 6, NULL);
  fclose(file);
  kB *= 1024;
  PetscCallMPI(MPI_Allreduce(&kB, bytes, 1, MPI_DOUBLE, MPI_SUM, comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}
