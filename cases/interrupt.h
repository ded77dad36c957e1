/* What becomes of a half-written results folder when the program is killed: SIGINT, SIGTERM, SIGHUP, SIGPIPE and
   crashes remove it, then the signal takes its usual effect. */
#ifndef TRABECULA_CASES_INTERRUPT_H
#define TRABECULA_CASES_INTERRUPT_H

#include <stddef.h>

void interrupt_install(void);
/* From now on the flat folder stage, and dir with its parents beyond the first `made` bytes, are to go when the program
   is stopped. NULL: nothing any more. One folder at a time. */
void interrupt_guard(const char *stage, const char *dir, size_t made);
/* Removes the guarded folder now. Async-signal-safe. */
void interrupt_clean(void);

#endif
