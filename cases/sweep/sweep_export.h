/* The table of a sweep as a file. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_EXPORT_H
#define TRABECULA_CASES_SWEEP_SWEEP_EXPORT_H

#include "cases/sweep/sweep_store.h"

/* Columns that follow from others are computed anew for every row: they are further columns of rows, or take the place
   of those of the same name. */
PetscErrorCode sweep_rows_collect(const SweepPlan *plan, SweepRows *rows);

/* By the ending of file: .csv (a header of names, words and numbers with all their digits, NAN an empty field) or .h5
   (group /points, a dataset a column with the attribute unit; a '/' in a name becomes '|'). Columns: place, role,
   status, why, missed, warnings, the axes, what was computed, wall_s, cpu_s, peak_rss_bytes; of two of one name the
   later one is axis.NAME or computed.NAME. The file appears whole. What cannot be written is PETSC_ERR_USER_INPUT. */
PetscErrorCode sweep_export(const SweepPlan *plan, const SweepRows *rows, const char *file);

#endif
