/* Beams from struts: each strut's flexible part in equal pieces, with the radius of the strut at their points. */
#include "solver/frame/frame_model.h"
#include "solver/frame/path_model.h"
#include <string.h>

/* One layout of fibres for each bore and share of the section that occur; which[s] is that of strut s. */
static PetscErrorCode make_layouts(PathModel *path, PetscInt *which) {
  const Graph *graph = path->graph;
  double(*kind)[2];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(graph->n_struts, &kind));
  path->n_layouts = 0;
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    const double bore = graph->bore ? graph->bore[s] : 0, inside = graph_area_share(graph, s);
    PetscInt b = path->n_layouts;
    while (b > 0 && (kind[b - 1][0] != bore || kind[b - 1][1] != inside)) /* the last ones first: like follows like */
      b--;
    if (!b) {
      kind[path->n_layouts][0] = bore;
      kind[path->n_layouts][1] = inside;
      b = ++path->n_layouts;
    }
    which[s] = b - 1;
  }
  PetscCall(PetscMalloc1(path->n_layouts, &path->layout));
  for (PetscInt b = 0; b < path->n_layouts; b++)
    fibre_layout(kind[b][0], kind[b][1], path->options.frame.poisson, &path->layout[b]);
  PetscCall(PetscFree(kind));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Hinge and give of a strut's end (frame_zones.c) as flexibility of the beam that ends there. */
static void soften_end(const StrutElement *strut, int end, double young_MPa, double poisson, Beam *beam) {
  double r = beam->radius[end ? BEAM_POINTS - 1 : 0], A = beam->layout->elastic_area * r * r;
  double inertia = beam->layout->elastic_inertia * r * r * r * r, turn = strut->hinge[end] / (young_MPa * inertia);

  beam->soft[0] += strut->give[end] / (young_MPa * A);
  beam->soft[1] += (1 + poisson) * turn;
  beam->soft[2 + end] += turn;
  beam->soft[4 + end] += turn;
}

static void make_strut(PathModel *path, PetscInt s, const FibreLayout *layout) {
  const Graph *graph = path->graph;
  const PetscInt pieces = path->options.pieces;
  const StrutElement *strut = &path->frame->element[s];
  const FrameOptions *f = &path->options.frame;
  const double *zone = strut->zone, taper = graph->taper ? graph->taper[s] : 0;
  double axis[3], full = graph_strut(graph, s, axis), flexible = full - zone[0] - zone[1];
  const double *x0 = graph->x[graph->strut[s][0]];

  for (PetscInt p = 0; p < pieces; p++) {
    PathBeam *b = &path->beam[s * pieces + p];
    double ends[2], at[2][3], own[2] = {p ? 0 : zone[0], p + 1 < pieces ? 0 : zone[1]};
    ends[0] = p ? zone[0] + flexible * (double)p / (double)pieces : 0;
    ends[1] = p + 1 < pieces ? zone[0] + flexible * (double)(p + 1) / (double)pieces : full;
    b->strut = s;
    b->node[0] = p ? graph->n_nodes + s * (pieces - 1) + p - 1 : graph->strut[s][0];
    b->node[1] = p + 1 < pieces ? graph->n_nodes + s * (pieces - 1) + p : graph->strut[s][1];
    for (int end = 0; end < 2; end++)
      for (int c = 0; c < 3; c++)
        at[end][c] = x0[c] + ends[end] * axis[c];
    if (p + 1 < pieces)
      memcpy(path->rest_x[b->node[1]], at[1], sizeof at[1]);
    beam_shape(at[0], at[1], own, &b->shape);
    b->beam = (Beam){.length = b->shape.length, .layout = layout, .shear = f->timoshenko};
    for (int q = 0; q < BEAM_POINTS; q++) {
      double t = (ends[0] + own[0] + beam_point[q] * b->beam.length) / full;
      b->beam.radius[q] = graph->radius[s] * (1 + taper * (2 * t - 1));
    }
    double r = b->beam.radius[BEAM_POINTS / 2];
    b->beam.bend = f->young_MPa * layout->elastic_inertia * r * r * r * r;
    if (!p)
      soften_end(strut, 0, f->young_MPa, f->poisson, &b->beam);
    if (p + 1 == pieces)
      soften_end(strut, 1, f->young_MPa, f->poisson, &b->beam);
  }
}

PetscErrorCode path_mesh(PathModel *path) {
  const Graph *graph = path->graph;
  const PetscInt pieces = path->options.pieces;
  PetscInt *which;

  PetscFunctionBeginUser;
  path->n_nodes = graph->n_nodes + graph->n_struts * (pieces - 1);
  path->n_beams = graph->n_struts * pieces;
  PetscCall(PetscMalloc1(path->n_nodes, &path->rest_x));
  PetscCall(PetscMalloc1(path->n_beams, &path->beam));
  PetscCall(PetscArraycpy(path->rest_x, graph->x, graph->n_nodes));
  PetscCall(PetscMalloc1(graph->n_struts, &which));
  PetscCall(make_layouts(path, which));
  path->length = 0;
  for (PetscInt s = 0; s < graph->n_struts; s++) {
    make_strut(path, s, &path->layout[which[s]]);
    path->length += graph_strut(graph, s, NULL) / (double)graph->n_struts;
  }
  PetscCall(PetscFree(which));
  PetscFunctionReturn(PETSC_SUCCESS);
}
