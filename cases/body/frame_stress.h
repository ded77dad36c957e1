/* What is said of the stress in the struts of a frame, the same in every analysis. Collective; sections are those of
   all struts, the same on every rank. */
#ifndef TRABECULA_CASES_BODY_FRAME_STRESS_H
#define TRABECULA_CASES_BODY_FRAME_STRESS_H

#include "cases/body/strut_stress.h"

/* What the numbers mean, for the assumptions of a report. */
extern const char frame_stress_meaning[];

/* Strut s of a graph. */
RoundStrut frame_strut(const Graph *graph, PetscInt s);
/* Percentiles (fractions) of von Mises stress over the volume of the flexible parts of the struts, their surface and
   their end sections included (strut_samples). counts [n_struts]: the struts that take part; NULL: all. */
PetscErrorCode frame_mises_percentiles(MPI_Comm comm, const Graph *graph, const Section *section, const bool *counts,
                                       int n, const double *fraction, double *mises);
/* Of all struts the per cent with a section somewhere whose largest von Mises stress exceeds yield_MPa; NAN where that
   is not finite. Parts of one strut (bent, tapered or cut ones) count as one. counts as above. */
PetscErrorCode frame_struts_above(const Graph *graph, const Section *section, const bool *counts, double yield_MPa,
                                  double *pct);
/* Largest von Mises stress of a section, MPa. */
double frame_mises_max(const Graph *graph, const Section *section);

#endif
