/* Graph of a lattice: nodes and struts with radii. A plain value, the same on every rank. */
#ifndef TRABECULA_MESH_GRAPH_H
#define TRABECULA_MESH_GRAPH_H

#include "mesh/cell.h"
#include "mesh/shape.h"
#include <petscsys.h>
#include <stdint.h>

typedef struct Graph {
  PetscInt n_nodes, n_struts;
  double (*x)[3];       /* [n_nodes] mm */
  PetscInt (*strut)[2]; /* [n_struts] end nodes */
  double *radius;       /* [n_struts] mm, outer radius at the middle */
  double *taper;      /* [n_struts] in (-1, 1): the radius is radius * (1 + taper * (2t - 1)) at the share t of the way
                         from end 0 to end 1; NULL: uniform struts */
  double *bore;       /* [n_struts] in [0, 1): inner over outer radius, the same along a strut; NULL: solid struts */
  int8_t (*shift)[3]; /* [n_struts] periodic lattices: end 1 is displaced by shift * period; NULL otherwise */
  double period[3];   /* mm, 0 when not periodic */
} Graph;

/* One periodic cell with its corner at 0. */
PetscErrorCode graph_periodic(const Cell *cell, double cell_mm, double strut_mm, Graph *graph);
/* n[0] x n[1] x n[2] cells with the lowest corner at origin (mm); struts that stick out of the block are kept whole
   when whole is true (to be clipped by a Shape afterwards), else dropped; shared nodes are merged; no strut twice.
   Struts in the outer faces of the block belong to it. Too many cells for PetscInt: PETSC_ERR_USER_INPUT. */
PetscErrorCode graph_tile(const Cell *cell, double cell_mm, double strut_mm, const PetscInt n[3],
                          const double origin[3], PetscBool whole, Graph *graph);
/* The part inside the shape (its surface included): a strut that crosses the surface is cut there and gets a new node;
   a strut that leaves and returns gives several; cut pieces shorter than min_mm are dropped. Gaps and pieces shorter
   than 1/256 of the strut may be overlooked. Graphs that are not periodic. */
PetscErrorCode graph_clip(const Graph *in, const Shape *shape, double min_mm, Graph *out);
/* Keeps the largest connected piece (by strut length); *dropped counts the struts removed. Graphs that are not
   periodic. */
PetscErrorCode graph_drop_islands(const Graph *in, Graph *out, PetscInt *dropped);
/* Length of strut s in mm, with direction (unit vector from end 0 to end 1, may be NULL). */
double graph_strut(const Graph *graph, PetscInt s, double direction[3]);
PetscErrorCode graph_free(Graph *graph);

#endif
