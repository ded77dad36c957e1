/* What becomes of a run that is to stop. SIGHUP and crashes remove its half-written results folder, then the
   signal takes its usual effect. SIGPIPE is ignored. SIGINT (Ctrl-C), SIGTERM and SIGUSR1 ask: a user or a scheduler
   wants the machine back. Work that can be
   kept hears of it and stops by itself (interrupt_wait); all other work ends at once like with the other signals, but
   with INTERRUPT_STATUS. So does what is asked again more than a second later. Checkpoints stay in any case. */
#ifndef TRABECULA_CASES_CASE_FILE_INTERRUPT_H
#define TRABECULA_CASES_CASE_FILE_INTERRUPT_H

#include <stdbool.h>
#include <stddef.h>

/* EX_TEMPFAIL of sysexits.h: start it again with the same command. */
enum { INTERRUPT_STATUS = 75 };
/* In dir: the file by which a run claims it; it goes with the stage. */
#define INTERRUPT_LOCK ".trabecula.lock"

void interrupt_install(void);
/* Turned on: a request to stop waits, and interrupt_asked tells of it, until it is turned off as often. Turned off for
   good while one waits: it ends the program now. */
void interrupt_wait(bool on);
bool interrupt_asked(void);
/* From now on the flat folder stage, and dir with its parents beyond the first `made` bytes, are to go when the program
   is stopped. NULL: nothing any more. One folder at a time. */
void interrupt_guard(const char *stage, const char *dir, size_t made);
/* Removes the guarded folder now. Async-signal-safe. */
void interrupt_clean(void);

#endif
