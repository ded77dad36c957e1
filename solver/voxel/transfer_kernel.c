#include "solver/voxel/transfer_kernel.h"

int32_t octant_node(const Leaf *coarse, int32_t parent, const Leaf *fine, const int q[3]) {
  const Leaf *leaf = &coarse[parent];
  int at[3], side = 0;
  for (int c = 0; c < 3; ++c) {
    at[c] = 4 * (fine->at[c] & 1) + q[c];
    if (at[c] > leaf->extent[c])
      return -1;
    if (at[c] == leaf->extent[c]) {
      at[c] = 0;
      side |= 1 << c;
    }
  }
  if (leaf->next[side] < 0)
    return -1;
  leaf = &coarse[leaf->next[side]];
  return leaf->node[at[1] + 8 * at[2]] >> at[0] & 1 ? leaf_node(leaf, at[0], at[1], at[2]) : -1;
}
