/* Inside of the voxel model; only for solver/voxel*.c. */
#ifndef TRABECULA_SOLVER_VOXEL_VOXEL_IMPL_H
#define TRABECULA_SOLVER_VOXEL_VOXEL_IMPL_H

#include "solver/voxel/multigrid.h"
#include "solver/voxel/voxel.h"

typedef struct Tie { /* one tied component of an owned node */
  int32_t dof;       /* 3 node + component */
  int32_t grip;
  double x[3]; /* mm, position of the node */
} Tie;

typedef struct VoxelSolve { /* what a solve is known by among the records of a Keep */
  char name[64];            /* of its record; "": it is not kept */
  Content content;
  PetscBool begun; /* the record holds the iteration under way */
} VoxelSolve;

struct VoxelModel {
  const Grid *grid; /* borrowed */
  Keep *keep;       /* borrowed; NULL: solves are not kept */
  VoxelSolve solve; /* the one under way */
  bool superposed;  /* it is one of several that will be superposed */
  VoxelOptions options;
  Elasticity material[256];
  BlocksDouble *blocks; /* [256] */
  Multigrid mg;         /* level[0] holds the vectors of the iteration: b the residual, x what follows from it */
  PetscInt n_grips, n_ties;
  Grip *grip;             /* [n_grips], without node lists */
  Tie *tie;               /* [n_ties] by ascending dof: the fixed components of level[0] */
  double *tie_force;      /* [n_ties] K u - force there, of the last voxel_out_of_balance, N */
  bool ready;             /* the multigrid knows what is fixed */
  double setup_s;         /* spent since the last solve was reported */
  double *u;              /* [nodes_local][3] displacements with ghosts, when this rank has any */
  const double *fields_u; /* between voxel_fields_begin and _end */
};

/* A sweep in double precision over u: visit sees the forces K u of each leaf in y [nodes_owned][3], which it must leave
   0. Overwrites level[0].x. */
PetscErrorCode voxel_sweep(VoxelModel *model, Vec u, double **y, SweepVisit *visit, void *context);
/* f = K u over owned nodes, tied components included. */
PetscErrorCode voxel_apply(VoxelModel *model, Vec u, Vec f);
/* r = force - K u on free components (force NULL: 0), 0 on tied ones, over scale into level[0].b; its norm (N, not
   scaled); fills tie_force. */
PetscErrorCode voxel_out_of_balance(VoxelModel *model, Vec u, Vec force, double scale, double *norm);
/* After voxel_out_of_balance with scale 1 found this norm: b over norm. */
PetscErrorCode voxel_normalise(VoxelModel *model, Vec u, Vec force, double norm);
/* Norm of tie_force over all ranks. */
PetscErrorCode voxel_tie_norm(const VoxelModel *model, double *norm);
typedef struct Conjugate { /* state of the iteration; b of the finest level is the residual over size */
  double size, rho, alpha; /* alpha: how much of p is still to be added to u */
  double start, estimate;  /* norms, N: at the last replacement, and now by the recurrence */
  double recurrence;       /* N, what it said when the last replacement came */
  double target;           /* N, what estimate must not exceed */
  float *p;                /* [nodes_local][3] over size */
  double votes;            /* of the ranks: keep.h */
  PetscInt iterations, stalls;
} Conjugate;

/* voxel_keep.c. Before a solve under motions [n_grips][6] (NULL: none) and forces (NULL: none) from u: what it is known
   by; *done: u and info are those of the record, which is yet to be judged. */
PetscErrorCode voxel_keep_find(VoxelModel *model, const double (*motion)[6], Vec force, Vec u, SolveInfo *info,
                               PetscBool *done);
/* The record was good, or is no solution: one line to the user, and info begins anew. */
PetscErrorCode voxel_keep_taken(VoxelModel *model, bool good, SolveInfo *info);
/* At its end. */
PetscErrorCode voxel_keep_done(VoxelModel *model, Vec u, const SolveInfo *info);
/* Between two iterations: a record of them, and KEEP_STOPPED if a rank was asked to stop; back to that place. */
PetscErrorCode voxel_keep_iteration(VoxelModel *model, Vec u, Conjugate *k);
PetscErrorCode voxel_keep_resume(VoxelModel *model, Vec u, Vec force, Conjugate *k);

/* Improves u until |force - K u| <= the target that goal gives for the present tie forces; *norm: of the last
   voxel_out_of_balance, which is in b over `scale`; on return that of u. Adds the cost to info. */
typedef struct KrylovGoal {
  double target, start; /* N: rtol times start; of the motions and forces on the undeformed body */
  double equilibrium;   /* what is asked: share times VoxelOptions.equilibrium, 0: nothing */
  double share;         /* 1, or less where solutions are to be superposed */
  double load, least;   /* N: norm of the forces; what is rounding where nothing is strained */
  double rounding;      /* N: norm of terms that rounding enters by beside those of K u */
  const double *mean;   /* [6] strain that is imposed beside u; NULL: none */
  double scale;
} KrylovGoal;
/* Of VoxelOptions.equilibrium for unit displacements: reactions of load cases cancel in part, residuals do not. */
#define VOXEL_SUPERPOSED 0.1
/* voxel_balance.c. What the residual must not exceed, given the tie forces of now. */
PetscErrorCode voxel_goal_target(const VoxelModel *model, const KrylovGoal *goal, double *target);
/* YES: the true residual norm of u is at the target, or equilibrium is reached and rounding leaves no more, or the body
   is not strained at all. ROUNDING: none of these, and rounding leaves no less. */
typedef enum Settled { SETTLED_NO, SETTLED_ROUNDING, SETTLED_YES } Settled;
PetscErrorCode voxel_settled(VoxelModel *model, Vec u, const KrylovGoal *goal, double norm, Settled *settled);
/* Raises PETSC_ERR_NOT_CONVERGED: what was reached, what accepts it, why it is hard. broken: the operator was not
   positive, or a number not finite. */
PetscErrorCode voxel_refuse(const VoxelModel *model, const KrylovGoal *goal, const Conjugate *k, Settled settled,
                            bool broken);
PetscErrorCode voxel_krylov(VoxelModel *model, Vec u, Vec force, const KrylovGoal *goal, double *norm, SolveInfo *info);
PetscErrorCode voxel_prepare(VoxelModel *model);

#endif
