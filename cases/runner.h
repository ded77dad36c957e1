/* The runners: each file cases/run_NAME.c defines one row, runners.c lists them. */
#ifndef TRABECULA_CASES_RUNNER_H
#define TRABECULA_CASES_RUNNER_H

#include "cases/case.h"
#include "cases/results.h"

extern const Runner runner_unit_cell, runner_calibrate, runner_compression, runner_bending, runner_cage, runner_segment,
    runner_sweep;

#endif
