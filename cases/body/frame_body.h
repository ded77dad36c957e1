/* A lattice between two rigid plates as a frame: unit motions of the upper plate, then any load case by superposition.
   All collective; displacements and sections are the same on every rank. */
#ifndef TRABECULA_CASES_BODY_FRAME_BODY_H
#define TRABECULA_CASES_BODY_FRAME_BODY_H

#include "cases/body/frame_stress.h"

typedef struct FrameBody {
  MPI_Comm comm;
  const Graph *graph; /* borrowed */
  FrameModel *model;
  Grip grip[2]; /* lower and upper plate */
  double (*unit[6])[6], stiffness[6][6];
  /* Of the load case shown last: */
  double (*u)[6];      /* [n_nodes] */
  Section *section;    /* [n_struts] */
  PetscInt first, end; /* struts of this rank */
} FrameBody;

/* Takes the node lists of the grips. */
PetscErrorCode frame_body_create(MPI_Comm comm, const Graph *graph, const FrameOptions *options, const Grip grip[2],
                                 FrameBody *body);
PetscErrorCode frame_body_destroy(FrameBody *body);
/* Unit motions and stiffness of the upper plate. */
PetscErrorCode frame_body_solve(FrameBody *body, SolveInfo info[6]);
/* Displacements and sections under that motion of the upper plate. */
PetscErrorCode frame_body_show(FrameBody *body, const double motion[6]);
/* Percentiles (fractions) of von Mises over the struts' volume in the load case shown. */
PetscErrorCode frame_body_percentiles(FrameBody *body, int n, const double *fraction, double *mises);

#endif
