/* report.html: the record of a run (report.json) as one self-contained page. */
#ifndef TRABECULA_CASES_RESULTS_REPORT_H
#define TRABECULA_CASES_RESULTS_REPORT_H

#include <jansson.h>
#include <stdio.h>

/* Returns 0, or an errno of the stream. Everything from the record is escaped; members that are missing or of the wrong
   type are left out. */
int report_write(const json_t *record, FILE *file);

#endif
