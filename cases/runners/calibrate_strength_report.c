#include "cases/results/chart.h"
#include "cases/runners/calibrate_strength.h"
#include "materials/gibson_ashby.h"
#include <math.h>

/* The two measured strengths and what was computed for them. */
enum { YIELD, PLATEAU, PROPERTIES };
static const struct {
  const char *name, *label;
} property[PROPERTIES] = {{"yield", "yield strength"}, {"plateau", "plateau stress"}};

static double measured(int p, int s) { return p == YIELD ? table2[s].yield_MPa : table2[s].plateau_MPa; }

static const double *computed(const Strength *k, int p, int metal) {
  return p == YIELD ? k->yield_MPa[metal] : k->plateau_MPa[metal];
}

static const double *bare(const Strength *k, int p) { return p == YIELD ? k->bare_yield_MPa : k->bare_plateau_MPa; }

/* The metal whose lattice would show the measured strength: between the metals computed, and beyond them, strength is
   taken as a power of the metal's yield stress (exponent 1 where there is only one). */
static double implied_metal(const Strength *k, int p, int s) {
  const int order[METALS] = {METAL_LOW, METAL_NOMINAL, METAL_HIGH};
  double want = measured(p, s), nominal = computed(k, p, METAL_NOMINAL)[s];

  if (k->n_metals == 1)
    return k->metal_MPa[METAL_NOMINAL] * want / nominal;
  int from = want < nominal ? 0 : 1;
  double m0 = k->metal_MPa[order[from]], m1 = k->metal_MPa[order[from + 1]];
  double y0 = computed(k, p, order[from])[s], y1 = computed(k, p, order[from + 1])[s];
  return m0 * pow(want / y0, log(m1 / m0) / log(y1 / y0));
}

/* The same without node zones, whose strength is taken to be proportional to the metal's. */
static double implied_bare(const Strength *k, int p, int s) {
  return k->metal_MPa[METAL_NOMINAL] * measured(p, s) / bare(k, p)[s];
}

