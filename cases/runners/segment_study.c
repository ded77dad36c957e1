#include "cases/runners/segment_study.h"

#include "cases/body/cell_moduli.h"
#include "cases/body/percentile.h"
#include <math.h>

#define VERTEBRA(side, where, bit)                                                                                     \
  {side ".endplate", where ", endplate", bit | REGION_BONE | REGION_ENDPLATE},                                         \
      {side ".slab_1mm", where ", 0-1.25 mm under it", bit | REGION_BONE | REGION_SLAB_1},                             \
      {side ".slab_5mm", where ", 0-5 mm under it", bit | REGION_BONE | REGION_SLAB_5}, {                              \
    side ".whole", where ", whole", bit | REGION_BONE                                                                  \
  }
const SegmentRegion segment_region[REGIONS] = {VERTEBRA("lower", "lower vertebra", REGION_LOWER),
                                               VERTEBRA("upper", "upper vertebra", REGION_UPPER)};
const double stimulus_fraction[STIMULUS_PERCENTILES] = {0.05, 0.25, 0.5, 0.75, 0.95};

/* The lattice as a cubic solid. */
static PetscErrorCode homogenise(const Case *c, const SegmentTask *task, const Design *design, PetscBool faces,
                                 Results *results, Variant *v) {
  CellLevel level;
  double scale = task->cage.young_MPa * task->stiffness_factor;
  PetscFunctionBeginUser;
  if (results)
    PetscCall(results_progress(results, "%s: constants of the unit cell", v->name));
  PetscCall(cell_moduli_level(c, design, &task->cage, STRAINS_CUBIC, task->cell_voxels, &level, results, v->name));
  v->lattice = elasticity_cubic(scale * level.over_Es.C11, scale * level.over_Es.C12, scale * level.over_Es.C44);
  PetscCall(skin_measure(c, task, design, &v->surface));
  v->skin = elasticity_scaled(v->lattice, v->surface.skin);
  v->metal = faces ? task->cage.c : v->lattice;
  v->young_MPa = elasticity_young(&v->lattice, 2);
  PetscCall(PetscSNPrintf(v->what, sizeof v->what, "%s %s lattice, porosity %.4g %%%s",
                          task->stiffness_factor < 1 ? "as-printed" : "ideal", design->cell->name, design->porosity_pct,
                          faces ? ", solid end faces" : ""));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void make_reference(const SegmentTask *task, PetscInt i, Variant *v) {
  v->kind = VARIANT_REFERENCE;
  v->young_MPa = task->reference_MPa[i];
  v->lattice = v->skin = v->metal = elasticity_isotropic(v->young_MPa, task->reference_poisson);
  (void)PetscSNPrintf(v->name, sizeof v->name, "ref%.6g", v->young_MPa);
  (void)PetscSNPrintf(v->what, sizeof v->what, "cancellous bone of %.6g MPa in the place of the cage", v->young_MPa);
}

static PetscErrorCode make_comparison(const Case *c, const SegmentTask *task, PetscInt i, Results *results,
                                      Variant *v) {
  const CageVariant *wanted = &task->comparison[i];
  PetscFunctionBeginUser;
  v->kind = VARIANT_COMPARISON;
  PetscCall(PetscStrncpy(v->name, wanted->name, sizeof v->name));
  if (!wanted->solid) {
    PetscCall(homogenise(c, task, &wanted->design, wanted->faces, results, v));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  v->lattice = v->skin = v->metal = wanted->material.c;
  v->young_MPa = elasticity_young(&v->lattice, 2);
  PetscCall(PetscSNPrintf(v->what, sizeof v->what, "solid %s", wanted->material.name));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode variants_make(const Case *c, const SegmentTask *task, Results *results, PetscInt *n,
                             Variant variant[VARIANTS]) {
  PetscFunctionBeginUser;
  *n = 0;
  Variant *own = &variant[(*n)++];
  *own = (Variant){.kind = VARIANT_OWN, .name = "own"};
  PetscCall(homogenise(c, task, &task->design, PETSC_TRUE, results, own));
  for (PetscInt i = 0; i < task->n_references; i++) {
    variant[*n] = (Variant){0};
    make_reference(task, i, &variant[(*n)++]);
  }
  for (PetscInt i = 0; i < task->n_comparisons; i++) {
    variant[*n] = (Variant){0};
    PetscCall(make_comparison(c, task, i, results, &variant[(*n)++]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

void variant_materials(const SegmentTask *task, const Variant *variant, Elasticity material[256]) {
  for (int l = 0; l < 256; l++)
    material[l] = (Elasticity){0};
  for (int l = SEG_CORTEX; l < SEG_BONES; l++)
    material[l] = bone_mixture(task, l);
  material[SEG_LATTICE] = variant->lattice;
  material[SEG_SKIN] = variant->skin;
  material[SEG_METAL] = variant->metal;
  /* Bone in place of the screws: next to nothing beside the sleeve, and the same voxels in every comparison. */
  material[SEG_BORE] = variant->kind == VARIANT_REFERENCE ? variant->metal : task->bone[SEG_CANCELLOUS].c;
}

PetscErrorCode variant_measure(const SegmentTask *task, Segment *segment, BoneField *bone, Variant *v) {
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(bone->n, &v->energy));
  for (int i = 0; i < LOAD_CASES; i++) {
    PetscCall(segment_show(segment, i));
    PetscCall(bone_show(task, segment, bone));
    for (PetscInt k = 0; k < bone->n; k++)
      v->energy[k] += (double)bone->energy[k] / LOAD_CASES;
    for (int r = 0; r < REGIONS; r++) {
      PetscCall(bone_mean(segment, bone, bone->mises, segment_region[r].want, &v->mises[i][r]));
      PetscCall(bone_mean(segment, bone, bone->energy, segment_region[r].want, &v->energy_density[i][r]));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode variants_free(PetscInt n, Variant *variant) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n; i++)
    PetscCall(PetscFree(variant[i].energy));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static double mean_stress(const Variant *v, int region) {
  double sum = 0;
  for (int i = 0; i < LOAD_CASES; i++)
    sum += v->mises[i][region];
  return sum / LOAD_CASES;
}

PetscErrorCode shielding_measure(const Segment *segment, const BoneField *bone, double s, const Variant *variant,
                                 const Variant *reference, Shielding *shielding) {
  enum { SUMS = sizeof(ShieldingSums) / sizeof(double) };
  ShieldingSums sums[REGIONS + 1] = {{0}};
  const BonePieces pieces = bone_pieces(bone);
  PetscFunctionBeginUser;
  for (int r = 0; r <= REGIONS; r++)
    shielding_compare(&pieces, r < REGIONS ? segment_region[r].want : REGION_BONE, variant->energy, reference->energy,
                      s, &sums[r]);
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sums, SUMS * (REGIONS + 1), MPI_DOUBLE, MPI_SUM, segment->grid->comm));
  shielding->resorbed_pct = 100 * sums[REGIONS].mass_resorbed / sums[REGIONS].mass;
  shielding->formed_pct = 100 * sums[REGIONS].mass_formed / sums[REGIONS].mass;
  for (int r = 0; r < REGIONS; r++) {
    shielding->dead_pct[r] = 100 * sums[r].volume_resorbed / sums[r].volume;
    shielding->ssi[r] = shielding_ssi(mean_stress(reference, r), mean_stress(variant, r));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frost_measure(const Segment *segment, const BoneField *bone, const Variant *variant,
                             double pct[FROST_WINDOWS]) {
  const BonePieces pieces = bone_pieces(bone);
  double all = 0;
  PetscFunctionBeginUser;
  for (int w = 0; w < FROST_WINDOWS; w++)
    pct[w] = 0;
  shielding_frost(&pieces, REGION_BONE, variant->energy, pct);
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, pct, FROST_WINDOWS, MPI_DOUBLE, MPI_SUM, segment->grid->comm));
  for (int w = 0; w < FROST_WINDOWS; w++)
    all += pct[w];
  for (int w = 0; w < FROST_WINDOWS; w++)
    pct[w] *= 100 / all;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode stimulus_measure(const Segment *segment, const BoneField *bone, const Variant *variant,
                                double stimulus[STIMULUS_PERCENTILES]) {
  float *S;
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(bone->n, &S));
  for (PetscInt k = 0; k < bone->n; k++)
    S[k] = (float)(1e3 * variant->energy[k] / bone->density[k]); /* MPa / (g/cm3) = 1e3 J/kg */
  for (int i = 0; i < STIMULUS_PERCENTILES; i++)
    PetscCall(percentile(segment->grid->comm, bone->n, S, bone->volume, bone->region, REGION_BONE, stimulus_fraction[i],
                         &stimulus[i]));
  PetscCall(PetscFree(S));
  PetscFunctionReturn(PETSC_SUCCESS);
}
