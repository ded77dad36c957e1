/* The safety factor against yield of struts, with its interval and its verdict: the same in every analysis. */
#ifndef TRABECULA_CASES_BODY_SAFETY_H
#define TRABECULA_CASES_BODY_SAFETY_H

#include "cases/body/discretisation.h"
#include "cases/results/results.h"
#include "materials/material.h"

typedef struct Safety {
  double factor;   /* yield stress over the 99.9th percentile of von Mises */
  double mesh[2];  /* its interval by the mesh alone: lowest, highest */
  double metal[2]; /* by the published range of the yield stress alone; NAN: none is known */
  double all[2];   /* by both */
} Safety;

/* p999: of von Mises stress, MPa. Kernel. */
Safety safety_factor(const Material *metal, const Bounds *p999);

/* What a verdict is about. */
typedef struct SafetyCase {
  const char *model; /* "voxels"; "frame": its interval is a model error, of the node zones, rather than a mesh's */
  const char *load;  /* the load case of the least factor */
  const Bounds *p999;
  double rotation_deg, strain_pct; /* largest of all load cases; NAN: not known */
  const char *more;                /* "" or what else is to be said, from "; " on */
} SafetyCase;
/* YES, NO or NOT SHOWN with the interval and its parts; NOT SHOWN too where displacements are not small. Collective. */
PetscErrorCode safety_verdict(Results *results, const Material *metal, const SafetyCase *it);

#endif
