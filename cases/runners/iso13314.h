/* The table of ISO 13314:2011 (compression of porous metals) from a stress-strain curve. Stress is force over the
   initial section, strain is shortening over the initial height, both positive in compression. Between its points the
   curve is straight. What the standard leaves open is fixed here, and said at the rows. Kernel. */
#ifndef TRABECULA_CASES_RUNNERS_ISO13314_H
#define TRABECULA_CASES_RUNNERS_ISO13314_H

#include <stddef.h>

/* A curve from its origin and, if there is one, its loop: points loop[0] .. loop[1] unload, loop[1] .. loop[2] load
   until back on the curve; the rest goes straight on from loop[0] to loop[2]. No loop: all zero. */
typedef struct CompressionCurve {
  int n;
  const double *strain, *stress; /* [n]; strain does not fall outside the loop; stress in MPa; borrowed */
  int loop[3];
} CompressionCurve;

typedef enum Iso13314Reason {
  ISO13314_GIVEN,
  ISO13314_SHORT,   /* the curve ends too early */
  ISO13314_COARSE,  /* no point of the curve on its initial straight part */
  ISO13314_NO_PEAK, /* stress never falls */
  ISO13314_NO_LOOP, /* none, or not over the whole of 70 % to 20 % of the plateau stress */
  ISO13314_MISSING  /* a quantity that this one is made of is not there */
} Iso13314Reason;

typedef struct Iso13314Value {
  double value; /* NAN unless given */
  Iso13314Reason reason;
} Iso13314Value;

typedef struct Iso13314 {
  Iso13314Value quasi_elastic_GPa, elastic_gradient_GPa;
  Iso13314Value yield_MPa, proof_1pct_MPa, first_maximum_MPa;
  Iso13314Value plateau_MPa, plateau_20_30_MPa, plateau_end_pct;
  Iso13314Value energy_MJ_per_m3, energy_to_plateau_end_MJ_per_m3;
  Iso13314Value efficiency_pct, efficiency_to_plateau_end_pct;
  double toe_strain; /* where the quasi-elastic line meets zero stress: offsets count from there; NAN without it */
} Iso13314;

/* A line of the table: the key is the name of the quantity. */
typedef struct Iso13314Row {
  const char *key, *unit, *help;
  size_t offset; /* of an Iso13314Value in Iso13314 */
} Iso13314Row;

extern const Iso13314Row iso13314_rows[];
extern const int n_iso13314_rows;
const Iso13314Value *iso13314_value(const Iso13314 *table, const Iso13314Row *row);
const char *iso13314_reason(Iso13314Reason reason); /* in words, "" for ISO13314_GIVEN */

/* offset: plastic strain of the compressive offset stress yield_MPa, 0.002 in the standard.
   Quasi-elastic gradient: the steepest of the sixteen secants between x and x + 1/4 of the offset stress, x = 0, 1/20
   .. 3/4, each end where stress first rises to it; gradient and offset stress are found together by repetition from the
   highest stress up to a strain of 5 %. Some point of the curve must lie between 0 and 9/10 of the offset stress.
   Elastic gradient: the secant of the loop between 70 % and 20 % of plateau_MPa, strains averaged over unloading and
   reloading where both cross both. First maximum: the first stress after which it falls by 1 % of yield_MPa. */
void iso13314_evaluate(const CompressionCurve *curve, double offset, Iso13314 *table);

#endif
