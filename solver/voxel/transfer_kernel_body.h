/* Trilinear interpolation between a leaf and the octant of the coarser leaf that covers it, and its transpose, for one
   instruction set; after leaf_kernel_body.h with REAL float. Rows of 5 coarse nodes lie in the lanes of a vector. */

typedef NAME(Row) OctantRows[5][5][3]; /* [z][y][component] */

typedef struct OctantRow { /* one row of coarse nodes of the octant */
  unsigned mask;           /* of those that lie in one leaf, lane 0 the first of the octant */
  int32_t first, beyond;   /* local index of the first of them; of the one in the next leaf, -1: none */
  int last;                /* lane of that one */
} OctantRow;

__attribute__((always_inline)) static inline OctantRow octant_row(const Leaf *coarse, const Leaf *parent,
                                                                  const Leaf *fine, int j, int k) {
  const int x = 4 * (fine->at[0] & 1), y = 4 * (fine->at[1] & 1) + j, z = 4 * (fine->at[2] & 1) + k;
  const int ny = y == parent->extent[1], nz = z == parent->extent[2], side = 2 * ny + 4 * nz;
  OctantRow row = {.beyond = -1, .last = parent->extent[0] - x};
  if (y > parent->extent[1] || z > parent->extent[2] || row.last < 0)
    return row;
  const int at = (ny ? 0 : y) + 8 * (nz ? 0 : z);
  if (parent->next[side] >= 0) {
    const Leaf *own = &coarse[parent->next[side]];
    row.mask = own->node[at] >> x & 0x1f & ((1u << row.last) - 1u);
    row.first = own->base + own->row[at] + __builtin_popcount(own->node[at] & ((1u << x) - 1u));
  }
  if (row.last < 5 && parent->next[side + 1] >= 0 && coarse[parent->next[side + 1]].node[at] & 1)
    row.beyond = coarse[parent->next[side + 1]].base + coarse[parent->next[side + 1]].row[at];
  return row;
}

static void leaf_prolong(const Leaf *coarse, int32_t parent, const Leaf *fine, const float *xc, float *x) {
  const NAME(Bits) left = {0, 0, 1, 1, 2, 2, 3, 3}, right = {0, 1, 1, 2, 2, 3, 3, 4};
  const Leaf *up = &coarse[parent];
  OctantRows a; /* interpolated along x */
  float buffer[3 * LEAF_VOXELS + 24] __attribute__((aligned(64)));
  for (int k = 0; k < 5; ++k)
    for (int j = 0; j < 5; ++j) {
      const OctantRow row = octant_row(coarse, up, fine, j, k);
      NAME(Row) v[3] = {{0}, {0}, {0}};
      if (row.mask)
        ROW_GET(xc + 3 * (size_t)row.first, row.mask, v);
      if (row.beyond >= 0) {
        const float *from = xc + 3 * (size_t)row.beyond;
        for (int c = 0; c < 3; ++c)
          v[c][row.last] = from[c];
      }
      for (int c = 0; c < 3; ++c)
        a[k][j][c] = 0.5f * (__builtin_shuffle(v[c], left) + __builtin_shuffle(v[c], right));
    }
  for (int k = 0; k < 8; ++k) {
    NAME(Row) b[5][3];
    for (int j = 0; j < 5; ++j)
      for (int c = 0; c < 3; ++c)
        b[j][c] = k & 1 ? 0.5f * (a[k / 2][j][c] + a[k / 2 + 1][j][c]) : a[k / 2][j][c];
    for (int j = 0; j < 8; ++j) {
      const int r = j + 8 * k;
      NAME(Row) v[3];
      if (!fine->node[r])
        continue;
      for (int c = 0; c < 3; ++c)
        v[c] = j & 1 ? 0.5f * (b[j / 2][c] + b[j / 2 + 1][c]) : b[j / 2][c];
      ROW_PUT(buffer + 3 * fine->row[r], fine->node[r], v);
    }
  }
  x += 3 * (size_t)fine->base;
  for (int i = 0, n = 3 * (fine->row[63] + __builtin_popcount(fine->node[63])); i < n; ++i)
    x[i] += buffer[i];
}

static void leaf_restrict(const Leaf *coarse, int32_t parent, const Leaf *fine, const float *r, float *bc) {
  const NAME(Bits) even = {0, 2, 4, 6, 8, 8, 8, 8}, odd = {1, 3, 5, 7, 8, 8, 8, 8}, after = {8, 1, 3, 5, 7, 8, 8, 8};
  const NAME(Row) none = {0};
  const Leaf *up = &coarse[parent];
  OctantRows a; /* summed along y and z */
  memset(a, 0, sizeof a);
  r += 3 * (size_t)fine->base;
  for (int k = 0; k < 8; ++k) {
    NAME(Row) b[5][3];
    unsigned any = 0;
    memset(b, 0, sizeof b);
    for (int j = 0; j < 8; ++j) {
      NAME(Row) v[3];
      const unsigned mask = fine->node[j + 8 * k];
      if (!mask)
        continue;
      any = 1;
      ROW_GET(r + 3 * fine->row[j + 8 * k], mask, v);
      for (int c = 0; c < 3; ++c) {
        const NAME(Row) share = j & 1 ? 0.5f * v[c] : v[c];
        b[j / 2][c] += share;
        if (j & 1)
          b[j / 2 + 1][c] += share;
      }
    }
    for (int j = 0; any && j < 5; ++j)
      for (int c = 0; c < 3; ++c) {
        const NAME(Row) share = k & 1 ? 0.5f * b[j][c] : b[j][c];
        a[k / 2][j][c] += share;
        if (k & 1)
          a[k / 2 + 1][j][c] += share;
      }
  }
  for (int k = 0; k < 5; ++k)
    for (int j = 0; j < 5; ++j) {
      const OctantRow row = octant_row(coarse, up, fine, j, k);
      NAME(Row) v[3];
      for (int c = 0; c < 3; ++c)
        v[c] = __builtin_shuffle(a[k][j][c], none, even) +
               0.5f * (__builtin_shuffle(a[k][j][c], none, odd) + __builtin_shuffle(a[k][j][c], none, after));
      if (row.mask)
        ROW_ADD(bc + 3 * (size_t)row.first, row.mask, v);
      if (row.beyond >= 0) {
        float *to = bc + 3 * (size_t)row.beyond;
        for (int c = 0; c < 3; ++c)
          to[c] += v[c][row.last];
      }
    }
}
