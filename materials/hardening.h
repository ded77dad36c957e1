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

#endif
