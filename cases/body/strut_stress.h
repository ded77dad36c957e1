/* Von Mises stress over the volume of a round strut, from its section forces. Kernel. */
#ifndef TRABECULA_CASES_BODY_STRUT_STRESS_H
#define TRABECULA_CASES_BODY_STRUT_STRESS_H

#include "solver/frame/frame.h"

enum { STRUT_STATIONS = 5, STRUT_RINGS = 7, STRUT_ANGLES = 9, STRUT_SAMPLES = 315 };

/* A round strut as in Graph: outer radius r (1 + taper (2t - 1)) at the share t of its length, bore = inner over outer
   radius; 0 and 0 for a plain one. */
typedef struct RoundStrut {
  double radius, taper, bore; /* mm, (-1, 1), [0, 1) */
  double area_lost;           /* [0, 1): 1 - area_share of the Graph */
} RoundStrut;

/* Von Mises stress (MPa) at points of the flexible part of a strut, and the volume (mm3) that each stands for: the
   points of Gauss and Lobatto along it and in the square of the radius, so that both end sections, the outer fibre and
   the wall of the bore (or the axis) are points, and of the trapezoidal rule in the angle from the axis of bending. One
   half of the section stands for both, which are alike. The largest value of a uniform strut is |N|/A + M r/I with T
   r/J at the worse end. Axial force, bending (linear along the strut) and torsion; the mean of the transverse shear is
   left out, as in Section.mises. length: of the strut from node to node, mm. */
void strut_samples(const Section *section, const RoundStrut *strut, double length, float mises[STRUT_SAMPLES],
                   float volume[STRUT_SAMPLES]);
/* The stations, shares of the flexible part, and the outer radius there, mm. */
extern const double strut_stations[STRUT_STATIONS];
double strut_outer(const Section *section, const RoundStrut *strut, double t);
/* Volume of the flexible part, mm3: what those of the points add up to. */
double strut_volume(const Section *section, const RoundStrut *strut, double length);

#endif
