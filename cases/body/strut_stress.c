/* Stress over the volume of a strut, point by point.
   How: N/A + M r cos(angle)/I along the strut and T r/J about it, at the points of a quadrature of the volume. A
   percentile over these points is one over the volume of the struts that contains their surface and their ends; it
   converges with the number of points (tests/cases/test_frame_stress.c measures how fast).
   Where: section forces come from solver/frame, percentiles are taken in cases/body/frame_stress.c. */
#include "cases/body/strut_stress.h"

#include <math.h>

/* Gauss-Lobatto (Abramowitz and Stegun 1964, 25.4.32 and Table 25.6), on [0, 1]; the weights sum to 1. */
const double strut_stations[STRUT_STATIONS] = {0, 0.17267316464601142810, 0.5, 0.82732683535398857190, 1};
static const double station_weight[STRUT_STATIONS] = {0.05, 49. / 180, 16. / 45, 49. / 180, 0.05};
static const double ring_at[STRUT_RINGS] = {
    0, 0.084888051860716535064, 0.26557560326464289310, 0.5, 0.73442439673535710690, 0.91511194813928346494, 1};
static const double ring_weight[STRUT_RINGS] = {1. / 42,     0.13841302368078297401, 0.21587269060493131171,
                                                256. / 1050, 0.21587269060493131171, 0.13841302368078297401,
                                                1. / 42};
/* The trapezoidal rule over half a turn. */
static double angle_weight(int a) { return (a % (STRUT_ANGLES - 1) ? 1. : 0.5) / (STRUT_ANGLES - 1); }

/* One section: its points times weight. */
typedef struct Station {
  double area, inertia, r2, N, M, T, volume;
} Station;

static void station_samples(const Station *s, double bore2, float *mises, float *volume) {
  for (int k = 0, n = 0; k < STRUT_RINGS; k++) {
    const double r = sqrt(s->r2 * (bore2 + (1 - bore2) * ring_at[k])), shear = s->T * r / (2 * s->inertia);
    for (int a = 0; a < STRUT_ANGLES; a++, n++) {
      const double normal = s->N / s->area + s->M * r * cos(PETSC_PI * a / (STRUT_ANGLES - 1)) / s->inertia;
      mises[n] = (float)sqrt(normal * normal + 3 * shear * shear);
      volume[n] = (float)(s->volume * ring_weight[k] * angle_weight(a));
    }
  }
}

double strut_outer(const Section *section, const RoundStrut *strut, double t) {
  const double share = section->part[0] + t * (section->part[1] - section->part[0]);
  return strut->radius * (1 + strut->taper * (2 * share - 1));
}

double strut_volume(const Section *section, const RoundStrut *strut, double length) {
  const double p = strut_outer(section, strut, 0), q = strut_outer(section, strut, 1);
  return (1 - strut->area_lost) * PETSC_PI * (p * p + p * q + q * q) / 3 * (1 - strut->bore * strut->bore) * length *
         (section->part[1] - section->part[0]);
}

void strut_samples(const Section *section, const RoundStrut *strut, double length, float mises[STRUT_SAMPLES],
                   float volume[STRUT_SAMPLES]) {
  const double b2 = strut->bore * strut->bore, flexible = (section->part[1] - section->part[0]) * length;
  for (int x = 0; x < STRUT_STATIONS; x++) {
    const double t = strut_stations[x], r = strut_outer(section, strut, t);
    const double M2 = section->M2[0] + t * (section->M2[1] - section->M2[0]);
    const double M3 = section->M3[0] + t * (section->M3[1] - section->M3[0]);
    Station s = {.r2 = r * r, .N = section->N, .M = hypot(M2, M3), .T = section->T};
    s.area = (1 - strut->area_lost) * PETSC_PI * s.r2 * (1 - b2);
    s.inertia = s.area * s.r2 * (1 + b2) / 4;
    s.volume = s.area * station_weight[x] * flexible;
    station_samples(&s, b2, mises + x * STRUT_RINGS * STRUT_ANGLES, volume + x * STRUT_RINGS * STRUT_ANGLES);
  }
}
