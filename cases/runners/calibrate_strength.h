/* Yield and plateau stress of the samples of Table 2 by crushing elastoplastic frames, and what they say. */
#ifndef TRABECULA_CASES_RUNNERS_CALIBRATE_STRENGTH_H
#define TRABECULA_CASES_RUNNERS_CALIBRATE_STRENGTH_H

#include "cases/body/build.h"
#include "materials/table2.h"

/* Yield stresses of the dense metal: the material's, then the ends of its range where it has one. */
enum { METAL_NOMINAL, METAL_LOW, METAL_HIGH, METALS };

typedef struct Strength {
  int n_metals; /* 1, or METALS where the material has a range */
  double metal_MPa[METALS];
  double yield_MPa[METALS][TABLE2_SAMPLES], plateau_MPa[METALS][TABLE2_SAMPLES];
  double bare_yield_MPa[TABLE2_SAMPLES], bare_plateau_MPa[TABLE2_SAMPLES]; /* nominal metal, nodes without zones */
  double quasi_elastic_GPa[TABLE2_SAMPLES], elastic_gradient_GPa[TABLE2_SAMPLES]; /* of the nominal metal */
} Strength;

/* Whether the case asks for it (key strength), and finds its mistakes; the specimen's struts and degrees of freedom go
   into the estimate. */
PetscErrorCode strength_estimate(const Case *c, const Material *material, Estimate *estimate);
/* Collective. The specimens are shared out over the ranks. */
PetscErrorCode strength_run(const Case *c, const Material *material, Results *results, Strength *strength);
/* Quantities, table, chart and verdicts beside Table 2; rho [TABLE2_SAMPLES]. */
PetscErrorCode strength_report(const Strength *strength, const Material *material, const double *rho, Results *results);

#endif
