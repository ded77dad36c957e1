/* The rows of quantities of each runner: what its runs can give. */
#ifndef TRABECULA_CASES_RUNNERS_QUANTITIES_H
#define TRABECULA_CASES_RUNNERS_QUANTITIES_H

#include "cases/case_file/quantities.h"

extern const QuantityTable unit_cell_quantities, calibrate_quantities, compression_quantities, bending_quantities,
    cage_quantities, segment_quantities;

#endif
