#include "mesh/leaf_fill.h"
#include "mesh/blocks.h"
#include <math.h>
#include <string.h>

enum { PART_AWAY, PART_NEAR, PART_FULL };

typedef struct Scene { /* the parts as one leaf sees them */
  PetscInt n_parts;
  const Part *parts;
  uint8_t *state; /* [n_parts] */
  double voxel_mm;
  double reach; /* mm, of a voxel from its centre, and a little */
} Scene;

double plane_fraction(double d, const double slope[3]) {
  double m[3], whole, solid;
  for (int c = 0; c < 3; ++c)
    m[c] = fmax(fabs(slope[c]), 1e-3); /* keeps the quotient finite; a tilt of a thousandth changes nothing */
  whole = 6 * m[0] * m[1] * m[2];
  solid = 0;
  for (int corner = 0; corner < 8; ++corner) {
    double depth = 0.5 * (m[0] + m[1] + m[2]) - d;
    for (int c = 0; c < 3; ++c)
      depth -= corner >> c & 1 ? m[c] : 0;
    if (depth > 0)
      solid += (__builtin_parity((unsigned)corner) ? -1 : 1) * depth * depth * depth;
  }
  return fmin(fmax(solid / whole, 0), 1);
}

void leaf_centres(const GridBox *box, const int32_t at[3], double x[LEAF_VOXELS][3]) {
  for (int v = 0; v < LEAF_VOXELS; ++v) {
    const int in[3] = {v & 7, v >> 3 & 7, v >> 6};
    for (int c = 0; c < 3; ++c)
      x[v][c] = box->origin[c] + ((double)LEAF_EDGE * at[c] + in[c] + 0.5) * box->voxel_mm;
  }
}

/* Which parts matter in a ball: those whose surface may pass, and the last one that fills it. */
static void parts_near(Scene *scene, const double centre[3], double half) {
  for (PetscInt p = 0; p < scene->n_parts; ++p) {
    const Shape *shape = scene->parts[p].shape;
    double d;
    shape->distance(shape, 1, (const double(*)[3])centre, &d);
    scene->state[p] = d > half ? PART_AWAY : d < -half ? PART_FULL : PART_NEAR;
    if (scene->state[p] == PART_FULL)
      memset(scene->state, PART_AWAY, (size_t)p);
  }
}

/* What the parts so far make of one point. */
static inline void solid_add(const Part *part, double d, double *solid) {
  *solid = part->label ? fmin(*solid, d) : fmax(*solid, -d);
}

/* Distances of n <= 512 points from part p, which is not away. */
static void part_distance(const Part *part, uint8_t state, int n, const double (*x)[3], double *d) {
  if (state == PART_NEAR)
    part->shape->distance(part->shape, n, x, d);
  for (int i = 0; state == PART_FULL && i < n; ++i)
    d[i] = -HUGE_VAL;
}

/* Signed distance of the solid (parts united, carving parts taken away) at the eight samples of a voxel. */
static void solid_distance(const Scene *scene, const double (*x)[3], double *solid) {
  for (int i = 0; i < 8; ++i)
    solid[i] = HUGE_VAL;
  for (PetscInt p = 0; p < scene->n_parts; ++p) {
    double d[8];
    if (scene->state[p] == PART_AWAY)
      continue;
    part_distance(&scene->parts[p], scene->state[p], 8, x, d);
    for (int i = 0; i < 8; ++i)
      solid_add(&scene->parts[p], d[i], &solid[i]);
  }
}

typedef struct Nearness {                        /* of the 512 centres of a leaf, for partial volumes */
  double solid[LEAF_VOXELS], least[LEAF_VOXELS]; /* distance of the solid; of the nearest solid part */
  uint8_t label[LEAF_VOXELS];                    /* of that part */
} Nearness;

/* Distances of part p, which is near, at the 512 centres of a leaf: exact up to `band`, beyond it only their sign and
   that they are. From blocks of 4^3 to blocks of 2^3 to voxels, only where the surface, or the band, may pass: the
   distance at the middle of a block says so, because shapes are 1-Lipschitz. */
static void part_distance_leaf(const Part *part, double voxel_mm, double band, const double (*x)[3], double *d) {
  double at[LEAF_VOXELS][3], value[LEAF_VOXELS];
  int first[LEAF_VOXELS], n = 1; /* lowest voxels of the blocks still open */
  first[0] = 0;
  for (int edge = LEAF_EDGE; edge > 1; edge /= 2) {
    const int half = edge / 2, parents = n, block = half / 2 * 73; /* 73: one step along each axis */
    const double reach = 0.5 * sqrt(3) * (half - 1) * voxel_mm * (1 + 1e-9) + band;
    int child[LEAF_VOXELS], open = 0;
    n = 0;
    for (int i = 0; i < parents; ++i)
      for (int s = 0; s < 8; ++s) {
        const int v = first[i] + half * ((s & 1) + 8 * (s >> 1 & 1) + 64 * (s >> 2));
        const int w = half == 1 ? v : v + block;
        for (int c = 0; c < 3; ++c)
          at[n][c] = half == 1 ? x[v][c] : x[w][c] - 0.5 * voxel_mm;
        child[n++] = v;
      }
    part->shape->distance(part->shape, n, (const double(*)[3])at, value);
    for (int i = 0; i < n; ++i)
      if (half > 1 && fabs(value[i]) <= reach)
        first[open++] = child[i];
      else
        for (int k = 0; k < half; ++k)
          for (int j = 0; j < half; ++j)
            for (int m = 0; m < half; ++m)
              d[child[i] + m + 8 * j + 64 * k] = value[i];
    n = open;
  }
}

