#include "cases/runners/calibrate_report.h"
#include <math.h>

enum { FIRST = 1 }; /* the process is fitted on the samples from B on; A is judged apart */

/* The three measured properties of Table 2. */
static const struct {
  const char *name, *unit, *label;
} properties[] = {
    {"E", "GPa", "Young's modulus"}, {"yield", "MPa", "yield strength"}, {"plateau", "MPa", "plateau stress"}};
enum { N_PROPERTIES = 3 };

static double measured(int property, int sample) {
  const Table2Sample *t = &table2[sample];
  return property == 0 ? t->young_GPa : property == 1 ? t->yield_MPa : t->plateau_MPa;
}

/* The ways a property is fitted: weighting, and the first sample that takes part. */
static const struct {
  const char *infix, *label;
  int (*fit)(int n, const double *rho, const double *y, PowerFit *fit);
  int first;
} weightings[] = {{"", "ln-ln, A-E", power_fit_log, 0},
                  {"B-E.", "ln-ln, B-E", power_fit_log, FIRST},
                  {"allometric.", "unweighted, A-E", power_fit_allometric, 0},
                  {"B-E.allometric.", "unweighted, B-E", power_fit_allometric, FIRST}};
enum { N_WEIGHTINGS = 4 };

typedef struct Fits {
  PowerFit at[N_PROPERTIES][N_WEIGHTINGS], ideal, ideal_all;
} Fits;

static double half_width(const PowerFit *f) { return 0.5 * (f->exponent_hi - f->exponent_lo); }

