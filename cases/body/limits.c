/* Limits of a linear analysis, and numbers that look like slips of unit. The bounds are wide on purpose: what lies
   outside is a mistake far more often than a material. Called by the analyses before they work (materials, design) and
   by their reports (rotations, strains). */
#include "cases/body/limits.h"

#include <math.h>

/* Yield stress over modulus: annealed copper 3e-4, tantalum 2e-3, titanium alloys 8e-3, PEEK 0.026, foams 0.04. */
static const double ratio_lo = 5e-5, ratio_hi = 0.1;
/* t/mm3: foams 0.02 g/cm3, osmium 22.6 g/cm3. */
static const double density_lo = 1e-11, density_hi = 2.3e-8;

bool limits_small(double rotation_deg, double strain_pct) {
  return !(fabs(rotation_deg) > limit_rotation_deg) && !(fabs(strain_pct) > limit_strain_pct);
}

PetscErrorCode limits_warn_linear(Results *results, const char *where, double rotation_deg, double strain_pct) {
  PetscFunctionBeginUser;
  if (fabs(rotation_deg) > limit_rotation_deg)
    PetscCall(results_warn(results,
                           "%s: a rotation of %.3g degrees: this analysis is linear and holds to about %g degrees; its "
                           "numbers for this load mean nothing beyond",
                           where, fabs(rotation_deg), limit_rotation_deg));
  if (fabs(strain_pct) > limit_strain_pct)
    PetscCall(results_warn(results,
                           "%s: a strain of %.3g %%: this analysis is linear and holds to about %g %%; its numbers for "
                           "this load mean nothing beyond",
                           where, fabs(strain_pct), limit_strain_pct));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode limits_warn_material(Results *results, const Material *m) {
  const double ratio = m->yield_MPa / m->young_MPa;
  PetscFunctionBeginUser;
  if (!results)
    PetscFunctionReturn(PETSC_SUCCESS);
  if (ratio < ratio_lo || ratio > ratio_hi)
    PetscCall(results_warn(results,
                           "material '%s': yield_MPa / young_MPa = %g / %g = %.3g: metals, polymers and bone lie "
                           "between %g and %g; is one of them in another unit?",
                           m->name, m->yield_MPa, m->young_MPa, ratio, ratio_lo, ratio_hi));
  if (m->density_t_per_mm3 < density_lo || m->density_t_per_mm3 > density_hi)
    PetscCall(results_warn(results,
                           "material '%s': density_t_per_mm3 = %g: solids lie between %g and %g; 1 g/cm3 is 1e-9",
                           m->name, m->density_t_per_mm3, density_lo, density_hi));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode limits_warn_design(Results *results, const Design *design, const Material *strut) {
  PetscFunctionBeginUser;
  if (results && design->porosity_pct < 1)
    PetscCall(results_warn(results, "lattice.porosity_pct = %g: almost solid; did you mean %g %%?",
                           design->porosity_pct, 100 * design->porosity_pct));
  PetscCall(limits_warn_material(results, strut));
  PetscFunctionReturn(PETSC_SUCCESS);
}
