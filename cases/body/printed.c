/* As designed and as printed. A printed lattice is as stiff as the designed one times a stiffness factor that was
   calibrated on measured lattices (Table 2 of the tantalum paper, leave-one-out: cases/table2.yaml); the factor and its
   prediction interval stand with the material, and a material without them has no as-printed modulus. The factor scales
   every strut alike, so the modulus of a body of lattice scales with it. Called by the reports of the analyses. */
#include "cases/body/printed.h"

#include <math.h>
#include <string.h>

const char *printed_text(const Material *m, double designed, const char *unit, char text[PRINTED_TEXT]) {
  if (isfinite(m->stiffness_factor) && !isfinite(m->stiffness_factor_lo))
    (void)snprintf(text, PRINTED_TEXT,
                   "as designed %.4g %s, as printed %.3g %s (by a stiffness factor of %.3g that the case gives, its "
                   "interval not known)",
                   designed, unit, m->stiffness_factor * designed, unit, m->stiffness_factor);
  else if (isfinite(m->stiffness_factor))
    (void)snprintf(text, PRINTED_TEXT,
                   "as designed %.4g %s, as printed %.3g %s (%.3g to %.3g: 95 %% prediction interval of the calibrated "
                   "stiffness factor %.3g of %s)",
                   designed, unit, m->stiffness_factor * designed, unit, m->stiffness_factor_lo * designed,
                   m->stiffness_factor_hi * designed, m->stiffness_factor, m->name);
  else
    (void)snprintf(text, PRINTED_TEXT,
                   "as designed %.4g %s, as printed not known: no stiffness factor has been calibrated for %s",
                   designed, unit, m->name);
  return text;
}

PetscErrorCode printed_factor(const Case *c, const char *modulus, const char *factor, Material *m) {
  const char *word;
  PetscFunctionBeginUser;
  PetscCall(document_text(c->doc, modulus, &word));
  if (document_has(c->doc, factor)) {
    PetscCall(document_number(c->doc, factor, &m->stiffness_factor));
    m->stiffness_factor_lo = m->stiffness_factor_hi = NAN;
  } else if (!strcmp(word, "as-printed") && !isfinite(m->stiffness_factor))
    PetscCall(document_error(c->doc, modulus,
                             "key '%s' = as-printed: no stiffness factor has been calibrated for %s; give key '%s'",
                             modulus, m->name, factor));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode printed_quantities(Results *results, const Material *m, const char *name, const char *unit,
                                  double designed) {
  const struct {
    const char *kind;
    double factor;
  } row[] = {{"designed", 1},
             {"printed", m->stiffness_factor},
             {"printed_lo", m->stiffness_factor_lo},
             {"printed_hi", m->stiffness_factor_hi}};
  char full[160];
  PetscFunctionBeginUser;
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    if (!isfinite(row[i].factor))
      continue;
    PetscCall(PetscSNPrintf(full, sizeof full, "%s_%s_%s", name, row[i].kind, unit));
    PetscCall(results_quantity(results, full, row[i].factor * designed, unit, NAN));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
