#include "cases/runners/iso13314.h"

#include "cases/runners/iso13314_curve.h"

#include <math.h>

#define AT(field) offsetof(Iso13314, field)
const Iso13314Row iso13314_rows[] = {
    {"quasi_elastic_GPa", "GPa", "quasi-elastic gradient: steepest secant over a quarter of the offset stress",
     AT(quasi_elastic_GPa)},
    {"elastic_gradient_GPa", "GPa", "elastic gradient: secant of the unloading loop from 70 to 20 % of plateau_MPa",
     AT(elastic_gradient_GPa)},
    {"yield_MPa", "MPa",
     "compressive offset stress, parallel to the quasi-elastic gradient (0.2 % unless said otherwise)", AT(yield_MPa)},
    {"proof_1pct_MPa", "MPa", "compressive offset stress at 1 % plastic strain", AT(proof_1pct_MPa)},
    {"first_maximum_MPa", "MPa", "first maximum of stress that is followed by a fall of 1 % of yield_MPa",
     AT(first_maximum_MPa)},
    {"plateau_MPa", "MPa", "plateau stress: mean from 20 to 40 % strain", AT(plateau_MPa)},
    {"plateau_20_30_MPa", "MPa", "plateau stress: mean from 20 to 30 % strain", AT(plateau_20_30_MPa)},
    {"plateau_end_pct", "%", "plateau end: strain, beyond 20 %, where stress rises to 1.3 plateau_MPa",
     AT(plateau_end_pct)},
    {"energy_MJ_per_m3", "MJ/m3", "energy absorption up to 50 % strain", AT(energy_MJ_per_m3)},
    {"energy_to_plateau_end_MJ_per_m3", "MJ/m3", "energy absorption up to plateau end",
     AT(energy_to_plateau_end_MJ_per_m3)},
    {"efficiency_pct", "%", "energy absorption efficiency up to 50 % strain: energy / (highest stress x strain)",
     AT(efficiency_pct)},
    {"efficiency_to_plateau_end_pct", "%", "energy absorption efficiency up to plateau end",
     AT(efficiency_to_plateau_end_pct)},
};
const int n_iso13314_rows = sizeof iso13314_rows / sizeof *iso13314_rows;

const Iso13314Value *iso13314_value(const Iso13314 *table, const Iso13314Row *row) {
  return (const Iso13314Value *)(const void *)((const char *)table + row->offset);
}

const char *iso13314_reason(Iso13314Reason reason) {
  static const char *const words[] = {"",
                                      "the curve ends too early",
                                      "too few points on the initial straight part",
                                      "stress never falls",
                                      "no loop from above 70 % to below 20 % of the plateau stress",
                                      "a quantity that it is made of is not there"};
  return words[reason];
}

static Iso13314Value given_or(double value, Iso13314Reason reason) {
  return (Iso13314Value){value, isnan(value) ? reason : ISO13314_GIVEN};
}

static Iso13314Value missing(Iso13314Reason reason) { return (Iso13314Value){NAN, reason}; }

/* The steepest secant below a stress: its slope, and where it meets zero stress; NAN: none. */
static double steepest_secant(const CompressionCurve *c, double top, double *toe) {
  double steepest = *toe = NAN, width = top / 4;
  for (int i = 0; i < 16; i++) {
    double low = top * i / 20;
    double e0 = curve_rises_to(c, low, -INFINITY), e1 = curve_rises_to(c, low + width, -INFINITY);
    double slope = width / (e1 - e0);
    if (e1 > e0 && !(slope <= steepest)) {
      steepest = slope;
      *toe = e0 - low / slope;
    }
  }
  return steepest;
}

static bool has_point_between(const CompressionCurve *c, double low, double high) {
  for (int i = 0; i < c->n && c->stress[i] <= high; i++)
    if (c->stress[i] > low)
      return true;
  return false;
}

