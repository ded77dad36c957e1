/* What runner compression was asked: the keys of its case, understood. */
#ifndef TRABECULA_CASES_RUNNERS_COMPRESSION_PLAN_H
#define TRABECULA_CASES_RUNNERS_COMPRESSION_PLAN_H

#include "cases/body/build_defects.h"
#include "cases/runners/crush.h"

typedef struct CompressionPlan {
  BlockLoad load; /* elastic load; the block of an image is known once it has been voxelised */
  bool image;     /* a label image, not a lattice */
  Design design;  /* of a lattice */
  Material strut;
  PetscInt cells[3];
  PetscBool follow; /* the frame through yielding, as in crush */
  CrushPlan crush;
  Defects defects;
  uint64_t seed;
  PetscInt samples;  /* specimens with defects; 1: no statistics */
  PetscInt n_levels; /* resolutions of the voxel model */
  double voxel_mm[RESOLUTIONS];
} CompressionPlan;

/* The specimen with the seed of the plan; borrows the plan. */
LatticeBody compression_body(const CompressionPlan *plan);

/* Collective. Finds every mistake of the case file; results (may be NULL) takes warnings. */
PetscErrorCode compression_plan(const Case *c, Results *results, CompressionPlan *plan);
/* Whether the frame is followed through yielding and large displacements (keys load.response, load.strain_pct). */
PetscErrorCode compression_follows(const Case *c, PetscBool *follow);

#endif
