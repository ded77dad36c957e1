/* Fatigue under stress that goes to and fro between two load cases. A stress amplitude about a mean stress is first
   turned into the fully reversed amplitude that does the same harm (rows of mean_stress_laws), then held against one
   S-N line (Basquin 1910) with an endurance limit: N = cycles (limit/amplitude)^slope_k; at or below the limit a
   run-out at `cycles`, where the data end. Stresses in MPa, tension positive. Kernel. */
#ifndef TRABECULA_MATERIALS_FATIGUE_H
#define TRABECULA_MATERIALS_FATIGUE_H

/* A mean stress in compression is given no credit, except by Smith, Watson and Topper, where what is never pulled does
   no harm. A mean stress that reaches the strength leaves no amplitude: INFINITY. */
typedef struct MeanStressLaw {
  const char *name;
  const char *key; /* the strength of a material that it needs: "ultimate_MPa", "yield_MPa", NULL: none */
  /* the equivalent fully reversed amplitude, MPa */
  double (*reversed)(double amplitude, double mean, double strength);
  /* x >= 0 such that amplitude and mean divided by x are equivalent to limit */
  double (*use)(double amplitude, double mean, double strength, double limit);
  const char *help;
} MeanStressLaw;

extern const MeanStressLaw mean_stress_laws[];
extern const int n_mean_stress_laws;
const MeanStressLaw *mean_stress_law_find(const char *name); /* NULL when there is none */

typedef struct Fatigue {
  double limit_MPa;    /* fully reversed amplitude with a run-out at `cycles`, where the data end; > 0 */
  double cycles;       /* > 0 */
  double slope_k;      /* of the S-N line in log-log, > 0: life falls with amplitude to the power of k */
  double strength_MPa; /* for law->key; not read when that is NULL */
  const MeanStressLaw *law;
} Fatigue;

/* Loading of a fatigue test as a standard wants it: the second load case is the first divided by ratio. */
typedef struct FatigueTest {
  const char *name;
  double ratio;   /* R = lowest over highest load; 10: compression between 1 and 0.1 of the peak */
  double run_out; /* cycles after which a specimen has passed */
  const char *source;
} FatigueTest;

extern const FatigueTest fatigue_tests[];
extern const int n_fatigue_tests;

/* At n points the stresses first[n] and second[n] of two load cases: equivalent fully reversed amplitude[n], MPa. */
void fatigue_amplitudes(const Fatigue *fatigue, int n, const double *first, const double *second, double *amplitude);
/* The same, as share use[n] of the endurance limit (fatigue utilisation): all loads times 1/use are just endured
   (margin; 0 where nothing harms). Above 1 where and only where the amplitude is above the limit. */
void fatigue_uses(const Fatigue *fatigue, int n, const double *first, const double *second, double *use);
/* Cycles that a fully reversed amplitude allows; INFINITY at or below the limit: a run-out at fatigue->cycles, beyond
   which there are no data. */
double fatigue_life(const Fatigue *fatigue, double amplitude);
/* Fully reversed amplitude, MPa, that is endured for so many cycles: never below the limit. */
double fatigue_strength(const Fatigue *fatigue, double cycles);
#endif
