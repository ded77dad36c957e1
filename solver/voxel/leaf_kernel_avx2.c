/* The leaf kernel for x86-64 with AVX2 and FMA. */
#include "solver/voxel/leaf_kernel.h"
#include "solver/voxel/leaf_rows_body.h"
#include <string.h>

#ifdef __x86_64__
#pragma GCC target("arch=x86-64-v3")
#include "solver/voxel/leaf_kernels_body.h"

static int runs(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

const LeafKernel leaf_kernel_avx2 = {
    "avx2", leaf_multiply_double, leaf_multiply_mixed, leaf_multiply_float, leaf_prolong, leaf_restrict, runs};
#else
static int runs(void) { return 0; }

const LeafKernel leaf_kernel_avx2 = {"avx2", NULL, NULL, NULL, NULL, NULL, runs};
#endif
