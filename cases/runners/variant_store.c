#include "cases/runners/variant_store.h"

#include "cases/body/kept.h"
#include "solver/model_content.h"
#include <string.h>

struct VariantStore {
  int n; /* measured so far; the oldest is overwritten */
  Content materials[VARIANTS];
  SolveInfo info[VARIANTS][6];
  Variant measured[VARIANTS]; /* means and energies only */
};

static PetscErrorCode destroy(void *thing) {
  VariantStore *store = thing;
  PetscFunctionBeginUser;
  PetscCall(variants_free(VARIANTS, store->measured));
  PetscCall(PetscFree(store));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode variant_store_find(const Case *c, const Segment *s, const BoneField *bone, VariantStore **store) {
  const double pieces = SEG_TISSUES - 1, bytes = pieces * VARIANTS * sizeof(double) * (double)s->grid->voxels_global;
  VoxelOptions options;
  Content content = {0};
  PetscFunctionBeginUser;
  *store = NULL;
  if (bytes > KEPT_BYTES)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(build_voxel_options(c, &options));
  content_add_grid(&content, s->grid);
  content_add_voxel_options(&content, &options);
  content_add_grips(&content, 2, s->grip);
  content_add(&content, (size_t)s->n * sizeof *s->region, s->region);
  content_add(&content, sizeof s->load, s->load);
  content_add(&content, (size_t)bone->n * sizeof *bone->region, bone->region);
  content_add(&content, (size_t)bone->n * sizeof *bone->volume, bone->volume);
  content_add(&content, (size_t)bone->n * sizeof *bone->tissue, bone->tissue);
  content_add(&content, sizeof bone->law, bone->law);
  PetscCall(kept_find(c->comm, KEPT_SEGMENT_VARIANTS, &content, store));
  if (*store)
    PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscNew(store));
  PetscCall(kept_put(c->comm, KEPT_SEGMENT_VARIANTS, &content, bytes, *store, destroy));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Means and energies from one to another. */
static PetscErrorCode take_over(PetscInt n, const Variant *from, Variant *to) {
  PetscFunctionBeginUser;
  memcpy(to->mises, from->mises, sizeof to->mises);
  memcpy(to->energy_density, from->energy_density, sizeof to->energy_density);
  PetscCall(PetscMalloc1(n, &to->energy));
  PetscCall(PetscArraycpy(to->energy, from->energy, n));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode variant_solve(VariantStore *store, const SegmentTask *task, Segment *segment, BoneField *bone,
                             Results *results, Variant *variant) {
  Elasticity material[256];
  Content materials = {0};
  PetscFunctionBeginUser;
  variant_materials(task, variant, material);
  content_add(&materials, SEG_LABELS * sizeof *material, material);
  for (int k = 0; store && k < PetscMin(store->n, VARIANTS); k++)
    if (store->materials[k].low == materials.low && store->materials[k].high == materials.high) {
      PetscCall(take_over(bone->n, &store->measured[k], variant));
      PetscCall(segment_tell(variant->name, true, store->info[k], results));
      PetscFunctionReturn(PETSC_SUCCESS);
    }
  PetscCall(segment_solve(segment, material, variant->name, results));
  PetscCall(variant_measure(task, segment, bone, variant));
  if (!store)
    PetscFunctionReturn(PETSC_SUCCESS);
  const int k = store->n++ % VARIANTS;
  store->materials[k] = materials;
  memcpy(store->info[k], segment->info, sizeof segment->info);
  PetscCall(PetscFree(store->measured[k].energy));
  PetscCall(take_over(bone->n, variant, &store->measured[k]));
  PetscFunctionReturn(PETSC_SUCCESS);
}
