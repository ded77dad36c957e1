/* Rigid node zones: where struts meet they overlap, and the lump is much stiffer than the struts between. */
#include "solver/frame_model.h"
#include "solver/node_zone.h"

/* Zones must leave this part of a strut flexible. */
static const double FLEXIBLE_PART = 0.1;
/* Positions over the mean strut length, and parts of a direction, that are nothing. */
static const double SMALL = 1e-6;

/* Each mirror at the node doubles the strut ends there, but for those that lie in it. */
enum { IMAGES = 8 };

static int reflect(const FrameModel *model, const double x[3], int n, StrutEnd *end) {
  const FrameOptions *options = &model->options;

  for (int face = 0; face < 6; face++) {
    int axis = face / 2, in_front = n;
    if (!options->mirror[axis][face % 2] ||
        PetscAbsReal(x[axis] - options->mirror_mm[axis][face % 2]) > SMALL * model->length)
      continue;
    for (int k = 0; k < in_front; k++)
      if (PetscAbsReal(end[k].direction[axis]) > SMALL) {
        end[n] = end[k];
        end[n++].direction[axis] *= -1;
      }
  }
  return n;
}

/* Zones of the strut ends at one node; end, zone, work: IMAGES times as many. */
static void zones_of_node(FrameModel *model, PetscInt node, StrutEnd *end, NodeZone *zone, double (*work)[2]) {
  const FrameRows *rows = &model->rows;
  const Graph *graph = model->graph;
  const PetscInt *touch = &rows->touch[rows->start[node]];
  int n = (int)(rows->start[node + 1] - rows->start[node]);

  for (int k = 0; k < n; k++) {
    PetscInt s = touch[k] / 2;
    double sign = touch[k] % 2 ? -1 : 1, taper = graph->taper ? graph->taper[s] : 0;
    for (int i = 0; i < 3; i++)
      end[k].direction[i] = sign * model->element[s].axis[i];
    end[k].radius = graph->radius[s] * (1 - sign * taper);
  }
  node_zones(reflect(model, graph->x[node], n, end), end, model->options.poisson, zone, work);
  for (int k = 0; k < n; k++) {
    StrutElement *strut = &model->element[touch[k] / 2];
    PetscInt at = touch[k] % 2;
    strut->zone[at] = zone[k].length, strut->hinge[at] = zone[k].hinge, strut->give[at] = zone[k].give;
  }
}

/* Takes the zones from the flexible length. */
static PetscErrorCode shorten(FrameModel *model, PetscInt s) {
  const FrameRows *rows = &model->rows;
  StrutElement *strut = &model->element[s];
  double full = strut->length, room = (1 - FLEXIBLE_PART) * full, zones = strut->zone[0] + strut->zone[1];
  PetscBool cut_end = PETSC_FALSE;

  PetscFunctionBeginUser;
  for (int end = 0; end < 2; end++) {
    PetscInt node = model->graph->strut[s][end];
    cut_end = (PetscBool)(cut_end || rows->start[node + 1] - rows->start[node] == 1);
  }
  /* A strut cut near its node is a stub inside the lump: nearly rigid is right. A whole strut that vanishes in its
     nodes means a lattice that is no frame. */
  PetscCheck(zones <= room || cut_end, model->comm, PETSC_ERR_USER_INPUT,
             "node_zones: the rigid zones of strut %" PetscInt_FMT
             " (%.4g mm) leave less than a tenth of its length %.4g mm "
             "flexible: this lattice is too dense for a frame (or choose node_zones: none)",
             s, zones, full);
  if (zones > room)
    for (int end = 0; end < 2; end++) {
      strut->zone[end] *= room / zones;
      strut->hinge[end] *= room / zones;
      strut->give[end] *= room / zones;
    }
  strut->length = full - strut->zone[0] - strut->zone[1];
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode frame_zones(FrameModel *model) {
  const FrameRows *rows = &model->rows;
  PetscInt most = 0;
  StrutEnd *end;
  NodeZone *zone;
  double(*work)[2];

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < model->graph->n_nodes; i++)
    most = PetscMax(most, rows->start[i + 1] - rows->start[i]);
  PetscCall(PetscMalloc3(IMAGES * most, &end, IMAGES * most, &zone, IMAGES * most, &work));
  for (PetscInt i = 0; i < model->graph->n_nodes; i++)
    zones_of_node(model, i, end, zone, work);
  PetscCall(PetscFree3(end, zone, work));
  for (PetscInt s = 0; s < model->graph->n_struts; s++)
    PetscCall(shorten(model, s));
  PetscFunctionReturn(PETSC_SUCCESS);
}
