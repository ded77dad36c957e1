/* A lattice between two rigid plates as voxels: unit motions of the upper plate, then any load case by superposition.
   All collective. */
#ifndef TRABECULA_CASES_BODY_VOXEL_BODY_H
#define TRABECULA_CASES_BODY_VOXEL_BODY_H

#include "cases/body/build.h"
#include "cases/body/kept.h"

typedef struct VoxelBody {
  MPI_Comm comm;
  Grid *grid;
  VoxelModel *model; /* this and what belongs to it: after voxel_body_solve */
  Grip grip[2];      /* lower and upper plate */
  PetscInt n;        /* owned voxels, in the order of grid_voxel_centres */
  uint16_t *region;  /* [n] the label */
  float *solid;      /* [n] solid fractions */
  Vec unit[6];
  double stiffness[6][6];
  SolveInfo info[6]; /* of the unit motions */
  bool known;        /* from an earlier case of this process: nothing was solved now */
  /* Of the load case shown last: */
  Vec u;
  float *mises, (*shift)[3];
} VoxelBody;

/* Picks the nodes that the plates hold among n points; the lists are the body's. */
typedef PetscErrorCode PickPlates(const void *context, PetscInt n, const double (*x)[3], Grip grip[2]);

/* Voxels of the parts, every disconnected region that both plates hold (what was left out is told to results). Surface
   voxels as resolution.surface says. */
PetscErrorCode voxel_body_create(const Case *c, const GridBox *box, PetscInt n_parts, const Part *part,
                                 const PlatePair *plates, Results *results, VoxelBody **body);
PetscErrorCode voxel_body_plates(VoxelBody *body, PickPlates *pick, const void *context);
PetscErrorCode voxel_body_destroy(VoxelBody **body);
/* Unit motions and stiffness of the upper plate, with these materials by label. Takes *body; what comes back is solved
   and stays the property of cases/body/kept.h: the last one of the kind where voxels, materials, options and plates are
   the same. */
PetscErrorCode voxel_body_solve(const Case *c, KeptKind kind, const Elasticity material[256], Results *results,
                                VoxelBody **body);
/* Displacements and von Mises stress under that motion of the upper plate. */
PetscErrorCode voxel_body_show(VoxelBody *body, const double motion[6]);
/* Percentiles (fractions) of von Mises over the volume of the voxels of one label in the load case shown. */
PetscErrorCode voxel_body_percentiles(VoxelBody *body, unsigned label, int n, const double *fraction, double *mises);
/* mm3 of solid. */
PetscErrorCode voxel_body_volume(const VoxelBody *body, double *volume);
/* von_Mises and displacement of the load case shown, to that file of the results. */
PetscErrorCode voxel_body_write(const VoxelBody *body, const char *file, Results *results);

#endif
