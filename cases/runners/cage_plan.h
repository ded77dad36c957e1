/* What the runner `cage` is asked: a cage of lattice alone between two rigid plates, and its deck of load cases.
   Axes: z along the cage, y anterior, x lateral; the lower plate is z = 0 and stands still, the upper one is inclined
   about x by the wedge angle, lower in front. Loads act in the axes of the upper plate, at its centre. */
#ifndef TRABECULA_CASES_RUNNERS_CAGE_PLAN_H
#define TRABECULA_CASES_RUNNERS_CAGE_PLAN_H

#include "cases/body/build_defects.h"
#include "cases/runners/segment.h"

enum { CAGE_LOADS = 32, CAGE_MODES = 10 };

typedef struct CageLoad {
  char name[32];
  double force[6]; /* N and N mm on the upper plate, about its centre, in the axes of the cage */
  double main[6];  /* the part that the stiffness is told for: the moments where there are any, else the force */
  bool turns;      /* main is a moment */
} CageLoad;

/* A load that goes to and fro between two ends: each a load case times a factor, 0: no load. */
typedef struct CageFatigue {
  bool asked;
  PetscInt load[2];
  double factor[2];
  double wanted; /* cycles */
  Fatigue fatigue;
} CageFatigue;

typedef struct CagePlan {
  SegmentGeometry outline; /* only diameter_mm, cage_mm, wedge_deg and, for voxels, cage_voxel_mm; the rest is 0 */
  PetscBool box;           /* width_mm (x) by depth_mm (y) instead of round */
  double width_mm, depth_mm;
  double window_mm; /* diameter of a graft window along the axis, 0: none */
  double area_mm2;  /* gross: of the outline without window */
  Design design;
  Material strut;
  Surface surface;              /* of the voxels */
  PetscInt n_levels;            /* resolutions, coarsest first; the last one is outline.cage_voxel_mm; 0: no voxels */
  double voxel_mm[RESOLUTIONS]; /* [n_levels] */
  double stiffness_factor;      /* on the strut's modulus; 1: ideal */
  PetscInt n_loads, shown;      /* shown: load case whose fields are written, -1: none */
  CageLoad load[CAGE_LOADS];
  PetscInt buckling_modes, buckling_pieces; /* modes 0: not asked */
  CageFatigue fatigue;
  Defects defects;
  uint64_t seed;
  PetscInt samples; /* specimens with defects; 1: no statistics */
} CagePlan;

/* results may be NULL: nothing is told then. */
PetscErrorCode cage_plan(const Case *c, Results *results, CagePlan *plan);
/* Index of the load case of that name, -1: there is none. */
PetscInt cage_load_find(const CagePlan *plan, const char *name);
/* The lattice with its defects and the first seed, and the space around it, owned by the caller: the outline of the
   body. For voxels of voxel_mm it reaches beyond those faces that lie in planes of the grid, where the grid itself cuts
   and every voxel is cut exactly; for a frame (0) below z = 0. The body borrows plan and space. */
PetscErrorCode cage_body(const CagePlan *plan, double voxel_mm, Shape **space, LatticeBody *body);
/* A node of the frame nearer to a plate than this (mm) lies in the plate: its stub was left out. */
double cage_reach(const CagePlan *plan);
double cage_volume(const CagePlan *plan); /* mm3, without the window */

#endif
