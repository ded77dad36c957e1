/* Struts that are not as drawn: what a printer makes of a lattice. Draws are keyed by the seed, the origin of the strut
   (mesh/graph.h) and the purpose, so they depend neither on the ranks nor on the order or presence of other struts: the
   frame of a specimen and the voxels of the same specimen lack the same struts. */
#ifndef TRABECULA_MESH_DEFECTS_H
#define TRABECULA_MESH_DEFECTS_H

#include "mesh/graph.h"

typedef struct Defects {               /* {0}: none, but see layer_diameter_pct */
  int build_axis;                      /* 0, 1 or 2 */
  double vertical_pct, horizontal_pct; /* > -100: deviation of the diameter of struts along and across the build axis;
                                          D = D0 (1 + v cos^2 + h sin^2) between */
  double scatter_pct;                  /* 0 .. 60: coefficient of variation of the diameter of a strut, log-normal with
                                          mean 1, cut off at 3 standard deviations of the logarithm */
  double waviness_pct; /* 0 .. 20: standard deviation of the offset of the middle of a strut, % of its length, normal,
                          cut off at 3; a half sine in a random direction across the strut, whose ends stay */
  PetscInt pieces;     /* straight pieces of a wavy strut, at least 2 */
  double missing;      /* 0 .. 1: probability that a strut is missing */
  /* Struts whose middle is less than layer_mm inside lo or hi along layer_axis, or outside: the end layers of a
     specimen that was cut from a larger one. */
  int layer_axis;
  double layer_lo, layer_hi, layer_mm;
  double layer_diameter_pct; /* > 0, of the diameter elsewhere; counts where layer_mm > 0 */
  double layer_missing;      /* 0 .. 1, beside missing */
  bool keep_islands;         /* for voxels, which drop islands themselves */
  const uint8_t *touch; /* [nodes of the graph] plates that hold a node (graph_keep_region); NULL: none. Borrowed */
} Defects;

typedef struct DefectsFound {
  PetscInt struts;          /* of the perfect lattice */
  PetscInt missing;         /* taken away */
  PetscInt hanging;         /* left out because they hang on nothing after that */
  PetscInt dangling;        /* of those left: with an end that lost all its other struts */
  double diameter_mean_pct; /* of the struts left, relative to the perfect ones (NAN: none left) ... */
  double diameter_cv_pct;   /* ... and coefficient of variation of that ratio */
} DefectsFound;

/* The lattice with its defects; struts keep their order, wavy ones become consecutive pieces. in: uniform struts or
   not, bores as they are; not split along a strut so far. found may be NULL. PETSC_ERR_USER_INPUT: values out of the
   ranges above, radii that vanish (defects_least_diameter). No strut may be left. Islands are not defined in periodic
   graphs: there keep_islands must be set. */
PetscErrorCode graph_defects(const Graph *in, const Defects *defects, uint64_t seed, Graph *out, DefectsFound *found);
static inline bool defects_random(const Defects *d) { /* another seed, another lattice */
  return d->scatter_pct > 0 || d->waviness_pct > 0 || d->missing > 0 || (d->layer_mm > 0 && d->layer_missing > 0);
}
static inline bool defects_any(const Defects *d) {
  return defects_random(d) || d->vertical_pct != 0 || d->horizontal_pct != 0 ||
         (d->layer_mm > 0 && d->layer_diameter_pct != 100);
}
/* The least factor that a diameter can get. Kernel. */
double defects_least_diameter(const Defects *defects);

#endif
