#include "mesh/graph.h"
#include <math.h>

PetscErrorCode graph_allocate(PetscInt n_nodes, PetscInt n_struts, const Graph *from, Graph *graph) {
  PetscFunctionBeginUser;
  *graph = (Graph){.n_nodes = n_nodes, .n_struts = n_struts};
  PetscCall(PetscMalloc3(n_nodes, &graph->x, n_struts, &graph->strut, n_struts, &graph->radius));
  if (from && from->taper)
    PetscCall(PetscMalloc1(n_struts, &graph->taper));
  if (from && from->bore)
    PetscCall(PetscMalloc1(n_struts, &graph->bore));
  if (from && from->area_share)
    PetscCall(PetscMalloc1(n_struts, &graph->area_share));
  if (from) {
    PetscCall(PetscMalloc1(n_struts, &graph->origin));
    PetscCall(PetscMalloc1(n_struts, &graph->share));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode graph_free(Graph *graph) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(graph->x, graph->strut, graph->radius));
  PetscCall(PetscFree(graph->taper));
  PetscCall(PetscFree(graph->bore));
  PetscCall(PetscFree(graph->area_share));
  PetscCall(PetscFree(graph->origin));
  PetscCall(PetscFree(graph->share));
  PetscCall(PetscFree(graph->shift));
  *graph = (Graph){0};
  PetscFunctionReturn(PETSC_SUCCESS);
}

double graph_strut(const Graph *graph, PetscInt s, double direction[3]) {
  double u[3], length = 0;
  for (int k = 0; k < 3; k++) {
    u[k] = graph->x[graph->strut[s][1]][k] - graph->x[graph->strut[s][0]][k];
    if (graph->shift)
      u[k] += graph->shift[s][k] * graph->period[k];
    length += u[k] * u[k];
  }
  length = sqrt(length);
  if (direction)
    for (int k = 0; k < 3; k++)
      direction[k] = u[k] / length;
  return length;
}

double graph_area_share(const Graph *graph, PetscInt s) { return graph->area_share ? graph->area_share[s] : 1; }

/* Integral of pi r^2 (1 - bore^2) along a radius that is linear: r^2 (1 + taper^2/3) in the mean. */
double graph_strut_volume(const Graph *graph, PetscInt s) {
  const double taper = graph->taper ? graph->taper[s] : 0, bore = graph->bore ? graph->bore[s] : 0;
  return graph_area_share(graph, s) * PETSC_PI * graph->radius[s] * graph->radius[s] * (1 + taper * taper / 3) *
         (1 - bore * bore) * graph_strut(graph, s, NULL);
}

