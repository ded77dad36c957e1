/* How far a crushing is, as a checkpoint. */
#ifndef TRABECULA_CASES_RUNNERS_CRUSH_KEEP_H
#define TRABECULA_CASES_RUNNERS_CRUSH_KEEP_H

#include "cases/runners/crush.h"
#include "solver/files/keep.h"

/* What is done in turn: a specimen is crushed, then a second one is loaded, unloaded and loaded again. */
typedef enum CrushLeg { LEG_YIELD, LEG_CRUSH, LEG_YIELD_AGAIN, LEG_LOAD_AGAIN, LEG_UNLOAD, LEG_RELOAD } CrushLeg;

typedef struct CrushProgress {
  CrushLeg leg;         /* under way */
  CrushCurve loop;      /* of the second specimen */
  PetscInt begin, turn; /* its points where unloading begins and ends, as far as it is */
} CrushProgress;

/* The path, the progress and the answer so far, to the record checkpoint.h5. */
PetscErrorCode crush_keep(Keep *keep, PathModel *path, const Graph *graph, const CrushProgress *progress,
                          const CrushAnswer *answer);
/* All of it from there; *resumed says whether there was one. */
PetscErrorCode crush_resume(Keep *keep, PathModel *path, const Graph *graph, CrushProgress *progress,
                            CrushAnswer *answer, PetscBool *resumed);

#endif
