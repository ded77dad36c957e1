/* What the bone of the segment is made of, and what each tissue carries: mass, density, stress and energy over real
   volumes. Shells thinner than a voxel are drawn one voxel thick (segment_geometry.c), as a mixture of the tissues that
   lie there; this file takes the mixture apart again (Voigt: one strain, stresses by each tissue's own law, energy in
   the ratio of strain.C.strain). Between the solved model and the statistics of segment_study.c and segment_own.c. */
#include "cases/runners/segment_bone.h"

#include <math.h>

Elasticity bone_mixture(const SegmentTask *task, int label) {
  double share[SEG_BONES][SEG_TISSUES];
  Elasticity sum = {0};
  segment_shares(&task->geometry, share);
  for (int t = SEG_CORTEX; t < SEG_TISSUES; t++)
    elasticity_add(&sum, share[label][t], &task->bone[t].c);
  return sum;
}

/* What is not endplate in a voxel of the endplate that faces the cage lies behind it. */
static uint16_t piece_region(uint16_t region, int tissue) {
  if (!(region & REGION_ENDPLATE) || tissue == SEG_ENDPLATE)
    return region;
  return (uint16_t)((region & ~(REGION_ENDPLATE | REGION_CONTACT)) | REGION_SLAB_1 | REGION_SLAB_5);
}

static PetscInt count_pieces(const Segment *segment, const double share[SEG_BONES][SEG_TISSUES]) {
  PetscInt n = 0;
  for (PetscInt k = 0; k < segment->n; k++)
    for (int t = SEG_CORTEX; segment->label[k] < SEG_BONES && t < SEG_TISSUES; t++)
      n += share[segment->label[k]][t] > 0;
  return n;
}

PetscErrorCode bone_field_create(const SegmentTask *task, const Segment *segment, BoneField *b) {
  double share[SEG_BONES][SEG_TISSUES], h = segment->geometry->voxel_mm;
  PetscFunctionBeginUser;
  segment_shares(&task->geometry, share);
  PetscInt n = count_pieces(segment, (const double(*)[SEG_TISSUES])share), at = 0;
  *b = (BoneField){.n = n};
  PetscCall(PetscMalloc4(n, &b->voxel, n, &b->tissue, n, &b->region, n, &b->volume));
  PetscCall(PetscCalloc5(n, &b->density, n, &b->young, n, &b->strength, n, &b->mises, n, &b->energy));
  for (int t = SEG_CORTEX; t < SEG_TISSUES; t++)
    b->law[t] = task->bone[t].c;
  for (PetscInt k = 0; k < segment->n; k++)
    for (int t = SEG_CORTEX; segment->label[k] < SEG_BONES && t < SEG_TISSUES; t++) {
      double part = share[segment->label[k]][t];
      if (part <= 0)
        continue;
      b->voxel[at] = k;
      b->tissue[at] = (uint8_t)t;
      b->region[at] = piece_region(segment->region[k], t);
      b->volume[at] = (float)(part * h * h * h);
      b->density[at] = (float)task->bone_density[t];
      b->young[at] = (float)elasticity_young(&task->bone[t].c, 2);
      b->strength[at++] = (float)task->bone_strength[t];
    }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode bone_field_destroy(BoneField *b) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree4(b->voxel, b->tissue, b->region, b->volume));
  PetscCall(PetscFree5(b->density, b->young, b->strength, b->mises, b->energy));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Stress of a law under strain; returns strain . stress. */
static double law_stress(const Elasticity *law, const double strain[6], double stress[6]) {
  double work = 0;
  elasticity_stress(law, strain, stress);
  for (int a = 0; a < 6; a++)
    work += strain[a] * stress[a];
  return work;
}

PetscErrorCode bone_show(const SegmentTask *task, const Segment *segment, BoneField *b) {
  Elasticity mixture[SEG_BONES] = {{0}};
  PetscFunctionBeginUser;
  for (int l = SEG_CORTEX; l < SEG_BONES; l++)
    mixture[l] = bone_mixture(task, l);
  for (PetscInt i = 0; i < b->n; i++) {
    PetscInt k = b->voxel[i];
    double strain[6], stress[6], all[6];
    for (int a = 0; a < 6; a++)
      strain[a] = segment->strain[k][a];
    double work = law_stress(&b->law[b->tissue[i]], strain, stress);
    double total = law_stress(&mixture[segment->label[k]], strain, all);
    b->mises[i] = (float)von_mises(stress);
    b->energy[i] = (float)(segment->energy[k] * (total > 0 ? work / total : 1));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode bone_mean(const Segment *segment, const BoneField *b, const float *field, unsigned want, double *mean) {
  double sum[2] = {0, 0};
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < b->n; i++)
    if ((b->region[i] & want) == want) {
      sum[0] += (double)b->volume[i] * field[i];
      sum[1] += b->volume[i];
    }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sum, 2, MPI_DOUBLE, MPI_SUM, segment->grid->comm));
  *mean = sum[1] > 0 ? sum[0] / sum[1] : NAN;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode bone_amount(const Segment *segment, const BoneField *b, double volume[SEG_TISSUES], double *mass) {
  PetscFunctionBeginUser;
  for (int t = 0; t < SEG_TISSUES; t++)
    volume[t] = 0;
  *mass = 0;
  for (PetscInt i = 0; i < b->n; i++) {
    volume[b->tissue[i]] += b->volume[i];
    *mass += 1e-3 * b->volume[i] * b->density[i]; /* mm3 g/cm3 = mg */
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, volume, SEG_TISSUES, MPI_DOUBLE, MPI_SUM, segment->grid->comm));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, mass, 1, MPI_DOUBLE, MPI_SUM, segment->grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

BonePieces bone_pieces(const BoneField *b) { return (BonePieces){b->n, b->region, b->volume, b->density, b->young}; }
