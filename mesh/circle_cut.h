/* What planes leave of a circular cross-section. Kernel. */
#ifndef TRABECULA_MESH_CIRCLE_CUT_H
#define TRABECULA_MESH_CIRCLE_CUT_H

enum { CIRCLE_CUTS = 16 };

/* Inside where normal . (y, z) <= offset; the normal is a unit vector, the circle has radius 1 and its centre at 0. */
typedef struct CircleCut {
  double normal[2], offset;
} CircleCut;

/* Part of the circle's area inside all n <= CIRCLE_CUTS half-planes, 0 to 1: exactly a half for one through the centre,
   a quarter for two at right angles, and continuous in all offsets and angles. */
double circle_part(int n, const CircleCut *cut);

#endif
