/* Force-based beam between its two ends: the equilibrium of forces along it is exact, so that one element follows the
   spread of yielding from the ends of a strut. Kernel.

   Deformations v and forces s as in corotation.h. Spacone, Filippou and Taucer (1996): forces of the sections follow
   from s, their strains from the fibres, v from the strains by Gauss-Lobatto quadrature; Newton's method on all of them
   together. Five points are exact for the elastic uniform beam, and the end points stand where hinges form.

   The elastic bow of the axis gives the axial force a lever. Equal end moments bend a beam into an S, opposite ones
   into a C; their flexibilities under p = N L^2/EI, 3 (w coth w - 1)/w^2 L/6EI and (tanh w)/w L/2EI with w = sqrt(p)/2
   (Timoshenko and Gere 1961, section 1.10), are taken as 1 - (p/60)/(1 + p/4 pi^2) and 1 - (p/12)/(1 + p/pi^2) times
   those at rest: first term and first pole are theirs, errors below 1 % from p = -9 to 8. The complementary energy m .
   (F(p) - F(0)) m / 2 also shortens the chord. */
#ifndef TRABECULA_SOLVER_FRAME_BEAM_H
#define TRABECULA_SOLVER_FRAME_BEAM_H

#include "solver/frame/fibre_section.h"
#include <stdbool.h>

enum { BEAM_POINTS = 5 };

typedef struct Beam {
  double length;              /* mm */
  double radius[BEAM_POINTS]; /* mm, outer, at the quadrature points */
  const FibreLayout *layout;  /* of its bore; borrowed */
  bool shear;                 /* false: Euler-Bernoulli */
  double soft[6];             /* elastic flexibility of the ends beside, dv/ds: springs in the nodes */
  double bend;                /* N mm^2, elastic EI with which the axis bows; 0: it stays straight */
} Beam;

/* Positions of the quadrature points on 0 .. 1 and their weights (sum 1). */
extern const double beam_point[BEAM_POINTS], beam_weight[BEAM_POINTS];

typedef struct BeamState {
  double v[6], s[6];        /* deformation and forces */
  double e[BEAM_POINTS][6]; /* strains of the sections */
  double flexibility[BEAM_POINTS][36];
  double k[36];                       /* tangent ds/dv */
  unsigned char yielded[BEAM_POINTS]; /* section has yielded at some time */
} BeamState;

/* The elastic beam at rest. */
void beam_rest(const Beam *beam, const FibreMetal *metal, BeamState *state);
/* Elastic forces and tangent under v, for beams of no plasticity: state as beam_rest made it or as this left it.
   Returns the number of iterations, or -1. */
int beam_elastic(const Beam *beam, const double v[6], BeamState *state);
/* Forces and tangent under v: `state` holds a guess (the last state found in this step or the one before) and then the
   answer; fibres from the beginning of the step: from [BEAM_POINTS][FIBRE_STATE] with flags began[]; to: fibres under
   v, valid where state->yielded. Returns the number of iterations, or -1 when there is no convergence (take a smaller
   step). */
int beam_update(const Beam *beam, const FibreMetal *metal, const double v[6], const unsigned char began[BEAM_POINTS],
                const double (*from)[FIBRE_STATE], double (*to)[FIBRE_STATE], BeamState *state);

/* Resultants N, V2, V3, T, M2, M3 of the section at the share x of the length under s. */
void beam_resultants(const Beam *beam, const double s[6], double x, double S[6]);

#endif
