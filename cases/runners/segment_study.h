/* The cages that are compared in one segment, and what each does to the bone. All collective. */
#ifndef TRABECULA_CASES_RUNNERS_SEGMENT_STUDY_H
#define TRABECULA_CASES_RUNNERS_SEGMENT_STUDY_H

#include "cases/runners/segment_bone.h"
#include "cases/runners/segment_surface.h"

enum { REGIONS = 8, VARIANTS = 1 + REFERENCES + COMPARISONS };

typedef struct SegmentRegion {
  const char *name, *title;
  unsigned want;
} SegmentRegion;
/* Lower vertebra first; both in the order endplate, slab to 1.25 mm, slab to 5 mm, whole. */
extern const SegmentRegion segment_region[REGIONS];

typedef enum VariantKind { VARIANT_OWN, VARIANT_REFERENCE, VARIANT_COMPARISON } VariantKind;

typedef struct Variant {
  char name[64], what[128];
  VariantKind kind;
  Elasticity lattice, metal; /* what fills the lattice's space, and the faces and sleeves */
  Elasticity skin;           /* of the lattice */
  CageSurface surface;       /* of a lattice; zeros otherwise */
  double young_MPa;          /* of the filling along the spine */
  double mises[LOAD_CASES][REGIONS], energy_density[LOAD_CASES][REGIONS]; /* means, MPa */
  double *energy; /* [pieces of bone] strain energy density, mean over the load cases, MPa */
} Variant;

/* The case's own cage, the references, the comparisons, with their elasticity (cells homogenised on the way). */
PetscErrorCode variants_make(const Case *c, const SegmentTask *task, Results *results, PetscInt *n,
                             Variant variant[VARIANTS]);
void variant_materials(const SegmentTask *task, const Variant *variant, Elasticity material[256]);
/* Means and energies from all load cases of the segment as it was solved last. */
PetscErrorCode variant_measure(const SegmentTask *task, Segment *segment, BoneField *bone, Variant *variant);
PetscErrorCode variants_free(PetscInt n, Variant *variant);

typedef struct Shielding {
  double resorbed_pct, formed_pct; /* of the bone mass of both vertebrae */
  double dead_pct[REGIONS];        /* volume below the dead zone */
  double ssi[REGIONS];             /* of the mean over the load cases of the regional mean von Mises stress */
} Shielding;
PetscErrorCode shielding_measure(const Segment *segment, const BoneField *bone, double s, const Variant *variant,
                                 const Variant *reference, Shielding *shielding);
/* Per cent of the bone in each window of effective strain. */
PetscErrorCode frost_measure(const Segment *segment, const BoneField *bone, const Variant *variant,
                             double pct[FROST_WINDOWS]);
/* Percentiles (5, 25, 50, 75, 95 %) of the stimulus S = energy / density over all bone, J/kg. */
enum { STIMULUS_PERCENTILES = 5 };
extern const double stimulus_fraction[STIMULUS_PERCENTILES];
PetscErrorCode stimulus_measure(const Segment *segment, const BoneField *bone, const Variant *variant,
                                double stimulus[STIMULUS_PERCENTILES]);

#endif