/* Label by the centres: the last part that holds it. near may be NULL. */
static void label_centres(const Scene *scene, const double (*x)[3], uint8_t *label, Nearness *near) {
  memset(label, 0, LEAF_VOXELS);
  for (int i = 0; near && i < LEAF_VOXELS; ++i) {
    near->solid[i] = near->least[i] = HUGE_VAL;
    near->label[i] = 0;
  }
  for (PetscInt p = 0; p < scene->n_parts; ++p) {
    double d[LEAF_VOXELS];
    if (scene->state[p] == PART_AWAY)
      continue;
    if (scene->state[p] == PART_NEAR && (!near || scene->n_parts == 1)) /* with more, the nearest part counts */
      part_distance_leaf(&scene->parts[p], scene->voxel_mm, near ? scene->reach : 0, x, d);
    else
      part_distance(&scene->parts[p], scene->state[p], LEAF_VOXELS, x, d);
    for (int i = 0; i < LEAF_VOXELS; ++i)
      if (d[i] <= 0)
        label[i] = scene->parts[p].label;
    for (int i = 0; near && i < LEAF_VOXELS; ++i) {
      solid_add(&scene->parts[p], d[i], &near->solid[i]);
      if (scene->parts[p].label && d[i] <= near->least[i]) {
        near->least[i] = d[i];
        near->label[i] = scene->parts[p].label;
      }
    }
  }
}

/* Solid fraction of the voxel around centre, where the distance is middle: 2^3 sub-cells cut by planes whose slope the
   eight samples at their centres give. The mean distance in a sub-cell of edge e is that at its centre + e^2/24 of the
   Laplacian, which the samples and the middle give too: that makes the volume under a curved surface second order with
   a small constant (a plane through the centre alone would lie e^2/24 of the curvature too far out). */
static double voxel_fraction(const Scene *scene, const double centre[3], double middle) {
  const double edge = 0.5 * scene->voxel_mm;
  double x[8][3], d[8], mean = 0, bend, sum = 0, slope[3] = {0, 0, 0};
  for (int s = 0; s < 8; ++s)
    for (int c = 0; c < 3; ++c)
      x[s][c] = centre[c] + (s >> c & 1 ? 0.5 : -0.5) * edge;
  solid_distance(scene, (const double(*)[3])x, d);
  for (int s = 0; s < 8; ++s) {
    mean += d[s] / 8;
    for (int c = 0; c < 3; ++c)
      slope[c] += 0.25 * (s >> c & 1 ? d[s] : -d[s]) / edge;
  }
  bend = (mean - middle) / 3;
  for (int s = 0; s < 8; ++s)
    sum += plane_fraction((d[s] + bend) / edge, slope);
  return sum / 8;
}

/* Fractions of the voxels that the surface of the solid may cross; the others are full or void as their centre says. */
static void fill_fractions(const Scene *scene, const double (*x)[3], const Nearness *near, uint8_t *label,
                           float *fraction) {
  for (int v = 0; v < LEAF_VOXELS; ++v) {
    double f = label[v] ? 1 : 0;
    if (fabs(near->solid[v]) <= scene->reach)
      f = voxel_fraction(scene, x[v], near->solid[v]);
    if (f < VOXEL_LEAST_SOLID)
      f = 0;
    if (f == 0)
      label[v] = 0;
    else if (!label[v])
      label[v] = near->label[v];
    fraction[v] = (float)f;
  }
}

int leaf_fill(const GridBox *box, const int32_t at[3], PetscInt n_parts, const Part *parts, uint8_t *state,
              uint8_t *label, float *fraction) {
  Scene scene = {n_parts, parts, state, box->voxel_mm, 0.5 * sqrt(3) * box->voxel_mm * (1 + 1e-9)};
  double x[LEAF_VOXELS][3], centre[3], half;
  Nearness near;
  int extent[3], solid = 0;
  if (!block_bounds(box, at, 1, centre, &half))
    return 0;
  leaf_extent(box, at, extent);
  leaf_centres(box, at, x);
  parts_near(&scene, centre, half);
  label_centres(&scene, (const double(*)[3])x, label, fraction ? &near : NULL);
  if (fraction)
    fill_fractions(&scene, (const double(*)[3])x, &near, label, fraction);
  for (int v = 0; v < LEAF_VOXELS; ++v) {
    if ((v & 7) >= extent[0] || (v >> 3 & 7) >= extent[1] || v >> 6 >= extent[2]) {
      label[v] = 0;
      if (fraction)
        fraction[v] = 0;
    }
    solid += label[v] != 0;
  }
  return solid;
}
