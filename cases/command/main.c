/* trabecula: see command.h. */
#include "cases/body/kept.h"
#include "cases/case_file/error.h"
#include "cases/case_file/interrupt.h"
#include "cases/case_file/plain_text.h"
#include "cases/command/blas_memory.h"
#include "cases/command/command.h"
#include "solver/files/keep.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT_STATUS = 3 };

/* PETSc gets only what stands behind "--"; no rc files, no signal handler that prints pages. petsc has room for argc +
   3 and must stay until PetscFinalize. */
static int initialise(int argc, char **argv, int split, char **petsc) {
  static char skip[] = "-skip_petscrc", signals[] = "-no_signal_handler";
  int n = 0;
  petsc[n++] = argv[0];
  petsc[n++] = skip;
  petsc[n++] = signals;
  for (int i = split + 1; i < argc; i++)
    petsc[n++] = argv[i];
  return PetscInitialize(&n, &petsc, NULL, NULL) != PETSC_SUCCESS;
}

/* A PETSc option that nothing asked for is most likely misspelt. */
static void warn_unused_options(void) {
  PetscInt n = 0;
  char **names = NULL, **values = NULL;
  int rank;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  if (PetscOptionsLeftGet(NULL, &n, &names, &values))
    return;
  for (PetscInt i = 0; i < n && !rank; i++)
    if (strcmp(names[i], "skip_petscrc") && strcmp(names[i], "no_signal_handler"))
      plain_print(stderr, "trabecula: warning: nothing used the PETSc option '-%s'; is it misspelt?\n", names[i]);
  (void)PetscOptionsLeftRestore(NULL, &n, &names, &values);
}

/* Between PetscInitialize and PetscFinalize. Returns the exit status. */
static int run(int argc, char **argv, bool petsc_options) {
  ErrorReport report = {.printed = PETSC_FALSE};
  int status = 0;
  interrupt_install();
  PetscPushErrorHandler(error_handler, &report);
  PetscErrorCode failed = blas_take_memory();
  if (!failed)
    failed = command_main(PETSC_COMM_WORLD, argc, argv, &status);
  if (failed) {
    error_meet(&report);
    status = failed == KEEP_STOPPED ? INTERRUPT_STATUS : failed == PETSC_ERR_NOT_CONVERGED ? 4 : 2;
  } else {
    if (petsc_options)
      warn_unused_options();
    if (kept_free())
      status = 2;
  }
  PetscPopErrorHandler();
  return status;
}

/* Whether all that was printed arrived. A reader that left (`| head`) is no error: it has what it wanted. Anything
   else, a full disk, is told, and is the status unless something worse is; files of results do not hang on it. */
static int output_status(int status) {
  errno = 0;
  const int bad = fflush(stdout), why = errno;
  if (!bad && !ferror(stdout))
    return status;
  int number = why;
  if (!bad && write(STDOUT_FILENO, "\n", 1) < 0) /* it failed earlier: the reason once more */
    number = errno;
  if (!freopen("/dev/null", "w", stdout) || number == EPIPE) /* PETSc's end flushes it once more, and would complain */
    return status;
  fprintf(stderr,
          "trabecula: error: standard output cannot be written (%s): what was printed is not whole; files of "
          "results are\n",
          number ? strerror(number) : "it failed before");
  return status ? status : OUTPUT_STATUS;
}

int main(int argc, char **argv) {
  int split = 1;
  while (split < argc && strcmp(argv[split], "--"))
    split++;
  char **petsc = calloc((size_t)argc + 3, sizeof *petsc);
  if (!petsc || initialise(argc, argv, split, petsc)) {
    free(petsc);
    return 2;
  }
  int status = output_status(run(split, argv, split + 1 < argc));
  PetscFinalize();
  free(petsc);
  return status;
}
