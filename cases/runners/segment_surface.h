/* What the lateral surface of a lattice cage costs it: struts that its outline cuts carry less than those of an
   infinite lattice, and the homogenised cage of the segment must not have their full stiffness. Collective. */
#ifndef TRABECULA_CASES_RUNNERS_SEGMENT_SURFACE_H
#define TRABECULA_CASES_RUNNERS_SEGMENT_SURFACE_H

#include "cases/runners/segment_task.h"

typedef struct CageSurface {
  double cut[3];     /* stiffness of the cut lattice over that of the periodic one on the whole section: axial, bending,
                        torsion */
  double skin;       /* stiffness of the homogenised cage's skin (SegmentGeometry.skin_mm) over that of its inside */
  double body[3];    /* the same three of the homogenised section with that skin */
  double cells;      /* across the columns that were computed */
  double cells_cage; /* across the cage */
} CageSurface;

/* Kernel: skin and body from cut; share: thickness of the skin over the radius. Least squares of the three losses; the
   skin keeps at least a twentieth. */
void skin_fit(double share, CageSurface *surface);
/* Frames of the design's lattice, two columns of the cage's section that differ in height, so that their ends cancel,
   against the periodic frame. */
PetscErrorCode skin_measure(const Case *c, const SegmentTask *task, const Design *design, CageSurface *surface);

#endif
