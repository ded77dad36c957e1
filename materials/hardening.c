#include "materials/hardening.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

const HardeningLaw hardening_laws[] = {
    {"perfect", 1, {"yield_MPa"}, "yields at yield_MPa and does not harden"},
    {"bilinear", 1, {"tangent_MPa"}, "and hardens: the stress-strain curve goes on with slope tangent_MPa"},
    {"voce",
     2,
     {"voce_saturation_MPa", "voce_exponent"},
     "and by saturation (1 - exp(-exponent a)), a the plastic strain (Voce 1948)"},
    {"cowper-symonds",
     2,
     {"rate_per_s", "rate_exponent"},
     "times 1 + (a'/rate)^(1/exponent), a' the plastic strain rate (Cowper and Symonds 1957)"},
};
const int n_hardening_laws = sizeof hardening_laws / sizeof *hardening_laws;

const HardeningLaw *hardening_law_find(const char *name) {
  for (int i = 0; i < n_hardening_laws; i++)
    if (!strcmp(hardening_laws[i].name, name))
      return &hardening_laws[i];
  return NULL;
}

double hardening_linear(double young_MPa, double tangent_MPa) {
  return young_MPa * tangent_MPa / (young_MPa - tangent_MPa);
}

/* (a'/rate)^(1/exponent) and its derivative by a'. */
static double rate_excess(const Hardening *h, double alpha_rate, double *derivative) {
  const double linear_below = 1e-12;
  double x = alpha_rate / h->rate_per_s, power = 1 / h->rate_exponent, at = fmax(x, linear_below);
  double secant = pow(at, power - 1);
  *derivative = (x < linear_below ? secant : power * secant) / h->rate_per_s;
  return secant * x;
}

void hardening_flow(const Hardening *h, int n, const double *alpha, const double *alpha_rate, double *stress,
                    double *slope, double *rate_slope) {
  for (int i = 0; i < n; i++) {
    double left = exp(-h->exponent * alpha[i]); /* what is left of the saturation */
    double still = h->yield_MPa + h->linear_MPa * alpha[i] - h->saturation_MPa * expm1(-h->exponent * alpha[i]);
    double by_rate = 0, excess = alpha_rate && h->rate_per_s > 0 ? rate_excess(h, alpha_rate[i], &by_rate) : 0;
    stress[i] = still * (1 + excess);
    slope[i] = (h->linear_MPa + h->saturation_MPa * h->exponent * left) * (1 + excess);
    if (rate_slope)
      rate_slope[i] = still * by_rate;
  }
}
