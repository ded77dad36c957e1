/* Words of strangers (names of files, load cases, materials, axes; titles) where a terminal or a spreadsheet would obey
   them. Local, no MPI. */
#ifndef TRABECULA_CASES_CASE_FILE_PLAIN_TEXT_H
#define TRABECULA_CASES_CASE_FILE_PLAIN_TEXT_H

#include <stdio.h>

/* In place: every control character (but tab and line ends), control of the direction of writing and byte that is no
   UTF-8 becomes '?'. The text does not grow. */
void plain_text(char *text);
/* printf() to a terminal or a log: what comes out has been through plain_text(). Returns 0, or non-zero when the memory
   did not suffice or the stream has an error. */
int plain_print(FILE *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A cell of text in a CSV file (RFC 4180): in quotes where it has a comma, a quote or a line end; through plain_text();
   and with an apostrophe before it where a spreadsheet would take it for a formula: = + - @, also behind blanks, and
   tab. A number (-5) stays as it is. */
void csv_text(const char *text, FILE *file);

#endif
