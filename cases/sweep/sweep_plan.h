/* What a sweep asks: the cases that every point computes, the axes, the points. The same on every rank; the texts
   belong to the document of the sweep. */
#ifndef TRABECULA_CASES_SWEEP_SWEEP_PLAN_H
#define TRABECULA_CASES_SWEEP_SWEEP_PLAN_H

#include "cases/case_file/case.h"
#include "cases/sweep/sweep_collect.h"
#include "cases/sweep/wish.h"

enum { SWEEP_CASES = 8, SWEEP_AXES = 12, SWEEP_KEYS = 8, SWEEP_SETS = 48, SWEEP_WISHES = 16, SWEEP_POINTS = 100000 };

typedef struct SweepCase {
  const char *name; /* heads the names of its quantities; "": it is the only one */
  char file[PETSC_MAX_PATH_LEN];
  const Runner *runner;
  PetscInt n_set;
  const char *set[SWEEP_SETS]; /* as --set takes them */
} SweepCase;

typedef struct SweepAxis {
  const char *name, *unit;
  PetscInt n_keys;
  const char *key[SWEEP_KEYS];
  unsigned cases[SWEEP_KEYS]; /* bit k: case k takes the key */
  bool is_log, is_whole;      /* scale; whole numbers */
  PetscInt n;                 /* values of the grid; 0: sampled */
  double *value;              /* [n] */
  const char **word;          /* [n]; NULL: numbers. value is then 0, 1, ... */
  bool is_normal; /* sampled: from a normal distribution with this mean and deviation, else between lo and hi */
  double lo, hi, mean, deviation;
} SweepAxis;

typedef struct SweepWish {   /* of a constraint, or of choose: */
  const char *name, *reason; /* reason NULL: none given */
  Wish wish;
} SweepWish;

typedef enum SweepKeep { KEEP_NONE, KEEP_FAILED, KEEP_ALL } SweepKeep;

typedef struct SweepPlan {
  const Case *c; /* borrowed */
  PetscInt n_cases, n_axes, n_points;
  SweepCase cases[SWEEP_CASES];
  ColumnCases names; /* of the cases, also of a single one */
  SweepAxis axis[SWEEP_AXES];
  double (*value)[SWEEP_AXES]; /* [n_points] */
  PetscInt n_collect, n_constraints, n_wishes, n_confirm, n_table;
  Collect collect[COLLECTS];
  SweepWish constraint[SWEEP_WISHES], wish[SWEEP_WISHES];
  const char *confirm[SWEEP_SETS]; /* settings of the winner's last run */
  const char *table[SWEEP_SETS];   /* columns that are shown */
  SweepKeep keep;
  PetscInt64 seed;   /* of the draws, -1: nothing is drawn */
  PetscInt attempts; /* runs of a point whose worker dies */
} SweepPlan;

/* Collective. Refuses all that can be refused without reading the cases of single points. */
PetscErrorCode sweep_plan_create(const Case *c, SweepPlan *plan);
PetscErrorCode sweep_plan_free(SweepPlan *plan);

enum { AXIS_ROOM = 128 };
/* The value of an axis as a case file takes it; "?" for NAN. */
void sweep_axis_text(const SweepAxis *axis, double value, char text[AXIS_ROOM]);
/* The value back from such a text; NAN: the axis does not have it. */
double sweep_axis_value(const SweepAxis *axis, const char *text);
/* "porosity_pct = 45, strut_mm = 0.3" */
void sweep_point_text(const SweepPlan *plan, const double *value, size_t n, char *text);
/* The key (or assignment) without "CASE:". */
const char *sweep_key_path(const char *text);
/* Whether key i of an axis changes no mesh and no factor in any case. */
bool sweep_key_is_cheap(const SweepPlan *plan, const SweepAxis *axis, PetscInt i);
/* The --set assignments of case k at a point, with those of `confirm` or without; each and the list are freed by
   sweep_sets_free. */
PetscErrorCode sweep_sets(const SweepPlan *plan, PetscInt k, const double *value, bool confirm, int *n, char ***set);
PetscErrorCode sweep_sets_free(int n, char ***set);

#endif
