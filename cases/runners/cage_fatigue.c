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

static PetscErrorCode tell(const FatigueAnswer *a, Results *results) {
  const struct {
    const char *name, *unit;
    double value;
  } row[] = {{"fatigue.endurance_margin", "-", a->margin[0]},
             {"fatigue.endurance_margin_min", "-", a->margin[1]},
             {"fatigue.amplitude_weakest_pct_MPa", "MPa", a->amplitude_MPa},
             {"fatigue.life_weakest_pct_cycles", "-", a->cycles},
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
  PetscCall(results_verdict(results, VERDICT_NOTE,
                            "how long, from what? %s endures %.4g MPa, fully reversed, for %.3g cycles and from there "
                            "on for ever, slope %.3g (%s); left out: shear and torsion, notches where struts meet, the "
                            "rough surface of printed struts unless those data have it, and what follows the first "
                            "broken strut",
                            m->name, m->fatigue_limit_MPa, m->fatigue_cycles, m->fatigue_slope_k,
                            m->fatigue_source[0] ? m->fatigue_source : "the material names no source"));
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
                             "MPa): the cycles told, from elastic stresses, are only a sign of an early end",
                             plan->load[i].name, mises, plan->strut.yield_MPa));
      break;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode cage_fatigue_report(const CagePlan *plan, const SpecimenAnswer *frame, Results *results) {
  const FatigueAnswer *a = &frame->fatigue;
  const CageFatigue *f = &plan->fatigue;
  const MeanStressLaw *law = f->fatigue.law;
  char text[2][64], life[64] = "no end";
  PetscFunctionBeginUser;
  const char *from = end_name(plan, 0, text[0]), *to = end_name(plan, 1, text[1]);
  PetscCall(tell(a, results));
  if (isfinite(a->cycles))
    (void)snprintf(life, sizeof life, "%.3g", a->cycles);
  PetscCall(results_table(results, "Fatigue of the struts (frame); the weakest percent is one of their volume",
                          "from|to|mean stress|amplitude of weakest % MPa|life of weakest %, cycles|margin to "
                          "endurance|of weakest strut|struts within endurance %"));
  PetscCall(results_row(results, "%s|%s|%s|%.4g|%s|%.3g|%.3g|%.4g", from, to, law->name, a->amplitude_MPa, life,
                        a->margin[0], a->margin[1], a->within_pct));
  if (isfinite(a->cycles))
    (void)snprintf(life, sizeof life, a->cycles < 1 ? "less than a cycle" : "%.3g cycles", a->cycles);
  PetscCall(results_verdict(
      results, a->cycles >= f->wanted ? VERDICT_YES : VERDICT_NO,
      "how long does it last? from %s to %s and back: all struts but the weakest percent last %s, %.3g cycles are "
      "wanted; all loads "
      "times %.3g are endured for ever, by the weakest strut too times %.3g; %.4g %% of the struts are within "
      "endurance",
      from, to, isfinite(a->cycles) ? life : "for ever", f->wanted, a->margin[0], a->margin[1], a->within_pct));
  PetscCall(tell_source(plan, results));
  PetscCall(warn_yield(plan, frame, results));
  PetscCall(results_assume(results, "fatigue: mean stress by %s, %s%s", law->name, law->help,
                           law->key ? ", the strength being that of the material" : ""));
  PetscFunctionReturn(PETSC_SUCCESS);
}
