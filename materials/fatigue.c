#include "materials/fatigue.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static double none(double amplitude, double mean, double strength) {
  (void)mean, (void)strength;
  return amplitude;
}

/* Amplitude over what the mean stress leaves of it. */
static double over(double amplitude, double left) { return left > 0 ? amplitude / left : INFINITY; }

static double straight(double amplitude, double mean, double strength) {
  return over(amplitude, 1 - fmax(0, mean) / strength);
}

static double gerber(double amplitude, double mean, double strength) {
  double share = fmax(0, mean) / strength;
  return over(amplitude, 1 - share * share);
}

static double smith_watson_topper(double amplitude, double mean, double strength) {
  (void)strength;
  return sqrt(fmax(0, mean + amplitude) * amplitude);
}

static double none_use(double amplitude, double mean, double strength, double limit) {
  (void)mean, (void)strength;
  return amplitude / limit;
}

static double straight_use(double amplitude, double mean, double strength, double limit) {
  return amplitude / limit + fmax(0, mean) / strength;
}

/* x^2 - (amplitude/limit) x - (mean/strength)^2 = 0 */
static double gerber_use(double amplitude, double mean, double strength, double limit) {
  double half = amplitude / limit / 2;
  return half + hypot(half, fmax(0, mean) / strength);
}

static double smith_watson_topper_use(double amplitude, double mean, double strength, double limit) {
  return smith_watson_topper(amplitude, mean, strength) / limit;
}

const MeanStressLaw mean_stress_laws[] = {
    {"none", NULL, none, none_use, "the amplitude as it is, whatever the mean stress"},
    {"goodman", "ultimate_MPa", straight, straight_use, "amplitude / (1 - mean/ultimate)"},
    {"gerber", "ultimate_MPa", gerber, gerber_use, "amplitude / (1 - (mean/ultimate)^2)"},
    {"soderberg", "yield_MPa", straight, straight_use, "amplitude / (1 - mean/yield): below Goodman's line"},
    {"swt", NULL, smith_watson_topper, smith_watson_topper_use,
     "sqrt(highest stress x amplitude) (Smith, Watson and Topper 1970)"},
};
const int n_mean_stress_laws = sizeof mean_stress_laws / sizeof *mean_stress_laws;

const FatigueTest fatigue_tests[] = {
    {"astm-f2077", 10, 5e6, "ASTM F2077: R = 10, run-out 5 000 000 cycles (recalled from the standard)"},
};
const int n_fatigue_tests = sizeof fatigue_tests / sizeof *fatigue_tests;

const MeanStressLaw *mean_stress_law_find(const char *name) {
  for (int i = 0; i < n_mean_stress_laws; i++)
    if (!strcmp(mean_stress_laws[i].name, name))
      return &mean_stress_laws[i];
  return NULL;
}

void fatigue_amplitudes(const Fatigue *f, int n, const double *first, const double *second, double *amplitude) {
  for (int i = 0; i < n; i++)
    amplitude[i] = f->law->reversed(fabs(first[i] - second[i]) / 2, (first[i] + second[i]) / 2, f->strength_MPa);
}

void fatigue_uses(const Fatigue *f, int n, const double *first, const double *second, double *use) {
  for (int i = 0; i < n; i++)
    use[i] = f->law->use(fabs(first[i] - second[i]) / 2, (first[i] + second[i]) / 2, f->strength_MPa, f->limit_MPa);
}

double fatigue_life(const Fatigue *fatigue, double amplitude) {
  if (amplitude <= fatigue->limit_MPa)
    return INFINITY;
  return fatigue->cycles * pow(fatigue->limit_MPa / amplitude, fatigue->slope_k);
}

double fatigue_strength(const Fatigue *fatigue, double cycles) {
  return fatigue->limit_MPa * pow(fmax(1, fatigue->cycles / cycles), 1 / fatigue->slope_k);
}
