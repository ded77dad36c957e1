/* Inside of the frame: shared by the frame_*.c files only. Graph, elements and displacements are replicated, so that
   forces, energies and sections need no communication and are the same numbers on every rank; matrix and vectors of
   the solver are shared out by METIS. */
#ifndef TRABECULA_SOLVER_FRAME_FRAME_MODEL_H
#define TRABECULA_SOLVER_FRAME_FRAME_MODEL_H

#include "solver/frame/frame.h"
#include "solver/frame/frame_strut.h"
#include <petscksp.h>

/* Struts at the nodes, and what hangs together. */
typedef struct FrameRows {
  PetscInt *start, *touch;   /* [n_nodes+1]; strut ends at a node as 2 * strut + end, strut by strut */
  PetscInt *piece, n_pieces; /* [n_nodes] connected piece, -1: no strut there */
  PetscInt *walk, n_walk;    /* nodes with struts, piece by piece, from its first node outwards */
} FrameRows;

PetscErrorCode frame_rows_create(const Graph *graph, FrameRows *rows);
PetscErrorCode frame_rows_free(FrameRows *rows);

/* Nodes that leave the system before assembly. Held components are decoupled first (frame_block), so that what remains
   is the exact Schur complement whatever is held. */
typedef enum FrameRole {
  ROLE_NONE,   /* no struts, or all components held: no unknowns */
  ROLE_KEPT,   /* a block row of the matrix */
  ROLE_BRANCH, /* a free end, or where nothing but free ends leads to: hangs on one strut and stiffens nothing */
  ROLE_STAR    /* free of struts to other stars, with at most STAR_STRUTS to kept nodes */
} FrameRole;

enum { STAR_STRUTS = 4 };

typedef struct FrameCondensation {
  unsigned char *role;    /* [n_nodes] FrameRole */
  PetscInt n_branches, n; /* eliminated nodes: all of them */
  PetscInt *node, *order; /* [n] in order of elimination: branches from their tips, then stars; [n_nodes] its inverse,
                             n_nodes where kept */
  double (*factor)[21];   /* [n] of the node's own block (solver/frame/block6.h) */
} FrameCondensation;

/* PETSc option -frame_condense false: nothing is eliminated. */
PetscErrorCode frame_condense(const FrameModel *model, FrameCondensation *made);
PetscErrorCode frame_condense_free(FrameCondensation *made);
/* Right-hand side [n_nodes][6] to that of the kept nodes, in place; leaves at eliminated nodes what frame_recover wants
   and at nodes without unknowns anything. */
void frame_reduce(const FrameModel *model, const FrameCondensation *made, double (*rhs)[6]);
/* x [n_nodes][6]: on entry the solution at kept nodes, what frame_reduce left at eliminated ones, 0 elsewhere. */
void frame_recover(const FrameModel *model, const FrameCondensation *made, double (*x)[6]);
/* Forces at end `row` of strut s for unit displacements at end `column`; rows and columns of held components are 0 but
   for their own diagonal. */
void frame_block(const FrameModel *model, PetscInt s, int row, int column, double block[36]);

/* Block rows 0 .. n_rows-1 of the kept nodes, contiguous a rank, shared out by METIS. */
typedef struct FrameNumbers {
  PetscInt n_rows, first, end; /* this rank holds block rows [first, end) */
  PetscInt *row;               /* [n_nodes], -1: none */
  PetscInt *node;              /* [n_rows] */
} FrameNumbers;

PetscErrorCode frame_numbers_create(const FrameModel *model, const FrameCondensation *made, FrameNumbers *numbers);
PetscErrorCode frame_numbers_free(FrameNumbers *numbers);
/* Kept nodes that a kept node is bound to, by a strut or through a star: into list (NULL: only counted). seen [n_nodes]
   starts with -1. Returns their number. */
PetscInt frame_neighbours(const FrameModel *model, const FrameCondensation *made, PetscInt node, PetscInt *seen,
                          PetscInt *list);

/* The matrix of one set of supports, factorised or with its multigrid. */
typedef struct FrameSystem {
  FrameCondensation out;
  FrameNumbers numbers;
  Mat K;          /* of the kept nodes; NULL: there are none */
  Mat factor;     /* direct */
  KSP ksp;        /* iterative; neither before frame_system_create */
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
  double (*internal)[6]; /* [n_nodes] work */
};

/* Stiffest strut over a mean one: a stub where the outline cuts a strut is nearly rigid, and still leaves its
   neighbours eight digits. */
#define FRAME_STIFFEST 1e7
/* Zones of all strut ends into element[]: zone, hinge, give and the flexible length; needs axis and the rows. */
PetscErrorCode frame_zones(FrameModel *model);
/* Refuses grips that leave a rigid motion of a piece free. */
PetscErrorCode frame_check_support(const FrameModel *model);
/* frame_grips without the system: grips and held are set, and refused where they leave a motion free. */
PetscErrorCode frame_hold(FrameModel *model, PetscInt n, const Grip *grips);

/* Makes the system for the tied components of model->held, destroying an earlier one. Collective. */
PetscErrorCode frame_system_create(FrameModel *model);
PetscErrorCode frame_system_free(FrameSystem *system);
/* The matrix of the kept nodes, with blocks of 6: MATSBAIJ (its upper half), MATBAIJ or MATAIJ. */
PetscErrorCode frame_assemble(const FrameModel *model, const FrameCondensation *made, const FrameNumbers *numbers,
                              MatType type, Mat *K);

/* One state of equilibrium that is sought. */
typedef struct FrameLoad {
  const double *strain;     /* macroscopic strain of a periodic graph; NULL: none */
  const double (*force)[6]; /* [n_nodes]; NULL: none */
  double (*u)[6];           /* [n_nodes]: tied components hold their values; the others are corrected */
} FrameLoad;

/* n states at once: K u = force on the free components. Fills in info[n] but for the names; direct solutions share
   their time evenly. */
PetscErrorCode frame_equilibrate(FrameModel *model, PetscInt n, const FrameLoad *load, SolveInfo *info);

/* Deformation of strut s under u and a macroscopic strain (NULL: none; order xx yy zz yz xz xy, engineering shears). */
void frame_deform(const FrameModel *model, PetscInt s, const double (*u)[6], const double strain[6],
                  StrutDeformation *q);
/* Sum of the strut forces at the nodes, f [n_nodes][6]. largest: root of the sum of squares of stiffness times
   displacement, N: the rounding of f is a few 1e-16 of it; carried: the same of the strut end forces. NULL: unwanted.
 */
void frame_internal_forces(const FrameModel *model, const double (*u)[6], const double strain[6], double (*f)[6],
                           double *largest, double *carried);

#endif
