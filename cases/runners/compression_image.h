/* Runner compression on a label image: what is asked, what it costs, and its voxels. */
#ifndef TRABECULA_CASES_RUNNERS_COMPRESSION_IMAGE_H
#define TRABECULA_CASES_RUNNERS_COMPRESSION_IMAGE_H

#include "cases/runners/compression_plan.h"

/* Fills plan->from, the voxel edge and the block. Finds every mistake of keys and image, without room for its values;
   results (may be NULL) takes what is to be known of the image. Collective, as all here. */
PetscErrorCode compression_image_plan(const Case *c, Results *results, CompressionPlan *plan);
PetscErrorCode compression_image_estimate(const Case *c, const CompressionPlan *plan, Estimate *estimate);
/* The voxels; plan->load gets the block, that of the regions that are kept. */
PetscErrorCode compression_image_grid(const Case *c, CompressionPlan *plan, Results *results, Grid **grid,
                                      Regions *kept);

#endif
