/* Checks for cmocka tests under MPI: a wanted value always comes with its source. */
#ifndef TRABECULA_TESTS_CHECK_H
#define TRABECULA_TESTS_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
/* after the four above */
#include <cmocka.h>
#include <petscsys.h>
#include <string.h>

#define CHECK_NEAR(got, want, rtol, source)                                                                            \
  do {                                                                                                                 \
    double got_ = (got), want_ = (want), rtol_ = (rtol);                                                               \
    if (!(fabs(got_ - want_) <= rtol_ * fabs(want_)))                                                                  \
      fail_msg("%s = %.12g, wanted %.12g (relative difference %.2e > %.2e); source: %s", #got, got_, want_,            \
               fabs(got_ - want_) / fabs(want_), rtol_, source);                                                       \
  } while (0)
#define CHECK_BELOW(got, bound, source)                                                                                \
  do {                                                                                                                 \
    double got_ = (got), bound_ = (bound);                                                                             \
    if (!(got_ <= bound_))                                                                                             \
      fail_msg("%s = %.6g, must be <= %.6g; source: %s", #got, got_, bound_, source);                                  \
  } while (0)
#define CHECK_OK(call) assert_int_equal((call), PETSC_SUCCESS)

static inline PetscErrorCode check_quiet_(MPI_Comm comm, int line, const char *fun, const char *file, PetscErrorCode n,
                                          PetscErrorType p, const char *mess, void *ctx) {
  (void)comm, (void)line, (void)fun, (void)file, (void)p, (void)mess, (void)ctx;
  return n;
}
/* What a refused call abandons is not searched for leaks: after a refusal the program ends. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#define CHECK_ABANDON(on) ((on) ? __lsan_disable() : __lsan_enable())
#else
#define CHECK_ABANDON(on) ((void)0)
#endif
/* call must fail with that code. */
#define CHECK_FAILS(call, wanted)                                                                                      \
  do {                                                                                                                 \
    PetscPushErrorHandler(check_quiet_, NULL);                                                                         \
    CHECK_ABANDON(1);                                                                                                  \
    PetscErrorCode code_ = (call);                                                                                     \
    CHECK_ABANDON(0);                                                                                                  \
    PetscPopErrorHandler();                                                                                            \
    assert_int_equal(code_, wanted);                                                                                   \
  } while (0)
/* call must be refused as a user mistake. */
#define CHECK_REFUSED(call) CHECK_FAILS(call, PETSC_ERR_USER_INPUT)

enum { CHECK_SAID = 1000 };
static inline PetscErrorCode check_remember_(MPI_Comm comm, int line, const char *fun, const char *file,
                                             PetscErrorCode n, PetscErrorType p, const char *mess, void *said) {
  (void)comm, (void)line, (void)fun, (void)file;
  if (p == PETSC_ERROR_INITIAL)
    snprintf(said, CHECK_SAID, "%s", mess);
  return n;
}
/* The code of a call, and what its error says, into said [CHECK_SAID]. */
#define CHECK_CATCH(call, code, said)                                                                                  \
  do {                                                                                                                 \
    (said)[0] = 0;                                                                                                     \
    PetscPushErrorHandler(check_remember_, said);                                                                      \
    CHECK_ABANDON(1);                                                                                                  \
    code = (call);                                                                                                     \
    CHECK_ABANDON(0);                                                                                                  \
    PetscPopErrorHandler();                                                                                            \
  } while (0)
/* call must fail with that code in words that hold `word`. */
#define CHECK_FAILS_SAYING(call, wanted, word)                                                                         \
  do {                                                                                                                 \
    char said_[CHECK_SAID];                                                                                            \
    PetscErrorCode code_;                                                                                              \
    CHECK_CATCH(call, code_, said_);                                                                                   \
    assert_int_equal(code_, wanted);                                                                                   \
    if (!strstr(said_, word))                                                                                          \
      fail_msg("the error says '%s', not '%s'", said_, word);                                                          \
  } while (0)
/* What is to be done before PetscFinalize; 0: done. */
#define CHECK_LEAVE 0
/* Use as main: every rank runs the group; the exit status is that of the worst rank. */
#define CHECK_MAIN(group)                                                                                              \
  int main(int argc, char **argv) {                                                                                    \
    if (PetscInitialize(&argc, &argv, NULL, NULL))                                                                     \
      return 1;                                                                                                        \
    int failed = cmocka_run_group_tests(group, NULL, NULL), worst = 0;                                                 \
    failed += CHECK_LEAVE != 0;                                                                                        \
    MPI_Allreduce(&failed, &worst, 1, MPI_INT, MPI_MAX, PETSC_COMM_WORLD);                                             \
    PetscFinalize();                                                                                                   \
    return worst ? 1 : 0;                                                                                              \
  }

#endif
