/* What a run of `segment` says: quantities, tables, charts, verdicts. All collective. */
#ifndef TRABECULA_CASES_RUNNERS_SEGMENT_REPORT_H
#define TRABECULA_CASES_RUNNERS_SEGMENT_REPORT_H

#include "cases/runners/segment_cage.h"
#include "cases/runners/segment_study.h"

/* One load case of the case's own cage in the segment (a). */
typedef struct OwnCase {
  double travel_mm, turn_deg;                /* of the head along the force, about the moment's axis */
  double stiffness;                          /* N/mm, or N m/deg of the moment alone */
  double endplate_peak[2], endplate_mean[2]; /* von Mises in the endplate at the cage, MPa: 99th percentile, mean */
  double beyond_pct[2];                      /* of the bone 0-5 mm under the endplate, by volume: von Mises beyond its
                                                strength */
  double force[6]; /* N, N mm through the cage's lattice, about the centre of its upper face (statics) */
  double faces[6]; /* motion of its upper face relative to its lower one, about the same point */
  double rms_mm;   /* what the rigid motions of the faces leave */
  SegmentBalance balance;
} OwnCase;

/* (b); NULL where a model was not asked for. */
typedef struct CageAnswers {
  const CageAnswer *voxel, *frame;
} CageAnswers;

PetscErrorCode report_own(const SegmentTask *task, const OwnCase own[LOAD_CASES], const CageAnswers *cage,
                          Results *results);
PetscErrorCode report_struts(const SegmentTask *task, const OwnCase own[LOAD_CASES], const CageAnswers *cage,
                             Results *results);
/* The modulus of the cage's lattice as designed and as printed. */
PetscErrorCode report_modulus(const SegmentTask *task, const Variant *own, Results *results);
PetscErrorCode report_balance(const OwnCase own[LOAD_CASES], double superposition, Results *results);
/* What the outline of each lattice cage costs it, and what its homogenised body has of that. */
PetscErrorCode report_surfaces(const SegmentTask *task, PetscInt n, const Variant *variant, Results *results);
/* Volumes and mass of the bone. */
PetscErrorCode report_bone(const Segment *segment, const BoneField *bone, Results *results);
/* Mean strain energy densities of the case's own cage, by region. */
PetscErrorCode report_energy(const Variant *own, Results *results);

typedef struct Comparison { /* every cage against every reference */
  PetscInt n, n_references;
  const Variant *variant;             /* [n]: own, references, comparisons */
  Shielding (*shielding)[REFERENCES]; /* [n] */
  double (*frost)[FROST_WINDOWS];     /* [n] */
  double (*stimulus)[STIMULUS_PERCENTILES];
} Comparison;
PetscErrorCode report_shielding(const SegmentTask *task, const Comparison *comparison, Results *results);

/* segment_own.c: solves (a) and (b) for the case's own cage and tells all of the above but the shielding. */
PetscErrorCode segment_own(const Case *c, const SegmentTask *task, Segment *segment, BoneField *bone, Variant *own,
                           Results *results);

#endif