static PetscErrorCode tell_fit(Results *results, const char *prefix, const char *unit, const PowerFit *f) {
  char name[96];
  double t = student_t_975(f->n_points - 2);

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(name, sizeof(name), "%sexponent", prefix));
  PetscCall(results_quantity(results, name, f->exponent, "", half_width(f)));
  PetscCall(PetscSNPrintf(name, sizeof(name), "%sprefactor_%s", prefix, unit));
  PetscCall(results_quantity(results, name, f->prefactor, unit, t * f->prefactor_se));
  PetscCall(PetscSNPrintf(name, sizeof(name), "%sr2", prefix));
  PetscCall(results_quantity(results, name, f->r2, "", NAN));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode fit_paper(const Calibration *k, Fits *fits, Results *results) {
  char prefix[64];
  double y[CALIBRATION_SAMPLES];

  PetscFunctionBeginUser;
  PetscCall(results_table(results, "Fits of Table 2, y = C rho^n",
                          "property|fit|exponent n|std. error|95 % interval|prefactor C|unit|R2"));
  for (int p = 0; p < N_PROPERTIES; p++) {
    for (int s = 0; s < TABLE2_SAMPLES; s++)
      y[s] = measured(p, s);
    for (int w = 0; w < N_WEIGHTINGS; w++) {
      PowerFit *f = &fits->at[p][w];
      int first = weightings[w].first;
      PetscCheck(!weightings[w].fit(TABLE2_SAMPLES - first, k->rho + first, y + first, f), PETSC_COMM_SELF,
                 PETSC_ERR_PLIB, "no fit of %s of Table 2", properties[p].name);
      PetscCall(PetscSNPrintf(prefix, sizeof(prefix), "paper.%s.%s", properties[p].name, weightings[w].infix));
      PetscCall(tell_fit(results, prefix, properties[p].unit, f));
      PetscCall(results_row(results, "%s|%s|%.3f|%.3f|%.2f .. %.2f|%.4g|%s|%.4f", properties[p].label,
                            weightings[w].label, f->exponent, f->exponent_se, f->exponent_lo, f->exponent_hi,
                            f->prefactor, properties[p].unit, f->r2));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode fit_ideal(const Calibration *k, Fits *fits, Results *results) {
  PetscFunctionBeginUser;
  PetscCheck(!power_fit_log(TABLE2_SAMPLES - FIRST, k->rho + FIRST, k->ideal_GPa + FIRST, &fits->ideal) &&
                 !power_fit_log(TABLE2_SAMPLES, k->rho, k->ideal_GPa, &fits->ideal_all),
             PETSC_COMM_SELF, PETSC_ERR_PLIB, "no fit of the ideal moduli");
  PetscCall(tell_fit(results, "ideal.E.", "GPa", &fits->ideal));
  PetscCall(tell_fit(results, "ideal.E.A-E.", "GPa", &fits->ideal_all));
  PetscCall(results_row(results, "ideal lattice|ln-ln, B-E|%.3f|%.3f|%.2f .. %.2f|%.4g|GPa|%.4f", fits->ideal.exponent,
                        fits->ideal.exponent_se, fits->ideal.exponent_lo, fits->ideal.exponent_hi,
                        fits->ideal.prefactor, fits->ideal.r2));
  PetscCall(results_row(results, "ideal lattice|ln-ln, A-E|%.3f|%.3f|%.2f .. %.2f|%.4g|GPa|%.4f",
                        fits->ideal_all.exponent, fits->ideal_all.exponent_se, fits->ideal_all.exponent_lo,
                        fits->ideal_all.exponent_hi, fits->ideal_all.prefactor, fits->ideal_all.r2));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode fit_process(Calibration *k, Results *results) {
  char name[64];
  const int n = TABLE2_SAMPLES - FIRST;
  const double *ideal = k->ideal_GPa + FIRST, *paper = k->measured_GPa + FIRST;

  PetscFunctionBeginUser;
  k->factor = stiffness_factor(n, ideal, paper);
  double worst = stiffness_leave_one_out(n, ideal, paper, k->loo_GPa + FIRST, k->lo_GPa + FIRST, k->hi_GPa + FIRST);
  PetscCall(
      results_quantity(results, "printed.stiffness_factor", k->factor.factor, "", 0.5 * (k->factor.hi - k->factor.lo)));
  PetscCall(results_quantity(results, "printed.stiffness_factor_lo", k->factor.lo, "", NAN));
  PetscCall(results_quantity(results, "printed.stiffness_factor_hi", k->factor.hi, "", NAN));
  PetscCall(results_quantity(results, "printed.loo_max_error_pct", 100 * worst, "%", NAN));
  /* A alone has no neighbours to be predicted from: the factor of B-E, extrapolated, and its band. */
  double band = student_t_975(n - 1) * k->factor.scatter * sqrt(1 + 1. / n);
  for (int s = 0; s < FIRST; s++) {
    k->loo_GPa[s] = k->factor.factor * k->ideal_GPa[s];
    k->lo_GPa[s] = k->loo_GPa[s] * exp(-band), k->hi_GPa[s] = k->loo_GPa[s] * exp(band);
  }
  for (int s = 0; s < TABLE2_SAMPLES; s++) {
    k->printed_GPa[s] = k->factor.factor * k->ideal_GPa[s];
    PetscCall(PetscSNPrintf(name, sizeof(name), "printed.%s.E_GPa", table2[s].name));
    PetscCall(results_quantity(results, name, k->printed_GPa[s], "GPa", k->printed_GPa[s] * (exp(band) - 1)));
    PetscCall(PetscSNPrintf(name, sizeof(name), "printed.%s.loo_E_GPa", table2[s].name));
    PetscCall(results_quantity(results, name, k->loo_GPa[s], "GPa", 0.5 * (k->hi_GPa[s] - k->lo_GPa[s])));
  }
  if (k->measured_GPa[0] < k->printed_GPa[0]) {
    double series = series_modulus(k->printed_GPa[0], k->measured_GPa[0]);
    PetscCall(results_quantity(results, "printed.A.series_GPa", series, "GPa", NAN));
    PetscCall(results_assume(results,
                             "sample A takes a second, calibrated parameter: a compliance in series of 1/(%.3g GPa) "
                             "(machine, cut end layers), found from sample A alone, so that it predicts nothing",
                             series));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A cell of a table that may have no value. */
static const char *cell(char text[24], int there, const char *format, double value) {
  text[0] = 0;
  if (there && isfinite(value))
    (void)snprintf(text, 24, format, value);
  return text;
}

static PetscErrorCode tables(const Calibration *k, Results *results) {
  char v[24], h[24], f[24];

  PetscFunctionBeginUser;
  PetscCall(results_table(results, "Ideal lattice (design geometry, dense metal) beside the paper's moduli, GPa",
                          "sample|porosity %|rel. density|paper|voxels|half width|frame|Hashin-Shtrikman|paper/ideal"));
  for (int s = 0; s < TABLE2_SAMPLES; s++)
    PetscCall(results_row(results, "%s|%.2f|%.4f|%.3g|%s|%s|%s|%.4g|%.3f", table2[s].name, table2[s].porosity_pct,
                          k->rho[s], k->measured_GPa[s], cell(v, k->wants_voxel, "%.4g", k->voxel_GPa[s]),
                          cell(h, k->wants_voxel, "%.2g", k->voxel_half_GPa[s]),
                          cell(f, k->wants_frame, "%.4g", k->frame_GPa[s]), k->bound_GPa[s],
                          k->measured_GPa[s] / k->ideal_GPa[s]));
  PetscCall(results_table(results,
                          "As printed: ideal times one factor fitted on B-E; each of B-E predicted from the others",
                          "sample|paper|as printed|predicted|95 % band|error %|inside"));
  for (int s = 0; s < TABLE2_SAMPLES; s++)
    PetscCall(results_row(results, "%s|%.3g|%.3g|%.3g|%.3g .. %.3g|%+.1f|%s", table2[s].name, k->measured_GPa[s],
                          k->printed_GPa[s], k->loo_GPa[s], k->lo_GPa[s], k->hi_GPa[s],
                          100 * (k->loo_GPa[s] / k->measured_GPa[s] - 1),
                          k->measured_GPa[s] >= k->lo_GPa[s] && k->measured_GPa[s] <= k->hi_GPa[s] ? "yes" : "no"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode chart(const Calibration *k, const Fits *fits, Results *results) {
  enum { CURVE = 25 };
  double rho[CURVE], log_fit[CURVE], bare_fit[CURVE], bound[CURVE], lo = k->rho[TABLE2_SAMPLES - 1] * 0.9,
                                                                    hi = k->rho[0] * 1.1;
  Chart ch = {.title = "Young's modulus against relative density",
              .x_label = "relative density",
              .y_label = "Young's modulus, GPa",
              .log_x = true,
              .log_y = true};

  PetscFunctionBeginUser;
  for (int i = 0; i < CURVE; i++) {
    rho[i] = lo * pow(hi / lo, i / (CURVE - 1.));
    log_fit[i] = fits->at[0][0].prefactor * pow(rho[i], fits->at[0][0].exponent);
    bare_fit[i] = fits->at[0][2].prefactor * pow(rho[i], fits->at[0][2].exponent);
    bound[i] = hashin_shtrikman_young(rho[i], k->material->poisson) * k->material->young_MPa * 1e-3;
  }
  ChartSeries *s = ch.series;
  *s++ = (ChartSeries){.name = "Table 2", .n = TABLE2_SAMPLES, .x = k->rho, .y = k->measured_GPa, .points = true};
  *s++ = (ChartSeries){.name = "fit in ln-ln, A-E", .n = CURVE, .x = rho, .y = log_fit, .line = true};
  *s++ = (ChartSeries){.name = "unweighted fit, A-E", .n = CURVE, .x = rho, .y = bare_fit, .line = true};
  if (k->wants_voxel)
    *s++ = (ChartSeries){.name = "ideal, voxels",
                         .n = TABLE2_SAMPLES,
                         .x = k->rho,
                         .y = k->voxel_GPa,
                         .error = k->voxel_half_GPa,
                         .line = true,
                         .points = true};
  if (k->wants_frame)
    *s++ = (ChartSeries){
        .name = "ideal, frame", .n = TABLE2_SAMPLES, .x = k->rho, .y = k->frame_GPa, .line = true, .points = true};
  *s++ = (ChartSeries){
      .name = "as printed", .n = TABLE2_SAMPLES, .x = k->rho, .y = k->printed_GPa, .line = true, .points = true};
  *s++ = (ChartSeries){.name = "Hashin-Shtrikman bound", .n = CURVE, .x = rho, .y = bound, .line = true};
  ch.n_series = s - ch.series;
  PetscCall(results_chart(results, &ch));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode verdict_exponent(const Fits *fits, int w, Results *results) {
  const PowerFit *paper = &fits->at[0][w];
  double n = fits->ideal.exponent;
  bool inside = n >= paper->exponent_lo && n <= paper->exponent_hi;

  PetscFunctionBeginUser;
  PetscCall(results_verdict(results, inside ? VERDICT_YES : VERDICT_NO,
                            "the ideal exponent %.3f lies %s the 95 %% interval %.2f .. %.2f of the measured one (%s)",
                            n, inside ? "inside" : "outside", paper->exponent_lo, paper->exponent_hi,
                            weightings[w].label));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode verdicts(const Calibration *k, const Fits *fits, Results *results) {
  int inside = 0, above = 0;
  double worst = 0;

  PetscFunctionBeginUser;
  PetscCall(verdict_exponent(fits, 0, results));
  PetscCall(verdict_exponent(fits, 1, results));
  for (int s = 0; s < TABLE2_SAMPLES; s++) {
    double highest = fmax(k->measured_GPa[s], fmax(k->ideal_GPa[s], k->wants_frame ? k->frame_GPa[s] : 0));
    above += highest > k->bound_GPa[s];
    if (s >= FIRST) {
      inside += k->measured_GPa[s] >= k->lo_GPa[s] && k->measured_GPa[s] <= k->hi_GPa[s];
      worst = fmax(worst, fabs(k->loo_GPa[s] / k->measured_GPa[s] - 1));
    }
  }
  PetscCall(results_verdict(results, inside == TABLE2_SAMPLES - FIRST ? VERDICT_YES : VERDICT_NO,
                            "%d of %d measured moduli (B-E) lie inside the 95 %% band predicted from the other three; "
                            "largest error %.1f %%",
                            inside, TABLE2_SAMPLES - FIRST, 100 * worst));
  bool a_inside = k->measured_GPa[0] >= k->lo_GPa[0] && k->measured_GPa[0] <= k->hi_GPa[0];
  PetscCall(results_verdict(
      results, a_inside ? VERDICT_YES : VERDICT_NO,
      "sample A, predicted by the factor of B-E: %.3g GPa, measured %.3g GPa (%+.0f %%), %s the band", k->loo_GPa[0],
      k->measured_GPa[0], 100 * (k->loo_GPa[0] / k->measured_GPa[0] - 1), a_inside ? "inside" : "outside"));
  PetscCall(results_verdict(results, above ? VERDICT_NO : VERDICT_YES,
                            "%d of %d samples have a modulus, measured or computed, above the Hashin-Shtrikman bound",
                            above, TABLE2_SAMPLES));
  PetscCall(
      results_verdict(results, VERDICT_NOTE,
                      "the measured moduli are %.3f (A) and %.3f (B-E, mean) of the ideal ones: geometry explains the "
                      "exponent, not the prefactor",
                      k->measured_GPa[0] / k->ideal_GPa[0], k->factor.factor));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Strength of the dense metal that the plastic collapse of the rhombic-dodecahedron frame in [100] implies: hinges of
   M_p = 4 r^3 sigma_ys / 3 at both ends of each strut give sigma_pl / sigma_ys = 2 sqrt(6) (r/a)^3. */
static PetscErrorCode implied_strength(const Calibration *k, Results *results) {
  PetscFunctionBeginUser;
  for (int p = 1; p < N_PROPERTIES && k->radius_over_length[0] > 0; p++) {
    double lo = INFINITY, hi = 0;
    for (int s = 0; s < TABLE2_SAMPLES; s++) {
      double y = measured(p, s) / (2 * sqrt(6) * pow(k->radius_over_length[s], 3));
      lo = fmin(lo, y), hi = fmax(hi, y);
    }
    PetscCall(
        results_verdict(results, VERDICT_NOTE,
                        "the %s of Table 2 implies %.0f to %.0f MPa for the dense metal (plastic hinges, 2 sqrt(6) "
                        "(r/a)^3)",
                        properties[p].label, lo, hi));
  }
  if (isfinite(k->material->yield_MPa))
    PetscCall(results_verdict(results, VERDICT_NOTE, "the yield strength of %s is %.0f MPa, range %.0f to %.0f MPa",
                              k->material->name, k->material->yield_MPa, k->material->yield_lo_MPa,
                              k->material->yield_hi_MPa));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode assumptions(const Calibration *k, Results *results) {
  PetscFunctionBeginUser;
  PetscCall(results_assume(results,
                           "the samples are the periodic rhombic-dodecahedron lattice of the stated porosity "
                           "loaded in [100], the print axis; the paper gives neither cell size nor direction"));
  PetscCall(results_assume(results,
                           "specimen size, strain measure and the range of the modulus are not in the paper; its "
                           "modulus is taken as the slope of the loading curve"));
  PetscCall(results_assume(results, "sample A (45.54 %% porous) lies outside the scope of ISO 13314 (50 %% or more)"));
  PetscCall(results_assume(results,
                           "ideal: E_s %.4g GPa, nu %.3g (%s); as printed: one factor on the strut stiffness, "
                           "fitted on B-E in ln, judged by leave-one-out prediction",
                           k->material->young_MPa * 1e-3, k->material->poisson, k->material->name));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode calibrate_report(Calibration *k, Results *results) {
  Fits fits = {0};

  PetscFunctionBeginUser;
  PetscCall(assumptions(k, results));
  PetscCall(fit_process(k, results));
  PetscCall(tables(k, results));
  PetscCall(fit_paper(k, &fits, results));
  PetscCall(fit_ideal(k, &fits, results));
  PetscCall(chart(k, &fits, results));
  PetscCall(verdicts(k, &fits, results));
  PetscCall(implied_strength(k, results));
  PetscFunctionReturn(PETSC_SUCCESS);
}
