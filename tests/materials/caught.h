/* The text of a user mistake, for tests that look at it. */
#ifndef TRABECULA_TESTS_MATERIALS_CAUGHT_H
#define TRABECULA_TESTS_MATERIALS_CAUGHT_H

#include "tests/check.h"
#include <string.h>

typedef struct Caught {
  int n; /* errors raised */
  char text[4096];
} Caught;

static inline PetscErrorCode caught_handler(MPI_Comm comm, int line, const char *fun, const char *file,
                                            PetscErrorCode n, PetscErrorType p, const char *mess, void *context) {
  Caught *caught = (Caught *)context;
  (void)comm, (void)line, (void)fun, (void)file;
  if (p == PETSC_ERROR_INITIAL) {
    caught->n++;
    snprintf(caught->text, sizeof caught->text, "%s", mess ? mess : "");
  }
  return n;
}

/* call must be refused once as a user mistake; the text is left in caught. */
#define CATCH(caught, call)                                                                                            \
  do {                                                                                                                 \
    (caught)->n = 0;                                                                                                   \
    (caught)->text[0] = 0;                                                                                             \
    PetscPushErrorHandler(caught_handler, caught);                                                                     \
    PetscErrorCode code_ = (call);                                                                                     \
    PetscPopErrorHandler();                                                                                            \
    if (code_ != PETSC_ERR_USER_INPUT || (caught)->n != 1)                                                             \
      fail_msg("%s: code %d, raised %d times: %s", #call, (int)code_, (caught)->n, (caught)->text);                    \
  } while (0)

/* The text must hold part. */
#define CHECK_SAYS(caught, part)                                                                                       \
  do {                                                                                                                 \
    if (!strstr((caught)->text, part))                                                                                 \
      fail_msg("message is\n%s\nbut should hold\n%s", (caught)->text, part);                                           \
  } while (0)

#endif
