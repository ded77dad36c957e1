/* Body of leaf_kernel.c for one precision: REAL, BLOCK, BLOCKS and NAME(x) are defined by the includer. */

/* One row of nodes (j, k) of the block to or from the leaf that holds it: positions 0 .. extent-1 from `own`, position
 * extent from `next`. */
#define ROW_LEAVES                                                                                                     \
  const int ny = j == leaf->extent[1], nz = k == leaf->extent[2], side = 2 * ny + 4 * nz;                              \
  const int row = (ny ? 0 : j) + 8 * (nz ? 0 : k);                                                                     \
  const Leaf *own = leaf->next[side] < 0 ? NULL : &leaves[leaf->next[side]];                                           \
  const Leaf *next = leaf->next[side + 1] < 0 ? NULL : &leaves[leaf->next[side + 1]];                                  \
  const unsigned inside = own ? own->node[row] & ((1u << leaf->extent[0]) - 1u) : 0u;                                  \
  const int beyond = next && (next->node[row] & 1)

void NAME(leaf_gather)(const Leaf *leaves, const Leaf *leaf, const REAL *x, BLOCK *block) {
  memset(block, 0, sizeof *block);
  for (int k = 0; k <= leaf->extent[2]; ++k)
    for (int j = 0; j <= leaf->extent[1]; ++j) {
      REAL(*v)[BLOCK_ROW] = block->v[k][j];
      ROW_LEAVES;
      if (inside) {
        const REAL *from = x + 3 * (size_t)(own->base + own->row[row]);
        if (inside == 0xff)
          for (int i = 0; i < 8; ++i)
            for (int c = 0; c < 3; ++c)
              v[c][i] = from[3 * i + c];
        else
          for (unsigned bits = inside; bits; bits &= bits - 1, from += 3)
            for (int c = 0, i = __builtin_ctz(bits); c < 3; ++c)
              v[c][i] = from[c];
      }
      if (beyond)
        for (int c = 0; c < 3; ++c)
          v[c][leaf->extent[0]] = x[3 * (size_t)(next->base + next->row[row]) + c];
    }
}

void NAME(leaf_scatter)(const Leaf *leaves, const Leaf *leaf, const BLOCK *block, REAL *y) {
  for (int k = 0; k <= leaf->extent[2]; ++k)
    for (int j = 0; j <= leaf->extent[1]; ++j) {
      const REAL(*v)[BLOCK_ROW] = block->v[k][j];
      ROW_LEAVES;
      if (inside) {
        REAL *to = y + 3 * (size_t)(own->base + own->row[row]);
        if (inside == 0xff)
          for (int i = 0; i < 8; ++i)
            for (int c = 0; c < 3; ++c)
              to[3 * i + c] += v[c][i];
        else
          for (unsigned bits = inside; bits; bits &= bits - 1, to += 3)
            for (int c = 0, i = __builtin_ctz(bits); c < 3; ++c)
              to[c] += v[c][i];
      }
      if (beyond)
        for (int c = 0; c < 3; ++c)
          y[3 * (size_t)(next->base + next->row[row]) + c] += v[c][leaf->extent[0]];
    }
}
#undef ROW_LEAVES

/* One row of eight voxels: u and f point to the rows of nodes y + 2 z and components; e holds the eight stiffness
   factors (0: void). The pattern of the blocks (element.h): g = 0 and 7 full, g of two bits 2x2 + 1, g of one bit 2x2.
 */
