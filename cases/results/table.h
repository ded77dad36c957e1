/* Tables as JSON {"title", "header": [], "rows": [[]]}: for the terminal here, for the report in report.c. */
#ifndef TRABECULA_CASES_RESULTS_TABLE_H
#define TRABECULA_CASES_RESULTS_TABLE_H

#include <jansson.h>
#include <petscsys.h>
#include <stdbool.h>
#include <stdio.h>

/* header: cells separated by '|'. */
PetscErrorCode table_new(const char *title, const char *header, json_t **table);
PetscErrorCode table_row(json_t *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Cells [number of columns] as they are, '|' and all. */
PetscErrorCode table_cells(json_t *table, const char *const *cell);
PetscErrorCode table_row_list(json_t *table, const char *format, va_list arguments);
/* True when all cells of the column that are not empty or a dash look like numbers: it is then right-aligned. */
bool table_numeric(const json_t *table, size_t column);
void table_print(const json_t *table, FILE *file);
enum { NUMBER_ROOM = 32 };
/* The fewest digits that give the same double again. */
void number_text(double value, char text[NUMBER_ROOM]);
/* Columns that a terminal uses for UTF-8 text. */
int text_width(const char *text);
/* Text to JSON, through plain_text(): what bytes are no UTF-8 or steer a terminal become '?'. */
json_t *json_text(const char *text);

#endif
