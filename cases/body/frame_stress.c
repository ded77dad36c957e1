/* Percentiles and shares of the stress in the struts of a frame.
   How: every strut gives the points of strut_samples with the volume that they stand for; the points are made when the
   percentile counts them and not kept. Struts are shared out over the ranks.
   Where: used by every analysis that solves a frame (block, bending, cage, segment), so that one body has one number.
 */
#include "cases/body/frame_stress.h"

#include "cases/body/percentile.h"

#include <math.h>

const char frame_stress_meaning[] =
    "von Mises stresses of the frame are percentiles over the volume of its struts between the node zones, outer "
    "fibres "
    "and end sections included; \"above yield\" is the share of the struts with a section whose largest stress exceeds "
    "yield, the largest that of any section";

RoundStrut frame_strut(const Graph *g, PetscInt s) {
  return (RoundStrut){g->radius[s], g->taper ? g->taper[s] : 0, g->bore ? g->bore[s] : 0, 1 - graph_area_share(g, s)};
}

typedef struct Struts {
  const Graph *graph;
  const Section *section;
  const bool *counts;
  PetscInt first;
} Struts;

static PetscInt make(const void *context, PetscInt i, float least, float *value, float *weight) {
  const Struts *it = context;
  const PetscInt s = it->first + i;
  const Section *section = &it->section[s];
  const RoundStrut strut = frame_strut(it->graph, s);
  /* Section.mises is the largest of a uniform strut; a tapered one may have more between the points that it looks at.
   */
  if ((it->counts && !it->counts[s]) || (strut.taper == 0 && section->mises * (1 + 1e-6) < least))
    return 0;
  strut_samples(section, &strut, graph_strut(it->graph, s, NULL), value, weight);
  return STRUT_SAMPLES;
}

PetscErrorCode frame_mises_percentiles(MPI_Comm comm, const Graph *graph, const Section *section, const bool *counts,
                                       int n, const double *fraction, double *mises) {
  PetscMPIInt rank, size;
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  const PetscInt64 all = graph->n_struts;
  const PetscInt first = (PetscInt)(all * rank / size), end = (PetscInt)(all * (rank + 1) / size);
  const Struts struts = {graph, section, counts, first};
  PetscCall(percentiles_made(comm, &(PercentileSource){end - first, STRUT_SAMPLES, make, &struts}, n, fraction, mises));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_struts_above(const Graph *graph, const Section *section, const bool *counts, double yield_MPa,
                                  double *pct) {
  PetscInt n = 0, all = 0, above = 0;
  char *seen; /* of every strut of the lattice: 1 it is there, 2 it yields */
  PetscFunctionBeginUser;
  *pct = NAN;
  if (!isfinite(yield_MPa))
    PetscFunctionReturn(PETSC_SUCCESS);
  for (PetscInt s = 0; s < graph->n_struts; s++)
    n = PetscMax(n, 1 + (graph->origin ? graph->origin[s] : s));
  PetscCall(PetscCalloc1(n, &seen));
  for (PetscInt s = 0; s < graph->n_struts; s++)
    if (!counts || counts[s])
      seen[graph->origin ? graph->origin[s] : s] |= section[s].mises > yield_MPa ? 3 : 1;
  for (PetscInt o = 0; o < n; o++) {
    all += seen[o] & 1;
    above += seen[o] >> 1;
  }
  PetscCall(PetscFree(seen));
  *pct = all ? 100 * (double)above / (double)all : NAN;
  PetscFunctionReturn(PETSC_SUCCESS);
}

double frame_mises_max(const Graph *graph, const Section *section) {
  double largest = 0;
  for (PetscInt s = 0; s < graph->n_struts; s++)
    largest = fmax(largest, section[s].mises);
  return largest;
}
