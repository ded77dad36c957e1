/* Many specimens of a lattice that differ by chance, as frames shared out over the ranks: mean, scatter and interval of
   every number that is asked of each. Collective. */
#ifndef TRABECULA_CASES_BODY_SPECIMENS_H
#define TRABECULA_CASES_BODY_SPECIMENS_H

#include "cases/body/build_defects.h"
#include "cases/body/scatter.h"

typedef struct SpecimenColumn {
  char name[96]; /* of the quantities; "": not reported */
  const char *unit;
} SpecimenColumn;

typedef struct Specimens {
  PetscInt samples;
  int columns;
  const SpecimenColumn *column; /* [columns] */
  /* The numbers of one specimen, computed by this rank alone: value [columns], NAN where it has none. */
  PetscErrorCode (*one)(void *context, const Graph *graph, double *value);
  void *context;
} Specimens;

/* Specimens of the body with the seeds random_specimen(body->seed, 0, 1, ...), which no set of another seed has; value
   [samples][columns], the same on every rank and for any number of ranks. Graphs are made on every rank, so that a
   refusal is everyone's. */
PetscErrorCode specimens_run(const Case *c, const Specimens *set, const LatticeBody *body, Results *results,
                             double *value);
/* Quantities frame.NAME.mean (with the half width of its 95 % interval), .deviation, .lo and .hi (95 % prediction
   interval of one more specimen) and a table, of the columns that at least two specimens have; scatter [columns] of
   all. */
PetscErrorCode specimens_report(const Specimens *set, const double *value, Results *results, Scatter *scatter);

#endif
