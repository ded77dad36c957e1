/* Bone density to modulus and strength: one row a law. Kernel. */
#ifndef TRABECULA_MATERIALS_DENSITY_LAW_H
#define TRABECULA_MATERIALS_DENSITY_LAW_H

typedef struct DensityLaw {
  const char *name, *source, *density; /* density: which one it wants ("apparent g/cm3", "ash g/cm3", "QCT g/cm3") */
  double young_a, young_b, young_c;    /* E = a + b rho^c, MPa */
  double strength_a, strength_b, strength_c; /* S = a + b rho^c, MPa; NAN when the law has none */
  double lo, hi;                             /* range of density it holds in, g/cm3 */
} DensityLaw;

extern const DensityLaw density_laws[];
extern const int n_density_laws;
const DensityLaw *density_law_find(const char *name);
double density_law_young(const DensityLaw *law, double density);    /* MPa, never negative */
double density_law_strength(const DensityLaw *law, double density); /* MPa, NAN when unknown */

#endif
