/* Body of the leaf kernel for one precision and instruction set. The includer defines REAL, INTEGER (of the same size),
   INPUT (the type of x), BLOCKS, NAME(x), and the rows between memory and vectors, for the nodes of a row whose bits
   are set in mask, rank counting them: ROW_GET(from, mask, v)  v[c] = from[3 rank + c] in lane i, 0 in the others
     ROW_PUT(to, mask, v)    to[3 rank + c] = v[c] lane i; may write up to 24 values in all
     ROW_ADD(to, mask, v)    adds instead; touches nothing else

   A row of eight voxels is a vector. The symmetry-adapted modes (element.h) are made axis by axis and shared: sums and
   differences along x once a row of nodes, along y once a pair of rows, along z once a row of voxels; and back. */

typedef REAL NAME(Row) __attribute__((vector_size(8 * sizeof(REAL))));
typedef INTEGER NAME(Bits) __attribute__((vector_size(8 * sizeof(REAL))));
#define ROW NAME(Row)
#define BITS NAME(Bits)

/* Rows j and j + 1 of a plane of nodes, [component][mode: bit 0 difference along x, bit 1 along y]. */
typedef struct NAME(Pair) {
  ROW v[3][4];
} NAME(Pair);
#define PAIR NAME(Pair)

/* Coupling of components i and j in block g (element.h): all in 0 and 7; in blocks of one bit that component is rigid;
   in blocks of two bits the third component stands alone. */
__attribute__((always_inline)) static inline int NAME(couples)(int g, int i, int j) {
  if (g == 0 || g == 7)
    return 1;
  if (g == 1 || g == 2 || g == 4)
    return g != 1 << i && g != 1 << j;
  return ((7 ^ g) == 1 << i) == ((7 ^ g) == 1 << j);
}

/* out = e b in for the entries that are there; no e: 1. */
__attribute__((always_inline)) static inline void NAME(block_multiply)(int g, const REAL b[3][3], const ROW in[3],
                                                                       const ROW *e, ROW out[3]) {
  for (int i = 0; i < 3; ++i) {
    ROW sum = {0};
    for (int j = 0; j < 3; ++j)
      if (NAME(couples)(g, i, j))
        sum += b[i][j] * in[j];
    out[i] = e ? *e * sum : sum;
  }
}

/* One row of voxels with stiffness factors e between the planes of modes u0 and u1: adds to the forces f0 of the lower
   plane; sets those of the upper one, or adds to them. */
__attribute__((always_inline)) static inline void
NAME(row_multiply)(const REAL b[8][3][3], const PAIR *u0, const PAIR *u1, const ROW *e, PAIR *f0, PAIR *f1, int add) {
#pragma GCC unroll 4
  for (int h = 0; h < 4; ++h) { /* blocks h and h + 4 share what they read */
    const int q[3] = {h ^ 1, h ^ 2, h};
    ROW even[3], odd[3], f[3], g[3];
#pragma GCC unroll 3
    for (int c = 0; c < 3; ++c) {
      const ROW lower = u0->v[c][q[c]], upper = u1->v[c][q[c]];
      (c < 2 ? even : odd)[c] = upper + lower;
      (c < 2 ? odd : even)[c] = upper - lower;
    }
    NAME(block_multiply)(h, b[h], even, e, f);
    NAME(block_multiply)(h + 4, b[h + 4], odd, e, g);
#pragma GCC unroll 3
    for (int c = 0; c < 3; ++c) {
      const ROW sum = c < 2 ? f[c] : g[c], difference = c < 2 ? g[c] : f[c];
      f0->v[c][q[c]] += sum - difference;
      if (add)
        f1->v[c][q[c]] += sum + difference;
      else
        f1->v[c][q[c]] = sum + difference;
    }
  }
}

/* Bits of a mask as bytes 0 or 1. */
static inline uint64_t NAME(spread)(unsigned mask) {
  return ((mask & 0x7f) * 0x0002040810204081ULL & 0x0101010101010101ULL) | (uint64_t)(mask >> 7) << 56;
}

__attribute__((always_inline)) static inline void NAME(factors)(unsigned mask, const float *scale, ROW *e) {
  const BITS bit = {1, 2, 4, 8, 16, 32, 64, 128}, here = ((INTEGER)mask & bit) != 0;
  *e = (ROW){1, 1, 1, 1, 1, 1, 1, 1};
  if (scale)
    for (int i = 0; i < 8; ++i)
      (*e)[i] = (REAL)scale[i];
  *e = (ROW)((BITS)*e & here);
}

