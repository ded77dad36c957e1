#include "solver/voxel/leaf_kernel.h"
#include <stdlib.h>
#include <string.h>

const LeafKernel *leaf_kernel_row(int i) {
  static const LeafKernel *const row[LEAF_KERNELS] = {&leaf_kernel_avx512, &leaf_kernel_avx2, &leaf_kernel_portable};
  return row[i];
}

const LeafKernel *leaf_kernel_choose(void) {
  const char *wanted = getenv("TRABECULA_KERNEL");
  for (int i = 0; i < LEAF_KERNELS; ++i) {
    const LeafKernel *kernel = leaf_kernel_row(i);
    if ((!wanted || !*wanted || !strcmp(wanted, kernel->name)) && kernel->runs())
      return kernel;
  }
  return NULL;
}
