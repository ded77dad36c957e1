#include "solver/leaf_kernel.h"
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__)
#define KERNEL_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define KERNEL_CLONES
#endif

#define REAL double
#define BLOCK BlockDouble
#define BLOCKS BlocksDouble
#define NAME(x) x##_double
#include "solver/leaf_kernel_body.h"
#undef REAL
#undef BLOCK
#undef BLOCKS
#undef NAME

#define REAL float
#define BLOCK BlockFloat
#define BLOCKS BlocksFloat
#define NAME(x) x##_float
#include "solver/leaf_kernel_body.h"
