/* What cages did to the bone of one segment under its load cases, so that references and comparisons are solved once
   for all cases of a process that differ in other cages (cases/body/kept.h). All collective. */
#ifndef TRABECULA_CASES_RUNNERS_VARIANT_STORE_H
#define TRABECULA_CASES_RUNNERS_VARIANT_STORE_H

#include "cases/runners/segment_study.h"

typedef struct VariantStore VariantStore;

/* Of this segment: its voxels, plates, solver options, loads and tissues. *store is NULL where the segment is too large
   to keep anything of it. */
PetscErrorCode variant_store_find(const Case *c, const Segment *segment, const BoneField *bone, VariantStore **store);
/* Solves the segment with the variant's materials and measures it, or takes over what was measured before. */
PetscErrorCode variant_solve(VariantStore *store, const SegmentTask *task, Segment *segment, BoneField *bone,
                             Results *results, Variant *variant);

#endif
