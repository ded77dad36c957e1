/* What voxels and frames of struts can see of a stress, as lines of the report. */
#ifndef TRABECULA_CASES_BODY_MODEL_NOTES_H
#define TRABECULA_CASES_BODY_MODEL_NOTES_H

#include "cases/results/results.h"
#include "mesh/design.h"
#include "solver/voxel/voxel.h"

/* One line: voxels across a strut and what that means for peak stresses. */
PetscErrorCode note_resolution(const Design *design, double voxel_mm, Results *results);
/* One line a law that full integration would lock for: its element, and what the other one makes of a clamped cube.
   what: whose law. results may be NULL. */
PetscErrorCode note_element(const char *what, const Elasticity *law, ElementChoice element, Results *results);
/* The same for all labels of a model. */
PetscErrorCode note_elements(const VoxelModel *model, Results *results);
/* One line: how far the frame's modulus and 99.9th percentile of von Mises lie from the voxels', in percent (NAN: there
   is none), and why. what: whose modulus. */
PetscErrorCode note_models(const char *what, double modulus_pct, double mises_pct, Results *results);

/* How far the modulus of a frame lies from that of fine voxels, parts of the voxels': node zones, free cut faces and
   edges, all in all. Measured on a block of 2 x 2 x 2 cells, 85 % porous, Poisson's ratio 0.3, free at its sides,
   compressed between plates without friction and between plates that hold all (test_frame_voxels.c). */
typedef struct FrameError {
  const char *cell;
  double frictionless, clamped;
} FrameError;
enum { FRAME_ERRORS = 6 };
extern const FrameError frame_errors[FRAME_ERRORS];
/* NULL: of this cell it is not known. */
const FrameError *frame_error_known(const Cell *cell);

#endif
