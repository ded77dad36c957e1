/* The two charts of the paper's Fig. 2 for any cell. */
#ifndef TRABECULA_CASES_RESULTS_DESIGN_CHARTS_H
#define TRABECULA_CASES_RESULTS_DESIGN_CHARTS_H

#include "mesh/cell.h"
#include <stddef.h>

/* aperture-over-cell.{csv,svg} (A) and porosity-over-aperture.{csv,svg} (B) into dir, which is made. Returns 0, or
   non-zero and why. Local to one rank. */
int design_charts_write(const Cell *cell, const char *dir, char *why, size_t n);

#endif