/* The voxels of one row, label by label. */
__attribute__((always_inline)) static inline void NAME(voxels_multiply)(const uint8_t *label, const float *scale,
                                                                        unsigned mask, const BLOCKS *blocks,
                                                                        const PAIR *u[2], PAIR *f[2]) {
  int add = 0;
  uint64_t labels;
  memcpy(&labels, label, 8);
  const unsigned first = label[__builtin_ctz(mask)];
  if (labels == first * NAME(spread)(mask)) {
    if (mask == 0xff && !scale)
      NAME(row_multiply)(blocks[first].b, u[0], u[1], NULL, f[0], f[1], 0);
    else {
      ROW e;
      NAME(factors)(mask, scale, &e);
      NAME(row_multiply)(blocks[first].b, u[0], u[1], &e, f[0], f[1], 0);
    }
    return;
  }
  memset(f[1], 0, sizeof *f[1]);
  for (add = 1; mask;) {
    const unsigned l = label[__builtin_ctz(mask)];
    unsigned same = 0;
    for (int i = 0; i < 8; ++i)
      same |= (unsigned)(label[i] == l) << i;
    ROW e;
    NAME(factors)(same, scale, &e);
    NAME(row_multiply)(blocks[l].b, u[0], u[1], &e, f[0], f[1], add);
    mask &= ~same;
  }
}

/* The two leaves that hold a row of nodes: positions below extent[0] and position extent[0]. NULL: none. */
typedef struct NAME(Ends) {
  const Leaf *own, *next;
} NAME(Ends);

__attribute__((always_inline)) static inline NAME(Ends) NAME(ends)(const Leaf *leaves, const Leaf *leaf, int side) {
  return (NAME(Ends)){leaf->next[side] < 0 ? NULL : &leaves[leaf->next[side]],
                      leaf->next[side + 1] < 0 ? NULL : &leaves[leaf->next[side + 1]]};
}

/* Sums s and differences d along x of one row of nodes. */
__attribute__((always_inline)) static inline void NAME(row_gather)(const NAME(Ends) * ends, int row, int extent,
                                                                   const INPUT *x, ROW s[3], ROW d[3]) {
  const BITS up = {1, 2, 3, 4, 5, 6, 7, 8};
  ROW v[3] = {{0}, {0}, {0}};
  REAL last[3] = {0, 0, 0};
  const unsigned mask = ends->own ? ends->own->node[row] & ((1u << extent) - 1u) : 0;
  if (mask)
    ROW_GET(x + 3 * (size_t)(ends->own->base + ends->own->row[row]), mask, v);
  if (ends->next && ends->next->node[row] & 1)
    for (int c = 0; c < 3; ++c)
      last[c] = (REAL)x[3 * (size_t)(ends->next->base + ends->next->row[row]) + (size_t)c];
  if (extent < 8)
    for (int c = 0; c < 3; ++c)
      v[c][extent] = last[c];
  for (int c = 0; c < 3; ++c) {
    const ROW beyond = {last[c]};
    const ROW w = __builtin_shuffle(v[c], beyond, up);
    s[c] = v[c] + w;
    d[c] = w - v[c];
  }
}

/* Modes of the pairs of rows in plane k that rows of voxels want: bit j of wanted, pair j. */
__attribute__((always_inline)) static inline void NAME(plane_gather)(const Leaf *leaves, const Leaf *leaf, int k,
                                                                     unsigned wanted, const INPUT *x, PAIR pair[8]) {
  const int nz = k == leaf->extent[2], plane = nz ? 0 : 8 * k, ey = leaf->extent[1];
  const NAME(Ends) inside = NAME(ends)(leaves, leaf, 4 * nz), beyond = NAME(ends)(leaves, leaf, 4 * nz + 2);
  ROW s[2][3], d[2][3];
  for (int j = 0; j <= ey; ++j) {
    ROW *s1 = s[j & 1], *d1 = d[j & 1], *s0 = s[~j & 1], *d0 = d[~j & 1];
    if (!((wanted | wanted << 1) >> j & 1))
      continue;
    NAME(row_gather)(j < ey ? &inside : &beyond, j < ey ? plane + j : plane, leaf->extent[0], x, s1, d1);
    if (!(wanted << 1 >> j & 1))
      continue;
    PAIR *p = &pair[j - 1];
    for (int c = 0; c < 3; ++c) {
      p->v[c][0] = s0[c] + s1[c];
      p->v[c][1] = d0[c] + d1[c];
      p->v[c][2] = s1[c] - s0[c];
      p->v[c][3] = d1[c] - d0[c];
    }
  }
}

