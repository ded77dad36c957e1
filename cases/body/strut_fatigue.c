/* Fatigue of one strut between two load cases.
   How: nominal stress along the strut at the stations of strut_samples, both end sections among them, all round the
   surface; the mean stress and the S-N line are those of materials/fatigue.c.
   Where: cases/runners/cage_fatigue.c asks every strut and takes percentiles over their volume. */
#include "cases/body/strut_fatigue.h"

#include <math.h>

enum { ANGLES = 16 };

/* Axial force and moments at the share t of the length. */
typedef struct Forces {
  double N, M2, M3;
} Forces;

static Forces forces_at(const Section *s, double t) {
  return (Forces){s->N, (1 - t) * s->M2[0] + t * s->M2[1], (1 - t) * s->M3[0] + t * s->M3[1]};
}

static double stress_at(const Forces *f, double area, double modulus, double angle) {
  return f->N / area + (f->M2 * cos(angle) + f->M3 * sin(angle)) / modulus;
}

void strut_fatigue(const Fatigue *fatigue, const RoundStrut *strut, const Section *first, const Section *second,
                   double *amplitude, double *use) {
  double stress[2][ANGLES], value[ANGLES];
  *amplitude = *use = 0;
  for (int i = 0; i < STRUT_STATIONS; i++) {
    double t = strut_stations[i], r = strut_outer(first, strut, t), b2 = strut->bore * strut->bore;
    double area = (1 - strut->area_lost) * PETSC_PI * r * r * (1 - b2), modulus = area * r * (1 + b2) / 4;
    Forces one = forces_at(first, t), two = forces_at(second, t);
    double start = atan2(one.M3 - two.M3, one.M2 - two.M2);
    for (int a = 0; a < ANGLES; a++) {
      double angle = start + 2 * PETSC_PI * a / ANGLES;
      stress[0][a] = stress_at(&one, area, modulus, angle);
      stress[1][a] = stress_at(&two, area, modulus, angle);
    }
    fatigue_amplitudes(fatigue, ANGLES, stress[0], stress[1], value);
    for (int a = 0; a < ANGLES; a++)
      *amplitude = fmax(*amplitude, value[a]);
    fatigue_uses(fatigue, ANGLES, stress[0], stress[1], value);
    for (int a = 0; a < ANGLES; a++)
      *use = fmax(*use, value[a]);
  }
}
