/* The body in double precision, in single precision, and in double precision on single-precision displacements; the
   includer has chosen the rows and the instruction set. */
#define REAL double
#define INTEGER int64_t
#define BLOCKS BlocksDouble
#define INPUT double
#define NAME(x) x##_double
#include "solver/voxel/leaf_kernel_body.h"
#undef INPUT
#undef NAME

#define INPUT float
#define NAME(x) x##_mixed
#include "solver/voxel/leaf_kernel_body.h"
#undef REAL
#undef INTEGER
#undef BLOCKS
#undef NAME

#define REAL float
#define INTEGER int32_t
#define BLOCKS BlocksFloat
#define NAME(x) x##_float
#include "solver/voxel/leaf_kernel_body.h"
#include "solver/voxel/transfer_kernel_body.h"
