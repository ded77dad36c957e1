/* What a material says about yield and fatigue, as the laws want it. */
#include "materials/material.h"

#include <math.h>
#include <string.h>

static double or_zero(double value) { return isnan(value) ? 0 : value; }

static PetscErrorCode refuse(const Material *m, const char *what) {
  PetscFunctionBeginUser;
  SETERRQ(PETSC_COMM_WORLD, PETSC_ERR_USER_INPUT, "%s: error: material '%s' %s", m->mark, m->name, what);
}

PetscErrorCode material_hardening(const Material *m, double yield_MPa, Hardening *hardening) {
  PetscFunctionBeginUser;
  if (isnan(m->young_MPa))
    PetscCall(refuse(m, "is not isotropic: plasticity wants young_MPa and poisson, one number each"));
  if (isnan(yield_MPa) && isnan(m->yield_MPa))
    PetscCall(refuse(m, "has no yield_MPa: plasticity wants it"));
  *hardening = (Hardening){.yield_MPa = isnan(yield_MPa) ? m->yield_MPa : yield_MPa,
                           .linear_MPa = hardening_linear(m->young_MPa, or_zero(m->tangent_MPa)),
                           .saturation_MPa = or_zero(m->voce_saturation_MPa),
                           .exponent = or_zero(m->voce_exponent),
                           .rate_per_s = or_zero(m->rate_per_s),
                           .rate_exponent = or_zero(m->rate_exponent)};
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode material_fatigue(const Material *m, const MeanStressLaw *law, Fatigue *fatigue) {
  double strength = NAN;
  char what[128];
  PetscFunctionBeginUser;
  if (isnan(m->fatigue_limit_MPa))
    PetscCall(refuse(m, "has no fatigue_limit_MPa, fatigue_cycles and fatigue_slope_k: fatigue wants them"));
  if (law->key)
    strength = strcmp(law->key, "yield_MPa") ? m->ultimate_MPa : m->yield_MPa;
  if (law->key && isnan(strength)) {
    snprintf(what, sizeof what, "has no %s: the mean stress law %s wants it", law->key, law->name);
    PetscCall(refuse(m, what));
  }
  *fatigue = (Fatigue){m->fatigue_limit_MPa, m->fatigue_cycles, m->fatigue_slope_k, strength, law};
  PetscFunctionReturn(PETSC_SUCCESS);
}
