/* Graph of a lattice: nodes and struts with radii. A plain value, the same on every rank. */
#ifndef TRABECULA_MESH_GRAPH_H
#define TRABECULA_MESH_GRAPH_H

#include "mesh/cell.h"
#include "mesh/shape.h"
#include <petscsys.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Graph {
  PetscInt n_nodes, n_struts;
  double (*x)[3];       /* [n_nodes] mm */
  PetscInt (*strut)[2]; /* [n_struts] end nodes */
  double *radius;       /* [n_struts] mm, outer radius at the middle */
  double *taper;      /* [n_struts] in (-1, 1): the radius is radius * (1 + taper * (2t - 1)) at the share t of the way
                         from end 0 to end 1; NULL: uniform struts */
  double *bore;       /* [n_struts] in [0, 1): inner over outer radius, the same along a strut; NULL: solid struts */
  double *area_share; /* [n_struts] in (0, 1]: part of the cross-section's area that lies inside the body, a half in a
                         face of it, a quarter on an edge; NULL: whole struts */
  PetscInt *origin;   /* [n_struts] the strut, in the graph that was made from a cell, of which this is a part; NULL in
                         that graph itself: strut s is strut s. What random draws are keyed by */
  double (*share)[2]; /* [n_struts] from where to where on its origin, shares of the length; NULL: 0 to 1 */
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
   a strut that leaves and returns gives several; cut pieces shorter than min_mm are dropped. Nodes with beyond
   [n_nodes] (NULL: none) count as inside though they are not (graph_beyond). Gaps and pieces shorter than 1/256 of the
   strut may be overlooked. Graphs that are not periodic. */
PetscErrorCode graph_clip(const Graph *in, const Shape *shape, const bool *beyond, double min_mm, Graph *out);
/* Nodes that struts near the outline still join: less than a radius outside its upright walls, between lo and hi;
 *beyond [n_nodes] is to be freed. outline NULL: none. */
PetscErrorCode graph_beyond(const Graph *graph, const double lo[3], const double hi[3], const Shape *outline,
                            bool **beyond);
/* Keeps the largest connected region (by strut length), or all that both plates hold (touch: see graph_keep_region);
 *dropped counts the struts removed. Graphs that are not periodic. */
PetscErrorCode graph_drop_islands(const Graph *in, const uint8_t *touch, Graph *out, PetscInt *dropped);
/* Finds area_share: how much of each strut's section lies inside the box and the upright walls of the outline (NULL:
   none), and how much of a strut's joint with a node beyond them does. Graphs that are not periodic. */
PetscErrorCode graph_shares(Graph *graph, const double lo[3], const double hi[3], const Shape *outline);
/* The connected region of each node [n_nodes], numbered in the order of their first nodes; -1: of a node without a
   strut that counts. Only struts with keep count (NULL: all). To be freed with PetscFree. Graphs that are not periodic.
 */
PetscErrorCode graph_regions(const Graph *graph, const bool *keep, PetscInt *n, PetscInt **region);
/* Of the struts with keep [n_struts], only the largest connected region stays marked; where there are plates, every
   region with nodes in both: touch [n_nodes] says which plates a node lies in (bits 0 and 1; NULL: none). Graphs that
   are not periodic. */
PetscErrorCode graph_keep_region(const Graph *in, const uint8_t *touch, bool *keep);
/* The struts with keep [n_struts] and their nodes, both in the old order of use. */
PetscErrorCode graph_select(const Graph *in, const bool *keep, Graph *out);
/* Every strut as n equal pieces: strut s becomes s * n .. s * n + n - 1; the old nodes keep their numbers, node i of
   strut s (1 .. n - 1) is n_nodes + s * (n - 1) + i - 1. The last piece of a periodic strut has its shift, so new nodes
   may lie outside the period. */
PetscErrorCode graph_refine(const Graph *in, PetscInt n, Graph *out);
/* Uniform struts, whose diameter becomes that of their ends, get waist times it in the middle, linear from there to the
   ends: parts that hold the middle of their origin are split there. New nodes come after the old ones. */
PetscErrorCode graph_waist(const Graph *in, double waist, Graph *out);
/* Gives every strut this bore. */
PetscErrorCode graph_bore(Graph *graph, double bore);
/* Length of strut s in mm, with direction (unit vector from end 0 to end 1, may be NULL). */
double graph_strut(const Graph *graph, PetscInt s, double direction[3]);
/* Part of the cross-section of strut s that lies inside the body: 1 where the graph does not say. */
double graph_area_share(const Graph *graph, PetscInt s);
/* Volume of strut s between its nodes that lies inside the body, mm3. */
double graph_strut_volume(const Graph *graph, PetscInt s);
/* Uninitialised arrays; from NULL: a graph made from a cell, else with the optional arrays of from (not its shift), and
   origin and share. */
PetscErrorCode graph_allocate(PetscInt n_nodes, PetscInt n_struts, const Graph *from, Graph *graph);
/* All that goes with a strut but its nodes and shift: strut o of out (allocated from in) becomes the part of strut s
   between these shares of its length. Kernel. */
void graph_part(const Graph *in, PetscInt s, double from, double to, Graph *out, PetscInt o);
PetscErrorCode graph_free(Graph *graph);

#endif
