#include "cases/runners/shielding.h"

#include <math.h>

const double frost_limit[FROST_WINDOWS - 1] = {200, 1500, 3000, 4000};

void shielding_compare(long n, const uint16_t *region, unsigned want, const double *energy, const double *energy0,
                       const float *density, double s, ShieldingSums *sums) {
  for (long i = 0; i < n; i++) {
    if ((region[i] & want) != want)
      continue;
    int resorbed = energy[i]<(1 - s) * energy0[i], formed = energy[i]>(1 + s) * energy0[i];
    sums->mass += density[i];
    sums->voxels += 1;
    sums->mass_resorbed += resorbed * (double)density[i];
    sums->mass_formed += formed * (double)density[i];
    sums->voxels_resorbed += resorbed;
    sums->voxels_formed += formed;
  }
}

double shielding_ssi(double stress0, double stress) { return (stress0 - stress) / stress0; }

double shielding_strain(double energy, double young_MPa) { return 1e6 * sqrt(2 * energy / young_MPa); }

void shielding_frost(long n, const uint16_t *region, unsigned want, const double *energy, const float *young_MPa,
                     double window[FROST_WINDOWS]) {
  for (long i = 0; i < n; i++) {
    if ((region[i] & want) != want)
      continue;
    double strain = shielding_strain(energy[i], young_MPa[i]);
    int w = 0;
    while (w < FROST_WINDOWS - 1 && strain >= frost_limit[w])
      w++;
    window[w] += 1;
  }
}
