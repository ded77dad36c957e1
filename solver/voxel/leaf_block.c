#include "solver/voxel/leaf_block.h"
#include <string.h>

/* Local number of the node at place (i, j, k) of the block, or -1. */
static int32_t block_node(const Leaf *leaves, const Leaf *leaf, int i, int j, int k) {
  const int nx = i == leaf->extent[0], ny = j == leaf->extent[1], nz = k == leaf->extent[2];
  const int32_t at = leaf->next[nx + 2 * ny + 4 * nz];
  const int row = (ny ? 0 : j) + 8 * (nz ? 0 : k);
  if (at < 0 || !(leaves[at].node[row] >> (nx ? 0 : i) & 1))
    return -1;
  return leaf_node(&leaves[at], nx ? 0 : i, row % 8, row / 8);
}

void leaf_gather_double(const Leaf *leaves, const Leaf *leaf, const double *x, BlockDouble *block) {
  memset(block, 0, sizeof *block);
  for (int k = 0; k <= leaf->extent[2]; ++k)
    for (int j = 0; j <= leaf->extent[1]; ++j)
      for (int i = 0; i <= leaf->extent[0]; ++i) {
        const int32_t node = block_node(leaves, leaf, i, j, k);
        for (int c = 0; node >= 0 && c < 3; ++c)
          block->v[k][j][c][i] = x[3 * (size_t)node + (size_t)c];
      }
}

void leaf_scatter_double(const Leaf *leaves, const Leaf *leaf, const BlockDouble *block, double *y) {
  for (int k = 0; k <= leaf->extent[2]; ++k)
    for (int j = 0; j <= leaf->extent[1]; ++j)
      for (int i = 0; i <= leaf->extent[0]; ++i) {
        const int32_t node = block_node(leaves, leaf, i, j, k);
        for (int c = 0; node >= 0 && c < 3; ++c)
          y[3 * (size_t)node + (size_t)c] += block->v[k][j][c][i];
      }
}
