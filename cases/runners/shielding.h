/* Stress-shielding metrics of bone: sums over the voxels of one rank, to be added over the ranks by the caller. Kernel.
   Sources: Huiskes et al. 1987, J Biomech 20:1135 (strain energy per unit mass, dead zone); Kuiper and Huiskes 1997, J
   Biomech Eng 119 (resorbed mass fraction); Frost 1987, Anat Rec 219:1 (strain windows). */
#ifndef TRABECULA_CASES_RUNNERS_SHIELDING_H
#define TRABECULA_CASES_RUNNERS_SHIELDING_H

#include <stdint.h>

enum { FROST_WINDOWS = 5 };
extern const double frost_limit[FROST_WINDOWS - 1]; /* microstrain: 200, 1500, 3000, 4000 */

/* A voxel takes part when region[i] has every bit of want. All arrays have n entries, one a voxel of equal size. */
typedef struct ShieldingSums {
  double mass, mass_resorbed, mass_formed;       /* g/cm3 times voxels */
  double voxels, voxels_resorbed, voxels_formed; /* below and above the dead zone */
} ShieldingSums;

/* Adds to sums. Energy: strain energy density, mean over the load cases (MPa), energy0 that of the reference; the
   stimulus is S = energy / density. Resorbed where S < (1 - s) S0, formed where S > (1 + s) S0. Both states have the
   same density, which therefore weights the fractions only. */
void shielding_compare(long n, const uint16_t *region, unsigned want, const double *energy, const double *energy0,
                       const float *density, double s, ShieldingSums *sums);
/* SSI = (stress0 - stress) / stress0 of regional mean von Mises stresses; positive: shielded. */
double shielding_ssi(double stress0, double stress);
/* Effective strain sqrt(2 U / E), microstrain. */
double shielding_strain(double energy, double young_MPa);
/* Adds the number of voxels in each window of effective strain. */
void shielding_frost(long n, const uint16_t *region, unsigned want, const double *energy, const float *young_MPa,
                     double window[FROST_WINDOWS]);

#endif
