/* Rigid node zones: where struts meet they overlap, and the lump is much stiffer than the struts between. */
#include "solver/frame/frame_model.h"
#include "solver/frame/node_zone.h"

/* Zones must leave this part of a strut flexible, and this part of a piece that lies within one. */
static const double FLEXIBLE_PART = 0.1, FLEXIBLE_PIECE = 0.02;
/* Positions over the mean strut length, and parts of a direction, that are nothing. */
static const double SMALL = 1e-6;

/* Ends of struts are numbered as in FrameRows: 2 * strut + end. A strut may lie in several pieces, joined at nodes with
   no other strut: the end of the next piece there, -1 where the strut ends. */
static PetscInt next_piece(const FrameModel *model, PetscInt end) {
  const FrameRows *rows = &model->rows;
  const Graph *graph = model->graph;
  PetscInt node = graph->strut[end / 2][end % 2], other;

  if (!graph->origin || rows->start[node + 1] - rows->start[node] != 2)
    return -1;
  other = rows->touch[rows->start[node]] == end ? rows->touch[rows->start[node] + 1] : rows->touch[rows->start[node]];
  return graph->origin[other / 2] == graph->origin[end / 2] ? other : -1;
}

static double off_mirror(const FrameModel *model, PetscInt node, int face) {
  return PetscAbsReal(model->graph->x[node][face / 2] - model->options.mirror_mm[face / 2][face % 2]);
}

static PetscBool in_mirror(const FrameModel *model, PetscInt node, int face) {
  return (PetscBool)(model->options.mirror[face / 2][face % 2] &&
                     off_mirror(model, node, face) <= SMALL * model->length);
}

/* Whether a strut of the node ends in that mirror, the node lying in it or before it. */
static PetscBool reaches_mirror(const FrameModel *model, PetscInt node, int face) {
  const FrameRows *rows = &model->rows;

  if (!model->options.mirror[face / 2][face % 2] || in_mirror(model, node, face))
    return in_mirror(model, node, face);
  for (PetscInt k = rows->start[node]; k < rows->start[node + 1]; k++)
    if (in_mirror(model, model->graph->strut[rows->touch[k] / 2][(rows->touch[k] & 1) ^ 1], face))
      return PETSC_TRUE;
  return PETSC_FALSE;
}

/* Direction of the strut from its end, and its length, mm; where the whole strut lies in a mirror, its waves across do
   not count. */
static double direct(const FrameModel *model, PetscInt end, double direction[3]) {
  PetscInt node = model->graph->strut[end / 2][end % 2], last = end ^ 1;
  double size = 0, length = model->element[end / 2].length;

  for (PetscInt next; (next = next_piece(model, last)) >= 0; last = next ^ 1)
    length += model->element[next / 2].length;
  for (int i = 0; i < 3; i++)
    direction[i] = (end % 2 ? -1 : 1) * model->element[end / 2].axis[i];
  for (int face = 0; face < 6; face++)
    if (in_mirror(model, node, face) && in_mirror(model, model->graph->strut[last / 2][last % 2], face))
      direction[face / 2] = 0;
  for (int i = 0; i < 3; i++)
    size += direction[i] * direction[i];
  for (int i = 0; i < 3; i++)
    direction[i] /= PetscSqrtReal(size);
  return length;
}

/* Each mirror at the node doubles the strut ends there, but for those that lie in it. The images of ends that point
   away from it fade as the node moves away, at the rate at which the stub between node and mirror grows into its place;
   an image on that stub makes up for what it lacks. */
enum { IMAGES = 8 };

/* Cosine of the angle below which an image is the stub itself. */
static const double SAME = 0.9;

static int add_image(const StrutEnd *image, int n, StrutEnd *end) {
  for (int k = 0; k < n; k++) {
    double c = 0;
    for (int i = 0; i < 3; i++)
      c += image->direction[i] * end[k].direction[i];
    if (c < SAME)
      continue;
    end[k].lacks = PetscMax(0, end[k].lacks - (1 - image->lacks));
    return n;
  }
  end[n] = *image;
  return n + 1;
}