PetscErrorCode graph_periodic(const Cell *cell, double cell_mm, double strut_mm, Graph *graph) {
  PetscFunctionBeginUser;
  PetscCall(graph_allocate(cell->n_nodes, cell->n_struts, NULL, graph));
  PetscCall(PetscMalloc1(cell->n_struts, &graph->shift));
  for (int i = 0; i < cell->n_nodes; i++)
    for (int k = 0; k < 3; k++)
      graph->x[i][k] = cell_mm * cell->node[i][k];
  for (int s = 0; s < cell->n_struts; s++) {
    graph->strut[s][0] = cell->strut[s].a;
    graph->strut[s][1] = cell->strut[s].b;
    graph->radius[s] = 0.5 * strut_mm;
    for (int k = 0; k < 3; k++)
      graph->shift[s][k] = cell->strut[s].shift[k];
  }
  for (int k = 0; k < 3; k++)
    graph->period[k] = cell_mm;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Cells -MARGIN .. n-1+MARGIN carry every node that a strut of the block can have. */
enum { MARGIN = 3 };

typedef struct Tile {
  const Cell *cell;
  PetscInt n[3];
  double cell_mm;
  const double *origin;
  PetscBool whole;
  PetscInt *node; /* index by cell and node of the cell; -1: not used so far */
  Graph *graph;   /* NULL while counting */
  PetscInt n_nodes, n_struts;
} Tile;

/* Part of the segment p q (fractions of the cell) inside the closed block 0 .. n: its share of the length, or -1. */
static double share_inside(const double p[3], const double q[3], const PetscInt n[3]) {
  double from = 0, to = 1;
  for (int k = 0; k < 3; k++) {
    double step = q[k] - p[k], low = -p[k], high = (double)n[k] - p[k];
    if (step == 0 && (low > 0 || high < 0))
      return -1;
    if (step != 0) {
      from = fmax(from, fmin(low / step, high / step));
      to = fmin(to, fmax(low / step, high / step));
    }
  }
  return to - from;
}

static PetscInt tile_node(Tile *tile, const PetscInt at[3], int node) {
  const PetscInt *n = tile->n;
  PetscInt c = at[0] + MARGIN + (n[0] + 2 * MARGIN) * (at[1] + MARGIN + (n[1] + 2 * MARGIN) * (at[2] + MARGIN));
  PetscInt *index = &tile->node[c * tile->cell->n_nodes + node];
  if (*index < 0) {
    *index = tile->n_nodes++;
    if (tile->graph)
      for (int k = 0; k < 3; k++)
        tile->graph->x[*index][k] = tile->origin[k] + tile->cell_mm * ((double)at[k] + tile->cell->node[node][k]);
  }
  return *index;
}

static void tile_strut(Tile *tile, const PetscInt at[3], const CellStrut *strut, double radius) {
  double p[3], q[3];
  PetscInt to[3];
  for (int k = 0; k < 3; k++) {
    to[k] = at[k] + strut->shift[k];
    p[k] = (double)at[k] + tile->cell->node[strut->a][k];
    q[k] = (double)to[k] + tile->cell->node[strut->b][k];
  }
  double share = share_inside(p, q, tile->n);
  if (share < (tile->whole ? 1e-9 : 1.0))
    return;
  PetscInt a = tile_node(tile, at, strut->a), b = tile_node(tile, to, strut->b), s = tile->n_struts++;
  if (tile->graph) {
    tile->graph->strut[s][0] = a;
    tile->graph->strut[s][1] = b;
    tile->graph->radius[s] = radius;
  }
}

/* Cells outermost last so that a block's nodes come layer by layer. */
static void tile_walk(Tile *tile, PetscInt n_index, double radius) {
  const PetscInt *n = tile->n;
  tile->n_nodes = tile->n_struts = 0;
  for (PetscInt i = 0; i < n_index; i++)
    tile->node[i] = -1;
  for (PetscInt k = 1 - MARGIN; k < n[2] + MARGIN - 1; k++)
    for (PetscInt j = 1 - MARGIN; j < n[1] + MARGIN - 1; j++)
      for (PetscInt i = 1 - MARGIN; i < n[0] + MARGIN - 1; i++)
        for (int s = 0; s < tile->cell->n_struts; s++)
          tile_strut(tile, (PetscInt[3]){i, j, k}, &tile->cell->strut[s], radius);
}

PetscErrorCode graph_tile(const Cell *cell, double cell_mm, double strut_mm, const PetscInt n[3],
                          const double origin[3], PetscBool whole, Graph *graph) {
  PetscFunctionBeginUser;
  double room = 1;
  for (int k = 0; k < 3; k++) {
    PetscCheck(n[k] > 0, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
               "a block of %" PetscInt_FMT " cells: must be at least 1", n[k]);
    room *= (double)n[k] + 2 * MARGIN;
  }
  double index = room * fmax(cell->n_nodes, cell->n_struts);
  PetscCheck(index < (double)PETSC_MAX_INT, PETSC_COMM_SELF, PETSC_ERR_USER_INPUT,
             "a block of %" PetscInt_FMT " x %" PetscInt_FMT " x %" PetscInt_FMT
             " cells has too many struts to be numbered (%.3g)",
             n[0], n[1], n[2], index);
  Tile tile = {.cell = cell, .n = {n[0], n[1], n[2]}, .cell_mm = cell_mm, .origin = origin, .whole = whole};
  PetscInt n_index = (PetscInt)room * cell->n_nodes;
  PetscCall(PetscMalloc1(n_index, &tile.node));
  tile_walk(&tile, n_index, 0);
  PetscCall(graph_allocate(tile.n_nodes, tile.n_struts, NULL, graph));
  tile.graph = graph;
  tile_walk(&tile, n_index, 0.5 * strut_mm);
  PetscCall(PetscFree(tile.node));
  PetscFunctionReturn(PETSC_SUCCESS);
}