static PetscErrorCode quantities(const Strength *k, Results *results) {
  char name[64];

  PetscFunctionBeginUser;
  for (int s = 0; s < TABLE2_SAMPLES; s++) {
    for (int p = 0; p < PROPERTIES; p++) {
      const double lo = computed(k, p, METAL_LOW)[s], hi = computed(k, p, METAL_HIGH)[s];
      PetscCall(PetscSNPrintf(name, sizeof(name), "%s.frame.%s_MPa", table2[s].name, property[p].name));
      PetscCall(results_quantity(results, name, computed(k, p, METAL_NOMINAL)[s], "MPa",
                                 k->n_metals == METALS ? (hi - lo) / 2 : NAN));
      if (k->n_metals == METALS) {
        PetscCall(PetscSNPrintf(name, sizeof(name), "%s.frame.%s_lo_MPa", table2[s].name, property[p].name));
        PetscCall(results_quantity(results, name, lo, "MPa", NAN));
        PetscCall(PetscSNPrintf(name, sizeof(name), "%s.frame.%s_hi_MPa", table2[s].name, property[p].name));
        PetscCall(results_quantity(results, name, hi, "MPa", NAN));
      }
      PetscCall(PetscSNPrintf(name, sizeof(name), "%s.frame.%s_bare_MPa", table2[s].name, property[p].name));
      PetscCall(results_quantity(results, name, bare(k, p)[s], "MPa", NAN));
      PetscCall(PetscSNPrintf(name, sizeof(name), "%s.implied.%s_metal_MPa", table2[s].name, property[p].name));
      PetscCall(results_quantity(results, name, implied_metal(k, p, s), "MPa", NAN));
    }
    PetscCall(PetscSNPrintf(name, sizeof(name), "%s.frame.quasi_elastic_GPa", table2[s].name));
    PetscCall(results_quantity(results, name, k->quasi_elastic_GPa[s], "GPa", NAN));
    PetscCall(PetscSNPrintf(name, sizeof(name), "%s.frame.elastic_gradient_GPa", table2[s].name));
    PetscCall(results_quantity(results, name, k->elastic_gradient_GPa[s], "GPa", NAN));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode table(const Strength *k, int p, Results *results) {
  char band[48], title[128];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(title, sizeof(title),
                          "%c%s of the ideal lattice (elastoplastic frame) beside the paper's, MPa",
                          property[p].label[0] - 'a' + 'A', property[p].label + 1));
  PetscCall(results_table(results, title,
                          "sample|paper|frame|for the metal's range|frame without node zones|implied metal|"
                          "without node zones|quasi-elastic GPa|elastic gradient GPa"));
  for (int s = 0; s < TABLE2_SAMPLES; s++) {
    (void)snprintf(band, sizeof(band), k->n_metals == METALS ? "%.3g .. %.3g" : "", computed(k, p, METAL_LOW)[s],
                   computed(k, p, METAL_HIGH)[s]);
    PetscCall(results_row(results, "%s|%.4g|%.4g|%s|%.4g|%.0f|%.0f|%.3g|%.3g", table2[s].name, measured(p, s),
                          computed(k, p, METAL_NOMINAL)[s], band, bare(k, p)[s], implied_metal(k, p, s),
                          implied_bare(k, p, s), k->quasi_elastic_GPa[s], k->elastic_gradient_GPa[s]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode tell_fit(const char *prefix, const PowerFit *f, Results *results) {
  char name[64];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(name, sizeof(name), "%sexponent", prefix));
  PetscCall(results_quantity(results, name, f->exponent, "", 0.5 * (f->exponent_hi - f->exponent_lo)));
  PetscCall(PetscSNPrintf(name, sizeof(name), "%sprefactor_MPa", prefix));
  PetscCall(results_quantity(results, name, f->prefactor, "MPa", student_t_975(f->n_points - 2) * f->prefactor_se));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Exponents over A-E, as the paper's, and over B-E. */
static PetscErrorCode exponents(const Strength *k, const double *rho, Results *results) {
  PetscFunctionBeginUser;
  for (int p = 0; p < PROPERTIES; p++) {
    double y[TABLE2_SAMPLES];
    char prefix[48];
    PowerFit ideal, without_a, paper;
    for (int s = 0; s < TABLE2_SAMPLES; s++)
      y[s] = measured(p, s);
    if (power_fit_log(TABLE2_SAMPLES, rho, y, &paper) ||
        power_fit_log(TABLE2_SAMPLES, rho, computed(k, p, METAL_NOMINAL), &ideal) ||
        power_fit_log(TABLE2_SAMPLES - 1, rho + 1, computed(k, p, METAL_NOMINAL) + 1, &without_a))
      continue; /* a curve that ended early has no plateau */
    PetscCall(PetscSNPrintf(prefix, sizeof(prefix), "ideal.%s.", property[p].name));
    PetscCall(tell_fit(prefix, &ideal, results));
    PetscCall(PetscSNPrintf(prefix, sizeof(prefix), "ideal.%s.B-E.", property[p].name));
    PetscCall(tell_fit(prefix, &without_a, results));
    bool inside = ideal.exponent >= paper.exponent_lo && ideal.exponent <= paper.exponent_hi;
    PetscCall(results_verdict(
        results, inside ? VERDICT_YES : VERDICT_NO,
        "%s: the exponent of the ideal lattice is %.2f (A-E), %.2f (B-E); measured %.2f +- %.2f (A-E, standard "
        "error): %s its 95 %% interval",
        property[p].label, ideal.exponent, without_a.exponent, paper.exponent, paper.exponent_se,
        inside ? "inside" : "outside"));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode verdicts(const Strength *k, const Material *material, Results *results) {
  PetscFunctionBeginUser;
  for (int p = 0; p < PROPERTIES; p++) {
    double lo = INFINITY, hi = 0, bare_lo = INFINITY, bare_hi = 0;
    int inside = 0;
    for (int s = 0; s < TABLE2_SAMPLES; s++) {
      double metal = implied_metal(k, p, s), without = implied_bare(k, p, s);
      lo = fmin(lo, metal), hi = fmax(hi, metal);
      bare_lo = fmin(bare_lo, without), bare_hi = fmax(bare_hi, without);
      inside += k->n_metals == METALS && without >= k->metal_MPa[METAL_LOW] && metal <= k->metal_MPa[METAL_HIGH];
    }
    PetscCall(
        results_verdict(results, VERDICT_NOTE,
                        "%s: Table 2 would need a metal of %.0f to %.0f MPa in the ideal lattice with rigid nodes, of "
                        "%.0f to %.0f MPa without node zones: the truth lies between",
                        property[p].label, lo, hi, bare_lo, bare_hi));
    if (k->n_metals == METALS)
      PetscCall(results_verdict(
          results, inside == TABLE2_SAMPLES ? VERDICT_YES : VERDICT_NO,
          "%s: for %d of %d samples the metal so implied can lie in the range of %s, %.0f to %.0f MPa%s",
          property[p].label, inside, TABLE2_SAMPLES, material->name, k->metal_MPa[METAL_LOW], k->metal_MPa[METAL_HIGH],
          inside == TABLE2_SAMPLES ? "" : "; the others are weaker than the ideal lattice of any such metal"));
  }
  PetscCall(results_verdict(results, VERDICT_NOTE,
                            "sample A is too dense for a frame (struts hardly longer than thick): its strength is an "
                            "extrapolation"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode chart(const Strength *k, const double *rho, Results *results) {
  double y[PROPERTIES][TABLE2_SAMPLES];
  Chart ch = {.title = "Yield and plateau against relative density",
              .x_label = "relative density",
              .y_label = "nominal stress, MPa",
              .log_x = true,
              .log_y = true};
  static const char *const label[PROPERTIES][2] = {{"Table 2, yield", "ideal frame, yield"},
                                                   {"Table 2, plateau", "ideal frame, plateau"}};

  PetscFunctionBeginUser;
  for (int p = 0; p < PROPERTIES; p++) {
    for (int s = 0; s < TABLE2_SAMPLES; s++)
      y[p][s] = measured(p, s);
    ch.series[ch.n_series++] =
        (ChartSeries){.name = label[p][0], .n = TABLE2_SAMPLES, .x = rho, .y = y[p], .points = true};
    ch.series[ch.n_series++] = (ChartSeries){.name = label[p][1],
                                             .n = TABLE2_SAMPLES,
                                             .x = rho,
                                             .y = computed(k, p, METAL_NOMINAL),
                                             .line = true,
                                             .points = true};
  }
  PetscCall(results_chart(results, &ch));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode strength_report(const Strength *k, const Material *material, const double *rho, Results *results) {
  PetscFunctionBeginUser;
  PetscCall(quantities(k, results));
  for (int p = 0; p < PROPERTIES; p++)
    PetscCall(table(k, p, results));
  PetscCall(exponents(k, rho, results));
  PetscCall(chart(k, rho, results));
  PetscCall(verdicts(k, material, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}
