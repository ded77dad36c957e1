/* What a case file of the runner `segment` asks for. */
#ifndef TRABECULA_CASES_RUNNERS_SEGMENT_TASK_H
#define TRABECULA_CASES_RUNNERS_SEGMENT_TASK_H

#include "cases/runners/segment_model.h"

enum { REFERENCES = 8, COMPARISONS = 24 };

typedef struct CageVariant {
  char name[64];
  PetscBool solid;
  Material material; /* of a solid cage */
  Design design;     /* of a lattice cage, of the case's own metal */
  PetscBool faces;   /* a lattice cage with solid end faces and sleeves */
} CageVariant;

typedef struct SegmentTask {
  SegmentGeometry geometry;
  Design design;
  Material cage, bone[SEG_TISSUES];  /* bone by tissue */
  double bone_density[SEG_TISSUES];  /* g/cm3 by tissue */
  double bone_strength[SEG_TISSUES]; /* MPa by tissue */
  double stiffness_factor;           /* of the struts: 1 for the ideal lattice */
  Surface surface;                   /* of the voxels of cell and resolved cage */
  PetscInt cell_voxels;
  double force_N, moment_Nmm;
  PetscInt n_references, n_comparisons;
  double reference_MPa[REFERENCES], reference_poisson, s;
  CageVariant comparison[COMPARISONS];
  int shown; /* load case of the field files; -1: none */
} SegmentTask;

/* Collective. Reads and checks everything that can be checked before meshing. results may be NULL: no assumptions told.
 */
PetscErrorCode segment_task_read(const Case *c, Results *results, SegmentTask *task);

#endif
