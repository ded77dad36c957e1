/* The bone of the segment (a), piece by piece: a voxel is one piece of one tissue, but where a shell thinner than a
   voxel is drawn one voxel thick the voxel holds several tissues. They are under its strain (Voigt): that is the
   stiffness it was solved with, so that the energies of its pieces add up to that of the body. All collective. */
#ifndef TRABECULA_CASES_RUNNERS_SEGMENT_BONE_H
#define TRABECULA_CASES_RUNNERS_SEGMENT_BONE_H

#include "cases/runners/segment_task.h"
#include "cases/runners/shielding.h"

typedef struct BoneField {
  PetscInt n;       /* pieces of the voxels owned here */
  PetscInt *voxel;  /* [n] */
  uint8_t *tissue;  /* [n] SEG_CORTEX .. SEG_CANCELLOUS */
  uint16_t *region; /* [n] bits: those of the voxel; what an endplate voxel holds of the bone behind counts there */
  float *volume;    /* [n] mm3, real */
  float *density, *young, *strength; /* [n] g/cm3, MPa along the spine, MPa */
  float *mises, *energy;             /* [n] MPa, of the tissue, in the load case shown last (bone_show) */
  Elasticity law[SEG_TISSUES];
} BoneField;

/* Elasticity of a label of bone as it is solved. */
Elasticity bone_mixture(const SegmentTask *task, int label);
PetscErrorCode bone_field_create(const SegmentTask *task, const Segment *segment, BoneField *bone);
PetscErrorCode bone_field_destroy(BoneField *bone);
/* Stresses and energies of the pieces from the load case that the segment shows. */
PetscErrorCode bone_show(const SegmentTask *task, const Segment *segment, BoneField *bone);
/* Mean of a field [n] over the volume of the pieces whose region has every bit of want; NAN where there are none. */
PetscErrorCode bone_mean(const Segment *segment, const BoneField *bone, const float *field, unsigned want,
                         double *mean);
/* Volume (mm3) of each tissue and mass (g) of all bone of both vertebrae. */
PetscErrorCode bone_amount(const Segment *segment, const BoneField *bone, double volume[SEG_TISSUES], double *mass);
/* For the kernels of shielding.h. */
BonePieces bone_pieces(const BoneField *bone);

#endif
