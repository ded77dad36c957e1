#include "cases/case_file/interrupt.h"
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The program's only variable at file scope: signal handlers take no context. */
static struct {
  volatile sig_atomic_t armed;
  volatile sig_atomic_t waits, asked; /* a request is to wait; the signal that asked, 0: none */
  struct timespec asked_at;
  char stage[PATH_MAX], dir[PATH_MAX], lock[PATH_MAX + 32];
  size_t made;
} guarded;

struct entry { /* struct linux_dirent64 */
  uint64_t inode;
  int64_t offset;
  unsigned short size;
  unsigned char type;
  char name[];
};

/* opendir() allocates and is not allowed in a signal handler; the bare system call is. Returns the files removed. */
static int empty_folder(const char *path) {
  _Alignas(struct entry) char buffer[4096];
  int removed = 0, folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  long n;
  if (folder < 0)
    return 0;
  while ((n = syscall(SYS_getdents64, folder, buffer, sizeof buffer)) > 0)
    for (long at = 0; at < n;) {
      const struct entry *entry = (const struct entry *)(buffer + at);
      if (entry->name[0] != '.' || (entry->name[1] && (entry->name[1] != '.' || entry->name[2])))
        removed += !unlinkat(folder, entry->name, 0);
      at += entry->size;
    }
  close(folder);
  return removed;
}

void interrupt_clean(void) {
  if (!guarded.armed)
    return;
  guarded.armed = 0;
  unlink(guarded.lock);
  for (int tries = 0; tries < 100 && rmdir(guarded.stage) && empty_folder(guarded.stage); tries++)
    ; /* another thread may still be writing */
  for (size_t i = strlen(guarded.dir); i > guarded.made; i--)
    if (!guarded.dir[i] || guarded.dir[i] == '/') {
      guarded.dir[i] = 0;
      if (rmdir(guarded.dir))
        break;
    }
}

static void say(const char *text) {
  ssize_t written = write(STDERR_FILENO, text, strlen(text));
  (void)written;
}

static void stopped(int number) {
  if (number == SIGSEGV || number == SIGABRT || number == SIGBUS || number == SIGFPE || number == SIGILL)
    say("trabecula: internal error: the program crashed; the results folder was removed\n");
  interrupt_clean();
  raise(number); /* SA_RESETHAND: now with its usual effect */
}

/* The rank that guards a folder speaks. */
static void end_now(int number) {
  if (guarded.armed)
    say(number == SIGTERM  ? "trabecula: stopped by SIGTERM; the same command starts it again (status 75)\n"
        : number == SIGINT ? "trabecula: stopped by SIGINT; the same command starts it again (status 75)\n"
                           : "trabecula: stopped by SIGUSR1; the same command starts it again (status 75)\n");
  interrupt_clean();
  _exit(INTERRUPT_STATUS);
}

/* Launchers and schedulers both pass a request on: what comes within a second is the same one. */
static void requested(int number) {
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (!guarded.waits)
    end_now(number);
  if (!guarded.asked) {
    guarded.asked_at = now;
    guarded.asked = number;
  } else if ((double)(now.tv_sec - guarded.asked_at.tv_sec) + 1e-9 * (double)(now.tv_nsec - guarded.asked_at.tv_nsec) >
             1)
    end_now(number);
}

void interrupt_wait(bool on) {
  if (on && !guarded.waits)
    guarded.asked = 0;
  guarded.waits += on ? 1 : -1;
  if (!guarded.waits && guarded.asked)
    end_now(guarded.asked);
}

bool interrupt_asked(void) { return guarded.asked; }

/* Not where the signal is ignored, as nohup wants it. */
static void install(int n, const int *numbers, void (*handler)(int), int flags) {
  struct sigaction action, old;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < n; i++)
    if (!sigaction(numbers[i], NULL, &old) && old.sa_handler != SIG_IGN)
      sigaction(numbers[i], &action, NULL);
}

void interrupt_install(void) {
  static const int ends[] = {SIGHUP, SIGXCPU, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL},
                   requests[] = {SIGINT, SIGTERM, SIGUSR1};
  install(sizeof ends / sizeof ends[0], ends, stopped, (int)SA_RESETHAND);
  install(sizeof requests / sizeof requests[0], requests, requested, SA_RESTART);
  signal(SIGPIPE, SIG_IGN); /* nobody reads on: the results count, main() speaks of it */
}

void interrupt_guard(const char *stage, const char *dir, size_t made) {
  guarded.armed = 0;
  if (!stage || strlen(stage) >= PATH_MAX || strlen(dir) >= PATH_MAX)
    return;
  strcpy(guarded.stage, stage);
  strcpy(guarded.dir, dir);
  guarded.made = made;
  snprintf(guarded.lock, sizeof guarded.lock, "%s/%s", dir, INTERRUPT_LOCK);
  guarded.armed = 1;
}
