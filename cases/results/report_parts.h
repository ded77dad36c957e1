/* Sections of report.html; each leaves itself out when the record has nothing for it. */
#ifndef TRABECULA_CASES_RESULTS_REPORT_PARTS_H
#define TRABECULA_CASES_RESULTS_REPORT_PARTS_H

#include "cases/results/xml.h"
#include <jansson.h>
#include <stdio.h>

/* A member that is text, else "". */
const char *part_text(const json_t *object, const char *key);
/* A table as made by table_new. */
void part_table(const json_t *table, FILE *file);

void part_header(const json_t *record, const char *title, FILE *file);
void part_verdicts(const json_t *record, FILE *file);
void part_tables(const json_t *record, FILE *file);
void part_charts(const json_t *record, FILE *file);
void part_expectations(const json_t *record, FILE *file);
void part_asked(const json_t *record, FILE *file);
void part_assumed(const json_t *record, FILE *file);
void part_quantities(const json_t *record, FILE *file);
void part_computed(const json_t *record, FILE *file);
void part_reproduce(const json_t *record, FILE *file);
void part_words(FILE *file);

#endif
