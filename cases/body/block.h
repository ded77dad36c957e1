/* A block between two plates: the same grips, solves and measures for voxels and frames. */
#ifndef TRABECULA_CASES_BODY_BLOCK_H
#define TRABECULA_CASES_BODY_BLOCK_H

#include "cases/body/build.h"
#include "cases/body/measure.h"
#include "solver/files/fields_file.h"

enum { BLOCK_GRIPS = 10 }; /* two plates, four symmetry faces, four kinds of pins */

/* Clamped: all displacements, and rotations of beams, go with the plate. Cut: displacements only (voxels: the same as
   clamped). Frictionless: the displacement across the plate, and the rotations of beams that would tilt it. */
typedef enum PlateHold { PLATE_CLAMPED, PLATE_CUT, PLATE_FRICTIONLESS } PlateHold;

typedef struct BlockLoad {
  int axis;             /* of the load */
  double strain;        /* nominal, negative: compression */
  PlateHold hold[2];    /* lower and upper plate */
  bool symmetric[3][2]; /* faces: lower and upper of each axis */
  double lo[3], hi[3];  /* mm, the bounding block */
  double embed_mm; /* depth to which both ends are embedded: nodes there move with the plate, and strain and modulus
                      are those of the height between */
} BlockLoad;

/* What keeps a disconnected region of the block from drifting between plates that slide. */
typedef struct BlockRegion {
  double foot[2][3]; /* mm, its outermost nodes at the lower plate along the axis after that of the load */
  bool held[3];      /* a plane of symmetry across this axis holds it */
} BlockRegion;

typedef struct BlockGrips {
  PetscInt n; /* the plates are 0 and 1 */
  Grip grip[BLOCK_GRIPS];
  double motion[BLOCK_GRIPS][6];
} BlockGrips;

typedef struct BlockAnswer {
  double young_MPa, reaction_N, energy_mJ, porosity_pct;
  double balance, energy_balance, residual;
  double mises[2];                   /* 95th and 99.9th percentile over the volume of the solid, MPa */
  double strut_mm;                   /* frames, else NAN: mean diameter of the struts as computed */
  double mises_max, above_yield_pct; /* frames, else NAN: largest of any section, MPa; struts that exceed yield, % */
  double held_pct[2]; /* section that the lower and the upper plate hold, of the largest section of the solid; NAN: not
                         known */
} BlockAnswer;

/* x [n]: voxels: the owned nodes; frames: all nodes on every rank. Where no plate is clamped and no symmetry holds a
   region, one or two of its nodes at the lower plate are pinned sideways; by statics these pins carry nothing. */
PetscErrorCode block_grips(const BlockLoad *load, PetscInt n, const double (*x)[3], bool rotations, PetscInt n_regions,
                           const BlockRegion *region, BlockGrips *grips);
/* Which plates of the load hold a point; context: BlockLoad, of which lo and hi are known. */
PlatePair block_plates(const BlockLoad *load);
/* The regions of voxels, to be freed with PetscFree. */
PetscErrorCode block_voxel_regions(const BlockLoad *load, const GridBox *box, const Regions *kept,
                                   BlockRegion **region);
/* block_grips of the nodes of a graph, all of whose connected regions count. */
PetscErrorCode block_graph_grips(const BlockLoad *load, const Graph *graph, BlockGrips *grips);
/* held_pct of a BlockAnswer: the largest section that a plate holds (the first layer of voxels, or the layers that are
   embedded), of the largest section of the solid; by solid fractions. Collective. */
PetscErrorCode block_sections(const BlockLoad *load, const Grid *grid, double held_pct[2]);
/* Height between the plates and the ends that are embedded, mm. */
double block_height(const BlockLoad *load);
/* The planes of symmetry and the plates as mirrors of the node zones: nodes there are whole, with what lies beyond. */
void block_mirrors(const BlockLoad *load, FrameOptions *options);
/* Solves, tells results of the solve and writes the fields to FILE (voxels.vtkhdf, frame.vtkhdf). grid's block may be
   smaller than its box. */
PetscErrorCode block_voxels(const Case *c, const BlockLoad *load, const Grid *grid, const Regions *regions,
                            const Elasticity material[256], Results *results, BlockAnswer *answer);
PetscErrorCode block_frame(const Case *c, const BlockLoad *load, const Graph *graph, const Material *material,
                           Results *results, BlockAnswer *answer);
/* The answer without its stresses, on comm; nothing is told or written. */
PetscErrorCode block_frame_answer(MPI_Comm comm, const BlockLoad *load, const Graph *graph, const FrameOptions *options,
                                  BlockAnswer *answer);
/* Stress fields of any voxel solution: percentiles (95, 99.9) of von Mises over the solid, and the file voxels.vtkhdf
   in the folder of results (NULL: no file). */
PetscErrorCode block_voxel_fields(VoxelModel *model, const Grid *grid, Vec u, Results *results, double mises[2]);
/* Section forces and motions of a frame to frame.vtkhdf, and one field more of the struts (NULL: none). */
PetscErrorCode block_frame_fields(MPI_Comm comm, const Graph *graph, const Section *section, const double (*u)[6],
                                  const Field *more, Results *results);

#endif
