#include "cases/body/strut_stress.h"

#include <math.h>

enum { EACH = STRUT_RINGS * STRUT_ANGLES };

static double along(int station) { return (station + 0.5) / STRUT_STATIONS; }

/* Square of the outer radius at the share t of the length. */
static double outer2(const RoundStrut *s, double t) {
  double r = s->radius * (1 + s->taper * (2 * t - 1));
  return r * r;
}

void strut_volumes(const RoundStrut *strut, double length, float volume[STRUT_SAMPLES]) {
  for (int k = 0; k < STRUT_SAMPLES; k++)
    volume[k] =
        (float)(PETSC_PI * outer2(strut, along(k / EACH)) * (1 - strut->bore * strut->bore) * length / STRUT_SAMPLES);
}

void strut_mises(const Section *section, const RoundStrut *strut, float mises[STRUT_SAMPLES]) {
  const double b2 = strut->bore * strut->bore;
  for (int x = 0, n = 0; x < STRUT_STATIONS; x++) {
    const double t = along(x), r2 = outer2(strut, t);
    const double area = PETSC_PI * r2 * (1 - b2), inertia = area * r2 * (1 + b2) / 4;
    double M2 = section->M2[0] + t * (section->M2[1] - section->M2[0]);
    double M3 = section->M3[0] + t * (section->M3[1] - section->M3[0]);
    for (int k = 0; k < STRUT_RINGS; k++) {
      double r = sqrt(r2 * (b2 + (1 - b2) * (k + 0.5) / STRUT_RINGS)), shear = section->T * r / (2 * inertia);
      for (int a = 0; a < STRUT_ANGLES; a++) {
        double normal = section->N / area + hypot(M2, M3) * r * cos(2 * PETSC_PI * a / STRUT_ANGLES) / inertia;
        mises[n++] = (float)sqrt(normal * normal + 3 * shear * shear);
      }
    }
  }
}
