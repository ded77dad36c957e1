#include "materials/density_law.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* name, source, density, E: a b c, strength: a b c, range. */
const DensityLaw density_laws[] = {
    {"morgan-vertebra", "Morgan, Bayraktar, Keaveny 2003, human vertebra, on-axis compression; range recalled",
     "apparent g/cm3", 0, 4730, 1.56, NAN, NAN, NAN, 0.11, 0.35},
    {"keyak-ash", "Keyak, Lee, Skinner 1994, human proximal tibia; recalled, editable default", "ash g/cm3", 0, 14900,
     1.86, 0, 102, 1.80, 0.05, 1.2},
    {"kopperdahl-qct", "Kopperdahl, Morgan, Keaveny 2002, human vertebra; recalled, editable default", "QCT g/cm3",
     -34.7, 3230, 1, -0.75, 24.9, 1, 0.04, 0.35},
    /* E = 3790 (strain rate s)^0.06 rho^3 at 0.01/s: 0.01^0.06 = 0.7585775750 */
    {"carter-hayes", "Carter, Hayes 1977, at a strain rate of 0.01 per second; recalled, editable default",
     "apparent g/cm3", 0, 3790 * 0.7585775750291836, 3, NAN, NAN, NAN, 0.05, 2.0},
};
const int n_density_laws = sizeof density_laws / sizeof *density_laws;

const DensityLaw *density_law_find(const char *name) {
  for (int i = 0; i < n_density_laws; i++)
    if (!strcmp(density_laws[i].name, name))
      return &density_laws[i];
  return NULL;
}

double density_law_young(const DensityLaw *law, double density) {
  return fmax(0, law->young_a + law->young_b * pow(fmax(0, density), law->young_c));
}

double density_law_strength(const DensityLaw *law, double density) {
  if (isnan(law->strength_b))
    return NAN;
  return fmax(0, law->strength_a + law->strength_b * pow(fmax(0, density), law->strength_c));
}