__attribute__((always_inline)) static inline void NAME(row_multiply)(const REAL (*const u[4])[BLOCK_ROW],
                                                                     REAL (*const f[4])[BLOCK_ROW],
                                                                     const REAL *restrict e, const REAL b[8][3][3]) {
  REAL up[12][8] __attribute__((aligned(64)));
  REAL lo[12][8] __attribute__((aligned(64)));
#pragma GCC ivdep
  for (int i = 0; i < 8; ++i) {
    REAL m[8][3], o[8][3];
    for (int c = 0; c < 3; ++c) {
      REAL s[4], d[4];
      for (int r = 0; r < 4; ++r) {
        s[r] = u[r][c][i] + u[r][c][i + 1];
        d[r] = u[r][c][i + 1] - u[r][c][i];
      }
      const REAL s0 = s[0] + s[1], s1 = s[1] - s[0], s2 = s[2] + s[3], s3 = s[3] - s[2];
      const REAL d0 = d[0] + d[1], d1 = d[1] - d[0], d2 = d[2] + d[3], d3 = d[3] - d[2];
      m[0][c] = s0 + s2, m[4][c] = s2 - s0, m[2][c] = s1 + s3, m[6][c] = s3 - s1;
      m[1][c] = d0 + d2, m[5][c] = d2 - d0, m[3][c] = d1 + d3, m[7][c] = d3 - d1;
    }
    for (int c = 0; c < 3; ++c) {
      const int d = (c + 1) % 3, h = (c + 2) % 3, q = 7 ^ 1 << c; /* q: the two bits d and h */
      o[1 << c][c] = e[i] * (b[0][c][0] * m[1][0] + b[0][c][1] * m[2][1] + b[0][c][2] * m[4][2]);
      o[q][c] = e[i] * (b[7][c][0] * m[6][0] + b[7][c][1] * m[5][1] + b[7][c][2] * m[3][2]);
      o[7][c] = e[i] * b[q][c][c] * m[7][c];
      o[1 << h][d] = e[i] * (b[q][d][d] * m[1 << h][d] + b[q][d][h] * m[1 << d][h]);
      o[1 << d][h] = e[i] * (b[q][h][d] * m[1 << h][d] + b[q][h][h] * m[1 << d][h]);
      o[1 << c | 1 << d][d] =
          e[i] * (b[1 << c][d][d] * m[1 << c | 1 << d][d] + b[1 << c][d][h] * m[1 << c | 1 << h][h]);
      o[1 << c | 1 << h][h] =
          e[i] * (b[1 << c][h][d] * m[1 << c | 1 << d][d] + b[1 << c][h][h] * m[1 << c | 1 << h][h]);
      o[0][c] = 0;
    }
    for (int c = 0; c < 3; ++c) {
      const REAL a = o[0][c] - o[4][c], q = o[0][c] + o[4][c], x = o[2][c] - o[6][c], y = o[2][c] + o[6][c];
      const REAL s[4] = {a - x, a + x, q - y, q + y};
      const REAL t = o[1][c] - o[5][c], z = o[1][c] + o[5][c], v = o[3][c] - o[7][c], w = o[3][c] + o[7][c];
      const REAL d[4] = {t - v, t + v, z - w, z + w};
      for (int r = 0; r < 4; ++r) {
        lo[3 * r + c][i] = s[r] - d[r];
        up[3 * r + c][i] = s[r] + d[r];
      }
    }
  }
  for (int r = 0; r < 4; ++r)
    for (int c = 0; c < 3; ++c) {
      for (int i = 0; i < 8; ++i)
        f[r][c][i] += lo[3 * r + c][i];
      for (int i = 0; i < 8; ++i)
        f[r][c][i + 1] += up[3 * r + c][i];
    }
}

KERNEL_CLONES
void NAME(leaf_multiply)(const Leaf *leaf, const uint8_t *label, const float *scale, const BLOCKS *blocks,
                         const BLOCK *ub, BLOCK *fb) {
  memset(fb, 0, sizeof *fb);
  for (int k = 0; k < 8; ++k)
    for (int j = 0; j < 8; ++j) {
      unsigned left = leaf->voxel[j + 8 * k];
      const REAL(*const u[4])[BLOCK_ROW] = {ub->v[k][j], ub->v[k][j + 1], ub->v[k + 1][j], ub->v[k + 1][j + 1]};
      REAL(*const f[4])[BLOCK_ROW] = {fb->v[k][j], fb->v[k][j + 1], fb->v[k + 1][j], fb->v[k + 1][j + 1]};
      const int v = 8 * j + 64 * k;
      while (left) { /* once for each label of the row */
        const uint8_t l = label[v + __builtin_ctz(left)];
        REAL e[8] __attribute__((aligned(64)));
        for (int i = 0; i < 8; ++i) {
          const unsigned here = (left >> i & 1) & (label[v + i] == l);
          e[i] = here ? (scale ? (REAL)scale[v + i] : 1) : 0;
          left &= ~(here << i);
        }
        NAME(row_multiply)(u, f, e, blocks[l].b);
      }
    }
}
