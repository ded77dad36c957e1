/* Flow stress of a metal that hardens isotropically, in one form that holds the rows of hardening_laws:
     sigma_y(a, a') = (yield + linear a + saturation (1 - exp(-exponent a))) (1 + (a'/rate)^(1/rate_exponent))
   a: equivalent plastic strain, a' its rate. Bilinear: saturation 0. Voce (1948): exponent and saturation. Cowper and
   Symonds (1957): rate and rate_exponent; rate 0: independent of the rate. Kernel. */
#ifndef TRABECULA_MATERIALS_HARDENING_H
#define TRABECULA_MATERIALS_HARDENING_H

typedef struct Hardening {
  double yield_MPa;                /* > 0 */
  double linear_MPa;               /* slope over plastic strain, >= 0 */
  double saturation_MPa, exponent; /* >= 0; exponent without unit */
  double rate_per_s, rate_exponent;
} Hardening;

/* A term of the flow stress and the keys of a material that switch it on: all of them, or none. Terms add up, the last
   one multiplies the sum. No term softens. Where the slope is zero (perfect, and Voce once saturated) the elastoplastic
   frame adds a floor of 1e-4 E to it, so that a plastic hinge keeps a tangent. */
typedef struct HardeningLaw {
  const char *name;
  int n_keys;
  const char *key[2]; /* of material_keys */
  const char *help;
} HardeningLaw;

extern const HardeningLaw hardening_laws[];
extern const int n_hardening_laws;
const HardeningLaw *hardening_law_find(const char *name); /* NULL when there is none */

/* Slope over plastic strain, MPa, of a stress-strain curve that rises by tangent_MPa: E E_t / (E - E_t), E_t < E. */
double hardening_linear(double young_MPa, double tangent_MPa);

/* Flow stress at n points: alpha[n] >= 0, alpha_rate[n] >= 0 in 1/s (NULL: quasi-static). stress[n] in MPa, slope[n] =
   d stress/d alpha at constant rate, rate_slope[n] = d stress/d alpha' in MPa s (NULL: not wanted). Over a step dt that
   starts from alpha_0, alpha' = (alpha - alpha_0)/dt and the whole derivative is slope + rate_slope/dt. The factor of
   Cowper and Symonds is cut linear below a'/rate = 1e-12, where it would rise with an infinite slope. */
void hardening_flow(const Hardening *hardening, int n, const double *alpha, const double *alpha_rate, double *stress,
                    double *slope, double *rate_slope);

#endif
