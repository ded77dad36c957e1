/* The operator and the preconditioner of a voxel model on their own. The one place that looks inside the model. */
#ifndef TRABECULA_BENCH_OPERATOR_H
#define TRABECULA_BENCH_OPERATOR_H

#include "solver/voxel/voxel.h"

typedef struct Operator {
  VoxelModel *model; /* borrowed; its grips are set where the cycle is wanted */
  float *x, *y;      /* [nodes_local][3] */
  Vec u, f;
} Operator;

/* Vectors of values between -1 and 1, in double or in single precision. */
PetscErrorCode operator_create(VoxelModel *model, bool single, Operator *op);
PetscErrorCode operator_destroy(Operator *op);
/* y = K x. As meter_repeat takes them: context is the Operator. */
PetscErrorCode operator_apply_double(void *op);
PetscErrorCode operator_apply_single(void *op);
/* One V-cycle. The model must know its grips: operator_ready once before. */
PetscErrorCode operator_ready(Operator *op);
PetscErrorCode operator_cycle(void *op);

#endif
