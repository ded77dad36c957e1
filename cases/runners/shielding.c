#include "cases/runners/shielding.h"

#include <math.h>

const double frost_limit[FROST_WINDOWS - 1] = {200, 1500, 3000, 4000};

void shielding_compare(const BonePieces *bone, unsigned want, const double *energy, const double *energy0, double s,
                       ShieldingSums *sums) {
  for (long i = 0; i < bone->n; i++) {
    if ((bone->region[i] & want) != want)
      continue;
    double volume = bone->volume[i], mass = volume * bone->density[i];
    int resorbed = energy[i] < (1 - s) * energy0[i];
    int formed = energy[i] > (1 + s) * energy0[i];
    sums->mass += mass;
    sums->volume += volume;
    sums->mass_resorbed += resorbed * mass;
    sums->mass_formed += formed * mass;
    sums->volume_resorbed += resorbed * volume;
    sums->volume_formed += formed * volume;
  }
}

double shielding_ssi(double stress0, double stress) { return (stress0 - stress) / stress0; }

double shielding_strain(double energy, double young_MPa) { return 1e6 * sqrt(2 * energy / young_MPa); }

void shielding_frost(const BonePieces *bone, unsigned want, const double *energy, double window[FROST_WINDOWS]) {
  for (long i = 0; i < bone->n; i++) {
    if ((bone->region[i] & want) != want)
      continue;
    double strain = shielding_strain(energy[i], bone->young[i]);
    int w = 0;
    while (w < FROST_WINDOWS - 1 && strain >= frost_limit[w])
      w++;
    window[w] += bone->volume[i];
  }
}
