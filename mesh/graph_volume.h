/* Volume of the metal of a graph: of the union of its struts, not of their sum. */
#ifndef TRABECULA_MESH_GRAPH_VOLUME_H
#define TRABECULA_MESH_GRAPH_VOLUME_H

#include "mesh/graph.h"

/* Struts, tapered and hollow ones too, overlap where they meet; nodes in the planes lo and hi (mm; the faces of the
   body) are mirrored there, so a strut in a face counts half, on an edge a quarter, and a node in a face half its lump.
   Periodic graphs have no faces (lo, hi NULL). Errors: a per cent of the overlap, which is a tenth of the metal at 25 %
   of density; struts that meet beyond half their length, or without a common node, count twice there. */
PetscErrorCode graph_metal_volume(const Graph *graph, const double lo[3], const double hi[3], double *mm3);
/* Mean diameter of the struts over their length, mm. */
double graph_mean_diameter(const Graph *graph);

#endif
