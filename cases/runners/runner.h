/* The runners: each file cases/run_NAME.c defines one row, runners.c lists them. */
#ifndef TRABECULA_CASES_RUNNERS_RUNNER_H
#define TRABECULA_CASES_RUNNERS_RUNNER_H

#include "cases/case_file/case.h"
#include "cases/results/results.h"

/* Of Runner.cheap: what no stiffness depends on. */
#define CHEAP_COMMON "title expect "
#define CHEAP_STRENGTH(material)                                                                                       \
  material ".yield_MPa " material ".yield_range_MPa " material ".tangent_MPa " material ".ultimate_MPa " material      \
           ".fatigue_limit_MPa " material ".fatigue_cycles " material ".fatigue_slope_k "

extern const Runner runner_unit_cell, runner_calibrate, runner_compression, runner_bending, runner_cage, runner_segment,
    runner_sweep;

#endif
