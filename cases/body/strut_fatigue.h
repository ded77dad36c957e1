/* Fatigue of a round strut between two load cases, from its section forces. Kernel. */
#ifndef TRABECULA_CASES_BODY_STRUT_FATIGUE_H
#define TRABECULA_CASES_BODY_STRUT_FATIGUE_H

#include "cases/body/strut_stress.h"
#include "materials/fatigue.h"

/* The worst point of the surface: largest equivalent fully reversed amplitude (MPa) and largest use of endurance
   (fatigue_uses). Nominal stress along the strut of N and M2, M3 (linear along it), at the stations of strut_samples
   and sixteen angles counted from the direction in which bending changes most: exact for uniform struts when one load
   case is a multiple of the other. Shear, torsion and the notch where struts meet are left out. */
void strut_fatigue(const Fatigue *fatigue, const RoundStrut *strut, const Section *first, const Section *second,
                   double *amplitude, double *use);

#endif
