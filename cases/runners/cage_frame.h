/* A cage as a frame with all that is solved of it, whatever its loads: unit motions and buckling. All collective. */
#ifndef TRABECULA_CASES_RUNNERS_CAGE_FRAME_H
#define TRABECULA_CASES_RUNNERS_CAGE_FRAME_H

#include "cases/body/frame_body.h"
#include "cases/runners/cage_specimen.h"

typedef struct KnownBuckling {
  double force[6]; /* on the upper plate */
  PetscInt n_modes;
  BucklingMode mode[CAGE_MODES];
  SolveInfo info;
} KnownBuckling;

typedef struct CageFrame {
  Graph own; /* empty where the body's graph is another's */
  FrameBody body;
  SolveInfo info[6];
  bool known; /* from an earlier case of this process: nothing of it was solved now */
  FrameBuckling *buckling;
  PetscInt pieces, modes; /* that buckling was made for */
  PetscInt n_solved;
  KnownBuckling solved[CAGE_LOADS];
} CageFrame;

/* Between the plates, with its unit motions; *frame starts empty. The graph is borrowed. */
PetscErrorCode cage_frame_solve(MPI_Comm comm, const Case *c, const CagePlan *plan, const Graph *graph,
                                CageFrame *frame);
/* Frees what it holds, not frame itself. */
PetscErrorCode cage_frame_free(CageFrame *frame);
/* The same of the case's own cage, known from an earlier case of this process where graph, options and plates are the
   same; takes the graph. *frame stays the property of cases/body/kept.h. */
PetscErrorCode cage_frame_kept(const Case *c, const CagePlan *plan, Graph *graph, CageFrame **frame);
/* Load factors of load case i, whose displacements body.u shows, into all[i]; those of loads that are the same or
   proportional are taken over, but for the load case that is shown: its modes are written. */
PetscErrorCode cage_frame_buckle(const CagePlan *plan, CageFrame *frame, PetscInt i, Results *results, LoadAnswer *all);

#endif
