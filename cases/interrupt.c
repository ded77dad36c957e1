#include "cases/interrupt.h"
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The program's only variable at file scope: signal handlers take no context. */
static struct {
  volatile sig_atomic_t armed;
  char stage[PATH_MAX], dir[PATH_MAX];
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
  for (int tries = 0; tries < 100 && rmdir(guarded.stage) && empty_folder(guarded.stage); tries++)
    ; /* another thread may still be writing */
  for (size_t i = strlen(guarded.dir); i > guarded.made; i--)
    if (!guarded.dir[i] || guarded.dir[i] == '/') {
      guarded.dir[i] = 0;
      if (rmdir(guarded.dir))
        break;
    }
}

static void stopped(int number) {
  static const char crash[] = "trabecula: internal error: the program crashed; the results folder was removed\n";
  if (number == SIGSEGV || number == SIGABRT || number == SIGBUS || number == SIGFPE || number == SIGILL) {
    ssize_t written = write(STDERR_FILENO, crash, sizeof crash - 1);
    (void)written;
  }
  interrupt_clean();
  raise(number); /* SA_RESETHAND: now with its usual effect */
}

void interrupt_install(void) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXCPU, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
  struct sigaction action, old;
  memset(&action, 0, sizeof action);
  action.sa_handler = stopped;
  action.sa_flags = (int)SA_RESETHAND;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
    if (!sigaction(numbers[i], NULL, &old) && old.sa_handler != SIG_IGN) /* as nohup wants it */
      sigaction(numbers[i], &action, NULL);
}

void interrupt_guard(const char *stage, const char *dir, size_t made) {
  guarded.armed = 0;
  if (!stage || strlen(stage) >= PATH_MAX || strlen(dir) >= PATH_MAX)
    return;
  strcpy(guarded.stage, stage);
  strcpy(guarded.dir, dir);
  guarded.made = made;
  guarded.armed = 1;
}
