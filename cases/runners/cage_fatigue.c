#include "cases/runners/cage_fatigue.h"

#include "cases/body/percentile.h"
#include "cases/body/strut_fatigue.h"
#include "cases/body/weakest_life.h"
#include <math.h>
#include <string.h>

/* The load case that a key names; -1: the word none, where it is allowed. */
static PetscErrorCode read_end(const Case *c, const CagePlan *plan, const char *path, bool may_be_none,
                               PetscInt *load) {
  const char *name;
  PetscFunctionBeginUser;
  PetscCall(document_text(c->doc, path, &name));
  *load = cage_load_find(plan, name);
  if (*load < 0 && !(may_be_none && !strcmp(name, "none")))
    PetscCall(document_error(c->doc, path, "key '%s' = %s: must be %sa load case of 'loads'", path, name,
                             may_be_none ? "none or " : ""));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* From one load case, or none, to another. */
static PetscErrorCode read_pair(const Case *c, const CagePlan *plan, CageFatigue *f) {
  PetscFunctionBeginUser;
  PetscCall(read_end(c, plan, "fatigue.from", true, &f->load[0]));
  PetscCall(read_end(c, plan, "fatigue.to", false, &f->load[1]));
  f->factor[0] = f->load[0] < 0 ? 0 : 1;
  f->factor[1] = 1;
  f->load[0] = PetscMax(f->load[0], 0);
  if (f->factor[0] > 0 && f->load[0] == f->load[1])
    PetscCall(document_error(c->doc, "fatigue.to", "key 'fatigue.to' = %s: the same as fatigue.from, nothing changes",
                             plan->load[f->load[1]].name));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One load case and the ratio of the lowest to the highest load: the load case is the end of larger magnitude. */
static PetscErrorCode read_ratio(const Case *c, const CagePlan *plan, CageFatigue *f) {
  double ratio;
  PetscFunctionBeginUser;
  PetscCall(read_end(c, plan, "fatigue.case", false, &f->load[0]));
  PetscCall(document_number(c->doc, "fatigue.R", &ratio));
  if (ratio == 1)
    PetscCall(document_error(c->doc, "fatigue.R", "key 'fatigue.R' = 1: nothing changes"));
  f->load[1] = f->load[0];
  f->factor[0] = 1;
  f->factor[1] = fabs(ratio) > 1 ? 1 / ratio : ratio;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_fatigue_read(const Case *c, CagePlan *plan) {
  static const char *const keys[] = {"fatigue.from", "fatigue.to", "fatigue.case", "fatigue.R"};
  CageFatigue *f = &plan->fatigue;
  const char *word;
  bool has[4];
  PetscFunctionBeginUser;
  *f = (CageFatigue){.asked = document_has(c->doc, "fatigue")};
  if (!f->asked)
    PetscFunctionReturn(PETSC_SUCCESS);
  if (!c->wants_frame)
    PetscCall(
        document_error(c->doc, "fatigue", "key 'fatigue': the frame computes fatigue; take model: frame or both"));
  for (int i = 0; i < 4; i++)
    has[i] = document_has(c->doc, keys[i]);
  if (has[0] != has[1] || has[2] != has[3] || has[0] == has[2])
    PetscCall(document_error(c->doc, "fatigue",
                             "key 'fatigue': needs either from and to, two load cases, or case and R, a load case and "
                             "the ratio of lowest to highest load"));
  PetscCall(has[0] ? read_pair(c, plan, f) : read_ratio(c, plan, f));
  PetscCall(document_number(c->doc, "fatigue.cycles", &f->wanted));
  PetscCall(document_text(c->doc, "fatigue.correction", &word));
  PetscCall(material_fatigue(&plan->strut, mean_stress_law_find(word), &f->fatigue));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Sections at one end of the cycle. */
static PetscErrorCode show_end(const CagePlan *plan, FrameBody *body, const SpecimenAnswer *answer, int end) {
  double motion[6];
  PetscFunctionBeginUser;
  for (int k = 0; k < 6; k++)
    motion[k] = plan->fatigue.factor[end] * answer->load[plan->fatigue.load[end]].motion[k];
  PetscCall(frame_body_show(body, motion));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_fatigue_answer(const CagePlan *plan, FrameBody *body, SpecimenAnswer *answer, float *use) {
  const Fatigue *fatigue = &plan->fatigue.fatigue;
  const Graph *g = body->graph;
  const PetscInt n = body->end - body->first;
  FatigueAnswer *a = &answer->fatigue;
  WeakestLife life;
  Section *start;
  float *amplitude, *volume, largest = 0;
  double weakest;
  PetscInt within = 0;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(g->n_struts, &start, n, &amplitude, n, &volume));
  PetscCall(show_end(plan, body, answer, 0));
  PetscCall(PetscArraycpy(start, body->section, g->n_struts));
  PetscCall(show_end(plan, body, answer, 1));
  PetscCall(PetscArrayzero(use, g->n_struts));
  for (PetscInt i = 0; i < n; i++) {
    const PetscInt s = body->first + i;
    const RoundStrut strut = frame_strut(g, s);
    double reversed, share;
    strut_fatigue(fatigue, &strut, &start[s], &body->section[s], &reversed, &share);
    amplitude[i] = (float)reversed;
    use[s] = (float)share;
    volume[i] = (float)strut_volume(&start[s], &strut, graph_strut(g, s, NULL));
  }
  PetscCall(percentile(body->comm, n, use + body->first, volume, NULL, 0, 0.99, &weakest));
  PetscCall(weakest_life(body->comm, fatigue, n, amplitude, volume, 0.01, &life));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, use, (PetscMPIInt)g->n_struts, MPI_FLOAT, MPI_SUM, body->comm));
  for (PetscInt s = 0; s < g->n_struts; s++) {
    largest = fmaxf(largest, use[s]);
    within += use[s] <= 1;
  }
  *a = (FatigueAnswer){.margin = {1 / weakest, 1 / largest},
                       .amplitude_MPa = life.amplitude_MPa,
                       .cycles = life.cycles,
                       .within_pct = 100 * (double)within / (double)g->n_struts};
  PetscCall(PetscFree3(start, amplitude, volume));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* "extension", "0.1 x extension" or "no load". */
static const char *end_name(const CagePlan *plan, int end, char text[64]) {
  const char *name = plan->load[plan->fatigue.load[end]].name;
  const double factor = plan->fatigue.factor[end];
  if (factor == 0)
    return "no load";
  if (factor == 1)
    return name;
  (void)snprintf(text, 64, "%.4g x %s", factor, name);
  return text;
}

/* What becomes of the weakest percent. */
typedef enum Fate {
  FATE_RUN_OUT, /* within the endurance limit up to the end of the data */
  FATE_LIFE,    /* a number of cycles */
  FATE_AT_ONCE, /* the equivalent amplitude exceeds the strength, where there is no S-N line */
  FATE_STATIC   /* the mean stress alone reaches the strength */
} Fate;

/* NAN: the material names none. */
static double static_strength(const CagePlan *plan) { return fmax(plan->strut.ultimate_MPa, plan->strut.yield_MPa); }

static Fate fate_of(const CagePlan *plan, const FatigueAnswer *a) {
  if (!isfinite(a->amplitude_MPa))
    return FATE_STATIC;
  if (a->amplitude_MPa > static_strength(plan))
    return FATE_AT_ONCE;
  return isinf(a->cycles) ? FATE_RUN_OUT : FATE_LIFE;
}

static PetscErrorCode tell(const CagePlan *plan, const FatigueAnswer *a, Results *results) {
  const struct {
    const char *name, *unit;
    double value;
  } row[] = {{"fatigue.endurance_margin", "-", a->margin[0]},
             {"fatigue.endurance_margin_min", "-", a->margin[1]},
             {"fatigue.amplitude_weakest_pct_MPa", "MPa", a->amplitude_MPa},
             {"fatigue.life_weakest_pct_cycles", "-", fate_of(plan, a) == FATE_LIFE ? a->cycles : NAN},
             {"fatigue.within_endurance_pct", "%", a->within_pct}};
  PetscFunctionBeginUser;
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
    if (isfinite(row[i].value))
      PetscCall(results_quantity(results, row[i].name, row[i].value, row[i].unit, NAN));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode tell_source(const CagePlan *plan, Results *results) {
  const Material *m = &plan->strut;
  PetscFunctionBeginUser;
  PetscCall(
      results_verdict(results, VERDICT_NOTE,
                      "how long, from what? %s has a run-out at %.3g cycles of %.4g MPa, fully reversed, where the "
                      "data end, slope %.3g above (%s); left out: shear and torsion, notches where struts meet, "
                      "the rough surface of printed struts unless those data have it, and what follows the first "
                      "broken strut",
                      m->name, m->fatigue_cycles, m->fatigue_limit_MPa, m->fatigue_slope_k,
                      m->fatigue_source[0] ? m->fatigue_source : "the material names no source"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode judge(const CagePlan *plan, const FatigueAnswer *a, const char *from, const char *to,
                            Results *results) {
  const Fatigue *data = &plan->fatigue.fatigue;
  const double wanted = plan->fatigue.wanted;
  const bool beyond = wanted > data->cycles;
  char life[320];
  VerdictKind kind = VERDICT_NO;
  PetscFunctionBeginUser;
  switch (fate_of(plan, a)) {
  case FATE_RUN_OUT:
    kind = beyond ? VERDICT_NOTE : VERDICT_YES;
    PetscCall(PetscSNPrintf(life, sizeof life, "have a run-out at %.3g cycles, where the data end", data->cycles));
    if (beyond) {
      size_t used = strlen(life);
      PetscCall(PetscSNPrintf(life + used, sizeof life - used,
                              ": longer life is not shown (if the S-N line went on falling with its slope, they would "
                              "last %.3g cycles)",
                              data->cycles * pow(data->limit_MPa / a->amplitude_MPa, data->slope_k)));
    }
    break;
  case FATE_LIFE:
    kind = a->cycles >= wanted ? VERDICT_YES : VERDICT_NO;
    PetscCall(PetscSNPrintf(life, sizeof life, "last %.3g cycles", a->cycles));
    break;
  case FATE_AT_ONCE:
    PetscCall(PetscSNPrintf(life, sizeof life,
                            "fail within the first cycle: the equivalent amplitude of %.4g MPa exceeds the strength of "
                            "%.4g MPa",
                            a->amplitude_MPa, static_strength(plan)));
    break;
  case FATE_STATIC:
    PetscCall(PetscSNPrintf(life, sizeof life, "have no fatigue life: their mean stress reaches the %s strength",
                            !strcmp(data->law->key, "yield_MPa") ? "yield" : "ultimate"));
    break;
  }
  PetscCall(
      results_verdict(results, kind,
                      "how long does it last? from %s to %s and back: all struts but the weakest percent %s; %.3g "
                      "cycles are wanted; the endurance limit is reached at the loads times %.3g, by the weakest "
                      "strut at times %.3g; %.4g %% of the struts are within the endurance limit",
                      from, to, life, wanted, a->margin[0], a->margin[1], a->within_pct));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Results that the S-N line cannot give are not given. */
static PetscErrorCode warn_static(const CagePlan *plan, const FatigueAnswer *a, Results *results) {
  const Fatigue *data = &plan->fatigue.fatigue;
  PetscFunctionBeginUser;
  if (fate_of(plan, a) == FATE_STATIC)
    PetscCall(
        results_warn(results,
                     "fatigue: the mean stress of the weakest percent reaches %s = %.4g MPa: by %s no amplitude is "
                     "left; this is static failure, and amplitude and life are not given",
                     data->law->key, data->strength_MPa, data->law->name));
  if (fate_of(plan, a) == FATE_AT_ONCE)
    PetscCall(
        results_warn(results,
                     "fatigue: the equivalent amplitude of the weakest percent, %.4g MPa, exceeds the strength of "
                     "%.4g MPa: this is static failure, and no life is given",
                     a->amplitude_MPa, static_strength(plan)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Where a strut yields at an end of the cycle its elastic stress is not what tires it. */
static PetscErrorCode warn_yield(const CagePlan *plan, const SpecimenAnswer *frame, Results *results) {
  PetscFunctionBeginUser;
  for (int end = 0; end < 2; end++) {
    const PetscInt i = plan->fatigue.load[end];
    const double mises = fabs(plan->fatigue.factor[end]) * frame->load[i].mises[1];
    if (mises > plan->strut.yield_MPa) {
      PetscCall(results_warn(results,
                             "fatigue: in %s the struts yield (99.9th percentile of von Mises %.4g MPa, yield %.4g "
                             "MPa): the life, from elastic stresses, only shows that it is short",
                             plan->load[i].name, mises, plan->strut.yield_MPa));
      break;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_fatigue_report(const CagePlan *plan, const SpecimenAnswer *frame, Results *results) {
  const FatigueAnswer *a = &frame->fatigue;
  const MeanStressLaw *law = plan->fatigue.fatigue.law;
  char text[2][64], life[64] = "-", amplitude[32] = "-";
  PetscFunctionBeginUser;
  const char *from = end_name(plan, 0, text[0]), *to = end_name(plan, 1, text[1]);
  const Fate fate = fate_of(plan, a);
  PetscCall(tell(plan, a, results));
  if (fate == FATE_RUN_OUT)
    (void)snprintf(life, sizeof life, "run-out at %.3g", plan->fatigue.fatigue.cycles);
  else if (fate == FATE_LIFE)
    (void)snprintf(life, sizeof life, "%.3g", a->cycles);
  if (isfinite(a->amplitude_MPa))
    (void)snprintf(amplitude, sizeof amplitude, "%.4g", a->amplitude_MPa);
  PetscCall(results_table(results, "Fatigue of the struts (frame); the weakest percent is one of their volume",
                          "from|to|mean stress|amplitude of weakest % MPa|life of weakest %, cycles|margin to "
                          "endurance limit|of weakest strut|struts within endurance limit %"));
  PetscCall(results_row(results, "%s|%s|%s|%s|%s|%.3g|%.3g|%.4g", from, to, law->name, amplitude, life, a->margin[0],
                        a->margin[1], a->within_pct));
  PetscCall(judge(plan, a, from, to, results));
  PetscCall(tell_source(plan, results));
  PetscCall(warn_static(plan, a, results));
  PetscCall(warn_yield(plan, frame, results));
  PetscCall(results_assume(results, "fatigue: mean stress by %s, %s%s", law->name, law->help,
                           law->key ? ", the strength being that of the material" : ""));
  PetscFunctionReturn(PETSC_SUCCESS);
}
