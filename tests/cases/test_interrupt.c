/* What signals do: in children that call nothing but the handlers. */
#include "cases/case_file/interrupt.h"
#include "tests/check.h"
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GOOD = 7 };

/* Status of a child that does this, as waitpid gives it. */
static int child(void (*act)(void)) {
  int status = 0;
  const pid_t pid = fork();
  assert_true(pid >= 0);
  if (!pid) {
    interrupt_install();
    act();
    _exit(GOOD);
  }
  assert_int_equal(waitpid(pid, &status, 0), pid);
  return status;
}

static void rest(double s) {
  struct timespec time = {(time_t)s, (long)(1e9 * (s - (double)(time_t)s))};
  while (nanosleep(&time, &time))
    ;
}

static void terminate(void) { raise(SIGTERM); }
static void warn(void) { raise(SIGUSR1); }
static void interrupt(void) { raise(SIGINT); }

static void test_at_once(void **state) {
  (void)state;
  const int term = child(terminate), usr1 = child(warn), quit = child(interrupt);
  assert_true(WIFEXITED(term) && WEXITSTATUS(term) == INTERRUPT_STATUS);
  assert_true(WIFEXITED(usr1) && WEXITSTATUS(usr1) == INTERRUPT_STATUS);
  assert_true(WIFEXITED(quit) && WEXITSTATUS(quit) == INTERRUPT_STATUS);
}

/* Asked twice within a second: once. It is heard, and ends what turns to work that cannot be kept. */
static void wait_and_hear(void) {
  interrupt_wait(true);
  if (interrupt_asked())
    _exit(1);
  raise(SIGUSR1);
  raise(SIGTERM);
  if (!interrupt_asked())
    _exit(2);
  interrupt_wait(false);
}

static void wait_for_nothing(void) {
  interrupt_wait(true);
  interrupt_wait(false);
}

static void ask_again(void) {
  interrupt_wait(true);
  raise(SIGUSR1);
  rest(1.1);
  raise(SIGUSR1);
}

static void interrupt_waiting(void) {
  interrupt_wait(true);
  raise(SIGINT);
  if (!interrupt_asked())
    _exit(1);
  interrupt_wait(false);
}

static void write_to_nobody(void) {
  int ends[2];
  if (pipe(ends) || close(ends[0]) || write(ends[1], "x", 1) != -1)
    _exit(1);
}

static void test_waiting(void **state) {
  (void)state;
  const int heard = child(wait_and_hear), nothing = child(wait_for_nothing), again = child(ask_again),
            quit = child(interrupt_waiting);
  assert_true(WIFEXITED(heard) && WEXITSTATUS(heard) == INTERRUPT_STATUS);
  assert_true(WIFEXITED(nothing) && WEXITSTATUS(nothing) == GOOD);
  assert_true(WIFEXITED(again) && WEXITSTATUS(again) == INTERRUPT_STATUS);
  assert_true(WIFEXITED(quit) && WEXITSTATUS(quit) == INTERRUPT_STATUS);
  const int pipe_status = child(write_to_nobody); /* SIGPIPE ends nothing */
  assert_true(WIFEXITED(pipe_status) && WEXITSTATUS(pipe_status) == GOOD);
}

/* As nohup wants it. */
static void test_ignored(void **state) {
  (void)state;
  void (*before)(int) = signal(SIGUSR1, SIG_IGN);
  const int status = child(warn);
  signal(SIGUSR1, before);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == GOOD);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_at_once),
    cmocka_unit_test(test_waiting),
    cmocka_unit_test(test_ignored),
};
CHECK_MAIN(tests)
