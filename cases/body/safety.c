/* Safety factor against yield. The factor is yield_MPa over the 99.9th percentile of von Mises stress; its interval has
   two parts, the mesh (discretisation.h) and the metal (published range of the yield stress), and a limit of 1 inside
   it is not shown to be kept. How printing changes the strength of a lattice is not known: no process has been
   calibrated for it (the yields of Table 2 follow no smooth law), so the verdict is of the lattice as designed and says
   so. Used by the reports of cages and segments. */
#include "cases/body/safety.h"

#include "cases/body/limits.h"
#include <math.h>
#include <string.h>

enum { TEXT = 200 };

Safety safety_factor(const Material *m, const Bounds *p999) {
  const double lo = isfinite(m->yield_lo_MPa) ? m->yield_lo_MPa : m->yield_MPa,
               hi = isfinite(m->yield_hi_MPa) ? m->yield_hi_MPa : m->yield_MPa;
  return (Safety){.factor = m->yield_MPa / p999->value,
                  .mesh = {m->yield_MPa / p999->hi, m->yield_MPa / p999->lo},
                  .metal = {m->yield_lo_MPa / p999->value, m->yield_hi_MPa / p999->value},
                  .all = {lo / p999->hi, hi / p999->lo}};
}

static void metal_text(const Safety *s, const Material *m, char text[TEXT]) {
  if (isfinite(s->metal[0]))
    (void)snprintf(text, TEXT, "%.2f to %.2f by the published yield stresses, %.4g to %.4g MPa", s->metal[0],
                   s->metal[1], m->yield_lo_MPa, m->yield_hi_MPa);
  else
    (void)snprintf(text, TEXT, "%s names no range of its yield stress", m->name);
}

PetscErrorCode safety_verdict(Results *results, const Material *m, const SafetyCase *it) {
  static const char *const say[] = {[VERDICT_YES] = "stay elastic in every load case",
                                    [VERDICT_NO] = "do not stay elastic",
                                    [VERDICT_NOT_SHOWN] = "are not shown to stay elastic"};
  const Safety s = safety_factor(m, it->p999);
  const bool small = limits_small(it->rotation_deg, it->strain_pct);
  const VerdictKind shown = verdict_at_least(1, s.all[0], s.all[1]);
  const VerdictKind kind = shown == VERDICT_YES && !small ? VERDICT_NOT_SHOWN : shown;
  char metal[TEXT];
  PetscFunctionBeginUser;
  metal_text(&s, m, metal);
  PetscCall(results_verdict(results, kind,
                            "strong? the struts (%s), as designed, %s%s: least safety factor against yield %.2f, in %s "
                            "(%.2f to %.2f by the %s; %s; %.2f to %.2f by both): yield %.4g MPa over the 99.9th "
                            "percentile of von Mises, %.4g MPa%s; as printed: not known",
                            it->model, say[kind],
                            shown == VERDICT_YES && !small ? " (displacements are not small)" : "", s.factor, it->load,
                            s.mesh[0], s.mesh[1], strcmp(it->model, "frame") ? "mesh" : "node zones of the frame",
                            metal, s.all[0], s.all[1], m->yield_MPa, it->p999->value, it->more));
  PetscFunctionReturn(PETSC_SUCCESS);
}
