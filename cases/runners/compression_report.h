/* What runner compression says: quantities, table, curve, verdicts. */
#ifndef TRABECULA_CASES_RUNNERS_COMPRESSION_REPORT_H
#define TRABECULA_CASES_RUNNERS_COMPRESSION_REPORT_H

#include "cases/body/convergence.h"
#include "cases/runners/compression_plan.h"

/* The voxel model at all its resolutions. */
typedef struct CompressionStudy {
  PetscInt n;
  BlockAnswer level[RESOLUTIONS], best; /* best: the finest with the modulus of E */
  Extrapolation E;
} CompressionStudy;

/* The plain names are the voxels' where there are voxels; study or frame may be NULL. */
PetscErrorCode compression_report(const CompressionPlan *plan, const CompressionStudy *study, const BlockAnswer *frame,
                                  Results *results);

#endif
