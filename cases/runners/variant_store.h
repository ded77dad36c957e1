/* What cages did to the bone of one segment under its load cases, so that references and comparisons are solved once
   for all cases of a process that differ in other cages (cases/body/kept.h). All collective. */
#ifndef TRABECULA_CASES_RUNNERS_VARIANT_STORE_H
#define TRABECULA_CASES_RUNNERS_VARIANT_STORE_H

#include "cases/runners/segment_study.h"

typedef struct VariantStore VariantStore;

/* Of this segment: its voxels, plates, solver options and loads. *store is NULL where the segment is too large to keep
   anything of it. */
PetscErrorCode variant_store_find(const Case *c, const Segment *segment, VariantStore **store);
/* Solves the segment with these materials and measures the variant, or takes over what was measured before. */
PetscErrorCode variant_solve(VariantStore *store, Segment *segment, const Elasticity material[256], Results *results,
                             Variant *variant);

#endif
