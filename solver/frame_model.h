/* Inside of the frame: shared by the frame_*.c files only. Graph, elements and displacements are replicated, so that
   forces, energies and sections need no communication and are the same numbers on every rank; matrix and vectors of
   the solver are shared out by METIS. */
#ifndef TRABECULA_SOLVER_FRAME_MODEL_H
#define TRABECULA_SOLVER_FRAME_MODEL_H

#include "solver/frame.h"
#include "solver/frame_strut.h"
#include <petscksp.h>

/* Nodes with struts in block rows 0 .. n_rows-1, contiguous a rank; nodes without struts have none. */
typedef struct FrameRows {
  PetscInt n_rows, first, end; /* this rank holds block rows [first, end) */
  PetscInt *row;               /* [n_nodes] block row, -1: no strut there */
  PetscInt *node;              /* [n_rows] */
  PetscInt *start, *touch;     /* [n_nodes+1]; strut ends at a node as 2 * strut + end, strut by strut */
  PetscInt *piece, n_pieces;   /* [n_nodes] connected piece, -1: no strut there */
} FrameRows;

PetscErrorCode frame_rows_create(MPI_Comm comm, const Graph *graph, FrameRows *rows);
PetscErrorCode frame_rows_free(FrameRows *rows);

/* The matrix of one set of supports, factorised or with its multigrid. */
typedef struct FrameSystem {
  Mat K;
  KSP ksp;
  Vec b, x, all;
  VecScatter to_all;
  PetscBool direct;
  double setup_s; /* not yet told to a SolveInfo */
} FrameSystem;

struct FrameModel {
  MPI_Comm comm;
  const Graph *graph; /* borrowed */
  FrameOptions options;
  StrutElement *element; /* [n_struts] */
  FrameRows rows;
  double length;       /* mm, mean strut length: makes rotations and moments comparable with displacements and forces */
  PetscInt n_grips;    /* 0 before frame_grips */
  Grip *grips;         /* copies */
  PetscInt (*held)[6]; /* [n_nodes] which grip holds a component, -1: free */
  FrameSystem system;
  double (*internal)[6], (*change)[6]; /* [n_nodes] work */
};

/* Zone lengths (mm) of all strut ends into element[].zone; needs axis, radius and the rows. */
PetscErrorCode frame_zones(FrameModel *model);
/* Refuses grips that leave a rigid motion of a piece free. */
PetscErrorCode frame_check_support(const FrameModel *model);

/* Makes the system for the tied components of model->held, destroying an earlier one. Collective. */
PetscErrorCode frame_system_create(FrameModel *model);
PetscErrorCode frame_system_free(FrameSystem *system);
/* Equilibrium: corrects u [n_nodes][6], whose tied components hold their values, until K u = force (NULL: none) on the
   free components, under a macroscopic strain (NULL: none) of a periodic graph. Fills in info but for its name. */
PetscErrorCode frame_equilibrate(FrameModel *model, const double strain[6], const double (*force)[6], double (*u)[6],
                                 SolveInfo *info);

/* Deformation of strut s under u and a macroscopic strain (NULL: none; order xx yy zz yz xz xy, engineering shears). */
void frame_deform(const FrameModel *model, PetscInt s, const double (*u)[6], const double strain[6],
                  StrutDeformation *q);
/* Sum of the strut forces at the nodes, f [n_nodes][6]. largest: root of the sum of squares of stiffness times
   displacement, N: the rounding of f is a few 1e-16 of it; carried: the same of the strut end forces. NULL: unwanted.
 */
void frame_internal_forces(const FrameModel *model, const double (*u)[6], const double strain[6], double (*f)[6],
                           double *largest, double *carried);

#endif
