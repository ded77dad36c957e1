/* The bar on two rollers under a third: the frame at full size, the voxels as a quarter. */
#ifndef TRABECULA_CASES_RUNNERS_BENDING_MODEL_H
#define TRABECULA_CASES_RUNNERS_BENDING_MODEL_H

#include "cases/body/build.h"
#include "cases/runners/three_point.h"

/* Axes: x along the bar, y across, z up; the middle of the lower face is 0. */
typedef struct BendingPlan {
  Bar bar;
  double length_mm;
  double contact_mm; /* width in x of the patch a roller touches; voxels only */
  double stress_MPa; /* nominal stress that fields and percentiles are given for */
  double percentile; /* of the strut stresses, 0 .. 1 */
  Design design;
  Material strut;
  Surface surface;          /* of the voxels */
  double voxel_mm;          /* 0: no voxel model */
  double lo[3], hi[3];      /* of the whole bar */
  double support_x, load_x; /* rows of nodes that carry the rollers (the other support at -support_x) */
} BendingPlan;

typedef struct BendingAnswer {
  double slope_N_per_mm, young_over_shear, young_MPa; /* of the bar; of the periodic cell, same model */
  double mises_MPa;                                   /* percentile in the middle of the span at stress_MPa */
  double above_yield_pct; /* of the struts there, with a section that exceeds yield; frames, else NAN */
  double balance, energy_balance, residual, porosity_pct;
  double strut_mm; /* mean diameter of the computed bar's struts; frames, else NAN */
} BendingAnswer;

/* Finds the rows of nodes next to the rollers: sets support_x, load_x and the true span. Refuses rollers that find no
   nodes. */
PetscErrorCode bending_rows(const Case *c, const Graph *graph, BendingPlan *plan);
/* Of the whole bar, mm3. */
double bending_volume(const BendingPlan *plan);
/* Whether the plane at x[axis] = where (mm) is one of mirror symmetry of the lattice with a corner at plan->lo. */
bool bending_mirror(const BendingPlan *plan, int axis, double where);
PetscErrorCode bending_voxels(const Case *c, const BendingPlan *plan, Results *results, BendingAnswer *answer);
PetscErrorCode bending_frame(const Case *c, const BendingPlan *plan, const Graph *graph, Results *results,
                             BendingAnswer *answer);

#endif
