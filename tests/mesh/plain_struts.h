/* The dumb twin of every strut search: all struts, all images, one after the other. */
#ifndef TRABECULA_TESTS_PLAIN_STRUTS_H
#define TRABECULA_TESTS_PLAIN_STRUTS_H

#include "mesh/cell.h"
#include <math.h>
#include <stdint.h>

static inline double plain_segment_distance(const double x[3], const double p[3], const double q[3]) {
  double ww = 0, wu = 0, uu = 0;
  for (int k = 0; k < 3; k++) {
    ww += (x[k] - p[k]) * (x[k] - p[k]);
    wu += (x[k] - p[k]) * (q[k] - p[k]);
    uu += (q[k] - p[k]) * (q[k] - p[k]);
  }
  double t = fmin(fmax(wu / uu, 0), 1);
  return sqrt(fmax(ww - 2 * t * wu + t * t * uu, 0));
}

typedef struct PlainStruts {
  int n;
  double end[2000][2][3];
} PlainStruts;

/* The struts of the infinite lattice within reach (at most 1) of the cell 0 .. 1. */
static inline void plain_struts(const Cell *cell, double reach, PlainStruts *all) {
  all->n = 0;
  for (int s = 0; s < cell->n_struts; s++)
    for (int image = 0; image < 343; image++) {
      const int at[3] = {image % 7 - 3, image / 7 % 7 - 3, image / 49 - 3};
      int near = 1;
      double(*end)[3] = all->end[all->n];
      for (int k = 0; k < 3; k++) {
        end[0][k] = at[k] + cell->node[cell->strut[s].a][k];
        end[1][k] = at[k] + cell->node[cell->strut[s].b][k] + cell->strut[s].shift[k];
        near = near && fmin(end[0][k], end[1][k]) <= 1 + reach && fmax(end[0][k], end[1][k]) >= -reach;
      }
      all->n += near && all->n < 1999;
    }
}

static inline double plain_axis_distance(const PlainStruts *all, const double x[3]) {
  double least = HUGE_VAL;
  for (int i = 0; i < all->n; i++)
    least = fmin(least, plain_segment_distance(x, all->end[i][0], all->end[i][1]));
  return least;
}

/* 0 <= value < 1, the same sequence everywhere (Marsaglia's xorshift). */
static inline double plain_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return (double)(*state >> 11) / 9007199254740992.0;
}

#endif
