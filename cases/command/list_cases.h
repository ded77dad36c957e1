/* The case files that come with the program. */
#ifndef TRABECULA_CASES_COMMAND_LIST_CASES_H
#define TRABECULA_CASES_COMMAND_LIST_CASES_H

#include "cases/results/table.h"

/* Adds a row file|runner|title for each case file of ./cases, else of the folder cases beside the program's. Local. */
PetscErrorCode list_case_files(json_t *table);

#endif
