/* Stress-shielding metrics of bone: sums over the bone of one rank, to be added over the ranks by the caller. Kernel.
   Sources: Huiskes et al. 1987, J Biomech 20:1135 (strain energy per unit mass, dead zone); Kuiper and Huiskes 1997, J
   Biomech Eng 119 (resorbed mass fraction); Frost 1987, Anat Rec 219:1 (strain windows). */
#ifndef TRABECULA_CASES_RUNNERS_SHIELDING_H
#define TRABECULA_CASES_RUNNERS_SHIELDING_H

#include <stdint.h>

enum { FROST_WINDOWS = 5 };
extern const double frost_limit[FROST_WINDOWS - 1]; /* microstrain: 200, 1500, 3000, 4000 */

/* Pieces of bone of one tissue each, with the volume that they really have. A piece takes part in a sum when region[i]
   has every bit of want. */
typedef struct BonePieces {
  long n;
  const uint16_t *region;
  const float *volume, *density, *young; /* in any one unit; g/cm3; MPa */
} BonePieces;

typedef struct ShieldingSums {
  double mass, mass_resorbed, mass_formed;       /* volume times density */
  double volume, volume_resorbed, volume_formed; /* below and above the dead zone */
} ShieldingSums;

/* Adds to sums. Energy: strain energy density of the piece, mean over the load cases (MPa), energy0 that of the
   reference; the stimulus is S = energy / density. Resorbed where S < (1 - s) S0, formed where S > (1 + s) S0. Both
   states have the same density, which therefore weights the fractions only. */
void shielding_compare(const BonePieces *bone, unsigned want, const double *energy, const double *energy0, double s,
                       ShieldingSums *sums);
/* SSI = (stress0 - stress) / stress0 of regional mean von Mises stresses; positive: shielded. */
double shielding_ssi(double stress0, double stress);
/* Effective strain sqrt(2 U / E), microstrain. */
double shielding_strain(double energy, double young_MPa);
/* Adds the volume in each window of effective strain. */
void shielding_frost(const BonePieces *bone, unsigned want, const double *energy, double window[FROST_WINDOWS]);

#endif