/* Gradient in MPa and offset stress, each of which the other needs. */
static void find_straight_part(const CompressionCurve *c, double offset, Iso13314 *t) {
  double top = curve_highest(c, 0.05), slope = NAN, met = NAN;
  t->quasi_elastic_GPa = t->yield_MPa = t->proof_1pct_MPa = missing(ISO13314_SHORT);
  t->toe_strain = NAN;
  if (!(top > 0))
    return;
  for (int i = 0; i < 10; i++) {
    slope = steepest_secant(c, top, &t->toe_strain);
    met = isnan(slope) ? NAN : curve_meets_line(c, slope, t->toe_strain + offset);
    if (isnan(met) || fabs(met - top) <= 1e-12 * top)
      break;
    top = met;
  }
  if (!isnan(slope) && !has_point_between(c, 0, 0.9 * top)) {
    t->quasi_elastic_GPa = missing(ISO13314_COARSE);
    t->yield_MPa = t->proof_1pct_MPa = missing(ISO13314_MISSING);
    t->toe_strain = NAN;
  } else if (!isnan(slope)) {
    t->quasi_elastic_GPa = given_or(slope / 1000, ISO13314_SHORT);
    t->yield_MPa = given_or(met, ISO13314_SHORT);
    t->proof_1pct_MPa = given_or(curve_meets_line(c, slope, t->toe_strain + 0.01), ISO13314_SHORT);
  }
}

/* Mean stress between two strains. */
static Iso13314Value mean_stress(const CompressionCurve *c, double from, double to) {
  if (!curve_reaches(c, to))
    return missing(ISO13314_SHORT);
  return given_or((curve_energy(c, to) - curve_energy(c, from)) / (to - from), ISO13314_SHORT);
}

static Iso13314Value elastic_gradient(const CompressionCurve *c, Iso13314Value plateau) {
  double high = 0.7 * plateau.value, low = 0.2 * plateau.value, stretch = 0;
  int n = 0;
  if (c->loop[2] <= c->loop[0])
    return missing(ISO13314_NO_LOOP);
  if (isnan(plateau.value))
    return missing(ISO13314_MISSING);
  for (int branch = 0; branch < 2; branch++) {
    int first = c->loop[branch], last = c->loop[branch + 1];
    double d = branch_crosses(c, first, last, high) - branch_crosses(c, first, last, low);
    if (d > 0) {
      stretch += d;
      n++;
    }
  }
  return n ? given_or((high - low) / (stretch / n) / 1000, ISO13314_NO_LOOP) : missing(ISO13314_NO_LOOP);
}

/* Energy up to a strain, and its share of the highest stress times the strain, in percent. */
static void absorption(const CompressionCurve *c, Iso13314Value to, Iso13314Value *energy, Iso13314Value *efficiency) {
  *energy = *efficiency = missing(to.reason);
  if (to.reason)
    return;
  *energy = given_or(curve_energy(c, to.value), ISO13314_SHORT);
  *efficiency = given_or(100 * energy->value / (curve_highest(c, to.value) * to.value), ISO13314_MISSING);
}

void iso13314_evaluate(const CompressionCurve *c, double offset, Iso13314 *t) {
  find_straight_part(c, offset, t);
  t->first_maximum_MPa = missing(ISO13314_MISSING);
  if (!t->yield_MPa.reason)
    t->first_maximum_MPa = given_or(curve_first_maximum(c, 0.01 * t->yield_MPa.value), ISO13314_NO_PEAK);
  t->plateau_MPa = mean_stress(c, 0.2, 0.4);
  t->plateau_20_30_MPa = mean_stress(c, 0.2, 0.3);
  t->elastic_gradient_GPa = elastic_gradient(c, t->plateau_MPa);
  t->plateau_end_pct = missing(ISO13314_MISSING);
  if (!t->plateau_MPa.reason)
    t->plateau_end_pct = given_or(100 * curve_rises_to(c, 1.3 * t->plateau_MPa.value, 0.2), ISO13314_SHORT);
  absorption(c, given_or(curve_reaches(c, 0.5) ? 0.5 : NAN, ISO13314_SHORT), &t->energy_MJ_per_m3, &t->efficiency_pct);
  absorption(c, given_or(t->plateau_end_pct.value / 100, t->plateau_end_pct.reason),
             &t->energy_to_plateau_end_MJ_per_m3, &t->efficiency_to_plateau_end_pct);
}
