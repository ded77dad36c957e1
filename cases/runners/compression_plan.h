/* What runner compression was asked: the keys of its case, understood. */
#ifndef TRABECULA_CASES_RUNNERS_COMPRESSION_PLAN_H
#define TRABECULA_CASES_RUNNERS_COMPRESSION_PLAN_H

#include "cases/body/build_defects.h"
#include "cases/runners/crush.h"
#include "mesh/image.h"

typedef struct ImagePlan { /* what is known of a label image before room is taken for it */
  char file[PETSC_MAX_PATH_LEN];
  ImageAxes axes;
  Image head;            /* without values */
  PetscInt lo[3], hi[3]; /* the box of its solid voxels, which is the block */
  double solid_mm3;
  double asked_mm;   /* voxel edge of the case; NAN: the image's own */
  double volume_pct; /* largest change of the solid volume that is let through */
  Elasticity material[256];
} ImagePlan;

typedef struct CompressionPlan {
  BlockLoad load; /* elastic load; the block of an image is known once it has been voxelised */
  bool image;     /* a label image, not a lattice */
  ImagePlan from; /* that image */
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