static int reflect(const FrameModel *model, PetscInt node, int n, StrutEnd *end) {
  for (int face = 0; face < 6; face++) {
    const int axis = face / 2, in_front = reaches_mirror(model, node, face) ? n : 0, inside = face % 2 ? -1 : 1;
    const bool in = in_mirror(model, node, face);
    const double off = in ? 0 : off_mirror(model, node, face);
    for (int k = 0; k < in_front; k++) {
      const double there = 1 - 0.5 * off / end[k].radius;
      StrutEnd image = end[k];
      if (PetscAbsReal(end[k].direction[axis]) <= SMALL || there <= 0 || (!in && end[k].direction[axis] * inside < 0))
        continue;
      image.lacks = 1 - there * (1 - end[k].lacks);
      image.direction[axis] *= -1;
      if (in)
        end[n++] = image;
      else
        n = add_image(&image, n, end);
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
    const double length = direct(model, touch[k], end[k].direction);
    end[k].radius = graph->radius[s] * (1 - sign * taper);
    end[k].lacks = PetscMax(0, 1 - 0.5 * length / end[k].radius); /* a stub grows into its place */
  }
  node_zones(reflect(model, node, n, end), end, model->options.poisson, zone, work);
  for (int k = 0; k < n; k++) {
    StrutElement *strut = &model->element[touch[k] / 2];
    PetscInt at = touch[k] % 2;
    strut->zone[at] = zone[k].length, strut->hinge[at] = zone[k].hinge, strut->give[at] = zone[k].give;
  }
}

static PetscBool is_cut(const FrameModel *model, PetscInt end) {
  PetscInt node = model->graph->strut[end / 2][end % 2];

  return (PetscBool)(model->rows.start[node + 1] - model->rows.start[node] == 1);
}

static double zones_of(const FrameModel *model, PetscInt s) {
  return model->element[s].zone[0] + model->element[s].zone[1];
}

static void move_part(double part, double *from, double *to) {
  *to += part * *from;
  *from -= part * *from;
}

/* From an end of a strut onwards: what a piece has no room for goes on to the next, and with it soon the hinge and the
   give, which belong to the end of the zone. */
static void pass_on(FrameModel *model, PetscInt near) {
  for (PetscInt next; (next = next_piece(model, near ^ 1)) >= 0; near = next) {
    StrutElement *a = &model->element[near / 2], *b = &model->element[next / 2];
    double excess = zones_of(model, near / 2) - (1 - FLEXIBLE_PIECE) * a->length, *zone = &a->zone[near % 2];
    if (excess <= 0)
      continue;
    double soft = PetscMin(1, excess / (FLEXIBLE_PART * a->length));
    move_part(PetscMin(1, excess / *zone), zone, &b->zone[next % 2]);
    move_part(soft, &a->hinge[near % 2], &b->hinge[next % 2]);
    move_part(soft, &a->give[near % 2], &b->give[next % 2]);
  }
}

static void shrink_zones(StrutElement *strut, double factor) {
  for (int end = 0; end < 2; end++) {
    strut->zone[end] *= factor;
    strut->hinge[end] *= factor;
    strut->give[end] *= factor;
  }
}

/* Makes room for the zones of the strut that begins at this end. */
static PetscErrorCode fit(FrameModel *model, PetscInt begin) {
  double full = 0, zones = 0;
  PetscInt end = begin;

  PetscFunctionBeginUser;
  for (PetscInt next = begin; next >= 0; next = next_piece(model, end)) {
    end = next ^ 1;
    full += model->element[next / 2].length;
    zones += zones_of(model, next / 2);
  }
  if (end < begin) /* done from its other end */
    PetscFunctionReturn(PETSC_SUCCESS);
  double room = (1 - FLEXIBLE_PART) * full;
  /* A strut cut near its node is a stub inside the lump: nearly rigid is right. A whole strut that vanishes in its
     nodes means a lattice that is no frame. */
  PetscCheck(zones <= room || is_cut(model, begin) || is_cut(model, end), model->comm, PETSC_ERR_USER_INPUT,
             "node_zones: the rigid zones of strut %" PetscInt_FMT
             " (%.4g mm) leave less than a tenth of its length %.4g mm "
             "flexible: this lattice is too dense for a frame (or choose node_zones: none)",
             begin / 2, zones, full);
  if (zones > room)
    for (PetscInt near = begin; near >= 0; near = next_piece(model, near ^ 1))
      shrink_zones(&model->element[near / 2], room / zones);
  pass_on(model, begin);
  pass_on(model, end);
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
  for (PetscInt tip = 0; tip < 2 * model->graph->n_struts; tip++)
    if (next_piece(model, tip) < 0)
      PetscCall(fit(model, tip));
  for (PetscInt s = 0; s < model->graph->n_struts; s++)
    model->element[s].length -= zones_of(model, s);
  PetscFunctionReturn(PETSC_SUCCESS);
}
