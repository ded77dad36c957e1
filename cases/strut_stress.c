#include "cases/strut_stress.h"

#include <math.h>

void strut_mises(const Section *section, double radius, float mises[STRUT_SAMPLES]) {
  double area = PETSC_PI * radius * radius, inertia = area * radius * radius / 4;
  for (int x = 0, n = 0; x < STRUT_STATIONS; x++) {
    double along = (x + 0.5) / STRUT_STATIONS;
    double M2 = section->M2[0] + along * (section->M2[1] - section->M2[0]);
    double M3 = section->M3[0] + along * (section->M3[1] - section->M3[0]);
    for (int k = 0; k < STRUT_RINGS; k++) {
      double r = radius * sqrt((k + 0.5) / STRUT_RINGS), shear = section->T * r / (2 * inertia);
      for (int a = 0; a < STRUT_ANGLES; a++) {
        double normal = section->N / area + hypot(M2, M3) * r * cos(2 * PETSC_PI * a / STRUT_ANGLES) / inertia;
        mises[n++] = (float)sqrt(normal * normal + 3 * shear * shear);
      }
    }
  }
}
