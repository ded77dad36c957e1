/* What models are made from, as pieces of a Content. Kernel. */
#ifndef TRABECULA_SOLVER_MODEL_CONTENT_H
#define TRABECULA_SOLVER_MODEL_CONTENT_H

#include "materials/content.h"
#include "solver/frame/frame.h"
#include "solver/voxel/voxel.h"

void content_add_graph(Content *content, const Graph *graph);
/* The voxels of this rank: where they are, nodes, labels, solid fractions and stiffness factors. */
void content_add_grid(Content *content, const Grid *grid);
void content_add_frame_options(Content *content, const FrameOptions *options);
void content_add_voxel_options(Content *content, const VoxelOptions *options);
void content_add_grips(Content *content, int n, const Grip *grip);

#endif
