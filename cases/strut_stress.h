/* Von Mises stress over the volume of a round strut, from its section forces. Kernel. */
#ifndef TRABECULA_CASES_STRUT_STRESS_H
#define TRABECULA_CASES_STRUT_STRESS_H

#include "solver/frame.h"

enum { STRUT_STATIONS = 6, STRUT_RINGS = 4, STRUT_ANGLES = 8, STRUT_SAMPLES = 192 };

/* The stress at points that stand for equal shares of the strut's volume: stations along it, rings of equal area,
   angles from the axis of bending. Axial force, bending (linear along the strut) and torsion; the mean of the
   transverse shear is left out, as in Section.mises. */
void strut_mises(const Section *section, double radius, float mises[STRUT_SAMPLES]);

#endif
