/* Lattices with defects, from the keys defects: and monte_carlo: (KEYS_DEFECTS, KEYS_MONTE_CARLO of build_keys.h) to
   struts and to voxels. A runner reads once and then makes as many specimens as it wants:

     PetscCall(build_defects(c, axis, lo[axis], hi[axis], &defects, &body.seed));
     body.defects = &defects;
     PetscCall(build_samples(c, &n));
     for (i = 0; i < n; i++, ) {
       body.seed = random_specimen(first, i);
       PetscCall(build_body_graph(c, &body, n == 1 ? results : NULL, &found, &graph));    or build_body_grid
       value[i] = ...
     }
     scatter_of(n, value, &scatter);                                                      (cases/body/scatter.h) */
#ifndef TRABECULA_CASES_BODY_BUILD_DEFECTS_H
#define TRABECULA_CASES_BODY_BUILD_DEFECTS_H

#include "cases/body/build.h"
#include "mesh/defects.h"

/* Stubs shorter than this part of a cell are left out of a frame; nodes as near to a plate lie in it. */
#define BUILD_STUB 2e-5

/* A piece of lattice: what build_lattice_graph and build_lattice_grid take, and its defects. */
typedef struct LatticeBody {
  const Design *design;
  double lo[3], hi[3];  /* mm, the box of the body; the same for frame and voxels, because struts are numbered by it */
  double origin[3];     /* mm, lowest corner of a cell */
  const Shape *outline; /* borrowed; NULL: the whole box */
  bool fills_box;       /* the outline cuts nothing of the box: the same body as without */
  const Defects *defects; /* borrowed; NULL or {0}: none */
  uint64_t seed;
  PlatePair plates; /* every region that both hold is kept; without them the largest */
} LatticeBody;

/* defects: of a specimen whose end faces lie at lo and hi (mm) along the axis of the load; none where the key is
   missing. Refused at their keys: end layers that meet, diameters that may vanish. */
PetscErrorCode build_defects(const Case *c, int axis, double lo, double hi, Defects *defects, uint64_t *seed);
/* monte_carlo.samples; more than one is refused where there are no defects, because all would be alike. */
PetscErrorCode build_samples(const Case *c, PetscInt *n);
/* The same where only frames are many: more than one is refused without a frame too. */
PetscErrorCode build_frame_samples(const Case *c, PetscInt *n);

/* The struts of the body: the perfect lattice clipped, with its defects, then with waist and bore. What was found is
   told to results (may be NULL: say nothing) and found (may be NULL). Refused at defects.missing_pct: no strut left, or
   more than a quarter of those left hang on nothing. A wavy strut in a face of the body may leave it by its offset. */
PetscErrorCode build_body_graph(const Case *c, const LatticeBody *body, Results *results, DefectsFound *found,
                                Graph *graph);
/* The same as a Shape, not cut by the box: struts that enter the body from outside have their defects too, and struts
   that are cut by the outline wave over their whole length. */
PetscErrorCode build_body_shape(const LatticeBody *body, double offset_mm, Shape **shape);
/* The same as voxels: build_lattice_grid with defects. The offset of the radius is that of the perfect lattice. kept
   (may be NULL): where the body has plates, see build_grid_held. */
PetscErrorCode build_body_grid(const Case *c, const LatticeBody *body, const GridBox *box, Results *results,
                               Grid **grid, Regions *kept);
/* graph_defects on the struts of the body, with the refusals of build_body_graph. touch: of Defects. */
PetscErrorCode build_defects_apply(const Case *c, const LatticeBody *body, const Graph *perfect, const uint8_t *touch,
                                   Results *results, DefectsFound *found, Graph *graph);

#endif