/* Forces of the nodes of a row from the pairs above (its lower row) and below (its upper row); NULL: none. */
__attribute__((always_inline)) static inline void NAME(row_forces)(const PAIR *above, const PAIR *below, ROW v[3],
                                                                   REAL last[3]) {
  const BITS down = {8, 0, 1, 2, 3, 4, 5, 6};
  const ROW none = {0};
  for (int c = 0; c < 3; ++c) {
    ROW s = none, d = none;
    if (above) {
      s = above->v[c][0] - above->v[c][2];
      d = above->v[c][1] - above->v[c][3];
    }
    if (below) {
      s += below->v[c][0] + below->v[c][2];
      d += below->v[c][1] + below->v[c][3];
    }
    const ROW upper = s + d;
    v[c] = s - d + __builtin_shuffle(upper, none, down);
    last[c] = upper[7];
  }
}

/* Adds the forces of plane k, pairs wanted, to y. The rows of the leaf itself lie one behind the other: they go through
   a buffer, since rows that overlap in memory would wait for each other. */
__attribute__((always_inline)) static inline void NAME(plane_scatter)(const Leaf *leaves, const Leaf *leaf, int k,
                                                                      unsigned wanted, const PAIR pair[8], REAL *y) {
  const int nz = k == leaf->extent[2], plane = nz ? 0 : 8 * k, ex = leaf->extent[0], ey = leaf->extent[1];
  const NAME(Ends) inside = NAME(ends)(leaves, leaf, 4 * nz), beyond = NAME(ends)(leaves, leaf, 4 * nz + 2);
  REAL buffer[3 * 64 + 24] __attribute__((aligned(64)));
  int n = 0;
  for (int j = 0; j <= ey; ++j) {
    const NAME(Ends) *ends = j < ey ? &inside : &beyond;
    const int row = j < ey ? plane + j : plane;
    const unsigned mask = ends->own ? ends->own->node[row] & ((1u << ex) - 1u) : 0;
    ROW v[3] = {{0}, {0}, {0}};
    REAL last[3] = {0, 0, 0};
    if ((wanted | wanted << 1) >> j & 1) {
      NAME(row_forces)(wanted >> j & 1 ? &pair[j] : NULL, wanted << 1 >> j & 1 ? &pair[j - 1] : NULL, v, last);
      if (ends->next && ends->next->node[row] & 1) {
        REAL *to = y + 3 * (size_t)(ends->next->base + ends->next->row[row]);
        for (int c = 0; c < 3; ++c)
          to[c] += ex < 8 ? v[c][ex] : last[c];
      }
    } else if (j == ey)
      continue;
    if (j < ey) {
      ROW_PUT(buffer + n, mask, v);
      n += 3 * __builtin_popcount(mask);
    } else if (mask)
      ROW_ADD(y + 3 * (size_t)(ends->own->base + ends->own->row[row]), mask, v);
  }
  if (n) {
    REAL *to = y + 3 * (size_t)(inside.own->base + inside.own->row[plane]);
    for (int i = 0; i < n; ++i)
      to[i] += buffer[i];
  }
}

static void NAME(leaf_multiply)(const Leaf *leaves, const Leaf *leaf, const uint8_t *label, const float *scale,
                                const BLOCKS *blocks, const INPUT *x, REAL *y) {
  PAIR u[2][8], f[2][8];
  unsigned rows[10] = {0}; /* rows[k + 1]: rows of layer k that hold voxels; none below and above the leaf */
  for (int k = 0; k < 8; ++k)
    for (int j = 0; j < 8; ++j)
      rows[k + 1] |= (unsigned)(leaf->voxel[j + 8 * k] != 0) << j;
  for (int k = 0; k <= leaf->extent[2]; ++k) {
    const unsigned under = rows[k], over = rows[k + 1];
    const int here = k & 1, before = ~k & 1;
    if (!(under | over))
      continue;
    NAME(plane_gather)(leaves, leaf, k, under | over, x, u[here]);
    for (unsigned left = under; left; left &= left - 1) {
      const int j = __builtin_ctz(left), v = 8 * (j + 8 * (k - 1));
      const PAIR *modes[2] = {&u[before][j], &u[here][j]};
      PAIR *forces[2] = {&f[before][j], &f[here][j]};
      NAME(voxels_multiply)(label + v, scale ? scale + v : NULL, leaf->voxel[v / 8], blocks, modes, forces);
    }
    for (unsigned left = over & ~under; left; left &= left - 1)
      memset(&f[here][__builtin_ctz(left)], 0, sizeof(PAIR));
    if (under)
      NAME(plane_scatter)(leaves, leaf, k - 1, rows[k - 1] | under, f[before], y);
    if (under && !over)
      NAME(plane_scatter)(leaves, leaf, k, under, f[here], y);
  }
}
#undef ROW
#undef BITS
#undef PAIR
