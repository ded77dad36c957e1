/* The resolved cage (b): its lattice as voxels or as a frame between two rigid plates, which take the motions that the
   lattice's faces have in the segment. All collective. */
#ifndef TRABECULA_CASES_RUNNERS_SEGMENT_CAGE_H
#define TRABECULA_CASES_RUNNERS_SEGMENT_CAGE_H

#include "cases/body/frame_body.h"
#include "cases/body/voxel_body.h"
#include "cases/runners/segment_model.h"

typedef struct CageTask {
  const Case *c;
  const SegmentGeometry *geometry;
  const Design *design;
  const Material *strut;        /* isotropic, dense */
  double stiffness_factor;      /* on the struts' modulus; sleeves are dense */
  double motion[LOAD_CASES][6]; /* of the upper face relative to the lower one, about the centre of the upper face */
  double force[LOAD_CASES][6];  /* through the cage, about the same point */
  int shown;                    /* load case whose fields are written (under the force); -1: none */
} CageTask;

/* The resolved cage is driven twice: by the motions that its faces have in (a), which tells how far the two scales
   agree; and by the force that statics sends through it, which is what its struts must carry. */
enum { DRIVE_MOTION, DRIVE_FORCE, DRIVES };

typedef struct CageAnswer {
  PetscInt64 voxels, struts, dofs;
  double voxel_mm;
  double force[LOAD_CASES][6]; /* under the motion: on the upper plate, about the centre of the upper face */
  double mises_95[DRIVES][LOAD_CASES], mises_999[DRIVES][LOAD_CASES]; /* von Mises in the struts, MPa: percentiles of
                                                                         their volume */
  double above_pct[DRIVES][LOAD_CASES]; /* of the struts: with a section that exceeds yield, %; frame only, else NAN */
} CageAnswer;

/* Voxel edge of (b): at most cage_voxel_mm, a whole number to the cell. */
double cage_voxel_mm(const SegmentGeometry *g, const Design *design);
PetscErrorCode cage_voxels(const CageTask *task, Results *results, CageAnswer *answer);
PetscErrorCode cage_frame(const CageTask *task, Results *results, CageAnswer *answer);

/* The two bodies, solved. Labels of the voxels; they serve as region bits of percentile() as well. */
enum { CAGE_STRUT = 1, CAGE_SLEEVE = 2 };
PetscErrorCode cage_voxel_body(const CageTask *task, Results *results, VoxelBody **body); /* owned by kept.h */
PetscErrorCode cage_frame_body(const CageTask *task, Results *results, Graph *graph, FrameBody *body,
                               SolveInfo info[6]);

/* Of both models. Two plates that hold the n points x within `reach` of the lattice's faces: the lower one first; node
   lists are the caller's. */
PetscErrorCode cage_grips(const SegmentGeometry *g, PetscInt n, const double (*x)[3], double reach, unsigned fixed,
                          Grip grip[2]);
/* The plates mirror the node zones, as those of a block (block_mirrors): nodes in them are whole, with what lies
   beyond. A mirror across an inclined plate is not known; struts seldom meet in it. */
void cage_plate_mirrors(const SegmentGeometry *g, FrameOptions *options);
/* The same plates as a pair; borrows g. */
PlatePair cage_plates(const SegmentGeometry *g, double reach);
/* Plate forces under the motions of (a), into answer, and the motions of both drives, from the upper plate's stiffness.
 */
PetscErrorCode cage_plate_answers(const CageTask *task, const double stiffness[6][6], CageAnswer *answer,
                                  double motion[LOAD_CASES][DRIVES][6]);
PetscErrorCode cage_tell_solves(const char *what, const char *model, bool known, const SolveInfo info[6],
                                Results *results);

#endif
