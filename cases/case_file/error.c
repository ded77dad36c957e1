#include "cases/case_file/error.h"
#include "cases/case_file/interrupt.h"
#include "cases/case_file/plain_text.h"
#include "solver/files/keep.h"
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static const char own[] = "trabecula: error: "; /* before what names no place */

/* PETSc 3.18's allocator garbles code and message; MUMPS has numbers for what it lacks. */
static bool is_memory(PetscErrorCode code, const char *base, const char *text) {
  return code == PETSC_ERR_MEM || !strcmp(base, "mal.c") || strstr(text, "INFOG(1)=-13") ||
         strstr(text, "INFOG(1) = -13");
}

/* What the user can do something about is told in its own words. */
static bool is_plain(PetscErrorCode code) { return code == PETSC_ERR_USER_INPUT || code == PETSC_ERR_NOT_CONVERGED; }

static void describe(int line, const char *function, const char *file, PetscErrorCode code, const char *message,
                     ErrorReport *report) {
  const char *text = message && message[0] ? message : "no description", *base = strrchr(file, '/');
  size_t n = sizeof report->text;
  base = base ? base + 1 : file;
  if (is_plain(code))
    snprintf(report->text, n, "%s%s", strstr(text, ": error: ") ? "" : own, text);
  else if (code == KEEP_STOPPED)
    snprintf(report->text, n, "trabecula: %s (status %d)", text, INTERRUPT_STATUS);
  else if (is_memory(code, base, text))
    snprintf(report->text, n, "trabecula: error: out of memory (%s)", text);
  else
    snprintf(report->text, n, "trabecula: internal error: %s (%s, %s:%d)", text, function, base, line);
  for (char *c = report->text; !is_plain(code) && code != KEEP_STOPPED && *c; c++)
    if (*c == '\n')
      *c = ' ';
  plain_text(report->text);
}

static void print(ErrorReport *report) {
  fflush(stdout);
  fprintf(stderr, "%s\n", report->text);
  fflush(stderr);
  report->printed = PETSC_TRUE;
}

static void stop_all(void) {
  interrupt_clean();
  MPI_Abort(PETSC_COMM_WORLD, 2);
}

PetscErrorCode error_handler(MPI_Comm comm, int line, const char *function, const char *file, PetscErrorCode code,
                             PetscErrorType type, const char *message, void *ctx) {
  ErrorReport *report = ctx;
  int rank = 0, world_rank = 0, size = 1, world_size = 1;
  if (type != PETSC_ERROR_INITIAL)
    return code;
  describe(line, function ? function : "?", file ? file : "?", code, message, report);
  MPI_Comm_size(PETSC_COMM_WORLD, &world_size);
  MPI_Comm_rank(PETSC_COMM_WORLD, &world_rank);
  if (comm != MPI_COMM_NULL) {
    MPI_Comm_size(comm, &size);
    MPI_Comm_rank(comm, &rank);
  }
  if (size == 1 && world_size > 1 && !report->own) {
    if (world_rank)
      usleep(300000); /* where all ranks fail alike, rank 0 tells it and stops the others */
    print(report);
    stop_all();
  }
  if (!rank && !report->kept)
    print(report);
  return code;
}

void error_line(const char *told, size_t n, char *line) {
  size_t used = 0;
  for (const char *c = strncmp(told, own, sizeof own - 1) ? told : told + sizeof own - 1; *c && used + 2 < n; c++) {
    if (*c != '\n')
      line[used++] = *c;
    else if (c[1]) {
      line[used++] = ';';
      line[used++] = ' ';
    }
  }
  line[used] = 0;
}

void error_meet(ErrorReport *report) {
  MPI_Request request;
  int done = 0;
  if (MPI_Ibarrier(PETSC_COMM_WORLD, &request))
    return;
  for (int i = 0; i < 500 && !done; i++) {
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    if (!done)
      usleep(10000);
  }
  if (done)
    return;
  if (!report->printed)
    print(report);
  stop_all();
}
