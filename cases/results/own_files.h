/* Whose the files of a results folder are. Rank 0 only; results as of whole_file.h: 0, or an errno and why. */
#ifndef TRABECULA_CASES_RESULTS_OWN_FILES_H
#define TRABECULA_CASES_RESULTS_OWN_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Whether a run can give a result file of this name. */
bool own_name(const char *name);
/* Writes into folder the list of the files of results in it, with their contents: by this they are known again. */
int own_write(const char *folder, char *why, size_t n);
/* Results that an earlier run left in dir go to dir/earlier, in the place of still earlier ones (*moved: there were
   some). Files with such names that no run wrote, or that were changed since, are renamed NAME.1, .2, ..., each with a
   line on stderr. */
int own_set_aside(const char *dir, bool *moved, char *why, size_t n);
/* Gives another name to what is at path, if anything is, with a line on stderr: NAME.1, .2, ... */
int own_make_way(const char *path);
/* whole_file_write() over a result of an earlier run: what is not that gets another name. */
int own_replace(const char *dir, const char *name, int (*body)(FILE *file, void *context), void *context, char *why,
                size_t n);
/* Whether there are results in dir/earlier. */
bool own_has_earlier(const char *dir);
/* After a good run: removes what own_set_aside moved. */
void own_forget_earlier(const char *dir);

/* Claims dir for one writer: a lock on a file in it, which ends with the process however it ends. *claim is to be
   handed to folder_release; -1: refused (EBUSY: another run is at work there). */
int folder_claim(const char *dir, int *claim, char *why, size_t n);
void folder_release(const char *dir, int claim);
/* The file of the claim: dir/.trabecula.lock, into path (size n). */
void folder_claim_file(const char *dir, char *path, size_t n);

#endif
