/* Files that are there whole or not at all. Local to the calling rank; plain results, so that rank 0 alone may call. */
#ifndef TRABECULA_CASES_RESULTS_WHOLE_FILE_H
#define TRABECULA_CASES_RESULTS_WHOLE_FILE_H

#include <stddef.h>
#include <stdio.h>

/* Writes dir/name through a temporary name: body writes to the stream and returns 0, or an errno. Returns 0; else
   non-zero, no file is left and why (size n) says "cannot write 'dir/name': reason". */
int whole_file_write(const char *dir, const char *name, int (*body)(FILE *file, void *context), void *context,
                     char *why, size_t n);

/* Removes from dir what writers on this machine left that were killed. */
void whole_file_tidy(const char *dir);

/* Creates dir with its parents. *made is the length of the part of dir that was there before (0: nothing, as for a
   relative path; strlen(dir): all). Returns 0, or non-zero and why. */
int folder_make(const char *dir, size_t *made, char *why, size_t n);
/* Removes dir and all that is in it; symbolic links are not followed. Nothing there: nothing happens. */
void folder_remove(const char *dir);
/* Removes dir and its parents down to the part that was there before, as far as they are empty. */
void folder_unmake(const char *dir, size_t made);

#endif
