#include "cases/runner.h"

const Runner *const runners[] = {
    &runner_unit_cell, &runner_calibrate, &runner_compression, &runner_bending,
    &runner_cage,      &runner_segment,   &runner_sweep,
};
const int n_runners = sizeof runners / sizeof runners[0];
