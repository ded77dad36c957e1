/* The leaf kernel in plain vector C: whatever instructions the base of the build has. */
#include "solver/voxel/leaf_kernel.h"
#include "solver/voxel/leaf_rows_body.h"
#include <string.h>

#include "solver/voxel/leaf_kernels_body.h"

static int runs(void) { return 1; }

const LeafKernel leaf_kernel_portable = {
    "portable", leaf_multiply_double, leaf_multiply_mixed, leaf_multiply_float, leaf_prolong, leaf_restrict, runs};
