/* Von Mises stress over the volume of a round strut, from its section forces. Kernel. */
#ifndef TRABECULA_CASES_BODY_STRUT_STRESS_H
#define TRABECULA_CASES_BODY_STRUT_STRESS_H

#include "solver/frame/frame.h"

enum { STRUT_STATIONS = 6, STRUT_RINGS = 4, STRUT_ANGLES = 8, STRUT_SAMPLES = 192 };

/* A round strut as in Graph: outer radius r (1 + taper (2t - 1)) at the share t of its length, bore = inner over outer
   radius; 0 and 0 for a plain one. */
typedef struct RoundStrut {
  double radius, taper, bore; /* mm, (-1, 1), [0, 1) */
} RoundStrut;

/* The stress at points all over the strut: stations along it, rings of equal area, angles from the axis of bending.
   Axial force, bending (linear along the strut) and torsion; the mean of the transverse shear is left out, as in
   Section.mises. */
void strut_mises(const Section *section, const RoundStrut *strut, float mises[STRUT_SAMPLES]);
/* The volumes that these points stand for, mm3, of a strut of that length. */
void strut_volumes(const RoundStrut *strut, double length, float volume[STRUT_SAMPLES]);

#endif
