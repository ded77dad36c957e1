/* What a specimen of lattice is made of, as it was computed: with its defects, cuts, taper and bores. */
#ifndef TRABECULA_CASES_BODY_SPECIMEN_FACTS_H
#define TRABECULA_CASES_BODY_SPECIMEN_FACTS_H

#include "cases/body/build_defects.h"

typedef struct SpecimenFacts {
  double porosity_pct; /* void in volume_mm3 */
  double strut_mm;     /* mean diameter of the struts over their length */
} SpecimenFacts;

/* Of the struts of the body, in its gross volume. A box of whole cells without defects has the design's porosity;
   every other specimen that of its struts, calibrated on the design's cell, whose density is exact. Error against
   voxels: 0.1 points of porosity at a quarter of the density, 0.4 at 40 % with hollow struts that scatter by 20 %
   (tests/cases/test_specimens.c). Local. */
PetscErrorCode specimen_facts(const LatticeBody *body, const Graph *graph, double volume_mm3, SpecimenFacts *facts);
/* g of the solid in that volume; NAN where the density of the material is not known. */
double specimen_mass_g(const Material *material, double porosity_pct, double volume_mm3);

#endif
