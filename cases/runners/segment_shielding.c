/* The shielding part of the report: every cage against every reference. */
#include "cases/runners/segment_report.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { SLAB_LOWER = 2, SLAB_UPPER = 6 }; /* the 0-5 mm slabs in segment_region */

/* Mean over both vertebrae and all load cases of the energy density 0-5 mm under the endplates, kJ/m3: the number by
   which cages are ranked. Every cage carries the same loads, so that the least energy is the most shielded bone. */
static double slab_energy(const Variant *v) {
  double sum = 0;
  for (int i = 0; i < LOAD_CASES; i++)
    sum += 1000 * (v->energy_density[i][SLAB_LOWER] + v->energy_density[i][SLAB_UPPER]) / (2 * LOAD_CASES);
  return sum;
}

static PetscErrorCode told(Results *results, const Variant *reference, const Variant *v, const char *what, double value,
                           const char *unit) {
  char name[256];
  PetscFunctionBeginUser;
  if (!isfinite(value))
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscSNPrintf(name, sizeof name, "shielding.%s.%s.%s", reference->name, v->name, what));
  PetscCall(results_quantity(results, name, value, unit, NAN));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode pair_quantities(Results *results, const Variant *reference, const Variant *v,
                                      const Shielding *shielding) {
  char what[64];
  PetscFunctionBeginUser;
  PetscCall(told(results, reference, v, "resorbed_pct", shielding->resorbed_pct, "%"));
  PetscCall(told(results, reference, v, "formed_pct", shielding->formed_pct, "%"));
  for (int r = 0; r < REGIONS; r++) {
    PetscCall(PetscSNPrintf(what, sizeof what, "%s.ssi", segment_region[r].name));
    PetscCall(told(results, reference, v, what, shielding->ssi[r], "-"));
    PetscCall(PetscSNPrintf(what, sizeof what, "%s.dead_pct", segment_region[r].name));
    PetscCall(told(results, reference, v, what, shielding->dead_pct[r], "%"));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode reference_table(const SegmentTask *task, const Comparison *c, PetscInt k, Results *results) {
  const Variant *reference = &c->variant[1 + k];
  const char *bar_name[VARIANTS];
  double bar_value[VARIANTS];
  PetscInt bars = 0;
  char title[200];
  PetscFunctionBeginUser;
  PetscCall(
      PetscSNPrintf(title, sizeof title,
                    "Shielding against cancellous bone of %.6g MPa in the place of the cage (S0), s = %.3g; SSI > "
                    "0: shielded",
                    reference->young_MPa, task->s));
  PetscCall(results_table(results, title,
                          "cage|E GPa|bone mass resorbed %|formed %|SSI lower endplate|0-1.25 mm|0-5 mm|whole|SSI "
                          "upper endplate|0-1.25 mm|0-5 mm|whole"));
  for (PetscInt i = 0; i < c->n; i++) {
    const Variant *v = &c->variant[i];
    const Shielding *s = &c->shielding[i][k];
    if (v->kind == VARIANT_REFERENCE)
      continue;
    PetscCall(pair_quantities(results, reference, v, s));
    char ssi[16 * REGIONS] = "";
    for (int r = 0; r < REGIONS; r++) {
      size_t used = strlen(ssi);
      (void)snprintf(ssi + used, sizeof ssi - used, isfinite(s->ssi[r]) ? "|%.3f" : "|-", s->ssi[r]);
    }
    PetscCall(
        results_row(results, "%s|%.4g|%.2f|%.2f%s", v->name, v->young_MPa / 1000, s->resorbed_pct, s->formed_pct, ssi));
    bar_name[bars] = v->name;
    bar_value[bars++] = s->resorbed_pct;
  }
  PetscCall(PetscSNPrintf(title, sizeof title, "Bone mass that would resorb, against bone of %.6g MPa",
                          reference->young_MPa));
  Chart chart = {.title = title, .y_label = "%", .n_bars = bars, .bar_name = bar_name, .bar_value = bar_value};
  PetscCall(results_chart(results, &chart));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Stimulus and strain windows of the bone under one cage. */
static PetscErrorCode bone_quantities(const Variant *v, const double S[STIMULUS_PERCENTILES],
                                      const double window[FROST_WINDOWS], Results *results) {
  static const char *const strain[FROST_WINDOWS] = {"below_200", "200_1500", "1500_3000", "3000_4000", "above_4000"};
  char name[160];
  PetscFunctionBeginUser;
  for (int i = 0; i < STIMULUS_PERCENTILES; i++) {
    PetscCall(PetscSNPrintf(name, sizeof name, "bone.%s.stimulus_p%.0f_J_per_kg", v->name, 100 * stimulus_fraction[i]));
    PetscCall(results_quantity(results, name, S[i], "J/kg", NAN));
  }
  for (int w = 0; w < FROST_WINDOWS; w++) {
    PetscCall(PetscSNPrintf(name, sizeof name, "bone.%s.strain_%s_pct", v->name, strain[w]));
    PetscCall(results_quantity(results, name, window[w], "%", NAN));
  }
  PetscCall(PetscSNPrintf(name, sizeof name, "bone.%s.E_GPa", v->name));
  PetscCall(results_quantity(results, name, v->young_MPa / 1000, "GPa", NAN));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode cages_table(const Comparison *c, Results *results) {
  const char *bar_name[VARIANTS];
  double bar_value[VARIANTS];
  PetscFunctionBeginUser;
  PetscCall(
      results_table(results,
                    "Bone under every cage, mean of the load cases: energy density, stimulus S, windows "
                    "of effective strain (Frost)",
                    "cage|what|E GPa|SED 0-5 mm kJ/m3|S p5 J/kg|p50|p95|< 200 ue %|200-1500|1500-3000|3000-4000|> "
                    "4000"));
  for (PetscInt i = 0; i < c->n; i++) {
    const Variant *v = &c->variant[i];
    const double *w = c->frost[i], *S = c->stimulus[i];
    char name[160];
    bar_name[i] = v->name;
    bar_value[i] = slab_energy(v);
    PetscCall(results_row(results, "%s|%s|%.4g|%.4g|%.3g|%.3g|%.3g|%.1f|%.1f|%.1f|%.1f|%.1f", v->name, v->what,
                          v->young_MPa / 1000, bar_value[i], S[0], S[2], S[4], w[0], w[1], w[2], w[3], w[4]));
    PetscCall(PetscSNPrintf(name, sizeof name, "bone.%s.slab_5mm.energy_density_kJ_per_m3", v->name));
    PetscCall(results_quantity(results, name, bar_value[i], "kJ/m3", NAN));
    PetscCall(bone_quantities(v, S, w, results));
  }
  Chart bars = {.title = "Energy density 0-5 mm under the endplates, mean of the load cases",
                .y_label = "kJ/m3",
                .n_bars = c->n,
                .bar_name = bar_name,
                .bar_value = bar_value};
  PetscCall(results_chart(results, &bars));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Distribution of the stimulus: percentiles as a line for each cage. */
static PetscErrorCode stimulus_chart(const Comparison *c, Results *results) {
  Chart chart = {.title = "Distribution of the stimulus over the bone",
                 .x_label = "S, J/kg",
                 .y_label = "bone below, %",
                 .log_x = true};
  double pct[STIMULUS_PERCENTILES];
  PetscFunctionBeginUser;
  for (int i = 0; i < STIMULUS_PERCENTILES; i++)
    pct[i] = 100 * stimulus_fraction[i];
  for (PetscInt i = 0; i < c->n && chart.n_series < CHART_SERIES; i++)
    chart.series[chart.n_series++] = (ChartSeries){.name = c->variant[i].name,
                                                   .n = STIMULUS_PERCENTILES,
                                                   .x = c->stimulus[i],
                                                   .y = pct,
                                                   .line = true,
                                                   .points = true};
  PetscCall(results_chart(results, &chart));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A comparison that is the same through and through: what the order of the moduli can be held against. */
static bool uniform(const Variant *v) {
  return v->kind == VARIANT_COMPARISON && memcmp(&v->lattice, &v->metal, sizeof v->metal) == 0;
}

/* The uniform cages in descending order of shielding, as "A 3 > B 2 > C 1". */
static void ranking(const Comparison *c, const double *measure, size_t n, char *text) {
  PetscInt order[VARIANTS], m = 0;
  for (PetscInt i = 0; i < c->n; i++)
    if (uniform(&c->variant[i])) {
      PetscInt at = m++;
      for (; at > 0 && measure[order[at - 1]] < measure[i]; at--)
        order[at] = order[at - 1];
      order[at] = i;
    }
  text[0] = 0;
  for (PetscInt k = 0; k < m; k++) {
    size_t used = strlen(text);
    (void)PetscSNPrintf(text + used, n - used, "%s%s %.4g", k ? " > " : "", c->variant[order[k]].name,
                        fabs(measure[order[k]]));
  }
}

/* Pairs of uniform cages of which the one stiffer by a fifth shields less: named in text; returns their number. */
static int out_of_order(const Comparison *c, const double *measure, size_t n, char *text) {
  int count = 0;
  text[0] = 0;
  for (PetscInt i = 0; i < c->n; i++)
    for (PetscInt j = 0; j < c->n; j++) {
      const Variant *a = &c->variant[i], *b = &c->variant[j];
      if (!uniform(a) || !uniform(b) || a->young_MPa < 1.2 * b->young_MPa || measure[i] >= measure[j])
        continue;
      size_t used = strlen(text);
      (void)PetscSNPrintf(text + used, n - used, "%s%s below %s", count ? ", " : "", a->name, b->name);
      count++;
    }
  return count;
}

/* Is the stiffer cage the one that shields more? */
static PetscErrorCode order_verdict(const Comparison *c, const double *measure, const char *what, Results *results) {
  char order[1024], wrong[1024];
  PetscFunctionBeginUser;
  ranking(c, measure, sizeof order, order);
  if (!out_of_order(c, measure, sizeof wrong, wrong))
    PetscCall(results_verdict(results, VERDICT_YES, "%s: stiffer cages shield more: %s", what, order));
  else
    PetscCall(results_verdict(results, VERDICT_NO, "%s: %s; against the order of the moduli: %s", what, order, wrong));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* By bone mass resorbed against reference k. */
static PetscErrorCode resorbed_verdict(const Comparison *c, PetscInt k, Results *results) {
  double measure[VARIANTS], most = 0;
  char what[128];
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < c->n; i++) {
    measure[i] = c->shielding[i][k].resorbed_pct;
    if (c->variant[i].kind != VARIANT_REFERENCE)
      most = fmax(most, measure[i]);
  }
  PetscCall(PetscSNPrintf(what, sizeof what, "bone mass resorbed, %%, against bone of %.6g MPa",
                          c->variant[1 + k].young_MPa));
  if (most > 0)
    PetscCall(order_verdict(c, measure, what, results));
  else
    PetscCall(results_verdict(results, VERDICT_NOTE, "%s: none, under any cage", what));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode verdicts(const Comparison *c, Results *results) {
  double measure[VARIANTS], lo = HUGE_VAL, hi = -HUGE_VAL;
  char wrong[1024];
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < c->n; i++) {
    measure[i] = -slab_energy(&c->variant[i]);
    if (uniform(&c->variant[i])) {
      lo = fmin(lo, -measure[i]);
      hi = fmax(hi, -measure[i]);
    }
  }
  PetscCall(results_quantity(results, "shielding.pairs_out_of_order", out_of_order(c, measure, sizeof wrong, wrong),
                             "1", NAN));
  PetscCall(order_verdict(c, measure, "energy in the bone 0-5 mm under the endplates, kJ/m3, least first", results));
  for (PetscInt k = 0; k < c->n_references; k++)
    PetscCall(resorbed_verdict(c, k, results));
  PetscCall(results_verdict(results, VERDICT_NOTE,
                            "without rods everything the spine carries goes through the cage, whatever it is made of: "
                            "a uniform cage changes how the load spreads over the endplates (energy 0-5 mm under them "
                            "%.4g to %.4g kJ/m3), not how much of it the bone carries. With solid end faces, as the "
                            "case's own cage has them, it is %.4g kJ/m3: %s",
                            lo, hi, -measure[0],
                            -measure[0] < lo + 0.1 * (hi - lo) ? "the faces, not the lattice, set the shielding"
                                                               : "the lattice behind the faces still counts"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode report_shielding(const SegmentTask *task, const Comparison *c, Results *results) {
  PetscFunctionBeginUser;
  PetscCall(cages_table(c, results));
  PetscCall(stimulus_chart(c, results));
  for (PetscInt k = 0; k < c->n_references; k++)
    PetscCall(reference_table(task, c, k, results));
  PetscInt compared = 0;
  for (PetscInt i = 0; i < c->n; i++)
    compared += uniform(&c->variant[i]);
  if (compared > 1)
    PetscCall(verdicts(c, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}
