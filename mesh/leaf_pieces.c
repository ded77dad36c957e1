#include "mesh/leaf_pieces.h"

PetscInt set_find(PetscInt *parent, PetscInt i) {
  while (parent[i] != i) {
    parent[i] = parent[parent[i]];
    i = parent[i];
  }
  return i;
}

void set_join(PetscInt *parent, PetscInt i, PetscInt j) {
  i = set_find(parent, i);
  j = set_find(parent, j);
  if (i < j)
    parent[j] = i;
  else
    parent[i] = j;
}

int leaf_pieces(const uint8_t label[LEAF_VOXELS], uint8_t piece[LEAF_VOXELS]) {
  static const int step[3] = {1, LEAF_EDGE, LEAF_EDGE * LEAF_EDGE};
  PetscInt parent[LEAF_VOXELS];
  int n = 0;
  for (int v = 0; v < LEAF_VOXELS; ++v) {
    parent[v] = v;
    for (int c = 0; label[v] && c < 3; ++c)
      if (v / step[c] % LEAF_EDGE && label[v - step[c]])
        set_join(parent, v - step[c], v);
  }
  for (int v = 0; v < LEAF_VOXELS; ++v) {
    if (!label[v])
      continue;
    PetscInt root = set_find(parent, v);
    piece[v] = root == v ? (uint8_t)n++ : piece[root]; /* roots come before their members */
  }
  return n;
}
