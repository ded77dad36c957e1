#include "solver/transfer_kernel.h"
#include <string.h>

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

void leaf_prolong(const Leaf *coarse, int32_t parent, const Leaf *fine, const float *xc, float *x) {
  float a[5][5][5][3], b[5][5][8][3], d[5][8][8][3]; /* [z][y][x]: coarse; fine in x; fine in x and y */
  memset(a, 0, sizeof a);
  for (int k = 0; k < 5; ++k)
    for (int j = 0; j < 5; ++j)
      for (int i = 0; i < 5; ++i) {
        const int32_t n = octant_node(coarse, parent, fine, (const int[3]){i, j, k});
        if (n >= 0)
          memcpy(a[k][j][i], xc + 3 * (size_t)n, sizeof a[k][j][i]);
      }
  for (int k = 0; k < 5; ++k)
    for (int j = 0; j < 5; ++j)
      for (int i = 0; i < 8; ++i)
        for (int c = 0; c < 3; ++c)
          b[k][j][i][c] = 0.5f * (a[k][j][i / 2][c] + a[k][j][(i + 1) / 2][c]);
  for (int k = 0; k < 5; ++k)
    for (int j = 0; j < 8; ++j)
      for (int i = 0; i < 8; ++i)
        for (int c = 0; c < 3; ++c)
          d[k][j][i][c] = 0.5f * (b[k][j / 2][i][c] + b[k][(j + 1) / 2][i][c]);
  x += 3 * (size_t)fine->base;
  for (int r = 0; r < LEAF_ROWS; ++r)
    for (unsigned bits = fine->node[r]; bits; bits &= bits - 1, x += 3)
      for (int c = 0, i = __builtin_ctz(bits), j = r % 8, k = r / 8; c < 3; ++c)
        x[c] += 0.5f * (d[k / 2][j][i][c] + d[(k + 1) / 2][j][i][c]);
}

void leaf_restrict(const Leaf *coarse, int32_t parent, const Leaf *fine, const float *r, float *bc) {
  float a[5][5][5][3], b[5][5][8][3], d[5][8][8][3];
  memset(a, 0, sizeof a);
  memset(b, 0, sizeof b);
  memset(d, 0, sizeof d);
  r += 3 * (size_t)fine->base;
  for (int row = 0; row < LEAF_ROWS; ++row)
    for (unsigned bits = fine->node[row]; bits; bits &= bits - 1, r += 3)
      for (int c = 0, i = __builtin_ctz(bits), j = row % 8, k = row / 8; c < 3; ++c) {
        d[k / 2][j][i][c] += 0.5f * r[c];
        d[(k + 1) / 2][j][i][c] += 0.5f * r[c];
      }
  for (int k = 0; k < 5; ++k)
    for (int j = 0; j < 8; ++j)
      for (int i = 0; i < 8; ++i)
        for (int c = 0; c < 3; ++c) {
          b[k][j / 2][i][c] += 0.5f * d[k][j][i][c];
          b[k][(j + 1) / 2][i][c] += 0.5f * d[k][j][i][c];
        }
  for (int k = 0; k < 5; ++k)
    for (int j = 0; j < 5; ++j)
      for (int i = 0; i < 8; ++i)
        for (int c = 0; c < 3; ++c) {
          a[k][j][i / 2][c] += 0.5f * b[k][j][i][c];
          a[k][j][(i + 1) / 2][c] += 0.5f * b[k][j][i][c];
        }
  for (int k = 0; k < 5; ++k)
    for (int j = 0; j < 5; ++j)
      for (int i = 0; i < 5; ++i) {
        const int32_t n = octant_node(coarse, parent, fine, (const int[3]){i, j, k});
        for (int c = 0; n >= 0 && c < 3; ++c)
          bc[3 * (size_t)n + c] += a[k][j][i][c];
      }
}
