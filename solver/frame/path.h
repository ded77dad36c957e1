/* Frames under large displacements, elastic or elastoplastic, followed along a path of loads. All calls are collective.
   Each strut is one or several force-based beams (beam.h) in corotational frames (corotation.h); the graph and all
   displacements are replicated, the beams are shared out over the ranks, the tangent is factorised on the first rank.
   All sums are made in the order of the struts, so that every number of ranks gives the same path. */
#ifndef TRABECULA_SOLVER_FRAME_PATH_H
#define TRABECULA_SOLVER_FRAME_PATH_H

#include "materials/hardening.h"
#include "solver/files/record.h"
#include "solver/frame/frame.h"

typedef struct PathModel PathModel;

typedef struct PathOptions {
  FrameOptions frame;         /* rtol: out of balance over reactions and loads at which a step is accepted */
  const Hardening *hardening; /* borrowed; NULL: elastic */
  PetscInt pieces;   /* beams a strut; with one a strut does not buckle between its nodes, with two at Euler's load */
  double duration_s; /* time that the load parameter takes from 0 to 1, for rates; 0: none */
  PetscBool contact; /* struts touch plates and each other */
  double contact_scale; /* factor on the stiffness of contacts (path_contact.c), for sensitivity; 0: 1 */
} PathOptions;

/* A grip that is also a wall: with options.contact, struts of the frame cannot pass the plane through the grip's point.
 */
typedef struct PathPlate {
  PetscInt grip;
  double normal[3]; /* unit, towards the frame */
  PetscBool mirror; /* a plane of symmetry: contacts of what lies in it are shared with the half that is left out */
} PathPlate;

/* The graph is borrowed. Refuses what frame_create refuses. */
PetscErrorCode path_create(MPI_Comm comm, const Graph *graph, const PathOptions *options, PathModel **path);
PetscErrorCode path_destroy(PathModel **path);
/* Grips (copied) and what they do when the load parameter is 1: motion [n][6] (rotations about the grip's point,
   finite; a grip that turns must tie all six components), dead nodal forces and moments [n_nodes][6] (NULL: none).
   Refuses what frame_grips refuses. */
PetscErrorCode path_load(PathModel *path, PetscInt n, const Grip *grips, const double (*motion)[6],
                         const double (*force)[6]);
/* After path_load, which forgets them. */
PetscErrorCode path_plates(PathModel *path, PetscInt n, const PathPlate *plates);
/* Back to the unloaded frame that never yielded. */
PetscErrorCode path_reset(PathModel *path);

typedef struct PathPoint {
  PetscInt step, iterations;
  double parameter;            /* load parameter */
  const double (*reaction)[6]; /* [n_grips] of the grips on the frame, moments about their moved points */
  double work, energy;         /* N mm: done by grips and loads, done on beams and contacts; both by the trapezoid
                                  rule */
  double residual;             /* relative, out of balance */
  PetscInt negative_pivots;    /* of the tangent: 0 while the equilibrium is stable under this control */
  PetscInt contacts;
} PathPoint;

typedef enum PathControl { PATH_PARAMETER, PATH_ARC } PathControl;
typedef struct PathSteps {
  PathControl control;
  double to;                 /* the load parameter to reach; PATH_ARC: stops where it leaves [-|to|, |to|] */
  double first, least, most; /* steps of the load parameter, > 0; PATH_ARC: of its first step, which sets the arc */
  PetscInt max_steps;
} PathSteps;

typedef struct PathOutcome {
  PetscBool reached; /* the target, or where `each` stopped it; else see why */
  PetscInt steps, iterations, cuts;
  char why[160]; /* how the last step failed */
} PathOutcome;

/* Follows the path from where the model is. each (may be NULL) hears of every accepted point. A step that finds no
   equilibrium is halved, down to `least`; then the model stays at the last good point and outcome->reached is false. */
PetscErrorCode path_follow(PathModel *path, const PathSteps *steps,
                           PetscErrorCode (*each)(PathModel *path, const PathPoint *point, void *context,
                                                  PetscBool *stop),
                           void *context, PathOutcome *outcome);

/* What the path is at its last accepted point, and how its path_follow went so far, to a record; `each` may call it. */
PetscErrorCode path_save(const PathModel *path, Record *record);
/* Back to that point, for a path of the same graph, options, grips and plates, on any number of ranks. The next
   path_follow goes on with the steps of the one that was under way: give it the same ones. From there on every number
   is the same, bit for bit. */
PetscErrorCode path_restore(PathModel *path, Record *record);

/* Displacement (mm) and rotation vector (rad, below half a turn) of the graph's nodes, u [n_nodes][6]. */
PetscErrorCode path_displacement(const PathModel *path, double (*u)[6]);
/* Per strut, worst of its pieces and ends. */
typedef struct PathStrut {
  double N, V, T, M;    /* N, N, N mm, N mm: axial force (tension positive), largest shear, torque, largest moment */
  double plastic;       /* largest equivalent plastic strain of any fibre */
  double yielded_share; /* of the strut's section points */
} PathStrut;
PetscErrorCode path_struts(const PathModel *path, PathStrut *strut); /* [n_struts], on every rank */
PetscInt64 path_dofs(const PathModel *path);

#endif
